"""Service areas: what lies within a limit of a facility along the network, edges reached part-way included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.connectors import part_s
from geo.network import Floats, Impedance, Ints, to_ticks
from geo.snap import Snapped


class EdgePoints:
    """Points on a network in the order of their edges, to be asked for edge by edge.

    Parameters
    ----------
    snapped
        Points of a mode; those off the network are left out.
    n_edges
        Edges of the network.

    Attributes
    ----------
    point : ndarray, shape (k,)
        Position of each in ``snapped``.
    """

    def __init__(self, snapped: Snapped, n_edges: int) -> None:
        on = np.flatnonzero(snapped.on_network)
        self.point = on[np.argsort(snapped.edge[on], kind="stable")]
        edge = snapped.edge[self.point]
        self.fraction = snapped.fraction[self.point]
        self.access_m = snapped.access_m[self.point]
        self._first = np.searchsorted(edge, np.arange(n_edges + 1))

    def of_edges(self, edge: Ints) -> tuple[Ints, Ints]:
        """Positions (in this order) of the points on ``edge``, and for each which of the edges it is on."""
        return entries(self._first, edge)


@dataclass(frozen=True)
class Paces:
    """Seconds along whole edges as one travels from, or to, a facility beyond one of their ends.

    ``via_tail_s`` is what it takes from the tail's side to the head, ``via_head_s`` from the head's
    side to the tail; both of shape (m,), ``inf`` where that is forbidden.
    """

    via_tail_s: Floats
    via_head_s: Floats

    @classmethod
    def of(cls, impedance: Impedance, *, outward: bool) -> Paces:
        """Of travel from the facility (``outward``) or to it."""
        ahead, back = impedance.forward_s, impedance.backward_s
        return cls(ahead, back) if outward else cls(back, ahead)


@dataclass(frozen=True)
class ServiceArea:
    """What one source reaches; a source is a facility, or several of them merged.

    Attributes
    ----------
    node, node_s : ndarray, shape (k,)
        Nodes within the limit, and seconds between them and the source.
    edge : ndarray, shape (e,)
        Edges that an end of is within the limit or that a facility of the source is on; none twice.
    tail_s, head_s : ndarray, shape (e,)
        Seconds at their ends, ``inf`` where that is beyond the limit.
    own_edge, own_fraction, own_access_s : ndarray, shape (f,)
        Where the facilities of the source are.
    limit_s : float
    """

    paces: Paces
    node: Ints
    node_s: Floats
    edge: Ints
    tail_s: Floats
    head_s: Floats
    own_edge: Ints
    own_fraction: Floats
    own_access_s: Floats
    limit_s: float

    def times(self, points: EdgePoints, walk_kph: float) -> tuple[Ints, Floats]:
        """Seconds of the points on the edges of the area; finite ones may lie beyond the limit.

        Returns
        -------
        position : ndarray, shape (p,)
            In the order of ``points``.
        seconds : ndarray, shape (p,)
            Access walk included.
        """
        position, which = points.of_edges(self.edge)
        fraction, edge = points.fraction[position], self.edge[which]
        seconds = np.minimum(
            self.tail_s[which] + part_s(self.paces.via_tail_s[edge], fraction),
            self.head_s[which] + part_s(self.paces.via_head_s[edge], 1 - fraction),
        )
        order = np.argsort(self.own_edge, kind="stable")
        owned = self.own_edge[order]
        low, high = np.searchsorted(owned, edge, "left"), np.searchsorted(owned, edge, "right")
        here = np.flatnonzero(high > low)
        if len(here):
            count = high[here] - low[here]
            point = np.repeat(here, count)
            own = order[np.arange(len(point)) + np.repeat(low[here] - np.cumsum(count) + count, count)]
            ahead = fraction[point] - self.own_fraction[own]
            pace = np.where(ahead >= 0, self.paces.via_tail_s[edge[point]], self.paces.via_head_s[edge[point]])
            np.minimum.at(seconds, point, part_s(pace, np.abs(ahead)) + self.own_access_s[own])
        return position, seconds + to_ticks(points.access_m[position] * 3.6 / walk_kph)

    def beyond(self, tail: Ints, head: Ints) -> tuple[Ints, Floats]:
        """Nodes one edge beyond the limit, and seconds to them; a node may come several times."""
        own_tail = part_s(self.paces.via_head_s[self.own_edge], self.own_fraction) + self.own_access_s
        own_head = part_s(self.paces.via_tail_s[self.own_edge], 1 - self.own_fraction) + self.own_access_s
        node = np.concatenate([head[self.edge], tail[self.edge], tail[self.own_edge], head[self.own_edge]])
        seconds = np.concatenate([
            self.tail_s + self.paces.via_tail_s[self.edge], self.head_s + self.paces.via_head_s[self.edge],
            own_tail, own_head,
        ])  # fmt: skip
        out = (seconds > self.limit_s) & np.isfinite(seconds)
        return node[out], seconds[out]

    def length_m(self, length_m: Floats, max_travel_time_s: float) -> float:
        """Metres of road within a limit, which is at most the area's own; part-way counts part-way."""
        with np.errstate(invalid="ignore"):
            reached = [
                np.clip(np.nan_to_num((max_travel_time_s - end_s) / pace[self.edge]), 0.0, 1.0)
                for end_s, pace in ((self.tail_s, self.paces.via_tail_s), (self.head_s, self.paces.via_head_s))
            ]
        share = np.minimum(reached[0] + reached[1], 1.0)
        for at in np.flatnonzero(np.isin(self.edge, self.own_edge)):
            share[at] = self._own_share(self.edge[at], reached[0][at], reached[1][at], max_travel_time_s)
        return float((share * length_m[self.edge]).sum())

    def _own_share(self, own: int, from_tail: float, from_head: float, limit_s: float) -> float:
        """Share of a facility's own edge: what is reached from its ends, and around each place on it."""
        pieces = [(0.0, from_tail), (1 - from_head, 1.0)]
        for k in np.flatnonzero(self.own_edge == own):
            left = limit_s - self.own_access_s[k]
            if left >= 0:
                place = self.own_fraction[k]
                pieces.append(
                    (
                        max(place - left / self.paces.via_head_s[own], 0.0),
                        min(place + left / self.paces.via_tail_s[own], 1.0),
                    )
                )
        covered, so_far = 0.0, 0.0
        for begin, end in sorted(pieces):
            covered += max(end - max(begin, so_far), 0.0)
            so_far = max(so_far, end)
        return covered


def entries(first: NDArray[Any], row: Ints) -> tuple[Ints, Ints]:
    """Positions of all entries of some rows of compressed rows, and for each which of the rows it is in."""
    count = first[row + 1] - first[row]
    which = np.repeat(np.arange(len(row)), count)
    return np.arange(len(which)) + np.repeat(first[row] - np.cumsum(count) + count, count), which
