"""Search by exchange where sites have room for so many only: open, then swap, as long as it serves more.

Every step is counted by a maximum flow; the smallest cut of the last one bounds what each site could add, so that most
need not be tried.
"""

from __future__ import annotations

import numpy as np

from geo.network import Bools, Floats, Ints
from geo.siting.problem import Stop
from geo.siting.rooms import Rooms
from geo.siting.rule import Rule

_TRIES = 12
"""So many sites at most are tried for one place."""


class RoomSearch:
    """Plans of some free sites; all others are open.

    Parameters
    ----------
    rooms
        What may be served.
    rule
        Over the free sites.
    free : ndarray
        Ascending.
    stop
        Ends a search.
    """

    def __init__(self, rooms: Rooms, rule: Rule, free: Ints, stop: Stop) -> None:
        self._rooms, self._rule, self._free, self._stop = rooms, rule, free, stop
        self._taken = np.ones(rooms.rows.shape[1], bool)
        self._taken[free] = False

    def value(self, is_open: Bools) -> int:
        """What a plan of the free sites serves."""
        return self._rooms.value(self._whole(is_open))

    def improve(self, is_open: Bools) -> Bools:
        """A plan that no site more and no swap that was tried betters; opening goes on when stopped, swaps do not."""
        is_open = is_open.copy()
        while True:
            value = self._open_more(is_open)
            if self._stop() or not self._swap(is_open, value):
                return is_open

    def search(self, is_open: Bools, *, shakes: int, rng: np.random.Generator) -> Bools:
        """The same, begun again from the best plan after a few random swaps, so many times."""
        best = self.improve(is_open)
        value = self.value(best)
        for _ in range(shakes):
            if self._stop():
                break
            trial = self.improve(self._shaken(best, rng))
            if (found := self.value(trial)) >= value:
                best, value = trial, found
        return best

    def cut_prices(self, is_open: Bools) -> Floats:
        """Prices of the rows by the smallest cut of a plan: the whole weight, or nothing of rows that there is no room for."""
        flow = self._rooms.flow(self._whole(is_open))
        prices: Floats = np.where(flow.settled_rows(), self._rooms.weight.astype(np.float64), 0.0)
        return prices

    def without_idle(self, is_open: Bools) -> Bools:
        """The same without sites that serve nobody who would not be served anyway, the dearest and last first."""
        is_open, value = is_open.copy(), self.value(is_open)
        opened = np.flatnonzero(is_open)
        for site in opened[np.argsort(self._rule.price[opened], kind="stable")][::-1]:
            is_open[site] = False
            if self.value(is_open) < value:
                is_open[site] = True
        return is_open

    def _open_more(self, is_open: Bools) -> int:
        flow = self._rooms.flow(self._whole(is_open))
        while True:
            most = np.where(self._rule.room(is_open), flow.most_added()[self._free], 0)
            with np.errstate(divide="ignore", invalid="ignore"):
                rate = np.where(most > 0, most / self._rule.price, 0.0)
            best, best_rate, best_flow = -1, 0.0, flow
            for site in np.lexsort((-flow.least_added()[self._free], -rate))[:_TRIES]:
                if rate[site] <= best_rate:
                    break
                trial = is_open.copy()
                trial[site] = True
                found = self._rooms.flow(self._whole(trial))
                gain = found.value - flow.value
                own = gain * rate[site] / most[site] if np.isfinite(rate[site]) else np.inf if gain else 0.0
                if own > best_rate:
                    best, best_rate, best_flow = int(site), own, found
                if self._stop():
                    break
            if best < 0:
                return flow.value
            is_open[best], flow = True, best_flow

    def _swap(self, is_open: Bools, value: int) -> bool:
        """Make the first swap found that serves more."""
        for leaving in np.flatnonzero(is_open):
            is_open[leaving] = False
            rest = self._rooms.flow(self._whole(is_open))
            is_open[leaving] = True
            may = ~is_open & np.ravel(self._rule.swaps(is_open, np.array([leaving])))
            most = np.where(may, rest.value + rest.most_added()[self._free], 0)
            hopeful = np.flatnonzero(most > value)
            order = np.lexsort((-most[hopeful], -rest.least_added()[self._free[hopeful]]))
            for site in hopeful[order[:_TRIES]]:
                is_open[leaving], is_open[site] = False, True
                if self.value(is_open) > value:
                    return True
                is_open[leaving], is_open[site] = True, False
                if self._stop():
                    return False
        return False

    def _shaken(self, is_open: Bools, rng: np.random.Generator) -> Bools:
        is_open = is_open.copy()
        for _ in range(int(rng.integers(2, 5))):
            opened = np.flatnonzero(is_open)
            if not len(opened):
                break
            leaving = int(rng.choice(opened))
            comes = np.flatnonzero(~is_open & np.ravel(self._rule.swaps(is_open, np.array([leaving]))))
            if len(comes):
                is_open[leaving], is_open[int(rng.choice(comes))] = False, True
        return is_open

    def _whole(self, is_open: Bools) -> Bools:
        whole = self._taken.copy()
        whole[self._free[is_open]] = True
        return whole
