"""What-if, against a county counted by hand and against the same changes really made."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_county import PROVENANCE, at, box, frame, frames, line

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.county.facilities import FacilityChoice
from app.services.coverage.service import coverage, household_times
from app.services.scenarios.definition import ScenarioError, as_scenario
from app.services.scenarios.people import people_days
from app.services.scenarios.saved import delete, kept_scenario, kept_scenarios, save
from app.services.scenarios.service import compare, household_changes, whatif
from app.services.scenarios.standing import _untold
from app.services.scenarios.tables import tables
from geo.errors import ParameterError
from layers.errors import LostUpdateError, StoreError
from layers.intake.workbooks.export import write_frame
from layers.registry import LAYERS
from layers.store import Store

EVERYBODY_SEES = dataclasses.replace(SERVER, points=True)


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def place(x, y):
    return [*at(x, y).coords[0]]


def scenario(*changes, **given):
    return as_scenario({"name": "试", "changes": list(changes), **given})


def add(x, y, **given):
    return {"change": "add_station", "name": "新站", "at": place(x, y), **given}


def area(shape):
    return {"change": "close_roads", "shape": shapely.geometry.mapping(shape)}


def outcome(report):
    return [(one.applied, one.remark and one.remark.zh) for one in report.changes]


def test_nothing_changed_is_the_present(store):
    report = whatif(LOCAL_STEWARD, store, scenario())
    present = coverage(LOCAL_STEWARD, store)
    for side in (report.total.before, report.total.after):
        for name in ("households", "persons", "households_reached", "persons_reached", "reach_rate", "persons_reach_rate",
                     "units", "units_with_station", "establishment_rate"):  # fmt: skip
            assert getattr(side, name) == getattr(present.total, name), name
    assert [a.name for a in report.by_area] == [a.name for a in present.by_area]
    assert report.total.newly_reached == report.total.newly_lost == type(report.total.newly_lost)(0, 0)
    assert any("没有任何改动" in note.zh for note in report.about.notes)


def test_a_station_more_by_hand(store):
    report = whatif(LOCAL_STEWARD, store, scenario(add(5000, 0, staff=3)), by="village")
    assert (report.total.newly_reached.households, report.total.newly_reached.persons) == (1, 5)  # h05
    assert report.total.after.households_reached == 5
    assert report.total.difference.reach_points == pytest.approx(100 / 8)
    west = {a.name: a for a in report.by_area}["西村"]
    assert (west.before.reach_rate, west.after.reach_rate) == (0, 0.5)
    assert (west.before.units_with_station, west.after.units_with_station) == (0, 1)
    assert report.total.difference.units_with_station == 1
    assert (report.stations_before, report.stations_after) == (2, 3)
    new = report.stations[-1]
    assert (new.id, new.state, new.staff, new.households_before, new.households_after) == ("new:1", "added", 3, None, 1)
    rows = household_changes(LOCAL_STEWARD, store, scenario(add(5000, 0))).set_index("id")
    assert rows.loc["h05", ["change", "station_before", "station_after"]].tolist() == ["newly_reached", "S1", "new:1"]
    assert rows.loc["h05", "minutes_after"] == pytest.approx(100 / 75, abs=0.01)


def test_a_station_less_and_one_elsewhere_by_hand(store):
    gone = whatif(LOCAL_STEWARD, store, scenario({"change": "close_station", "station": "S1"}))
    assert gone.total.newly_lost.households == 2  # h02 and h03; h01 and h10 still reach S4
    assert [(s.id, s.state, s.households_after) for s in gone.stations] == [("S1", "closed", None), ("S4", "kept", 6)]
    moved = whatif(LOCAL_STEWARD, store, scenario({"change": "move_station", "station": "S1", "at": place(2126, 0)}))
    assert (moved.total.newly_reached.households, moved.total.newly_lost.households) == (1, 0)  # h04
    assert moved.total.after.units_with_station == 1  # it still serves the village that it is there for


def test_a_road_closed_by_hand(store):
    cut = whatif(LOCAL_STEWARD, store, scenario({"change": "close_roads", "roads": ["r2"]}))
    # h05 lives on the closed road; r1 is 2,000 m away: too far from any road. h06 is imprecise and counts nowhere.
    assert (cut.total.before.without_way, cut.total.after.without_way) == (2, 3)
    assert cut.total.newly_lost.households == 0
    shore = whatif(LOCAL_STEWARD, store, scenario(area(box(1500, -50, 1600, 50))))
    # r1 is one piece from end to end: nobody has a road within 500 m any more, but for h05 on r2, which is now cut off
    assert shore.total.after.households_reached == 0
    assert shore.total.newly_lost.households == 4
    assert shore.total.after.reach_rate == 0
    assert "500 米内最近的其他道路" in shore.about.rule.zh


def test_a_network_cut_in_two_leaves_marked_households_not_wrong_numbers(tmp_path):
    pieces = [{"id": f"p{k}", "class": "county", "geometry": line((k * 1000, 0), (k * 1000 + 1000, 0))} for k in range(6)]
    with Store.open(str(tmp_path / "cut.db")) as store:
        store.load({**frames(), "roads": frame(pieces)}, PROVENANCE)
        report = whatif(LOCAL_STEWARD, store, scenario({"change": "close_roads", "roads": ["p3"]}), mode="ebike", minutes=60)
        rows = household_changes(
            LOCAL_STEWARD, store, scenario({"change": "close_roads", "roads": ["p3"]}), mode="ebike", minutes=60
        ).set_index("id")
        assert report.total.difference.without_way == 1
        assert rows.loc["h05", "change"] == "newly_lost"
        assert np.isnan(rows.loc["h05", "minutes_after"])
        assert rows.loc["h05", "station_after"] is None or pd.isna(rows.loc["h05", "station_after"])


CHANGES = {
    "add": scenario(add(5000, 0), add(2126, 10, level="township")),
    "move": scenario({"change": "move_station", "station": "S1", "at": place(4100, 0)}),
    "close": scenario({"change": "close_station", "station": "S4"}),
    "flood": scenario(area(box(2900, -50, 3100, 50))),
    "speeds": scenario({"change": "speeds", "mode": "drive", "classes": ["county"], "kph": 10}),
}


def really_changed(name):
    """The same changes made in the data."""
    data = frames()
    stations, roads = data["stations"], data["roads"]
    if name == "add":
        new = frame([
            {"id": "T1", "name": "新站", "level": "village", "status": "open", "precision": "door", "geometry": at(5000, 0)},
            {"id": "T2", "name": "新站", "level": "township", "status": "open", "precision": "door", "geometry": at(2126, 10)},
        ])  # fmt: skip
        data["stations"] = pd.concat([stations, new], ignore_index=True)
    elif name == "move":
        data["stations"].loc[0, "geometry"] = at(4100, 0)
    elif name == "close":
        data["stations"].loc[3, "status"] = "closed"
    elif name == "flood":
        data["roads"] = roads.assign(open=[False, False, True])
    else:
        data["roads"] = roads.assign(speed_kph=[10.0, 10.0, None])
    return data


@pytest.mark.parametrize("mode", ["walk", "drive"])
@pytest.mark.parametrize("name", CHANGES)
def test_equals_coverage_of_a_county_where_it_was_really_done(store, tmp_path, name, mode):
    with Store.open(str(tmp_path / "changed.db")) as changed:
        changed.load(really_changed(name), PROVENANCE)
        for by in ("township", "village"):
            report = whatif(LOCAL_STEWARD, store, CHANGES[name], mode=mode, by=by)
            expected = coverage(LOCAL_STEWARD, changed, mode=mode, by=by)
            pairs = [(report.total, expected.total), *zip(report.by_area, expected.by_area, strict=True)]
            for mine, theirs in pairs:
                for figure in ("households_reached", "persons_reached", "reach_rate", "persons_reach_rate",
                               "units_with_station", "establishment_rate", "households_imprecise"):  # fmt: skip
                    assert getattr(mine.after, figure) == getattr(theirs, figure), (figure, by)
            lacking = expected.unknown.unreachable + expected.unknown.off_network
            assert report.total.after.without_way == lacking
        rows = household_changes(LOCAL_STEWARD, store, CHANGES[name], mode=mode).set_index("id")
        was, now = (household_times(LOCAL_STEWARD, s, mode=mode).set_index("id") for s in (store, changed))
        differ = was["minutes"].fillna(-1) != now["minutes"].fillna(-1)
        assert set(was.index[differ]) <= set(rows.index)
        assert rows["minutes_after"].fillna(-1).tolist() == now["minutes"].fillna(-1).reindex(rows.index).tolist()


PLACES = st.tuples(st.integers(-400, 6800), st.integers(-400, 400))


@settings(max_examples=25, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=3), st.sampled_from(["walk", "ebike", "drive"]), st.floats(1, 60))
def test_adding_stations_never_lowers_reach_and_closing_them_never_raises_it(places, mode, minutes):
    report = whatif(LOCAL_STEWARD, *_asked(scenario(*(add(*xy) for xy in places))), mode=mode, minutes=minutes)
    assert report.total.newly_lost.households == 0
    assert report.total.after.households_reached >= report.total.before.households_reached
    shut = scenario({"change": "close_station", "station": "S1"}, {"change": "close_roads", "roads": ["r1"]})
    less = whatif(LOCAL_STEWARD, *_asked(shut), mode=mode, minutes=minutes)
    assert less.total.newly_reached.households == 0
    for side in (report, less):
        total = side.total
        gained = total.newly_reached.households - total.newly_lost.households
        assert total.difference.households_reached == gained == sum(a.difference.households_reached for a in side.by_area)


_SHARED: list[Store] = []


@pytest.fixture(scope="module", autouse=True)
def _shared_store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("county") / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        _SHARED.append(opened)
        lanes = [line((x, y), (x + 200, y)) for x in range(0, 6000, 200) for y in range(-400, 401, 200)]
        lanes += [line((x, y), (x, y + 200)) for x in range(0, 6001, 200) for y in range(-400, 400, 200)]
        roads = frame([{"id": f"l{k}", "class": "lane", "geometry": one} for k, one in enumerate(lanes)])
        homes = [{"id": f"n{k:03d}", "persons": 1, "precision": "door", "geometry": at(37 * k % 6000, 97 * k % 800 - 400)}
                 for k in range(120)]  # fmt: skip
        with Store.open(str(tmp_path_factory.mktemp("lanes") / "lanes.db")) as lattice:
            lattice.load({**frames(), "roads": roads, "households": frame(homes)}, PROVENANCE)
            _SHARED.append(lattice)
            yield
    _SHARED.clear()


def _asked(given_scenario):
    return _SHARED[0], given_scenario


@settings(max_examples=25, deadline=None)
@given(PLACES, st.integers(20, 900), st.sampled_from(["walk", "ebike"]), st.floats(5, 60), st.booleans())
def test_a_closed_road_brings_nobody_nearer_though_they_must_take_another(at_xy, size, mode, minutes, more):
    # a lattice of lanes 200 m apart: whoever's own lane is closed has another within 500 m
    store = _SHARED[1]
    flood = area(box(at_xy[0], at_xy[1] - size, at_xy[0] + size, at_xy[1] + size))
    others = [add(3000, 100)] if more else []
    open_, shut = scenario(*others), scenario(*others, flood)
    before, after = (whatif(LOCAL_STEWARD, store, one, mode=mode, minutes=minutes).total for one in (open_, shut))
    assert after.after.households_reached <= before.after.households_reached
    assert after.after.without_way >= before.after.without_way
    if not more:
        rows = household_changes(LOCAL_STEWARD, store, shut, mode=mode, minutes=minutes)
        assert set(rows["change"]) <= {"newly_lost", "slower", "other"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"change": "close_station", "station": "S9"}, "没有编号为“S9”"),
        ({"change": "close_station", "station": "S2"}, "不在运行（筹建"),
        ({"change": "move_station", "station": "S1", "at": [10.0, 20.0]}, "不在本区域内"),
        ({"change": "add_station", "name": "n", "at": place(3000, 1900)}, "超过 500 米"),
        ({"change": "close_roads", "roads": ["r8", "r9"]}, "2 条道路已不在库中"),
        (area(shapely.box(0, 0, 1, 1)), "没有碰到任何道路"),
        (area(shapely.box(-57.5, -29, -57, -28.5)), "没有碰到|不在本区域"),
        ({"change": "speeds", "mode": "drive", "factor": 2}, "与此无关"),
        ({"change": "speeds", "mode": "walk", "classes": ["alley"], "factor": 2}, "没有道路等级“alley”"),
    ],
)
def test_a_change_that_makes_no_sense_here_is_told_and_not_applied(store, change, said):
    import re

    report = whatif(LOCAL_STEWARD, store, scenario(change))
    assert [applied for applied, _ in outcome(report)] == [False]
    assert re.search(said, outcome(report)[0][1]), outcome(report)
    assert report.total.after == report.total.before
    assert any("1 项改动没有生效" in note.zh for note in report.about.notes)


def test_what_is_left_of_a_list_of_roads_is_closed(store):
    report = whatif(LOCAL_STEWARD, store, scenario({"change": "close_roads", "roads": ["r1", "r9"]}))
    assert [applied for applied, _ in outcome(report)] == [True]
    assert "r9" in outcome(report)[0][1]
    assert report.total.newly_lost.households == 4


def test_a_station_that_was_closed_cannot_be_moved_then(store):
    shut = {"change": "close_station", "station": "S1"}
    report = whatif(LOCAL_STEWARD, store, scenario(shut, {"change": "move_station", "station": "S1", "at": place(0, 0)}))
    assert [applied for applied, _ in outcome(report)] == [True, False]


def test_a_station_is_closed_once(store):
    shut = {"change": "close_station", "station": "S1"}
    report = whatif(LOCAL_STEWARD, store, scenario(shut, shut))
    assert outcome(report) == [(True, None), (False, "本方案已撤销该站")]
    assert report.stations_after == report.stations_before - 1


def test_only_stations_that_count_are_tried(store):
    choice = FacilityChoice(levels=("township",))
    report = whatif(LOCAL_STEWARD, store, scenario(add(5000, 0), add(5000, 0, level="township")), choice=choice)
    assert [applied for applied, _ in outcome(report)] == [False, True]
    assert report.stations_after == 2
    with pytest.raises(ParameterError, match="情景只改动服务站"):
        whatif(LOCAL_STEWARD, store, scenario(), choice=FacilityChoice(business="medical"))


def test_mode_and_minutes_of_the_question_come_before_those_of_the_scenario(store):
    own = scenario(mode="drive", minutes=3)
    assert (whatif(LOCAL_STEWARD, store, own).mode, whatif(LOCAL_STEWARD, store, own).minutes) == ("drive", 3)
    asked = whatif(LOCAL_STEWARD, store, own, mode="ebike", minutes=7)
    assert (asked.mode, asked.minutes) == ("ebike", 7)
    for bad in ({"mode": "fly"}, {"minutes": 0}, {"minutes": 1e9}, {"by": "county"}):
        with pytest.raises(ParameterError):
            whatif(LOCAL_STEWARD, store, own, **bad)


def test_several_are_held_side_by_side(store):
    one, other = (dataclasses.replace(scenario(add(x, 0)), name=name) for x, name in ((5000, "东"), (2126, "西")))
    reports = compare(LOCAL_STEWARD, store, [one, other])
    assert [r.scenario for r in reports] == ["东", "西"]
    assert reports[0].total.before == reports[1].total.before
    assert [r.total.newly_reached.persons for r in reports] == [5, 4]
    made = tables(LOCAL_STEWARD, store, reports, household_changes(LOCAL_STEWARD, store, one))
    assert [row["scenario"] for row in made[0].records()] == ["东"] * 3 + ["西"] * 3
    assert made[0].records()[2]["name"] == "合计"
    assert made[-1].layer.sensitive
    assert len(made[0].geojson()["features"]) == 6


def test_without_roads_it_is_an_estimate(tmp_path):
    data = {name: table for name, table in frames().items() if name != "roads"}
    with Store.open(str(tmp_path / "bare.db")) as store:
        store.load(data, PROVENANCE)
        report = whatif(LOCAL_STEWARD, store, scenario(add(5000, 0), {"change": "close_roads", "roads": ["r1"]}))
        assert [applied for applied, _ in outcome(report)] == [True, False]
        assert report.total.newly_reached.households == 1
        assert any("估算" in note.zh for note in report.about.notes)


def test_a_county_without_stations_or_households_is_told(tmp_path):
    data = {name: frames()[name] for name in ("townships", "villages", "roads")}
    with Store.open(str(tmp_path / "bare.db")) as store:
        store.load(data, PROVENANCE)
        report = whatif(LOCAL_STEWARD, store, scenario())
        said = " ".join(note.zh for note in report.about.notes)
        assert "没有服务对象家庭" in said
        assert "没有任何在运行的站" in said
        assert report.total.after.reach_rate is None


def test_a_viewer_counts_the_townships_in_reach_only(store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001002"}), points=True)
    report = whatif(viewer, store, scenario(add(5000, 0), add(2000, 10)))
    assert [a.name for a in report.by_area] == ["乙乡"]
    assert report.total.before.households == 6
    assert set(household_changes(viewer, store, scenario(add(5000, 0)))["id"]) <= {"h04", "h05", "h06", "h08", "h09"}


# What may be seen


def test_small_differences_are_withheld_from_who_may_only_see_counts(store):
    report = whatif(SERVER, store, scenario(add(5000, 0)), by="village")
    assert report.total.withheld
    assert (report.total.after, report.total.newly_reached, report.total.difference) == (None, None, None)
    assert [a.withheld for a in report.by_area] == [True, True, True]  # four households of known place at most
    assert {a.before.households_reached for a in report.by_area} == {None}
    assert report.total.before.households_reached is None  # four of eight
    assert report.stations[-1].households_after is None
    with pytest.raises(NotPermittedError):
        household_changes(SERVER, store, scenario())
    assert not whatif(EVERYBODY_SEES, store, scenario(add(5000, 0)), by="village").total.withheld


def test_what_is_withheld_in_one_level_does_not_follow_from_the_other(tmp_path):
    # By village 3 and 9 newly reached, in two townships; by township 3 is not to be 12 less 9.
    def living(prefix, village, n, x):
        return [
            {"id": f"{prefix}{k:02d}", "village": village, "persons": 2, "precision": "door", "geometry": at(x + k, 10)}
            for k in range(n)
        ]

    many = [*living("a", "V1", 20, 100), *living("b", "V1", 3, 2950), *living("c", "V2", 9, 5000), *living("d", "V3", 9, 5100),
            *living("e", "V1", 6, 2500)]  # neither before nor after
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load({**frames(), "households": frame(many)}, PROVENANCE)
        near = scenario(add(4000, 0))
        everything = [whatif(EVERYBODY_SEES, store, near, by=by).by_area for by in ("township", "village")]
        towns, villages = (whatif(SERVER, store, near, by=by) for by in ("township", "village"))
        assert [a.newly_reached.households for a in everything[1]] == [3, 18 - 9, 9]
        assert [a.newly_reached.households for a in everything[0]] == [3, 18]
        assert towns.total.newly_reached.households == 21
        assert [a.withheld for a in towns.by_area] == [True, True]
        assert [a.withheld for a in villages.by_area] == [True, True, False]
        assert [a.before.households_reached for a in towns.by_area] == [20, 0]  # of enough households
        assert any("不足 5 户" in note.zh for note in towns.about.notes)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=8))
def test_no_load_withheld_is_the_total_less_the_others(loads):
    before, after = (np.array(column) for column in zip(*loads, strict=True))
    hidden = _untold(before, after)
    for measure in (before, after, abs(after - before)):
        assert (((measure == 0) | (measure >= 5)) | hidden).all()
    others = ~hidden & ((before > 0) | (after > 0))
    for measure in (before, after):
        assert measure[hidden].sum() == 0 or measure[hidden].sum() >= 5 or not others.any()
    assert hidden.sum() != 1 or not others.any()


# Other people


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".csv", ".xlsx"])
def test_people_as_of_another_load_from_every_format(store, tmp_path, suffix):
    now = store.read("households", protected=True)
    then = now.assign(persons=now["persons"] * 2)[now["id"] != "h02"]
    path = tmp_path / f"households{suffix}"
    write_frame(then, LAYERS["households"], path)
    other = scenario(add(5000, 0), people={"file": str(path)})
    report = whatif(LOCAL_STEWARD, store, other)
    assert (report.total.before.persons, report.total.after.persons) == (22, 40)
    assert (report.total.after.households, report.total.after.households_reached) == (9, 4)  # h01 h03 h05 h10
    assert (report.total.newly_reached.households, report.total.newly_lost.households) == (1, 0)
    assert any("9 户" in note.zh for note in report.about.notes)
    assert household_changes(LOCAL_STEWARD, store, other).empty


def test_people_of_another_store(store, tmp_path):
    address = str(tmp_path / "older.db")
    with Store.open(address) as older:
        older.load({**frames(), "households": frames()["households"].iloc[:3]}, PROVENANCE)
    report = whatif(LOCAL_STEWARD, store, scenario(people={"store": address}))
    assert (report.total.after.households, report.total.after.reach_rate) == (3, 1.0)


def test_people_as_of_an_earlier_day_are_those_of_that_load(store_url):
    spring = dataclasses.replace(PROVENANCE, as_of=dt.date(2027, 3, 31))
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        assert people_days(LOCAL_STEWARD, store) == ()
        fewer = frames()["households"].iloc[3:].assign(persons=1)
        store.load({"households": fewer, "stations": frames()["stations"].iloc[[0, 3]]}, spring, replace=True)
        assert people_days(LOCAL_STEWARD, store) == (dt.date(2026, 10, 31),)
        assert people_days(SERVER, store) == ()
        then = scenario(people={"as_of": "2026-10-31"})
        report = whatif(LOCAL_STEWARD, store, then)
        assert (report.total.before.households, report.total.before.households_reached) == (7, 1)  # h10
        assert (report.total.after.households, report.total.after.households_reached) == (10, 4)
        assert (report.total.before.persons, report.total.after.persons) == (7, 22)
        assert (report.total.newly_reached.households, report.stations_after) == (0, 2)  # the stations are the present ones
        assert any("本库截至 2026-10-31 的数据（10 户，现有 7 户）" in note.zh for note in report.about.notes)
        assert save(LOCAL_STEWARD, store, then).scenario.people.as_of == dt.date(2026, 10, 31)
        with pytest.raises(ScenarioError, match="没有家庭：本库截至 2020-01-01 的数据"):
            whatif(LOCAL_STEWARD, store, scenario(people={"as_of": "2020-01-01"}))
        with pytest.raises(NotPermittedError):
            whatif(SERVER, store, then)


@pytest.mark.parametrize(
    ("people", "error", "said"),
    [
        ({"file": "nowhere.gpkg"}, ScenarioError, "没有文件"),
        ({"file": "people.docx"}, ScenarioError, "不支持的格式"),
        ({"file": f"{'长' * 300}.csv"}, ScenarioError, "无法读取"),
        ({"store": "nowhere.db"}, StoreError, "没有数据库"),
        ({"store": f"{'长' * 300}.db"}, StoreError, "没有数据库"),
    ],
)
def test_people_that_cannot_be_read_are_told(store, tmp_path, monkeypatch, people, error, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        whatif(LOCAL_STEWARD, store, scenario(people=people))
    assert not (tmp_path / "nowhere.db").exists()
    with pytest.raises(NotPermittedError, match="command line"):
        whatif(SERVER, store, scenario(people=people))


def test_a_file_that_holds_something_else_is_refused(store, tmp_path):
    for name, text in (("a.csv", "x,y\n1,2\n"), ("b.gpkg", "no database"), ("c.csv", "\xff\xfe")):
        (tmp_path / name).write_bytes(text.encode("latin-1"))
        with pytest.raises(ScenarioError):
            whatif(LOCAL_STEWARD, store, scenario(people={"file": str(tmp_path / name)}))


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg", ".fgb", ".xlsx"])
def test_an_empty_file_is_refused(store, tmp_path, suffix):
    path = tmp_path / f"empty{suffix}"
    path.touch()
    with pytest.raises(ScenarioError):
        whatif(LOCAL_STEWARD, store, scenario(people={"file": str(path)}))


def test_a_file_without_a_layer_is_refused(store, tmp_path):
    path = tmp_path / "nothing.gpkg"
    pyogrio.write_dataframe(gpd.GeoDataFrame({"a": [1]}, geometry=[at(0, 0)], crs="EPSG:4326"), path, layer="a")
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("DELETE FROM gpkg_contents")
        file.commit()
    with pytest.raises(ScenarioError):
        whatif(LOCAL_STEWARD, store, scenario(people={"file": str(path)}))


def test_another_store_is_read_and_left_as_it_is(store, tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(StoreError, match="是空的"):
        whatif(LOCAL_STEWARD, store, scenario(people={"store": str(path)}))
    assert path.stat().st_size == 0


# Kept scenarios


def test_a_scenario_remembers_the_county_that_it_was_made_for(store):
    first = save(LOCAL_STEWARD, store, scenario(add(5000, 0)))
    assert (first.version, first.stale, first.saved_by) == (1, False, "steward")
    assert not any("重新装入" in note.zh for note in whatif(LOCAL_STEWARD, store, first.scenario).about.notes)
    store.load({"stations": frames()["stations"].iloc[:1].assign(name="改名站")}, PROVENANCE)
    again = kept_scenario(LOCAL_STEWARD, store, "试")
    assert again.stale
    notes = [note.zh for note in whatif(LOCAL_STEWARD, store, again.scenario).about.notes]
    assert any("重新装入" in note and "2026-10-31" in note for note in notes)
    assert [one.scenario.name for one in kept_scenarios(SERVER, store)] == ["试"]


def test_one_that_cannot_be_read_is_listed_and_may_be_deleted(store):
    store.save_scenario("后来的", '{"name": "后来的", "version": 2}', saved_by="planner")
    save(SERVER, store, scenario())
    later, readable = kept_scenarios(SERVER, store)
    assert (later.name, later.version, later.stale, readable.name, readable.problem) == ("后来的", 1, False, "试", None)
    assert "格式版本是 2" in later.problem
    assert (later.to_dict()["scenario"], readable.to_dict()["scenario"]["name"]) == (None, "试")
    with pytest.raises(ScenarioError, match="格式版本是 2"):
        kept_scenario(SERVER, store, "后来的").scenario  # noqa: B018 - opening it
    delete(SERVER, store, "后来的", version=1)
    assert [one.name for one in kept_scenarios(SERVER, store)] == ["试"]


def test_no_door_takes_a_name_with_control_characters(store_url):
    with Store.open(store_url) as opened:
        for ask in (lambda: kept_scenario(SERVER, opened, "a\x00b"), lambda: delete(SERVER, opened, "a\x00b", version=1)):
            with pytest.raises(ScenarioError, match="控制字符"):
                ask()


def test_planners_and_stewards_save_and_nobody_overwrites_unseen(store):
    for role in (Role.LEADER, Role.CREW, Role.VISITOR):
        with pytest.raises(NotPermittedError):
            save(Viewer(role), store, scenario())
        with pytest.raises(NotPermittedError):
            delete(Viewer(role), store, "试", version=1)
    planner = Viewer(Role.PLANNER)
    save(planner, store, scenario())
    save(SERVER, store, scenario(add(0, 0)), version=1)
    with pytest.raises(LostUpdateError):
        save(planner, store, scenario(), version=1)
    assert len(kept_scenario(planner, store, "试").scenario.changes) == 1
    delete(planner, store, "试", version=2)
    assert kept_scenarios(planner, store) == []


def of_reach(figures):
    return {figures.reach_rate, figures.persons_reach_rate, figures.households_reached, figures.persons_reached, figures.without_way}


@pytest.mark.parametrize("by", ["township", "village"])
def test_where_no_station_counts_there_is_no_figure_of_reach_as_coverage_has_it(tmp_path, by):
    with Store.open(str(tmp_path / "none.db")) as store:
        store.load({name: rows for name, rows in frames().items() if "station" not in name}, PROVENANCE)
        report = whatif(LOCAL_STEWARD, store, scenario(add(1000, 0)), by=by)
        assert coverage(LOCAL_STEWARD, store, by=by).total.reach_rate is None
        for row in (report.total, *report.by_area):
            assert of_reach(row.before) == {None}
            assert None not in of_reach(row.after) - ({row.after.reach_rate} if row.after.households_imprecise else set())
            assert row.difference.reach_points is None
        assert report.total.newly_reached.households == report.total.after.households_reached > 0


def test_where_every_station_is_closed_nothing_is_reached_and_who_loses_it_is_told(store):
    closed = scenario(*({"change": "close_station", "station": key} for key in ("S1", "S4")))
    report = whatif(LOCAL_STEWARD, store, closed)
    assert of_reach(report.total.after) == {None}
    assert report.total.before.households_reached == report.total.newly_lost.households == 4
    assert all(of_reach(row.after) == {None} for row in report.by_area)
