"""How much any plan could cover at most: Lagrangian relaxation of "a row is covered only by open sites".

With a price for covering each row, rows and sites can be chosen independently of each other: a row is covered as often
as pays, and sites take what their rows pay. Whatever the prices, that is worth at least as much as the best plan (Galvao
& ReVelle 1996, European Journal of Operational Research 88:114-123). Good prices are :mod:`geo.siting.volume`'s.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geo.network import Floats
from geo.siting.cover import Cover
from geo.siting.problem import Stop
from geo.siting.rule import Rule
from geo.siting.volume import Choice, Dual, lowest


def least_bound(
    cover: Cover,
    rule: Rule,
    *,
    better: Callable[[Floats | None], float],
    iterations: int,
    stop: Stop,
    prices: Floats | None = None,
) -> Dual:
    """Look for the prices of rows with the least bound.

    Parameters
    ----------
    cover, rule
        What is covered, and which plans are allowed.
    better, iterations, stop
        As :func:`geo.siting.volume.lowest` takes them, in weight covered.
    prices
        Where to begin, shape (n_rows,).
    """
    ceiling = np.maximum(cover.first, (cover.first + cover.second) / 2)

    def relaxed(now: Floats) -> Choice:
        value = cover.columns @ now
        share, worth = rule.choose(value)
        once, twice = cover.first - now, np.maximum(cover.first + cover.second - 2 * now, 0.0)
        bound = cover.base + worth + float(np.maximum(once, twice).sum())
        wanted = np.where(twice > np.maximum(once, 0.0), 2.0, (once > 0).astype(np.float64))
        return Choice(bound, value, share, cover.rows @ share - wanted)

    begin = 0.5 * ceiling if prices is None else np.minimum(prices, ceiling)
    return lowest(relaxed, rule, begin, ceiling, better=better, iterations=iterations, stop=stop)
