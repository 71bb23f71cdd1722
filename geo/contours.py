"""Contours of travel time on a surface: the lines between what is within a limit and what is not.

Marching triangles: every triangle with corners on both sides of the limit is crossed by one line,
and the lines close to rings. Where the time beyond is known (along an edge that is reached
part-way) the line crosses at the limit; elsewhere the ground is walked over as long as time is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geo.network import Bools, Floats, Ints
from geo.rings import areas, loops, trace
from geo.service_area import ServiceArea, entries
from geo.service_search import ServiceAreas
from geo.surface import Surface, crossings, side_left

_LAYERS = 8
_ROOM = 8_000_000
"""So many service areas are drawn together, as long as their layers have no more vertices than this in all."""


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
    """The vertices of a surface in a few layers, each holding the times of one service area at a time.

    What a contour costs depends on what is reached, not on the size of the surface; small ones are
    drawn several together.
    """

    def __init__(self, surface: Surface, search: ServiceAreas) -> None:
        self._surface, self._search = surface, search
        self.layers = max(1, min(_LAYERS, _ROOM // surface.n_vertices))
        self._seconds = np.full(self.layers * surface.n_vertices, np.inf)
        self._inside = np.zeros(len(self._seconds), dtype=bool)
        self._written: list[Ints] = []

    @contextmanager
    def holding(self, areas: Sequence[ServiceArea]) -> Iterator[None]:
        """Hold the times of the vertices in each area, and of the first ones beyond it; one layer each."""
        self._written = [self._write(area, layer * self._surface.n_vertices) for layer, area in enumerate(areas)]
        yield
        for written in self._written:
            self._seconds[written] = np.inf

    def contours(self, limit_s: float) -> list[Contour]:
        """The lines at a limit in every layer."""
        surface, v, t = self._surface, self._surface.n_vertices, self._surface.triangles.shape[1]
        within = [written[self._seconds[written] <= limit_s] for written in self._written]
        key, inside = self._crossed(np.concatenate(within))
        layer, triangle = np.divmod(key, t)
        a, b, following = side_left(surface, triangle, inside)
        order, first = trace(np.searchsorted(key, following + layer * t))
        a, b, shift = a[order], b[order], layer[order] * v
        a_s, b_s = self._seconds[a + shift], self._seconds[b + shift]
        xy = crossings(surface, a, b, a_s, b_s, limit_s, self._search.walk_kph)
        area_m2 = areas(xy, first)
        # Rings are traced from their lowest triangle on, so that those of one layer come together.
        split = np.searchsorted(layer[order[first[:-1]]], np.arange(len(within) + 1))
        return [
            Contour(
                limit_s,
                xy[first[begin] : first[end]],
                first[begin : end + 1] - first[begin],
                area_m2[begin:end],
                int(np.count_nonzero(within[k] - k * v < surface.n_nodes)),
            )
            for k, (begin, end) in enumerate(pairwise(split))
        ]

    def nodes_in(self, contour: Contour, layer: int, rings: Ints) -> tuple[Ints, Bools]:
        """Nodes that some rings enclose: position of the ring among ``rings``, and whether it is beyond the limit."""
        shapes = shapely.polygons(loops(contour.xy, contour.first, rings))
        ring, node = self._surface.node_tree.query(shapes, predicate="intersects")
        return ring, self._seconds[node + layer * self._surface.n_vertices] > contour.limit_s

    def _write(self, area: ServiceArea, shift: int) -> Ints:
        surface, net = self._surface, self._search.network
        nodes = surface.vertex_of_node[area.node] + shift
        self._seconds[nodes] = area.node_s
        beyond, beyond_s = area.beyond(net.tail, net.head)
        beyond = surface.vertex_of_node[beyond] + shift
        np.minimum.at(self._seconds, beyond, beyond_s)
        ground, ground_s = area.times(surface.ground, self._search.walk_kph)
        ground += surface.n_nodes + shift
        self._seconds[ground] = ground_s
        return np.concatenate([nodes, beyond, ground])

    def _crossed(self, within: Ints) -> tuple[Ints, Bools]:
        """Triangles with corners on both sides of the limit, and which corners are within, shape (3, k).

        Triangles are counted on from layer to layer, and ascend.
        """
        corners, v = self._surface.triangles, self._surface.n_vertices
        first, around = self._surface.triangles_of
        layer, vertex = np.divmod(within, v)
        at, which = entries(first, vertex)
        triangle, shift = around[at], layer[which] * v
        self._inside[within] = True
        a, b, c = (self._inside[corner[triangle] + shift] for corner in corners)
        mixed = (a != b) | (b != c)
        key = np.sort(triangle[mixed] + layer[which[mixed]] * corners.shape[1])
        key = key[np.diff(key, prepend=-1) > 0]  # np.unique hashes, which takes longer for so few
        layer, triangle = np.divmod(key, corners.shape[1])
        inside = self._inside[corners[:, triangle] + layer * v]
        self._inside[within] = False
        return key, inside
