"""What new sites cost, and what there is to spend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.network import Bools, Floats
from geo.siting.problem import Problem
from geo.siting.result import ROUNDING, Shortfall
from geo.siting.rule import Budget


@dataclass(frozen=True)
class Purse:
    """Costs and a budget, in any one unit of money.

    Attributes
    ----------
    costs : ndarray, shape (n_sites,)
        What opening each site costs; those of existing sites, which cost nothing more, are not looked at.
    budget : float
        What the new sites may cost together, those that must be opened included; ``inf`` for as much as it takes.

    Raises
    ------
    ParameterError
        When a cost is negative or not a number, or the budget is.
    """

    costs: Floats
    budget: float = np.inf

    def __post_init__(self) -> None:
        if not np.isfinite(self.costs).all() or (self.costs < 0).any():
            wrong = int(np.flatnonzero(~np.isfinite(self.costs) | (self.costs < 0))[0])
            msg = (
                f"费用须是不小于 0 的数，候选点 {wrong} 的是 {self.costs[wrong]:g} "
                f"(costs must be finite and not negative; that of site {wrong} is not)"
            )
            raise ParameterError(msg)
        if not self.budget >= 0:
            msg = f"预算须不小于 0，得到 {self.budget:g} (the budget must not be negative)"
            raise ParameterError(msg)

    @classmethod
    def of(cls, costs: ArrayLike, budget: float = np.inf) -> Purse:
        """The same from a list of costs."""
        return cls(np.asarray(costs, np.float64), float(budget))

    def prices(self, problem: Problem) -> Floats:
        """What each site costs under a problem, 0 where it exists; shape (n_sites,).

        Raises
        ------
        ParameterError
            When there is not one cost for each site.
        """
        if self.costs.shape != problem.fixed.shape:
            msg = (
                f"费用须与候选点一一对应：{len(problem.fixed)} 处，{self.costs.size} 个费用 "
                f"(one cost for each site: there are {len(problem.fixed)})"
            )
            raise ParameterError(msg)
        return np.where(problem.fixed, 0.0, self.costs)

    def rule(self, problem: Problem) -> Budget:
        """The plans that can be paid."""
        return Budget(self.prices(problem), self.budget)

    def spent(self, problem: Problem, is_open: Bools) -> float:
        """What a plan costs."""
        return float(self.prices(problem)[is_open].sum())

    def shortfall(self, problem: Problem) -> Shortfall | None:
        """What is missing for the sites that must be opened; where there are none, for the cheapest candidate."""
        prices = self.prices(problem)
        candidates = prices[problem.candidate]
        forced = problem.must_open.any()
        needed = float(prices[problem.must_open].sum() if forced else candidates.min(initial=np.inf))
        if not len(candidates) or needed <= self.budget * (1 + ROUNDING):
            return None
        return Shortfall("budget", -1, needed, self.budget)
