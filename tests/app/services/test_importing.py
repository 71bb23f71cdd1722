"""Files through the service on both back ends: modes, reconciliation, the datum asked about, stopping, remembering."""

from __future__ import annotations

import datetime as dt

import pytest
from office_sheets import CHECKED, sheet
from small_county import PROVENANCE, at, frames

from app.roles import LOCAL_STEWARD, NotPermittedError, Role, Viewer
from app.services.importing import ImportOptions, Upload, check, load, preview
from app.services.importing.service import ImportStoppedError
from geo.china_datum import wgs84_to_gcj02
from geo.errors import ParameterError
from layers.errors import IntakeError, StaleCheckError, UnknownLayerError
from layers.intake.positions.datum_question import DatumQuestionError
from layers.store import Store

DAY = dt.date(2026, 11, 1)
GOOD = ImportOptions(mode="good", as_of=DAY)
ALL = ImportOptions(as_of=DAY)
COLUMNS = {"姓名": ["甲", "乙", "丙"], "身份证号": CHECKED[:3], "村": ["东村", "西村", "北村"], "人数": ["1", "2", "3"]}


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        yield store


@pytest.fixture
def file_store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


def upload(columns=None, **more) -> Upload:
    return Upload("名册.xlsx", sheet(columns or COLUMNS, **more))


def counted(report) -> tuple[int, int, int, int]:
    assert report.rows_in == report.stored + report.unchanged + report.rejected
    return report.rows_in, report.stored, report.unchanged, report.rejected


def test_all_or_nothing_or_the_good_rows_and_the_ledger_says_so(store):
    bad = {**COLUMNS, "人数": ["1", "x", "3"]}
    before = store.stamp()
    assert counted(load(LOCAL_STEWARD, store, "households", upload(bad), ALL)) == (3, 0, 0, 3)
    assert store.stamp() == before
    told = check(LOCAL_STEWARD, store, "households", upload(bad), GOOD)
    assert (counted(told), told.load, store.stamp()) == ((3, 2, 0, 1), None, before)
    report = load(LOCAL_STEWARD, store, "households", upload(bad), GOOD)
    assert counted(report) == (3, 2, 0, 1)
    entry = store.one_load(report.load)
    done = entry.layers["households"]
    assert (done.rows_in, done.stored, done.unchanged, done.rejected) == (3, 2, 0, 1)
    assert (entry.source, entry.sha256, entry.loaded_by, entry.as_of) == ("名册.xlsx", report.sha256, "steward", DAY)
    assert counted(load(LOCAL_STEWARD, store, "households", upload(), ALL)) == (3, 1, 2, 0)
    assert counted(load(LOCAL_STEWARD, store, "households", upload(), ALL)) == (3, 0, 3, 0)


def test_what_is_left_out_is_told_and_does_not_count(file_store):
    columns = {name: [*values, ""] for name, values in COLUMNS.items()} | {"姓名": [*COLUMNS["姓名"], "合计"], "人数": ["1", "2", "3", "6"]}
    report = load(LOCAL_STEWARD, file_store, "households", upload(columns, title="某县名册"), ALL)
    assert counted(report) == (3, 3, 0, 0)
    assert 6 in {left.row for left in report.left_out}


def gcj02(points) -> dict[str, list[str]]:
    lon, lat = wgs84_to_gcj02([p.x for p in points], [p.y for p in points])
    return {"户编号": [f"n{k}" for k in range(len(points))], "人数": ["1"] * len(points),
            "经度": [f"{x:.7f}" for x in lon], "纬度": [f"{y:.7f}" for y in lat]}


def test_a_file_whose_points_speak_for_another_datum_is_asked_about(file_store):
    # Just inside their village's edges: a shift of some hundred metres takes half of them out.
    points = [at(-400 + 150 * k, y) for k in range(16) for y in (-900, 1900)]
    columns = {**gcj02(points), "村": ["东村"] * len(points)}
    with pytest.raises(DatumQuestionError, match=r"--datum gcj02.*\(") as refused:
        load(LOCAL_STEWARD, file_store, "households", upload(columns), ALL)
    lines = {line.datum.code: line for line in refused.value.evidence.lines}
    assert lines["gcj02"].inside == lines["gcj02"].tested == len(points)
    assert lines["wgs84"].inside < len(points)
    seen = preview(LOCAL_STEWARD, file_store, "households", upload(columns), ALL)
    assert seen.evidence.likeliest.code == "gcj02"
    report = load(LOCAL_STEWARD, file_store, "households", upload(columns), ImportOptions(datum="gcj02", as_of=DAY))
    assert counted(report) == (len(points), len(points), 0, 0)
    placed = file_store.read("households", ids=["n0", "n1"]).geometry
    assert all(found.distance(point) < 1e-6 for found, point in zip(placed, points[:2], strict=True))


def test_a_heading_that_names_its_datum_is_believed_before_a_guess(file_store):
    columns = gcj02([at(1000, 500)])
    named = {("高德经度" if name == "经度" else "高德纬度" if name == "纬度" else name): values for name, values in columns.items()}
    with pytest.raises(DatumQuestionError, match="gcj02"):
        check(LOCAL_STEWARD, file_store, "households", upload(named), ALL)
    assert check(LOCAL_STEWARD, file_store, "households", upload(columns), ALL).datum == "wgs84"


def test_what_a_person_said_the_columns_are_is_remembered(file_store):
    columns = {"户编号": ["a"], "甲列": ["东村"], "人数": ["1"]}
    options = ImportOptions(columns={"village": "甲列"}, as_of=DAY)
    load(LOCAL_STEWARD, file_store, "households", upload(columns), options)
    again = {"甲列": ["西村"], "人数": ["1"], "户编号": ["b"]}
    load(LOCAL_STEWARD, file_store, "households", upload(again), ALL)
    assert file_store.read("households", ids=["a", "b"])["village"].tolist() == ["V1", "V2"]


def test_a_stop_leaves_the_store_as_it_was(file_store):
    before, asked = file_store.stamp(), []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(ImportStoppedError):
        load(LOCAL_STEWARD, file_store, "households", upload(), ALL, stop=stop)
    assert file_store.stamp() == before
    stages = []
    load(LOCAL_STEWARD, file_store, "households", upload(), ALL, progress=lambda stage, share: stages.append((stage, share)))
    shares = [share for _, share in stages]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_somebody_else_loads_meanwhile_is_looked_at_again(file_store, monkeypatch):
    from app.services.importing import service

    first = iter([True])
    examine = service.examine

    def slow(*given):
        found = examine(*given)
        if next(first, False):
            file_store.load({"households": frames()["households"].iloc[:1].assign(contact_name="别人改的")}, PROVENANCE)
        return found

    monkeypatch.setattr(service, "examine", slow)
    columns = {"户编号": ["h01"], "独居": ["是"]}
    load(LOCAL_STEWARD, file_store, "households", upload(columns), ALL)
    row = file_store.read("households", ids=["h01"], protected=True).iloc[0]
    assert (row["contact_name"], bool(row["lives_alone"])) == ("别人改的", True)


def test_nothing_is_stored_over_what_nobody_has_seen(store):
    seen = check(LOCAL_STEWARD, store, "households", upload(), ALL)
    store.edit("households", "h01", {"lives_alone": True}, version=1, by="t")
    before = store.stamp()
    with pytest.raises(StaleCheckError, match="重新检查"):
        load(LOCAL_STEWARD, store, "households", upload(), ALL, unless_changed_since=seen.state)
    assert store.stamp() == before
    again = check(LOCAL_STEWARD, store, "households", upload(), ALL)
    assert load(LOCAL_STEWARD, store, "households", upload(), ALL, unless_changed_since=again.state).stored == 3


def test_a_store_that_never_rests_is_told(file_store, monkeypatch):
    from app.services.importing import service

    examine, others = service.examine, []

    def slow(*given):
        found = examine(*given)
        others.append(file_store.edit("households", "h01", {"persons": 2 + len(others)}, version=1 + len(others), by="t"))
        return found

    monkeypatch.setattr(service, "examine", slow)
    with pytest.raises(StaleCheckError):
        load(LOCAL_STEWARD, file_store, "households", upload(), ALL)
    assert len(file_store.loads()) == 1 + len(others)


def test_the_preview_masks_whatever_may_be_personal(file_store):
    seen = preview(LOCAL_STEWARD, file_store, "households", upload({**COLUMNS, "配偶": ["某人", "某人", ""]}), ALL)
    assert seen.missing == ()
    assert seen.sample[0] == ("***", "***", "东村", "1", "***")
    assert not any(number in repr(seen.to_json()) for number in CHECKED[:3])


def test_only_stewards_bring_data_in(file_store):
    for role in set(Role) - {Role.STEWARD}:
        for service in (preview, check, load):
            with pytest.raises(NotPermittedError):
                service(Viewer(role, points=True), file_store, "households", upload(), ALL)


def test_what_cannot_be_meant_is_said(file_store):
    with pytest.raises(UnknownLayerError):
        load(LOCAL_STEWARD, file_store, "nothing", upload(), ALL)
    with pytest.raises(IntakeError):
        load(LOCAL_STEWARD, file_store, "households", Upload("a.xlsx", b"PK\x03\x04 not much"), ALL)
    for wrong in ({"mode": "some"}, {"accept": frozenset({"identity_check"})}):
        with pytest.raises(ParameterError):
            ImportOptions(**wrong)
