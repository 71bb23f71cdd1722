"""Drainage trees on a raster: where water goes, how much gathers, and what a stream segment drains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from data.demo.grid import EIGHT, Bools, Floats, Ints, shifts


@dataclass(frozen=True, slots=True)
class Drainage:
    """A forest over the cells of a raster: every cell's receiver (itself at an outlet), by depth.

    ``order[cuts[k]:cuts[k + 1]]`` are the cells that are ``k`` steps above their outlet.
    """

    receiver: Ints
    order: Ints
    cuts: Ints

    @classmethod
    def of(cls, receiver: Ints) -> Drainage:
        """Order the cells by depth: pointer doubling, so as many rounds as the logarithm of the depth."""
        depth = (receiver != np.arange(receiver.size)).astype(np.int64)
        pointer = receiver
        while (more := depth[pointer]).any():
            depth = depth + more
            pointer = pointer[pointer]
        order = np.argsort(depth, kind="stable")
        return cls(receiver, order, np.searchsorted(depth[order], np.arange(depth.max() + 2)))

    def levels(self) -> Iterator[Ints]:
        """Cells one step above the outlets, then two, and so on."""
        for k in range(1, len(self.cuts) - 1):
            yield self.order[self.cuts[k]:self.cuts[k + 1]]

    def accumulate(self, amount: Floats) -> Floats:
        """What passes through every cell when each adds ``amount`` and all of it runs down."""
        total = amount.copy()
        for level in reversed(list(self.levels())):
            np.add.at(total, self.receiver[level], total[level])
        return total

    def climb(self, outlet_height: Floats, rise: Floats) -> Floats:
        """Heights when every cell lies ``rise`` above its receiver."""
        height = outlet_height.copy()
        for level in self.levels():
            height[level] = height[self.receiver[level]] + rise[level]
        return height

    def upstream(self, cell: int) -> Bools:
        """Mask of the cells that drain through ``cell``, itself among them."""
        above = np.zeros(self.receiver.size, dtype=bool)
        above[cell] = True
        for level in self.levels():
            above[level] |= above[self.receiver[level]]
        return above

    def basins(self, catchment: Floats, threshold: float) -> Ints:
        """Number of the stream segment that every cell drains to, from 0 without gaps.

        A stream carries a ``catchment`` of at least ``threshold``; segments end where streams meet.
        """
        stream = catchment >= threshold
        inner = self.receiver != np.arange(self.receiver.size)
        inflows = np.bincount(self.receiver[stream & inner], minlength=self.receiver.size)
        label = np.full(self.receiver.size, -1, dtype=np.int64)
        outlets = self.order[self.cuts[0]:self.cuts[1]]
        label[outlets] = outlets
        for level in self.levels():
            below = self.receiver[level]
            begins = stream[level] & ((inflows[below] > 1) | ~stream[below])
            label[level] = np.where(begins, level, label[below])
        return np.asarray(np.unique(label, return_inverse=True)[1]).ravel()


def steepest_receivers(height: Floats, outlets: Bools) -> Ints:
    """Receiver of every cell: its steepest lower neighbour of eight; outlets receive themselves."""
    best = np.zeros(height.shape)
    own = np.arange(height.size).reshape(height.shape)
    receiver = own.copy()
    for down, right in EIGHT:
        here, there = shifts(height.shape, down, right)
        drop = (height[here] - height[there]) / np.hypot(down, right)
        steeper = drop > best[here]
        best[here] = np.where(steeper, drop, best[here])
        receiver[here] = np.where(steeper, own[there], receiver[here])
    flat = receiver.ravel()
    flat[outlets] = np.flatnonzero(outlets)
    return flat


def cheapest_receivers(cost: Floats, height: Floats, outlets: Ints, *, cell: float, rise: float) -> Ints:
    """Receiver of every cell on its cheapest way to an outlet: a tree without pits.

    Parameters
    ----------
    cost
        Cost of a metre in each cell.
    height
        A rise of a metre on the way up from the outlet towards lower ground costs ``rise``.
    outlets
        Flat indices.
    cell
        Side of a cell, metres.
    rise
        See ``height``.
    """
    own = np.arange(cost.size).reshape(cost.shape)
    heads, tails, weights = [], [], []
    for down, right in EIGHT:
        here, there = shifts(cost.shape, down, right)
        weight = cell * np.hypot(down, right) * 0.5 * (cost[here] + cost[there])
        weight = weight + rise * np.maximum(0, height[here] - height[there])
        heads.append(own[here].ravel())
        tails.append(own[there].ravel())
        weights.append(weight.ravel())
    matrix = sp.csr_matrix(
        (np.concatenate(weights), (np.concatenate(heads), np.concatenate(tails))), shape=(cost.size, cost.size))
    _, before, _ = dijkstra(matrix, indices=outlets, min_only=True, return_predecessors=True)
    receiver = before.astype(np.int64)
    return np.where(receiver < 0, np.arange(cost.size), receiver)
