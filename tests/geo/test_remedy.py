"""What would close a gap: places to try, and islands, against brute force."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import lines, points, random_streets

from geo.network import RoadNetwork
from geo.remedy import members_to_try, metres_to_network
from geo.snap import Snapper


def ask(streets, where, facilities, ahead=36.0, back=36.0):
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    mode = net.impedance(on(ahead), on(back))
    snap = Snapper(mode, min_component_m=0)
    return mode, snap(where), snap(facilities)


def test_every_member_is_tried_while_they_are_few():
    assert members_to_try(np.array([1, 0, 1, 1]), at_most=3).tolist() == [0, 1, 2, 3]
    assert members_to_try(np.array([], dtype=int), at_most=3).tolist() == []


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 9))
def test_of_many_some_are_tried_spread_over_the_group(groups, at_most):
    group = np.array(groups, dtype=int)
    tried = members_to_try(group, at_most=at_most)
    for k in set(groups):
        members = np.flatnonzero(group == k)
        chosen = [int(np.flatnonzero(members == m)[0]) for m in tried if group[m] == k]
        assert chosen[0] == 0
        assert len(chosen) <= at_most
        assert len(chosen) == len(members) or len(chosen) * 2 > at_most
        assert len(set(np.diff(chosen))) <= 1


def test_an_island_is_as_far_as_its_nearest_road():
    streets = lines([(0, 0), (1000, 0)], [(0, 300), (0, 120)], [(0, 300), (500, 300)], [(0, 9000), (500, 9000)])
    mode, here, there = ask(
        streets, points((500, 0), (400, 310), (100, 9000), (100, 5000)), points((0, 0)))
    assert metres_to_network(mode, here, there).tolist() == pytest.approx([np.nan, 120, 9000, np.nan], nan_ok=True)


def test_a_bridge_is_no_junction():
    streets = lines([(0, 0), (1000, 0)], [(500, -300), (500, 300)])
    mode, here, there = ask(streets, points((500, 250)), points((0, 0)))
    assert metres_to_network(mode, here, there).tolist() == [0.0]


def test_without_a_facility_there_is_no_network_to_join():
    mode, here, _ = ask(lines([(0, 0), (1000, 0)]), points((500, 0)), points((0, 0)))
    nobody = Snapper(mode, min_component_m=0)(points())
    assert metres_to_network(mode, here, nobody).tolist() == [np.inf]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_islands_agree_with_pairwise_distances(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=40)
    mode, here, there = ask(streets, points(*rng.uniform(0, 3000, (20, 2))), points(*rng.uniform(0, 3000, (2, 2))),
                            ahead, back)
    net = mode.network
    graph = nx.Graph()
    usable = np.flatnonzero((mode.forward_s < np.inf) | (mode.backward_s < np.inf))
    graph.add_edges_from((int(net.tail[e]), int(net.head[e]), {"e": e}) for e in usable)
    pieces = [[e for e in usable if int(net.tail[e]) in nodes] for nodes in nx.connected_components(graph)]
    served = [e for piece in pieces if set(piece) & set(there.edge) for e in piece]
    found = metres_to_network(mode, here, there)
    for k, edge in enumerate(here.edge):
        if edge < 0 or edge in served:
            assert np.isnan(found[k])
            continue
        own = next(piece for piece in pieces if edge in piece)
        apart = min((net.line[a].distance(net.line[b]) for a in own for b in served), default=np.inf)
        assert found[k] == pytest.approx(apart)
