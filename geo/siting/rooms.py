"""Sites with room for so many: how much a plan serves at most, by maximum flow.

People are whole and go one by one: the members of one demand may be served by different sites, and with whole weights
and rooms there is a largest flow in whole persons (Ford & Fulkerson 1956). The flow is found by Dinic's algorithm as
SciPy has it; its smallest cut bounds what one site more could add.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from geo.network import Bools, Floats, Ints
from geo.siting.cover import distinct


@dataclass(frozen=True)
class Rooms:
    """Demands by the sites that may serve them.

    Attributes
    ----------
    rows : csr_array, shape (n_rows, n_sites)
        An entry where a site may serve a row.
    weight : ndarray of int, shape (n_rows,)
    room : ndarray of int, shape (n_sites,)
        How much weight each site serves at most.
    base : int
        What is served whatever the plan.
    """

    rows: csr_array
    weight: Ints
    room: Ints
    base: int = 0

    @cached_property
    def columns(self) -> csr_array:
        """The same table by sites, shape (n_sites, n_rows)."""
        return self.rows.T.tocsr()

    @cached_property
    def within_reach(self) -> Ints:
        """Weight that each site might serve if it were alone, shape (n_sites,)."""
        alone: Ints = np.minimum(self.room, (self.columns @ self.weight.astype(np.float64)).astype(np.int64))
        return alone

    def flow(self, is_open: Bools) -> Flow:
        """The most that a plan can serve."""
        sites = np.flatnonzero(is_open & (self.room > 0))
        part = self.columns[sites].T.tocsr()
        reached = np.flatnonzero(np.diff(part.indptr) > 0)
        unlike, place = distinct(part[reached])
        kind = np.full(len(self.weight), -1)
        kind[reached] = place
        table = part[reached[unlike]]
        weight = np.bincount(place, self.weight[reached], len(unlike)).astype(np.int64)
        return Flow(self, sites, kind, table, weight)

    def value(self, is_open: Bools) -> int:
        """How much a plan serves."""
        return self.flow(is_open).value

    def within(self, kept: Bools, taken: Bools) -> tuple[Rooms, Ints]:
        """The table of the kept and the taken sites without what makes no difference, like rows merged.

        Rows behind the smallest cut of the taken sites are served whatever else is opened, by sites that the others
        cannot reach; where nothing is kept, what is served is known.

        Returns
        -------
        Rooms
            Over the sites ``kept | taken``, ascending.
        ndarray, shape (n_rows,)
            Which row of the new table each of the old ones is in; -1 where it is settled.
        """
        sites = np.flatnonzero(kept | taken)
        flow = self.flow(taken)
        short = ~flow.settled_rows() & (self.weight > 0)
        base = self.base + int(self.weight[~short].sum())
        rows = self.rows[:, sites]
        asks = np.flatnonzero(short & (np.diff(rows.indptr) > 0))
        open_ = _with_kept(rows[asks], kept[sites])
        closed = np.unique(flow.kind[asks[~open_]])
        base += int(flow.amount[closed[closed >= 0]].sum())
        asks = asks[open_]
        unlike, place = distinct(rows[asks])
        where = np.full(len(short), -1)
        where[asks] = place
        weight = np.bincount(place, self.weight[asks], len(unlike)).astype(np.int64)
        return Rooms(rows[asks[unlike]], weight, self.room[sites], base), where


def _with_kept(rows: csr_array, kept: Bools) -> Bools:
    """Rows that hang together with some kept site, by way of rows and sites."""
    n_rows, n_sites = rows.shape
    size = n_rows + n_sites
    row = np.repeat(np.arange(n_rows), np.diff(rows.indptr))
    ways = csr_array((np.ones(len(row), bool), (row, rows.indices + n_rows)), shape=(size, size))
    _, part = connected_components(ways, directed=False)
    there: Bools = np.isin(part[:n_rows], part[n_rows:][kept])
    return there


class Flow:
    """The largest flow from rows, those of the same open sites merged, to the open sites.

    Attributes
    ----------
    value : int
        All that is served, ``base`` included.
    sites : ndarray
        Open sites with room, ascending.
    kind : ndarray, shape (n_rows,)
        Which kind each row is of, -1 where no open site reaches it.
    table : csr_array, shape (n_kinds, n_open)
        An entry where an open site may serve a kind.
    weight : ndarray of int, shape (n_kinds,)
    graph : csr_array
        What may pass at most from the source (0) to kinds, sites and the sink.
    """

    def __init__(self, rooms: Rooms, sites: Ints, kind: Ints, table: csr_array, weight: Ints) -> None:
        self._rooms, self.sites, self.kind, self.table, self.weight = rooms, sites, kind, table, weight
        self.graph = network(table, weight, rooms.room[sites])
        found = maximum_flow(self.graph, 0, self.graph.shape[0] - 1)
        self.value, self._found = rooms.base + int(found.flow_value), csr_array(found.flow)

    @cached_property
    def amount(self) -> csr_array:
        """How much of each kind goes to each open site, shape (n_kinds, n_open)."""
        n_kinds, n_open = self.table.shape
        return csr_array(self._found[1 : n_kinds + 1, n_kinds + 1 : n_kinds + 1 + n_open].maximum(0))

    def by_pair(self) -> Floats:
        """How much goes along each entry of the table of rows, in its order."""
        rows, amount = self._rooms.rows, self.amount
        left = dict(zip(_pairs(amount), amount.data.tolist(), strict=True))
        place = {site: k for k, site in enumerate(self.sites.tolist())}
        weight, found = self._rooms.weight.tolist(), np.zeros(rows.nnz)
        row = np.repeat(np.arange(len(weight)), np.diff(rows.indptr)).tolist()
        for entry, (r, site) in enumerate(zip(row, rows.indices.tolist(), strict=True)):
            key = (int(self.kind[r]), place.get(site, -1))
            share = min(weight[r], left.get(key, 0))
            if share:
                found[entry] = share
                weight[r] -= share
                left[key] -= share
        return found

    def least_added(self) -> Ints:
        """What each site more would add if nobody were moved for it, shape (n_sites,)."""
        rooms, weight = self._rooms, self.weight
        left = np.append(weight - self.amount.sum(axis=1), 1)  # rows that no open site reaches, kind -1: all of them
        share = left / np.append(np.maximum(weight, 1), 1)
        asks = rooms.columns @ (rooms.weight * share[self.kind])
        least: Ints = np.minimum(rooms.room, asks.astype(np.int64))
        return least

    def settled_rows(self) -> Bools:
        """Rows that are served whole, and would be if there were more of them; shape (n_rows,)."""
        return ~self._short[self.kind]

    def most_added(self) -> Ints:
        """An upper bound of what each site more would add, by the smallest cut; shape (n_sites,)."""
        rooms = self._rooms
        asks = rooms.columns @ (rooms.weight * self._short[self.kind]).astype(np.float64)
        most: Ints = np.minimum(rooms.room, asks.astype(np.int64))
        return most

    @cached_property
    def _short(self) -> Bools:
        """Kinds on the source's side of the smallest cut, and as the last those that no open site reaches."""
        n_kinds = self.table.shape[0]
        spare = csr_array(self.graph - self._found)
        spare.data = np.maximum(spare.data, 0)
        spare.eliminate_zeros()
        reached = breadth_first_order(spare, 0, return_predecessors=False)
        short = np.zeros(n_kinds + 1, bool)
        short[reached[(reached >= 1) & (reached <= n_kinds)] - 1] = True
        short[n_kinds] = True
        return short


def _pairs(table: csr_array) -> list[tuple[int, int]]:
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    return list(zip(row.tolist(), table.indices.tolist(), strict=True))


def network(table: csr_array, weight: Ints, room: Ints) -> csr_array:
    """Source, kinds, sites and sink with what may pass at most between them."""
    n_kinds, n_open = table.shape
    row = np.repeat(np.arange(n_kinds), np.diff(table.indptr))
    tail = np.concatenate([np.zeros(n_kinds, np.int64), row + 1, np.arange(n_open) + n_kinds + 1])
    head = np.concatenate([np.arange(n_kinds) + 1, table.indices + n_kinds + 1, np.full(n_open, n_kinds + n_open + 1)])
    most = np.concatenate([weight, np.minimum(weight[row], room[table.indices]), room]).astype(np.int32)
    size = n_kinds + n_open + 2
    graph = csr_array((most, (tail, head)), shape=(size, size))
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
    return graph
