"""Bounded origin–destination times, against brute force on split graphs and against the nearest facility."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import brute_force, lines, points, random_streets

from geo.catchment import nearest_facility, nearest_straight
from geo.errors import ParameterError
from geo.matrix import straight_times, travel_times
from geo.network import RoadNetwork
from geo.snap import Snapper


def ask(streets, where, facilities, ahead=36.0, back=36.0):
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    mode = net.impedance(on(ahead), on(back))
    snap = Snapper(mode, min_component_m=0)
    return mode, snap(where), snap(facilities)


def dense(found):
    """As a full table, infinite where there is no pair; every pair once, in order."""
    table = np.full((found.n_origins, found.n_facilities), np.inf)
    table[found.origin, found.facility] = found.seconds
    key = found.origin.astype(np.int64) * found.n_facilities + found.facility
    assert (np.diff(key) > 0).all()
    return table


def test_by_hand():
    # a 2 km street at 36 km/h; facilities 45 m off it at 1,500 m and on it at 600 m; walking is 1.25 m/s
    asked = ask(lines([(0, 0), (2000, 0)]), points((500, 25), (1900, 0)), points((1500, 45), (600, 0)))
    found = travel_times(*asked, max_travel_time_s=100)
    assert list(zip(found.origin.tolist(), found.facility.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert found.seconds == pytest.approx([20 + 10, 40 + 36])
    assert len(travel_times(*asked, max_travel_time_s=200)) == 4


def test_the_limit_is_included_and_not_a_tick_more():
    asked = ask(lines([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)]), points((0, 0), (2000, 0)), points((1000, 0)))
    exact = travel_times(*asked, max_travel_time_s=1000)
    assert exact.seconds == pytest.approx([100, 100])
    limit = float(exact.seconds[0])
    assert len(travel_times(*asked, max_travel_time_s=limit)) == 2
    assert len(travel_times(*asked, max_travel_time_s=np.nextafter(limit, 0))) == 0


def test_time_is_counted_towards_the_facility():
    # a one-way ring: 100 m with the arrow, 300 m the other way about
    ring = lines([(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (0, 100)], [(0, 100), (0, 0)])
    asked = ask(ring, points((0, 0), (100, 0)), points((0, 0), (100, 0)), back=0.0)
    assert dense(travel_times(*asked, max_travel_time_s=60)) == pytest.approx(np.array([[0, 10], [30, 0]]))


def test_two_on_one_long_edge_need_not_go_by_its_ends():
    asked = ask(lines([(0, 0), (50_000, 0)]), points((24_900, 0), (25_100, 0)), points((25_000, 0)))
    assert travel_times(*asked, max_travel_time_s=15).seconds == pytest.approx([10, 10])
    one_way = ask(lines([(0, 0), (50_000, 0)]), points((24_900, 0), (25_100, 0)), points((25_000, 0)), back=0.0)
    assert travel_times(*one_way, max_travel_time_s=15).origin.tolist() == [0]


def test_a_household_at_the_station_is_a_pair_of_no_time():
    found = travel_times(*ask(lines([(0, 0), (100, 0)]), points((0, 0)), points((0, 0), (0, 0))), max_travel_time_s=1)
    assert (found.facility.tolist(), found.seconds.tolist()) == ([0, 1], [0, 0])


def test_without_origins_facilities_or_roads_nearby_there_is_no_pair():
    street, nowhere = lines([(0, 0), (100, 0)]), np.array([None, shapely.Point(0, 9000)], dtype=object)
    for where, facilities in (
        (points()[:0], points((0, 0))),
        (points((0, 0)), points()[:0]),
        (nowhere, points((0, 0))),
        (points((0, 0)), nowhere),
    ):
        found = travel_times(*ask(street, where, facilities), max_travel_time_s=900)
        assert (len(found), found.n_origins, found.n_facilities) == (0, len(where), len(facilities))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 100_000))
def test_equals_brute_force_and_the_nearest_on_random_streets(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    where = shapely.points(rng.uniform(-300, 3300, (25, 2)))
    facilities = shapely.points(rng.uniform(-300, 3300, (int(rng.integers(1, 60)), 2)))
    if seed % 3 == 0:  # crowd them on the same few edges
        facilities = shapely.points(shapely.get_coordinates(where[: len(facilities)]) + 3.0)
    mode, here, there = ask(streets, where, facilities, ahead, back)
    limit = float(rng.choice([30.0, 120.0, 600.0, 1e6]))
    found = dense(travel_times(mode, here, there, max_travel_time_s=limit, walk_kph=3.0))
    expected = brute_force(mode, here, there, walk_kph=3.0)
    sure = np.abs(expected - limit) > 1e-3  # nearer than rounding to the limit, either answer is right
    assert found[sure] == pytest.approx(np.where(expected <= limit, expected, np.inf)[sure], rel=1e-6, abs=1e-3)
    nearest = nearest_facility(mode, here, there, walk_kph=3.0)
    near = nearest.seconds <= limit
    assert (found.min(axis=1) == np.where(near, nearest.seconds, np.inf)).all()  # to the bit
    assert (found.argmin(axis=1)[near & np.isfinite(nearest.seconds)]
            == nearest.facility[near & np.isfinite(nearest.seconds)]).all()  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.floats(10, 500), st.floats(10, 500))
def test_a_shorter_limit_keeps_what_is_within_it_and_adds_nothing(seed, one, other):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=20)
    where, facilities = (shapely.points(rng.uniform(0, 3000, (n, 2))) for n in (20, 30))
    asked = ask(streets, where, facilities, ahead, back)
    short, long = (dense(travel_times(*asked, max_travel_time_s=limit)) for limit in sorted((one, other)))
    assert (short == np.where(long <= min(one, other), long, np.inf)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_straight_lines_equal_all_pairs_and_the_nearest(seed):
    rng = np.random.default_rng(seed)
    xy, goals = rng.integers(0, 40, (30, 2)) * 50.0, rng.integers(0, 40, (12, 2)) * 50.0
    where = np.array([None, *shapely.points(xy)], dtype=object)
    facilities = np.array([*shapely.points(goals), None], dtype=object)
    found = dense(straight_times(where, facilities, max_travel_time_s=600, kph=4.5, factor=1.3))
    apart = np.hypot(*(xy[:, None] - goals).T).T * 1.3 / 1.25
    expected = np.full((31, 13), np.inf)
    expected[1:, :12] = np.where(apart <= 600, apart, np.inf)
    assert found == pytest.approx(expected)
    nearest = nearest_straight(where, facilities, kph=4.5, factor=1.3)
    assert (found.min(axis=1) == np.where(nearest.seconds <= 600, nearest.seconds, np.inf)).all()


def test_a_straight_line_of_exactly_the_limit_is_within_it():
    where, facilities = points((0, 0)), points((300, 400))
    limit = 500 * 1.3 * 3.6 / 4.5
    assert len(straight_times(where, facilities, max_travel_time_s=limit, kph=4.5, factor=1.3)) == 1
    assert len(straight_times(where, facilities, max_travel_time_s=np.nextafter(limit, 0), kph=4.5, factor=1.3)) == 0


@pytest.mark.parametrize("limit", [0.0, -1.0, np.nan])
def test_limits_and_speeds_must_be_above_zero(limit):
    street, where = lines([(0, 0), (9, 0)]), points((1, 1))
    with pytest.raises(ParameterError):
        travel_times(*ask(street, where, where), max_travel_time_s=limit)
    with pytest.raises(ParameterError):
        travel_times(*ask(street, where, where), max_travel_time_s=1, walk_kph=limit)
    with pytest.raises(ParameterError):
        straight_times(where, where, max_travel_time_s=limit, kph=4.5, factor=1.3)
    with pytest.raises(ParameterError):
        straight_times(where, where, max_travel_time_s=1, kph=4.5, factor=0.9)


def test_all_pairs_are_not_asked_for_by_an_infinite_limit():
    with pytest.raises(ParameterError):
        travel_times(*ask(lines([(0, 0), (9, 0)]), points((1, 1)), points((1, 1))), max_travel_time_s=np.inf)
