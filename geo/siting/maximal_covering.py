"""Most persons within the limit with so many stations more, or for so much money; existing ones stay.

References
----------
Church & ReVelle (1974), Papers of the Regional Science Association 32:101-118 (maximal covering);
Hogan & ReVelle (1986), Management Science 32:1434-1444 (backup cover);
Wang, Batta, Bhadury & Rump (2003), Computers & Operations Research 30:2047-2069 (budget, opening and closing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.errors import ParameterError
from geo.network import Floats, Ints
from geo.siting.cover_question import Question
from geo.siting.problem import Problem, Stop, never
from geo.siting.purse import Purse
from geo.siting.result import SitingResult, Status, without_plan
from geo.siting.rule import Count

_CURVE_NODES = 20
"""How many times to branch for one point of a curve: it is to be had in one go."""


def maximal_covering(
    problem: Problem,
    k: int | Purse,
    *,
    max_travel_time_s: float,
    moves: int = 0,
    backup: float = 0.0,
    stop: Stop = never,
    seed: int = 0,
) -> SitingResult:
    """Open at most ``k`` sites, or sites for at most a budget, so that most weight is within the limit of an open one.

    Sites that would add nothing are not opened.

    Parameters
    ----------
    problem
        Demands and sites.
    k
        How many sites more; or what they cost and what there is to spend.
    max_travel_time_s
        The limit, included.
    moves
        So many existing sites may be closed, each for one more new one (relocation); 0 under a budget.
    backup
        Share of the objective, 0 to 1, that is given to being covered a second time: ``(1 - backup)`` for the first
        open site within the limit and ``backup`` for the second.
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the random choices; the same seed gives the same answer.

    Returns
    -------
    SitingResult
        Infeasible only where the budget does not do for the sites that must be opened, or for any one site;
        ``shortfalls`` says how much that would take.

    Raises
    ------
    ParameterError
        When ``k`` or ``moves`` cannot be, or no candidate is within the limit of anyone.
    """
    if isinstance(k, Purse):
        if moves:
            msg = "迁站不与预算同用 (sites cannot be moved under a budget)"
            raise ParameterError(msg)
        question = Question.of(problem, k.rule(problem), max_travel_time_s=max_travel_time_s, backup=backup)
        question.check_reach()
        if short := k.shortfall(problem):
            return without_plan(problem, Status.INFEASIBLE, short)
        return question.result(question.solve(rng=np.random.default_rng(seed), stop=stop))
    problem.check_added(k)
    if not 0 <= moves <= int(problem.fixed.sum()):
        msg = (
            f"可迁移的站点数须在 0 与现有站点数 {int(problem.fixed.sum())} 之间，得到 {moves} "
            "(sites to move: from 0 to the number of existing ones)"
        )
        raise ParameterError(msg)
    existing = problem.fixed
    rule = Count(int(existing.sum()) + k, existing, int(existing.sum()) - moves)
    question = Question.of(problem, rule, max_travel_time_s=max_travel_time_s, backup=backup, movable=moves > 0)
    if k + moves:
        question.check_reach()
    return question.result(question.solve(rng=np.random.default_rng(seed), stop=stop))


def covering_curve(
    problem: Problem, k: int = 20, *, max_travel_time_s: float, backup: float = 0.0, stop: Stop = never, seed: int = 0
) -> Curve:
    """Cover most with 0, 1, ... ``k`` sites more: where it stops paying.

    Each number is solved by itself, so the best five need not be among the best six. Where a proof would take long a
    point is told with its bound; a stopped curve is complete, and its last points have wider bounds. The parameters are
    those of :func:`maximal_covering`, except that the numbers begin with that of the sites that must be opened and end
    with that of the candidates.
    """
    first, last = int(problem.must_open.sum()), min(k, int(problem.candidate.sum()))
    problem.check_added(max(first, last))
    existing, rng, problem = problem.fixed, np.random.default_rng(seed), problem.within(max_travel_time_s)
    results: list[SitingResult] = []
    plan, prices = None, None
    for added in range(first, max(first, last) + 1):
        rule = Count(int(existing.sum()) + added, existing, int(existing.sum()))
        question = Question.of(problem, rule, max_travel_time_s=max_travel_time_s, backup=backup, movable=False)
        found = question.solve(rng=rng, stop=stop, start=plan, prices=prices, nodes=_CURVE_NODES)
        plan, prices = found.is_open, found.prices
        results.append(question.result(found))
    return Curve(np.arange(first, first + len(results)), tuple(results))


@dataclass(frozen=True)
class Curve:
    """The best plan for each number of sites more.

    Attributes
    ----------
    added : ndarray, shape (n,)
        How many may be opened.
    results : tuple of SitingResult
        The plan for each.
    """

    added: Ints
    results: tuple[SitingResult, ...]

    @property
    def objective(self) -> Floats:
        """What each covers, shape (n,)."""
        return np.array([result.objective for result in self.results])

    @property
    def bound(self) -> Floats:
        """What none can better, shape (n,)."""
        return np.array([result.bound for result in self.results])

    @property
    def gain(self) -> Floats:
        """What the last site of each adds, shape (n,); 0 for the first number."""
        return np.diff(self.objective, prepend=self.objective[:1])
