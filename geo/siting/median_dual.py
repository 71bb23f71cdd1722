"""What any plan costs at least: Lagrangian relaxation of "every demand is served once".

With a price that each demand pays for being served, sites can be chosen independently of each other: each is worth what
its demands pay beyond its costs. Whatever the prices, all prices less the worth of the best sites is at most what the
best plan costs (Cornuejols, Fisher & Nemhauser 1977, Management Science 23:789-810). Good prices are
:mod:`geo.siting.volume`'s, to which a cost is a worth below 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geo.network import Floats
from geo.siting.median_costs import Costs
from geo.siting.problem import Stop
from geo.siting.rule import Rule
from geo.siting.volume import Choice, Dual, lowest


def highest_bound(
    costs: Costs,
    rule: Rule,
    *,
    cheaper: Callable[[Floats | None], float],
    iterations: int,
    stop: Stop,
    prices: Floats | None = None,
) -> Dual:
    """Look for the prices with the highest bound; no plan costs less than the ``bound`` of the answer.

    Parameters
    ----------
    costs, rule
        What serving costs, and which plans are allowed.
    cheaper
        Tells what a plan may cost to be cheaper than the known one; the search ends once the bound is above. Now and
        then it is given the mean choice, from which it may first find a cheaper plan.
    iterations, stop
        As :func:`geo.siting.volume.lowest` takes them.
    prices
        Where to begin, shape (n_demands,).
    """

    def relaxed(now: Floats) -> Choice:
        pays = now[costs.demand] - costs.cost
        paid = np.flatnonzero(pays > 0)
        value = np.bincount(costs.site[paid], pays[paid], costs.n_sites).astype(np.float64)
        share, worth = rule.choose(value)
        served = np.bincount(costs.demand[paid], share[costs.site[paid]], len(now)).astype(np.float64)
        return Choice(worth - float(now.sum()), value, share, served - 1.0)

    begin = np.minimum(_begin(costs) if prices is None else prices, costs.cap)
    dual = lowest(
        relaxed, rule, begin, costs.cap, better=lambda mean: -cheaper(mean), iterations=iterations, stop=stop
    )
    return replace(dual, bound=-dual.bound)


def _begin(costs: Costs) -> Floats:
    """A little more than what the nearest site costs."""
    prices = costs.otherwise.copy()
    there = np.flatnonzero(np.diff(costs.starts) > 1)
    prices[there] = costs.cost[costs.starts[there] + 1]
    return prices
