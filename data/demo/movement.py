"""Costs of moving over the land, and least-cost ways between places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy import ndimage as ndi
from scipy.sparse.csgraph import dijkstra

from data.demo.grid import Bools, Floats, Ints, shifts
from data.demo.outline import Landscape

QUEEN = ((0, 1), (1, 0), (1, 1), (1, -1))
KNIGHT = (*QUEEN, (1, 2), (2, 1), (1, -2), (2, -1))


@dataclass(frozen=True, slots=True)
class Land:
    """The dry cells of the county numbered from 0: the nodes that one can move between."""

    landscape: Landscape
    cells: Ints
    node: Ints
    river_penalty: Floats
    smooth_height: Floats

    @classmethod
    def of(cls, landscape: Landscape) -> Land:
        """Number the dry cells; rivers are dilated so that no move can jump over one unpaid."""
        cells = np.flatnonzero(landscape.land.ravel())
        node = np.full(landscape.grid.size, -1, dtype=np.int64)
        node[cells] = np.arange(cells.size)
        river = ndi.binary_dilation(landscape.catchment > 25e6)
        toll = np.clip(110 * (ndi.maximum_filter(landscape.catchment, 3) / 25e6) ** 0.42, 0, 600)
        return cls(landscape, cells, node.reshape(landscape.grid.shape), np.where(river, toll, 0.0),
                   np.asarray(ndi.gaussian_filter(landscape.height, 0.8)))

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.cells.size)

    @property
    def places(self) -> Floats:
        """Middles of the nodes' cells, shape (size, 2)."""
        return self.landscape.grid.centres(self.cells)

    def at(self, raster: np.ndarray) -> np.ndarray:
        """Values of a raster at the nodes."""
        return np.asarray(raster.ravel()[self.cells])


class Allocation(NamedTuple):
    """Every node's nearest source, the cost to it, and the node before on the way (-1 at a source)."""

    cost: Floats
    before: Ints
    source: Ints


class Crossings(NamedTuple):
    """Neighbouring sources and the cheapest step from the land of one to that of the other: the pass."""

    first: Ints
    second: Ints
    cost: Floats
    step_from: Ints
    step_to: Ints


class CostGraph:
    """Moves between neighbouring nodes as a sparse matrix whose weights can be lowered."""

    def __init__(self, land: Land, *, gentle: float, cap: float, roughness: Floats, toll: Floats,
                 moves: tuple[tuple[int, int], ...] = KNIGHT) -> None:
        """Moves cost length x (1 + min((grade / gentle)^2, cap)) x roughness, and the toll."""
        heads, tails, weights = [], [], []
        grid = land.landscape.grid
        for down, right in moves:
            here, there = shifts(grid.shape, down, right)
            u, v = land.node[here], land.node[there]
            dry = (u >= 0) & (v >= 0)
            length = grid.cell * np.hypot(down, right)
            grade = np.abs(land.smooth_height[here][dry] - land.smooth_height[there][dry]) / length
            weight = length * (1 + np.minimum((grade / gentle) ** 2, cap))
            weight *= 0.5 * (roughness[here][dry] + roughness[there][dry])
            weight += 0.5 * (toll[here][dry] + toll[there][dry]) * length / grid.cell
            heads += [u[dry], v[dry]]
            tails += [v[dry], u[dry]]
            weights += [weight, weight]
        self.matrix = sp.csr_matrix(
            (np.concatenate(weights), (np.concatenate(heads), np.concatenate(tails))), shape=(land.size, land.size))
        self.matrix.sort_indices()
        self.rows = np.repeat(np.arange(land.size, dtype=np.int32), np.diff(self.matrix.indptr))
        self._keys = self.rows.astype(np.int64) * land.size + self.matrix.indices

    def allocate(self, sources: Ints, limit: float = np.inf) -> Allocation:
        """Nearest of ``sources`` for every node (all -1 and inf where none is within ``limit``)."""
        cost, before, source = dijkstra(
            self.matrix, indices=sources, min_only=True, return_predecessors=True, limit=limit)
        return Allocation(cost, np.maximum(before, -1).astype(np.int64), source.astype(np.int64))

    def costs_from(self, source: int, limit: float = np.inf) -> Floats:
        """Cost from one source to every node."""
        return np.asarray(dijkstra(self.matrix, indices=[source], limit=limit)[0])

    def cheapen(self, pairs: Ints, factor: float) -> None:
        """Multiply the weights of moves between ``pairs`` of nodes, shape (n, 2), both ways."""
        size = self.matrix.shape[0]
        for a, b in ((0, 1), (1, 0)):
            self.matrix.data[np.searchsorted(self._keys, pairs[:, a] * size + pairs[:, b])] *= factor

    def crossings(self, allocation: Allocation) -> Crossings:
        """For each two sources whose lands touch, the cheapest way across."""
        cost, source, tails = allocation.cost, allocation.source, self.matrix.indices
        touch = (self.rows < tails) & np.isfinite(cost[self.rows]) & np.isfinite(cost[tails])
        moves = np.flatnonzero(touch & (source[self.rows] != source[tails]))
        step_from, step_to = self.rows[moves].astype(np.int64), tails[moves].astype(np.int64)
        total = cost[step_from] + self.matrix.data[moves] + cost[step_to]
        first = np.minimum(source[step_from], source[step_to])
        second = np.maximum(source[step_from], source[step_to])
        pair = first * self.matrix.shape[0] + second
        order = np.lexsort((moves, total, pair))
        cheapest = order[np.r_[True, pair[order][1:] != pair[order][:-1]]]
        return Crossings(first[cheapest], second[cheapest], total[cheapest], step_from[cheapest], step_to[cheapest])


def trace(before: Ints, ends: Ints) -> Ints:
    """Steps (node, node before it) of the ways from ``ends`` back to their sources, shape (n, 2)."""
    steps = []
    seen = np.zeros(len(before), dtype=bool)
    front = np.unique(ends)
    while front.size:
        front = front[~seen[front]]
        seen[front] = True
        back = before[front]
        more = back >= 0
        steps.append(np.column_stack([front[more], back[more]]))
        front = np.unique(back[more])
    return np.concatenate(steps) if steps else np.zeros((0, 2), dtype=np.int64)


def relative_neighbours(crossings: Crossings, beta: float) -> Bools:
    """Which crossings no common neighbour undercuts: max(cost to it from either) < cost x ``beta``."""
    near: dict[int, dict[int, float]] = {}
    links = list(zip(crossings.first.tolist(), crossings.second.tolist(), crossings.cost.tolist(), strict=True))
    for first, second, cost in links:
        near.setdefault(first, {})[second] = cost
        near.setdefault(second, {})[first] = cost
    return np.array([
        not any(other in near[second] and max(near[first][other], near[second][other]) < cost * beta
                for other in near[first])
        for first, second, cost in links
    ], dtype=bool)
