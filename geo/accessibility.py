"""Access that counts supply: the enhanced two-step floating catchment area.

With ``S_j`` the supply of facility *j* (staff), ``D_i`` the demand at origin *i* (persons), ``t_ij``
the travel time and ``W`` a weight that falls with time and is 0 beyond the limit::

    R_j = S_j / sum_i D_i W(t_ij)          supply for each weighted person in the catchment of j
    A_i = sum_j R_j W(t_ij)                access: supply for each person at i

Every supply is shared out in full among those who are near: ``sum_i D_i A_i`` is the supply of the
facilities that have any demand within reach.

References
----------
Luo & Wang (2003), Environment and Planning B 30:865-884 (the two steps, binary weights);
Luo & Qi (2009), Health & Place 15:1100-1107 (weights by band: enhanced);
Dai (2010), Health & Place 16:1038-1052 (the Gaussian that ends at 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.matrix import Index, TravelTimes
from geo.network import Bools, Floats

BAND_WEIGHTS = (1.0, 0.68, 0.22)
"""Weights of the three bands of Luo & Qi (2009)."""


class Decay(Protocol):
    """A weight for every travel time: 0 to 1, never rising with time, 0 beyond the limit."""

    def __call__(self, seconds: Floats, max_travel_time_s: float) -> Floats:
        """Weights of ``seconds``, of the same shape."""


def binary(seconds: Floats, max_travel_time_s: float) -> Floats:
    """1 up to the limit, which is included."""
    return (seconds <= max_travel_time_s).astype(np.float64)


def gaussian(seconds: Floats, max_travel_time_s: float) -> Floats:
    """A bell that begins at 1 and ends at 0 exactly at the limit (Dai 2010, with the limit as bandwidth)."""
    edge = np.exp(-0.5)
    inside = np.minimum(seconds / max_travel_time_s, 1.0)
    bell: Floats = (np.exp(-0.5 * inside**2) - edge) / (1 - edge)
    return bell


def step(seconds: Floats, max_travel_time_s: float) -> Floats:
    """One weight for each of several bands of equal width; a band's end belongs to it."""
    ends = max_travel_time_s * np.arange(1, len(BAND_WEIGHTS) + 1) / len(BAND_WEIGHTS)
    ends[-1] = max_travel_time_s
    return np.array([*BAND_WEIGHTS, 0.0])[np.searchsorted(ends, seconds, side="left")]


DECAYS: Mapping[str, Decay] = {"binary": binary, "gaussian": gaussian, "step": step}


@dataclass(frozen=True)
class Access:
    """What everybody gets, and what every facility carries.

    Attributes
    ----------
    score : ndarray, shape (n_origins,)
        Supply for each person; 0 where no supply is within reach. Facilities of unknown supply give
        nothing, so near them the score is a lower bound.
    near_unknown : ndarray of bool, shape (n_origins,)
        Origins within the limit of a facility of unknown supply.
    demand, weighted_demand : ndarray, shape (n_facilities,)
        Persons within the limit of each facility, plain and weighted.
    load : ndarray, shape (n_facilities,)
        Weighted persons for each unit of supply: 0 where nobody is within reach, ``inf`` where
        somebody is and the supply is 0, NaN where the supply is unknown.
    """

    score: Floats
    near_unknown: Bools
    demand: Floats
    weighted_demand: Floats
    load: Floats


def two_step_access(
    times: TravelTimes, demand: ArrayLike, supply: ArrayLike, *, max_travel_time_s: float, decay: Decay = gaussian
) -> Access:
    """Access of every origin and load of every facility.

    Parameters
    ----------
    times
        Every pair within the limit; pairs beyond it are left out.
    demand
        Persons at each origin, shape (n_origins,); an origin of none has a score and adds no load.
    supply
        Of each facility, shape (n_facilities,); NaN where it is unknown, which is not 0.
    max_travel_time_s
        The limit, included.
    decay
        What weights the times.

    Raises
    ------
    ParameterError
        When demand or supply is negative or infinite, or demand is unknown, or either does not fit
        the times.
    """
    persons, staff = np.asarray(demand, np.float64), np.asarray(supply, np.float64)
    _check(times, persons, staff)
    near = times.seconds <= max_travel_time_s
    origin, facility = times.origin[near], times.facility[near]
    weight = decay(times.seconds[near], max_travel_time_s)
    plain = _sums(facility, persons[origin], times.n_facilities)
    weighted = _sums(facility, persons[origin] * weight, times.n_facilities)
    unknown = np.isnan(staff)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((weighted > 0) & ~unknown, staff / weighted, 0.0)
        load = np.where(weighted > 0, weighted / staff, np.where(unknown, np.nan, 0.0))
    return Access(
        score=_sums(origin, ratio[facility] * weight, times.n_origins),
        near_unknown=_sums(origin, unknown[facility].astype(np.float64), times.n_origins) > 0,
        demand=plain,
        weighted_demand=weighted,
        load=load,
    )


def _sums(index: Index, values: Floats, n: int) -> Floats:
    return np.bincount(index, values, n).astype(np.float64)


def _check(times: TravelTimes, persons: Floats, staff: Floats) -> None:
    fits = persons.shape == (times.n_origins,) and staff.shape == (times.n_facilities,)
    if not fits or not (persons >= 0).all() or (staff < 0).any() or np.isinf(persons).any() or np.isinf(staff).any():
        msg = (
            "人数和工作人员数须是不小于 0 的数，且与户、站一一对应 "
            "(persons and staff must be finite, not negative, and one for each household and station)"
        )
        raise ParameterError(msg)
