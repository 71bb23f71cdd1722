"""What any plan costs at least: Lagrangian relaxation of "every demand is served once".

With a price that each demand pays for being served, sites can be chosen independently of each other: each is worth what
its demands pay beyond its costs. Whatever the prices, all prices less the worth of the best sites is at most what the
best plan costs (Cornuejols, Fisher & Nemhauser 1977, Management Science 23:789-810). The volume algorithm (Barahona &
Anbil 2000, Mathematical Programming 87:385-399) looks for the prices under which that is most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.network import Bools, Floats
from geo.siting.median_costs import Costs
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_NEW, _PATIENCE, _SHRINK, _GROW, _LEAST_STEP = 0.03, 20, 0.66, 1.1, 1e-4
_EVERY, _ADVISE, _NO_SLACK = 25, 100, 1e-9


@dataclass(frozen=True)
class MedianDual:
    """The highest bound that was found; arrays of shape (n_sites,) but for the prices.

    Attributes
    ----------
    bound : float
        No plan costs less.
    prices : ndarray, shape (n_demands,)
        The prices that give it.
    share, mean : ndarray
        Which sites are chosen under them, and how often each was lately.
    out, in_ : ndarray of bool
        Sites that no cheaper plan than the known one opens, and those that every cheaper one opens.
    """

    bound: float
    prices: Floats
    share: Floats
    mean: Floats
    out: Bools
    in_: Bools


def highest_bound(
    costs: Costs,
    rule: Rule,
    *,
    cheaper: Callable[[Floats | None], float],
    iterations: int,
    stop: Stop,
    prices: Floats | None = None,
) -> MedianDual:
    """Look for the prices with the highest bound.

    Parameters
    ----------
    costs, rule
        What serving costs, and which plans are allowed.
    cheaper
        Tells what a plan may cost to be cheaper than the known one; the search ends once the bound is above. Now and
        then it is given the mean choice, from which it may first find a cheaper plan.
    iterations
        How many at most.
    stop
        Ends the search.
    prices
        Where to begin.
    """
    n, ceiling = costs.n_sites, costs.cap
    at = np.minimum(_begin(costs) if prices is None else prices, ceiling)
    out, in_ = np.zeros(n, bool), np.zeros(n, bool)
    target, step, waited = cheaper(None), 1.0, 0
    best, best_share = -np.inf, np.zeros(n)
    mean, slack, direction, now = np.zeros(n), np.zeros(len(at)), np.zeros(len(at)), at
    best_lack = slack
    for iteration in range(iterations):
        pays = now[costs.demand] - costs.cost
        paid = np.flatnonzero(pays > 0)
        value = np.bincount(costs.site[paid], pays[paid], n).astype(np.float64)
        share, worth = rule.choose(value)
        bound = float(now.sum()) - worth
        served = np.bincount(costs.demand[paid], share[costs.site[paid]], len(at)).astype(np.float64)
        lack = 1.0 - served
        new = _NEW if iteration else 1.0
        mean, slack = new * share + (1 - new) * mean, new * lack + (1 - new) * slack
        if bound > best:
            if iteration and lack @ direction > 0:
                step *= _GROW
            best, at, best_share, best_lack, waited = bound, now, share, lack, 0
        else:
            waited += 1
        if waited >= _PATIENCE:
            step, waited = step * _SHRINK, 0
        if iteration % _ADVISE == _ADVISE - 1:
            target = cheaper(mean)
        if iteration % _EVERY == 0 or best > target:
            settled = bound + rule.regret(value, share) > target
            out |= settled & (share == 0)
            in_ |= settled & (share == 1)
        if best > target or step < _LEAST_STEP or stop():
            break
        direction = _allowed(slack, at, ceiling)
        if not direction.any():  # the mean is from elsewhere: begin it anew
            mean, slack, step = best_share, best_lack, step * _SHRINK
            direction = _allowed(slack, at, ceiling)
            if not direction.any():
                break
        length = float(direction @ direction)
        now = np.clip(at + step * max(target - best, 1e-9 * abs(best)) / length * direction, 0.0, ceiling)
    return MedianDual(best, at, best_share, mean, out, in_)


def _begin(costs: Costs) -> Floats:
    """A little more than what the nearest site costs."""
    prices = costs.otherwise.copy()
    there = np.flatnonzero(np.diff(costs.starts) > 1)
    prices[there] = costs.cost[costs.starts[there] + 1]
    return prices


def _allowed(slack: Floats, at: Floats, ceiling: Floats) -> Floats:
    """Where prices may still move: not below 0, and not above their ceiling."""
    held = (np.abs(slack) < _NO_SLACK) | ((at <= 0) & (slack < 0)) | ((at >= ceiling) & (slack > 0))
    return np.where(held, 0.0, slack)
