"""Least travel for everybody with so many stations more; existing ones stay.

References
----------
Hakimi (1964), Operations Research 12:450-459 (p-median);
Beasley (1993), European Journal of Operational Research 65:383-399 (Lagrangian bound and reduced costs);
Elloumi (2010), Journal of Combinatorial Optimization 19:69-83 (the model by radii).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from geo.errors import ParameterError
from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.median_costs import Costs
from geo.siting.median_dual import highest_bound
from geo.siting.median_search import improve
from geo.siting.problem import Problem, Stop, grain, nearest_seconds, never
from geo.siting.purse import Purse
from geo.siting.result import ROUNDING, SitingResult, Status, of_plan, without_plan
from geo.siting.rule import Count, Rule
from geo.siting.volume import Dual

_ITERATIONS, _ROUNDS = 800, 8
_NEAR = 5
"""So many times as many nearest sites as there are to an open one are looked at first."""
_MODEL, _NODES = 40_000, 2_000
"""What is left is given to a model when it has no more pairs, which may branch so often."""
_WORTH_A_ROUND = 0.9


def p_median(
    problem: Problem, k: int | Purse, *, moves: int = 0, stop: Stop = never, seed: int = 0
) -> SitingResult:
    """Open at most ``k`` sites so that the times to the nearest open site, times weight, are least together.

    Sites that would save nothing are not opened. A demand that a plan leaves without any site in its reach counts as if
    it had the longest time of the table; one that no site at all can serve is told as ``unreachable`` and left out.

    Parameters
    ----------
    problem
        Demands and sites.
    k
        How many sites more, or what they cost and what there is to spend.
    moves
        So many existing sites may be closed, each for one more new one (relocation).
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the solver's random choices.

    Returns
    -------
    SitingResult
        ``objective`` and ``bound`` in seconds times weight.

    Raises
    ------
    ParameterError
        When ``k`` or ``moves`` cannot be, or no demand is in reach of any site.
    """
    rule = _rule(problem, k, moves)
    if isinstance(k, Purse) and (short := k.shortfall(problem)):
        return without_plan(problem, Status.INFEASIBLE, short)
    movable = moves > 0
    taken = problem.must_open if movable else problem.must_open | problem.fixed
    free = ~problem.banned & ~taken
    reach = nearest_seconds(problem.times, taken | free)
    asks = problem.weight > 0
    counts = asks & np.isfinite(reach)
    if not counts.any():
        msg = (
            "没有一处需求能到达任何站点或候选点，请检查时间上限、路网和候选点 "
            "(no demand is in reach of any site: check the limit of the times, the network and the candidates)"
        )
        raise ParameterError(msg)
    otherwise = np.minimum(nearest_seconds(problem.times, taken), problem.times.seconds.max())
    weight, sites = np.where(counts, problem.weight, 0.0), np.flatnonzero(free)
    rest = rule.within(free, taken)
    if rest is None:
        msg = "the rule leaves no plan; the checks above exclude that"
        raise AssertionError(msg)
    costs = Costs.of(problem.times, weight, sites, otherwise)
    found = _Solve(costs, rest, _step(problem, weight), stop, seed).run()
    is_open = taken.copy()
    is_open[sites[found.is_open]] = True
    for site in np.flatnonzero(problem.fixed & ~is_open):  # none is given up that could stay
        is_open[site] = bool(rule.room(is_open)[site])
    return of_plan(
        problem, is_open, found.status, costs.total(is_open[sites]), found.bound,
        unreachable=np.flatnonzero(asks & ~counts),
    )  # fmt: skip


def _rule(problem: Problem, k: int | Purse, moves: int) -> Rule:
    existing = problem.fixed
    if not 0 <= moves <= int(existing.sum()) or (moves and isinstance(k, Purse)):
        msg = (
            f"可迁移的站点数须在 0 与现有站点数 {int(existing.sum())} 之间且不与预算同用，得到 {moves} "
            "(sites to move: from 0 to the number of existing ones, and not under a budget)"
        )
        raise ParameterError(msg)
    if isinstance(k, Purse):
        return k.rule(problem)
    problem.check_added(k)
    return Count(int(existing.sum()) + k, existing, int(existing.sum()) - moves)


def _step(problem: Problem, weight: Floats) -> float:
    """The step between two possible sums, where times and weights are whole."""
    return grain(problem.times.seconds) * grain(weight)


@dataclass(frozen=True)
class _Found:
    """A plan over the free sites, what it costs, and what none can better."""

    is_open: Bools
    value: float
    bound: float
    status: Status


class _Solve:
    """The best plan so far over all sites, and the part of the sites that is still open to question."""

    def __init__(self, costs: Costs, rule: Rule, step: float, stop: Stop, seed: int) -> None:
        self._whole, self._step, self._stop, self._seed = costs, step, stop, seed
        self._best, self._value, self._bound = np.zeros(costs.n_sites, bool), float(costs.otherwise.sum()), 0.0
        self._costs, self._rule = costs, rule
        self._sites: Ints = np.arange(costs.n_sites)
        self._taken: Ints = np.zeros(0, np.int64)
        self._closed = False

    def run(self) -> _Found:
        """Search, then bound and settle in rounds, then let a model solve what is left."""
        self._descend(np.zeros(len(self._sites), bool))
        prices: Floats | None = None
        for _ in range(_ROUNDS):
            dual = highest_bound(
                self._near, self._rule, cheaper=self._improved, iterations=_ITERATIONS, stop=self._stop, prices=prices
            )
            self._bound = max(self._bound, min(dual.bound, self._value))
            self._descend(dual.share == 1)
            self._closed = dual.bound > self._cheaper
            if self._closed or self._stop():
                break
            before = len(self._sites)
            prices = dual.prices
            if not self._settle(dual) or len(self._sites) > _WORTH_A_ROUND * before:
                break
        if not self._closed and not self._stop() and len(self._costs.demand) <= _MODEL:
            self._solve_rest()
        return self._end()

    @property
    def _near(self) -> Costs:
        """The nearest sites of each demand: the best prices are hardly ever above what those cost."""
        places = max(float(self._rule.choose(np.ones(len(self._sites)))[0].sum()), 1.0)
        most = int(np.ceil(_NEAR * len(self._sites) / places)) + 10
        return self._costs if most >= len(self._sites) else self._costs.near(most)

    @property
    def _cheaper(self) -> float:
        """The most that a cheaper plan than the best so far costs."""
        slack = ROUNDING * max(abs(self._value), 1.0)
        return self._value - max(self._step - slack, slack)

    def _improved(self, mean: Floats | None) -> float:
        if mean is not None:
            self._descend(self._rule.choose(mean)[0] == 1)
        return self._cheaper

    def _descend(self, begin: Bools) -> None:
        self._offer(improve(self._near, self._rule, begin, self._stop))

    def _offer(self, is_open: Bools) -> None:
        """Take a plan over the sites in question if it is cheaper."""
        whole = np.zeros(len(self._best), bool)
        whole[self._taken] = True
        whole[self._sites[is_open]] = True
        value = self._whole.total(whole)
        if value < self._value:
            self._best, self._value = whole, value

    def _settle(self, dual: Dual) -> bool:
        """Take out of question what is settled; False when no cheaper plan is left."""
        kept = ~(dual.out | dual.in_)
        rule = None if (dual.out & dual.in_).any() else self._rule.within(kept, dual.in_)
        if rule is None:
            self._closed = True
            return False
        self._taken = np.concatenate([self._taken, self._sites[dual.in_]])
        self._costs = self._costs.within(kept, dual.in_)
        self._sites, self._rule = self._sites[kept], rule
        return True

    def _solve_rest(self) -> None:
        """Let HiGHS solve what is in question."""
        costs = self._costs
        if not len(costs.demand):
            self._offer(np.zeros(len(self._sites), bool))
            self._closed = True
            return
        model = radius_model(costs, self._rule)
        solved = highs.solve(model, stop=self._stop, seed=self._seed, nodes=_NODES)
        if solved.x is not None:
            self._offer(solved.x[: len(self._sites)] > 0.5)
        self._closed = solved.status in {Status.OPTIMAL, Status.INFEASIBLE}
        if np.isfinite(solved.bound):
            self._bound = max(self._bound, min(solved.bound, self._value))

    def _end(self) -> _Found:
        best = self._without_idle()
        if self._closed or self._bound > self._cheaper:
            return _Found(best, self._value, self._value, Status.OPTIMAL)
        status = Status.TIME_LIMIT if self._stop() else Status.FEASIBLE
        return _Found(best, self._value, self._bound, status)

    def _without_idle(self) -> Bools:
        """The best plan without sites that are nobody's nearest."""
        used = np.zeros(len(self._best), bool)
        site = self._whole.nearest(self._best)[0]
        used[site[site >= 0]] = True
        return self._best & used


def radius_model(costs: Costs, rule: Rule) -> highs.Model:
    """Sites, then for each demand and each of its distances whether it is served no nearer than that."""
    starts, n = costs.starts, costs.n_sites
    begins = (np.diff(costs.cost, prepend=-1) > 0) | (np.diff(costs.demand, prepend=-1) > 0)
    first, ring = np.flatnonzero(begins), np.cumsum(begins) - 1
    demand = costs.demand[first]
    last = np.append(demand[1:] != demand[:-1], True)
    following = np.append(costs.cost[first][1:], 0.0)
    step = np.where(last, costs.otherwise[demand], following) - costs.cost[first]
    nearest = np.where(np.diff(starts) > 0, costs.cost[np.minimum(starts[:-1], len(costs.cost) - 1)], costs.otherwise)
    base = float(nearest.sum())
    rings = np.arange(len(first))
    # A ring's sites, and those of the rings inside it, are told by the ring before: z_t + sites of ring t >= z_(t-1).
    inner = np.flatnonzero(demand[1:] == demand[:-1]) + 1
    outer_first = np.setdiff1d(rings, inner)
    sites_part = coo_array((np.ones(len(ring)), (ring, costs.site)), shape=(len(rings), n + len(rings) + 1))
    z_part = coo_array((np.ones(len(rings)), (rings, n + rings)), shape=sites_part.shape)
    before = coo_array((-np.ones(len(inner)), (inner, n + inner - 1)), shape=sites_part.shape)
    limits, least, most = rule.rows()
    rows = vstack([csr_array(sites_part + z_part + before), _wider(limits, sites_part.shape[1])], format="csr")
    lower = np.zeros(len(rings))
    lower[outer_first] = 1
    return highs.Model(
        worth=np.concatenate([np.zeros(n), step, [base]]),
        upper=np.ones(n + len(rings) + 1),
        integer=np.arange(n + len(rings) + 1) < n,
        rows=csr_array(vstack([rows, _constant(sites_part.shape[1])], format="csr")),
        row_lower=np.concatenate([lower, least, [1.0]]),
        row_upper=np.concatenate([np.full(len(rings), np.inf), most, [1.0]]),
    )


def _wider(rows: csr_array, n: int) -> csr_array:
    part = rows.tocoo()
    return csr_array(coo_array((part.data, (part.row, part.col)), shape=(rows.shape[0], n)))


def _constant(n: int) -> csr_array:
    return csr_array(([1.0], ([0], [n - 1])), shape=(1, n))
