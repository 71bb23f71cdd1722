"""Searching service areas: a search costs what it reaches.

Only the nodes that the fastest edge could bring within the limit are looked at, and facilities that
lie near each other share them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from geo.connectors import part_s
from geo.errors import ParameterError
from geo.network import Bools, Floats, Impedance, Ints, to_ticks
from geo.service_area import Paces, ServiceArea, entries
from geo.snap import WALK_KPH, Snapped

_TOGETHER = 16
_SLACK_M = 10.0
"""Line ends that were joined may make a way a little shorter than the straight line."""

_WINDOW_SHARE = 0.5
"""Where searches may reach more than this share of the region, they look at all of it."""


class ServiceAreas:
    """Searches the service areas of facilities for one mode and direction.

    Parameters
    ----------
    impedance
        The mode.
    outward
        Count travel from the facility; otherwise to it.
    walk_kph
        Speed of the access legs.
    """

    def __init__(self, impedance: Impedance, *, outward: bool = False, walk_kph: float = WALK_KPH) -> None:
        if not walk_kph > 0:
            msg = f"步行速度须大于 0，得到 {walk_kph} (walking speed must be above 0)"
            raise ParameterError(msg)
        self.network = impedance.network
        self.paces = Paces.of(impedance, outward=outward)
        self.walk_kph = walk_kph
        self._graph = impedance.outward if outward else impedance.inward
        self._usable = impedance.usable

    def __call__(
        self, facilities: Snapped, max_travel_time_s: float, *, merged: bool = False
    ) -> Iterator[tuple[int, ServiceArea]]:
        """Search from every facility, or from all at once.

        Parameters
        ----------
        facilities
            Snapped to the same mode; those off the network reach nothing and are passed over.
        max_travel_time_s
            Limit, included.
        merged
            One area of all facilities together.

        Yields
        ------
        position : int
            Of the facility; 0 for the merged area. In the order of the search.
        area : ServiceArea
        """
        on = np.flatnonzero(facilities.on_network)
        if not len(on):
            return
        on = on[np.argsort(self.network.tail[facilities.edge[on]], kind="stable")]  # neighbours together
        groups = [[on]] if merged else [np.split(some, len(some)) for some in _chunks(on, _TOGETHER)]
        scratch = np.full(self.network.n_nodes, np.inf)
        for sources in groups:
            window = self._window(facilities, np.concatenate(sources), max_travel_time_s)
            graph = self._with_sources(window, facilities, sources)
            n = graph.shape[0] - len(sources)
            seconds = dijkstra(graph, indices=np.arange(n, n + len(sources)), limit=max_travel_time_s)
            for source, row in zip(sources, seconds, strict=True):
                found = np.flatnonzero(row[:n] <= max_travel_time_s)
                node = found if window is None else window[found]
                area = self._area(facilities, source, node, row[found], scratch, max_travel_time_s)
                yield (0 if merged else int(source[0])), area

    def reach_m(self, max_travel_time_s: float) -> float:
        """No farther than this from the ends of a facility's edge, as the crow flies, lies a node within the limit."""
        return max_travel_time_s * self._top_speed_mps + _SLACK_M

    def _area(
        self, facilities: Snapped, source: Ints, node: Ints, node_s: Floats, scratch: Floats, limit_s: float
    ) -> ServiceArea:
        net = self.network
        scratch[node] = node_s
        from_tail = self._by_tail[1][entries(self._by_tail[0], node)[0]]
        from_head = self._by_head[1][entries(self._by_head[0], node)[0]]
        own = facilities.edge[source]
        apart = own[np.isinf(scratch[net.tail[own]]) & np.isinf(scratch[net.head[own]])]
        if len(apart) > 1:
            apart = np.unique(apart)
        edge = np.concatenate([from_tail, from_head[np.isinf(scratch[net.tail[from_head]])], apart])
        tail_s, head_s = scratch[net.tail[edge]], scratch[net.head[edge]]
        scratch[node] = np.inf
        return ServiceArea(
            self.paces, node, node_s, edge, tail_s, head_s, own, facilities.fraction[source],
            to_ticks(facilities.access_m[source] * 3.6 / self.walk_kph), limit_s,
        )  # fmt: skip

    def _window(self, facilities: Snapped, source: Ints, limit_s: float) -> Ints | None:
        """Nodes that may lie within the limit of one of the sources, ascending; None for all."""
        net, edge = self.network, facilities.edge[source]
        tail, head = net.nodes[net.tail[edge]], net.nodes[net.head[edge]]
        radius_m = self.reach_m(limit_s) + np.hypot(*(head - tail).T) / 2
        if np.pi * (radius_m**2).sum() > _WINDOW_SHARE * self._region_m2:
            return None
        found = self._tree.query_ball_point((tail + head) / 2, radius_m)
        return np.unique(np.concatenate(found).astype(np.int64))

    def _with_sources(self, window: Ints | None, facilities: Snapped, sources: list[Ints]) -> csr_array:
        """The graph of the window with a node more for each source, whose arcs lead to its facilities' edges."""
        net = self.network
        indptr, indices, data = self._part_of_graph(window)
        n = len(indptr) - 1
        each = np.concatenate(sources)
        owner = np.repeat(np.arange(len(sources)), [len(source) for source in sources])
        edge, fraction = facilities.edge[each], facilities.fraction[each]
        access = to_ticks(facilities.access_m[each] * 3.6 / self.walk_kph)
        end = np.column_stack([net.tail[edge], net.head[edge]]).ravel()
        seconds = np.column_stack([
            part_s(self.paces.via_head_s[edge], fraction) + access,
            part_s(self.paces.via_tail_s[edge], 1 - fraction) + access,
        ]).ravel()  # fmt: skip
        open_ = np.isfinite(seconds)
        per_source = np.bincount(np.repeat(owner, 2)[open_], minlength=len(sources))
        end = end[open_] if window is None else np.searchsorted(window, end[open_])
        return csr_array(
            (
                np.concatenate([data, seconds[open_]]),
                np.concatenate([indices, end.astype(np.int32)]),
                np.concatenate([indptr, indptr[-1] + np.cumsum(per_source)]).astype(np.int32),
            ),
            shape=(n + len(sources), n + len(sources)),
        )

    def _part_of_graph(self, window: Ints | None) -> tuple[NDArray[Any], NDArray[Any], Floats]:
        """Compressed rows of the graph, or of the part of it between the nodes of the window."""
        graph = self._graph
        if window is None:
            return graph.indptr, graph.indices, graph.data
        local = np.full(self.network.n_nodes, -1, dtype=np.int32)
        local[window] = np.arange(len(window))
        arc, row = entries(graph.indptr, window)
        target = local[graph.indices[arc]]
        inside = target >= 0
        count = np.bincount(row[inside], minlength=len(window))
        return np.r_[0, np.cumsum(count)], target[inside], graph.data[arc[inside]]

    @cached_property
    def _top_speed_mps(self) -> float:
        quickest = np.minimum(self.paces.via_tail_s, self.paces.via_head_s)[self._usable]
        return float((self.network.length_m[self._usable] / quickest).max(initial=0.0)) * 1.001

    @cached_property
    def _region_m2(self) -> float:
        return float(np.prod(np.ptp(self.network.nodes, axis=0)))

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(self.network.nodes)

    @cached_property
    def _by_tail(self) -> tuple[Ints, Ints]:
        return _incident(self.network.tail, self._usable, self.network.n_nodes)

    @cached_property
    def _by_head(self) -> tuple[Ints, Ints]:
        return _incident(self.network.head, self._usable, self.network.n_nodes)


def _incident(end: Ints, usable: Bools, n: int) -> tuple[Ints, Ints]:
    """Rows of edges by their node ``end``."""
    edge = np.flatnonzero(usable)
    edge = edge[np.argsort(end[edge], kind="stable")]
    return np.searchsorted(end[edge], np.arange(n + 1)), edge


def _chunks(items: Ints, size: int) -> list[Ints]:
    return np.split(items, np.arange(size, len(items), size))
