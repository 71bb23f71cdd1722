"""What a solve found, and how much better the best could be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from geo.network import Bools, Floats, Ints
from geo.siting.problem import Problem, nearest_seconds

ROUNDING = 1e-9
"""Objectives that differ by less, relative to themselves, are the same: sums of floats in another order do."""


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    """A plan with its bound, and the effort that a solve is given was used up."""
    TIME_LIMIT = "time_limit"
    """The stop rule ended it; there is a plan unless ``sites`` is empty and ``objective`` not a number."""
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Shortfall:
    """A demand that cannot be met.

    Attributes
    ----------
    what : str
        The constraint: ``"reach"``, ``"share"``, ``"capacity"``, ``"budget"`` or ``"count"``.
    group : int
        Which group (township) it concerns, -1 for all together.
    needed, possible : float
        What is asked for, and the most that can be had (for a budget or a count: the least that would do, and what is
        there).
    """

    what: str
    group: int
    needed: float
    possible: float

    @property
    def amount(self) -> float:
        """By how much it falls short."""
        return abs(self.needed - self.possible)


@dataclass(frozen=True)
class Assignment:
    """Who is served by which site where sites have room for so many only; arrays of shape (n_pairs,).

    Attributes
    ----------
    demand, site : ndarray
        Pairs; a demand that is shared has several.
    amount : ndarray of int
        Weight of the demand that the site serves, above 0.
    """

    demand: Ints
    site: Ints
    amount: Ints

    def load(self, n_sites: int) -> Ints:
        """Weight that each site serves, shape (n_sites,)."""
        return np.bincount(self.site, self.amount, n_sites).astype(np.int64)

    def served(self, n_demands: int) -> Ints:
        """Weight of each demand that is served, shape (n_demands,)."""
        return np.bincount(self.demand, self.amount, n_demands).astype(np.int64)


@dataclass(frozen=True)
class SitingResult:
    """A plan and its proof.

    Attributes
    ----------
    status : Status
    sites : ndarray
        Every site open under the plan, existing ones included, ascending.
    opened, closed : ndarray
        Those of them that are new, and existing ones that are given up; ascending.
    objective, bound : float
        What the plan attains, and what no plan can better; NaN without a plan.
    site : ndarray, shape (n_demands,)
        Which site serves each demand, -1 where none does.
    seconds : ndarray, shape (n_demands,)
        How far that is; ``inf`` where none serves.
    shortfalls : tuple of Shortfall
        What makes it infeasible, and by how much.
    unreachable : ndarray
        Demands that no site at all can serve.
    assignment : Assignment, optional
        Where sites have room for so many only; then ``site`` is the one that serves most of a demand.
    """

    status: Status
    sites: Ints
    opened: Ints
    closed: Ints
    objective: float
    bound: float
    site: Ints
    seconds: Floats
    shortfalls: tuple[Shortfall, ...] = ()
    unreachable: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    assignment: Assignment | None = None

    @property
    def gap(self) -> float:
        """How far the best possible is away at most, relative to the objective; 0 when optimal."""
        apart = abs(self.bound - self.objective)
        if apart == 0:
            return 0.0
        return apart / abs(self.objective) if self.objective else float("inf")

    def summary(self) -> dict[str, object]:
        """The figures without the arrays by demand."""
        return {
            "status": self.status.value,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "opened": self.opened.tolist(),
            "closed": self.closed.tolist(),
            "n_sites": len(self.sites),
            "n_served": int((self.site >= 0).sum()),
            "n_unreachable": len(self.unreachable),
            "shortfalls": [(short.what, short.group, short.needed, short.possible) for short in self.shortfalls],
        }


def nearest_open(problem: Problem, is_open: Bools, *, max_travel_time_s: float = np.inf) -> tuple[Ints, Floats]:
    """Which open site is nearest to each demand, and how far; the lower one on a tie.

    Returns
    -------
    site : ndarray, shape (n_demands,)
        -1 where none is within the limit.
    seconds : ndarray, shape (n_demands,)
        ``inf`` there.
    """
    times = problem.times
    seconds = nearest_seconds(times, is_open)
    seconds[seconds > max_travel_time_s] = np.inf
    hit = np.flatnonzero(is_open[times.facility] & (times.seconds == seconds[times.origin]) & np.isfinite(times.seconds))
    first = hit[np.diff(times.origin[hit], prepend=-1) > 0]  # pairs ascend by demand, then by site
    site = np.full(times.n_origins, -1)
    site[times.origin[first]] = times.facility[first]
    return site, seconds


def of_plan(
    problem: Problem,
    is_open: Bools,
    status: Status,
    objective: float,
    bound: float,
    *,
    max_travel_time_s: float = np.inf,
    served: tuple[Ints, Floats] | None = None,
    unreachable: Ints | None = None,
) -> SitingResult:
    """The result of a plan; everybody is served by the nearest open site unless ``served`` says otherwise."""
    site, seconds = served or nearest_open(problem, is_open, max_travel_time_s=max_travel_time_s)
    return SitingResult(
        status=status,
        sites=np.flatnonzero(is_open),
        opened=np.flatnonzero(is_open & ~problem.fixed),
        closed=np.flatnonzero(problem.fixed & ~is_open),
        objective=objective,
        bound=objective if status is Status.OPTIMAL else bound,
        site=site,
        seconds=seconds,
        unreachable=np.zeros(0, np.int64) if unreachable is None else unreachable,
    )


def without_plan(problem: Problem, status: Status, *shortfalls: Shortfall, unreachable: Ints | None = None) -> SitingResult:
    """The result where there is no plan."""
    n, none = problem.times.n_origins, np.zeros(0, np.int64)
    return SitingResult(
        status, none, none, none, np.nan, np.nan, np.full(n, -1), np.full(n, np.inf), shortfalls,
        none if unreachable is None else unreachable,
    )  # fmt: skip
