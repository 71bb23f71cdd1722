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
        self.entrance = entrance
        self.max_access_m = max_access_m
        self.min_component_m = min_component_m
        self._network, self._crumb = network, usable & ~network
        self._choices = [_EdgeIndex(impedance, chosen) for chosen in (self._network, self._crumb)]

    def on(self, impedance: Impedance) -> Snapper:
        """The same rules on the same network with other seconds: what counts as a piece of network is judged anew."""
        return Snapper(
            impedance, entrance=self.entrance, max_access_m=self.max_access_m, min_component_m=self.min_component_m
        )

    def __call__(self, points: NDArray[Any]) -> Snapped:
        """Join ``points`` to the nearest edges.

        Parameters
        ----------
        points
            Shapely Points in metres, shape (n,); None where a place is unknown.
        """
        shapes = np.asarray(points, dtype=object)
        edge = np.full(len(shapes), -1, dtype=np.int64)
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        nearest = np.where(placed, np.inf, np.nan)
        for index in self._choices:
            todo = np.flatnonzero(placed & (edge < 0))
            found, distance = index.nearest(shapes[todo])
            close = distance <= self.max_access_m
            edge[todo[close]] = found[close]
            nearest[todo[close]] = distance[close]
            nearest[todo[~close]] = np.minimum(nearest[todo[~close]], distance[~close])
        return Snapped(edge, self._fractions(shapes, edge), nearest)

    def displaced(self, before: Snapper, joined: Snapped) -> Bools:
        """Points that this one joins elsewhere where it closes edges that were open for ``before``, shape (n,).

        Their own edge is closed, or what it lies on is a network no more. Nobody else's nearest edge
        changes: closing takes edges out of the network and adds none, and a piece that became a
        crumb is farther than the limit from all who were on a crumb.

        Parameters
        ----------
        before
            The same rules on the same network with fewer edges closed.
        joined
            Points as ``before`` joined them.
        """
        open_ = np.where(before._network, self._network, self._network | self._crumb)
        gone: Bools = joined.on_network & ~open_[joined.edge]
        return gone

    def can_join(self, point: shapely.Point, *, closed: Ints) -> bool:
        """Whether an edge that is not ``closed`` lies within the limit of ``point``."""
        return any(np.setdiff1d(index.within(point, self.max_access_m), closed).size for index in self._choices)

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

    def within(self, point: shapely.Point, metres: float) -> Ints:
        """Edges not farther than ``metres``."""
        found: Ints = self._edges[self._tree.query(point, predicate="dwithin", distance=metres)]
        return found
