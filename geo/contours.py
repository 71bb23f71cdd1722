"""Contours of travel time on a surface: the lines between what is within a limit and what is not.

Marching triangles: every triangle with corners on both sides of the limit is crossed by one line,
and the lines close to rings. Where the time beyond is known (along an edge that is reached
part-way) the line crosses at the limit; elsewhere the ground is walked over as long as time is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import shapely

from geo.network import Bools, Floats, Ints
from geo.rings import areas, loops, trace
from geo.service_area import ServiceArea, entries
from geo.service_search import ServiceAreas
from geo.surface import Surface, crossings, side_left


@dataclass(frozen=True)
class Contour:
    """The lines at one limit.

    Attributes
    ----------
    limit_s : float
    xy : ndarray, shape (k, 2)
        Corners, ring after ring, with what is within on the left.
    first : ndarray, shape (r + 1,)
        Where each ring begins, and the end.
    area_m2 : ndarray, shape (r,)
        What each encloses, negative for holes.
    n_nodes : int
        Nodes within the limit.
    """

    limit_s: float
    xy: Floats
    first: Ints
    area_m2: Floats
    n_nodes: int


class Canvas:
    """The vertices of a surface, holding the times of one service area after another.

    What one of them costs depends on what it reaches, not on the size of the surface.
    """

    def __init__(self, surface: Surface, search: ServiceAreas) -> None:
        self._surface, self._search = surface, search
        self._seconds = np.full(surface.n_vertices, np.inf)
        self._inside = np.zeros(surface.n_vertices, dtype=bool)
        self._written = np.zeros(0, dtype=np.int64)

    @contextmanager
    def holding(self, area: ServiceArea) -> Iterator[None]:
        """Hold the times of the vertices in an area, and of the first ones beyond it."""
        surface, net = self._surface, self._search.network
        nodes = surface.vertex_of_node[area.node]
        self._seconds[nodes] = area.node_s
        beyond, beyond_s = area.beyond(net.tail, net.head)
        beyond = surface.vertex_of_node[beyond]
        np.minimum.at(self._seconds, beyond, beyond_s)
        ground, ground_s = area.times(surface.ground, self._search.walk_kph)
        ground += surface.n_nodes
        self._seconds[ground] = ground_s
        self._written = np.concatenate([nodes, beyond, ground])
        yield
        self._seconds[self._written] = np.inf

    def contour(self, limit_s: float) -> Contour:
        """The lines at a limit."""
        surface, seconds = self._surface, self._seconds
        within = self._written[seconds[self._written] <= limit_s]
        triangle, inside = self._crossed(within)
        a, b, following = side_left(surface, triangle, inside)
        order, first = trace(np.searchsorted(triangle, following))
        xy = crossings(surface, seconds, a[order], b[order], limit_s, self._search.walk_kph)
        return Contour(limit_s, xy, first, areas(xy, first), int(np.count_nonzero(within < surface.n_nodes)))

    def nodes_in(self, contour: Contour, rings: Ints) -> tuple[Ints, Bools]:
        """Nodes that some rings enclose: position of the ring among ``rings``, and whether it is beyond the limit."""
        shapes = shapely.polygons(loops(contour.xy, contour.first, rings))
        ring, node = self._surface.node_tree.query(shapes, predicate="intersects")
        return ring, self._seconds[node] > contour.limit_s

    def _crossed(self, within: Ints) -> tuple[Ints, Bools]:
        """Triangles with corners on both sides of the limit, ascending, and which corners are within, shape (3, k)."""
        corners = self._surface.triangles
        first, triangle = self._surface.triangles_of
        if (first[within + 1] - first[within]).sum() > corners.shape[1]:  # looking at all is quicker
            around = np.arange(corners.shape[1])
        else:
            around = triangle[entries(first, within)[0]]
        self._inside[within] = True
        a, b, c = (self._inside[corner[around]] for corner in corners)
        crossed = np.unique(around[(a != b) | (b != c)])
        inside = self._inside[corners[:, crossed]]
        self._inside[within] = False
        return crossed, inside
