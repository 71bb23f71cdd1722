"""Nearest facilities kept up to date: after a change only what it touches is computed again.

Facilities may come, go and move; edges may get slower, quicker or closed; origins may be joined to
the network elsewhere. The answer is the same, to the last bit and in every tie, as that of a search
from nothing: times are whole ticks, so sums are exact in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.catchment import Nearest, nearest_from_nodes, times_to_facilities
from geo.errors import ParameterError
from geo.network import Bools, Floats, Impedance, Ints
from geo.repair import Repair
from geo.snap import WALK_KPH, Snapped


@dataclass(frozen=True)
class Allocation:
    """Everybody's nearest facility, with what it takes to keep it up to date.

    Attributes
    ----------
    impedance
        The mode.
    origins, facilities
        Points snapped to it.
    walk_kph
        Speed of the access legs.
    node_s, node_facility : ndarray, shape (n_nodes,)
        As :func:`geo.catchment.times_to_facilities` gives them.
    nearest
        Aligned to ``origins``.
    """

    impedance: Impedance
    origins: Snapped
    facilities: Snapped
    walk_kph: float
    node_s: Floats
    node_facility: Ints
    nearest: Nearest

    @cached_property
    def origins_by_node(self) -> tuple[Ints, Ints]:
        """Origins in the order of the nodes at the ends of their edges, and where each node's begin."""
        net, on = self.impedance.network, np.flatnonzero(self.origins.on_network)
        node = np.concatenate([net.tail[self.origins.edge[on]], net.head[self.origins.edge[on]]])
        order = np.argsort(node, kind="stable")
        begin = np.searchsorted(node[order], np.arange(net.n_nodes + 1))
        return np.concatenate([on, on])[order], begin


@dataclass(frozen=True)
class Reallocation:
    """An allocation brought up to date, and what came out differently.

    Attributes
    ----------
    allocation
        After the change.
    nodes : ndarray
        Nodes with another time or facility, ascending.
    origins : ndarray
        Origins with another time, facility or status, ascending.
    """

    allocation: Allocation
    nodes: Ints
    origins: Ints


def allocate(
    impedance: Impedance, origins: Snapped, facilities: Snapped, *, walk_kph: float = WALK_KPH
) -> Allocation:
    """Nearest facility of every origin, computed from nothing; parameters as of ``nearest_facility``."""
    node_s, node_facility = times_to_facilities(impedance, facilities, walk_kph=walk_kph)
    nearest = nearest_from_nodes(impedance, node_s, node_facility, origins, facilities, walk_kph=walk_kph)
    return Allocation(impedance, origins, facilities, walk_kph, node_s, node_facility, nearest)


def reallocate(
    before: Allocation,
    *,
    facilities: Snapped | None = None,
    impedance: Impedance | None = None,
    origins: Snapped | None = None,
) -> Reallocation:
    """The allocation after a change; what is not given stays.

    Parameters
    ----------
    before
        From :func:`allocate` or from here.
    facilities
        Each facility keeps its position. One that is gone has edge -1; new ones come last.
    impedance
        On the same network.
    origins
        The same origins; some may be joined to another edge.

    Raises
    ------
    ParameterError
        When facilities or origins are not those of before, or the network is another.
    """
    after_facilities = before.facilities if facilities is None else facilities
    mode = before.impedance if impedance is None else impedance
    where = before.origins if origins is None else origins
    _check_same(before, after_facilities, mode, where)
    edges = _other_seconds(before.impedance, mode)
    moved = _moved(before.facilities, after_facilities, edges)
    repair = Repair(before.impedance, mode, after_facilities, before.walk_kph, before.node_s, before.node_facility)
    node_s, node_facility, touched = repair(moved, edges)
    nodes = touched[
        (node_s[touched] != before.node_s[touched]) | (node_facility[touched] != before.node_facility[touched])
    ]
    nearest, changed = _origins_after(before, mode, where, after_facilities, node_s, node_facility, nodes, moved, edges)
    after = Allocation(mode, where, after_facilities, before.walk_kph, node_s, node_facility, nearest)
    if where is before.origins:
        vars(after)["origins_by_node"] = before.origins_by_node
    return Reallocation(after, nodes, changed)


def _check_same(before: Allocation, facilities: Snapped, impedance: Impedance, origins: Snapped) -> None:
    if (
        len(facilities.edge) < len(before.facilities.edge)
        or len(origins.edge) != len(before.origins.edge)
        or impedance.network is not before.impedance.network
    ):
        msg = (
            "增量更新须用同一路网、同一批需求点，原有设施须保留位置 "
            "(an update needs the same network and origins, and every facility that there was in its position)"
        )
        raise ParameterError(msg)


def _other_seconds(before: Impedance, after: Impedance) -> Ints:
    """Edges whose seconds differ."""
    if after is before:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero((before.forward_s != after.forward_s) | (before.backward_s != after.backward_s))


def _differs(before: Snapped, after: Snapped) -> Bools:
    """Points that are joined elsewhere; those that only ``after`` has count."""
    n = len(before.edge)
    differs = np.ones(len(after.edge), dtype=bool)
    differs[:n] = before.edge != after.edge[:n]
    for was, now in ((before.fraction, after.fraction), (before.access_m, after.access_m)):
        differs[:n] |= (was != now[:n]) & ~(np.isnan(was) & np.isnan(now[:n]))
    return differs


def _moved(before: Snapped, after: Snapped, edges: Ints) -> Ints:
    """Facilities that must be looked at again: elsewhere, new, gone, or on an edge with other seconds."""
    differs = _differs(before, after)
    if len(edges):
        differs |= np.isin(after.edge, edges)
        differs[: len(before.edge)] |= np.isin(before.edge, edges)
    return np.flatnonzero(differs)


def _origins_after(
    before: Allocation,
    impedance: Impedance,
    origins: Snapped,
    facilities: Snapped,
    node_s: Floats,
    node_facility: Ints,
    nodes: Ints,
    moved: Ints,
    edges: Ints,
) -> tuple[Nearest, Ints]:
    """Nearest facility of every origin, and which origins came out differently."""
    was, net = before.nearest, impedance.network
    by_node, begin = before.origins_by_node
    # An origin is looked at through a node of its edge: also where a facility on that very edge came or went.
    known = moved[moved < len(before.facilities.edge)]
    there = np.concatenate([facilities.edge[moved], before.facilities.edge[known], edges])
    look = np.concatenate([nodes, net.tail[there[there >= 0]]])
    first, count = begin[look], begin[look + 1] - begin[look]
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    # Whether a way is missing for want of roads or by one-way streets may change far away.
    without = np.flatnonzero(origins.on_network & ~np.isfinite(was.seconds))
    elsewhere = np.flatnonzero(_differs(before.origins, origins)) if origins is not before.origins else without[:0]
    who = np.unique(np.concatenate([by_node[at], without, elsewhere]))
    part = nearest_from_nodes(
        impedance, node_s, node_facility, origins.take(who), facilities, walk_kph=before.walk_kph
    )
    other = (
        (part.seconds != was.seconds[who]) | (part.facility != was.facility[who]) | (part.status != was.status[who])
    )
    who, part = who[other], Nearest(part.seconds[other], part.facility[other], part.status[other])
    seconds, facility, status = was.seconds.copy(), was.facility.copy(), was.status.copy()
    seconds[who], facility[who], status[who] = part.seconds, part.facility, part.status
    return Nearest(seconds, facility, status), who
