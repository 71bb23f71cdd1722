"""A share of every group within the limit first, then most of everybody; and what the one costs the other.

The constraint method of bicriteria problems (Haimes, Lasdon & Wismer 1971) on maximal covering (Church & ReVelle 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import block_array, csr_array, eye_array

from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.cover import Cover, distinct
from geo.siting.cover_dual import least_bound
from geo.siting.exchange import Exchange
from geo.siting.maximal_covering import maximal_covering
from geo.siting.need import Need, group_numbers
from geo.siting.problem import Problem, Stop, grain, never
from geo.siting.result import ROUNDING, Shortfall, SitingResult, Status, of_plan, without_plan
from geo.siting.rule import Count
from geo.siting.set_covering import set_covering

_ITERATIONS = 1_000


def fair_covering(
    problem: Problem,
    k: int,
    *,
    max_travel_time_s: float,
    share: float,
    groups: ArrayLike,
    stop: Stop = never,
    seed: int = 0,
) -> SitingResult:
    """Open at most ``k`` sites so that the share of every group is within the limit, and most weight in all.

    Parameters
    ----------
    problem
        Demands and sites.
    k
        How many sites more.
    max_travel_time_s
        The limit, included.
    share
        Of the weight of each group, above 0 and at most 1.
    groups
        Which group each demand belongs to, shape (n_demands,), numbered from 0.
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the random choices.

    Returns
    -------
    SitingResult
        ``objective`` and ``bound`` are weight within the limit. When it is infeasible, ``shortfalls`` says for each
        group how much weight is needed and how much all sites together reach; where every group could be served by
        itself, how many sites it takes at least.

    Raises
    ------
    ParameterError
        When ``k``, the share or the groups cannot be, or no candidate is within the limit of anyone.
    """
    problem.check_added(k)
    need = Need.of(problem, share, groups)
    problem = problem.within(max_travel_time_s)
    cover = problem.cover(max_travel_time_s)
    usable = problem.fixed | problem.candidate
    reachable = cover @ usable.astype(np.float64) > 0
    unreachable = np.flatnonzero(~reachable & (problem.weight > 0))
    short = need.shortfalls(reachable)
    if short:
        return without_plan(problem, Status.INFEASIBLE, *short, unreachable=unreachable)
    free_of_it = maximal_covering(problem, k, max_travel_time_s=max_travel_time_s, stop=stop, seed=seed)
    if not need.shortfalls(free_of_it.site >= 0):
        return free_of_it
    fewest = set_covering(problem, max_travel_time_s=max_travel_time_s, share=share, groups=groups, stop=stop, seed=seed)
    if fewest.bound > k * (1 + ROUNDING):
        return without_plan(
            problem, Status.INFEASIBLE, Shortfall("count", -1, fewest.bound, float(k)), unreachable=unreachable
        )
    if len(fewest.opened) > k:
        return without_plan(problem, Status.TIME_LIMIT, unreachable=unreachable)
    task = _Task.of(problem, cover, need, k)
    is_open, bound, proven = task.solve(np.isin(task.sites, fewest.opened), free_of_it.bound, stop, seed)
    plan = task.taken.copy()
    plan[task.sites[is_open]] = True
    objective = float(problem.weight[cover @ plan.astype(np.float64) > 0].sum())
    status = Status.OPTIMAL if proven else Status.TIME_LIMIT
    return of_plan(
        problem, plan, status, objective, max(bound, objective), max_travel_time_s=max_travel_time_s,
        unreachable=unreachable,
    )  # fmt: skip


@dataclass(frozen=True)
class TradeOff:
    """One plan between most in all and most for the worst-off group.

    Attributes
    ----------
    worst : float
        The least share of any group within the limit.
    group : int
        Which group that is.
    result : SitingResult
        The plan that covers most with at least that share everywhere.
    """

    worst: float
    group: int
    result: SitingResult


def trade_off(
    problem: Problem,
    k: int,
    *,
    max_travel_time_s: float,
    groups: ArrayLike,
    points: int = 6,
    stop: Stop = never,
    seed: int = 0,
) -> tuple[TradeOff, ...]:
    """Plans of ``k`` sites from the most in all to the most for the worst-off group, none better than another in both.

    Parameters
    ----------
    points
        How many shares are tried between the two ends; plans that come twice are told once.

    The others are those of :func:`fair_covering`; a stopped curve ends with the plans that were found.
    """
    group = group_numbers(problem, groups)
    total = np.bincount(group, problem.weight)

    def point(result: SitingResult) -> TradeOff:
        within = np.bincount(group[result.site >= 0], problem.weight[result.site >= 0], len(total))
        shares = np.divide(within, total, out=np.full(len(total), np.inf), where=total > 0)
        return TradeOff(float(shares.min()), int(shares.argmin()), result)

    found = [point(maximal_covering(problem, k, max_travel_time_s=max_travel_time_s, stop=stop, seed=seed))]
    near = problem.within(max_travel_time_s)
    task = _Task.of(near, near.cover(max_travel_time_s), Need.of(near, 1.0, group), k)
    best = task.best_worst(stop, seed)
    for share in np.linspace(found[0].worst, best, points)[1:]:
        if stop() or share <= found[-1].worst + ROUNDING:
            continue
        result = fair_covering(
            problem, k, max_travel_time_s=max_travel_time_s, share=min(float(share), 1.0), groups=group, stop=stop, seed=seed
        )
        if np.isnan(result.objective):
            continue
        if result.objective >= found[-1].result.objective * (1 - ROUNDING):
            found.pop()  # it covers as much, and does better where it is worst
        found.append(point(result))
    return tuple(found)


@dataclass(frozen=True)
class _Task:
    """The rows of groups that sites to be chosen can still cover, those of the same cover set and group merged.

    Attributes
    ----------
    rows : csr_array, shape (n_rows, n_free)
    weight, group : ndarray, shape (n_rows,)
    done, left, total : ndarray, shape (n_groups,)
        Weight that is covered already, that is still needed, and there is.
    taken, sites
        Sites open in every plan, and the positions of the free ones.
    n : int
        How many of them may be opened.
    """

    rows: csr_array
    weight: Floats
    group: Ints
    done: Floats
    left: Floats
    total: Floats
    taken: Bools
    sites: Ints
    n: int

    @classmethod
    def of(cls, problem: Problem, cover: csr_array, need: Need, k: int) -> _Task:
        taken = problem.fixed | problem.must_open
        sites = np.flatnonzero(problem.candidate & ~taken)
        already = cover @ taken.astype(np.float64) > 0
        rows = cover[:, sites]
        asks = np.flatnonzero(~already & (problem.weight > 0) & (np.diff(rows.indptr) > 0))
        unlike, place = distinct(rows[asks], need.group[asks])
        weight = np.bincount(place, problem.weight[asks], len(unlike)).astype(np.float64)
        done = need.covered(already)
        total = np.bincount(need.group, problem.weight, len(done)).astype(np.float64)
        n = k - int((problem.must_open & ~problem.fixed).sum())
        return cls(
            rows[asks[unlike]], weight, need.group[asks[unlike]], done, np.maximum(need.least - done, 0.0), total,
            taken, sites, n,
        )  # fmt: skip

    def solve(self, start: Bools, bound: float, stop: Stop, seed: int) -> tuple[Bools, float, bool]:
        """The best plan, what none can better, and whether it is proven; from a plan that keeps the shares."""
        start = self._filled(start)
        base, value = float(self.done.sum()), self._value(start)
        step = grain(self.weight)
        cover, rule = Cover(self.rows, self.weight, np.zeros(len(self.weight)), base), Count(self.n, np.zeros(len(self.sites), bool))
        slack = ROUNDING * max(value, 1.0)
        dual = least_bound(
            cover, rule, better=lambda _: value + max(step - slack, slack), iterations=_ITERATIONS, stop=stop
        )
        bound = min(bound, dual.bound)
        kept = ~dual.out | start  # what the bound without shares excludes, shares do not bring back
        solved = highs.solve(self._model(kept), start=self._as_start(kept, start), stop=stop, seed=seed)
        is_open = start
        if solved.x is not None:
            plan = np.zeros(len(self.sites), bool)
            plan[kept] = solved.x[: int(kept.sum())] > 0.5
            if self._value(plan) > value:
                is_open = plan
        proven = solved.status is Status.OPTIMAL
        return is_open, self._value(is_open) if proven else min(bound, max(base + solved.bound, value)), proven

    def best_worst(self, stop: Stop, seed: int) -> float:
        """The most that the least share of a group can be; when stopped, what was found."""
        m, n = self.rows.shape
        asked = np.flatnonzero(self.total > 0)
        sums = csr_array((self.weight, (self.group, np.arange(m))), shape=(len(self.total), m))[asked]
        shares = csr_array(-self.total[asked][:, None])
        ones = csr_array(np.ones((1, n)))
        solved = highs.solve(
            highs.Model(
                worth=np.concatenate([np.zeros(n + m), [1.0]]),
                upper=np.ones(n + m + 1),
                integer=np.arange(n + m + 1) < n,
                rows=csr_array(block_array([[self.rows, -eye_array(m), None], [None, sums, shares], [ones, None, None]], format="csr")),
                row_lower=np.concatenate([np.zeros(m), -self.done[asked], [-np.inf]]),
                row_upper=np.concatenate([np.full(m + len(asked), np.inf), [float(self.n)]]),
                maximise=True,
            ),
            stop=stop, seed=seed,
        )  # fmt: skip
        return 0.0 if solved.x is None else float(solved.x[-1])

    def _filled(self, start: Bools) -> Bools:
        """With the sites that are not needed for the shares where they cover most."""
        rule = Count(self.n, np.zeros(len(self.sites), bool))
        state = Exchange(Cover(self.rows, self.weight, np.zeros(len(self.weight))), rule, start)
        state.fill()
        return state.is_open

    def _value(self, is_open: Bools) -> float:
        return float(self.done.sum() + self.weight[self.rows @ is_open.astype(np.float64) > 0].sum())

    def _model(self, kept: Bools) -> highs.Model:
        m, n = self.rows.shape[0], int(kept.sum())
        asked = np.flatnonzero(self.left)
        sums = csr_array((self.weight, (self.group, np.arange(m))), shape=(len(self.left), m))[asked]
        ones = csr_array(np.ones((1, n)))
        return highs.Model(
            worth=np.concatenate([np.zeros(n), self.weight]),
            upper=np.ones(n + m),
            integer=np.arange(n + m) < n,
            rows=csr_array(block_array(
                [[self.rows[:, np.flatnonzero(kept)], -eye_array(m)], [None, sums], [ones, None]], format="csr"
            )),
            row_lower=np.concatenate([np.zeros(m), self.left[asked], [-np.inf]]),
            row_upper=np.concatenate([np.full(m + len(asked), np.inf), [float(self.n)]]),
            maximise=True,
        )  # fmt: skip

    def _as_start(self, kept: Bools, start: Bools) -> Floats:
        covered = self.rows @ start.astype(np.float64) > 0
        return np.concatenate([start[kept].astype(np.float64), covered.astype(np.float64)])
