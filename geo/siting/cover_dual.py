"""How much any plan could cover at most: Lagrangian relaxation of "a row is covered only by open sites".

With a price for covering each row, rows and sites can be chosen independently of each other: a row is covered as often
as pays, and sites take what their rows pay. Whatever the prices, that is worth at least as much as the best plan (Galvao
& ReVelle 1996, European Journal of Operational Research 88:114-123). The volume algorithm (Barahona & Anbil 2000,
Mathematical Programming 87:385-399) looks for prices under which it is worth least; the mean of what was chosen on the
way comes near the fractional optimum and tells which sites matter. A site that would push the bound below a known plan if
it were opened (or left out) is settled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.network import Bools, Floats
from geo.siting.cover import Cover
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_NEW = 0.03
"""Weight of the last choice in the mean."""
_PATIENCE, _SHRINK, _GROW, _LEAST_STEP = 20, 0.66, 1.1, 1e-4
_NO_SLACK = 1e-9
_EVERY = 25
"""How many iterations to wait between two looks at which sites are settled."""
_ADVISE = 150
"""And between two calls of the adviser."""


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
    mean : ndarray, shape (n_sites,)
        How often each was chosen lately, 0 to 1.
    out, in_ : ndarray of bool, shape (n_sites,)
        Sites that no better plan than the known one opens, and those that every better one opens.
    """

    bound: float
    prices: Floats
    share: Floats
    mean: Floats
    out: Bools
    in_: Bools


def least_bound(
    cover: Cover,
    rule: Rule,
    *,
    better: Callable[[Floats | None], float],
    iterations: int,
    stop: Stop,
    prices: Floats | None = None,
) -> Dual:
    """Look for the prices with the least bound.

    Parameters
    ----------
    cover, rule
        What is covered, and which plans are allowed.
    better
        Tells what a plan must cover to be better than the known one; the search ends once the bound is below. Now and
        then it is given the mean choice, from which it may first find a better plan.
    iterations
        How many at most.
    stop
        Ends the search.
    prices
        Where to begin.
    """
    ceiling = np.maximum(cover.first, (cover.first + cover.second) / 2)
    at = 0.5 * ceiling if prices is None else np.minimum(prices, ceiling)
    n = cover.rows.shape[1]
    out, in_ = np.zeros(n, bool), np.zeros(n, bool)
    target, step, waited = better(None), 1.0, 0
    best, best_share = np.inf, np.zeros(n)
    mean, slack, direction, now = np.zeros(n), np.zeros(len(at)), np.zeros(len(at)), at
    best_surplus = slack
    for iteration in range(iterations):
        value = cover.columns @ now
        share, worth = rule.choose(value)
        once, twice = cover.first - now, np.maximum(cover.first + cover.second - 2 * now, 0.0)
        bound = cover.base + worth + float(np.maximum(once, twice).sum())
        wanted = np.where(twice > np.maximum(once, 0.0), 2.0, (once > 0).astype(np.float64))
        surplus = cover.rows @ share - wanted
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
        if iteration % _ADVISE == _ADVISE - 1:
            target = better(mean)
        if iteration % _EVERY == 0 or best < target:
            settled = bound - rule.regret(value, share) < target
            out |= settled & (share == 0)
            in_ |= settled & (share == 1)
        if best < target or step < _LEAST_STEP or stop():
            break
        direction = _allowed(slack, at, ceiling)
        if not direction.any():  # the mean is from elsewhere: begin it anew
            mean, slack, step = best_share, best_surplus, step * _SHRINK
            direction = _allowed(slack, at, ceiling)
            if not direction.any():
                break
        length = float(direction @ direction)
        now = np.clip(at - step * max(best - target, 1e-9 * abs(best)) / length * direction, 0.0, ceiling)
    value = cover.columns @ at
    settled = best - rule.regret(value, best_share) < target
    return Dual(best, at, best_share, mean, out | (settled & (best_share == 0)), in_ | (settled & (best_share == 1)))


def _allowed(slack: Floats, at: Floats, ceiling: Floats) -> Floats:
    """Where prices may still move: not below 0 nor above their ceiling."""
    held = (np.abs(slack) < _NO_SLACK) | ((at <= 0) & (slack > 0)) | ((at >= ceiling) & (slack < 0))
    return np.where(held, 0.0, slack)
