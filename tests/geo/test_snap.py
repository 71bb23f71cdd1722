"""Joining points to the network."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import lines, points, random_streets

from geo.network import RoadNetwork
from geo.overlay import closed
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


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([0.0, 500.0, 2000.0]))
def test_whom_closed_edges_do_not_displace_a_network_without_them_joins_where_they_were(seed, min_component_m):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    net = RoadNetwork.from_lines(streets)
    before = Snapper(
        net.impedance(ahead[net.road], back[net.road]), entrance=rng.random(net.n_edges) < 0.9,
        min_component_m=min_component_m,
    )
    shut = np.flatnonzero(rng.random(net.n_edges) < rng.choice([0.05, 0.4]))
    after = before.on(closed(before.impedance, shut))
    where = np.array([*shapely.points(rng.uniform(-700, 3700, (40, 2))), None], dtype=object)
    was, now = before(where), after(where)
    stays = ~after.displaced(before, was)
    assert was.edge[stays].tolist() == now.edge[stays].tolist()
    on = was.on_network & stays
    assert np.array_equal(was.fraction[on], now.fraction[on])
    assert np.array_equal(was.access_m[on], now.access_m[on])
    assert not np.isin(now.edge, shut).any()
    assert [before.can_join(p, closed=shut) for p in where[:-1]] == now.on_network[:-1].tolist()


def test_who_is_cut_off_on_a_crumb_goes_to_the_network_and_stays_on_a_piece_long_enough():
    streets = lines([(0, 0), (500, 0)], [(500, 0), (2000, 0)], [(500, 0), (500, 50)], [(500, 50), (500, 300)])
    before, where = snapper(streets), points((520, 200), (500, 30))
    shut = np.array([2])
    after = before.on(closed(before.impedance, shut))
    assert before(where).edge.tolist() == [3, 2]
    assert after.displaced(before, before(where)).tolist() == [True, True]
    assert after(where).edge.tolist() == [1, 0]
    assert after(where).access_m.tolist() == pytest.approx([200, 30])
    long_enough = snapper(streets, min_component_m=250)
    assert long_enough.on(closed(before.impedance, shut))(where).edge.tolist() == [3, 3]
