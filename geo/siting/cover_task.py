"""The set covering model of what is left to be covered, with a plan to begin with (greedy: Chvatal 1979)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array

from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.cover import distinct
from geo.siting.dominance import needed_rows, useful_columns
from geo.siting.need import Need
from geo.siting.problem import Stop
from geo.siting.result import ROUNDING


@dataclass(frozen=True)
class CoverTask:
    """What is left once fixed sites are taken, demands of the same cover set and group merged.

    ``rows`` must all be covered where ``weight`` is None; else ``left`` of each group's weight.
    """

    rows: csr_array
    weight: Floats | None
    group: Ints
    left: Floats
    sites: Ints
    price: Floats

    @classmethod
    def of(cls, cover: csr_array, need: Need, done: Bools, free: Bools, price: Floats) -> CoverTask:
        """What some sites that are done already leave to the free ones, each of which has its price."""
        sites = np.flatnonzero(free)
        rows = cover[:, sites]
        left = np.maximum(need.least - need.covered(done), 0.0)
        asks = np.flatnonzero(~done & (need.weight > 0) & (np.diff(rows.indptr) > 0) & (left > 0)[need.group])
        unlike, place = distinct(rows[asks], need.group[asks])
        rows, group = rows[asks[unlike]], need.group[asks[unlike]]
        weight = np.bincount(place, need.weight[asks], len(unlike)).astype(np.float64)
        possible = np.bincount(group, weight, len(left))
        if (left >= possible * (1 - 10 * ROUNDING)).all():  # nobody may be left out
            rows = rows[needed_rows(rows)]
            useful = useful_columns(rows, price[sites])
            rows, sites = rows[:, useful], sites[useful]
            rows = rows[needed_rows(rows)]
            return cls(rows, None, np.zeros(rows.shape[0], np.int64), left, sites, price[sites])
        return cls(rows, weight, group, left, sites, price[sites])

    def solve(self, stop: Stop, seed: int) -> highs.Solved:
        """Sites of least price together that cover what is left."""
        m, n = self.rows.shape
        start = self._greedy()
        if self.weight is None:
            model = highs.Model(self.price, np.ones(n), np.ones(n, bool), self.rows, np.ones(m), np.full(m, np.inf))
        else:
            asked = np.flatnonzero(self.left)
            sums = csr_array((self.weight, (self.group, np.arange(m))), shape=(len(self.left), m))[asked]
            model = highs.Model(
                worth=np.concatenate([self.price, np.zeros(m)]),
                upper=np.ones(n + m),
                integer=np.arange(n + m) < n,
                rows=csr_array(block_array([[self.rows, -eye_array(m)], [None, sums]], format="csr")),
                row_lower=np.concatenate([np.zeros(m), self.left[asked]]),
                row_upper=np.full(m + len(asked), np.inf),
            )
            start = np.concatenate([start, (self.rows @ start > 0).astype(np.float64)])
        solved = highs.solve(model, start=start, stop=stop, seed=seed)
        begun, least = start[:n], max(solved.bound, float(self.price.min(initial=np.inf)))
        if solved.x is None or solved.objective > self.price @ begun:  # stopped before it looked at the start
            return highs.Solved(solved.status, begun, float(self.price @ begun), least)
        x = self._without_idle(solved.x[:n])
        return highs.Solved(solved.status, x, float(self.price @ x), least)

    def _greedy(self) -> Floats:
        """Sites by what they add to what is asked for, for their price, then without those not needed after all."""
        chosen, left, count = np.zeros(len(self.sites)), self._asked(), np.zeros(self.rows.shape[0])
        with np.errstate(divide="ignore", invalid="ignore"):
            while (left > 0).any():
                gain = np.where((count == 0) & (left > 0)[self.group], np.minimum(self._weight, left[self.group]), 0.0)
                add = self._columns @ gain
                self._open(int(np.where(add > 0, add / self.price, 0.0).argmax()), chosen, left, count)
        return self._without_idle(chosen)

    def _without_idle(self, plan: Floats) -> Floats:
        """The same plan without sites that are not needed, the dearest first."""
        chosen, left, count = np.zeros(len(plan)), self._asked(), np.zeros(self.rows.shape[0])
        for site in np.flatnonzero(plan > 0.5).tolist():
            self._open(site, chosen, left, count)
        slack = ROUNDING * max(float(self._weight.sum()), 1.0)
        allowed = np.maximum(left, 0.0) + slack
        opened = np.flatnonzero(chosen)
        for site in opened[np.argsort(-self.price[opened], kind="stable")].tolist():
            rows = self._rows_of(site)
            lost = rows[count[rows] == 1]
            without = left + np.bincount(self.group[lost], self._weight[lost], len(left))
            if (without <= allowed).all():
                chosen[site], left = 0, without
                count[rows] -= 1
        return chosen

    def _open(self, site: int, chosen: Floats, left: Floats, count: Floats) -> None:
        """Open a site, counting what is left of each group and how often each row is covered."""
        rows = self._rows_of(site)
        new = rows[count[rows] == 0]
        left -= np.bincount(self.group[new], self._weight[new], len(left))
        chosen[site] = 1
        count[rows] += 1

    def _asked(self) -> Floats:
        return np.array([float(self.rows.shape[0])]) if self.weight is None else self.left.copy()

    def _rows_of(self, site: int) -> Ints:
        return self._columns.indices[self._columns.indptr[site] : self._columns.indptr[site + 1]].astype(np.int64)

    @cached_property
    def _weight(self) -> Floats:
        return np.ones(self.rows.shape[0]) if self.weight is None else self.weight

    @cached_property
    def _columns(self) -> csr_array:
        return self.rows.T.tocsr()
