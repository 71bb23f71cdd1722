"""How evenly something is spread: the Lorenz curve, the Gini coefficient, the worst tenth.

Values may be infinite (nobody gets there at all). An infinite value has no share of any total, so
the measures are taken over the finite ones and the share of the others stands beside them: neither
is a number without the other.

References
----------
Gini as the weighted mean absolute difference over twice the mean: Lerman & Yitzhaki (1989), Journal
of Econometrics 42:43-47.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.network import Floats

WORST_SHARE = 0.1
"""The worst tenth."""


@dataclass(frozen=True)
class Inequality:
    """Of weighted values; NaN where there is nothing to measure.

    Attributes
    ----------
    mean : float
        Of the finite values.
    gini : float
        0 where all are alike, towards 1 the more one has it all; of the finite values.
    worst_tenth : float
        Mean of the largest tenth of the finite values, by weight; a value on its border counts by
        the part that is needed.
    n_worst : int
        How many values that tenth is made of, the one on its border included.
    without : float
        Share of the weight whose value is infinite.
    """

    mean: float
    gini: float
    worst_tenth: float
    n_worst: int
    without: float


def inequality(values: ArrayLike, weight: ArrayLike = 1.0) -> Inequality:
    """Every measure of one set of values, of which the largest are the worst.

    Parameters
    ----------
    values
        Not negative, ``inf`` where there is none; shape (n,).
    weight
        Size of each, shape (n,) or one number.

    Raises
    ------
    ParameterError
        When a value or a weight is negative or NaN, or a weight infinite.
    """
    x, w = _checked(values, weight)
    finite = np.isfinite(x)
    total = w.sum()
    without = float(w[~finite].sum() / total) if total > 0 else np.nan
    x, w = x[finite], w[finite]
    if not w.sum() > 0:
        return Inequality(np.nan, np.nan, np.nan, 0, without)
    return Inequality(float(np.average(x, weights=w)), _gini(x, w), *_mean_of_largest(x, w), without)


def lorenz(values: ArrayLike, weight: ArrayLike = 1.0) -> tuple[Floats, Floats]:
    """Points of the Lorenz curve of the finite values, from (0, 0) to (1, 1).

    Returns
    -------
    population, total : ndarray, shape (k + 1,)
        Share of the weight, smallest values first, and the share of the total that it has; of
        values that are all 0 everybody has the same.

    Raises
    ------
    ParameterError
        As :func:`inequality`.
    """
    x, w = _checked(values, weight)
    return _lorenz(x[np.isfinite(x)], w[np.isfinite(x)])


def _lorenz(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(x, kind="stable")
    population = np.r_[0.0, np.cumsum(w[order])]
    total = np.r_[0.0, np.cumsum((x * w)[order])]
    if not population[-1] > 0:
        return np.zeros(1), np.zeros(1)
    population = population / population[-1]
    return population, total / total[-1] if total[-1] > 0 else population


def _gini(x: Floats, w: Floats) -> float:
    """Twice the area between the Lorenz curve and the diagonal."""
    population, total = _lorenz(x, w)
    return max(0.0, float(1 - (np.diff(population) * (total[1:] + total[:-1])).sum()))


def _mean_of_largest(x: Floats, w: Floats) -> tuple[float, int]:
    order = np.argsort(-x, kind="stable")
    wanted = WORST_SHARE * w.sum()
    before = np.r_[0.0, np.cumsum(w[order])[:-1]]
    part = np.clip(wanted - before, 0.0, w[order])
    return float((x[order] * part).sum() / part.sum()), int((part > 0).sum())


def _checked(values: ArrayLike, weight: ArrayLike) -> tuple[Floats, Floats]:
    x = np.asarray(values, np.float64)
    w = np.broadcast_to(np.asarray(weight, np.float64), x.shape)
    if not ((x >= 0).all() and (w >= 0).all() and np.isfinite(w).all()):
        msg = "数值和权重须不小于 0，权重须有限 (values and weights must not be negative, weights finite)"
        raise ParameterError(msg)
    return x, w
