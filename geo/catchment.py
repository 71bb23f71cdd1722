"""Nearest facility: which one everybody is nearest to, and how long the way takes.

Times are counted *to* the facility: access walk, the rest of the own edge, the network, part of the
facility's edge, and the walk from there. Travel along a single edge is allowed between two points
on it. A time is infinite where no way exists; ties go to the lower facility.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from geo.connectors import along_one_edge, to_ends, with_facilities
from geo.errors import ParameterError
from geo.network import Bools, Floats, Impedance, Ints
from geo.snap import WALK_KPH, Snapped


class Status(IntEnum):
    """Why a point has the time it has."""

    CONNECTED = 0
    UNREACHABLE = 1
    """On roads that are joined to a facility's, but no way leads there: one-way streets forbid it."""
    OFF_NETWORK = 2
    """Too far from any road."""
    NO_PLACE = 3
    """The point itself is not known."""
    DISCONNECTED = 4
    """On a piece of road that is joined to no facility's, in whatever direction."""


@dataclass(frozen=True)
class Nearest:
    """Aligned to the input points, shape (n,).

    Attributes
    ----------
    seconds : ndarray
        ``inf`` unless connected.
    facility : ndarray
        Position among the facilities, -1 unless connected.
    status : ndarray of int8
        :class:`Status`.
    """

    seconds: Floats
    facility: Ints
    status: NDArray[np.int8]


def nearest_facility(
    impedance: Impedance, origins: Snapped, facilities: Snapped, *, walk_kph: float = WALK_KPH
) -> Nearest:
    """Nearest facility of every origin along the network.

    Parameters
    ----------
    impedance
        The mode.
    origins, facilities
        Points snapped to the same mode. Facilities off the network are nobody's nearest.
    walk_kph
        Speed of the access legs.

    Returns
    -------
    Nearest
        Aligned to ``origins``.
    """
    if not walk_kph > 0:
        msg = f"步行速度须大于 0，得到 {walk_kph} (walking speed must be above 0)"
        raise ParameterError(msg)
    node_s, node_facility = times_to_facilities(impedance, facilities, walk_kph=walk_kph)
    return nearest_from_nodes(impedance, node_s, node_facility, origins, facilities, walk_kph=walk_kph)


def seconds_to_nearest(
    impedance: Impedance,
    origins: Snapped,
    facilities: Snapped,
    *,
    walk_kph: float = WALK_KPH,
    max_travel_time_s: float = np.inf,
) -> Floats:
    """The seconds of :func:`nearest_facility` and no more: which facility it is costs as much again.

    Returns
    -------
    ndarray, shape (n_origins,)
        ``inf`` where there is no way, or none of at most ``max_travel_time_s``, which bounds the search.
    """
    on = _first_at_each_place(facilities)
    seconds = np.full(len(origins.edge), np.inf)
    if not len(on):
        return seconds
    n, here = impedance.network.n_nodes, np.flatnonzero(origins.on_network)
    graph = with_facilities(impedance, facilities, on, walk_kph)
    node_s = dijkstra(graph, indices=np.arange(n, n + len(on)), min_only=True, limit=max_travel_time_s)
    for end, onwards in to_ends(impedance, origins, here):
        seconds[here] = np.minimum(seconds[here], node_s[end] + onwards)
    who, along, _ = along_one_edge(impedance, origins, facilities, walk_kph)
    np.minimum.at(seconds, who, along)
    seconds += origins.access_s(walk_kph)
    return np.where(origins.on_network & (seconds <= max_travel_time_s), seconds, np.inf)


def nearest_from_nodes(
    impedance: Impedance,
    node_s: Floats,
    node_facility: Ints,
    origins: Snapped,
    facilities: Snapped,
    *,
    walk_kph: float = WALK_KPH,
) -> Nearest:
    """Nearest facility of every origin, from what :func:`times_to_facilities` found for the nodes.

    Parameters
    ----------
    impedance
        The mode.
    node_s, node_facility
        Shape (n_nodes,).
    origins, facilities
        Points snapped to the same mode.
    walk_kph
        Speed of the access legs.

    Returns
    -------
    Nearest
        Aligned to ``origins``.
    """
    best = _Best(len(origins.edge))
    on = np.flatnonzero(origins.on_network)
    for end, seconds in to_ends(impedance, origins, on):
        best.offer(on, node_s[end] + seconds, node_facility[end])
    best.offer(*along_one_edge(impedance, origins, facilities, walk_kph))
    seconds = best.seconds + origins.access_s(walk_kph)
    connected = origins.on_network & np.isfinite(best.seconds)
    status = np.select(
        [connected, _joined(impedance, origins, facilities, ~connected), origins.on_network, ~np.isnan(origins.access_m)],
        [Status.CONNECTED, Status.UNREACHABLE, Status.DISCONNECTED, Status.OFF_NETWORK],
        Status.NO_PLACE,
    )
    return Nearest(np.where(connected, seconds, np.inf), np.where(connected, best.facility, -1), status.astype(np.int8))


def times_to_facilities(
    impedance: Impedance, facilities: Snapped, *, walk_kph: float = WALK_KPH
) -> tuple[Floats, Ints]:
    """Seconds from every node to its nearest facility (access leg included), and which one it is.

    Returns
    -------
    seconds : ndarray, shape (n_nodes,)
        ``inf`` where none can be reached.
    facility : ndarray, shape (n_nodes,)
        Position among the facilities, -1 where none can be reached.
    """
    n = impedance.network.n_nodes
    on = _first_at_each_place(facilities)
    if not len(on):
        return np.full(n, np.inf), np.full(n, -1)
    seconds, source = nearest_source(with_facilities(impedance, facilities, on, walk_kph), n)
    return seconds, np.append(on, -1)[source]


def nearest_source(graph: csr_array, n: int) -> tuple[Floats, Ints]:
    """Seconds from the nearest source to each of the first ``n`` nodes of a graph; all further nodes are sources.

    Returns
    -------
    seconds : ndarray, shape (n,)
    source : ndarray, shape (n,)
        Its number among the sources, the lower one on a tie; -1 where there is none.
    """
    sources = graph.shape[0] - n
    seconds, _, found = dijkstra(
        graph, indices=np.arange(n, n + sources), min_only=True, return_predecessors=True
    )
    source = np.where(np.isfinite(seconds), found, n + sources).astype(np.int64) - n
    _lower_on_ties(graph, seconds, source)
    return seconds[:n], np.where(source[:n] == sources, -1, source[:n])


def nearest_straight(points: NDArray[Any], facilities: NDArray[Any], *, kph: float, factor: float) -> Nearest:
    """Nearest facility as the crow flies: an estimate for regions without roads.

    Parameters
    ----------
    points, facilities
        Shapely Points in metres; None where a place is unknown.
    kph
        Speed of the mode.
    factor
        How much longer the way is than the straight line.
    """
    if not (kph > 0 and factor >= 1):
        msg = (
            f"速度须大于 0、绕行系数须不小于 1，得到 {kph}、{factor} (speed must be above 0 and the factor at least 1)"
        )
        raise ParameterError(msg)
    seconds = np.full(len(points), np.inf)
    nearest = np.full(len(points), -1, dtype=np.int64)
    placed = np.flatnonzero(~(shapely.is_missing(points) | shapely.is_empty(points)))
    open_ = np.flatnonzero(~(shapely.is_missing(facilities) | shapely.is_empty(facilities)))
    status = np.full(len(points), Status.NO_PLACE, dtype=np.int8)
    status[placed] = Status.CONNECTED if len(open_) else Status.UNREACHABLE
    if len(placed) and len(open_):
        where = shapely.get_coordinates(points[placed])
        tree = KDTree(shapely.get_coordinates(facilities[open_]))
        distance, _ = tree.query(where)
        ties = tree.query_ball_point(where, np.nextafter(distance, np.inf) + 1e-9, return_sorted=True)
        nearest[placed] = open_[[min(tie) for tie in ties]]
        seconds[placed] = distance * factor * 3.6 / kph
    return Nearest(seconds, nearest, status)


class _Best:
    """Keeps the quickest offer to each origin; ties go to the lower facility."""

    def __init__(self, n: int) -> None:
        self.seconds = np.full(n, np.inf)
        self.facility = np.full(n, -1, dtype=np.int64)

    def offer(self, who: Ints, seconds: Floats, facility: Ints) -> None:
        """Offers in any order; an origin may get many."""
        if len(who) > 1 and not (np.diff(who) > 0).all():
            order = np.lexsort((facility, seconds, who))
            order = order[np.r_[True, np.diff(who[order]) != 0]]
            who, seconds, facility = who[order], seconds[order], facility[order]
        wins = (seconds < self.seconds[who]) | (
            (seconds == self.seconds[who]) & np.isfinite(seconds) & (facility < self.facility[who])
        )
        self.seconds[who[wins]], self.facility[who[wins]] = seconds[wins], facility[wins]


def _joined(impedance: Impedance, origins: Snapped, facilities: Snapped, asked: Bools) -> Bools:
    """Of the origins asked for, those on a facility's piece of network, or on any while there is no facility at all."""
    asked = asked & origins.on_network
    if not asked.any():  # as a rule nobody is cut off, and the pieces need not be known
        return asked
    piece, tail = impedance.joined, impedance.network.tail
    served = np.unique(piece[tail[facilities.edge[facilities.on_network]]])
    return asked & np.isin(piece[tail[origins.edge]], served) if len(served) else asked


def _lower_on_ties(graph: csr_array, seconds: Floats, source: Ints) -> None:
    """Give nodes that two facilities are equally near to the lower one, in place."""
    row = np.repeat(np.arange(len(seconds)), np.diff(graph.indptr))
    with np.errstate(invalid="ignore"):
        tight = np.flatnonzero(seconds[row] + graph.data == seconds[graph.indices])
    begin, end = row[tight], graph.indices[tight]
    first = np.searchsorted(begin, np.arange(len(seconds) + 1))
    arc = np.flatnonzero(source[begin] < source[end])
    while len(arc):
        np.minimum.at(source, end[arc], source[begin[arc]])
        changed = np.unique(end[arc])  # only what hangs on these can change next
        count = first[changed + 1] - first[changed]
        arc = np.repeat(first[changed], count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        arc = arc[source[begin[arc]] < source[end[arc]]]


def _first_at_each_place(facilities: Snapped) -> Ints:
    """Facilities on the network, only the lowest of those that share a place: nobody is nearer to the others."""
    on = np.flatnonzero(facilities.on_network)
    where = np.column_stack([facilities.edge[on], facilities.fraction[on], facilities.access_m[on]])
    _, first = np.unique(where, axis=0, return_index=True)
    return on[np.sort(first)]
