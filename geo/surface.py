"""A triangulated surface over a network: ground whose travel time follows from the edges around it.

Its vertices are the nodes, places on long edges, and off-road ground, which is reached on foot from
the nearest road as a household there would be. What lies within a limit is then bounded by lines
across triangles, and a node within the limit is inside them by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from geo.ground import Window, along, off_road, within
from geo.network import Bools, Floats, Ints, RoadNetwork
from geo.service_area import EdgePoints
from geo.snap import Snapped, Snapper

MARGIN_M = 0.25
"""Borders keep this far from the corners of the sides that they cross, or a hundredth of a long side, or two fifths
of a short one: no two crossings fall together, and rounding to a place on the wire puts no node on the other side."""

Corners = NDArray[np.int32]

_LEAVING = np.array([(0, 0, 0), (0, 2, 1), (1, 0, 2), (0, 2, 1), (2, 1, 0), (2, 1, 0), (1, 0, 2), (0, 0, 0)])
"""By which corners are inside (1, 2 and 4 added up): the corners inside and outside at the ends of the side across
which a border with the inside on its left leaves, and the corner opposite that side."""


@dataclass(frozen=True)
class Surface:
    """Vertices and the triangles between them, for the roads of one mode.

    Attributes
    ----------
    xy : ndarray, shape (v, 2)
        Metres: nodes first, then the places of ``ground`` in its order, then what nobody reaches.
    vertex_of_node : ndarray, shape (n_nodes,)
        -1 for nodes that no usable edge ends at.
    ground : EdgePoints
        Places on edges, and off-road ground joined to its edge.
    n_nodes : int
        Number of vertices that are nodes.
    vertices : Snapped
        Every vertex as a point on the network, shape (v,); far corners are infinitely far from a road.
    max_access_m : float
        Ground farther from a road than this is not reached.
    triangles, neighbours : ndarray of int32, shape (3, t)
        Corners turning left, and the triangle opposite each corner, -1 outside.
    """

    xy: Floats
    vertex_of_node: Ints
    ground: EdgePoints
    n_nodes: int
    vertices: Snapped
    max_access_m: float
    triangles: Corners
    neighbours: Corners

    @property
    def n_vertices(self) -> int:
        """Number of vertices."""
        return len(self.xy)

    @classmethod
    def over(cls, snapper: Snapper, *, window: Window | None = None) -> Surface:
        """Surface over the roads of the snapper's mode.

        Parameters
        ----------
        snapper
            Joins off-road ground to roads as it joins households.
        window
            West, south, east, north in metres: only this part, for a search that does not leave it.
        """
        net, usable = snapper.impedance.network, snapper.impedance.usable
        inside = within(net.nodes, window)
        edges = usable & (inside[net.tail] | inside[net.head])
        nodes = np.unique(np.concatenate([net.tail[edges], net.head[edges]]))
        on_road, road_xy = along(snapper, edges)
        aside, aside_xy = off_road(snapper, np.concatenate([net.nodes[nodes], road_xy]), window)
        places = _joined(on_road, aside)
        ground = EdgePoints(places, net.n_edges)
        order = np.concatenate([ground.point, np.flatnonzero(~places.on_network)])
        xy = np.concatenate([net.nodes[nodes], np.concatenate([road_xy, aside_xy])[order]])
        frame = _frame(xy)
        beyond = Snapped(np.full(len(frame), -1), np.full(len(frame), np.nan), np.full(len(frame), np.inf))
        xy = np.concatenate([xy, frame])
        vertex_of_node = np.full(net.n_nodes, -1)
        vertex_of_node[nodes] = np.arange(len(nodes))
        return cls(
            xy,
            vertex_of_node,
            ground,
            len(nodes),
            _joined(_at_nodes(net, edges, nodes), places.take(order), beyond),
            snapper.max_access_m,
            *_triangulated(xy),
        )

    @cached_property
    def triangles_of(self) -> tuple[Ints, Ints]:
        """Triangles around each vertex: begin of each row (v + 1,), and the triangles."""
        corner = self.triangles.T.ravel()
        order = np.argsort(corner, kind="stable")
        return np.searchsorted(corner[order], np.arange(self.n_vertices + 1)), order // 3

    @cached_property
    def node_tree(self) -> shapely.STRtree:
        """The vertices that are nodes, to be looked up by place."""
        return shapely.STRtree(np.asarray(shapely.points(self.xy[: self.n_nodes])))


def side_left(surface: Surface, triangle: Ints, inside: Bools) -> tuple[Ints, Ints, Ints]:
    """The side across which a border leaves each triangle that it crosses, with the inside on its left.

    Parameters
    ----------
    surface
        What the triangles are of.
    triangle
        Triangles with corners on both sides, shape (k,).
    inside
        Which corners are inside, shape (3, k).

    Returns
    -------
    a, b : ndarray, shape (k,)
        The vertices inside and outside at the ends of the side.
    following : ndarray, shape (k,)
        The triangle on the other side of it.
    """
    within, beyond, across = _LEAVING[inside[0] + 2 * inside[1] + 4 * inside[2]].T
    corner, row = surface.triangles[:, triangle], np.arange(len(triangle))
    a, b = corner[within, row].astype(np.int64), corner[beyond, row].astype(np.int64)
    return a, b, surface.neighbours[across, triangle].astype(np.int64)


def crossings(surface: Surface, a: Ints, b: Ints, a_s: Floats, b_s: Floats, limit_s: float, walk_kph: float) -> Floats:
    """Where the limit lies between vertices ``a`` within it and ``b`` beyond, from their times; shape (k, 2).

    Between two known times the time grows evenly; towards a vertex whose time is not known it grows
    as one walks. Ground too far from any road is left out.
    """
    begin, end = surface.xy[a], surface.xy[b]
    away_m = np.hypot(*(end - begin).T)
    left_s, more_s = limit_s - a_s, b_s - a_s
    off_road_m, farther_m = surface.vertices.access_m[a], surface.vertices.access_m[b]
    may_walk_m = surface.max_access_m - off_road_m
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(np.isfinite(more_s), left_s / more_s, left_s * walk_kph / 3.6 / away_m)
        cut = may_walk_m / np.where(np.isfinite(farther_m), farther_m - off_road_m, away_m)
    share = np.where(farther_m > surface.max_access_m, np.minimum(share, cut), share)
    crossing: Floats = begin + kept_apart(share, away_m)[:, None] * (end - begin)
    return crossing


def kept_apart(share: Floats, side_m: Floats) -> Floats:
    """Where a border crosses each side, 0 to 1, kept away from both corners by :data:`MARGIN_M`; shape (k,)."""
    with np.errstate(divide="ignore"):
        margin = np.clip(MARGIN_M / side_m, 0.01, 0.4)
    apart: Floats = np.clip(share, margin, 1 - margin)
    return apart


def _joined(*some: Snapped) -> Snapped:
    return Snapped(
        np.concatenate([part.edge for part in some]),
        np.concatenate([part.fraction for part in some]),
        np.concatenate([part.access_m for part in some]),
    )


def _at_nodes(net: RoadNetwork, edges: Bools, nodes: Ints) -> Snapped:
    """Each node as the end of one of its edges."""
    edge, chosen = np.full(net.n_nodes, -1), np.flatnonzero(edges)
    edge[net.tail[chosen]] = chosen
    edge[net.head[chosen]] = chosen
    at_head = net.head[edge[nodes]] == nodes
    return Snapped(edge[nodes], np.where(at_head, 1.0, 0.0), np.zeros(len(nodes)))


def _frame(xy: Floats) -> Floats:
    """Corners far around everything: no vertex that can be reached lies on the outside of the triangles."""
    low, high = (xy.min(axis=0), xy.max(axis=0)) if len(xy) else (np.zeros(2), np.zeros(2))
    far = float((high - low).max()) + 10_000.0
    (west, south), (east, north) = low - far, high + far
    return np.array([[west, south], [east, south], [east, north], [west, north]])


def _triangulated(xy: Floats) -> tuple[Corners, Corners]:
    found = Delaunay(xy - xy.mean(axis=0))
    triangles, neighbours = (part.T.astype(np.int32, order="C") for part in (found.simplices, found.neighbors))
    a, b, c = xy[triangles]
    right = np.flatnonzero((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) < (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1]))
    for array in (triangles, neighbours):
        array[1, right], array[2, right] = array[2, right], array[1, right]
    return triangles, neighbours
