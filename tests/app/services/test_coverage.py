"""The coverage service, against a county counted by hand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
import shapely
from small_county import PROVENANCE, at, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.county.facilities import FacilityChoice
from app.services.coverage.service import coverage, household_times
from app.services.errors import NoDataError
from app.services.layers import items
from geo.errors import ParameterError
from layers.store import Store


def one_file_store(tmp_path, **changed):
    store = Store.open(str(tmp_path / "county.db"))
    store.load({**frames(), **changed}, PROVENANCE)
    return store


def test_counts_by_hand(store):
    report = coverage(LOCAL_STEWARD, store)
    total = report.total
    assert (total.households, total.persons) == (10, 22)
    assert (total.households_reached, total.persons_reached) == (4, 7)  # h01 h02 h03 h10
    assert (total.households_imprecise, total.persons_imprecise) == (2, 2)  # h06 h07
    assert total.reach_rate == pytest.approx(4 / 8)
    assert total.reach_rate_low == pytest.approx(4 / 10)
    assert total.reach_rate_high == pytest.approx(6 / 10)
    assert total.persons_reach_rate == pytest.approx(7 / 20)
    assert (total.units, total.units_with_station, total.establishment_rate) == (2, 1, 0.5)
    assert (total.villages, total.villages_with_station) == (3, 1)
    assert dataclasses.astuple(report.unknown) == (1, 1, 2, 1)
    assert [(a.name, a.households, a.households_reached) for a in report.by_area] == [("甲镇", 4, 4), ("乙乡", 6, 0)]
    assert [(g.name, g.persons, g.households, g.off_network, g.unreachable) for g in report.gaps] == [
        ("西村", 9, 2, 0, 0),
        ("北村", 4, 2, 1, 1),
    ]
    assert report.gaps[0].nearest_minutes_median == pytest.approx((1126 + 4100) / 2 / 75, abs=0.1)
    assert report.gaps[1].nearest_minutes_median is None
    assert report.fictional
    assert str(report.as_of) == "2026-10-31"


def test_by_village_adds_up_and_agrees(store):
    towns, villages = (coverage(LOCAL_STEWARD, store, by=by) for by in ("township", "village"))
    assert (villages.total.units, villages.total.units_with_station) == (3, 1)
    assert [(a.code, a.township, a.households_reached) for a in villages.by_area] == [
        ("V1", "990001001", 4),
        ("V2", "990001002", 0),
        ("V3", "990001002", 0),
    ]
    for report in (towns, villages):
        for name in (
            "households",
            "persons",
            "households_reached",
            "persons_reached",
            "households_imprecise",
            "persons_imprecise",
            "units",
            "units_with_station",
            "villages",
            "villages_with_station",
        ):
            assert getattr(report.total, name) == sum(getattr(a, name) for a in report.by_area), name
        missed = report.total.households - report.total.households_reached - report.total.households_imprecise
        assert missed == sum(g.households for g in report.gaps)
    assert towns.total.households == villages.total.households


def test_households_one_by_one(store):
    times = household_times(LOCAL_STEWARD, store).set_index("id")
    assert times["status"].to_dict() == {
        "h01": "reached",
        "h02": "reached",
        "h03": "reached",
        "h04": "not_reached",
        "h05": "not_reached",
        "h06": "imprecise",
        "h07": "imprecise",
        "h08": "unreachable",
        "h09": "off_network",
        "h10": "reached",
    }
    assert times.loc["h01", "minutes"] == pytest.approx(50 / 75, abs=0.01)
    assert times.loc["h02", "minutes"] == pytest.approx(1000 / 75, abs=0.01)
    assert times.loc["h05", "minutes"] == pytest.approx(4100 / 75, abs=0.02)
    assert times.loc["h02", "station"] == "S1"
    assert times.loc[["h07", "h08", "h09"], "station"].isna().all()


def test_modes(store):
    elder = household_times(LOCAL_STEWARD, store, mode="elder_walk").set_index("id")["minutes"]
    bike = household_times(LOCAL_STEWARD, store, mode="ebike").set_index("id")["minutes"]
    drive = household_times(LOCAL_STEWARD, store, mode="drive").set_index("id")["minutes"]
    assert elder["h02"] == pytest.approx(1000 / 50, abs=0.01)
    assert bike["h05"] == pytest.approx(4000 / 250 + 100 / 75, abs=0.02)
    assert drive["h02"] == pytest.approx(1000 / 750, abs=0.01)
    unknown = coverage(LOCAL_STEWARD, store, mode="drive").unknown
    assert (unknown.unreachable, unknown.disconnected) == (2, 1)  # h05 cannot drive back, h08 is cut off
    # the eastern half is one-way eastwards: whoever lives on it cannot drive back to the station
    assert "h05" in set(household_times(LOCAL_STEWARD, store, mode="drive").query("status == 'unreachable'")["id"])


NEAR_TOWNSHIP_STATION = {"h01", "h10"}
NEAR_BOTH_STATIONS = {"h01", "h02", "h03", "h10"}


@pytest.mark.parametrize(
    ("choice", "reached", "facilities"),
    [
        (FacilityChoice(levels=("township",)), NEAR_TOWNSHIP_STATION, 1),
        (FacilityChoice(grade="model"), NEAR_TOWNSHIP_STATION, 1),  # the village station's grade has run out
        (FacilityChoice(levels=("village", "township")), NEAR_BOTH_STATIONS, 2),
        (FacilityChoice(support_kind="merchant"), {"h05"}, 1),  # so has the other shop's agreement
        (FacilityChoice(business="medical"), {"h05"}, 1),
        (FacilityChoice(support_kind="street"), {"h02", "h03", "h04", "h10"}, 1),
    ],
)
def test_what_counts_as_a_facility(store, choice, reached, facilities):
    times = household_times(LOCAL_STEWARD, store, choice=choice)
    assert set(times.loc[times["status"] == "reached", "id"]) == reached
    report = coverage(LOCAL_STEWARD, store, choice=choice)
    assert report.total.households_reached == len(reached)
    assert report.rule.facilities_counted == facilities
    assert report.rule.facilities == choice.label().zh


def test_a_choice_that_nothing_meets_counts_nothing(store):
    report = coverage(LOCAL_STEWARD, store, choice=FacilityChoice(levels=("county",)))
    assert (report.rule.facilities_counted, report.total.units_with_station, len(report.notes)) == (0, 0, 1)


def test_where_nothing_is_counted_there_is_no_rate_and_nobody_is_without_a_way(store):
    report = coverage(LOCAL_STEWARD, store, choice=FacilityChoice(levels=("county",)))
    assert report.total.households == 10
    for share in (report.total, *report.by_area):
        assert (share.households_reached, share.reach_rate, share.reach_rate_high, share.persons_reach_rate) == (None,) * 4
    assert (report.unknown.unreachable, report.unknown.disconnected) == (None, None)
    assert {gap.unreachable for gap in report.gaps} == {0}
    assert not any(area.too_few for area in report.by_area)


def test_support_points_stand_where_they_lie(store):
    report = coverage(LOCAL_STEWARD, store, by="village", choice=FacilityChoice(business="medical"))
    assert [a.name for a in report.by_area if a.units_with_station] == ["西村"]  # P2's agreement has run out


def test_without_roads_it_is_an_estimate(tmp_path):
    given = frames()
    del given["roads"]
    store = Store.open(str(tmp_path / "county.db"))
    store.load(given, PROVENANCE)
    report = coverage(LOCAL_STEWARD, store)
    assert report.rule.estimate
    assert "估算" in report.rule.text_zh
    times = household_times(LOCAL_STEWARD, store).set_index("id")
    assert times.loc["h02", "minutes"] == pytest.approx(1000 * 1.3 / 75, abs=0.02)
    assert dataclasses.astuple(report.unknown)[:2] == (0, 0)


def test_household_outside_every_area_is_kept_in_sight(tmp_path):
    stray = frame([{"id": "x", "village": None, "persons": 7, "precision": "door", "geometry": at(9000, 9000)}])
    with one_file_store(tmp_path) as store:
        store.load({"households": stray}, PROVENANCE)
        for by in ("township", "village"):
            report = coverage(LOCAL_STEWARD, store, by=by)
            assert (report.by_area[-1].code, report.by_area[-1].persons) == ("", 7)
            assert report.total.persons == 29 == sum(a.persons for a in report.by_area)


def test_a_slip_of_the_pen_is_off_the_network(tmp_path):
    lost = frame([{"id": f"x{k}", "persons": 1, "precision": "door", "geometry": shapely.Point(place)}
                  for k, place in enumerate([(0, 0), (-57, -28.5), (28.5, 89.9), (123.9, 28.5)])])  # fmt: skip
    with one_file_store(tmp_path) as store:
        store.load({"households": lost}, PROVENANCE)
        assert coverage(LOCAL_STEWARD, store).unknown.off_network == 5  # with h09


def test_the_county_centre_is_nobodys_village_station(tmp_path):
    centre = frame([{"id": "S0", "name": "县中心", "level": "county", "status": "open", "precision": "door",
                     "geometry": at(5000, 0)}])  # fmt: skip
    with one_file_store(tmp_path) as store:
        store.load({"stations": centre}, PROVENANCE)
        report = coverage(LOCAL_STEWARD, store)
        assert (report.total.units_with_station, report.total.villages_with_station) == (1, 1)
        assert report.total.households_reached == 5  # it is reached all the same: h05


def test_units_that_were_abolished_or_are_to_come_are_not_counted(tmp_path):
    given = frames()
    given["villages"] = given["villages"].assign(
        valid_to=[None, None, "2020-12-31"], valid_from=[None, "2026-10-31", None]
    )
    given["townships"] = given["townships"].assign(valid_from=[None, None])
    with one_file_store(tmp_path, **given) as store:
        report = coverage(LOCAL_STEWARD, store, by="village")
        assert [a.name for a in report.by_area] == ["东村", "西村", "未归属"]  # the last day and the first count
        assert report.total.households == 10
    given["villages"] = given["villages"].assign(valid_to=None, valid_from="2026-11-01")
    with Store.open(str(tmp_path / "later.db")) as store:
        store.load(given, PROVENANCE)
        assert coverage(LOCAL_STEWARD, store, by="village").total.units == 0


def test_two_units_of_one_code_are_told_apart_by_their_ids(tmp_path):
    given = frames()
    given["villages"] = given["villages"].assign(code=["990001001001", "990001001001", "990001001003"])
    with one_file_store(tmp_path, **given) as store:
        report = coverage(LOCAL_STEWARD, store, by="village")
        assert [a.code for a in report.by_area] == ["990001001003", "V1", "V2"]


def test_a_township_and_a_village_may_have_the_same_id(tmp_path):
    given = {name: table.replace({"V3": "990001002"}) for name, table in frames().items()}
    with one_file_store(tmp_path, **given) as store:
        report = coverage(LOCAL_STEWARD, store)
        assert [(g.name, g.township_name) for g in report.gaps] == [("西村", "乙乡"), ("北村", "乙乡")]


def test_nobody_s_own_time_is_shown_to_those_who_may_only_see_counts(store):
    assert [g.nearest_minutes_median is None for g in coverage(LOCAL_STEWARD, store).gaps] == [False, True]
    assert [g.nearest_minutes_median for g in coverage(SERVER, store).gaps] == [None]


def test_small_areas_are_withheld_from_those_who_may_only_see_counts(store):
    towns, villages = (coverage(SERVER, store, by=by) for by in ("township", "village"))
    assert [a.too_few for a in towns.by_area] == [True, True]  # four households of known place each
    assert [a.too_few for a in villages.by_area] == [True, True, True]
    for area in (*towns.by_area, *villages.by_area):
        assert (area.households_reached, area.persons_reached, area.reach_rate, area.persons_reach_rate) == (None,) * 4
        assert (area.reach_rate_low, area.reach_rate_high) == (None, None)
        assert area.households
        assert area.persons
    total = towns.total
    assert (total.households, total.households_reached, total.reach_rate) == (10, None, None)  # four are, four are not
    assert "不足 5 户" in towns.rule.text_zh
    assert "不足 5 户" not in coverage(LOCAL_STEWARD, store).rule.text_zh
    (gap,) = towns.gaps
    assert (gap.code, gap.too_few, gap.households, gap.persons) == ("", True, 4, 13)
    assert (gap.off_network, gap.unreachable) == (None, None)
    assert dataclasses.astuple(towns.unknown) == (None, None, 2, None)


def test_a_county_of_a_few_households_is_only_counted(tmp_path):
    with one_file_store(tmp_path, households=frames()["households"].iloc[:4]) as store:
        report = coverage(SERVER, store)
        assert (report.total.households, report.total.households_reached, report.total.reach_rate) == (4, None, None)
        assert dataclasses.astuple(report.unknown) == (None, None, 0, None)
        assert report.total.establishment_rate == 0.5


def test_larger_areas_and_their_gaps_are_told_as_ever(tmp_path):
    many = pd.concat([frames()["households"].assign(id=lambda f, k=k: f["id"] + f"-{k}") for k in range(5)])
    with one_file_store(tmp_path, households=many) as store:
        for by in ("township", "village"):
            told, all_of_it = coverage(SERVER, store, by=by), coverage(LOCAL_STEWARD, store, by=by)
            assert told.by_area == all_of_it.by_area
            assert told.total == all_of_it.total
            assert [g.households for g in told.gaps] == [g.households for g in all_of_it.gaps]


def test_an_agreement_that_has_not_begun_does_not_count(tmp_path):
    points = frames()["support_points"].assign(agreement_from=["2026-11-01", None, None])
    with one_file_store(tmp_path, support_points=points) as store:
        assert coverage(LOCAL_STEWARD, store, choice=FacilityChoice(business="medical")).rule.facilities_counted == 0


def test_new_data_is_seen_at_once(tmp_path):
    with one_file_store(tmp_path) as store:
        before = coverage(LOCAL_STEWARD, store).total.households_reached
        opened = frames()["stations"].query("id == 'S2'").assign(status="open")
        store.load({"stations": opened}, PROVENANCE)
        assert coverage(LOCAL_STEWARD, store).total.households_reached == before + 1  # h05


def test_a_viewer_sees_the_townships_in_reach_only(store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001001"}))
    report = coverage(viewer, store)
    assert [a.name for a in report.by_area] == ["甲镇"]
    assert report.total.households == 4
    assert report.gaps == ()


def test_single_households_are_for_those_who_may_see_points(store):
    with pytest.raises(NotPermittedError):
        household_times(SERVER, store)
    for layer in ("households", "visits"):
        with pytest.raises(NotPermittedError):
            items(SERVER, store, layer)
    assert len(items(LOCAL_STEWARD, store, "households")) == 10
    assert not {"contact_name", "phone", "identity_no"} & set(items(LOCAL_STEWARD, store, "households").columns)


@pytest.mark.parametrize(
    "asked", [{"mode": "fly"}, {"minutes": 0}, {"minutes": -5}, {"minutes": 1e9}, {"by": "county"}]
)
def test_parameters_that_cannot_be_meant(store, asked):
    with pytest.raises(ParameterError):
        coverage(LOCAL_STEWARD, store, **asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"levels": ("city",)},
        {"grade": "gold"},
        {"support_kind": "x"},
        {"business": "x"},
        {"levels": ("village",), "business": "medical"},
    ],
)
def test_choices_that_cannot_be_meant(asked):
    with pytest.raises(ParameterError):
        FacilityChoice(**asked)


@pytest.mark.parametrize(("missing", "zh"), [("households", "家庭"), ("stations", "服务站")])
def test_what_is_missing_is_named(tmp_path, missing, zh):
    given = {k: v for k, v in frames().items() if k not in (missing, "station_grades")}
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = coverage(LOCAL_STEWARD, store, by="village")
        assert [zh in note.zh for note in report.notes] == [True]
        assert report.total.households_reached == (0 if missing == "households" else None)
        assert report.total.reach_rate is None
        assert report.total.establishment_rate == (0 if missing == "stations" else pytest.approx(1 / 3))
        assert len(household_times(LOCAL_STEWARD, store)) == report.total.households


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        coverage(LOCAL_STEWARD, store)
