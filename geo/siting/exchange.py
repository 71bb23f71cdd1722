"""Search by exchange: open what covers most, then swap one site for another as long as it gains.

The gain of every swap is kept in a table and only the rows that a swap touches are counted anew, after the vertex
substitution of Teitz & Bart (1968, Operations Research 16:955-961) and the tables of Resende & Werneck (2007, European
Journal of Operational Research 174:54-68). From the best plan the search starts again after a few random swaps.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.network import Bools, Floats, Ints
from geo.siting.cover import Cover, entries
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_SAME = 1e-9


class Exchange:
    """A plan that is being changed, with what each change would gain."""

    def __init__(self, cover: Cover, rule: Rule, is_open: Bools) -> None:
        self._cover, self._rule = cover, rule
        self._slack = _SAME * max(float(cover.first.sum() + cover.second.sum()), 1.0)
        self.restart(is_open)

    def restart(self, is_open: Bools) -> None:
        """Go on from another plan."""
        cover = self._cover
        self.is_open = is_open.copy()
        self._slots = np.flatnonzero(is_open)
        self._slot_of = np.full(len(is_open), -1)
        self._slot_of[self._slots] = np.arange(len(self._slots))
        self._count = cover.count(is_open)
        self.value = cover.value(is_open)
        everything = np.arange(cover.rows.shape[0])
        self._add, self._loss, self._both = self._tables(everything)

    def improve(self, stop: Stop) -> None:
        """Open, then swap until nothing gains; only the swaps are given up when stopped."""
        while True:
            if self._open_best():
                continue
            if not len(self._slots) or stop():
                return
            gain = self._gains()
            comes, slot = divmod(int(gain.argmax()), len(self._slots))
            before = self.value
            if gain[comes, slot] > self._slack:
                self._change(comes, slot)
            if not self.value > before:  # nothing gains, or what rounding left of it
                return

    def fill(self) -> None:
        """Open what covers most as long as any may be opened and adds something."""
        while self._open_best():
            pass

    def prefer_lower(self) -> None:
        """Swap sites for cheaper ones where that makes no difference, and for lower ones among those as cheap."""
        price, number = self._rule.price, np.arange(len(self._add))
        while len(self._slots):
            same = self._gains() >= -self._slack
            as_cheap = price[:, None] == price[self._slots][None, :]
            lower = as_cheap & (number[:, None] < self._slots[None, :])
            same &= lower | (price[:, None] < price[self._slots][None, :])
            if not same.any():
                return
            self._change(*divmod(int(same.argmax()), len(self._slots)))

    def _gains(self) -> Floats:
        """Of every swap, shape (n_sites, n_open); minus infinity where it is not allowed."""
        gain: Floats = self._add[:, None] - self._loss[None, :] + self._both
        gain[self.is_open] = -np.inf
        return np.where(self._rule.swaps(self.is_open, self._slots), gain, -np.inf)

    def shake(self, rng: np.random.Generator) -> None:
        """Swap a few sites at random."""
        for _ in range(int(rng.integers(2, 5))):
            if not len(self._slots):
                return
            slot = int(rng.integers(len(self._slots)))
            may = ~self.is_open & np.ravel(self._rule.swaps(self.is_open, self._slots[slot : slot + 1]))
            comes = np.flatnonzero(may)
            if len(comes):
                self._change(int(rng.choice(comes)), slot)

    def _open_best(self) -> bool:
        gain = np.where(self._rule.room(self.is_open), self._add, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(gain > self._slack, gain / self._rule.price, 0.0)
        best = int(rate.argmax()) if len(rate) else 0
        if not len(rate) or not rate[best] > 0:
            return False
        self._change(best, None)
        return True

    def _change(self, comes: int, slot: int | None) -> None:
        """Open a site, in the place of another if a slot is given; only rows that either covers change."""
        columns = self._cover.columns
        gone = None if slot is None else int(self._slots[slot])
        touched: Ints = _column(columns, comes)
        if gone is not None:
            touched = np.union1d(touched, _column(columns, gone))
        self._count_tables(touched, -1)
        before = self._worth(touched)
        self._count[_column(columns, comes)] += 1
        self.is_open[comes] = True
        if slot is None or gone is None:
            self._slot_of[comes] = len(self._slots)
            self._slots = np.append(self._slots, comes)
            self._loss = np.append(self._loss, 0.0)
            self._both = np.column_stack([self._both, np.zeros(len(self._add))])
        else:
            self._count[_column(columns, gone)] -= 1
            self.is_open[gone] = False
            self._slots[slot] = comes
            self._slot_of[gone], self._slot_of[comes] = -1, slot
        self._count_tables(touched, 1)
        self.value += self._worth(touched) - before

    def _worth(self, rows: Ints) -> float:
        count = self._count[rows]
        return float(self._cover.first[rows[count >= 1]].sum() + self._cover.second[rows[count >= 2]].sum())

    def _count_tables(self, rows: Ints, sign: int) -> None:
        add, loss, both = self._tables(rows)
        self._add += sign * add
        self._loss += sign * loss
        self._both += sign * both

    def _tables(self, rows: Ints) -> tuple[Floats, Floats, Floats]:
        """What these rows contribute to the gain of opening, the loss of closing, and to doing both at once."""
        cover, count, n = self._cover, self._count[rows], len(self.is_open)
        first, second = cover.first[rows], cover.second[rows]
        gain = np.where(count == 0, first, np.where(count == 1, second, 0.0))
        loss = np.where(count == 1, first, np.where(count == 2, second, 0.0))
        matter = np.flatnonzero((gain != 0) | (loss != 0))
        gain, loss = gain[matter], loss[matter]
        sites, degree = entries(cover.rows, rows[matter])
        add = np.bincount(sites, np.repeat(gain, degree), n).astype(np.float64)
        slot = self._slot_of[sites]
        held = np.flatnonzero(slot >= 0)
        row = np.repeat(np.arange(len(matter)), degree)[held]
        lost = np.bincount(slot[held], loss[row], len(self._slots)).astype(np.float64)
        partner, met = entries(cover.rows, rows[matter[row]])
        where = partner.astype(np.int64) * len(self._slots) + np.repeat(slot[held], met)
        both = np.bincount(where, np.repeat((loss - gain)[row], met), n * len(self._slots))
        return add, lost, both.astype(np.float64).reshape(n, len(self._slots))


def search(cover: Cover, rule: Rule, *, shakes: int, rng: np.random.Generator, stop: Stop) -> tuple[Bools, float]:
    """A good plan and what it covers.

    Parameters
    ----------
    cover, rule
        What is covered, and which plans are allowed.
    shakes
        How often to start again from the best.
    rng
        For the random swaps.
    stop
        Ends the search.
    """
    state = Exchange(cover, rule, np.zeros(cover.rows.shape[1], bool))
    state.improve(stop)
    best, value = state.is_open.copy(), state.value
    for _ in range(shakes):
        if stop():
            break
        state.shake(rng)
        state.improve(stop)
        if state.value >= value:
            best, value = state.is_open.copy(), state.value
        else:
            state.restart(best)
    return best, cover.value(best)


def _column(columns: csr_array, site: int) -> Ints:
    return columns.indices[columns.indptr[site] : columns.indptr[site + 1]].astype(np.int64)
