"""Topology, travel time and components of the network."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import lines, random_streets

from geo.errors import NetworkError
from geo.network import RoadNetwork


def both_ways(network, kph=36.0):
    return network.impedance(np.full(network.n_edges, kph), np.full(network.n_edges, kph))


def test_lines_meet_at_shared_vertices_and_only_there():
    cross = lines([(0, 0), (100, 0)], [(50, -50), (50, 50)])
    assert RoadNetwork.from_lines(cross).n_edges == 2  # a bridge
    shared = lines([(0, 0), (50, 0), (100, 0)], [(50, -50), (50, 0), (50, 50)])
    net = RoadNetwork.from_lines(shared)
    assert (net.n_edges, net.n_nodes) == (4, 5)
    assert net.road.tolist() == [0, 0, 1, 1]
    assert net.length_m.tolist() == [50, 50, 50, 50]
    t_junction = lines([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 50)])
    assert RoadNetwork.from_lines(t_junction).n_edges == 3


def test_ends_a_centimetre_apart_are_one_node_wherever_they_lie():
    for x in np.linspace(100.0, 100.1, 23):
        net = RoadNetwork.from_lines(lines([(0, 0), (x, 0)], [(x + 0.012, 0.01), (200, 0)]))
        assert (net.n_nodes, net.n_edges) == (3, 2)
    apart = RoadNetwork.from_lines(lines([(0, 0), (100, 0)], [(100.2, 0), (200, 0)]))
    assert apart.n_nodes == 4


def test_loops_repeated_vertices_and_points_on_the_way():
    net = RoadNetwork.from_lines(lines([(0, 0), (0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], [(0, 0), (-5, 0)]))
    assert net.n_edges == 2
    assert sorted(net.length_m.tolist()) == [5, 40]
    assert net.tail[0] == net.head[0]
    figure_eight = RoadNetwork.from_lines(lines([(0, 0), (10, 10), (10, -10), (0, 0), (-10, 10), (-10, -10), (0, 0)]))
    assert (figure_eight.n_nodes, figure_eight.n_edges) == (1, 2)


@pytest.mark.parametrize("given", [[], [shapely.LineString([(1, 1), (1, 1)])], [None]])
def test_no_usable_line_is_an_error(given):
    with pytest.raises(NetworkError, match="道路"):
        RoadNetwork.from_lines(np.array(given, dtype=object))


def test_speeds():
    net = RoadNetwork.from_lines(lines([(0, 0), (1000, 0)]))
    mode = net.impedance([36.0], [0.0])
    assert mode.forward_s.tolist() == [100.0]
    assert mode.backward_s.tolist() == [np.inf]
    assert net.impedance([np.nan], [np.nan]).usable.tolist() == [False]
    for wrong in (-1.0, np.inf):
        with pytest.raises(NetworkError):
            net.impedance([wrong], [36.0])


def test_parallel_edges_keep_the_quicker():
    net = RoadNetwork.from_lines(lines([(0, 0), (100, 0)], [(0, 0), (50, 80), (100, 0)]))
    mode = net.impedance([10.0, 100.0], [10.0, 0.0])
    quick = net.length_m[1] * 3.6 / 100
    assert sorted(mode.outward.data.tolist()) == pytest.approx(sorted([min(36.0, quick), 36.0]))
    assert (mode.outward.toarray() == mode.inward.toarray().T).all()


def test_component_length_knows_one_way_streets():
    # a two-way loop of 300 m, a one-way street into a two-way stub of 50 m
    net = RoadNetwork.from_lines(
        lines([(0, 0), (100, 0), (100, 100), (0, 0)], [(100, 0), (200, 0)], [(200, 0), (250, 0)])
    )
    kph = np.full(net.n_edges, 36.0)
    back = np.where(net.road == 1, 0.0, 36.0)
    length = net.impedance(kph, back).component_length_m
    loop = net.length_m[net.road == 0].sum()
    assert length[net.road == 0] == pytest.approx(loop)
    assert (length[net.road == 1] == 0).all()
    assert length[net.road == 2] == pytest.approx(50)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_graph_equals_networkx(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=25)
    net = RoadNetwork.from_lines(streets)
    mode = net.impedance(ahead[net.road], back[net.road])
    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.n_nodes))
    for e in range(net.n_edges):
        for u, v, s in ((net.tail[e], net.head[e], mode.forward_s[e]), (net.head[e], net.tail[e], mode.backward_s[e])):
            if np.isfinite(s):
                graph.add_edge(
                    int(u), int(v), weight=min(s, graph.get_edge_data(int(u), int(v), {"weight": np.inf})["weight"])
                )
    assert mode.outward.nnz == graph.number_of_edges()
    parts = {frozenset(c) for c in nx.strongly_connected_components(graph)}
    part_of = {node: part for part in parts for node in part}
    for e in range(net.n_edges):
        u, v = int(net.tail[e]), int(net.head[e])
        if not mode.usable[e] or part_of[u] is not part_of[v]:
            assert mode.component_length_m[e] == 0
        else:
            total = sum(
                net.length_m[k]
                for k in range(net.n_edges)
                if mode.usable[k] and part_of[int(net.tail[k])] is part_of[u] is part_of[int(net.head[k])]
            )
            assert mode.component_length_m[e] == pytest.approx(total)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_whole_lines_and_pieces_give_the_same_network(seed):
    """Splitting a line at its own vertices changes no length and no connection."""
    rng = np.random.default_rng(seed)
    grid = rng.integers(0, 6, (12, 4, 2)).astype(float) * 100
    whole = [shapely.LineString(g) for g in grid if len(np.unique(g, axis=0)) > 1]
    pieces = [
        shapely.LineString(pair)
        for w in whole
        for pair in zip(w.coords[:-1], w.coords[1:], strict=True)
        if pair[0] != pair[1]
    ]
    a, b = RoadNetwork.from_lines(whole), RoadNetwork.from_lines(pieces)
    assert a.length_m.sum() == pytest.approx(b.length_m.sum())
    ga, gb = both_ways(a).outward, both_ways(b).outward
    na, nb = nx.from_scipy_sparse_array(ga), nx.from_scipy_sparse_array(gb)
    where = {tuple(xy): k for k, xy in enumerate(b.nodes)}
    assert all(tuple(xy) in where for xy in a.nodes)
    assert nx.number_connected_components(na) == nx.number_connected_components(nb)
    dist = dict(nx.all_pairs_dijkstra_path_length(na))
    other = dict(nx.all_pairs_dijkstra_path_length(nb))
    for u, row in dist.items():
        for v, d in row.items():
            assert d == pytest.approx(other[where[tuple(a.nodes[u])]][where[tuple(a.nodes[v])]])
