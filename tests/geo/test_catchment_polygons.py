"""Catchments as polygons: a partition of the ground that agrees with everybody's own nearest facility."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_surface import surface_over
from small_networks import lines, points, random_streets

from geo.catchment import nearest_facility
from geo.catchment_polygons import catchment_polygons


def which(polygons, places):
    """The polygon that each place lies in, -1 for none; a place in two fails."""
    who, found = shapely.STRtree(polygons).query(places, predicate="within")
    assert len(np.unique(who)) == len(who)
    answer = np.full(len(places), -1)
    answer[who] = found
    return answer


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([np.inf, 300.0]))
def test_they_part_the_ground_and_hold_their_own_vertices(seed, limit_s):
    rng = np.random.default_rng(seed)
    snap, surface = surface_over(*random_streets(rng, n=int(rng.integers(5, 60))))
    there = snap(points(*rng.uniform(0, 3000, (6, 2))))
    polygons = catchment_polygons(surface, snap.impedance, there, max_travel_time_s=limit_s)
    assert len(polygons) == 6
    assert all(polygon.is_valid for polygon in polygons)
    for one, other in itertools.combinations(polygons, 2):
        assert shapely.intersection(one, other).area < 1e-6
    together = shapely.union_all(polygons).area
    assert sum(polygon.area for polygon in polygons) == pytest.approx(together, rel=1e-9)
    nearest = nearest_facility(snap.impedance, surface.vertices, there)
    expected = np.where(nearest.seconds <= limit_s, nearest.facility, -1)
    assert which(polygons, shapely.points(surface.xy)).tolist() == expected.tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_households_lie_in_the_catchment_of_their_nearest_facility(seed):
    rng = np.random.default_rng(seed)
    snap, surface = surface_over(*random_streets(rng, n=60))
    homes, there = points(*rng.uniform(0, 3000, (300, 2))), snap(points(*rng.uniform(0, 3000, (5, 2))))
    here = snap(homes)
    nearest = nearest_facility(snap.impedance, here, there)
    near = (nearest.facility >= 0) & (here.access_m < 30)
    polygons = catchment_polygons(surface, snap.impedance, there)
    agree = which(polygons, homes)[near] == nearest.facility[near]
    # Streets that cross without meeting are two places at one; there the ground can only be one of them.
    assert agree.sum() >= 0.8 * near.sum() - 2


def test_two_facilities_on_a_street_meet_half_way_in_time():
    snap, surface = surface_over(street := lines([(0, 0), (3000, 0)]))
    first, second = catchment_polygons(surface, snap.impedance, snap(points((430, 0), (2000, 0))))
    # the walk of the second to its street counts
    assert shapely.intersection(first, street[0]).length == pytest.approx(1215, abs=1)
    assert shapely.intersection(second, street[0]).length == pytest.approx(3000 - 1215, abs=1)
    _, off = catchment_polygons(surface, snap.impedance, snap(points((430, 0), (2000, 100))))
    assert shapely.intersection(off, street[0]).length == pytest.approx(3000 - 1265, abs=1)


def test_cut_at_a_limit_they_end_where_it_is_reached():
    snap, surface = surface_over(street := lines([(0, 0), (3000, 0)]))
    (polygon,) = catchment_polygons(surface, snap.impedance, snap(points((0, 0))), max_travel_time_s=600.0)
    assert shapely.intersection(polygon, street[0]).length == pytest.approx(750, abs=1)


def test_far_land_unreachable_land_and_idle_facilities():
    streets = lines([(0, 0), (3000, 0)], [(0, 9000), (3000, 9000)])
    snap, surface = surface_over(streets)
    where = np.array([*points((100, 0), (100, 0), (0, 4000)), None], dtype=object)
    polygons = catchment_polygons(surface, snap.impedance, snap(where))
    assert [polygon.is_empty for polygon in polygons] == [False, True, True, True]  # ties go to the first
    assert polygons[0].bounds == pytest.approx((-500, -500, 3500, 500), abs=40)


def test_without_facilities_there_are_no_catchments():
    snap, surface = surface_over(lines([(0, 0), (1000, 0)]))
    assert catchment_polygons(surface, snap.impedance, snap(points()[:0])) == ()
