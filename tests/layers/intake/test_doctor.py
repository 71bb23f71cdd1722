"""The import doctor on a county small enough to know by heart: villages 东村, 西村 in two townships, and 北村."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import shapely
from office_sheets import CHECKED
from pyproj import Transformer
from small_county import PROVENANCE, at, frames

from geo.china_datum import wgs84_to_bd09
from layers.intake.examination.columns import suggest
from layers.intake.examination.doctor import Choices, Examination, examine
from layers.intake.files import Table, find_table, read_file
from layers.intake.positions.datum import BD09, find_datum
from layers.intake.workbooks.export import write_frame
from layers.registry import LAYERS
from layers.store import Provenance, Store

DAY = dt.date(2026, 11, 1)


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


def table(columns: dict[str, list[str]], *, first: int = 3) -> Table:
    """A table of a file whose first row of data is row ``first``."""
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(first, first + n, name="row"), dtype=object)
    return Table("Sheet1", (first - 1,), frame, tuple(range(len(columns))))


def examined(store: Store, layer: str, columns: dict[str, list[str]], **choices: object) -> Examination:
    given = table(columns)
    return examine(LAYERS[layer], given, suggest(layer, given), store, Choices(day=DAY, **choices))


def stored(store: Store, layer: str, found: Examination) -> tuple[int, int]:
    """Load the good rows: how many were stored, how many unchanged."""
    done = store.load({layer: found.frame}, Provenance("x", "", "tester", DAY)).layers[layer]
    assert done.stored == found.changed
    return done.stored, done.unchanged


def told(found: Examination) -> list[tuple[int, str, str, str]]:
    return [(p.row, p.column, p.rule, p.value) for p in found.problems]


def lonlat(x: float, y: float) -> tuple[str, str]:
    point = at(x, y)
    return f"{point.x:.6f}", f"{point.y:.6f}"


def test_every_problem_comes_at_once_in_the_file_s_own_rows_and_headings(store) -> None:
    found = examined(store, "households", {
        "户主姓名": ["甲", "乙", "丙", "丁", "戊"], "身份证号码": [CHECKED[0], CHECKED[1][:15] + "000", CHECKED[2], CHECKED[2], ""],
        "村（居）": ["东村", "西村", "北村", "南村", "东村"], "人数": ["1", "0", "３", "1", ""],
        "最近走访": ["2024.3.5", "2024年3月", "45356", "2024-02-31", "长期"], "人员类别": ["烈属", "退伍军人；参战", "火星人", "", "军属"],
        "联系电话": ["+86 138 0013 8000", "1.38E+10", "", "/", "0735-2234567"],
    })
    assert [p.row for p in found.problems] == sorted(p.row for p in found.problems)
    assert sorted(told(found)) == sorted([
        (4, "身份证号码", "identity_damaged", "***"), (4, "人数", "range", "0"), (4, "联系电话", "telephone", "***"),
        (5, "人员类别", "vocabulary", "火星人"), (6, "身份证号码", "same_person", "***"), (6, "最近走访", "no_such_day", "2024-02-31"),
        (6, "村（居）", "village", "南村"), (7, "人数", "required", ""),
    ])
    assert found.rows_in == 5
    assert found.rejected == {4, 5, 6, 7}
    row = found.frame.iloc[0]
    assert (row["village"], row["phone"], row["categories"], row["last_visit"].date()) == (
        "V1", "13800138000", ("martyr_kin",), dt.date(2024, 3, 5))
    said = repr(found.problems)
    assert not any(number in said or number[:15] in said for number in CHECKED[:3])
    assert all(p.reason.zh and p.reason.en and p.hint.zh and p.hint.en for p in found.problems)


def test_the_same_file_twice_changes_nothing_with_and_without_what_tells_people_apart(store) -> None:
    lists = [
        {"姓名": ["甲", "乙"], "身份证号": CHECKED[:2], "村": ["东村", "西村"]},
        {"姓名": ["丙", "丁"], "村": ["东村", "西村"], "电话": ["", "13800138000"]},
        {"村": ["东村", "东村", "西村"], "人数": ["2", "2", "3"]},
    ]
    for columns in lists:
        first = examined(store, "households", columns)
        assert stored(store, "households", first) == (len(first.frame), 0)
        assert stored(store, "households", examined(store, "households", columns)) == (0, len(first.frame))


def test_other_layers_meet_their_rows_again_too(store) -> None:
    x, y = lonlat(1500, 10)
    lists = {
        "villages": {"编码": ["990001001001"], "名称": ["东村"], "乡镇": ["甲镇"]},
        "stations": {"服务站名称": ["南村站"], "乡镇": ["甲镇"], "村": ["东村"], "级别": ["村"], "经度": [x], "纬度": [y]},
        "support_points": {"名称": ["饭店"], "类别": ["商户"], "业态": ["餐饮"], "村": ["西村"]},
        "memorials": {"名称": ["烈士墓"], "类型": ["烈士墓"], "级别": ["零散"], "所在村": ["北村"]},
        "visits": {"户编号": ["h01"], "走访日期": ["2024.3.5"], "方式": ["入户"], "结果": ["完成"]},
        "claims": {"指标": ["服务站"], "数值": ["273"], "截至": ["2024年"], "原文": ["273个服务站"]},
    }
    for layer, columns in lists.items():
        found = examined(store, layer, columns)
        if layer == "villages":  # known by its name before it had a code
            assert found.frame["id"].tolist() == ["V1"]
        assert told(found) == []
        assert stored(store, layer, found) == (1, 0)
        assert stored(store, layer, examined(store, layer, columns)) == (0, 1), layer


def test_what_a_file_does_not_bring_stays_as_it_was(store) -> None:
    full = {"户编号": ["h01"], "姓名": ["甲"], "村": ["东村"], "人数": ["2"], "电话": ["13800138000"], "困难情况": ["低保"]}
    stored(store, "households", examined(store, "households", full))
    before = store.read("households", ids=["h01"], protected=True).iloc[0]
    partial = {"户编号": ["h01"], "电话": [""], "困难情况": ["清空"], "独居": ["是"]}
    stored(store, "households", examined(store, "households", partial))
    after = store.read("households", ids=["h01"], protected=True).iloc[0]
    assert after["lives_alone"]
    assert pd.isna(after["difficulty"])
    for name in ("contact_name", "phone", "village", "persons", "precision", "geometry"):
        assert after[name] == before[name]
    assert before["geometry"].equals(frames()["households"].geometry.iloc[0])


def test_the_same_person_under_another_id_is_told_from_the_store(store) -> None:
    stored(store, "households", examined(store, "households", {"户编号": ["a"], "身份证号": [CHECKED[5]], "村": ["东村"], "人数": ["1"]}))
    again = {"户编号": ["b"], "身份证号": [CHECKED[5].lower()], "村": ["西村"], "人数": ["1"]}
    assert told(examined(store, "households", again)) == [(3, "身份证号", "same_person", "***")]
    without_id = {name: values for name, values in again.items() if name != "户编号"}
    assert examined(store, "households", without_id).frame["id"].tolist() == ["a"]


def test_one_name_twice_in_a_village_is_a_doubt_that_can_be_accepted(store) -> None:
    columns = {"户编号": ["a", "b", "c"], "姓名": ["甲"] * 3, "村": ["东村", "东村", "西村"], "人数": ["1"] * 3}
    found = examined(store, "households", columns)
    assert [(p.row, p.rule, p.doubt) for p in found.problems] == [(4, "same_household", True)]
    assert found.rejected == {4}
    accepted = examined(store, "households", columns, accept={"same_household"})
    assert accepted.rejected == set()
    stored(store, "households", accepted)
    assert told(examined(store, "households", columns)) == []  # stored as two, they are two
    by_number = {**columns, "户编号": ["d", "e", "f"], "身份证号": CHECKED[10:13], "姓名": ["乙"] * 3}
    assert told(examined(store, "households", by_number)) == []


def test_places_with_nearly_one_name_within_30_metres_are_a_doubt(store) -> None:
    places = [lonlat(1000, 500), lonlat(1020, 500), lonlat(1020, 500), lonlat(1040, 500), lonlat(5000, 5)]
    columns = {
        "名称": ["东村卫生室诊所", "东村卫生室 诊所", "东村第一小学", "东村第二小学", "药 房"], "类别": ["商户"] * 5, "业态": ["医疗"] * 5,
        "经度": [x for x, _ in places], "纬度": [y for _, y in places],
    }
    found = examined(store, "support_points", columns)
    assert [(p.row, p.column, p.rule) for p in found.problems] == [(4, "名称", "near_duplicate"), (7, "名称", "near_duplicate")]
    assert "第 3 行" in found.problems[0].reason.zh
    assert "P1" in found.problems[1].reason.zh  # the pharmacy of the store, 5 m away


def test_points_outside_the_county_or_far_from_their_village_are_doubts(store) -> None:
    places = [lonlat(1000, 500), lonlat(6500, 1000), lonlat(60_000, 0), ("103.5", "22.5")]
    columns = {"户编号": list("abcd"), "村": ["东村"] * 4, "人数": ["1"] * 4,
               "经度": [x for x, _ in places], "纬度": [y for _, y in places]}
    found = examined(store, "households", columns)
    assert told(found) == [
        (4, "经度", "far_from_village", places[1][0]), (5, "经度", "outside_county", places[2][0]), (6, "经度", "outside_county", "103.5")]
    assert "4.4 公里" in found.problems[0].reason.zh  # 6,500 m less the village's edge at 2,125.5
    assert found.frame["precision"].tolist() == ["building"]


def test_rows_without_coordinates_lie_in_their_village_and_say_so(store) -> None:
    found = examined(store, "households", {"户编号": ["a", "b"], "村": ["V2", ""], "人数": ["1", "1"]})
    village = frames()["villages"].geometry.iloc[1]
    assert found.frame["precision"].tolist() == ["village", "unknown"]
    assert village.contains(found.frame.geometry.iloc[0])
    assert found.frame.geometry.iloc[1] is None
    stored(store, "households", found)
    moved = examined(store, "households", {"户编号": ["a"], "村": ["北村"]})
    assert frames()["villages"].geometry.iloc[2].contains(moved.frame.geometry.iloc[0])


def test_coordinates_are_brought_from_their_datum_and_swapped_ones_mended(store) -> None:
    point = at(1000, 500)
    lon, lat = wgs84_to_bd09([point.x], [point.y])
    columns = {"户编号": ["a", "b"], "人数": ["1", "1"], "经度": [str(lon[0]), str(lat[0])], "纬度": [str(lat[0]), str(lon[0])]}
    found = examined(store, "households", columns, datum=BD09)
    assert told(found) == []
    assert all(shape.distance(point) < 1e-7 for shape in found.frame.geometry)  # a centimetre
    degrees = {"户编号": ["a"], "人数": ["1"], "坐标": [f"东经{point.x:.7f}度，北纬{point.y:.7f}度"]}
    assert examined(store, "households", degrees).frame.geometry.iloc[0].distance(point) < 1e-6
    unreadable = {"户编号": ["a", "b"], "人数": ["1", "1"], "经度": ["某处", "NaN"], "纬度": ["30", "30"]}
    assert [p.rule for p in examined(store, "households", unreadable).problems] == ["coordinates", "coordinates"]
    metres = {"户编号": ["a"], "人数": ["1"], "X": ["500000"], "Y": ["3150000"]}
    assert [p.rule for p in examined(store, "households", metres).problems] == ["coordinates"]
    x, y = Transformer.from_crs(4326, 4550, always_xy=True).transform(point.x, point.y)
    metres = {**metres, "X": [f"{y:.2f}"], "Y": [f"{x:.2f}"]}  # surveyors' X points north
    found = examined(store, "households", metres, datum=find_datum("EPSG:4550"))
    assert found.frame.geometry.iloc[0].distance(point) < 1e-6


def test_references_resolve_by_id_name_code_and_within_the_file(store) -> None:
    x, y = lonlat(1500, 10)
    columns = {
        "名称": ["新镇站", "新村站", "孤站"], "级别": ["乡镇", "村", "村"], "服务单位": ["甲镇", "V1", "无此地"],
        "上级站": ["甲镇站", "新镇站", ""],
        "经度": [x] * 3, "纬度": [y] * 3,
    }
    found = examined(store, "stations", columns, accept={"near_duplicate"})
    assert told(found) == [(5, "服务单位", "reference", "无此地")]
    assert found.frame["unit"].tolist() == ["990001001", "V1"]
    assert found.frame["parent"].tolist() == ["S4", found.frame["id"].iloc[0]]
    broken = {**columns, "级别": ["不明级", "村", "村"], "服务单位": ["甲镇", "V1", "V2"]}
    again = examined(store, "stations", broken, accept={"near_duplicate"})
    assert told(again) == [(3, "级别", "vocabulary", "不明级"), (4, "上级站", "reference", "新镇站")]  # its parent does not come in


def test_what_follows_from_the_row_is_filled_and_said(store) -> None:
    found = examined(store, "stations", {"服务站名称": ["甲", "乙"], "乡镇": ["甲镇", "乙乡"], "村": ["东村", ""],
                                         "经度": [lonlat(1, 5)[0], lonlat(4000, 5)[0]], "纬度": [lonlat(1, 5)[1], lonlat(4000, 5)[1]]})
    assert told(found) == []
    assert found.frame[["unit", "level", "status"]].to_numpy().tolist() == [["V1", "village", "open"], ["990001002", "township", "open"]]
    assert len(found.notes) == 3


def test_values_that_stand_in_every_row_can_be_given(store) -> None:
    columns = {"商户名称": ["甲店"], "行业": ["餐饮"], "村": ["东村"]}
    assert [p.rule for p in examined(store, "support_points", columns).problems] == ["required"]
    found = examined(store, "support_points", columns, constants={"kind": "商户"})
    assert found.frame["kind"].tolist() == ["merchant"]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".gpkg", ".geojson"])
@pytest.mark.parametrize("layer", ["townships", "villages", "stations", "support_points", "households", "roads", "station_grades"])
def test_what_was_exported_comes_back_unchanged_and_into_another_store_without_loss(store, tmp_path, layer, suffix) -> None:
    frame = store.read(layer, protected=True)
    write_frame(frame, LAYERS[layer], tmp_path / f"out{suffix}")
    given = find_table(read_file(tmp_path / f"out{suffix}"))
    found = examine(LAYERS[layer], given, suggest(layer, given), store, Choices(day=DAY))
    assert told(found) == []
    assert stored(store, layer, found) == (0, len(frame))
    with Store.open(str(tmp_path / "other.db")) as other:
        other.load({name: rows for name, rows in frames().items() if name != layer and layer not in {"townships", "villages"}
                    and name in ("townships", "villages", "stations")}, PROVENANCE)
        if layer == "villages":
            other.load({"townships": frames()["townships"]}, PROVENANCE)
        found = examine(LAYERS[layer], given, suggest(layer, given), other, Choices(day=DAY, accept={"near_duplicate"}))
        assert told(found) == []
        stored(other, layer, found)
        again = other.read(layer, protected=True)
        pd.testing.assert_frame_equal(pd.DataFrame(again.drop(columns="geometry", errors="ignore")),
                                      pd.DataFrame(frame.drop(columns="geometry", errors="ignore")))
        if "geometry" in frame:
            shapes = zip(again.geometry, frame.geometry, strict=True)
            assert all(a == b or (a is None and b is None) or shapely.equals_exact(a, b, 1e-8, normalize=True) for a, b in shapes)
