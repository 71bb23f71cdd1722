"""Cutting lines where they meet, and keeping what each piece was cut from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from data.demo.grid import Bools, Floats, Ints, Objects

PRECISION_M = 0.1
PRECEDENCE = ("trunk", "county", "arterial", "township", "street", "village", "lane", "track", "path")
"""Of lines that run together, the piece takes the class named first here."""


class Topology(NamedTuple):
    """First and last node of every edge, and the places of the nodes, shape (n, 2)."""

    start: Ints
    end: Ints
    places: Floats

    @property
    def degree(self) -> Ints:
        """Number of edge ends at each node."""
        return np.bincount(np.r_[self.start, self.end], minlength=len(self.places))

    def components(self, without: Bools | None = None) -> Ints:
        """Number of the component of each node, ``without`` some of the edges."""
        count = len(self.places)
        kept = np.ones(len(self.start), dtype=bool) if without is None else ~without
        ends = self.start[kept], self.end[kept]
        graph = sp.csr_matrix((np.ones(len(ends[0])), ends), shape=(count, count))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of the road network in projected metres.

    ``kind`` is the class, ``route`` a named road (-1: none), ``hamlet`` whose lane it is (-1: none),
    ``oneway`` the one-way street that it was cut from (-1: none).
    """

    lines: Objects
    kind: Objects
    route: Ints
    hamlet: Ints
    oneway: Ints

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, keep: Bools | Ints) -> Edges:
        """Some of the edges."""
        return Edges(self.lines[keep], self.kind[keep], self.route[keep], self.hamlet[keep], self.oneway[keep])

    def topology(self) -> Topology:
        """Which edges meet: those whose ends are the same to the network's precision."""
        ends = np.r_[shapely.get_coordinates(shapely.get_point(self.lines, 0)),
                     shapely.get_coordinates(shapely.get_point(self.lines, -1))]
        steps = np.round(ends / PRECISION_M).astype(np.int64)
        _, first, node = np.unique(steps @ [1 << 32, 1], return_index=True, return_inverse=True)
        return Topology(node[:len(self)], node[len(self):], ends[first])

    def middles(self) -> Floats:
        """Half-way points, shape (n, 2)."""
        return shapely.get_coordinates(shapely.line_interpolate_point(self.lines, 0.5, normalized=True))


def noded(sources: Edges) -> Edges:
    """The same roads cut wherever they meet or cross, on a grid of a decimetre."""
    parts, origin = shapely.get_parts(sources.lines, return_index=True)
    usable = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0.5)
    lines = shapely.set_precision(parts[usable], PRECISION_M)
    origin = origin[usable]
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=PRECISION_M))
    pieces = pieces[shapely.length(pieces) > 0]
    precedence = np.array([PRECEDENCE.index(kind) for kind in sources.kind])[origin]
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, line = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=0.35)
    order = np.lexsort((line, precedence[line], piece))
    piece, line = piece[order], line[order]
    best = np.r_[True, piece[1:] != piece[:-1]]
    cut = sources.take(origin[line[best]])
    return Edges(pieces[piece[best]], cut.kind, cut.route, cut.hamlet, cut.oneway)


def without_stubs(edges: Edges, built_up: BaseGeometry) -> Edges:
    """Loops, crumbs, short ends of streets and ends of country roads inside towns taken away."""
    for _ in range(3):
        topology = edges.topology()
        degree, length = topology.degree, shapely.length(edges.lines)
        dangling = (degree[topology.start] == 1) | (degree[topology.end] == 1)
        minor = np.isin(edges.kind, ["village", "track", "path", "township"])
        stub = (length < 9) | ((edges.kind == "street") & (length < 75))
        stub[minor & dangling] |= shapely.contains(built_up, edges.lines[minor & dangling])
        edges = edges.take(~((dangling & stub) | (topology.start == topology.end)))
    return edges
