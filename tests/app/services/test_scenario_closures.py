"""Closed roads: what a what-if tells is what the same closure in the data would, and nobody comes out nearer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_county import PROVENANCE, at, box, frame, line
from small_networks import random_streets

from app.roles import LOCAL_STEWARD
from app.services.county.facilities import FacilityChoice
from app.services.county.state import StoreState
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.present import present
from app.services.scenarios.service import whatif
from app.services.scenarios.trial import trial
from geo.speeds import Mode
from layers.store import Store


def roads(*streets, shut=(), oneway=()):
    return frame([
        {"id": f"r{k:05d}", "class": "village", "open": k not in shut, "oneway": "forward" if k in oneway else "no",
         "geometry": line(*street)}
        for k, street in enumerate(streets)
    ])  # fmt: skip


def stations(*places):
    return frame([{"id": f"s{k}", "name": f"站{k}", "level": "village", "status": "open", "precision": "door",
                   "geometry": at(*place)} for k, place in enumerate(places)])  # fmt: skip


def households(*places):
    return frame([{"id": f"h{k:03d}", "persons": 1, "precision": "door", "geometry": at(*place)}
                  for k, place in enumerate(places)])  # fmt: skip


def closing(roads, *more):
    shut = {"change": "close_roads", "roads": [f"r{k:05d}" for k in roads]}
    return as_scenario({"name": "封", "changes": [shut, *more]})


STREETS = ([(0, 0), (500, 0)], [(500, 0), (2000, 0)], [(500, 0), (500, 50)], [(500, 50), (500, 300)])


def test_who_is_cut_off_on_a_crumb_takes_the_open_street_nearby(tmp_path):
    with Store.open(str(tmp_path / "streets.db")) as store:
        data = {"roads": roads(*STREETS), "stations": stations((0, 0)), "households": households((520, 200), (500, 30))}
        store.load(data, PROVENANCE)
        report = whatif(LOCAL_STEWARD, store, closing([2]), minutes=15)
        assert (report.total.newly_lost.households, report.total.after.without_way) == (0, 0)
        assert "残段" in report.about.rule.zh
        made = trial(StoreState(store), closing([2]), Mode.WALK, FacilityChoice(), None)
        # 200 m to the street and 520 m along it; 30 m to it and 500 m along it
        assert made.nearest.seconds / 60 == pytest.approx([720 / 75, 530 / 75], rel=1e-3)


def test_a_station_on_a_piece_that_is_cut_off_is_reached_from_the_street(tmp_path):
    with Store.open(str(tmp_path / "streets.db")) as store:
        data = {"roads": roads(*STREETS), "stations": stations((500, 200)), "households": households((0, 0))}
        store.load(data, PROVENANCE)
        assert whatif(LOCAL_STEWARD, store, closing([2]), minutes=15).total.newly_lost.households == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.sampled_from([Mode.WALK, Mode.DRIVE]), st.booleans())
def test_closing_roads_is_the_slower_of_before_and_the_closure_in_the_data(seed, mode, moved):
    rng = np.random.default_rng(seed)
    drawn, _, _ = random_streets(rng, n=int(rng.integers(10, 50)))
    streets = [shapely.get_coordinates(one).tolist() for one in drawn]
    oneway = set(np.flatnonzero(rng.random(len(streets)) < 0.2).tolist())
    shut = np.flatnonzero(rng.random(len(streets)) < rng.choice([0.05, 0.3])).tolist() or [0]
    ends = np.vstack([street[0] for street in streets])
    near = ends[rng.integers(0, len(ends), 30)] + rng.normal(0, 60, (30, 2))
    homes, posts = households(*near, *rng.uniform(-300, 3300, (10, 2))), [*rng.uniform(0, 3000, (3, 2)), ends[0]]
    elsewhere = [*posts[:-1], ends[-1]] if moved else posts
    place = {"change": "move_station", "station": "s3", "at": [*at(*ends[-1]).coords[0]]}
    known = {"households": homes, "roads": roads(*streets, oneway=oneway)}
    with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder) / "now.db")) as now:
        now.load({**known, "stations": stations(*posts)}, PROVENANCE)
        made = trial(StoreState(now), closing(shut, *[place] if moved else []), mode, FacilityChoice(), None)
        with Store.open(str(Path(folder) / "then.db")) as then:
            then.load({**known, "stations": stations(*elsewhere)}, PROVENANCE)
            before = present(StoreState(then), mode, FacilityChoice()).nearest.seconds
            then.load({"roads": roads(*streets, shut=shut, oneway=oneway)}, PROVENANCE)
            loaded = present(StoreState(then), mode, FacilityChoice()).nearest.seconds
    assert made.nearest.seconds.tolist() == pytest.approx(np.maximum(before, loaded).tolist())


NEW = {"change": "add_station", "name": "新站", "at": [*at(1500, 100).coords[0]]}
MOVED = {"change": "move_station", "station": "s0", "at": [*at(1500, 100).coords[0]]}


@pytest.mark.parametrize("change", [NEW, MOVED], ids=["new", "moved"])
def test_a_place_by_roads_that_are_closed_is_told_alike_in_either_order(tmp_path, change):
    shut = {"change": "close_roads", "roads": ["r00001"]}
    with Store.open(str(tmp_path / "streets.db")) as store:
        store.load({"roads": roads(*STREETS), "stations": stations((0, 0)), "households": households((520, 200))}, PROVENANCE)
        first, last = (
            whatif(LOCAL_STEWARD, store, as_scenario({"name": "试", "changes": changes}), minutes=30)
            for changes in ([shut, change], [change, shut])
        )
        told = {(one.kind, one.applied, one.remark and one.remark.zh) for one in first.changes}
        assert told == {(one.kind, one.applied, one.remark and one.remark.zh) for one in last.changes}
        remark = {one.kind: one for one in first.changes}[change["change"]].remark.zh
        assert "都被本方案封闭" in remark
        assert first.total == last.total
        # r00001 is 100 m away, the next road 1,005 m
        alone = whatif(LOCAL_STEWARD, store, as_scenario({"name": "试", "changes": [change]}), minutes=30)
        assert [one.remark for one in alone.changes] == [None]


def test_a_place_far_from_every_road_is_refused_whatever_is_closed(tmp_path):
    far = {**NEW, "at": [*at(1200, 400).coords[0]]}
    with Store.open(str(tmp_path / "streets.db")) as store:
        areas = {"villages": frame([{"id": "v", "name": "村", "geometry": box(-900, -900, 3000, 3000)}])}
        store.load({**areas, "roads": roads(*STREETS), "stations": stations((0, 0))}, PROVENANCE)
        near = whatif(LOCAL_STEWARD, store, as_scenario({"name": "试", "changes": [far]}))
        assert near.changes[0].applied  # 400 m from r00001
        beyond = {**NEW, "at": [*at(1200, 600).coords[0]]}
        for changes in ([beyond], [{"change": "close_roads", "roads": ["r00001"]}, beyond]):
            told = whatif(LOCAL_STEWARD, store, as_scenario({"name": "试", "changes": changes})).changes[-1]
            assert (told.applied, told.remark.zh) == (False, "离步行可走的道路超过 500 米，没有人能到达")
