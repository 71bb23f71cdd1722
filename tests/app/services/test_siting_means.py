"""Siting with a budget and with staff, counted by hand in the small county and held against what-if in a larger one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from small_county import PROVENANCE, at, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.services.scenarios.definition import AddStation, Scenario
from app.services.scenarios.service import whatif
from app.services.siting.question import SitingError, as_question
from app.services.siting.sentences import outcome, sentence
from app.services.siting.service import site
from app.services.siting.tables import siting_tables
from geo.errors import ParameterError
from layers.store import Store

PLACES = [("甲", (2200, 0)), ("乙", (5000, 0)), ("丙", (1000, 3010))]
"""On foot in 15 minutes 甲 newly reaches h04 (4 persons), 乙 h05 (5) and 丙 h08 (2); 7 of 20 are reached already."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("means") / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture(scope="module")
def county(tmp_path_factory, one_small_county):
    with Store.open(str(tmp_path_factory.mktemp("means") / "county.db")) as opened:
        opened.load(one_small_county.frames, PROVENANCE)
        yield opened


def ask(store, viewer=LOCAL_STEWARD, *, curve=False, **asked):
    places = [{"at": list(at(*xy).coords[0]), "name": name} for name, xy in PLACES]
    given = {"mode": "walk", "candidates": [], "places": places}
    return site(viewer, store, as_question({**given, **asked}), curve=curve)


def test_two_cheap_stations_are_worth_more_than_a_dear_one(store):
    costs = {"place:1": 1, "place:2": 3, "place:3": 2}
    report = ask(store, budget=3, costs=costs)
    assert (report.status, report.objective, report.bound) == ("optimal", 13, 13)
    assert [(s.name, s.cost, s.newly.persons) for s in report.chosen] == [("甲", 1, 4), ("丙", 2, 2)]
    assert (report.cost, report.budget) == (3, 3)
    assert "费用合计 3（预算 3）" in outcome(report).zh
    assert "cost 3 of a budget of 3" in outcome(report).en
    assert "费用 1" in sentence(report.chosen[0], report).zh
    assert siting_tables(report)[0].frame["cost"].tolist() == [1, 2]
    assert [s.alternative for s in report.chosen] == [None, None]  # 乙 cannot be paid in the place of either
    rich = ask(store, budget=4, costs=costs)
    assert {s.name: s.alternative and s.alternative.name for s in rich.chosen} == {"甲": None, "乙": "丙"}
    assert ask(store, budget=6, costs=costs).after.persons == 18
    assert ask(store, add=1).cost is None


def test_what_the_budget_does_not_do_for(store):
    report = ask(store, budget=3, cost=2, must=["place:1", "place:2"])
    assert (report.status, report.objective, report.chosen) == ("infeasible", None, ())
    assert [(o.what, o.needed, o.possible) for o in report.obstacles] == [("budget", 4, 3)]
    assert "差 1" in report.obstacles[0].text.zh
    assert (report.after.persons, report.cost) == (7, None)
    assert [o.needed for o in ask(store, budget=1, cost=2).obstacles] == [2]
    assert ask(store, budget=0, cost=0).after.persons == 18
    assert ask(store, objective="backup", budget=1, cost=1).cost == 1


def test_the_cheapest_that_cover_the_share(store):
    asked = {"objective": "set-cover", "share": 0.6, "costs": {"place:1": 4, "place:2": 9, "place:3": 3}}
    report = ask(store, **asked)  # 12 of 20: 乙 alone, or 甲 with 丙 for less
    assert ([s.name for s in report.chosen], report.objective, report.cost) == (["甲", "丙"], 7, 7)
    assert report.unit.zh == "费用单位"
    assert "少覆盖" in sentence(ask(store, objective="set-cover", share=0.6).chosen[0], report).zh
    assert "总费用最少" in report.about.rule.zh
    short = ask(store, **asked, budget=5)
    assert [(o.what, o.needed, o.possible) for o in short.obstacles] == [("budget", 7, 5)]
    assert [s.name for s in ask(store, objective="set-cover", share=0.6).chosen] == ["乙"]


def test_room_for_so_many_counted_by_hand(store):
    report = ask(store, add=3, persons_per_staff=3, staff=1, curve=True)
    # h02 and h03 (5 persons) reach S1 alone, which has room for 3; S4 serves h01 and h10 (2), the others nobody.
    # 甲 takes 3 of h04, who are nearest, 乙 3 of h05, and 丙 both persons of h08.
    assert (report.status, report.objective, report.bound) == ("optimal", 13, 13)
    assert (report.before.persons, report.after.persons, report.capacity) == (5, 13, (6, 15))
    assert {s.name: (s.served.persons, s.capacity) for s in report.chosen} == {"甲": (3, 3), "乙": (3, 3), "丙": (2, 3)}
    assert sum(s.newly.persons for s in report.chosen) == 8
    assert [(t.persons_before, t.persons_after) for t in report.townships] == [(5, 5), (0, 8)]
    assert report.curve == ()
    notes = " ".join(note.zh for note in report.about.notes)
    assert "2 个现有站没有填工作人员，按新站的 1 人计" in notes
    assert "各站合计只能服务 15 人，少于 20 人，差 5 人" in notes
    assert "服务 3 人，能力 3 人" in sentence(report.chosen[0], report).zh
    assert "能力合计由 6 人增至 15 人" in outcome(report).zh
    assert siting_tables(report)[0].frame["capacity"].tolist() == [3, 3, 3]


def test_staff_of_the_stations_counts(tmp_path):
    given = frames()
    given["stations"]["staff"] = [0 if key == "S1" else 2 for key in given["stations"]["id"]]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = ask(store, add=0, persons_per_staff=2)
    assert (report.before.persons, report.capacity) == (2, (4, 4))  # h01 and h10 by S4
    assert any("1 个现有站没有工作人员" in note.zh for note in report.about.notes)


def test_with_room_for_everybody_nothing_changes(county):
    asked = {"add": 3, "mode": "walk", "candidates": ["villages"]}
    without, ample = (
        site(LOCAL_STEWARD, county, as_question({**asked, **more}), curve=False) for more in ({}, {"persons_per_staff": 1e6})
    )
    assert (ample.objective, ample.after, ample.before) == (without.objective, without.after, without.before)
    assert ample.townships == without.townships


def test_a_plan_keeps_to_its_room_and_no_pair_does_better(county):
    villages = county.read("villages")
    points = villages.geometry.representative_point()
    chosen = points.iloc[np.random.default_rng(5).choice(len(points), 6, replace=False)]
    spots = [[p.x, p.y] for p in chosen]
    asked = {"mode": "walk", "candidates": [], "places": [{"at": xy} for xy in spots], "persons_per_staff": 60, "staff": 2}
    report = site(LOCAL_STEWARD, county, as_question({**asked, "add": 2}), curve=False)
    assert report.status == "optimal"
    assert all(s.served.persons <= s.capacity == 120 for s in report.chosen)
    assert report.objective == report.after.persons
    every = [
        site(LOCAL_STEWARD, county, as_question({**asked, "add": 2, "must": [f"place:{k + 1}" for k in pair]}), curve=False)
        for pair in itertools.combinations(range(len(spots)), 2)
    ]
    assert report.objective == max(one.objective for one in every)
    for one in every:  # never more than are within the limit at all
        changes = tuple(AddStation("add_station", s.letter, (s.lon, s.lat)) for s in one.chosen)
        total = whatif(LOCAL_STEWARD, county, Scenario("试", changes=changes), mode="walk").total
        assert one.objective <= total.after.persons_reached


def test_few_households_are_not_told_of_who_sees_counts_only(store):
    told = ask(store, SERVER, add=1, persons_per_staff=3)
    assert told.chosen[0].served.persons is None
    assert told.chosen[0].newly.persons is None
    assert told.chosen[0].villages == ()
    assert "能力" not in sentence(told.chosen[0], told).zh


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"costs": {"place:9": 1}, "budget": 3}, "没有候选点“place:9”"),
        ({"objective": "p-center", "budget": 3}, "预算只与 coverage, backup, set-cover"),
        ({"objective": "p-center", "persons_per_staff": 3}, "人员能力（persons_per_staff）只与 coverage 同用"),
        ({"objective": "set-cover", "persons_per_staff": 3}, "不与 set-cover 同用"),
        ({"persons_per_staff": 3, "weight": "households"}, "人员能力按人计"),
        ({"persons_per_staff": 3, "need": {"all": 2}}, "人员能力按人计"),
        ({"persons_per_staff": 0.2, "add": 1}, "能力都是 0"),
        ({"persons_per_staff": 3, "add": 9}, "候选点只有 3 处"),
        ({"need": {"all": 0}}, "权重都是 0"),
    ],
)
def test_what_does_not_go_together_is_said(store, asked, said):
    with pytest.raises(ParameterError, match=said):
        ask(store, **asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"budget": -1}, "budget 须不小于 0"),
        ({"cost": -1}, "cost 须不小于 0"),
        ({"costs": {"place:1": -1}}, "须不小于 0"),
        ({"staff": 0}, "staff 须不小于 1"),
        ({"persons_per_staff": 0}, "persons_per_staff 须大于 0"),
    ],
)
def test_figures_that_cannot_be_are_refused(asked, said):
    with pytest.raises(SitingError, match=said):
        as_question(asked)
