"""The volume algorithm: prices under which a relaxation is worth least, and what that settles about a plan.

A constraint that is hard to keep is broken at a price, so that what is left can be solved at once; whatever the prices,
that is worth at least as much as the best plan. The volume algorithm (Barahona & Anbil 2000, Mathematical Programming
87:385-399) looks for prices under which it is worth least; the mean of what was chosen on the way comes near the
fractional optimum and tells which sites matter. A site that would push the bound below a known plan if it were opened (or
left out) is settled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.network import Bools, Floats
from geo.siting.problem import Stop
from geo.siting.rule import Rule

_NEW = 0.03
"""Weight of the last choice in the mean."""
_PATIENCE, _SHRINK, _GROW = 20, 0.66, 1.1
_NO_SLACK = 1e-9
_EVERY = 25
"""How many iterations to wait between two looks at which sites are settled."""
_ADVISE = 125
"""And between two calls of the adviser."""


@dataclass(frozen=True)
class Choice:
    """What is chosen under some prices.

    Attributes
    ----------
    bound : float
        No plan is worth more.
    value, share : ndarray, shape (n_sites,)
        What each site is worth, and which are chosen, 0 to 1.
    surplus : ndarray, shape (n_prices,)
        How the bound rises with each price: a subgradient.
    """

    bound: float
    value: Floats
    share: Floats
    surplus: Floats


@dataclass(frozen=True)
class Dual:
    """The least bound that was found.

    Attributes
    ----------
    bound : float
        No plan is worth more.
    prices : ndarray, shape (n_prices,)
        The prices that give it.
    share, mean : ndarray, shape (n_sites,)
        Which sites are chosen under them, and how often each was lately, 0 to 1.
    out, in_ : ndarray of bool, shape (n_sites,)
        Sites that no better plan than the known one opens, and those that every better one opens.
    """

    bound: float
    prices: Floats
    share: Floats
    mean: Floats
    out: Bools
    in_: Bools


def lowest(
    relaxed: Callable[[Floats], Choice],
    rule: Rule,
    prices: Floats,
    ceiling: Floats,
    *,
    better: Callable[[Floats | None], float],
    iterations: int,
    stop: Stop,
    least_step: float = 1e-4,
) -> Dual:
    """Look for the prices with the least bound.

    Parameters
    ----------
    relaxed
        What is chosen under given prices.
    rule
        Which plans are allowed.
    prices, ceiling
        Where to begin, and what is not exceeded; nor are prices ever below 0.
    better
        Tells what a plan must be worth to be better than the known one; the search ends once the bound is below. Now
        and then it is given the mean choice, from which it may first find a better plan.
    iterations
        How many at most.
    stop
        Ends the search.
    least_step
        It ends as well once steps are as short, 1 being the first.
    """
    target, step, waited = better(None), 1.0, 0
    at, best = prices, relaxed(prices)
    last, mean, slack, direction = best, best.share, best.surplus, np.zeros(len(prices))
    out, in_ = np.zeros(len(mean), bool), np.zeros(len(mean), bool)
    for iteration in range(iterations):
        if iteration:
            now = np.clip(at - _length(step, best.bound, target, direction) * direction, 0.0, ceiling)
            last = relaxed(now)
            mean, slack = _NEW * last.share + (1 - _NEW) * mean, _NEW * last.surplus + (1 - _NEW) * slack
            if last.bound < best.bound:
                if last.surplus @ direction > 0:
                    step *= _GROW
                best, at, waited = last, now, 0
            else:
                waited += 1
            if waited >= _PATIENCE:
                step, waited = step * _SHRINK, 0
        if iteration % _ADVISE == _ADVISE - 1:
            target = better(mean)
        if iteration % _EVERY == 0:
            _settle(last, rule, target, out, in_)
        if best.bound < target or step < least_step or stop():
            break
        direction = _allowed(slack, at, ceiling)
        if not direction.any():  # the mean is from elsewhere: begin it anew
            mean, slack, step = best.share, best.surplus, step * _SHRINK
            direction = _allowed(slack, at, ceiling)
            if not direction.any():
                break
    _settle(best, rule, target, out, in_)
    return Dual(best.bound, at, best.share, mean, out, in_)


def _length(step: float, bound: float, target: float, direction: Floats) -> float:
    """So far that the target would be met if the bound fell as the direction promises, times the step."""
    return step * max(bound - target, 1e-9 * abs(bound)) / float(direction @ direction)


def _allowed(slack: Floats, at: Floats, ceiling: Floats) -> Floats:
    """Where prices may still move: not below 0 nor above their ceiling."""
    held = (np.abs(slack) < _NO_SLACK) | ((at <= 0) & (slack > 0)) | ((at >= ceiling) & (slack < 0))
    return np.where(held, 0.0, slack)


def _settle(choice: Choice, rule: Rule, target: float, out: Bools, in_: Bools) -> None:
    """Note which sites, forced in or out, would push the bound below the target."""
    settled = choice.bound - rule.regret(choice.value, choice.share) < target
    out |= settled & (choice.share == 0)
    in_ |= settled & (choice.share == 1)
