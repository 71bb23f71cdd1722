"""How much any plan could serve at most: Lagrangian relaxation of "nobody is served twice".

With a price for serving each row, every site is filled by itself with the rows that leave most, which is sorting; sites
are then chosen by what they are worth. The bound is as good as that of the linear model in which a closed site serves
nobody of any row (Beasley 1993, European Journal of Operational Research 65:383-399).
"""

from __future__ import annotations

import numpy as np

from geo.network import Floats, Ints
from geo.siting.cover_dual import Dual
from geo.siting.problem import Stop
from geo.siting.rooms import Rooms
from geo.siting.rule import Rule

_NEW = 0.05
"""Weight of the last choice in the mean."""
_PATIENCE, _SHRINK, _GROW, _LEAST_STEP = 20, 0.66, 1.1, 1e-3
_NO_SLACK = 1e-9
_EVERY = 20
"""How many iterations to wait between two looks at which sites are settled."""


def least_room_bound(
    rooms: Rooms, rule: Rule, free: Ints, *, better: float, iterations: int, stop: Stop, prices: Floats
) -> Dual:
    """Look for the prices with the least bound, by the volume algorithm as :mod:`geo.siting.cover_dual` does.

    Parameters
    ----------
    rooms, rule
        What may be served, and which plans of the ``free`` sites are allowed.
    free : ndarray
        Sites to be chosen from, ascending; all others are open. The arrays of the answer by site are of these.
    better
        What a plan must serve to be better than the known one; the search ends once the bound is below.
    iterations
        How many at most.
    stop
        Ends the search.
    prices
        Where to begin, of each row's whole weight, shape (n_rows,); unless nothing for all is a lower bound.
    """
    weight = rooms.weight.astype(np.float64)
    begins = [np.minimum(prices, weight), np.zeros(len(weight))]
    at = min(begins, key=lambda start: _bound(rooms, rule, free, start))
    out, in_ = np.zeros(len(free), bool), np.zeros(len(free), bool)
    step, waited, best, best_share = 1.0, 0, np.inf, np.zeros(len(free))
    mean, slack, direction, now = best_share, np.zeros(len(at)), np.zeros(len(at)), at
    best_surplus = slack
    open_share = np.ones(rooms.rows.shape[1])
    for iteration in range(iterations):
        value, filled = _fill(rooms, now / weight)
        share, worth = rule.choose(value[free])
        bound = rooms.base + float(now.sum()) + worth + float(np.delete(value, free).sum())
        open_share[free] = share
        surplus = 1 - filled(open_share) / weight
        new = _NEW if iteration else 1.0
        mean, slack = new * share + (1 - new) * mean, new * surplus + (1 - new) * slack
        if bound < best:
            if iteration and surplus @ direction > 0:
                step *= _GROW
            best, at, best_share, best_surplus, waited = bound, now, share, surplus, 0
        else:
            waited += 1
        if waited >= _PATIENCE:
            step, waited = step * _SHRINK, 0
        if iteration % _EVERY == 0 or best < better:
            settled = bound - rule.regret(value[free], share) < better
            out |= settled & (share == 0)
            in_ |= settled & (share == 1)
        if best < better or step < _LEAST_STEP or stop():
            break
        direction = _allowed(slack, at, weight)
        if not direction.any():  # the mean is from elsewhere: begin it anew
            mean, slack, step = best_share, best_surplus, step * _SHRINK
            direction = _allowed(slack, at, weight)
            if not direction.any():
                break
        length = float(direction @ direction)
        now = np.clip(at - step * max(best - better, 1e-9 * abs(best)) / length * direction, 0.0, weight)
    return Dual(best, at, best_share, mean, out, in_)


def _bound(rooms: Rooms, rule: Rule, free: Ints, price: Floats) -> float:
    value, _ = _fill(rooms, price / rooms.weight)
    return rooms.base + float(price.sum()) + rule.choose(value[free])[1] + float(np.delete(value, free).sum())


def _allowed(slack: Floats, at: Floats, ceiling: Floats) -> Floats:
    """Where prices may still move: not below 0 nor above their ceiling."""
    held = (np.abs(slack) < _NO_SLACK) | ((at <= 0) & (slack > 0)) | ((at >= ceiling) & (slack < 0))
    return np.where(held, 0.0, slack)


def _fill(rooms: Rooms, price: Floats) -> tuple[Floats, _Filled]:
    """What each site is worth, filled with the rows of the lowest price, and whom it serves then."""
    order = np.argsort(price, kind="stable")
    columns = rooms.rows[order].T.tocsr()  # counts rows into sites in the order of their price
    site = np.repeat(np.arange(columns.shape[0]), np.diff(columns.indptr))
    row = order[columns.indices]
    weight = rooms.weight[row]
    before = np.cumsum(weight) - weight
    begins = np.append(before, 0)[np.minimum(columns.indptr[:-1], len(before))]
    taken = np.clip(rooms.room[site] - (before - begins[site]), 0, weight).astype(np.float64)
    value = np.bincount(site, taken * (1 - price[row]), columns.shape[0]).astype(np.float64)
    return value, _Filled(site, row, taken, len(price))


class _Filled:
    """Whom every site serves if it is open."""

    def __init__(self, site: Ints, row: Ints, taken: Floats, n_rows: int) -> None:
        self._site, self._row, self._taken, self._n_rows = site, row, taken, n_rows

    def __call__(self, share: Floats) -> Floats:
        """How much of each row is served when each site is open to that share, shape (n_rows,)."""
        served = share[self._site] * self._taken
        return np.bincount(self._row, served, self._n_rows).astype(np.float64)
