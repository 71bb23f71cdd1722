"""Access with supply, on a county counted by hand."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from small_county import PROVENANCE, at, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.access.service import access, household_access
from app.services.access.station_times import station_times
from app.services.access.tables import access_tables
from app.services.answers.files import tables_as_bytes
from app.services.county.facilities import FacilityChoice
from app.services.county.state import StoreState
from app.services.errors import NoDataError
from geo.errors import ParameterError
from geo.speeds import Mode
from layers.store import Store

# On foot in 15 minutes (1,125 m): S1 at x = 1000 by h01, h02, h03 and h10 (7 persons), S4 at x = 0 by h01 and h10 (2).
NEAR_S1 = {"h01", "h02", "h03", "h10"}


def with_staff(s1, s4, **changed):
    given = {**frames(), **changed}
    given["stations"] = given["stations"].assign(staff=[s1, 9, 9, s4])  # S2 is planned, S3 is closed
    return given


@pytest.fixture(scope="module")
def store(shared_url):
    with Store.open(shared_url) as opened:
        opened.load(with_staff(2, 3), PROVENANCE)
        yield opened


def one_file_store(tmp_path, given):
    store = Store.open(str(tmp_path / "county.db"))
    store.load(given, PROVENANCE)
    return store


def per_household(store, **asked):
    return household_access(LOCAL_STEWARD, store, **asked).set_index("id")


def test_counts_by_hand(store):
    report = access(LOCAL_STEWARD, store, decay="binary")
    each = per_household(store, decay="binary")
    assert each.loc["h02", "access_per_1000"] == pytest.approx(1000 * 2 / 7, abs=1e-3)
    assert each.loc["h01", "access_per_1000"] == pytest.approx(1000 * (2 / 7 + 3 / 2), abs=1e-3)
    assert each.loc[["h04", "h05", "h08", "h09"], "access_per_1000"].tolist() == [0, 0, 0, 0]
    assert each["stations"].to_dict() == {**dict.fromkeys(each.index, 0), "h01": 2, "h10": 2, "h02": 1, "h03": 1}
    assert report.total.access_per_1000 == pytest.approx(1000 * 5 / 20)  # 5 staff, 20 persons of exact place
    assert (report.total.households, report.total.persons) == (10, 22)
    assert (report.total.households_imprecise, report.total.persons_imprecise) == (2, 2)
    assert (report.total.persons_without, report.total.persons_near_unknown) == (13, 0)  # h04 h05 h08 h09
    assert [(a.name, a.access_per_1000, a.persons_without) for a in report.by_area] == [
        ("甲镇", pytest.approx(1000 * 5 / 7), 0),
        ("乙乡", 0, 13),
    ]
    assert [(s.id, s.state, s.staff, s.persons, s.persons_per_staff) for s in report.stations] == [
        ("S1", "ok", 2, 7, 3.5),
        ("S4", "ok", 3, 2, 0.7),
    ]
    assert (report.stations_counted, report.staff) == (2, 5)
    assert not any(s.model_size for s in report.stations)


@pytest.mark.parametrize("decay", ["binary", "gaussian", "step"])
def test_the_staff_is_shared_out_in_full_and_areas_add_up(store, decay):
    villages = access(LOCAL_STEWARD, store, by="village", decay=decay)
    towns = access(LOCAL_STEWARD, store, decay=decay)
    for report in (villages, towns):
        shared = sum((a.access_per_1000 or 0) * (a.persons - a.persons_imprecise) / 1000 for a in report.by_area)
        assert shared == pytest.approx(5)
        assert report.total.access_per_1000 == pytest.approx(1000 * 5 / 20)
        for field in ("households", "persons", "households_imprecise", "persons_imprecise", "persons_without"):
            assert sum(getattr(a, field) for a in report.by_area) == getattr(report.total, field)


def test_weights_by_time(store):
    each = per_household(store, decay="step")
    walk = {"h01": 50 / 75, "h02": 1000 / 75, "h03": 1124.9 / 75, "h10": 100 / 75}  # minutes to S1
    weight = {i: 1.0 if t <= 5 else 0.68 if t <= 10 else 0.22 for i, t in walk.items()}
    persons = {"h01": 1, "h02": 2, "h03": 3, "h10": 1}
    catchment = sum(persons[i] * weight[i] for i in persons)
    assert each.loc["h03", "access_per_1000"] == pytest.approx(1000 * 2 / catchment * 0.22, abs=1e-3)


def test_exactly_at_the_limit_one_is_not_without_access(store):
    times = station_times(StoreState(store), Mode.WALK, FacilityChoice(), 900.0).times
    last_s = times.seconds[times.origin == 2].item()  # of h03
    minutes = next(m for m in (last_s / 60, np.nextafter(last_s / 60, 99)) if m * 60 == last_s)
    for decay in ("binary", "gaussian", "step"):
        assert access(LOCAL_STEWARD, store, minutes=float(minutes), decay=decay).total.persons_without == 13
    assert access(LOCAL_STEWARD, store, minutes=float(minutes) - 0.1).total.persons_without == 16
    assert per_household(store, minutes=float(minutes)).loc["h03", "access_per_1000"] == 0  # its weight is 0 there


def test_a_station_without_staff_is_marked_and_supplies_nothing(tmp_path):
    with one_file_store(tmp_path, with_staff(0, 3)) as store:
        report = access(LOCAL_STEWARD, store, decay="binary")
        assert [(s.id, s.state, s.staff, s.persons, s.persons_per_staff) for s in report.stations] == [
            ("S1", "no_staff", 0, 7, None),
            ("S4", "ok", 3, 2, 0.7),
        ]
        assert per_household(store).loc["h02", "access_per_1000"] == 0
        assert report.total.persons_without == 18
        assert any("没有工作人员：东村站" in note.zh for note in report.about.notes)


def test_unknown_staff_is_not_nought(tmp_path):
    with one_file_store(tmp_path, with_staff(None, 3)) as store:
        report = access(LOCAL_STEWARD, store, decay="binary")
        by_id = {s.id: s for s in report.stations}
        assert (by_id["S1"].state, by_id["S1"].staff, by_id["S1"].persons_per_staff) == ("staff_unknown", None, None)
        assert by_id["S1"].persons == 7
        assert (report.total.persons_near_unknown, report.total.persons_without) == (7, 13)  # h02, h03 are in doubt
        assert set(per_household(store).query("near_unknown").index) == NEAR_S1
        assert any("没有填" in note.zh and "东村站" in note.zh for note in report.about.notes)
        assert "S4" not in report.about.notes[0].en


def test_where_no_station_states_its_staff_nothing_is_said(tmp_path):
    with one_file_store(tmp_path, frames()) as store:
        report = access(LOCAL_STEWARD, store)
        assert report.total.access_per_1000 is None
        assert report.total.persons_without is None
        assert all(a.access_per_1000 is None for a in report.by_area)
        assert [s.state for s in report.stations] == ["staff_unknown", "staff_unknown"]
        assert [s.persons for s in report.stations] == [7, 2]
        assert any("算不出" in note.zh for note in report.about.notes)
        assert per_household(store)["access_per_1000"].isna().all()


def test_the_county_shares_the_stations_but_a_viewer_sees_the_townships_in_reach(store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001002"}), points=True)
    report = access(viewer, store, mode="ebike", decay="binary")
    whole = access(LOCAL_STEWARD, store, mode="ebike", decay="binary")
    assert [a.name for a in report.by_area] == ["乙乡"]
    assert report.stations == ()  # both stand in the other township
    assert report.total.households == 6
    assert report.by_area[0].access_per_1000 == whole.by_area[1].access_per_1000 > 0
    assert set(household_access(viewer, store)["id"]) == {"h04", "h05", "h06", "h07", "h08", "h09"}


def test_few_households_are_not_told_to_those_who_may_only_see_counts(store):
    with pytest.raises(NotPermittedError):
        household_access(SERVER, store)
    report = access(SERVER, store, by="village", decay="binary")
    assert [(a.name, a.households - a.households_imprecise, a.too_few) for a in report.by_area] == [
        ("东村", 4, True), ("西村", 2, True), ("北村", 2, True),
    ]  # fmt: skip
    assert [a.access_per_1000 for a in report.by_area] == [None] * 3
    assert [a.persons_without for a in report.by_area] == [None] * 3
    assert [(s.persons, s.weighted_persons, s.persons_per_staff, s.too_few) for s in report.stations] == [
        (None, None, None, True)
    ] * 2
    assert (report.total.households, report.total.access_per_1000) == (10, None)  # four of eight have staff in reach
    towns = access(SERVER, store)
    assert [a.too_few for a in towns.by_area] == [True, True]  # 4 and 4: neither can be had from the total


def test_one_small_township_takes_the_next_with_it(tmp_path):
    given = with_staff(2, 3)
    more = frame([{"id": f"x{k}", "village": "V2", "persons": 1, "precision": "door", "geometry": at(2500 + k, 0)}
                  for k in range(5)])  # fmt: skip
    with one_file_store(tmp_path, given) as store:
        store.load({"households": more}, PROVENANCE)
        towns = access(SERVER, store)
        assert [(a.households - a.households_imprecise, a.too_few) for a in towns.by_area] == [(4, True), (9, True)]


def test_model_size_is_for_village_stations(tmp_path):
    crowd = frame([{"id": f"x{k}", "village": "V1", "persons": 50, "precision": "door", "geometry": at(500 + k, 0)}
                   for k in range(6)])  # fmt: skip
    with one_file_store(tmp_path, with_staff(2, 3)) as store:
        store.load({"households": crowd}, PROVENANCE)
        report = access(SERVER, store)
        assert {s.id: (s.persons, s.model_size) for s in report.stations} == {"S1": (307, True), "S4": (302, False)}


def test_which_stations_count(store):
    report = access(LOCAL_STEWARD, store, decay="binary", choice=FacilityChoice(levels=("township",)))
    assert [s.id for s in report.stations] == ["S4"]
    assert report.total.access_per_1000 == pytest.approx(1000 * 3 / 20)


def test_a_station_far_from_any_road_is_marked(tmp_path):
    given = with_staff(2, 3)
    far = given["stations"].query("id == 'S4'").assign(geometry=[at(0, -5000)])
    with one_file_store(tmp_path, given) as store:
        store.load({"stations": far}, PROVENANCE)
        report = access(LOCAL_STEWARD, store)
        assert {s.id: s.state for s in report.stations} == {"S1": "ok", "S4": "off_network"}
        assert any("无法到达：甲镇站" in note.zh for note in report.about.notes)


def test_without_roads_it_is_an_estimate(tmp_path):
    given = with_staff(2, 3)
    del given["roads"]
    with one_file_store(tmp_path, given) as store:
        report = access(LOCAL_STEWARD, store, decay="binary")
        assert report.estimate
        assert "估算" in report.about.rule.zh
        assert {s.id: s.persons for s in report.stations} == {"S1": 2, "S4": 0}  # 1,125 m / 1.3 is 865 m


@pytest.mark.parametrize("missing", ["households", "stations"])
def test_what_is_missing_is_named(tmp_path, missing):
    given = {k: v for k, v in with_staff(2, 3).items() if k not in (missing, "station_grades")}
    with one_file_store(tmp_path, given) as store:
        report = access(LOCAL_STEWARD, store)
        zh = {"households": "家庭", "stations": "服务站"}[missing]
        assert zh in report.about.notes[0].zh
        assert report.total.access_per_1000 == (None if missing == "households" else 0)
        json.dumps(report.to_dict(), allow_nan=False)
        assert len(access_tables(LOCAL_STEWARD, store, report)) == 3


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        access(LOCAL_STEWARD, store)


@pytest.mark.parametrize(
    "asked",
    [{"decay": "cubic"}, {"mode": "fly"}, {"minutes": 0}, {"by": "county"}, {"choice": FacilityChoice(business="medical")}],
)
def test_parameters_that_cannot_be_meant(store, asked):
    with pytest.raises(ParameterError):
        access(LOCAL_STEWARD, store, **asked)


def test_tables_hold_what_the_report_says(store):
    report = access(LOCAL_STEWARD, store, by="village")
    areas, stations, households = access_tables(LOCAL_STEWARD, store, report)
    assert [row["access_per_1000"] for row in areas.records()] == [a.access_per_1000 for a in report.by_area]
    assert areas.geojson()["features"][0]["geometry"]["type"] == "Polygon"
    assert [row["id"] for row in stations.records()] == ["S1", "S4"]
    assert households.layer.sensitive
    assert len(households.frame) == 10
    hidden = access(SERVER, store, by="village")
    assert len(access_tables(SERVER, store, hidden)) == 2
    for suffix in (".xlsx", ".gpkg", ".geojson", ".csv"):
        assert tables_as_bytes(access_tables(LOCAL_STEWARD, store, report), suffix, report.about)


def test_plain_values_for_json(store):
    plain = json.loads(json.dumps(access(LOCAL_STEWARD, store).to_dict(), allow_nan=False))
    assert plain["total"]["persons"] == 22
    assert plain["as_of"] == "2026-10-31"
    assert plain["rule"]["zh"]
    fields = {f.name for f in dataclasses.fields(access(LOCAL_STEWARD, store))} - {"about"}
    assert fields <= set(plain)


def test_new_data_is_seen_at_once(tmp_path):
    with one_file_store(tmp_path, with_staff(2, 3)) as store:
        before = access(LOCAL_STEWARD, store, decay="binary").total.access_per_1000
        store.load({"stations": with_staff(12, 3)["stations"]}, PROVENANCE)
        assert access(LOCAL_STEWARD, store, decay="binary").total.access_per_1000 == pytest.approx(before + 500)
        assert np.isfinite(before)
