"""Joining points to the network: the nearest place on an edge, and the walk to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.network import Bools, Floats, Impedance, Ints, to_ticks

MAX_ACCESS_M = 500.0
"""Farther than this from any road a point is off the network."""

MIN_COMPONENT_M = 500.0
"""Pieces of road shorter than this in all are crumbs (a drive, a clipped end), not a network to start on."""

WALK_KPH = 4.5
"""Speed of the access leg, whatever the mode."""

_AT_END_M = 0.01


@dataclass(frozen=True)
class Snapped:
    """Points on a network, aligned to the input.

    Attributes
    ----------
    edge : ndarray, shape (n,)
        Edge, -1 for points off the network.
    fraction : ndarray, shape (n,)
        Place along the edge's line, 0 at its tail to 1 at its head; NaN off the network.
    access_m : ndarray, shape (n,)
        Straight distance to that place; for points off the network the distance to the nearest
        usable edge however far, ``inf`` where the mode may use none. NaN for points without a place.
    """

    edge: Ints
    fraction: Floats
    access_m: Floats

    @property
    def on_network(self) -> Bools:
        """Points that were joined, shape (n,)."""
        return self.edge >= 0

    def access_s(self, walk_kph: float) -> Floats:
        """Seconds of the access leg, shape (n,)."""
        return to_ticks(self.access_m * 3.6 / walk_kph)

    def take(self, which: Ints | Bools) -> Snapped:
        """Some of the points, in the order of ``which``."""
        return Snapped(self.edge[which], self.fraction[which], self.access_m[which])


class Snapper:
    """Snaps points to the edges of one mode.

    Edges of a component long enough to be a network come first; only a point that has none within
    ``max_access_m`` is put on a crumb. Ties go to the lower edge.

    Parameters
    ----------
    impedance
        The mode.
    entrance
        Edges that may be entered from the roadside, shape (m,); not, for instance, a motorway.
    max_access_m
        Points farther than this (exclusive) are off the network.
    min_component_m
        Components shorter than this are crumbs.
    """

    def __init__(
        self,
        impedance: Impedance,
        *,
        entrance: Bools | None = None,
        max_access_m: float = MAX_ACCESS_M,
        min_component_m: float = MIN_COMPONENT_M,
    ) -> None:
        usable = impedance.usable if entrance is None else impedance.usable & entrance
        network = usable & (impedance.component_length_m >= min_component_m)
        self.impedance = impedance
        self.max_access_m = max_access_m
        self.min_component_m = min_component_m
        self._choices = [_EdgeIndex(impedance, chosen) for chosen in (network, usable & ~network)]

    def __call__(self, points: NDArray[Any], *, closed: Ints | None = None) -> Snapped:
        """Join ``points`` to the nearest edges.

        Parameters
        ----------
        points
            Shapely Points in metres, shape (n,); None where a place is unknown.
        closed
            Edges that nobody may use for the time being. What counts as a network is not judged
            anew: who lives on a piece that they cut off stays there. A point that is left without
            an edge within the limit has an infinite distance.
        """
        shut = np.zeros(len(self.impedance.network.line), dtype=bool)
        if closed is not None:
            shut[closed] = True
        shapes = np.asarray(points, dtype=object)
        edge = np.full(len(shapes), -1, dtype=np.int64)
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        nearest = np.where(placed, np.inf, np.nan)
        for index in self._choices:
            todo = np.flatnonzero(placed & (edge < 0))
            found, distance = index.nearest(shapes[todo])
            self._avoid(shut, index, shapes[todo], found, distance)
            close = distance <= self.max_access_m
            edge[todo[close]] = found[close]
            nearest[todo[close]] = distance[close]
            nearest[todo[~close]] = np.minimum(nearest[todo[~close]], distance[~close])
        return Snapped(edge, self._fractions(shapes, edge), nearest)

    def _avoid(self, shut: Bools, index: _EdgeIndex, points: NDArray[Any], edge: Ints, distance: Floats) -> None:
        """Put points whose nearest edge is shut on the nearest one that is not, in place."""
        again = np.flatnonzero((distance <= self.max_access_m) & shut[np.minimum(edge, len(shut) - 1)])
        if len(again):
            edge[again], distance[again] = index.nearest_of(~shut, points[again], self.max_access_m)

    def _fractions(self, shapes: NDArray[Any], edge: Ints) -> Floats:
        net = self.impedance.network
        on = np.flatnonzero(edge >= 0)
        along = shapely.line_locate_point(net.line[edge[on]], shapes[on])
        length = net.length_m[edge[on]]
        # At a junction every edge that meets there must do, whichever one the point fell on.
        along = np.where(along <= _AT_END_M, 0.0, np.where(along >= length - _AT_END_M, length, along))
        fraction = np.full(len(edge), np.nan)
        fraction[on] = along / length
        return fraction


class _EdgeIndex:
    """A search tree over some edges of a network."""

    def __init__(self, impedance: Impedance, chosen: Bools) -> None:
        self._edges = np.flatnonzero(chosen)
        self._lines = impedance.network.line
        self._tree = shapely.STRtree(self._lines[self._edges])

    def nearest(self, points: NDArray[Any]) -> tuple[Ints, Floats]:
        """Nearest edge of each point and its distance; ties go to the lower edge."""
        edge = np.full(len(points), np.iinfo(np.int64).max, dtype=np.int64)
        distance = np.full(len(points), np.inf)
        if len(self._edges) and len(points):
            (who, which), how_far = self._tree.query_nearest(points, return_distance=True, all_matches=True)
            np.minimum.at(edge, who, self._edges[which])
            distance[who] = how_far
        return edge, distance

    def nearest_of(self, asked: Bools, points: NDArray[Any], within_m: float) -> tuple[Ints, Floats]:
        """The same among the edges ``asked`` for only; infinitely far where none is ``within_m``."""
        edge = np.full(len(points), np.iinfo(np.int64).max, dtype=np.int64)
        distance = np.full(len(points), np.inf)
        who, which = self._tree.query(points, predicate="dwithin", distance=within_m)
        candidate = self._edges[which]
        who, candidate = who[asked[candidate]], candidate[asked[candidate]]
        how_far = shapely.distance(points[who], self._lines[candidate])
        order = np.lexsort((candidate, how_far, who))
        _, first = np.unique(who[order], return_index=True)
        best = order[first]
        edge[who[best]], distance[who[best]] = candidate[best], how_far[best]
        return edge, distance
