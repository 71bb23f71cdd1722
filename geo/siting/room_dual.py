"""How much any plan could serve at most: Lagrangian relaxation of "nobody is served twice".

With a price for serving each row, every site is filled by itself with the rows that leave most, which is sorting; sites
are then chosen by what they are worth. The bound is as good as that of the linear model in which a closed site serves
nobody of any row (Beasley 1993, European Journal of Operational Research 65:383-399).
"""

from __future__ import annotations

import numpy as np

from geo.network import Floats, Ints
from geo.siting.problem import Stop
from geo.siting.rooms import Rooms
from geo.siting.rule import Rule
from geo.siting.volume import Choice, Dual, lowest

_LEAST_STEP = 1e-3


def least_room_bound(
    rooms: Rooms, rule: Rule, free: Ints, *, better: float, iterations: int, stop: Stop, prices: Floats
) -> Dual:
    """Look for the prices of rows with the least bound, as :func:`geo.siting.volume.lowest` does.

    Parameters
    ----------
    rooms, rule
        What may be served, and which plans of the ``free`` sites are allowed.
    free : ndarray
        Sites to be chosen from, ascending; all others are open. The arrays of the answer by site are of these.
    better
        What a plan must serve to be better than the known one; the search ends once the bound is below.
    iterations, stop
        As there.
    prices
        Where to begin, of each row's whole weight, shape (n_rows,); unless nothing for all is a lower bound.
    """
    weight = rooms.weight.astype(np.float64)
    open_share = np.ones(rooms.rows.shape[1])

    def relaxed(now: Floats) -> Choice:
        value, filled = _fill(rooms, now / weight)
        share, worth = rule.choose(value[free])
        bound = rooms.base + float(now.sum()) + worth + float(np.delete(value, free).sum())
        open_share[free] = share
        return Choice(bound, value[free], share, 1 - filled(open_share) / weight)

    begin = min([np.minimum(prices, weight), np.zeros(len(weight))], key=lambda start: relaxed(start).bound)
    return lowest(
        relaxed, rule, begin, weight, better=lambda _: better, iterations=iterations, stop=stop, least_step=_LEAST_STEP
    )


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
