"""The isochrone service, against a county counted by hand, and honest on regions of every kind."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import shapely
from reach_surface import misplaced
from small_county import PROVENANCE, at, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.county import roads as travel
from app.services.county.facilities import FacilityChoice
from app.services.county.state import StoreState
from app.services.coverage.service import coverage
from app.services.errors import NoDataError
from app.services.isochrones.service import isochrones
from app.services.isochrones.tables import isochrone_tables
from geo.errors import ParameterError
from geo.isochrone import isochrones as draw
from geo.service_search import ServiceAreas
from geo.snap import MAX_ACCESS_M
from geo.speeds import Mode
from geo.surface import Surface
from layers.intake.osm import read_extract
from layers.store import Provenance, Store


def lon_lat(x, y):
    place = at(x, y)
    return place.x, place.y


def test_counts_by_hand(store):
    report = isochrones(LOCAL_STEWARD, store, ids=["S1", "S4"], minutes=[15, 5])
    assert [(ring.origin, ring.minutes) for ring in report.rings] == [("S1", 5), ("S1", 15), ("S4", 5), ("S4", 15)]
    # 75 m a minute: S1 at 1,000 m reaches 375 m and 1,125 m each way along the street from 0 to 6,000 m
    assert [ring.road_km for ring in report.rings] == pytest.approx([0.75, 2.125, 0.375, 1.125], abs=0.002)
    assert [ring.households for ring in report.rings][1::2] == [4, 2]  # h01 h02 h03 h10; h01 h10
    assert [origin.state for origin in report.origins] == ["drawn", "drawn"]
    assert "估算" not in report.about.rule.zh
    assert str(report.about.as_of) == "2026-10-31"


@pytest.mark.parametrize("mode", ["walk", "elder_walk", "ebike", "drive"])
def test_merged_counts_are_those_of_coverage(store, mode):
    reached = coverage(LOCAL_STEWARD, store, mode=mode, minutes=15).total
    (ring,) = isochrones(LOCAL_STEWARD, store, mode=mode, minutes=[15], merged=True).rings
    assert (ring.households, ring.persons) == (reached.households_reached, reached.persons_reached)


def test_directions_differ_on_a_one_way_street(file_store):
    # the street is one-way eastwards from 3,000 m on: whoever drives from there cannot come back
    asked = {"mode": "drive", "minutes": [10], "at": [lon_lat(4500, 0)]}
    towards, away = (isochrones(LOCAL_STEWARD, file_store, outward=o, **asked).rings[0] for o in (False, True))
    assert towards.road_km == pytest.approx(4.5, abs=0.01)
    assert away.road_km == pytest.approx(1.5, abs=0.01)


def test_bands_count_what_lies_between_the_limits(file_store):
    asked = {"ids": ["S1"], "minutes": [5, 15, 40]}
    nested, bands = (isochrones(LOCAL_STEWARD, file_store, bands=b, **asked).rings for b in (False, True))
    assert [b.households for b in bands] == np.diff([n.households for n in nested], prepend=0).tolist()
    assert [b.from_minutes for b in bands] == [0, 5, 15]
    assert sum(b.area_km2 for b in bands) == pytest.approx(nested[-1].area_km2, abs=0.001)
    for one, other in itertools.combinations(bands, 2):
        assert shapely.intersection(one.shape, other.shape).area < 1e-9


def test_small_counts_are_for_those_who_may_see_points(file_store):
    asked = {"ids": ["S1"], "minutes": [5, 15, 90]}
    told, withheld = (isochrones(viewer, file_store, **asked).rings for viewer in (LOCAL_STEWARD, SERVER))
    assert [ring.households for ring in told] == [2, 4, 6]
    assert [ring.households for ring in withheld] == [None, None, None]  # six are all but two
    assert [ring.persons for ring in withheld] == [None, None, None]
    assert [ring.too_few for ring in withheld] == [True, True, True]
    notes = [isochrones(viewer, file_store, **asked).about.notes for viewer in (LOCAL_STEWARD, SERVER)]
    assert ["不列出" in "".join(note.zh for note in said) for said in notes] == [False, True]
    # four of the six live in the first band, two in the second
    few = isochrones(SERVER, file_store, ids=["S1"], minutes=[15, 90], bands=True).rings
    assert [ring.households for ring in few] == [None, None]
    # nobody is not told apart from a few: five minutes from here there is nobody at all
    asked = {"at": [lon_lat(3500, 0)], "minutes": [5]}
    empty = [isochrones(viewer, file_store, **asked).rings[0] for viewer in (LOCAL_STEWARD, SERVER)]
    assert [ring.households for ring in empty] == [0, None]


def test_larger_counts_are_for_everybody(tmp_path):
    fivefold = pd.concat([frames()["households"].assign(id=lambda f, k=k: f["id"] + f"-{k}") for k in range(5)])
    with Store.open(str(tmp_path / "county.db")) as many:
        many.load({**frames(), "households": fivefold}, PROVENANCE)
        for bands, households in ((False, [10, 20, 30]), (True, [10, 10, 10])):
            rings = isochrones(SERVER, many, ids=["S1"], minutes=[5, 15, 90], bands=bands).rings
            assert [ring.households for ring in rings] == households


def test_a_viewer_counts_the_townships_in_reach_only(file_store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001002"}), points=True)
    (ring,) = isochrones(viewer, file_store, ids=["S1"], minutes=[15]).rings
    assert ring.households == 0


def test_a_point_far_from_any_road_is_a_marked_result(file_store):
    report = isochrones(LOCAL_STEWARD, file_store, at=[lon_lat(1000, 1500), lon_lat(1000, 0)], minutes=[10])
    assert [origin.state for origin in report.origins] == ["off_network", "drawn"]
    assert report.origins[0].road_m == pytest.approx(1500, abs=5)
    assert [ring.origin for ring in report.rings] == ["p2"]
    (note,) = report.about.notes
    assert "1,50" in note.zh
    assert f"{MAX_ACCESS_M:g}" in note.zh
    elsewhere = isochrones(LOCAL_STEWARD, file_store, at=[(-57.0, -28.5)], minutes=[10])
    assert elsewhere.origins[0].state == "off_network"
    assert elsewhere.rings == ()
    assert elsewhere.origins[0].road_m is None
    assert "不在本区域" in elsewhere.about.notes[0].zh


def test_time_too_short_for_the_way_to_the_road_is_told(file_store):
    report = isochrones(LOCAL_STEWARD, file_store, at=[lon_lat(1500, 400)], minutes=[3])
    assert [origin.state for origin in report.origins] == ["too_short"]
    assert report.rings[0].households == 0
    assert report.rings[0].shape.is_empty
    assert len(report.about.notes) == 1


def test_without_roads_it_is_an_estimate(tmp_path):
    given = frames()
    del given["roads"]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = isochrones(LOCAL_STEWARD, store, minutes=[5, 15], merged=True)
        assert report.estimate
        assert "估算" in report.about.rule.zh
        reached = coverage(LOCAL_STEWARD, store).total
        assert report.rings[1].households == reached.households_reached
        assert report.rings[1].road_km is None
        (alone,) = isochrones(LOCAL_STEWARD, store, minutes=[15], at=[lon_lat(0, 9000)]).rings
        assert alone.area_km2 == pytest.approx(np.pi * (1125 / 1300) ** 2, rel=0.01)
        lost = isochrones(LOCAL_STEWARD, store, minutes=[15], at=[(-57.0, -28.5), lon_lat(0, 0)])
        assert [origin.state for origin in lost.origins] == ["off_network", "drawn"]
        assert [ring.origin for ring in lost.rings] == ["p2"]
        bands = isochrones(LOCAL_STEWARD, store, minutes=[5, 15], ids=["S1"], bands=True).rings
        assert sum(b.area_km2 for b in bands) == pytest.approx(alone.area_km2, abs=1e-3)


def test_without_roads_many_places_need_no_matrix(tmp_path):
    rng = np.random.default_rng(4)
    homes_xy, stations_xy = rng.uniform(0, 9000, (3000, 2)), rng.uniform(0, 9000, (1000, 2))
    given = {
        "households": frame([{"id": f"h{k}", "persons": 1 + k % 3, "precision": "door", "geometry": at(*xy)}
                             for k, xy in enumerate(homes_xy)]),
        "stations": frame([{"id": f"S{k}", "name": f"S{k}", "level": "village", "status": "open", "precision": "door",
                             "geometry": at(*xy)}
                           for k, xy in enumerate(stations_xy)]),
    }  # fmt: skip
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        isochrones(LOCAL_STEWARD, store, ids=["S0"], minutes=[1])  # what is kept is there
        answers = []
        for merged in (True, False):
            tracemalloc.start()
            answers.append(isochrones(LOCAL_STEWARD, store, minutes=[2, 4], merged=merged).rings)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < len(homes_xy) * len(stations_xy) * 8
    away_m = np.hypot(*(homes_xy[:, None] - stations_xy[None]).transpose(2, 0, 1))
    reach_m = np.array([2, 4]) * 75 / 1.3
    persons = 1 + np.arange(3000) % 3
    united, alone = answers
    within = [away_m.min(axis=1) <= limit for limit in reach_m]
    assert [ring.households for ring in united] == pytest.approx([np.count_nonzero(one) for one in within], abs=2)
    assert [ring.persons for ring in united] == pytest.approx([persons[one].sum() for one in within], abs=6)
    each = {(ring.origin, ring.minutes): ring.households for ring in alone}
    expected = {(f"S{j}", minutes): np.count_nonzero(away_m[:, j] <= limit)
                for minutes, limit in zip((2, 4), reach_m, strict=True) for j in range(1000)}  # fmt: skip
    assert sum(abs(each[key] - expected[key]) > 1 for key in expected) == 0


def test_an_empty_layer_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        isochrones(LOCAL_STEWARD, store)
    for missing, zh in (("households", "家庭"), ("stations", "服务站")):
        given = {k: v for k, v in frames().items() if k not in (missing, "station_grades")}
        with Store.open(str(tmp_path / f"{missing}.db")) as store:
            store.load(given, PROVENANCE)
            report = isochrones(LOCAL_STEWARD, store, minutes=[15])
            assert [zh in note.zh for note in report.about.notes] == [True]


@pytest.mark.parametrize(
    "asked",
    [
        {"mode": "fly"}, {"minutes": []}, {"minutes": [0]}, {"minutes": [5, -5]}, {"minutes": [1e9]},
        {"minutes": [float("nan")]}, {"minutes": list(range(1, 20))}, {"at": [(190, 0)]}, {"at": [(0, float("nan"))]},
        {"at": [(123, 28)], "ids": ["S1"]}, {"ids": ["S1"], "choice": FacilityChoice(levels=("village",))},
        {"ids": ["nobody"]}, {"min_area_m2": -1}, {"min_area_m2": float("nan")}, {"at": [(123, 28.5)] * 501, "minutes": range(1, 11)},
    ],
)  # fmt: skip
def test_questions_that_cannot_be_meant(file_store, asked):
    with pytest.raises(ParameterError):
        isochrones(LOCAL_STEWARD, file_store, **asked)


def test_support_points_and_closed_stations_may_be_asked_for(file_store):
    report = isochrones(LOCAL_STEWARD, file_store, ids=["S2", "P3", "P1"], minutes=[10])
    assert [origin.id for origin in report.origins] == ["S2", "P3", "P1"]
    assert [origin.state for origin in report.origins] == ["drawn"] * 3  # a street of shops: its middle
    by_kind = isochrones(LOCAL_STEWARD, file_store, choice=FacilityChoice(business="medical"), minutes=[10])
    assert [origin.id for origin in by_kind.origins] == ["P1"]


def test_tables_hold_polygons_in_degrees_and_every_point(file_store):
    report = isochrones(LOCAL_STEWARD, file_store, at=[lon_lat(1000, 0), lon_lat(1000, 1500)], minutes=[5, 10])
    rings, origins = isochrone_tables(report)
    assert [row["id"] for row in rings.records()] == ["p1_5", "p1_10"]
    assert [row["state"] for row in origins.records()] == ["drawn", "off_network"]
    (first, second) = (shapely.geometry.shape(f["geometry"]) for f in rings.geojson()["features"])
    assert first.is_valid
    assert first.contains(at(1000, 0))
    assert first.area < second.area
    assert rings.records()[0]["road_km"] == report.rings[0].road_km


def test_the_answer_is_the_same_near_and_far_from_other_questions(file_store):
    # one point is drawn on a surface of its own, all stations on that of the whole county
    (alone,) = isochrones(LOCAL_STEWARD, file_store, ids=["S1"], minutes=[10]).rings
    (among,) = (r for r in isochrones(LOCAL_STEWARD, file_store, minutes=[10]).rings if r.origin == "S1")
    assert (alone.households, alone.road_km, alone.nodes) == (among.households, among.road_km, among.nodes)
    difference = shapely.symmetric_difference(alone.shape, among.shape).area
    assert difference < 0.05 * among.shape.area


def assert_honest(store, modes, directions=(False, True)):
    state = StoreState(store)
    here = travel.region(state)
    stations = store.read("stations", columns=["id", "geometry"])
    for mode, outward in itertools.product(modes, directions):
        snap = travel.snapper(state, mode)
        surface, net = Surface.over(snap), here.network
        search = ServiceAreas(snap.impedance, outward=outward, walk_kph=mode.access_kph)
        there = snap(here.metric(stations.geometry))
        for merged in (False, True):
            lost = wrong = within = 0.0
            for _, drawn in draw(surface, search, there, [300.0, 600.0, 900.0], merged=merged):
                for limit, polygon in zip(drawn.limits_s, drawn.polygons, strict=True):
                    assert polygon.is_valid
                    reached = np.zeros(net.n_nodes, dtype=bool)
                    reached[drawn.area.node[drawn.area.node_s <= limit]] = True
                    out, beyond = misplaced(surface, net.nodes, reached, polygon)
                    if reached.sum() >= 100:  # one node of fewer is more than a hundredth
                        assert (out <= 0.01, beyond <= 0.01) == (True, True)
                    lost, wrong = lost + out * reached.sum(), wrong + beyond * reached.sum()
                    within += reached.sum()
                for inner, outer in itertools.pairwise(drawn.polygons):
                    assert shapely.difference(inner, outer).area < 1e-3
            assert within > 100
            assert lost <= 0.01 * within
            assert wrong <= 0.01 * within


@pytest.mark.parametrize(("name", "level"), [("liechtenstein", 8), ("andorra", 7)])
def test_honest_on_real_roads(shared_data, tmp_path, name, level):
    extract = read_extract(
        shared_data / "osm" / f"{name}.osm.pbf", township_level=level,
        station_tags=("amenity=pharmacy", "amenity=fuel", "amenity=bank"), households_from="buildings",
    )  # fmt: skip
    with Store.open(str(tmp_path / "region.db")) as store:
        store.load(extract.frames, Provenance(name, extract.sha256, "test", extract.as_of))
        assert_honest(store, list(Mode))


def test_honest_in_the_demonstration_county(tmp_path, one_small_county):
    county = one_small_county
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(county.frames, Provenance("demo", "0", "test", county.as_of))
        assert_honest(store, [Mode.WALK, Mode.DRIVE])
        for mode in (Mode.WALK, Mode.DRIVE):
            reached = coverage(LOCAL_STEWARD, store, mode=mode).total
            (ring,) = isochrones(LOCAL_STEWARD, store, mode=mode, minutes=[15], merged=True).rings
            assert (ring.households, ring.persons) == (reached.households_reached, reached.persons_reached)
