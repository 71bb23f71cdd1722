"""How much any plan could cover at most: Lagrangian relaxation of "a row is covered only by open sites".

With a price for covering each row, rows and sites can be chosen independently of each other: a row is covered as often
as pays, and sites take what their rows pay. Whatever the prices, that is worth at least as much as the best plan; the
subgradient method looks for prices under which it is worth least (Galvao & ReVelle 1996, European Journal of Operational
Research 88:114-123). A site that would push the bound below a known plan if it were opened (or left out) is settled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.network import Bools, Floats
from geo.siting.cover import Cover
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_PATIENCE, _SHRINK, _LEAST_STEP = 20, 0.6, 1e-3
_MOMENTUM = 0.3
_EVERY = 10
"""How many iterations to wait between two looks at which sites are settled."""


@dataclass(frozen=True)
class Dual:
    """The least bound that was found.

    Attributes
    ----------
    bound : float
        No plan covers more.
    prices : ndarray, shape (n_rows,)
        The prices that give it.
    share : ndarray, shape (n_sites,)
        Which sites are chosen under them.
    out, in_ : ndarray of bool, shape (n_sites,)
        Sites that no better plan than the known one opens, and those that every better one opens.
    """

    bound: float
    prices: Floats
    share: Floats
    out: Bools
    in_: Bools


def least_bound(
    cover: Cover, rule: Rule, *, better: float, iterations: int, stop: Stop, prices: Floats | None = None
) -> Dual:
    """Look for the prices with the least bound.

    Parameters
    ----------
    cover, rule
        What is covered, and which plans are allowed.
    better
        What a plan must cover to be better than the known one; the search ends once the bound is below.
    iterations
        How many at most.
    stop
        Ends the search.
    prices
        Where to begin.
    """
    ceiling = np.maximum(cover.first, (cover.first + cover.second) / 2)
    now = 0.5 * ceiling if prices is None else np.minimum(prices, ceiling)
    n = cover.rows.shape[1]
    out, in_ = np.zeros(n, bool), np.zeros(n, bool)
    best, best_prices, best_share = np.inf, now, np.zeros(n)
    step, waited, direction = 1.0, 0, np.zeros(len(now))
    for iteration in range(iterations):
        value = cover.columns @ now
        share, worth = rule.choose(value)
        twice = np.maximum(cover.first + cover.second - 2 * now, 0.0)
        once = cover.first - now
        bound = cover.base + worth + float(np.maximum(once, twice).sum())
        if bound < best - 1e-7 * abs(best):
            waited = 0
        else:
            waited += 1
        if bound < best:
            best, best_prices, best_share = bound, now, share
        if iteration % _EVERY == 0 or best < better:
            settled = bound - rule.regret(value, share) < better
            out |= settled & (share == 0)
            in_ |= settled & (share == 1)
        if best < better or stop():
            break
        if waited >= _PATIENCE:
            step, waited, now, direction = step * _SHRINK, 0, best_prices, np.zeros(len(now))
            if step < _LEAST_STEP:
                break
            continue
        wanted = np.where(twice > np.maximum(once, 0.0), 2.0, (once > 0).astype(np.float64))
        direction = _MOMENTUM * direction + (1 - _MOMENTUM) * (cover.count(share) - wanted)
        held = ((now <= 0) & (direction > 0)) | ((now >= ceiling) & (direction < 0))
        length = float((direction[~held] ** 2).sum())
        if length < 1e-12:
            break
        now = np.clip(now - step * max(bound - better, 1e-9 * abs(bound)) / length * direction, 0.0, ceiling)
    return Dual(best, best_prices, best_share, out, in_)
