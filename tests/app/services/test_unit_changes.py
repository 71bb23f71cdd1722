"""Unit changes through the store: proposed from a file, confirmed, in force, and undone, on both back ends."""

from __future__ import annotations

import datetime as dt
import io
import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.county.areas import Areas
from app.services.county.data_date import data_date
from app.services.importing.options import ImportOptions, Upload
from app.services.importing.service import load
from app.services.unit_changes.division import division, read_rows, rows_workbook
from app.services.unit_changes.service import NOWHERE, confirm_changes, propose_changes
from layers.errors import IntakeError
from layers.intake.places.gazetteer import Gazetteer
from layers.store import LoadKind, Provenance, Store
from layers.unit_changes.application import UnconfirmedError
from layers.unit_changes.changes import ChangeKind

DAY = dt.date(2026, 3, 1)
BEFORE = Provenance(source="x", sha256="", loaded_by="t", as_of=dt.date(2025, 1, 1))


def square(west: float, east: float) -> shapely.Polygon:
    return shapely.box(west, 30.0, east, 30.02)


def county() -> dict[str, pd.DataFrame]:
    names = ["甲", "乙", "丙", "丁", "戊"]
    return {
        "townships": gpd.GeoDataFrame({"id": ["t1"], "code": ["500101001"], "name": ["谷营镇"]},
                                      geometry=[square(113, 113.1)], crs=4326),
        "villages": gpd.GeoDataFrame(
            {"id": [f"v{k}" for k in range(5)], "code": [f"50010100120{k}" for k in range(5)],
             "name": [f"{name}山村" for name in names], "township": "t1", "kind": "cun"},
            geometry=[square(113 + k * 0.02, 113.02 + k * 0.02) for k in range(5)], crs=4326),
        "stations": gpd.GeoDataFrame({"id": ["s1"], "name": ["站"], "level": ["village"], "status": ["open"], "unit": ["v1"],
                                      "precision": ["door"]}, geometry=[shapely.Point(113.03, 30.01)], crs=4326),
        "households": gpd.GeoDataFrame(
            {"id": [f"h{k}" for k in range(10)], "village": [f"v{k // 2}" for k in range(10)], "persons": 1, "precision": "door",
             "contact_name": "测试人", "phone": [f"1390000000{k}" for k in range(10)]},
            geometry=[shapely.Point(113.005 + k * 0.01, 30.01) for k in range(10)], crs=4326),
    }  # fmt: skip


LIST = pd.DataFrame(
    [
        # 甲 + 乙 → 甲乙 under 甲's code; 丙 is renamed; 丁 is divided; 戊 becomes a community under another code
        ("谷营镇", "500101001200", "甲乙山村", "甲山村、乙山村"), ("谷营镇", "500101001202", "红旗村", ""),
        ("谷营镇", "500101001203", "丁山村", ""), ("谷营镇", "500101001213", "丁东村", "丁山村"),
        ("谷营镇", "500101001004", "戊山社区居委会", "戊山村"),
    ],
    columns=["所属乡镇", "统计用区划代码", "现村名", "原村名"],
)  # fmt: skip
AREAS = [square(113, 113.04), square(113.04, 113.06), square(113.06, 113.07), square(113.07, 113.08), square(113.08, 113.1)]


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as store:
        store.load(county(), BEFORE)
        yield store


@pytest.fixture
def areas(tmp_path):
    path = tmp_path / "名单.gpkg"
    gpd.GeoDataFrame(LIST, geometry=AREAS, crs=4326).to_file(path, layer="villages")
    return path


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "名单.xlsx"
    LIST.to_excel(path, index=False, startrow=2)
    return path


def villages_of(store: Store) -> dict[str, str]:
    return dict(zip(store.read("households")["id"], store.read("households")["village"], strict=True))


def test_a_list_with_areas_is_proposed_confirmed_and_in_force(store, areas):
    proposal = propose_changes(LOCAL_STEWARD, store, areas, day=DAY)
    assert proposal.counts() == {ChangeKind.RENAMED: 2, ChangeKind.MERGED: 1, ChangeKind.SPLIT: 1}
    assert proposal.questions == ()
    secret = store.read("households", protected=True)[["id", "contact_name", "phone"]]
    done = confirm_changes(LOCAL_STEWARD, store, areas, proposal.to_dict())
    assert done.moved == {"households": 3, "stations": 1}
    expected = {f"h{k}": f"v{k // 2}" for k in range(10)} | {"h2": "v0", "h3": "v0", "h7": "500101001213"}
    assert villages_of(store) == expected
    assert store.read("stations")["unit"].tolist() == ["v0"]
    villages = store.read("villages").set_index("id")
    assert villages["name"].to_dict() == {"v0": "甲乙山村", "v1": "乙山村", "v2": "红旗村", "v3": "丁山村", "v4": "戊山社区居委会",
                                          "500101001213": "丁东村"}
    assert villages.loc["v4", "kind"] == "shequ"
    assert villages["valid_to"].dropna().to_dict() == {"v1": pd.Timestamp("2026-02-28")}
    assert villages.loc["500101001213", "valid_from"] == pd.Timestamp(DAY)
    assert villages.loc["v0", "geometry"].equals(AREAS[0])
    # What is protected came through whole.
    pd.testing.assert_frame_equal(store.read("households", protected=True)[["id", "contact_name", "phone"]], secret)
    # Old papers lead to the present villages.
    known = Gazetteer(store.read("villages"), store.read("townships"), day=DAY, aliases=store.read("aliases"))
    for old, now in {"甲山村": "v0", "乙山村": "v0", "丙山村": "v2", "戊山村": "v4", "丁山村": "v3"}.items():
        assert known.place(village=old).village == now, old
    assert known.place(code="500101001201").village == "v0"
    assert known.place(code="500101001204").village == "v4"
    # Everything is counted by the new villages, although the townships' data are of an earlier day.
    areas_now = Areas.read(store, data_date(store))
    assert data_date(store) < DAY
    assert set(areas_now.villages.index) == set(villages.index[villages["valid_to"].isna()])
    counted, _ = areas_now.of_households(store.read("households"))
    assert counted.tolist() == store.read("households")["village"].tolist()
    load = store.loads()[0]
    assert (load.kind, load.source, load.as_of) == (LoadKind.UNITS, "名单.gpkg", DAY)
    # Done once, the same list changes nothing more.
    again = propose_changes(LOCAL_STEWARD, store, areas, day=DAY)
    assert set(again.counts()) == {ChangeKind.UNCHANGED}


def test_it_can_be_undone_and_the_day_before_is_as_it_was(store, areas):
    before = villages_of(store)
    done = confirm_changes(LOCAL_STEWARD, store, areas, propose_changes(LOCAL_STEWARD, store, areas, day=DAY).to_dict())
    eve = store.at(dt.date(2026, 2, 28))
    assert dict(zip(eve.read("households")["id"], eve.read("households")["village"], strict=True)) == before
    store.undo(done.report.load_id, by="steward")
    assert villages_of(store) == before
    assert store.read("villages")["name"].tolist() == county()["villages"]["name"].tolist()
    assert store.read("aliases").empty


def test_old_names_in_a_file_lead_to_the_present_villages(store, areas):
    confirm_changes(LOCAL_STEWARD, store, areas, propose_changes(LOCAL_STEWARD, store, areas, day=DAY).to_dict())
    homes = "编号,村,服务对象人数\nn1,乙山村,1\nn2,500101001201,2\nn3,谷营镇甲乙山村3组,1\nn4,戊山村,1\n"
    options = ImportOptions(as_of=DAY)
    report = load(LOCAL_STEWARD, store, "households", Upload("走访.csv", homes.encode("gb18030")), options)
    assert (report.stored, report.rejected) == (4, 0)
    assert {key: village for key, village in villages_of(store).items() if key[0] == "n"} == {
        "n1": "v0", "n2": "v0", "n3": "v0", "n4": "v4"}
    places = store.read("households").set_index("id")
    assert places.loc["n1", "precision"] == "village"
    assert AREAS[0].covers(places.loc["n1", "geometry"])
    stations = "编号,名称,级别,状态,服务单位,经度,纬度\ns9,东站,village,open,乙山村,113.03,30.01\n"
    assert load(LOCAL_STEWARD, store, "stations", Upload("站.csv", stations.encode()), options).stored == 1
    assert store.read("stations", ids=["s9"])["unit"].tolist() == ["v0"]


def test_a_list_without_areas_asks_who_of_a_divided_village_goes_where(store, sheet):
    proposal = propose_changes(LOCAL_STEWARD, store, sheet, day=DAY)
    assert [change.kind for change in proposal.questions] == [ChangeKind.SPLIT]
    mapping, before = proposal.to_dict(), store.stamp()
    with pytest.raises(UnconfirmedError, match="未定"):
        confirm_changes(LOCAL_STEWARD, store, sheet, mapping)
    split = next(change for change in mapping["changes"] if change["kind"] == "split")
    split["confirmed"] = True
    with pytest.raises(UnconfirmedError, match="households/h6"):
        confirm_changes(LOCAL_STEWARD, store, sheet, mapping)
    split["assign"] = {"households": {"h6": "500101001213", "h7": "500101001203"}}
    with pytest.raises(UnconfirmedError, match="没有位置"):
        confirm_changes(LOCAL_STEWARD, store, sheet, mapping)
    assert store.stamp() == before
    LIST.assign(经度=[None, None, None, 113.075, None], 纬度=[None, None, None, 30.01, None]).to_excel(sheet, index=False)
    with pytest.raises(UnconfirmedError, match="没有位置"):  # the old area is no longer that of what kept its code
        confirm_changes(LOCAL_STEWARD, store, sheet, mapping)
    LIST.assign(经度=[None, None, 113.065, 113.075, None], 纬度=[None, None, 30.01, 30.01, None]).to_excel(sheet, index=False)
    assert confirm_changes(LOCAL_STEWARD, store, sheet, mapping).moved == {"households": 3, "stations": 1}
    assert villages_of(store)["h6"] == "500101001213"
    villages = store.read("villages").set_index("id")
    assert villages.loc["v0", "geometry"].symmetric_difference(AREAS[0]).area < 1e-12  # both together


@pytest.mark.parametrize("viewer", [Viewer(role) for role in Role if role is not Role.STEWARD])
def test_only_the_steward_may(store, sheet, viewer):
    with pytest.raises(NotPermittedError):
        propose_changes(viewer, store, sheet, day=DAY)
    with pytest.raises(NotPermittedError):
        confirm_changes(viewer, store, sheet, {})


@pytest.mark.parametrize(("change", "message"), [
    ({"统计用区划代码": "12"}, "12 位"), ({"所属乡镇": "无名镇"}, "乡镇"), ({"现村名": ""}, "缺代码或名称"),
    ({"统计用区划代码": "500101001202"}, "代码重复"),
])  # fmt: skip
def test_a_list_with_faults_is_refused_with_its_rows(store, tmp_path, change, message):
    path = tmp_path / "名单.csv"
    rows = LIST.copy()
    for column, value in change.items():
        rows.loc[0, column] = value
    rows.to_csv(path, index=False, encoding="gb18030")
    with pytest.raises(IntakeError, match=message) as error:
        propose_changes(LOCAL_STEWARD, store, path, day=DAY)
    assert "2" in str(error.value)


@pytest.mark.parametrize("mapping", [None, [], {}, {"day": "2026-03-01"}, {"changes": [], "day": "heute"},
                                     {"changes": [1], "day": "2026-03-01"}])  # fmt: skip
def test_a_mapping_that_is_none_is_refused(store, sheet, mapping):
    with pytest.raises(IntakeError, match="对照表"):
        confirm_changes(LOCAL_STEWARD, store, sheet, mapping)


def test_rows_that_no_area_tells_of_are_asked_about_and_settled_by_the_rest(store, areas):
    store.load({"households": gpd.GeoDataFrame({"id": ["h99"], "village": ["v3"], "persons": 1, "precision": "unknown"},
                                               geometry=[None], crs=4326)}, BEFORE)
    proposal = propose_changes(LOCAL_STEWARD, store, areas, day=DAY)
    (split,) = proposal.questions
    assert split.question is NOWHERE
    assert split.assign == {"households": {"h6": "500101001203", "h7": "500101001213"}}
    mapping = proposal.to_dict()
    asked = next(change for change in mapping["changes"] if change["kind"] == "split")
    asked["confirmed"] = True
    with pytest.raises(UnconfirmedError, match="households/h99"):
        confirm_changes(LOCAL_STEWARD, store, areas, mapping)
    asked["rest"] = "500101001213"
    confirm_changes(LOCAL_STEWARD, store, areas, json.loads(json.dumps(mapping)))
    assert {key: villages_of(store)[key] for key in ("h6", "h7", "h99")} == {
        "h6": "v3", "h7": "500101001213", "h99": "500101001213"}


def test_a_division_goes_out_as_a_workbook_and_comes_back(store, sheet):
    proposal = propose_changes(LOCAL_STEWARD, store, sheet, day=DAY)
    (split,) = proposal.questions
    found = division(LOCAL_STEWARD, store, proposal, split)
    assert found.rows[["layer", "id", "code"]].to_numpy().tolist() == [["households", "h6", None], ["households", "h7", None]]
    content = rows_workbook(proposal, split, found.rows)
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    assert [cell.value for cell in page[1]] == ["原单位", "图层", "编号", "名称或组", "归属"]
    page["E2"], page["E3"] = "500101001213", "丁山村"
    out = io.BytesIO()
    book.save(out)
    filled = read_rows(out.getvalue(), "归属.xlsx", proposal, split, found.rows)
    assert filled["code"].tolist() == ["500101001213", "500101001203"]
    for cell, text, said in (("E2", "别处", "第 2 行"), ("C2", "h1", "没有这条记录")):
        book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
        book.active[cell] = text
        other = io.BytesIO()
        book.save(other)
        with pytest.raises(IntakeError, match=said):
            read_rows(other.getvalue(), "归属.xlsx", proposal, split, found.rows)


def test_who_may_not_see_households_divides_them_unseen(store, sheet):
    proposal = propose_changes(SERVER, store, sheet, day=DAY)
    (split,) = proposal.questions
    found = division(SERVER, store, proposal, split)
    assert (len(found.rows), found.hidden, found.open, split.assign) == (0, ("households",), True, {})
    assert "h6" not in json.dumps(proposal.to_dict())


@pytest.fixture
def two_townships(store_url):
    """Give two townships: three villages in the first, one of them closed, two in the second."""
    loaded = county()
    loaded["townships"] = gpd.GeoDataFrame(
        {"id": ["t1", "t2"], "code": ["500101001", "500101002"], "name": ["谷营镇", "双河乡"], "kind": ["zhen", "xiang"]},
        geometry=[square(113, 113.06), square(113.06, 113.1)], crs=4326)
    villages = loaded["villages"]
    loaded["villages"] = villages.assign(township=["t1", "t1", "t1", "t2", "t2"],
                                         valid_to=[pd.Timestamp("2020-12-31") if key == "v2" else pd.NaT for key in villages["id"]])
    loaded["stations"] = loaded["stations"].assign(unit="t2", level="township")
    with Store.open(store_url) as store:
        store.load(loaded, BEFORE)
        yield store


def townships_of(store: Store) -> dict[str, str]:
    villages = store.read("villages", columns=["id", "township"])
    return dict(zip(villages["id"], villages["township"], strict=True))


def test_townships_that_merge_take_their_villages_along(two_townships, tmp_path):
    store, path = two_townships, tmp_path / "乡镇.csv"
    path.write_bytes("代码,名称,原乡镇\n500101002000,双河街道,谷营镇、双河乡\n".encode("gb18030"))
    proposal = propose_changes(LOCAL_STEWARD, store, path, units="townships", day=DAY)
    assert proposal.counts() == {ChangeKind.MERGED: 1}
    assert proposal.questions == ()
    done = confirm_changes(LOCAL_STEWARD, store, path, json.loads(json.dumps(proposal.to_dict())))
    assert done.moved == {"villages": 2}
    townships = store.read("townships").set_index("id")
    assert townships.loc["t2", ["code", "name", "kind"]].tolist() == ["500101002", "双河街道", "jiedao"]
    assert townships["valid_to"].dropna().to_dict() == {"t1": pd.Timestamp("2026-02-28")}
    assert townships.loc["t2", "geometry"].symmetric_difference(square(113, 113.1)).area < 1e-12
    # What was closed before stays where it was.
    assert townships_of(store) == {"v0": "t2", "v1": "t2", "v2": "t1", "v3": "t2", "v4": "t2"}
    assert store.read("stations")["unit"].tolist() == ["t2"]
    assert set(store.read("aliases")["name"]) == {"谷营镇", "500101001", "双河乡"}
    assert set(store.read("aliases")["unit"]) == {"t2"}
    # The villages' own list comes next, under their new township and by its former name.
    village_list = tmp_path / "村.csv"
    names = ["甲山村", "乙山村", "丁山村", "戊山村"]
    village_list.write_bytes(("乡镇,代码,名称\n" + "".join(
        f"{'谷营镇' if k < 2 else '双河街道'},50010100220{k},{name}\n" for k, name in enumerate(names))).encode())
    villages = propose_changes(LOCAL_STEWARD, store, village_list, day=DAY)
    assert (villages.counts(), villages.questions) == ({ChangeKind.RENAMED: 4}, ())
    later = confirm_changes(LOCAL_STEWARD, store, village_list, villages.to_dict())
    assert later.moved == {}
    store.undo(later.report.load_id, by="t")
    store.undo(done.report.load_id, by="t")
    assert townships_of(store) == {"v0": "t1", "v1": "t1", "v2": "t1", "v3": "t2", "v4": "t2"}
    assert store.read("townships")["name"].tolist() == ["谷营镇", "双河乡"]


def test_a_township_that_is_renamed_or_divided(two_townships, tmp_path):
    store, path = two_townships, tmp_path / "乡镇.gpkg"
    gpd.GeoDataFrame(
        {"代码": ["500101001", "500101003", "500101002"], "名称": ["谷营镇", "新营镇", "双河镇"], "原乡镇": ["", "谷营镇", ""]},
        geometry=[square(113, 113.02), square(113.02, 113.06), square(113.06, 113.1)], crs=4326).to_file(path)
    proposal = propose_changes(LOCAL_STEWARD, store, path, units="townships", day=DAY)
    assert proposal.counts() == {ChangeKind.RENAMED: 1, ChangeKind.SPLIT: 1}
    assert proposal.questions == ()
    done = confirm_changes(LOCAL_STEWARD, store, path, proposal.to_dict())
    assert done.moved == {"villages": 1}
    assert townships_of(store) == {"v0": "t1", "v1": "500101003", "v2": "t1", "v3": "t2", "v4": "t2"}
    assert store.read("townships", columns=["id", "name"]).to_numpy().tolist() == [
        ["500101003", "新营镇"], ["t1", "谷营镇"], ["t2", "双河镇"]]
    known = Gazetteer(store.read("villages"), store.read("townships"), day=DAY, aliases=store.read("aliases"))
    assert known.place(village="丁山村", township="双河乡").village == "v3"
