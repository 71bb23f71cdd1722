"""Which solver answers which question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.services.siting.ground import Ground
from app.services.siting.means import purse, room
from app.services.siting.question import SitingError, SitingQuestion
from geo.network import Ints
from geo.siting.capacitated_covering import capacitated_covering
from geo.siting.fair_covering import fair_covering
from geo.siting.maximal_covering import maximal_covering
from geo.siting.p_center import p_center
from geo.siting.p_median import p_median
from geo.siting.problem import Stop
from geo.siting.result import SitingResult
from geo.siting.set_covering import set_covering

_WITH_BUDGET = ("coverage", "backup", "set-cover", "p-median")

BACKUP_SHARE = 0.3
"""What the second station within the limit is worth beside the first."""


def solve(known: Ground, asked: SitingQuestion, township: Ints, stop: Stop) -> SitingResult:
    """The plan.

    Parameters
    ----------
    township
        Of each household, numbered from 0.

    Raises
    ------
    SitingError
        A budget or capacities with an objective that they do not go with.
    ParameterError
        More stations than candidates, or none that reaches anybody.
    """
    _check_means(asked)
    return _SOLVERS[asked.objective](known, asked, township, stop)


def _check_means(asked: SitingQuestion) -> None:
    if asked.budget is not None and asked.objective not in _WITH_BUDGET:
        goals = ", ".join(_WITH_BUDGET)
        msg = f"预算只与 {goals} 同用；{asked.objective} 请用 add 给站数 (a budget goes with {goals} only; give a number with add)"
        raise SitingError(msg)
    if asked.persons_per_staff is None:
        return
    if asked.objective != "coverage":
        msg = f"人员能力（persons_per_staff）只与 coverage 同用，不与 {asked.objective} 同用 (capacity goes with coverage only)"
        raise SitingError(msg)
    if asked.weight != "persons" or asked.need:
        msg = "人员能力按人计，请用 weight=persons，不按需求加权 (capacity counts persons: use weight=persons without need)"
        raise SitingError(msg)


def _coverage(known: Ground, asked: SitingQuestion, _: Ints, stop: Stop) -> SitingResult:
    spending = purse(known, asked) if asked.budget is not None else None
    k, rooms = asked.add if spending is None else spending, room(known, asked)
    if rooms is not None:
        return capacitated_covering(known.problem, k, rooms, max_travel_time_s=asked.limit_s, stop=stop, seed=asked.seed)
    return maximal_covering(
        known.problem, k, max_travel_time_s=asked.limit_s, moves=asked.close,
        backup=BACKUP_SHARE if asked.objective == "backup" else 0.0, stop=stop, seed=asked.seed,
    )  # fmt: skip


def _set_cover(known: Ground, asked: SitingQuestion, township: Ints, stop: Stop) -> SitingResult:
    return set_covering(
        known.problem, max_travel_time_s=asked.limit_s, share=asked.share,
        groups=township if asked.by_township else None, purse=purse(known, asked), stop=stop, seed=asked.seed,
    )  # fmt: skip


def _p_median(known: Ground, asked: SitingQuestion, _: Ints, stop: Stop) -> SitingResult:
    spending = purse(known, asked) if asked.budget is not None else None
    k = asked.add if spending is None else spending
    return p_median(known.problem, k, moves=asked.close, stop=stop, seed=asked.seed)


def _p_center(known: Ground, asked: SitingQuestion, _: Ints, stop: Stop) -> SitingResult:
    return p_center(known.problem, asked.add, stop=stop, seed=asked.seed)


def _fair(known: Ground, asked: SitingQuestion, township: Ints, stop: Stop) -> SitingResult:
    return fair_covering(
        known.problem, asked.add, max_travel_time_s=asked.limit_s, share=asked.share, groups=township,
        stop=stop, seed=asked.seed,
    )  # fmt: skip


_SOLVERS: Mapping[str, Callable[[Ground, SitingQuestion, Ints, Stop], SitingResult]] = {
    "coverage": _coverage,
    "backup": _coverage,
    "set-cover": _set_cover,
    "p-median": _p_median,
    "p-center": _p_center,
    "fair": _fair,
}
TIMED = frozenset({"p-median", "p-center"})
"""Objectives that solvers tell in seconds."""
