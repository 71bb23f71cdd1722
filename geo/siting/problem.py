"""What is asked: who is to be reached, and which sites stand, must, may and must not be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.errors import ParameterError
from geo.matrix import TravelTimes
from geo.network import Bools, Floats, Ints

Stop = Callable[[], bool]
"""Asked now and then during a solve; once it says yes the best so far is returned with its bound."""


def never() -> bool:
    """The stop rule of a solve that runs to its end."""
    return False


@dataclass(frozen=True)
class Problem:
    """Demands, sites and the times between them.

    Attributes
    ----------
    times : TravelTimes
        From each demand (origin) to each site (facility), only the pairs within some bound.
    weight : ndarray, shape (n_demands,)
        Persons, or need; finite and not negative. A demand of weight 0 asks for nothing.
    fixed, must_open, banned : ndarray of bool, shape (n_sites,)
        Sites that exist; new ones that every plan opens; those that none may open.

    Raises
    ------
    ParameterError
        When sizes do not fit, a weight is negative or not a number, all are 0, or a site is banned and yet fixed or
        to be opened.
    """

    times: TravelTimes
    weight: Floats
    fixed: Bools
    must_open: Bools
    banned: Bools

    def __post_init__(self) -> None:
        n = self.times.n_facilities
        sizes = self.weight.shape == (self.times.n_origins,) and all(
            sites.shape == (n,) for sites in (self.fixed, self.must_open, self.banned)
        )
        if not sizes or not np.isfinite(self.weight).all() or (self.weight < 0).any():
            msg = (
                "权重须是不小于 0 的数，且与需求点一一对应 "
                "(weights must be finite, not negative, and one for each demand; marks one for each site)"
            )
            raise ParameterError(msg)
        if not self.weight.any():
            msg = "所有权重都是 0，没有需要服务的人 (all weights are 0: there is nobody to be reached)"
            raise ParameterError(msg)
        both = np.flatnonzero(self.banned & (self.fixed | self.must_open))
        if len(both):
            named = ", ".join(map(str, both[:5].tolist()))
            msg = (
                f"候选点 {named} 既被禁止又须开设，请去掉其中一项 "
                f"(sites {named} are banned and yet must be open: drop one of the two)"
            )
            raise ParameterError(msg)

    @classmethod
    def of(
        cls,
        times: TravelTimes,
        weight: ArrayLike,
        *,
        fixed: Iterable[int] = (),
        must_open: Iterable[int] = (),
        banned: Iterable[int] = (),
    ) -> Problem:
        """The same from lists of site positions.

        Raises
        ------
        ParameterError
            As for the class, or when there is no such site.
        """
        n = times.n_facilities
        marks = [_marks(sites, n) for sites in (fixed, must_open, banned)]
        return cls(times, np.asarray(weight, np.float64), marks[0], marks[1] & ~marks[0], marks[2])

    @property
    def candidate(self) -> Bools:
        """Sites that a plan may open, shape (n_sites,)."""
        return ~self.fixed & ~self.banned

    def within(self, max_travel_time_s: float) -> Problem:
        """The same with no pairs beyond a limit, which is included."""
        near = self.times.seconds <= max_travel_time_s
        return self if near.all() else replace(self, times=self.times.where(near))

    def cover(self, max_travel_time_s: float) -> csr_array:
        """Table of demands by sites with a 1 for each pair within the limit, which is included.

        Raises
        ------
        ParameterError
            When the limit is negative or not a number.
        """
        if not max_travel_time_s >= 0:
            msg = f"时限须不小于 0，得到 {max_travel_time_s:g} 秒 (the limit must be at least 0)"
            raise ParameterError(msg)
        near = self.times.seconds <= max_travel_time_s
        return table(self.times, near, np.ones(int(near.sum())))

    def seconds(self) -> csr_array:
        """Table of demands by sites with the times, those of 0 seconds among its entries."""
        return table(self.times, np.ones(len(self.times), bool), self.times.seconds)

    def check_added(self, k: int) -> None:
        """Tell whether ``k`` sites can be opened.

        Raises
        ------
        ParameterError
            When ``k`` is negative, more than there are candidates, or fewer than must be opened.
        """
        candidates, forced = int(self.candidate.sum()), int(self.must_open.sum())
        if k < 0:
            msg = f"新增站点数须不小于 0，得到 {k} (the number of sites to add must not be negative)"
            raise ParameterError(msg)
        if k > candidates:
            msg = (
                f"要新增 {k} 处，但可用的候选点只有 {candidates} 处，请减少数量或增加候选点 "
                f"({k} sites are to be added, but there are only {candidates} candidates: add fewer, or offer more)"
            )
            raise ParameterError(msg)
        if k < forced:
            msg = (
                f"必须开设的有 {forced} 处，多于要新增的 {k} 处 "
                f"({forced} sites must be opened, more than the {k} to be added)"
            )
            raise ParameterError(msg)


def table(times: TravelTimes, kept: Bools, values: Floats) -> csr_array:
    """The kept pairs as a sparse table of demands by sites."""
    starts = np.zeros(times.n_origins + 1, np.int32)
    np.cumsum(np.bincount(times.origin[kept], minlength=times.n_origins), out=starts[1:])
    return csr_array((values, times.facility[kept], starts), shape=(times.n_origins, times.n_facilities))


def nearest_seconds(times: TravelTimes, is_open: Bools) -> Floats:
    """How far each demand has it to the nearest open site, shape (n_origins,); ``inf`` where none is in reach."""
    nearest = np.full(times.n_origins, np.inf)
    if len(times):
        first = np.flatnonzero(np.diff(times.origin, prepend=-1))
        nearest[times.origin[first]] = np.minimum.reduceat(np.where(is_open[times.facility], times.seconds, np.inf), first)
    return nearest


def grain(weight: Floats) -> float:
    """The step between two possible sums of whole weights: their greatest common divisor; 0 when they are not whole."""
    whole = weight[weight > 0]
    if not len(whole) or (whole != np.rint(whole)).any() or whole.sum() > 2**52:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))


def _marks(sites: Iterable[int], n: int) -> Bools:
    where: Ints = np.fromiter(sites, np.int64)
    wrong = where[(where < 0) | (where >= n)]
    if len(wrong):
        msg = f"没有编号为 {int(wrong[0])} 的候选点，共 {n} 处 (there is no site {int(wrong[0])}: there are {n})"
        raise ParameterError(msg)
    marks = np.zeros(n, bool)
    marks[where] = True
    return marks
