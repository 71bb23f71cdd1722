"""Service areas, against brute force on split graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import brute_force, lines, points, random_streets

from geo.errors import ParameterError
from geo.network import RoadNetwork
from geo.service_area import EdgePoints
from geo.service_search import ServiceAreas
from geo.snap import Snapped, Snapper


def network(streets, ahead=4.5, back=4.5):
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    return net.impedance(on(ahead), on(back)), net.impedance(on(back), on(ahead))


def as_points(net):
    """Every node as a point at the end of one of its edges."""
    edge, at_head = np.zeros(net.n_nodes, dtype=np.int64), np.zeros(net.n_nodes)
    edge[net.tail] = edge_at = np.arange(net.n_edges)
    edge[net.head] = edge_at
    at_head[:] = net.head[edge] == np.arange(net.n_nodes)
    return Snapped(edge, at_head, np.zeros(net.n_nodes))


def one(search, facilities, limit_s, **options):
    ((_, area),) = search(facilities, limit_s, **options)
    return area


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.booleans(), st.sampled_from([60.0, 200.0, 900.0]))
def test_nodes_and_points_equal_brute_force(seed, outward, limit_s):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    mode, turned = network(streets, ahead, back)
    snap = Snapper(mode, min_component_m=0)
    there, here = snap(points(*rng.uniform(0, 3000, (6, 2)))), snap(points(*rng.uniform(0, 3000, (30, 2))))
    towards = turned if outward else mode  # from a facility is to it with every street turned about
    search = ServiceAreas(mode, outward=outward, walk_kph=3.0)
    by_node = brute_force(towards, as_points(mode.network), there, walk_kph=3.0)
    by_point = brute_force(towards, here, there, walk_kph=3.0)
    on_edges = EdgePoints(here, mode.network.n_edges)
    seen = set()
    for position, area in search(there, limit_s):
        seen.add(position)
        expected = by_node[:, position]
        assert sorted(area.node) == np.flatnonzero(expected <= limit_s).tolist()
        assert area.node_s == pytest.approx(expected[area.node], abs=1e-3)
        place, seconds = area.times(on_edges, 3.0)
        times = np.full(len(here.edge), np.inf)
        times[on_edges.point[place]] = seconds
        within = by_point[:, position] <= limit_s
        assert times[within] == pytest.approx(by_point[within, position], abs=1e-3)
        assert (times[~within] > limit_s - 1e-3).all()
        assert len(np.unique(area.edge)) == len(area.edge)
    assert seen == set(np.flatnonzero(there.on_network))
    if seen:
        merged = one(search, there, limit_s, merged=True)
        best = by_node.min(axis=1)
        assert sorted(merged.node) == np.flatnonzero(best <= limit_s).tolist()
        assert merged.node_s == pytest.approx(best[merged.node], abs=1e-3)


def test_edges_reached_part_way_count_part_way():
    # 4.5 km/h is 75 m a minute; the facility 200 m along a street of 1,000 m, 30 m off it
    mode, _ = network(lines([(0, 0), (1000, 0)], [(0, 0), (0, 400)]))
    snap = Snapper(mode, min_component_m=0)
    area = one(ServiceAreas(mode), snap(points((200, 30))), 600.0)
    length = mode.network.length_m
    assert area.length_m(length, 24.0) == pytest.approx(0)  # that is the walk to the street
    assert area.length_m(length, 24.0 + 80) == pytest.approx(200)
    assert area.length_m(length, 24.0 + 240) == pytest.approx(200 + 300 + 100)
    assert area.length_m(length, 600.0) == pytest.approx(min(200 + 720, 1000) + 400)


def test_a_street_reached_from_both_ends_is_not_counted_twice():
    ring = lines([(0, 0), (300, 0)], [(300, 0), (300, 300)], [(300, 300), (0, 300)], [(0, 300), (0, 0)])
    mode, _ = network(ring)
    area = one(ServiceAreas(mode), Snapper(mode, min_component_m=0)(points((0, 0))), 3600.0)
    assert area.length_m(mode.network.length_m, 3600.0) == pytest.approx(1200)
    assert area.length_m(mode.network.length_m, 400.0) == pytest.approx(1000)


def test_the_way_to_and_the_way_from_differ_on_one_way_streets():
    ring = lines([(0, 0), (1000, 0)], [(1000, 0), (1000, 1000)], [(1000, 1000), (0, 0)])
    mode, _ = network(ring, 36.0, 0.0)
    there = Snapper(mode, min_component_m=0)(points((500, 0)))
    corner = {tuple(xy): k for k, xy in enumerate(mode.network.nodes)}
    for outward, near, seconds in ((False, (0, 0), 50), (True, (1000, 0), 50)):
        area = one(ServiceAreas(mode, outward=outward), there, 60.0)
        assert area.node.tolist() == [corner[near]]
        assert area.node_s == pytest.approx([seconds])


def test_the_limit_is_included():
    mode, _ = network(lines([(0, 0), (75, 0)], [(75, 0), (150, 0)]))
    there = Snapper(mode, min_component_m=0)(points((0, 0)))
    assert one(ServiceAreas(mode), there, 60.0).node_s.tolist() == [0.0, 60.0]
    assert one(ServiceAreas(mode), there, 59.99).node_s.tolist() == [0.0]


def test_a_facility_off_the_network_reaches_nothing():
    mode, _ = network(lines([(0, 0), (1000, 0)]))
    there = Snapper(mode, min_component_m=0)(np.array([*points((0, 900), (10, 10)), None], dtype=object))
    search = ServiceAreas(mode)
    assert [position for position, _ in search(there, 600.0)] == [1]
    assert list(search(Snapper(mode)(points((0, 900))), 600.0, merged=True)) == []


def test_walking_speed_must_be_above_zero():
    with pytest.raises(ParameterError):
        ServiceAreas(network(lines([(0, 0), (9, 0)]))[0], walk_kph=0)
