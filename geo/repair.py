"""Nodes' times to their nearest facility, repaired after a change instead of searched from nothing.

Nodes whose way is no longer there are found along tight arcs, forgotten, and searched again among
themselves; then they, new facilities and quicker edges make offers, which spread for as long as
they improve something.

After G. Ramalingam and T. Reps, "An incremental algorithm for a generalization of the shortest-path
problem", Journal of Algorithms 21 (1996).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.catchment import nearest_source, times_to_facilities
from geo.connectors import part_s
from geo.network import Floats, Impedance, Ints
from geo.overlay import arcs_of
from geo.snap import Snapped

_LOCAL_SHARE = 0.25
"""When offers have gone along more than this share of all arcs, one search of everything is quicker."""

_FEW, _SHARE_AT_ONCE = 200, 0.5
"""So few nodes may all spread their offers at once; of more, the nearer share does first."""


_FIRST = np.ones(1, dtype=bool)


class Repair:
    """Times of the nodes while they are brought up to date.

    Parameters
    ----------
    before, impedance
        The mode before the change and after it, on one network.
    facilities
        After the change.
    walk_kph
        Speed of the access legs.
    node_s, node_facility
        Before the change; they stay as they are.
    """

    def __init__(
        self,
        before: Impedance,
        impedance: Impedance,
        facilities: Snapped,
        walk_kph: float,
        node_s: Floats,
        node_facility: Ints,
    ) -> None:
        self.before, self.impedance, self.facilities, self.walk_kph = before, impedance, facilities, walk_kph
        self.seconds, self.facility = node_s.copy(), node_facility.copy()
        self.lost = np.zeros(0, dtype=np.int64)
        self.arcs, self.most_arcs = 0, _LOCAL_SHARE * impedance.inward.nnz

    def __call__(self, moved: Ints, edges: Ints) -> tuple[Floats, Ints, Ints]:
        """Seconds and facility of every node after the change, and the nodes that were touched.

        Parameters
        ----------
        moved
            Facilities that are new, gone or elsewhere, or on an edge with other seconds.
        edges
            Edges with other seconds.
        """
        self._forget(moved, edges)
        touched = self._settle(moved, edges)
        if touched is not None:
            return self.seconds, self.facility, touched
        node_s, node_facility = times_to_facilities(self.impedance, self.facilities, walk_kph=self.walk_kph)
        return node_s, node_facility, np.arange(len(node_s))

    def _forget(self, moved: Ints, edges: Ints) -> None:
        """Forget the times of nodes whose facility moved, or whose way led over an edge that got slower."""
        gone = np.zeros(len(self.facilities.edge) + 1, dtype=bool)  # the last stands for no facility
        gone[moved] = True
        lost = gone[self.facility]
        frontier = self._cut_off(edges)
        frontier = frontier[~lost[frontier]]
        lost[frontier] = True
        graph, seconds, facility = self.before.inward, self.seconds, self.facility
        while len(frontier):
            arc, which = arcs_of(graph, frontier)
            begin, end = frontier[which], graph.indices[arc]
            hangs = (seconds[begin] + graph.data[arc] == seconds[end]) & (facility[begin] == facility[end]) & ~lost[end]
            frontier = np.unique(end[hangs]).astype(np.int64)
            lost[frontier] = True
        self.lost = np.flatnonzero(lost)
        seconds[self.lost], facility[self.lost] = np.inf, -1

    def _cut_off(self, edges: Ints) -> Ints:
        """Nodes whose way began with one of ``edges`` and takes longer now."""
        was, net = self.before, self.impedance.network
        ends = []
        for begin, end, old, new in (
            (net.head, net.tail, was.forward_s, self.impedance.forward_s),
            (net.tail, net.head, was.backward_s, self.impedance.backward_s),
        ):
            slower = edges[new[edges] > old[edges]]
            there, here = begin[slower], end[slower]
            with np.errstate(invalid="ignore"):
                tight = self.seconds[there] + old[slower] == self.seconds[here]
            ends.append(here[tight & np.isfinite(self.seconds[here])])
        return np.unique(np.concatenate(ends))

    def _settle(self, moved: Ints, edges: Ints) -> Ints | None:
        """Let offers spread; the nodes that were touched, None when one search of everything is quicker."""
        if len(self.lost) > _LOCAL_SHARE * len(self.seconds):
            return None
        parts = [self._from_facilities(moved), self._from_beside(self.lost), *self._over_edges(edges)]
        offers = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
        if len(self.lost):
            self._search_again(*offers)
        # What was forgotten may now be nearer to a facility than before, and tell those around it.
        waiting = np.union1d(self._take(*offers), self._spread(self.lost))
        touched = [self.lost, waiting]
        while len(waiting):
            frontier, waiting = self._nearest_first(waiting)
            improved = self._spread(frontier)
            if self.arcs > self.most_arcs:
                return None
            touched.append(improved)
            waiting = np.union1d(waiting, improved) if len(waiting) else improved
        return np.unique(np.concatenate(touched))

    def _nearest_first(self, waiting: Ints) -> tuple[Ints, Ints]:
        """Which nodes spread their offers now, and which later: offers that are bettered later are made in vain."""
        if len(waiting) < _FEW:
            return waiting, waiting[:0]
        when = self.seconds[waiting]
        now = when <= np.quantile(when, _SHARE_AT_ONCE)
        return waiting[now], waiting[~now]

    def _search_again(self, node: Ints, seconds: Floats, facility: Ints) -> None:
        """Times of the forgotten nodes, given what they are offered from outside: a search among them alone."""
        lost, graph = self.lost, self.impedance.inward
        number = np.full(len(self.seconds), -1, dtype=np.int32)
        number[lost] = np.arange(len(lost), dtype=np.int32)
        arc, which = arcs_of(graph, lost)
        end = number[graph.indices[arc]]
        inside = end >= 0
        known = np.isfinite(seconds) & (number[node] >= 0)
        sources, source = np.unique(facility[known], return_inverse=True)
        order = np.lexsort((seconds[known], number[node[known]], source))
        size = len(lost) + len(sources)
        per_row = np.bincount(np.concatenate([which[inside], len(lost) + source]), minlength=size)
        among = csr_array(
            (
                np.concatenate([graph.data[arc[inside]], seconds[known][order]]),
                np.concatenate([end[inside], number[node[known]][order]]).astype(np.int32),
                np.concatenate([[0], np.cumsum(per_row)]).astype(np.int32),
            ),
            shape=(size, size),
        )
        if len(sources):
            self.seconds[lost], found = nearest_source(among, len(lost))
            self.facility[lost] = np.append(sources, -1)[found]

    def _spread(self, nodes: Ints) -> Ints:
        """Offers from ``nodes`` to those that they lead to; which of these they improve."""
        graph = self.impedance.inward
        arc, which = arcs_of(graph, nodes)
        self.arcs += len(arc)
        begin = nodes[which]
        return self._take(graph.indices[arc].astype(np.int64), self.seconds[begin] + graph.data[arc], self.facility[begin])

    def _from_facilities(self, moved: Ints) -> tuple[Ints, Floats, Ints]:
        """Facilities to the ends of their edges: those that moved, and all that a forgotten node may turn to."""
        spots, net = self.facilities, self.impedance.network
        on = np.flatnonzero(spots.on_network) if len(self.lost) else moved[spots.on_network[moved]]
        edge, fraction = spots.edge[on], spots.fraction[on]
        walk = spots.access_s(self.walk_kph)[on]
        to_tail = part_s(self.impedance.forward_s[edge], fraction) + walk
        to_head = part_s(self.impedance.backward_s[edge], 1 - fraction) + walk
        return (
            np.concatenate([net.tail[edge], net.head[edge]]),
            np.concatenate([to_tail, to_head]),
            np.concatenate([on, on]),
        )

    def _from_beside(self, nodes: Ints) -> tuple[Ints, Floats, Ints]:
        """From the neighbours of ``nodes`` that still have a time."""
        graph: csr_array = self.impedance.outward  # reversed: who can be asked, not who asks
        arc, which = arcs_of(graph, nodes)
        beside = graph.indices[arc]
        return nodes[which], self.seconds[beside] + graph.data[arc], self.facility[beside]

    def _over_edges(self, edges: Ints) -> list[tuple[Ints, Floats, Ints]]:
        """Along ``edges``, in both directions."""
        net, mode = self.impedance.network, self.impedance
        tail, head = net.tail[edges], net.head[edges]
        return [
            (tail, self.seconds[head] + mode.forward_s[edges], self.facility[head]),
            (head, self.seconds[tail] + mode.backward_s[edges], self.facility[tail]),
        ]

    def _take(self, node: Ints, seconds: Floats, facility: Ints) -> Ints:
        """Take the offers that improve a node, the quickest to each and of those the lowest facility's."""
        was = self.seconds[node]
        # A node without a time has no facility, -1, and no offer comes from a lower one.
        better = (seconds < was) | ((seconds == was) & (facility < self.facility[node]))
        node, seconds, facility = node[better], seconds[better], facility[better]
        if len(node) > 1:
            order = np.lexsort((facility, seconds, node))
            node = node[order]
            first = np.concatenate([_FIRST, node[1:] != node[:-1]])
            node, order = node[first], order[first]
            seconds, facility = seconds[order], facility[order]
        self.seconds[node], self.facility[node] = seconds, facility
        return node
