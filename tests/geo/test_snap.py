"""Joining points to the network."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import lines, points, random_streets

from geo.network import RoadNetwork
from geo.snap import Snapper


def snapper(streets, kph=36.0, **options):
    net = RoadNetwork.from_lines(streets)
    return Snapper(net.impedance(np.full(net.n_edges, kph), np.full(net.n_edges, kph)), **options)


def test_nearest_place_on_the_edge_not_the_nearest_node():
    snapped = snapper(lines([(0, 0), (1000, 0)]))(points((300, 40)))
    assert snapped.edge.tolist() == [0]
    assert snapped.fraction == pytest.approx([0.3])
    assert snapped.access_m == pytest.approx([40])
    assert snapped.access_s(4.5) == pytest.approx([32])


def test_limit_is_inclusive_and_missing_places_are_told_apart():
    snapped = snapper(lines([(0, 0), (1000, 0)]))(np.array([*points((5, 500), (5, 500.5)), None, shapely.Point()]))
    assert snapped.on_network.tolist() == [True, False, False, False]
    assert snapped.access_m == pytest.approx([500, 500.5, np.nan, np.nan], nan_ok=True)


def test_ties_go_to_the_lower_edge():
    snapped = snapper(lines([(0, 20), (1000, 20)], [(0, 0), (1000, 0)]))(points((500, 10)))
    assert snapped.edge.tolist() == [0]


def test_crumbs_are_used_only_where_nothing_else_is_near():
    streets = lines([(0, 0), (1000, 0)], [(400, 50), (420, 50)], [(400, 900), (420, 900)])
    snapped = snapper(streets)(points((410, 51), (410, 901)))
    assert snapped.edge.tolist() == [0, 2]
    assert snapped.access_m == pytest.approx([51, 1])


def test_entrances_and_closed_edges():
    net = RoadNetwork.from_lines(lines([(0, 0), (1000, 0)], [(0, 100), (1000, 100)], [(0, 300), (1000, 300)]))
    mode = net.impedance([36, 36, 0], [36, 36, 0])
    snapped = Snapper(mode, entrance=np.array([True, False, True]))(points((500, 290)))
    assert snapped.edge.tolist() == [0]


def test_a_network_without_usable_edges_joins_nobody():
    snapped = snapper(lines([(0, 0), (1000, 0)]), kph=0.0)(points((1, 1)))
    assert snapped.edge.tolist() == [-1]
    assert snapped.access_m.tolist() == [np.inf]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_equals_trying_every_edge(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=30)
    net = RoadNetwork.from_lines(streets)
    mode = net.impedance(ahead[net.road], back[net.road])
    where = shapely.points(rng.uniform(-800, 3800, (40, 2)))
    snapped = Snapper(mode, max_access_m=400, min_component_m=600)(where)
    for k, p in enumerate(where):
        distance = np.where(mode.usable, shapely.distance(net.line, p), np.inf)
        first = np.where(mode.component_length_m >= 600, distance, np.inf)
        best = first if first.min() <= 400 else distance
        if best.min() > 400:
            assert snapped.edge[k] == -1
            continue
        assert snapped.access_m[k] == pytest.approx(best.min())
        assert distance[snapped.edge[k]] == pytest.approx(best.min())
        place = shapely.line_interpolate_point(net.line[snapped.edge[k]], snapped.fraction[k], normalized=True)
        assert place.distance(p) == pytest.approx(best.min(), abs=0.02)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_avoiding_closed_edges_equals_a_network_without_them(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    net = RoadNetwork.from_lines(streets)
    shut = np.flatnonzero(rng.random(net.n_edges) < 0.4)
    where = np.array([*shapely.points(rng.uniform(-700, 3700, (40, 2))), None], dtype=object)
    ahead, back = ahead[net.road], back[net.road]
    found = Snapper(net.impedance(ahead, back), min_component_m=0)(where, closed=shut)
    ahead[shut] = back[shut] = 0.0
    expected = Snapper(net.impedance(ahead, back), min_component_m=0)(where)
    assert found.edge.tolist() == expected.edge.tolist()
    on = expected.on_network
    assert np.array_equal(found.fraction[on], expected.fraction[on])
    assert np.array_equal(found.access_m[on], expected.access_m[on])
    assert (np.isnan(found.access_m) == np.isnan(expected.access_m)).all()
    assert (found.access_m[~on] > 500).sum() == (expected.access_m[~on] > 500).sum()


def test_who_lives_on_a_piece_that_is_cut_off_stays_there():
    streets = lines([(0, 0), (1000, 0)], [(1000, 0), (1100, 0)], [(1100, 0), (1200, 0)], [(1150, 300), (3000, 300)])
    joined = snapper(streets)(points((1150, 0)), closed=np.array([1]))
    assert joined.edge.tolist() == [2]
    shut = snapper(streets)(points((1150, 0)), closed=np.array([2]))
    assert shut.edge.tolist() == [1]
