"""Fewest stations so that everyone, or a share of everyone, or a share of each township, is within the limit.

References
----------
Toregas, Swain, ReVelle & Bergman (1971), Operations Research 19:1363-1373 (location set covering);
Daskin & Owen (1999), Geographical Analysis 31:217-235 (a share of all: partial set covering);
Beasley (1987), European Journal of Operational Research 31:85-93 (rows and columns that can be left out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import block_array, csr_array, eye_array

from geo.errors import ParameterError
from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.cover import distinct
from geo.siting.dominance import needed_rows, useful_columns
from geo.siting.problem import Problem, Stop, never
from geo.siting.result import ROUNDING, Shortfall, SitingResult, Status, of_plan, without_plan


def set_covering(
    problem: Problem,
    *,
    max_travel_time_s: float,
    share: float = 1.0,
    groups: ArrayLike | None = None,
    stop: Stop = never,
    seed: int = 0,
) -> SitingResult:
    """Open as few sites as bring the share of the weight within the limit.

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
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the solver's random choices.

    Returns
    -------
    SitingResult
        ``objective`` is the number of new sites, those that must be opened included. When it is infeasible,
        ``shortfalls`` says for each group how much weight is needed and how much all sites together reach.

    Raises
    ------
    ParameterError
        When the share or the groups cannot be.
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
    part = _Part.of(cover, need, done, free)
    found = part.solve(stop, seed) if part.left.any() else highs.Solved(Status.OPTIMAL, np.zeros(0), 0.0, 0.0)
    is_open = taken.copy()
    if found.x is not None and len(found.x):
        is_open[part.sites[found.x > 0.5]] = True
    forced = int(problem.must_open.sum())
    bound = forced + np.ceil(found.bound - 1e-6)
    objective = float((is_open & ~problem.fixed).sum())
    status = Status.OPTIMAL if objective <= bound else found.status
    return of_plan(
        problem, is_open, status, objective, bound, max_travel_time_s=max_travel_time_s, unreachable=unreachable
    )


@dataclass(frozen=True)
class Need:
    """How much weight of each group must be covered.

    Attributes
    ----------
    weight : ndarray, shape (n_demands,)
    group : ndarray, shape (n_demands,)
    least : ndarray, shape (n_groups,)
    of_all : bool
        Whether there is but one group, that of all.
    """

    weight: Floats
    group: Ints
    least: Floats
    of_all: bool

    @classmethod
    def of(cls, problem: Problem, share: float, groups: ArrayLike | None) -> Need:
        """The same share of every group, or of all when there are none.

        Raises
        ------
        ParameterError
            When the share is not above 0 and at most 1, or a demand has no group.
        """
        if not 0 < share <= 1:
            msg = f"比例须大于 0 且不超过 1，得到 {share:g} (the share must be above 0 and at most 1)"
            raise ParameterError(msg)
        group = group_numbers(problem, groups)
        total = np.bincount(group, problem.weight).astype(np.float64)
        return cls(problem.weight, group, share * total * (1 - ROUNDING), groups is None)

    def covered(self, within: Bools) -> Floats:
        """Weight of each group among some demands."""
        return np.bincount(self.group[within], self.weight[within], len(self.least)).astype(np.float64)

    def shortfalls(self, within: Bools) -> tuple[Shortfall, ...]:
        """Groups that those demands are not enough for."""
        possible = self.covered(within)
        return tuple(
            Shortfall("share", -1 if self.of_all else int(g), float(self.least[g] / (1 - ROUNDING)), float(possible[g]))
            for g in np.flatnonzero(possible < self.least)
        )


def group_numbers(problem: Problem, groups: ArrayLike | None) -> Ints:
    """The group of each demand, 0 for all where there are none.

    Raises
    ------
    ParameterError
        When there is not one number from 0 for each demand.
    """
    if groups is None:
        return np.zeros(len(problem.weight), np.int64)
    group = np.asarray(groups)
    if group.shape != problem.weight.shape or not np.issubdtype(group.dtype, np.integer) or (group < 0).any():
        msg = "每个需求点须有一个从 0 起的分组编号 (every demand needs the number of its group, from 0)"
        raise ParameterError(msg)
    return group.astype(np.int64)


@dataclass(frozen=True)
class _Part:
    """What is left once fixed sites are taken, demands of the same cover set and group merged.

    ``rows`` must all be covered where ``weight`` is None; else ``left`` of each group's weight.
    """

    rows: csr_array
    weight: Floats | None
    group: Ints
    left: Floats
    sites: Ints

    @classmethod
    def of(cls, cover: csr_array, need: Need, done: Bools, free: Bools) -> _Part:
        sites = np.flatnonzero(free)
        rows = cover[:, sites]
        left = np.maximum(need.least - need.covered(done), 0.0)
        asks = np.flatnonzero(~done & (need.weight > 0) & (np.diff(rows.indptr) > 0) & (left > 0)[need.group])
        unlike, place = distinct(rows[asks], need.group[asks])
        rows, group = rows[asks[unlike]], need.group[asks[unlike]]
        weight = np.bincount(place, need.weight[asks], len(unlike)).astype(np.float64)
        possible = np.bincount(group, weight, len(left))
        if (left >= possible * (1 - 10 * ROUNDING)).all():  # nobody may be left out
            rows = rows[needed_rows(rows)]
            useful = useful_columns(rows)
            rows, sites = rows[:, useful], sites[useful]
            rows = rows[needed_rows(rows)]
            return cls(rows, None, np.zeros(rows.shape[0], np.int64), left, sites)
        return cls(rows, weight, group, left, sites)

    def solve(self, stop: Stop, seed: int) -> highs.Solved:
        m, n = self.rows.shape
        start = self._greedy()
        if self.weight is None:
            model = highs.Model(np.ones(n), np.ones(n), np.ones(n, bool), self.rows, np.ones(m), np.full(m, np.inf))
        else:
            asked = np.flatnonzero(self.left)
            sums = csr_array((self.weight, (self.group, np.arange(m))), shape=(len(self.left), m))[asked]
            model = highs.Model(
                worth=np.concatenate([np.ones(n), np.zeros(m)]),
                upper=np.ones(n + m),
                integer=np.arange(n + m) < n,
                rows=csr_array(block_array([[self.rows, -eye_array(m)], [None, sums]], format="csr")),
                row_lower=np.concatenate([np.zeros(m), self.left[asked]]),
                row_upper=np.full(m + len(asked), np.inf),
            )
            start = np.concatenate([start, (self.rows @ start > 0).astype(np.float64)])
        solved = highs.solve(model, start=start, stop=stop, seed=seed)
        if solved.x is None or solved.objective > start[:n].sum():  # stopped before it looked at the start
            return highs.Solved(solved.status, start[:n], float(start[:n].sum()), max(solved.bound, 1.0))
        return highs.Solved(solved.status, solved.x[:n], float(solved.x[:n].sum()), max(solved.bound, 1.0))

    def _greedy(self) -> Floats:
        """Sites by what they add to what is asked for, then without those that are not needed after all."""
        m, n = self.rows.shape
        columns, chosen = self.rows.T.tocsr(), np.zeros(n)
        weight = np.ones(m) if self.weight is None else self.weight
        left = np.array([float(m)]) if self.weight is None else self.left.copy()
        count = np.zeros(m)
        while (left > 0).any():
            gain = np.where((count == 0) & (left > 0)[self.group], np.minimum(weight, left[self.group]), 0.0)
            site = int((columns @ gain).argmax())
            chosen[site] = 1
            rows = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
            new = rows[count[rows] == 0]
            left -= np.bincount(self.group[new], weight[new], len(left))
            count[rows] += 1
        for site in np.flatnonzero(chosen).tolist():
            rows = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
            lost = rows[count[rows] == 1]
            without = left + np.bincount(self.group[lost], weight[lost], len(left))
            if (without <= 0).all():
                chosen[site], left = 0, without
                count[rows] -= 1
        return chosen
