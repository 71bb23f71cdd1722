"""Fewest or cheapest stations so that everyone, or a share of everyone, or of each township, is within the limit.

References
----------
Toregas, Swain, ReVelle & Bergman (1971), Operations Research 19:1363-1373 (location set covering);
Daskin & Owen (1999), Geographical Analysis 31:217-235 (a share of all: partial set covering);
Beasley (1987), European Journal of Operational Research 31:85-93 (rows and columns that can be left out).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo.siting import highs
from geo.siting.cover_task import CoverTask
from geo.siting.need import Need
from geo.siting.problem import Problem, Stop, grain, never
from geo.siting.purse import Purse
from geo.siting.result import ROUNDING, Shortfall, SitingResult, Status, of_plan, without_plan


def set_covering(
    problem: Problem,
    *,
    max_travel_time_s: float,
    share: float = 1.0,
    groups: ArrayLike | None = None,
    purse: Purse | None = None,
    stop: Stop = never,
    seed: int = 0,
) -> SitingResult:
    """Open as few sites, or as cheap ones, as bring the share of the weight within the limit.

    Parameters
    ----------
    problem
        Demands and sites.
    max_travel_time_s
        The limit, included.
    share
        Of the weight, above 0 and at most 1.
    groups
        Which group each demand belongs to, shape (n_demands,), numbered from 0; then the share holds for each of them.
    purse
        What sites cost: then the least total cost is looked for, and it must be within the budget.
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the solver's random choices.

    Returns
    -------
    SitingResult
        ``objective`` is the number of new sites, or their cost, those that must be opened included. When it is
        infeasible, ``shortfalls`` says for each group how much weight is needed and how much all sites together reach,
        or what the cheapest plan costs at least.

    Raises
    ------
    ParameterError
        When the share, the groups or the costs cannot be.
    """
    need = Need.of(problem, share, groups)
    cover = problem.cover(max_travel_time_s)
    taken, free = problem.fixed | problem.must_open, problem.candidate & ~problem.must_open
    reachable = cover @ (taken | free).astype(np.float64) > 0
    unreachable = np.flatnonzero(~reachable & (problem.weight > 0))
    short = need.shortfalls(reachable)
    if short:
        return without_plan(problem, Status.INFEASIBLE, *short, unreachable=unreachable)
    done = cover @ taken.astype(np.float64) > 0
    price = np.where(problem.fixed, 0.0, 1.0) if purse is None else purse.prices(problem)
    part = CoverTask.of(cover, need, done, free, price)
    found = part.solve(stop, seed) if part.left.any() else highs.Solved(Status.OPTIMAL, np.zeros(0), 0.0, 0.0)
    is_open = taken.copy()
    if found.x is not None and len(found.x):
        is_open[part.sites[found.x > 0.5]] = True
    step = grain(price)
    least = float(price[problem.must_open].sum()) + found.bound
    bound = step * np.ceil(least / step - 1e-6) if step else least
    objective = float(price[is_open].sum())
    status = Status.OPTIMAL if objective <= bound * (1 + ROUNDING) else found.status
    if purse is not None and objective > purse.budget * (1 + ROUNDING):
        needed = objective if status is Status.OPTIMAL else bound
        if needed <= purse.budget * (1 + ROUNDING):
            return without_plan(problem, Status.TIME_LIMIT, unreachable=unreachable)
        return without_plan(
            problem, Status.INFEASIBLE, Shortfall("budget", -1, needed, purse.budget), unreachable=unreachable
        )
    return of_plan(
        problem, is_open, status, objective, bound, max_travel_time_s=max_travel_time_s, unreachable=unreachable
    )
