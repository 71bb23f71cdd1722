"""The routable network: nodes where roads meet, edges between them, seconds along each edge.

Topology and travel time are kept apart. A :class:`RoadNetwork` is built once from the lines; an
:class:`Impedance` puts one mode's speeds on it. Both are frozen and hold arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo.errors import NetworkError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NODE_TOLERANCE_M = 0.05
"""Line ends nearer than this are one node: storing degrees with seven decimals moves them by 1 cm."""

TICK_S = 2.0**-20
"""Times are whole multiples of this (a microsecond): sums are then exact in any order, and ties are ties."""


@dataclass(frozen=True)
class RoadNetwork:
    """Nodes in Morton order (neighbours on the ground lie near in memory) and undirected edges.

    Attributes
    ----------
    nodes : ndarray, shape (n, 2)
        Metres.
    tail, head : ndarray, shape (m,)
        Node at the begin and the end of each edge, in the direction of its line.
    length_m : ndarray, shape (m,)
    line : ndarray of LineString, shape (m,)
        What points snap to.
    road : ndarray, shape (m,)
        Position of the input line that the edge is a piece of.
    """

    nodes: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    line: NDArray[Any]
    road: Ints

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    @property
    def n_edges(self) -> int:
        """Number of undirected edges."""
        return len(self.tail)

    @classmethod
    def from_lines(cls, lines: ArrayLike) -> RoadNetwork:
        """Network of lines that meet at shared vertices.

        Lines are joined where they share a vertex, at an end or on the way, as in OpenStreetMap;
        lines that merely cross (a bridge over a road) are not.

        Parameters
        ----------
        lines
            LineStrings in a metric coordinate system, shape (k,).

        Returns
        -------
        RoadNetwork
            Edges keep the order of the lines.

        Raises
        ------
        NetworkError
            When no line has any length.
        """
        shapes = np.asarray(lines, dtype=object)
        xy, owner = shapely.get_coordinates(shapes, return_index=True)
        repeated = np.r_[False, (owner[1:] == owner[:-1]) & (np.diff(xy, axis=0) == 0).all(axis=1)][: len(xy)]
        xy, owner = xy[~repeated], owner[~repeated]
        if len(xy) < 2 or not (owner[1:] == owner[:-1]).any():
            msg = "道路图层里没有可用的线，无法建立路网；请装入道路 (no usable lines among the roads; load roads first)"
            raise NetworkError(msg)
        last = np.r_[owner[1:] != owner[:-1], True]
        first = np.r_[True, last[:-1]]
        vertex, node_xy = _merge_vertices(np.ascontiguousarray(xy), first | last)
        is_node = (np.bincount(vertex, minlength=len(node_xy)) > 1)[vertex] | first | last
        start, stop = _pieces(is_node, first, last)
        length = _piece_lengths(xy, start, stop)
        start, stop, length = start[length > 0], stop[length > 0], length[length > 0]
        rank, nodes = _morton_order(node_xy, np.concatenate([vertex[start], vertex[stop]]))
        return cls(
            nodes=nodes,
            tail=rank[vertex[start]],
            head=rank[vertex[stop]],
            length_m=length,
            line=_piece_lines(xy, start, stop),
            road=owner[start].astype(np.int64),
        )

    def impedance(self, forward_kph: ArrayLike, backward_kph: ArrayLike) -> Impedance:
        """Travel time of one mode.

        Parameters
        ----------
        forward_kph, backward_kph
            Speed along and against each edge's line, shape (m,), km/h; 0 or NaN where the mode may
            not pass in that direction.

        Raises
        ------
        NetworkError
            When a speed is negative or infinite.
        """
        seconds = []
        for kph in (forward_kph, backward_kph):
            speed = np.broadcast_to(np.asarray(kph, dtype=np.float64), self.length_m.shape)
            if np.isinf(speed).any() or (speed < 0).any():
                msg = "车速必须是不小于 0 的数 (speeds must be finite and not negative)"
                raise NetworkError(msg)
            with np.errstate(divide="ignore", invalid="ignore"):
                along = np.maximum(to_ticks(self.length_m * 3.6 / speed), TICK_S)
            seconds.append(np.where(speed > 0, along, np.inf))
        return Impedance(self, *seconds)


@dataclass(frozen=True)
class Impedance:
    """Seconds along and against every edge of a network for one mode; ``inf`` where it may not pass."""

    network: RoadNetwork
    forward_s: Floats
    backward_s: Floats

    @cached_property
    def usable(self) -> Bools:
        """Edges that the mode may pass in at least one direction, shape (m,)."""
        return np.isfinite(self.forward_s) | np.isfinite(self.backward_s)

    @cached_property
    def outward(self) -> csr_array:
        """Arcs from a node to the nodes that are reached from it, seconds; shape (n, n)."""
        return _compressed(self, reverse=False)

    @cached_property
    def inward(self) -> csr_array:
        """The same arcs reversed: searched from a facility, times *to* the facility come out."""
        return _compressed(self, reverse=True)

    @cached_property
    def opposite(self) -> Impedance:
        """The same mode with every direction turned about: times *to* a point become times *from* it."""
        return Impedance(self.network, self.backward_s, self.forward_s)

    @cached_property
    def joined(self) -> Ints:
        """Number of the piece of network that each node lies in, whatever the directions; shape (n,)."""
        return connected_components(self.outward, directed=True, connection="weak")[1].astype(np.int64)

    @cached_property
    def component_length_m(self) -> Floats:
        """Length of the strongly connected component that each edge lies in, shape (m,), metres.

        Zero for edges that the mode may not use and for one-way edges that lead out of one
        component into another: whoever starts there could not come back.
        """
        net = self.network
        _, label = connected_components(self.outward, directed=True, connection="strong")
        within = self.usable & (label[net.tail] == label[net.head])
        total = np.bincount(label[net.tail[within]], net.length_m[within], minlength=net.n_nodes)
        return np.where(within, total[label[net.tail]], 0.0)


def to_ticks(seconds: Floats) -> Floats:
    """``seconds`` rounded to whole ticks; infinite stays infinite."""
    return np.round(seconds / TICK_S) * TICK_S


def _merge_vertices(xy: Floats, is_end: Bools) -> tuple[Ints, Floats]:
    """Number of the distinct place of every vertex, and the places; line ends that nearly touch are one."""
    places, first, vertex = np.unique(xy.view(np.complex128)[:, 0], return_index=True, return_inverse=True)
    ends = np.unique(vertex[is_end])
    close = KDTree(xy[first[ends]]).query_pairs(NODE_TOLERANCE_M, output_type="ndarray")
    if len(close):
        a, b = ends[close].T
        n = len(places)
        _, group = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
        _, keeper = np.unique(group, return_index=True)
        return group[vertex].astype(np.int64), xy[first[keeper]]
    return vertex.astype(np.int64), xy[first]


def _pieces(is_node: Bools, first: Bools, last: Bools) -> tuple[Ints, Ints]:
    """First and last vertex of each piece between two nodes of one line."""
    at = np.flatnonzero(is_node)
    starts = at[~last[at]]
    stops = at[~first[at]]
    return starts, stops


def _piece_lengths(xy: Floats, start: Ints, stop: Ints) -> Floats:
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    length: Floats = along[stop] - along[start]
    return length


def _piece_lines(xy: Floats, start: Ints, stop: Ints) -> NDArray[Any]:
    count = stop - start + 1
    owner = np.repeat(np.arange(len(start)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    lines: NDArray[Any] = shapely.linestrings(xy[np.repeat(start, count) + offset], indices=owner)
    return lines


def _morton_order(places: Floats, ends: Ints) -> tuple[Ints, Floats]:
    """Rank of every place that ends an edge, along a Z-shaped curve, and the places in that order."""
    used = np.unique(ends)
    xy = places[used]
    span = max(float(np.ptp(xy, axis=0).max()), 1.0)
    cell = ((xy - xy.min(axis=0)) / span * 65535).astype(np.uint64)
    code = _spread(cell[:, 0]) | (_spread(cell[:, 1]) << np.uint64(1))
    order = np.argsort(code, kind="stable")
    rank = np.full(len(places), -1, dtype=np.int64)
    rank[used[order]] = np.arange(len(used))
    return rank, xy[order]


def _spread(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bits of 16-bit numbers with a gap after each."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        x = (x | (x << np.uint64(shift))) & np.uint64(mask)
    return x


def _compressed(impedance: Impedance, *, reverse: bool) -> csr_array:
    """Compressed rows of one arc for each ordered pair of nodes, the quickest of parallel edges."""
    net = impedance.network
    ahead, back = np.isfinite(impedance.forward_s), np.isfinite(impedance.backward_s)
    source = np.concatenate([net.tail[ahead], net.head[back]])
    target = np.concatenate([net.head[ahead], net.tail[back]])
    seconds = np.concatenate([impedance.forward_s[ahead], impedance.backward_s[back]])
    if reverse:
        source, target = target, source
    arc = source * net.n_nodes + target
    order = np.lexsort((seconds, arc))
    first = np.r_[True, np.diff(arc[order]) != 0] if len(order) else np.zeros(0, bool)
    order = order[first & (source[order] != target[order])]
    counts = np.bincount(source[order], minlength=net.n_nodes)
    indptr = np.r_[0, np.cumsum(counts)].astype(np.int32)
    return csr_array((seconds[order], target[order].astype(np.int32), indptr), shape=(net.n_nodes, net.n_nodes))
