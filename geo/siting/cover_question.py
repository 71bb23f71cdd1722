"""A covering problem as the solver wants it, and its answer as people want it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.errors import ParameterError
from geo.network import Bools, Floats
from geo.siting.cover import Cover
from geo.siting.cover_solver import Covering, most_covered
from geo.siting.problem import Problem, Stop, grain
from geo.siting.result import SitingResult, of_plan
from geo.siting.rule import Rule


@dataclass(frozen=True)
class Question:
    """What is asked about a problem when all that counts is who is covered.

    Attributes
    ----------
    problem : Problem
    cover : Cover
        All demands by all sites.
    rule : Rule
        Over all sites.
    taken, free : ndarray of bool, shape (n_sites,)
        Sites that every plan opens, and those that are to be chosen from.
    limit : float
        Seconds.
    """

    problem: Problem
    cover: Cover
    rule: Rule
    taken: Bools
    free: Bools
    limit: float

    @classmethod
    def of(
        cls, problem: Problem, rule: Rule, *, max_travel_time_s: float, backup: float = 0.0, movable: bool = False
    ) -> Question:
        """Weigh the demands; existing sites are open in every plan unless they are movable.

        Raises
        ------
        ParameterError
            When the limit is negative or the share of the second cover is not from 0 to 1.
        """
        if not 0 <= backup <= 1:
            msg = f"备份覆盖的比重须在 0 与 1 之间，得到 {backup:g} (the share of backup cover: from 0 to 1)"
            raise ParameterError(msg)
        cover = Cover(problem.cover(max_travel_time_s), (1 - backup) * problem.weight, backup * problem.weight)
        taken = problem.must_open if movable else problem.must_open | problem.fixed
        return cls(problem, cover, rule, taken, ~problem.banned & ~taken, max_travel_time_s)

    def check_reach(self) -> None:
        """Tell whether opening anything can help at all.

        Raises
        ------
        ParameterError
            When no candidate is within the limit of anyone.
        """
        if not self.cover.columns[self.problem.candidate].dot(self.problem.weight).any():
            msg = (
                f"没有一个候选点能在 {self.limit:g} 秒内服务到任何人，请放宽时限或另选候选点 "
                f"(no candidate is within {self.limit:g} seconds of anyone: raise the limit or offer other candidates)"
            )
            raise ParameterError(msg)

    def solve(
        self, *, rng: np.random.Generator, stop: Stop, start: Bools | None = None, prices: Floats | None = None, **effort: int
    ) -> Covering:
        """The best plan over all sites; the parameters are those of :func:`most_covered`."""
        cover, rule = self.cover.within(self.free, self.taken)[0], self.rule.within(self.free, self.taken)
        if rule is None:
            msg = "the rule leaves no plan; callers check that before"
            raise AssertionError(msg)
        free = np.flatnonzero(self.free)
        begin = None if start is None else start[free]
        found = most_covered(cover, rule, grain=self._grain(cover), rng=rng, stop=stop, start=begin, prices=prices, **effort)
        is_open = self.taken.copy()
        is_open[free[found.is_open]] = True
        return Covering(self._tidy(is_open), found.value, found.bound, found.status, found.prices)

    def result(self, found: Covering) -> SitingResult:
        """The answer, every demand served by the nearest open site within the limit."""
        nobody = np.flatnonzero(self.cover.count(self.free | self.taken) == 0)
        return of_plan(
            self.problem, found.is_open, found.status, self.cover.value(found.is_open), found.bound,
            max_travel_time_s=self.limit, unreachable=nobody,
        )  # fmt: skip

    def _grain(self, cover: Cover) -> float:
        return grain(np.concatenate([cover.first, cover.second]))

    def _tidy(self, is_open: Bools) -> Bools:
        """Leave out new sites that add nothing, the dearest and last one first, and rather keep existing ones."""
        fixed, columns = self.problem.fixed, self.cover.columns
        count = self.cover.count(is_open)
        new = np.flatnonzero(is_open & ~fixed & ~self.problem.must_open)
        for site in new[np.argsort(self.rule.price[new], kind="stable")][::-1]:
            rows = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
            without = count.copy()
            without[rows] -= 1
            if (self.cover.worth(without) == self.cover.worth(count)).all():
                is_open[site], count = False, without
        for site in np.flatnonzero(fixed & ~is_open):
            is_open[site] = bool(self.rule.room(is_open)[site])
        return is_open
