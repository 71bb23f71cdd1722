"""The road network: lines of every kind cut into edges, with cut-off hamlets and one-way streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from data.demo.grid import Bools, Floats, Ints
from data.demo.hamlets import CLEARING_M, Hamlets, Lanes
from data.demo.junctions import merged, staggered
from data.demo.noding import Edges, Topology, noded, without_stubs
from data.demo.randomness import Step, stream
from data.demo.roads import RoadLines
from data.demo.streets import Streets

LEAST_M = 1000.0
"""Length of the roads of an island: enough to be a network of its own."""


@dataclass(frozen=True, slots=True)
class Network:
    """Edges, how they meet, the component of every node (``giant`` is the largest), direction of one-ways.

    ``direction`` is 1 where motor vehicles must follow the line, -1 against it, 0 where both ways are open.
    """

    edges: Edges
    topology: Topology
    component: Ints
    giant: int
    direction: Ints


def make_network(roads: RoadLines, streets: Streets, lanes: Lanes, hamlets: Hamlets, centres: Floats, islands: int,
                 seed: int) -> Network:
    """Join the lines of roads, streets and lanes into one network with so many islands."""
    built_up = shapely.union_all(list(streets.built_up))
    edges = noded(_sources(roads, streets, lanes, built_up))
    edges = _with_gaps(edges, centres[0], stream(seed, Step.STREET_GAPS))
    edges = without_stubs(edges, built_up)
    edges = staggered(merged(edges), stream(seed, Step.JUNCTIONS))
    edges = merged(_cut_off(edges, hamlets, centres, islands))
    topology = edges.topology()
    component = topology.components()
    giant = int(np.bincount(component).argmax())
    return Network(edges, topology, component, giant, _directions(edges, topology, streets))


def _sources(roads: RoadLines, streets: Streets, lanes: Lanes, built_up: BaseGeometry) -> Edges:
    """All lines as they were drawn; small country roads give way to the streets inside towns."""
    core = built_up.buffer(-70)
    shapely.prepare(core)
    small = np.isin(roads.kind, ["village", "track", "path"])
    gone = (small | (roads.kind == "township")) & shapely.contains(core, roads.lines)
    lines = roads.lines.copy()
    cut = small & ~gone & shapely.intersects(core, lines)
    lines[cut] = shapely.difference(lines[cut], core)
    lines, kind, route = lines[~gone], roads.kind[~gone], roads.route[~gone]
    count, drawn = len(streets.lines), len(lanes.lines)
    return Edges(
        np.r_[lines, streets.lines, lanes.lines],
        np.r_[kind, streets.kind, np.full(drawn, "lane", dtype=object)],
        np.r_[route, np.full(count + drawn, -1)],
        np.r_[np.full(len(lines) + count, -1), lanes.hamlet],
        np.r_[np.full(len(lines), -1), np.where(streets.oneway, np.arange(count), -1), np.full(drawn, -1)],
    )


def _with_gaps(edges: Edges, town: Floats, rng: np.random.Generator) -> Edges:
    """Streets left out block by block, more of them away from the middle of the county town."""
    radius = np.hypot(*(edges.middles() - town).T)
    share = np.clip(0.05 + 0.16 * radius / 2500, 0, 0.26)
    return edges.take(~((edges.kind == "street") & (rng.random(len(edges)) < share)))


def _cut_off(edges: Edges, hamlets: Hamlets, centres: Floats, count: int) -> Edges:
    """Take away every road but its own lanes round ``count`` of the hamlets that could be islands.

    None is taken that would cut off another hamlet as well. What then hangs on neither the great
    network nor on an island of some length is taken away, too.
    """
    topology, tree = edges.topology(), shapely.STRtree(edges.lines)
    greater = ~np.isin(edges.kind, ["village", "track", "path", "lane"])
    gone = np.zeros(len(edges), dtype=bool)
    loose = _off_giant(topology, gone)[topology.start]
    cut: list[int] = []
    for k in np.flatnonzero(hamlets.island).tolist():
        if len(cut) == count:
            break
        near = tree.query(shapely.Point(centres[k]), predicate="dwithin", distance=CLEARING_M)
        strange = near[edges.hamlet[near] != k]
        tried = gone.copy()
        tried[strange] = True
        stranded = _off_giant(topology, tried)[topology.start] & ~tried & ~loose
        others = stranded & (edges.hamlet >= 0) & ~np.isin(edges.hamlet, [*cut, k])
        if greater[strange].any() or others.any() or _longest(edges.take(stranded & (edges.hamlet == k))) < LEAST_M:
            continue
        gone = tried
        cut.append(k)
    edges = edges.take(~gone)
    topology = edges.topology()
    component = topology.components()[topology.start]
    length = np.bincount(component, shapely.length(edges.lines))
    has_island = np.bincount(component, np.isin(edges.hamlet, cut)) > 0
    kept = (length == length.max()) | (has_island & (length >= LEAST_M))
    return edges.take(kept[component])


def _longest(edges: Edges) -> float:
    """Length of the longest component, metres."""
    if not len(edges):
        return 0.0
    topology = edges.topology()
    return float(np.bincount(topology.components()[topology.start], shapely.length(edges.lines)).max())


def _off_giant(topology: Topology, without: Bools) -> Bools:
    """Nodes that do not belong to the largest component."""
    component = topology.components(without)
    return np.asarray(component != np.bincount(component).argmax())


def _directions(edges: Edges, topology: Topology, streets: Streets) -> Ints:
    """Directions of one-way streets; both ways where a one-way would trap a car."""
    direction = np.zeros(len(edges), dtype=np.int64)
    one = np.flatnonzero(edges.oneway >= 0)
    source = streets.lines[edges.oneway[one]]
    first, last = (shapely.get_point(edges.lines[one], k) for k in (0, -1))
    with_line = shapely.line_locate_point(source, first) < shapely.line_locate_point(source, last)
    direction[one] = np.where(with_line, 1, -1)
    trapped = np.zeros(len(edges), dtype=bool)
    for _ in range(3):
        strong = _strong_components(topology, direction)
        trapped = (direction != 0) & (strong[topology.start] != strong[topology.end])
        direction[trapped] = 0
    return direction


def _strong_components(topology: Topology, direction: Ints) -> Ints:
    forward, backward = direction >= 0, direction <= 0
    heads = np.r_[topology.start[forward], topology.end[backward]]
    tails = np.r_[topology.end[forward], topology.start[backward]]
    count = len(topology.places)
    graph = sp.csr_matrix((np.ones(len(heads)), (heads, tails)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], dtype=np.int64)
