"""Origin–destination times within a limit, kept sparse: memory grows with the pairs that are near enough.

Facilities are searched a few at a time, neighbours together, and only in the part of the network
that one of the few is reached from within the limit; outside it no way within the limit can run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from geo.connectors import along_one_edge, to_ends, with_facilities
from geo.errors import ParameterError
from geo.network import Bools, Floats, Impedance, Ints
from geo.snap import WALK_KPH, Snapped

Index = NDArray[np.int32]

_Column = tuple[Index, Floats]

_NOTHING: _Column = (np.zeros(0, np.int32), np.zeros(0))

_TOGETHER = 32
"""So many facilities are searched together: their times are dense on their part of the network."""


@dataclass(frozen=True)
class TravelTimes:
    """The pairs of origin and facility that are within the limit; every array of shape (n_pairs,).

    Attributes
    ----------
    origin : ndarray of int32
        Position among the origins, ascending.
    facility : ndarray of int32
        Position among the facilities, ascending for each origin.
    seconds : ndarray
        From the origin to the facility, access legs included; at most the limit.
    n_origins, n_facilities : int
        How many there are, with those that have no pair.
    """

    origin: Index
    facility: Index
    seconds: Floats
    n_origins: int
    n_facilities: int

    def __len__(self) -> int:
        return len(self.seconds)

    def where(self, kept: Bools) -> TravelTimes:
        """Only some of the pairs; ``kept`` has shape (n_pairs,)."""
        return replace(self, origin=self.origin[kept], facility=self.facility[kept], seconds=self.seconds[kept])


def travel_times(
    impedance: Impedance,
    origins: Snapped,
    facilities: Snapped,
    *,
    max_travel_time_s: float,
    walk_kph: float = WALK_KPH,
) -> TravelTimes:
    """Times along the network from every origin to every facility within the limit.

    The least time of an origin is the one of :func:`geo.catchment.nearest_facility`, to the bit.

    Parameters
    ----------
    impedance
        The mode.
    origins, facilities
        Points snapped to the same mode; those off the network have no pair.
    max_travel_time_s
        The limit, included.
    walk_kph
        Speed of the access legs.

    Raises
    ------
    ParameterError
        When the limit or the speed is not above 0, or the limit infinite.
    """
    _check(max_travel_time_s, walk_kph)
    here = np.flatnonzero(origins.on_network)
    ways, access_s = to_ends(impedance, origins, here), origins.access_s(walk_kph)
    row = np.full(len(origins.edge), -1)
    row[here] = np.arange(len(here))
    direct = _by_facility(along_one_edge(impedance, origins, facilities, walk_kph), len(facilities.edge))
    columns = [_NOTHING] * len(facilities.edge)
    for together, arrivals, rank in _searches(impedance, facilities, max_travel_time_s, walk_kph):
        reached = (rank[ways[0][0]] >= 0) | (rank[ways[1][0]] >= 0)
        for facility in together:
            reached[row[direct[facility][0]]] = True
        near = np.flatnonzero(reached)
        who = here[near]
        (head, to_head), (tail, to_tail) = ((rank[end[near]], seconds[near]) for end, seconds in ways)
        for facility, arrival in zip(together, arrivals, strict=True):
            seconds = np.minimum(arrival[head] + to_head, arrival[tail] + to_tail)
            along, along_s = direct[facility]
            np.minimum.at(seconds, np.searchsorted(who, along), along_s)
            columns[facility] = _within(who, seconds + access_s[who], max_travel_time_s)
    return _by_origin(columns, len(origins.edge))


def side_by_side(*parts: TravelTimes) -> TravelTimes:
    """The times of the same origins to several lots of facilities as one, the facilities lot after lot."""
    first = np.cumsum([0, *(part.n_facilities for part in parts)])
    origin = np.concatenate([part.origin for part in parts])
    facility = np.concatenate([part.facility + start for part, start in zip(parts, first[:-1], strict=True)])
    order = np.argsort(origin, kind="stable")
    seconds = np.concatenate([part.seconds for part in parts])[order]
    return TravelTimes(
        origin[order], facility[order].astype(np.int32), seconds, parts[0].n_origins, int(first[-1])
    )


def straight_times(
    points: NDArray[Any], facilities: NDArray[Any], *, max_travel_time_s: float, kph: float, factor: float
) -> TravelTimes:
    """Times as the crow flies within the limit: an estimate for regions without roads.

    Parameters
    ----------
    points, facilities
        Shapely Points in metres; None where a place is unknown.
    max_travel_time_s
        The limit, included.
    kph
        Speed of the mode.
    factor
        How much longer the way is than the straight line.

    Raises
    ------
    ParameterError
        When the limit or the speed is not above 0, the limit infinite or the factor below 1.
    """
    _check(max_travel_time_s, kph)
    if not factor >= 1:
        msg = f"绕行系数须不小于 1，得到 {factor} (the detour factor must be at least 1)"
        raise ParameterError(msg)
    placed, open_ = (np.flatnonzero(~(shapely.is_missing(p) | shapely.is_empty(p))) for p in (points, facilities))
    columns = [_NOTHING] * len(facilities)
    if len(placed) and len(open_):
        xy = shapely.get_coordinates(points[placed])
        tree = KDTree(xy)
        radius = np.nextafter(max_travel_time_s * kph / 3.6 / factor, np.inf) * (1 + 1e-12)
        for facility in open_:
            at = shapely.get_coordinates(facilities[facility])[0]
            near = np.sort(np.array(tree.query_ball_point(at, radius), dtype=np.int64))
            distance = np.sqrt(((xy[near] - at) ** 2).sum(axis=1))
            columns[facility] = _within(placed[near], distance * factor * 3.6 / kph, max_travel_time_s)
    return _by_origin(columns, len(points))


def _check(max_travel_time_s: float, kph: float) -> None:
    if not (0 < max_travel_time_s < np.inf and kph > 0):
        msg = (
            f"时限须大于 0 且有限、速度须大于 0，得到 {max_travel_time_s:g} 秒、{kph:g} 公里/小时 "
            "(the limit must be above 0 and finite, the speed above 0)"
        )
        raise ParameterError(msg)


def _searches(
    impedance: Impedance, facilities: Snapped, max_travel_time_s: float, walk_kph: float
) -> Iterator[tuple[Ints, Floats, Ints]]:
    """Facilities that are neighbours, seconds to each from the nodes around them, and which row a node has there.

    Yields
    ------
    facilities : ndarray, shape (k,)
    seconds : ndarray, shape (k, m + 1)
        The last column stands for every node that is too far, and is infinite.
    rank : ndarray, shape (n_nodes,)
        Column of each node, -1 where it is too far.
    """
    net = impedance.network
    on = np.flatnonzero(facilities.on_network)
    on = on[np.argsort(net.tail[facilities.edge[on]], kind="stable")]  # nodes are numbered by neighbourhood
    if not len(on):
        return
    graph = with_facilities(impedance, facilities, on, walk_kph)
    for first in range(0, len(on), _TOGETHER):
        together = on[first : first + _TOGETHER]
        sources = net.n_nodes + first + np.arange(len(together))
        around = np.isfinite(dijkstra(graph, indices=sources, min_only=True, limit=max_travel_time_s))
        kept = np.flatnonzero(around)  # the sources come last
        part = graph[kept][:, kept]
        seconds = dijkstra(part, indices=len(kept) - len(together) + np.arange(len(together)), limit=max_travel_time_s)
        rank = np.where(around, np.cumsum(around) - 1, -1)[: net.n_nodes]
        yield together, np.column_stack([seconds, np.full(len(together), np.inf)]), rank


def _by_facility(offers: tuple[Ints, Floats, Ints], n_facilities: int) -> list[tuple[Ints, Floats]]:
    """Origins and seconds of the offers of each facility, origins not descending."""
    origin, seconds, facility = offers
    order = np.argsort(facility, kind="stable")
    cuts = np.cumsum(np.bincount(facility, minlength=n_facilities))[:-1]
    return list(zip(np.split(origin[order], cuts), np.split(seconds[order], cuts), strict=True))


def _within(who: Ints, seconds: Floats, max_travel_time_s: float) -> _Column:
    near = seconds <= max_travel_time_s
    return who[near].astype(np.int32), seconds[near]


def _by_origin(columns: list[_Column], n_origins: int) -> TravelTimes:
    """The pairs of all facilities, turned so that each origin's stand together."""
    n = len(columns)
    starts = np.cumsum([0, *(len(who) for who, _ in columns)])
    who, seconds = (np.concatenate([column[k] for column in [_NOTHING, *columns]]) for k in (0, 1))
    rows = csc_array((seconds, who, starts), shape=(n_origins, n)).tocsr()
    origin = np.repeat(np.arange(n_origins, dtype=np.int32), np.diff(rows.indptr))
    return TravelTimes(origin, rows.indices.astype(np.int32, copy=False), rows.data, n_origins, n)
