"""Who goes where when stations have room for so many only: to the nearest one, as far as that serves most."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from geo.matrix import TravelTimes
from geo.network import Bools, Floats, Ints
from geo.siting.result import Assignment
from geo.siting.rooms import Flow, Rooms


def nearest_with_room(rooms: Rooms, times: TravelTimes, is_open: Bools, *, max_travel_time_s: float) -> Assignment:
    """Everybody to the nearest open site with room; who finds none is let in where others can be moved.

    Pairs are served in the order of their times; then the flow is made as large as can be and dealt out among the
    demands of each kind, the nearest pairs first again.

    Parameters
    ----------
    rooms
        A row for each demand.
    times
        From each demand to each site.
    is_open : ndarray of bool, shape (n_sites,)
    max_travel_time_s
        The limit, included.
    """
    may = is_open[times.facility] & (rooms.room[times.facility] > 0) & (rooms.weight[times.origin] > 0)
    pair = np.flatnonzero(may & (times.seconds <= max_travel_time_s))
    pair = pair[np.lexsort((times.facility[pair], times.origin[pair], times.seconds[pair]))]
    who, site = times.origin[pair].astype(np.int64), times.facility[pair].astype(np.int64)
    flow = rooms.flow(is_open)
    place = np.full(len(is_open), -1)
    place[flow.sites] = np.arange(len(flow.sites))
    kind, place = flow.kind[who], place[site]
    begun = csr_array((_dealt(who, site, rooms.weight, rooms.room), (kind, place)), shape=flow.table.shape)
    quota = csr_array(begun + _let_in(flow, begun))
    key, way = np.unique(kind * len(flow.sites) + place, return_inverse=True)
    each = np.asarray(quota[key // max(len(flow.sites), 1), key % max(len(flow.sites), 1)]).ravel()
    amount = _dealt(who, way, rooms.weight, each)
    there = amount > 0
    return Assignment(who[there], site[there], amount[there])


def served_mainly(times: TravelTimes, assignment: Assignment) -> tuple[Ints, Floats]:
    """The site that serves most of each demand, -1 where none does, and how far it is, ``inf`` there."""
    site, seconds = np.full(times.n_origins, -1), np.full(times.n_origins, np.inf)
    order = np.argsort(assignment.amount, kind="stable")
    site[assignment.demand[order]] = assignment.site[order]
    mine = site[times.origin] == times.facility
    seconds[times.origin[mine]] = times.seconds[mine]
    return site, seconds


def _dealt(who: Ints, to: Ints, weight: Ints, room: Ints) -> Ints:
    """How much of each pair is served when they come in this order."""
    left, free, amount = weight.tolist(), room.tolist(), np.zeros(len(who), np.int64)
    for k, (demand, place) in enumerate(zip(who.tolist(), to.tolist(), strict=True)):
        served = min(left[demand], free[place])
        if served:
            left[demand] -= served
            free[place] -= served
            amount[k] = served
    return amount


def _let_in(flow: Flow, begun: csr_array) -> csr_array:
    """What is to change along each way from a kind to a site so that most are served."""
    n_kinds, n_open = flow.table.shape
    size = n_kinds + n_open + 2
    gone = csr_array(begun)
    gone.eliminate_zeros()
    row = np.repeat(np.arange(n_kinds), np.diff(gone.indptr)) + 1
    column, amount = gone.indices + n_kinds + 1, gone.data
    source, sink = np.zeros(n_kinds, np.int64), np.full(n_open, size - 1)
    tail = np.concatenate([source, row, np.arange(n_open) + n_kinds + 1])
    head = np.concatenate([np.arange(n_kinds) + 1, column, sink])
    used = csr_array(
        (np.concatenate([gone.sum(axis=1), amount, gone.sum(axis=0)]), (tail, head)), shape=(size, size)
    )
    returned = csr_array((amount, (column, row)), shape=(size, size))
    spare = csr_array(flow.graph - used + returned, dtype=np.int32)
    spare.indices, spare.indptr = spare.indices.astype(np.int32), spare.indptr.astype(np.int32)
    found = maximum_flow(spare, 0, size - 1).flow
    return csr_array(found[1 : n_kinds + 1, n_kinds + 1 : n_kinds + 1 + n_open])
