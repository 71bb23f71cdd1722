"""Length of the quickest way, against brute force that counts seconds first and metres second."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import lines, points, random_streets

from geo.catchment import nearest_facility
from geo.detour import way_lengths
from geo.network import TICK_S, RoadNetwork, to_ticks
from geo.snap import Snapper

_FIRST = 10**12
"""A tick outweighs any number of micrometres that a way may have."""


def ask(streets, where, facilities, ahead=36.0, back=36.0, **options):
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    mode = net.impedance(on(ahead), on(back))
    snap = Snapper(mode, min_component_m=0, **options)
    return mode, snap(where), snap(facilities)


def lengths(mode, origins, facilities, walk_kph=4.5):
    nearest = nearest_facility(mode, origins, facilities, walk_kph=walk_kph)
    return way_lengths(mode, origins, facilities, nearest, walk_kph=walk_kph), nearest


def quickest_then_shortest(mode, origins, facilities, walk_kph):
    """Metres of the shortest of the quickest ways to the facility that is nearest: exact integers in networkx."""
    net = mode.network
    graph = nx.DiGraph()

    def arc(u, v, seconds, metres):
        if np.isfinite(seconds):
            weight = round(float(to_ticks(np.float64(seconds))) / TICK_S) * _FIRST + round(metres * 1e6)
            if weight < graph.get_edge_data(u, v, {"weight": np.inf})["weight"]:
                graph.add_edge(u, v, weight=weight)

    for e in range(net.n_edges):
        arc(("n", net.tail[e]), ("n", net.head[e]), mode.forward_s[e], net.length_m[e])
        arc(("n", net.head[e]), ("n", net.tail[e]), mode.backward_s[e], net.length_m[e])
    for kind, snapped in (("o", origins), ("f", facilities)):
        for k in np.flatnonzero(snapped.on_network):
            e, f = snapped.edge[k], snapped.fraction[k]
            walk_s, walk_m = snapped.access_s(walk_kph)[k], snapped.access_m[k]
            for end, pace, share in (
                (net.head[e], (mode.forward_s, mode.backward_s)[kind == "f"][e], 1 - f),
                (net.tail[e], (mode.backward_s, mode.forward_s)[kind == "f"][e], f),
            ):
                seconds = (0.0 if share == 0 else float(to_ticks(pace * share))) + walk_s
                ends = (("n", end), (kind, k))
                arc(*(ends if kind == "f" else ends[::-1]), seconds, share * net.length_m[e] + walk_m)
    for i, j in itertools.product(np.flatnonzero(origins.on_network), np.flatnonzero(facilities.on_network)):
        if origins.edge[i] == facilities.edge[j]:
            e, ahead = origins.edge[i], facilities.fraction[j] - origins.fraction[i]
            pace = mode.forward_s[e] if ahead >= 0 else mode.backward_s[e]
            ride = 0.0 if ahead == 0 else float(to_ticks(pace * abs(ahead)))
            seconds = ride + origins.access_s(walk_kph)[i] + facilities.access_s(walk_kph)[j]
            arc(("o", i), ("f", j), seconds,
                abs(ahead) * net.length_m[e] + origins.access_m[i] + facilities.access_m[j])
    out = np.full(len(origins.edge), np.inf)
    for i in np.flatnonzero(origins.on_network):
        if ("o", i) not in graph:
            continue
        found = nx.single_source_dijkstra_path_length(graph, ("o", i))
        ways = [(found["f", j] // _FIRST, j, found["f", j] % _FIRST) for j in range(len(facilities.edge))
                if ("f", j) in found]
        if ways:
            out[i] = min(ways)[2] / 1e6
    return out


def test_by_hand():
    # a kilometre of street, then the facility 40 m off it; whoever lives beside the street walks 30 m to it
    metres, _ = lengths(*ask(lines([(0, 0), (2000, 0)]), points((500, 30), (1500, 10)), points((1500, 40))))
    assert metres == pytest.approx([30 + 1000 + 40, 10 + 40])


def test_the_quickest_way_may_be_the_longer_one():
    # straight on 1,000 m at 10 km/h, or 3 × 1,000 m round the block at 60 km/h
    streets = lines([(0, 0), (1000, 0)], [(0, 0), (0, 1000), (1000, 1000), (1000, 0)])
    mode, here, there = ask(streets, points((0, 0)), points((1000, 0)), ahead=[10, 60], back=[10, 60])
    assert lengths(mode, here, there)[0] == pytest.approx([3000])


def test_of_equally_quick_ways_the_shortest_counts():
    # 1,000 m at 20 km/h and 2,000 m round at 40 km/h both take 180 s
    streets = lines([(0, 0), (1000, 0)], [(0, 0), (0, 500), (1000, 500), (1000, 0)])
    mode, here, there = ask(streets, points((0, 0)), points((1000, 0)), ahead=[20, 40], back=[20, 40])
    metres, nearest = lengths(mode, here, there)
    assert nearest.seconds == pytest.approx([180])
    assert metres == pytest.approx([1000])


def test_the_way_leads_to_the_facility_that_was_told():
    # two facilities equally near by time, the second by a shorter way: the first one counts
    streets = lines([(0, 0), (-1000, 0)], [(0, 0), (500, 0)])
    mode, here, there = ask(streets, points((0, 0)), points((-1000, 0), (500, 0)), ahead=[40, 20], back=[40, 20])
    metres, nearest = lengths(mode, here, there)
    assert nearest.facility.tolist() == [0]
    assert metres == pytest.approx([1000])


def test_nobody_s_way_has_a_length_where_there_is_none():
    streets = lines([(0, 0), (1000, 0)], [(0, 5000), (1000, 5000)])
    mode, here, there = ask(streets, points((500, 0), (500, 5000), (500, 9000)), points((0, 0)))
    assert lengths(mode, here, there)[0].tolist() == [500, np.inf, np.inf]
    nobody = Snapper(mode, min_component_m=0)(points())
    assert lengths(mode, here, nobody)[0].tolist() == [np.inf] * 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 12]))
def test_agrees_with_brute_force(seed, n_facilities):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng)
    where, facilities = (points(*rng.uniform(-100, 3100, (n, 2))) for n in (40, n_facilities))
    mode, here, there = ask(streets, where, facilities, ahead, back)
    metres, nearest = lengths(mode, here, there)
    assert metres == pytest.approx(quickest_then_shortest(mode, here, there, 4.5), abs=1e-3)
    connected = nearest.facility >= 0
    assert (np.isfinite(metres) == connected).all()
    straight = [where[i].distance(facilities[nearest.facility[i]]) for i in np.flatnonzero(connected)]
    assert (metres[connected] >= np.array(straight) - 1e-6).all()


def test_agrees_on_a_grid_full_of_ties():
    xs = range(0, 600, 100)
    streets = lines(*[[(x, y) for x in xs] for y in xs], *[[(x, y) for y in xs] for x in xs])
    rng = np.random.default_rng(1)
    kph = rng.choice([15.0, 30.0], len(streets))
    where = points(*itertools.product(range(0, 501, 50), range(0, 501, 100)))
    mode, here, there = ask(streets, where, points((100, 100), (400, 300), (250, 500), (500, 0)), kph, kph)
    assert lengths(mode, here, there)[0] == pytest.approx(quickest_then_shortest(mode, here, there, 4.5), abs=1e-3)
