"""Siting against the county: every plan held against scenarios that try the same stations one by one."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from small_county import PROVENANCE, at, box, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.services.errors import NoDataError
from app.services.scenarios.definition import AddStation, CloseStation, Scenario
from app.services.scenarios.service import whatif
from app.services.siting.places import areas_in, places_in
from app.services.siting.plan import as_scenario, differences
from app.services.siting.question import SitingError, as_question, read_question
from app.services.siting.sentences import outcome, sentence
from app.services.siting.service import site
from app.services.siting.tables import siting_tables
from geo.errors import ParameterError
from layers.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Counted by hand, see ``small_county``; on foot in 15 minutes S1 and S4 are reached by h01, h02, h03 and h10."""
    with Store.open(str(tmp_path_factory.mktemp("siting") / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture(scope="module")
def county(tmp_path_factory, one_small_county):
    with Store.open(str(tmp_path_factory.mktemp("siting") / "county.db")) as opened:
        opened.load(one_small_county.frames, PROVENANCE)
        yield opened


def place(x, y, name=""):
    return {"at": list(at(x, y).coords[0]), "name": name}


def ask(store, viewer=LOCAL_STEWARD, *, curve=False, **asked):
    given = {"mode": "walk", "candidates": [], "places": [place(2200, 0, "甲"), place(5000, 0, "乙"), place(1000, 3010, "丙")]}
    return site(viewer, store, as_question({**given, **asked}), curve=curve)


def reached(store, changes, **asked):
    """Persons within the limit with some changes, as the what-if service counts them, which solves nothing."""
    total = whatif(LOCAL_STEWARD, store, Scenario("试", changes=tuple(changes)), **asked).total
    return total.after.persons_reached


def test_one_station_more_counted_by_hand(store):
    report = ask(store, add=1)
    assert (report.status, report.objective, report.bound, report.gap) == ("optimal", 12, 12, 0)
    # 甲 at x = 2200 reaches h04 (4 persons) newly; 乙 reaches h05 (5); 丙 h08 and, across the fields, not h09.
    assert [(s.letter, s.name, s.newly.persons) for s in report.chosen] == [("A", "乙", 5)]
    assert (report.before.persons, report.after.persons, report.everybody.persons) == (7, 12, 20)
    assert [(v.name, v.persons) for v in report.chosen[0].villages] == [("西村", 5)]
    assert report.chosen[0].alternative.name == "甲"
    assert report.chosen[0].alternative.worse_by == 1
    assert [(t.name, t.persons_before, t.persons_after) for t in report.townships] == [("甲镇", 7, 7), ("乙乡", 0, 5)]
    assert "乙" not in sentence(report.chosen[0], report).zh.split("换成")[0]
    assert "已证明最优" in outcome(report).zh


def test_whom_a_station_relieves(store):
    report = ask(store, add=3, must=["place:1"])
    first = next(s for s in report.chosen if s.name == "甲")
    assert first.must
    # h02 (x = 2000, 2 persons) and h03 (2124.9, 3 persons) are nearer to 2200 than to S1 at 1000.
    assert [(r.id, r.persons) for r in first.relieves] == [("S1", 5)]
    assert (first.newly.persons, first.served.persons) == (4, 9)


def test_the_curve_grows_and_ends_where_everybody_is_reached(store):
    report = ask(store, add=1, curve=True)
    assert [(p.added, p.objective, p.gain, p.status) for p in report.curve] == [
        (0, 7, 0, "optimal"), (1, 12, 5, "optimal"), (2, 16, 4, "optimal"), (3, 18, 2, "optimal")]  # fmt: skip
    assert report.curve[-1].share == pytest.approx(18 / 20)


def test_must_banned_and_forbidden(store):
    assert [s.name for s in ask(store, add=1, banned=["place:2"]).chosen] == ["甲"]
    area = {"type": "Polygon", "coordinates": [[list(xy) for xy in box(4000, -50, 6000, 50).exterior.coords]]}
    report = ask(store, add=1, forbidden=[area])
    assert [s.name for s in report.chosen] == ["甲"]
    assert any("禁止区域" in note.zh for note in report.about.notes)
    with pytest.raises(SitingError, match="禁止区域"):
        ask(store, add=1, must=["place:2"], forbidden=[area])
    with pytest.raises(SitingError, match="既必选又排除"):
        ask(store, add=1, must=["place:2"], banned=["place:2"])
    with pytest.raises(SitingError, match="没有候选点"):
        ask(store, add=1, must=["place:9"])


def test_fewest_stations_and_what_stands_in_the_way(store):
    report = ask(store, objective="set-cover", share=0.75)
    assert (report.status, report.objective) == ("optimal", 2)  # 15 of 20 persons: 乙 and 甲
    report = ask(store, objective="set-cover", share=1.0)
    assert (report.status, report.objective, report.chosen) == ("infeasible", None, ())
    assert [(o.needed, o.possible) for o in report.obstacles] == [(20, 18)]  # h09 is off the network
    report = ask(store, objective="set-cover", share=0.9, by_township=True)
    assert [(o.township, o.possible) for o in report.obstacles] == [("乙乡", 11)]
    assert "乙乡" in report.obstacles[0].text.zh


def test_few_households_are_not_told_of_who_sees_counts_only(store):
    told = ask(store, SERVER, add=1)
    assert told.chosen[0].newly.persons is None
    assert told.chosen[0].villages == ()
    assert told.chosen[0].relieves == ()
    assert told.chosen[0].by_mode["walk"] is None  # h05 alone
    assert "不足 5 户" in sentence(told.chosen[0], told).zh
    with pytest.raises(ParameterError, match="时限须取"):
        ask(store, SERVER, minutes=14)


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_no_other_pair_does_better_in_the_county(county, mode):
    villages = county.read("villages")
    points = villages.geometry.representative_point()
    rng = np.random.default_rng(5)
    chosen = points.iloc[rng.choice(len(points), 7, replace=False)]
    spots = [(p.x, p.y) for p in chosen]
    minutes = 15 if mode == "walk" else 4
    report = site(LOCAL_STEWARD, county, as_question({
        "add": 2, "mode": mode, "minutes": minutes, "candidates": [], "places": [{"at": list(xy)} for xy in spots],
    }), curve=False)  # fmt: skip
    everyone = {
        pair: reached(county, [AddStation("add_station", str(k), spots[k]) for k in pair], mode=mode, minutes=minutes)
        for pair in itertools.combinations(range(len(spots)), 2)
    }
    assert report.status == "optimal"
    assert report.objective == max(everyone.values())
    assert reached(county, as_scenario(report, "方案").changes, mode=mode, minutes=minutes) == report.after.persons


def test_the_plan_with_a_station_given_up_is_what_the_scenario_counts(county):
    stations = county.read("stations")
    report = site(LOCAL_STEWARD, county, as_question({"add": 0, "close": 1, "mode": "walk", "candidates": ["villages"]}), curve=False)
    scenario = as_scenario(report, "迁一站")
    assert len(report.closed) == len(report.chosen) == 1
    assert scenario.changes[0] == CloseStation("close_station", report.closed[0].id)
    assert reached(county, scenario.changes, mode="walk") == report.after.persons
    assert report.after.persons >= report.before.persons
    assert report.closed[0].id in set(stations["id"])


def test_villages_stand_where_their_people_live_and_not_at_the_door_of_a_few(county, store):
    report = site(LOCAL_STEWARD, county, as_question({"add": 1, "mode": "walk"}), curve=False)
    assert report.candidates == len(county.read("villages"))
    asked = as_question({"add": 3, "mode": "drive", "minutes": 60, "must": ["village:V1", "village:V2"]})
    few = site(LOCAL_STEWARD, store, asked, curve=False)
    villages = store.read("villages").set_index("id").geometry.representative_point()
    assert {(s.lon, s.lat) for s in few.chosen} >= {
        (round(villages[v].x, 6), round(villages[v].y, 6)) for v in ("V1", "V2")}  # fmt: skip


def test_who_needs_it_more_counts_more(tmp_path):
    people = frames()["households"]
    people["categories"] = [["disabled"] if home == "h04" else ["veteran"] for home in people["id"]]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load({**frames(), "households": people}, PROVENANCE)
        assert [s.name for s in ask(store, add=1).chosen] == ["乙"]  # 5 persons of h05 against 4 of h04
        report = ask(store, add=1, need={"disabled": 2})
        assert [s.name for s in report.chosen] == ["甲"]
        assert (report.objective, report.after.persons) == (7 + 2 * 4, 7 + 4)
        assert "残疾" in report.about.rule.zh
        assert "按需求加权" in report.about.rule.zh
        # The neediest kind holds, and a kind may also count for less.
        both = ask(store, add=1, need={"veteran": 0.5, "disabled": 2, "all": 1.5})
        assert both.objective == 1.5 * 7 + 2 * 4
        with pytest.raises(SitingError, match="nobody"):
            ask(store, need={"nobody": 2})


def test_only_some_people(county):
    everybody, elders = (
        site(LOCAL_STEWARD, county, as_question({"add": 2, "mode": "walk", "people": people}), curve=False)
        for people in ("all", "elder")
    )
    assert 0 < elders.everybody.persons < everybody.everybody.persons
    assert "60 岁" in elders.about.rule.zh
    with pytest.raises(SitingError, match="没有“nobody”这类家庭"):
        site(LOCAL_STEWARD, county, as_question({"people": "nobody"}))


def test_two_plans_set_apart(store):
    one, two = ask(store, add=1), ask(store, add=1, banned=["place:2"])
    apart = differences(one, two)
    assert (apart.both, [n for _, n in apart.only_first], [n for _, n in apart.only_second]) == ((), ["乙"], ["甲"])
    assert (apart.persons, apart.by_township) == (-1, (("990001002", "乙乡", -1),))


def test_bad_questions_are_plain(store):
    for asked, said in [
        ({"add": 9}, "可用的候选点只有 3 处"),
        ({"add": 1, "minutes": 0.01}, "没有一个候选点"),
        ({"places": []}, "没有候选点"),
    ]:
        with pytest.raises(ParameterError, match=said):
            ask(store, **asked)
    for text, said in [
        (b'{"add": -1}', "add 须不小于 0"),
        (b'{"objective": "best"}', "objective 不在允许的取值中"),
        (b'{"minutes": 0}', "minutes 须大于 0"),
        (b'{"ad": 3}', "没有这一项"),
        (b"{", "不是有效的 JSON"),
        (b'{"add": 1, "add": 2}', "写了两个"),
        (b'{"close": 1, "budget": 3}', "迁站"),
    ]:
        with pytest.raises(SitingError, match=said):
            read_question(text)
    assert read_question(b"{}").objective == "coverage"


def test_nobody_and_nothing(tmp_path):
    with Store.open(str(tmp_path / "empty.db")) as empty:
        with pytest.raises(NoDataError):
            ask(empty)
        given = frames()
        given["households"] = given["households"].iloc[:0]
        empty.load(given, PROVENANCE)
        with pytest.raises(SitingError, match="没有可计入的人"):
            ask(empty)


def test_without_roads_by_the_straight_line(tmp_path):
    given = frames()
    given["roads"] = given["roads"].iloc[:0]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = ask(store, add=1)
        assert report.status == "optimal"
        assert "估算" in report.about.rule.zh
        assert report.chosen[0].road is None


def test_a_candidate_off_the_network_is_named(store):
    report = ask(store, add=1, places=[place(2200, 0, "甲"), place(1000, 4500, "山顶")])
    assert [s.name for s in report.chosen] == ["甲"]
    assert any("山顶" in note.zh and "离路网太远" in note.zh for note in report.about.notes)


def test_places_and_areas_from_a_file(tmp_path):
    points = gpd.GeoDataFrame({"名称": ["甲", "乙"]}, geometry=[at(2200, 0), at(5000, 0)], crs="EPSG:4326")
    points.to_crs("EPSG:4528").to_file(tmp_path / "places.gpkg")
    found = places_in(tmp_path / "places.gpkg")
    assert [one["name"] for one in found] == ["甲", "乙"]
    assert found[0]["at"] == pytest.approx(list(at(2200, 0).coords[0]), abs=1e-7)
    gpd.GeoDataFrame(geometry=[shapely.MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)])], crs="EPSG:4326").to_file(
        tmp_path / "areas.geojson")  # fmt: skip
    assert len(areas_in(tmp_path / "areas.geojson")) == 2
    with pytest.raises(SitingError, match="没有面"):
        areas_in(tmp_path / "places.gpkg")
    (tmp_path / "table.csv").write_text("名称,人数\n甲,3\n", encoding="utf-8")
    with pytest.raises(SitingError, match="没有位置"):
        places_in(tmp_path / "table.csv")


def test_a_share_in_every_township_first(store):
    best = ask(store, add=1)
    assert [(t.name, t.persons_after, t.persons) for t in best.townships] == [("甲镇", 7, 7), ("乙乡", 5, 13)]
    fair = ask(store, objective="fair", add=1, share=0.6, curve=True)
    assert (fair.status, fair.chosen) == ("infeasible", ())
    assert [(o.what, o.needed, o.possible) for o in fair.obstacles] == [("count", 2, 1)]
    two = ask(store, objective="fair", add=2, share=0.6, curve=True)
    assert two.status == "optimal"
    assert all(t.persons_after >= 0.6 * t.persons for t in two.townships)
    assert two.trade_off
    worst = [point.worst for point in two.trade_off]
    assert worst == sorted(worst)
    assert two.trade_off[0].objective == ask(store, add=2).objective
    assert (two.trade_off[-1].worst, two.trade_off[-1].township) == (pytest.approx(9 / 13), "乙乡")
    assert [len(t.frame) for t in siting_tables(two)][-1] == len(two.trade_off)
    assert ask(store, SERVER, objective="fair", add=2, share=0.5, curve=True).trade_off == ()  # few are in each township


@pytest.mark.parametrize("objective", ["p-median", "p-center"])
def test_times_are_told_in_minutes(store, objective):
    """Held against every single candidate, counted by the what-if service's own times."""
    report = ask(store, objective=objective, add=1)
    assert report.status == "optimal"
    figure = {"p-median": lambda r: r.minutes_mean[1] * r.everybody.persons, "p-center": lambda r: r.minutes_worst[1]}[objective]
    alone = [ask(store, objective=objective, add=1, must=[f"place:{k}"]) for k in (1, 2, 3)]
    assert report.objective == pytest.approx(min(one.objective for one in alone if one.objective is not None))
    assert figure(report) <= min(figure(one) for one in alone if one.objective is not None) + 1e-9


def test_tables_hold_the_same_figures(store):
    report = ask(store, add=2, curve=True)
    sites, villages, relieved, townships, curve, _ = siting_tables(report)
    assert sites.frame["newly_persons"].tolist() == [s.newly.persons for s in report.chosen]
    assert [(p.x, p.y) for p in sites.frame.geometry] == [(s.lon, s.lat) for s in report.chosen]
    assert villages.frame["persons"].sum() == report.after.persons - report.before.persons
    assert relieved.frame["letter"].isin(sites.frame["letter"]).all()
    assert townships.frame["persons_after"].sum() == report.after.persons
    assert len(curve.frame) == len(report.curve)


def test_stopped_at_once_there_is_a_bound(county):
    report = site(LOCAL_STEWARD, county, as_question({"add": 5, "mode": "walk"}), curve=True, stop=lambda: True)
    assert report.status in {"time_limit", "optimal"}
    assert report.bound >= report.objective
