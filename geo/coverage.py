"""Reach: how much of the demand in each area has a facility within the limit.

A demand is reached when its travel time is *at most* the limit. Demand whose place is uncertain is
kept out of the rate; the rate's range takes it all as not reached (low) and all as reached (high).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.network import Bools, Floats, Ints

MAX_LIMIT_S = 24 * 3600.0


@dataclass(frozen=True)
class Reach:
    """Sums of demand by area, each of shape (n_areas,)."""

    demand: Floats
    reached: Floats
    uncertain: Floats

    @property
    def rate(self) -> Floats:
        """Reached among the demand whose place is certain; NaN where there is none."""
        return _ratio(self.reached, self.demand - self.uncertain)

    @property
    def rate_low(self) -> Floats:
        """The rate if none of the uncertain demand were reached."""
        return _ratio(self.reached, self.demand)

    @property
    def rate_high(self) -> Floats:
        """The rate if all of the uncertain demand were reached."""
        return _ratio(self.reached + self.uncertain, self.demand)

    def total(self) -> Reach:
        """All areas as one."""
        return Reach(*(np.array([part.sum()]) for part in (self.demand, self.reached, self.uncertain)))


def check_limit(max_travel_time_s: float) -> float:
    """The limit, if it is one: above 0 and at most a day.

    Raises
    ------
    ParameterError
        When it is not.
    """
    if not 0 < max_travel_time_s <= MAX_LIMIT_S:
        msg = (
            f"时限须大于 0 且不超过 {MAX_LIMIT_S / 60:.0f} 分钟，得到 {max_travel_time_s / 60:g} 分钟 "
            f"(the limit must be above 0 and at most {MAX_LIMIT_S / 60:.0f} minutes)"
        )
        raise ParameterError(msg)
    return max_travel_time_s


def within(seconds: Floats, max_travel_time_s: float) -> Bools:
    """Where a travel time is at most the limit."""
    return seconds <= check_limit(max_travel_time_s)


def reach_by_area(reached: Bools, uncertain: Bools, area: Ints, n_areas: int, *, weight: ArrayLike = 1.0) -> Reach:
    """Sum demand by area.

    Parameters
    ----------
    reached, uncertain
        Shape (n,). Demand that is uncertain is never counted as reached.
    area
        Area of each demand, 0 to ``n_areas - 1``, shape (n,).
    n_areas
        Number of areas; an area may hold no demand.
    weight
        Size of each demand, shape (n,) or one number.
    """
    size = np.broadcast_to(np.asarray(weight, dtype=np.float64), reached.shape)

    def total(where: Bools) -> Floats:
        return np.bincount(area[where], size[where], minlength=n_areas).astype(np.float64)

    return Reach(total(np.ones(len(reached), dtype=bool)), total(reached & ~uncertain), total(uncertain))


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
