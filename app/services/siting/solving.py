"""Which solver answers which question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.services.siting.ground import Ground
from app.services.siting.question import SitingError, SitingQuestion
from geo.network import Ints
from geo.siting.maximal_covering import maximal_covering
from geo.siting.problem import Stop
from geo.siting.result import SitingResult
from geo.siting.set_covering import set_covering

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
        What this version cannot solve yet.
    ParameterError
        More stations than candidates, or none that reaches anybody.
    """
    if asked.objective not in _SOLVERS or asked.budget is not None or asked.persons_per_staff is not None:
        msg = (
            f"本版本还不能求 p-median、p-center、fair，也不能带预算、人员能力；请改用{'、'.join(_SOLVERS)} "
            f"(this version cannot solve p-median, p-center and fair, nor with a budget or capacities; use one of {', '.join(_SOLVERS)})"
        )
        raise SitingError(msg)
    return _SOLVERS[asked.objective](known, asked, township, stop)


def _coverage(known: Ground, asked: SitingQuestion, _: Ints, stop: Stop) -> SitingResult:
    return maximal_covering(
        known.problem, asked.add, max_travel_time_s=asked.limit_s, moves=asked.close,
        backup=BACKUP_SHARE if asked.objective == "backup" else 0.0, stop=stop, seed=asked.seed,
    )  # fmt: skip


def _set_cover(known: Ground, asked: SitingQuestion, township: Ints, stop: Stop) -> SitingResult:
    return set_covering(
        known.problem, max_travel_time_s=asked.limit_s, share=asked.share,
        groups=township if asked.by_township else None, stop=stop, seed=asked.seed,
    )  # fmt: skip


_SOLVERS: Mapping[str, Callable[[Ground, SitingQuestion, Ints, Stop], SitingResult]] = {
    "coverage": _coverage,
    "backup": _coverage,
    "set-cover": _set_cover,
}
SOLVED = tuple(_SOLVERS)
"""Objectives that this version solves, codes of :data:`app.services.siting.question.OBJECTIVE`."""
