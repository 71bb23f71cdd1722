"""The farthest demand as near as can be with so many stations more; existing ones stay.

References
----------
Minieka (1970), SIAM Review 12:138-139 (the centre problem as a row of covering problems);
Daskin (2000), Communications of the Operations Research Society of Japan 45:428-436 (search by halves);
Beasley (1987), European Journal of Operational Research 31:85-93 (rows and columns that can be left out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from geo.errors import ParameterError
from geo.matrix import TravelTimes
from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.cover import Cover, distinct, entries
from geo.siting.cover_dual import least_bound
from geo.siting.dominance import needed_rows, useful_columns
from geo.siting.exchange import search
from geo.siting.problem import Problem, Stop, nearest_seconds, never, table
from geo.siting.result import Shortfall, SitingResult, Status, of_plan, without_plan
from geo.siting.rule import Count
from geo.siting.set_covering import set_covering

_SHAKES, _ITERATIONS, _HAIR = 10, 600, 1e-6


def p_center(problem: Problem, k: int, *, stop: Stop = never, seed: int = 0) -> SitingResult:
    """Open at most ``k`` sites so that the longest time from any demand to its nearest open site is least.

    Only demands with weight count, and how much weight does not matter; those that no site at all can serve are told as
    ``unreachable`` and left out. Sites that bring nobody nearer who would be too far are not opened.

    Parameters
    ----------
    problem
        Demands and sites.
    k
        How many sites more.
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the solver's random choices.

    Returns
    -------
    SitingResult
        ``objective`` is the longest time in seconds. It is infeasible when no ``k`` sites have everybody in their
        reach; then a shortfall of what ``"count"`` tells how many would do at least.

    Raises
    ------
    ParameterError
        When ``k`` cannot be, or no demand is in reach of any site.
    """
    problem.check_added(k)
    task = _Task.of(problem, k)
    plan = task.begin if np.isfinite(task.longest(task.begin)) else None
    radii = task.radii()
    low, high = 0, len(radii)  # radii below ``low`` are proven too short; that at ``high`` will do, past the end: the first plan
    proven = True
    at = len(radii) - 1 if plan is None else len(radii) // 2  # first whether everybody can be served at all
    while low < high:
        found = task.within(radii[at], stop, seed)
        if found.plan is not None:
            plan = found.plan
            high = int(np.searchsorted(radii, task.longest(plan)))
        elif found.refuted:
            low = at + 1
        else:
            proven = False
            break
        at = (low + high) // 2
    if plan is None:
        return _nowhere_near(problem, task, k, proven=proven, stop=stop, seed=seed)
    objective = task.longest(plan)
    bound = min(objective, float(radii[low])) if low < len(radii) else objective
    status = Status.OPTIMAL if proven else Status.TIME_LIMIT
    return of_plan(problem, plan, status, objective, bound, unreachable=task.unreachable)


@dataclass(frozen=True)
class _Within:
    """A plan that has everybody within a radius, or whether it is proven that there is none."""

    plan: Bools | None
    refuted: bool


@dataclass(frozen=True)
class _Task:
    """Who is to come nearer.

    Attributes
    ----------
    problem
        What is asked.
    k
        How many sites may be opened besides ``taken``.
    taken, free
        Sites open in every plan, and those to be chosen from.
    counts
        Demands that count, shape (n_demands,).
    unreachable
        Those that no site can serve.
    now
        How far each of the others has it to a taken site; infinite where none is in reach, 0 for who does not count.
    least
        No plan can be better: some demand has no nearer site.
    begin
        A first plan.
    times
        Pairs that a better plan may use: from demands that are too far now, to free sites.
    """

    problem: Problem
    k: int
    taken: Bools
    free: Bools
    counts: Bools
    unreachable: Ints
    now: Floats
    least: float
    begin: Bools
    times: TravelTimes

    @classmethod
    def of(cls, problem: Problem, k: int) -> _Task:
        taken = problem.fixed | problem.must_open
        free = problem.candidate & ~taken
        best = nearest_seconds(problem.times, taken | free)
        asks = problem.weight > 0
        counts = asks & np.isfinite(best)
        if not counts.any():
            msg = (
                "没有一处需求能到达任何站点或候选点，请检查时间上限、路网和候选点 "
                "(no demand is in reach of any site: check the limit of the times, the network and the candidates)"
            )
            raise ParameterError(msg)
        now = np.where(counts, nearest_seconds(problem.times, taken), 0.0)
        room, least = k - int((problem.must_open & ~problem.fixed).sum()), float(best[counts].max())
        begin, radius = _farthest_first(problem.times, now, taken, free, room)
        times, far = problem.times, now > least
        near = times.where(far[times.origin] & free[times.facility] & (times.seconds < radius))
        return cls(problem, room, taken, free, counts, np.flatnonzero(asks & ~counts), now, least, begin, near)

    def longest(self, plan: Bools) -> float:
        """The longest time of a plan."""
        return float(nearest_seconds(self.problem.times, plan)[self.counts].max())

    def radii(self) -> Floats:
        """Every longest time that a better plan than the first may have, ascending."""
        limit = self.longest(self.begin)
        radii = np.concatenate([self.times.seconds, self.now])
        return np.unique(radii[(radii >= self.least) & (radii < limit)])

    def within(self, radius: float, stop: Stop, seed: int) -> _Within:
        """Try to have everybody within a radius, included."""
        times, far = self.times, self.now > radius
        near = far[times.origin] & (times.seconds <= radius)
        rows = table(times, near, np.ones(int(near.sum())))[np.flatnonzero(far)]
        if (np.diff(rows.indptr) == 0).any():
            return _Within(None, refuted=True)
        sites: Ints = np.arange(rows.shape[1])
        chosen = greedy(rows, self.k)
        if chosen is None:
            if apart(rows) > self.k:
                return _Within(None, refuted=True)
            rows, sites = _reduced(rows)
            found = covering_all(rows, self.k, stop, seed)
            if found.plan is None:
                return found
            chosen = np.flatnonzero(found.plan)
        plan = self.taken.copy()
        plan[sites[chosen]] = True
        return _Within(plan, refuted=False)


def _farthest_first(times: TravelTimes, now: Floats, taken: Bools, free: Bools, k: int) -> tuple[Bools, float]:
    """A plan that opens the nearest site of whoever is farthest, ``k`` times, and its longest time (Gonzalez 1985)."""
    plan, now = taken.copy(), now.copy()
    by_site = np.argsort(times.facility, kind="stable")
    starts = np.searchsorted(times.facility[by_site], np.arange(len(free) + 1))
    for _ in range(k):
        worst = int(now.argmax())
        pair = slice(*np.searchsorted(times.origin, [worst, worst + 1]))
        sites, seconds = times.facility[pair], np.where(free[times.facility[pair]], times.seconds[pair], np.inf)
        if not seconds.min(initial=np.inf) < now[worst]:
            break
        site = int(sites[seconds.argmin()])
        plan[site] = True
        there = by_site[starts[site] : starts[site + 1]]
        now[times.origin[there]] = np.minimum(now[times.origin[there]], times.seconds[there])
    return plan, float(now.max(initial=0.0))


def greedy(rows: csr_array, k: int) -> Ints | None:
    """At most ``k`` columns that cover every row, each covering most of what is left; None when more are needed so."""
    columns = rows.T.tocsr()
    left, chosen = np.ones(rows.shape[0]), list[int]()
    while left.any():
        if len(chosen) == k:
            return None
        site = int((columns @ left).argmax())
        left[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] = 0
        chosen.append(site)
    return _without_idle(columns, np.array(chosen, np.int64))


def apart(rows: csr_array) -> int:
    """So many rows share no column with each other: at least so many columns are needed."""
    columns, n = rows.T.tocsr(), 0
    free = np.ones(rows.shape[0], bool)
    for row in np.argsort(np.diff(rows.indptr), kind="stable").tolist():
        if free[row]:
            n += 1
            free[entries(columns, rows.indices[rows.indptr[row] : rows.indptr[row + 1]].astype(np.int64))[0]] = False
    return n


def _reduced(rows: csr_array) -> tuple[csr_array, Ints]:
    """Without rows and columns that make no difference; and which columns are left."""
    if rows.shape[0]:
        rows = rows[distinct(rows)[0]]
    rows = rows[needed_rows(rows)]
    sites = useful_columns(rows)
    rows = rows[:, sites]
    return rows[needed_rows(rows)], sites


def _without_idle(columns: csr_array, chosen: Ints) -> Ints:
    """The same without those whose rows others cover as well, the last first."""
    count = np.zeros(columns.shape[1])
    np.add.at(count, entries(columns, chosen)[0], 1)
    kept = []
    for site in chosen[::-1].tolist():
        rows = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
        if (count[rows] > 1).all():
            count[rows] -= 1
        else:
            kept.append(site)
    return np.array(sorted(kept), np.int64)


def covering_all(rows: csr_array, k: int, stop: Stop, seed: int) -> _Within:
    """At most ``k`` columns that cover every row, as columns; or whether it is proven that there are none.

    Whether ``k`` columns can cover so many rows is bounded as for most covered; a model gets what that leaves open.
    """
    m, n = rows.shape
    cover, rule = Cover(rows, np.ones(m), np.zeros(m)), Count(k, np.zeros(n, bool))
    plan, value = search(cover, rule, shakes=_SHAKES, rng=np.random.default_rng(seed), stop=stop)
    if value >= m:
        return _Within(plan, refuted=False)
    dual = least_bound(cover, rule, better=lambda _: m - _HAIR, iterations=_ITERATIONS, stop=stop)
    kept = ~(dual.out | dual.in_)
    rest = rule.within(kept, dual.in_)
    if dual.bound < m - _HAIR or (dual.out & dual.in_).any() or rest is None:
        return _Within(None, refuted=True)
    left = np.flatnonzero(rows @ dual.in_.astype(np.float64) == 0)
    solved = _model(rows[left][:, np.flatnonzero(kept)], rest.n, stop, seed)
    if solved.x is None:
        return _Within(None, refuted=solved.status is Status.INFEASIBLE)
    plan = dual.in_.copy()
    plan[np.flatnonzero(kept)[solved.x > 0.5]] = True
    return _Within(plan, refuted=False)


def _model(rows: csr_array, k: int, stop: Stop, seed: int) -> highs.Solved:
    m, n = rows.shape
    model = highs.Model(
        worth=np.zeros(n),
        upper=np.ones(n),
        integer=np.ones(n, bool),
        rows=csr_array(vstack([rows, csr_array(np.ones((1, n)))], format="csr")),
        row_lower=np.append(np.ones(m), -np.inf),
        row_upper=np.append(np.full(m, np.inf), k),
    )
    return highs.solve(model, stop=stop, seed=seed)


def _nowhere_near(
    problem: Problem, task: _Task, k: int, *, proven: bool, stop: Stop, seed: int
) -> SitingResult:
    """The answer where ``k`` sites have not everybody in their reach, or none was found before the end."""
    if not proven:
        return without_plan(problem, Status.TIME_LIMIT, unreachable=task.unreachable)
    reachable = Problem(
        problem.times, np.where(task.counts, problem.weight, 0.0), problem.fixed, problem.must_open, problem.banned
    )
    fewest = set_covering(reachable, max_travel_time_s=float(problem.times.seconds.max()), stop=stop, seed=seed)
    return without_plan(
        problem, Status.INFEASIBLE, Shortfall("count", -1, fewest.bound, float(k)), unreachable=task.unreachable
    )
