"""Search for a cheap plan: open what saves most, then swap sites as long as it saves.

What every swap saves is counted from the nearest and next nearest open site of each demand (Whitaker 1983, INFOR
21:95-108; Resende & Werneck 2007, European Journal of Operational Research 174:54-68).
"""

from __future__ import annotations

import numpy as np

from geo.network import Bools, Floats
from geo.siting.median_costs import Costs
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_SAME = 1e-9


def improve(costs: Costs, rule: Rule, is_open: Bools, stop: Stop) -> Bools:
    """Open sites and swap them until nothing saves, or the stop rule ends it."""
    is_open = is_open.copy()
    slack = _SAME * max(float(costs.otherwise.sum()), 1.0)
    while not stop():
        site, at, then = costs.nearest(is_open)
        matters = np.flatnonzero(costs.cost < then[costs.demand])
        demand, there, cost = costs.demand[matters], costs.site[matters], costs.cost[matters]
        saved = np.bincount(there, np.maximum(at[demand] - cost, 0.0), costs.n_sites)
        add = np.where(rule.room(is_open), saved, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(add > slack, add / rule.price, 0.0)
        if rate.any():
            is_open[int(rate.argmax())] = True
            continue
        slots = np.flatnonzero(is_open)
        if not len(slots):
            break
        slot_of = np.full(costs.n_sites, -1)
        slot_of[slots] = np.arange(len(slots))
        served = np.flatnonzero(site >= 0)
        lost = np.bincount(slot_of[site[served]], (then - at)[served], len(slots))
        pair = np.flatnonzero(site[demand] >= 0)
        both = np.bincount(
            there[pair] * len(slots) + slot_of[site[demand[pair]]],
            then[demand[pair]] - np.maximum(at[demand[pair]], cost[pair]),
            costs.n_sites * len(slots),
        ).reshape(costs.n_sites, len(slots))
        gain: Floats = (saved[:, None] - lost[None, :] + both).astype(np.float64)
        gain[is_open] = -np.inf
        gain = np.where(rule.swaps(is_open, slots), gain, -np.inf)
        comes, goes = divmod(int(gain.argmax()), len(slots))
        if not gain[comes, goes] > slack:
            break
        is_open[comes], is_open[slots[goes]] = True, False
    return is_open
