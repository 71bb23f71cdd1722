"""Small networks, and the slow and obvious way to answer the same questions."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import shapely

from geo.network import Impedance


def lines(*coordinates):
    """LineStrings from lists of (x, y)."""
    return np.array([shapely.LineString(c) for c in coordinates], dtype=object)


def points(*coordinates):
    """Points from (x, y)."""
    return np.array([shapely.Point(c) for c in coordinates], dtype=object)


def random_streets(rng: np.random.Generator, n: int = 60, extent: float = 3000.0):
    """Straight lines between random places, some one-way, some closed, in several components."""
    places = rng.uniform(0, extent, (n, 2))
    pairs = set()
    for a in range(n):
        near = np.argsort(np.hypot(*(places - places[a]).T))[1:5]
        pairs |= {(min(a, int(b)), max(a, int(b))) for b in near if rng.random() < 0.6}
    order = sorted(pairs)
    ahead = rng.choice([0.0, 20.0, 30.0, 50.0], len(order), p=[0.1, 0.3, 0.3, 0.3])
    back = np.where(rng.random(len(order)) < 0.3, 0.0, ahead)
    return lines(*[(places[a], places[b]) for a, b in order]), ahead, back


def brute_force(impedance: Impedance, origins, facilities, walk_kph: float) -> np.ndarray:
    """Seconds from every origin to every facility: each a node of its own on a split edge (networkx)."""
    net = impedance.network
    graph = nx.MultiDiGraph()
    on_edge: dict[int, list[tuple[float, object]]] = {}
    for kind, snapped in (("o", origins), ("f", facilities)):
        for k, (edge, fraction) in enumerate(zip(snapped.edge, snapped.fraction, strict=True)):
            if edge >= 0:
                on_edge.setdefault(int(edge), []).append((float(fraction), (kind, k)))
    for e in range(net.n_edges):
        stops = [(0.0, ("n", int(net.tail[e]))), *sorted(on_edge.get(e, [])), (1.0, ("n", int(net.head[e])))]
        for (f0, a), (f1, b) in itertools.pairwise(stops):
            for u, v, pace in ((a, b, impedance.forward_s[e]), (b, a, impedance.backward_s[e])):
                if np.isfinite(pace):
                    graph.add_edge(u, v, weight=pace * (f1 - f0))
                elif f1 == f0:
                    graph.add_edge(u, v, weight=0.0)
    out = np.full((len(origins.edge), len(facilities.edge)), np.inf)
    for j in np.flatnonzero(facilities.edge >= 0):
        if ("f", int(j)) not in graph:
            continue
        times = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), ("f", int(j)))
        for i in np.flatnonzero(origins.edge >= 0):
            if ("o", int(i)) in times:
                walk = (origins.access_m[i] + facilities.access_m[j]) * 3.6 / walk_kph
                out[i, j] = times[("o", int(i))] + walk
    return out
