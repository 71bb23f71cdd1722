"""Siting for so much money against every plan that can be paid, against a plain model, and what must hold for any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from small_sites import covered, dense, pairs, plans, random_problem

from geo.errors import ParameterError
from geo.siting.maximal_covering import maximal_covering
from geo.siting.problem import Problem
from geo.siting.purse import Purse
from geo.siting.result import Shortfall, Status
from geo.siting.set_covering import set_covering

LIMIT = 900.0


def random_costs(seed, n):
    """Whole, odd, or one for all; some cost nothing."""
    rng = np.random.default_rng(seed + 1)
    costs = [rng.integers(0, 6, n) * 1.0, rng.uniform(0, 5, n), np.full(n, 0.1)][int(rng.integers(3))]
    return np.where(rng.random(n) < 0.15, 0.0, costs)


def paid(problem, costs, budget):
    """Every plan that can be paid, and what it costs."""
    for plan in plans(problem, int(problem.candidate.sum())):
        cost = float(costs[plan & ~problem.fixed].sum())
        if cost <= budget + 1e-9:
            yield plan, cost


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3, 1.0, 3.0, 7.5, 100.0]), st.sampled_from([0.0, 0.5]))
def test_no_plan_that_can_be_paid_covers_more(seed, budget, backup):
    problem = random_problem(seed)
    costs = random_costs(seed, len(problem.fixed))
    worth = lambda p: (1 - backup) * covered(problem, p, LIMIT) + backup * covered(problem, p, LIMIT, 2)  # noqa: E731
    if not covered(problem, problem.candidate, LIMIT):
        with pytest.raises(ParameterError, match="no candidate is within"):
            maximal_covering(problem, Purse.of(costs, budget), max_travel_time_s=LIMIT)
        return
    result = maximal_covering(problem, Purse.of(costs, budget), max_travel_time_s=LIMIT, backup=backup)
    forced = float(costs[problem.must_open].sum())
    least = forced if problem.must_open.any() else float(costs[problem.candidate].min())
    if least > budget + 1e-9:
        assert result.status is Status.INFEASIBLE
        assert [(s.what, s.possible) for s in result.shortfalls] == [("budget", budget)]
        assert result.shortfalls[0].amount == pytest.approx(least - budget)
        return
    best = max(worth(plan) for plan, _ in paid(problem, costs, budget))
    is_open = np.isin(np.arange(len(problem.fixed)), result.sites)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best)
    assert worth(is_open) == pytest.approx(best)
    assert result.bound >= result.objective
    assert costs[result.opened].sum() <= budget + 1e-9
    assert is_open[problem.fixed | problem.must_open].all()
    assert not is_open[problem.banned].any()


def of_size(seed, n_sites, n_demands):
    """A problem too large to try every plan of."""
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 20, (n_sites, 2))
    at = sites[rng.integers(n_sites, size=n_demands)] + rng.normal(0, 1.2, (n_demands, 2))
    table = np.hypot(*(at[:, None] - sites).T).T
    problem = Problem.of(pairs(np.where(table < 6, table, np.inf)), rng.integers(1, 6, n_demands), fixed=[0, 1])
    return problem, rng


def plain(problem, limit, costs, budget):
    """The textbook model, solved by SciPy."""
    near = dense(problem) <= limit
    m, n = near.shape
    rows = np.vstack([
        np.hstack([near.astype(float), -np.eye(m)]),
        np.concatenate([np.where(problem.fixed, 0, costs), np.zeros(m)])[None],
    ])
    lower, upper = np.r_[np.zeros(m), -np.inf], np.r_[np.full(m, np.inf), budget]
    bounds = Bounds(np.r_[problem.fixed.astype(float), np.zeros(m)], np.ones(n + m))
    found = milp(-np.r_[np.zeros(n), problem.weight], constraints=LinearConstraint(rows, lower, upper), bounds=bounds,
                 integrality=np.r_[np.ones(n), np.zeros(m)], options={"mip_rel_gap": 0})  # fmt: skip
    return -found.fun


@pytest.mark.parametrize(("seed", "budget"), [(1, 20.0), (2, 45.0), (3, 7.0)])
def test_a_plain_model_covers_as_much(seed, budget):
    problem, rng = of_size(seed, 60, 300)
    costs = rng.integers(2, 15, 60) * 1.0
    result = maximal_covering(problem, Purse.of(costs, budget), max_travel_time_s=2.5)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(plain(problem, 2.5, costs, budget))
    assert costs[result.opened].sum() <= budget


@pytest.mark.parametrize("seed", range(3))
def test_more_money_never_covers_fewer(seed):
    problem, rng = of_size(seed, 40, 150)
    costs = rng.uniform(1, 9, 40)
    found = [maximal_covering(problem, Purse.of(costs, b), max_travel_time_s=2.5).objective for b in (9, 14, 20, 33)]
    assert found == sorted(found)


def test_a_stopped_solve_gives_a_plan_that_can_be_paid_and_a_true_bound():
    problem, rng = of_size(9, 120, 1500)
    costs = rng.integers(1, 9, 120) * 1.0
    stopped = maximal_covering(problem, Purse.of(costs, 30), max_travel_time_s=2.0, stop=lambda: True)
    done = maximal_covering(problem, Purse.of(costs, 30), max_travel_time_s=2.0)
    assert (stopped.status, done.status) == (Status.TIME_LIMIT, Status.OPTIMAL)
    assert 0 < stopped.objective <= done.objective <= stopped.bound
    assert costs[stopped.opened].sum() <= 30


def test_of_two_that_cover_the_same_the_cheaper_one_is_opened():
    problem = Problem.of(pairs([[1.0, 1.0, 1.0]]), [4])
    assert maximal_covering(problem, Purse.of([3, 1, 2], 5), max_travel_time_s=9).opened.tolist() == [1]


def test_what_must_be_opened_and_cannot_be_paid_is_said_with_the_amount():
    problem = Problem.of(pairs(np.zeros((1, 3))), [1], must_open=[0, 1])
    result = maximal_covering(problem, Purse.of([4, 3, 1], 5), max_travel_time_s=9)
    assert (result.status, result.shortfalls) == (Status.INFEASIBLE, (Shortfall("budget", -1, 7.0, 5.0),))
    assert result.shortfalls[0].amount == 2
    assert len(result.sites) == 0
    exactly = maximal_covering(problem, Purse.of([4, 3, 1], 7), max_travel_time_s=9)
    assert (exactly.status, exactly.opened.tolist()) == (Status.OPTIMAL, [0, 1])


def test_no_site_can_be_paid():
    problem = Problem.of(pairs(np.zeros((1, 3))), [1], fixed=[0], banned=[1])
    result = maximal_covering(problem, Purse.of([0, 1, 6], 5), max_travel_time_s=9)
    assert result.shortfalls == (Shortfall("budget", -1, 6.0, 5.0),)


@pytest.mark.parametrize(
    ("costs", "budget", "options", "words"),
    [
        ([1, -1], 3, {}, "that of site 1 is not"),
        ([np.nan, 1], 3, {}, "that of site 0 is not"),
        ([1, 1], -2, {}, "budget must not be negative"),
        ([1, 1], np.nan, {}, "budget must not be negative"),
        ([1, 1, 1], 3, {}, "one cost for each site"),
        ([1, 1], 3, {"moves": 1}, "cannot be moved under a budget"),
    ],
)
def test_what_cannot_be_is_said_in_words(costs, budget, options, words):
    problem = Problem.of(pairs(np.zeros((1, 2))), [1], fixed=[0])
    with pytest.raises(ParameterError, match=words):
        maximal_covering(problem, Purse.of(costs, budget), max_travel_time_s=9, **options)


def enough(problem, is_open, share, group):
    near = (dense(problem)[:, is_open] <= LIMIT).any(axis=1)
    return all(
        problem.weight[near & (group == g)].sum() >= share * problem.weight[group == g].sum() - 1e-9 for g in set(group)
    )


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 0.8, 0.4]), st.integers(1, 3), st.sampled_from([1.0, 4.0, np.inf]))
def test_no_plan_that_is_enough_is_cheaper(seed, share, n_groups, budget):
    problem = random_problem(seed, most_sites=8)
    group = np.random.default_rng(seed).integers(n_groups, size=len(problem.weight))
    costs = random_costs(seed, len(problem.fixed))
    result = set_covering(
        problem, max_travel_time_s=LIMIT, share=share, groups=group if n_groups > 1 else None, purse=Purse.of(costs, budget)
    )
    fits = [cost for plan, cost in paid(problem, costs, np.inf) if enough(problem, plan, share, group)]
    if not fits:
        assert result.status is Status.INFEASIBLE
        assert {short.what for short in result.shortfalls} == {"share"}
        return
    if min(fits) > budget + 1e-9:
        assert result.status is Status.INFEASIBLE
        assert [(s.what, s.possible) for s in result.shortfalls] == [("budget", budget)]
        assert result.shortfalls[0].needed == pytest.approx(min(fits))
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == pytest.approx(min(fits))
    assert costs[result.opened].sum() == pytest.approx(min(fits))
    is_open = np.isin(np.arange(len(problem.fixed)), result.sites)
    assert enough(problem, is_open, share, group)
    for site in result.opened:  # nothing is opened for nothing
        without = is_open.copy()
        without[site] = False
        assert problem.must_open[site] or not enough(problem, without, share, group)


def test_two_cheap_sites_are_taken_before_a_dear_one():
    problem = Problem.of(pairs([[1, np.inf, 1], [np.inf, 1, 1]]), [1, 1])
    assert set_covering(problem, max_travel_time_s=5).opened.tolist() == [2]
    assert set_covering(problem, max_travel_time_s=5, purse=Purse.of([1, 1, 3])).opened.tolist() == [0, 1]
    short = set_covering(problem, max_travel_time_s=5, purse=Purse.of([1, 1, 3], 1.5)).shortfalls
    assert short == (Shortfall("budget", -1, 2.0, 1.5),)


def test_a_stopped_search_for_the_cheapest_gives_a_plan_and_a_true_bound():
    problem, rng = of_size(5, 150, 800)
    costs = rng.uniform(1, 9, 150)
    for share in (1.0, 0.7):
        stopped = set_covering(problem, max_travel_time_s=5.0, share=share, purse=Purse.of(costs), stop=lambda: True)
        assert stopped.status in {Status.TIME_LIMIT, Status.OPTIMAL}
        assert problem.weight[stopped.site >= 0].sum() >= share * problem.weight.sum() - 1e-9
        assert 0 < stopped.bound <= stopped.objective == pytest.approx(costs[stopped.opened].sum())
