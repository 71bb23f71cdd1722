"""Plans: against every assignment and order on small rounds, and never against a rule."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_rounds import HOUR, random_round

from geo.errors import ParameterError
from geo.routing.check import violations
from geo.routing.insertion import best_place
from geo.routing.problem import Lunch, Problem, Shift, Visit
from geo.routing.reasons import Why, reasons
from geo.routing.solve import Plan, solve
from geo.routing.timing import timed

SEEDS = st.integers(0, 2**32 - 1)


def best_of_all(problem: Problem) -> tuple[float, float]:
    """Worth left out and travel of the best plan, by trying every one."""
    n, m = len(problem.visits), len(problem.shifts)
    cheapest: dict[tuple[int, frozenset[int]], float] = {}
    for shift in range(m):
        for size in range(n + 1):
            for chosen in itertools.combinations(range(n), size):
                costs = [
                    float(problem.legs(shift, order).sum() + problem.penalty_s[list(order), shift].sum())
                    for order in itertools.permutations(chosen)
                    if timed(problem, shift, order) is not None
                ]
                if costs:
                    cheapest[shift, frozenset(chosen)] = min(costs) if chosen else 0.0
    best = (np.inf, np.inf)
    for who in itertools.product(range(-1, m), repeat=n):
        parts = [frozenset(v for v in range(n) if who[v] == shift) for shift in range(m)]
        cost = sum(cheapest.get((shift, part), np.inf) if part else 0.0 for shift, part in enumerate(parts))
        if np.isfinite(cost):
            best = min(best, (sum(problem.visits[v].worth for v in range(n) if who[v] < 0), cost))
    return best


@given(SEEDS)
@settings(max_examples=40)
def test_small_rounds_are_near_the_best_of_all_plans_and_keep_every_rule(seed: int) -> None:
    problem = random_round(seed)
    plan = solve(problem, iterations=300)
    assert violations(problem, plan.routes) == []
    worth, cost = best_of_all(problem)
    left = sum(problem.visits[v].worth for v in plan.omitted)
    assert left >= worth
    if left == worth:
        assert plan.travel_s + plan.penalty_s >= cost - 1e-6


def test_most_small_rounds_without_lunch_are_the_best_of_all_plans() -> None:
    met = 0
    for seed in range(40):
        problem = random_round(seed)
        problem = replace(problem, shifts=tuple(replace(s, lunch=None) for s in problem.shifts))
        plan = solve(problem, iterations=500)
        assert violations(problem, plan.routes) == []
        worth, cost = best_of_all(problem)
        left = sum(problem.visits[v].worth for v in plan.omitted)
        met += (left, round(plan.travel_s + plan.penalty_s, 6)) == (worth, round(cost, 6))
    assert met >= 36


def test_most_small_rounds_with_lunch_leave_out_no_more_than_the_best() -> None:
    met = 0
    for seed in range(40):
        problem = random_round(seed)
        left = sum(problem.visits[v].worth for v in solve(problem, iterations=500).omitted)
        met += left == best_of_all(problem)[0]
    assert met >= 36


@given(SEEDS)
@settings(max_examples=40)
def test_every_reason_is_true(seed: int) -> None:
    problem = random_round(seed, n_visits=12, n_shifts=2)
    plan = solve(problem, iterations=200)
    orders = plan.orders(problem)
    told = reasons(problem, plan)
    assert tuple(r.visit for r in told) == plan.omitted
    for reason in told:
        assert best_place(problem, orders, reason.visit) is None
        for shift, order in enumerate(orders):
            for k in range(len(order) + 1):
                assert timed(problem, shift, [*order[:k], reason.visit, *order[k:]]) is None
        may = problem.allowed[reason.visit]
        reach = may & problem.reachable[reason.visit]
        assert (reason.why is Why.NOBODY) == (not may.any())
        assert (reason.why is Why.NO_WAY) == bool(may.any() and not reach.any())
        alone = [timed(problem, shift, [reason.visit]) is not None for shift in range(len(orders))]
        assert (reason.why is Why.NO_TIME) == any(alone)
        if np.isfinite(reason.longer_s):
            assert reason.shift is not None
            beside = orders[reason.shift] if reason.why is Why.NO_TIME else ()
            late = problem.shifts[reason.shift].finish_s + reason.longer_s
            fits = [
                timed(problem, reason.shift, [*beside[:k], reason.visit, *beside[k:]], finish_s=at)
                for at in (late, late - 1.0)
                for k in range(len(beside) + 1)
            ]
            assert any(fits[: len(beside) + 1])
            assert not any(fits[len(beside) + 1 :])


def test_the_same_question_and_seed_give_the_same_plan() -> None:
    problem = random_round(3, n_visits=25, n_shifts=3)
    assert solve(problem, iterations=200, seed=5) == solve(problem, iterations=200, seed=5)


def test_what_is_worth_least_is_left_out() -> None:
    travel = np.zeros((1, 2, 2))
    visits = tuple(Visit(1, HOUR, worth=worth) for worth in (2.0, 1.0, 3.0))
    problem = Problem(travel, visits, (Shift(0, 0, 8 * HOUR, 10 * HOUR),), np.zeros((3, 1)))
    plan = solve(problem, iterations=50)
    assert plan.omitted == (1,)
    (reason,) = reasons(problem, plan)
    assert (reason.why, reason.shift, reason.longer_s) == (Why.NO_TIME, 0, HOUR)


def test_the_team_that_knows_a_household_goes_unless_it_cannot() -> None:
    travel = np.full((1, 3, 3), 600.0) - 600.0 * np.eye(3)
    shifts = (Shift(0, 0, 8 * HOUR, 12 * HOUR), Shift(2, 2, 8 * HOUR, 12 * HOUR))
    problem = Problem(travel, (Visit(1, 60.0),), shifts, np.array([[900.0, 0.0]]))
    assert [r.shift for r in solve(problem, iterations=50).routes] == [1]
    ill = replace(problem, penalty_s=np.array([[900.0, np.inf]]))
    assert [r.shift for r in solve(ill, iterations=50).routes] == [0]


def test_a_plan_begins_with_the_one_there_was_and_is_no_worse() -> None:
    problem = random_round(11, n_visits=30, n_shifts=3)
    before = solve(problem, iterations=300)
    again = solve(problem, iterations=0, start=before)
    assert violations(problem, again.routes) == []
    assert sum(problem.visits[v].worth for v in again.omitted) <= sum(problem.visits[v].worth for v in before.omitted)
    gone = replace(problem, penalty_s=np.where(np.arange(3) == 0, np.inf, problem.penalty_s))
    without = solve(gone, iterations=100, start=before)
    assert violations(gone, without.routes) == []
    assert 0 not in {route.shift for route in without.routes}


def test_very_many_visits_for_one_team_give_a_full_day_and_a_reason_for_each_other() -> None:
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 6_000, (2_001, 2))
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    day = Shift(0, 0, 8 * HOUR, 17 * HOUR, Lunch(11.5 * HOUR, 12.5 * HOUR, HOUR))
    problem = Problem(travel[None], tuple(Visit(k, 1_800.0) for k in range(1, 2_001)), (day,), np.zeros((2_000, 1)))
    plan = solve(problem, iterations=100)
    assert violations(problem, plan.routes) == []
    assert len(plan.routes[0].stops) >= 12
    assert {r.why for r in reasons(problem, plan)} == {Why.NO_TIME}


def test_nothing_to_do_and_nothing_that_can_be_done() -> None:
    shift = Shift(0, 0, 8 * HOUR, 17 * HOUR)
    assert solve(Problem(np.zeros((1, 1, 1)), (), (shift,), np.zeros((0, 1)))) == Plan((), (), 0.0, 0.0)
    early = Problem(np.zeros((1, 1, 1)), (Visit(0, 60.0, ((0.0, 7 * HOUR),)),), (shift,), np.zeros((1, 1)))
    plan = solve(early, iterations=10)
    assert plan.omitted == (0,)
    assert reasons(early, plan)[0].why is Why.OUTSIDE_HOURS
    both = Problem(np.zeros((1, 1, 1)), (Visit(0, 60.0, ((9 * HOUR, 9 * HOUR),)),) * 2, (shift,), np.zeros((2, 1)))
    assert solve(both, iterations=10).omitted in {(0,), (1,)}


@pytest.mark.parametrize(
    "change",
    [
        {"shifts": ()},
        {"penalty_s": np.zeros((2, 1))},
        {"penalty_s": np.full((1, 1), np.nan)},
        {"travel_s": np.zeros((2, 2))},
        {"travel_s": -np.ones((1, 2, 2))},
        {"visits": (Visit(5, 60.0),)},
        {"visits": (Visit(1, -1.0),)},
        {"visits": (Visit(1, 60.0, ((9.0, 8.0),)),)},
        {"visits": (Visit(1, 60.0, worth=0.0),)},
        {"shifts": (Shift(0, 0, 9.0, 9.0),)},
        {"shifts": (Shift(0, 0, 0.0, 9.0, Lunch(5.0, 4.0, 1.0)),)},
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object]) -> None:
    shift = Shift(0, 0, 0.0, 900.0)
    given = {"travel_s": np.zeros((1, 2, 2)), "visits": (Visit(1, 60.0),), "shifts": (shift,), "penalty_s": np.zeros((1, 1))}
    with pytest.raises(ParameterError, match=r".+\(.+\)"):
        Problem(**(given | change))  # type: ignore[arg-type]
