"""Least travel for everybody: every small problem by trying all plans, larger ones by another model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pmed_files import read_pmed
from scipy.optimize import LinearConstraint, milp
from small_sites import dense, pairs, plans, random_problem

from geo.errors import ParameterError
from geo.siting.p_median import p_median
from geo.siting.problem import Problem
from geo.siting.purse import Purse
from geo.siting.result import Status

SEEDS = st.integers(0, 2**32 - 1)


def reachable(problem: Problem) -> np.ndarray:
    usable = problem.fixed | problem.candidate
    return (problem.weight > 0) & np.isfinite(dense(problem)[:, usable].min(axis=1, initial=np.inf))


def travel(problem: Problem, is_open: np.ndarray) -> float:
    """Weight times time to the nearest open site; who has none in reach has the longest time of the table."""
    counts = reachable(problem)
    nearest = dense(problem)[counts][:, is_open].min(axis=1, initial=np.inf)
    return float(problem.weight[counts] @ np.minimum(nearest, problem.times.seconds.max()))


def check(problem: Problem, found, best: float, k: int) -> None:
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best)
    assert found.bound == found.objective
    is_open = np.isin(np.arange(len(problem.fixed)), found.sites)
    assert travel(problem, is_open) == pytest.approx(best)
    assert is_open[problem.must_open].all()
    assert not is_open[problem.banned].any()
    assert len(found.opened) <= k + len(found.closed)


@given(SEEDS, st.integers(0, 4), st.integers(0, 2))
@settings(max_examples=200)
def test_no_plan_is_better(seed: int, k: int, moves: int) -> None:
    problem = random_problem(seed)
    allowed = problem.must_open.sum() <= k <= problem.candidate.sum() and moves <= problem.fixed.sum()
    if not allowed or not reachable(problem).any():
        with pytest.raises(ParameterError):
            p_median(problem, k, moves=moves)
        return
    found = p_median(problem, k, moves=moves)
    best = min(travel(problem, is_open) for is_open in plans(problem, k, moves=moves))
    check(problem, found, best, k)
    assert len(found.closed) <= moves
    assert sorted(found.unreachable) == np.flatnonzero((problem.weight > 0) & ~reachable(problem)).tolist()


@given(SEEDS, st.floats(0, 12))
@settings(max_examples=80)
def test_no_plan_that_can_be_paid_is_better(seed: int, budget: float) -> None:
    problem, rng = random_problem(seed, most_sites=7), np.random.default_rng(seed)
    costs = rng.integers(0, 6, len(problem.fixed)).astype(float)
    purse = Purse.of(costs, budget)
    short = purse.shortfall(problem)
    if short is not None:
        assert p_median(problem, purse).status is Status.INFEASIBLE
        return
    if not reachable(problem).any():
        return
    every = plans(problem, int(problem.candidate.sum()))
    best = min(travel(problem, is_open) for is_open in every if purse.spent(problem, is_open) <= budget)
    found = p_median(problem, purse)
    check(problem, found, best, len(costs))
    assert purse.spent(problem, np.isin(np.arange(len(costs)), found.sites)) <= budget


@given(SEEDS)
@settings(max_examples=30)
def test_one_more_is_never_worse(seed: int) -> None:
    problem = random_problem(seed)
    if reachable(problem).any():
        numbers = range(int(problem.must_open.sum()), int(problem.candidate.sum()) + 1)
        totals = [p_median(problem, k).objective for k in numbers]
        assert (np.diff(totals) <= 1e-6).all()


@pytest.mark.parametrize("seed", range(6))
def test_another_model_agrees(seed: int) -> None:
    """The assignment model (ReVelle & Swain 1970, Geographical Analysis 2:30-42)."""
    rng = np.random.default_rng(seed)
    m, n, k = 60, 25, 4
    table = np.round(np.hypot(*(rng.uniform(0, 9_000, (m, 1, 2)) - rng.uniform(0, 9_000, (1, n, 2))).transpose(2, 0, 1)), 1)
    weight = rng.integers(0, 5, m).astype(float)
    problem = Problem.of(pairs(table), weight, fixed=[0, 1], banned=[2])
    x, y = np.arange(m * n).reshape(m, n), m * n + np.arange(n)
    once, within, opened = np.zeros((m, y[-1] + 1)), np.zeros((m * n, y[-1] + 1)), np.zeros((3, y[-1] + 1))
    for i in range(m):
        once[i, x[i]] = 1
    within[np.arange(m * n), np.arange(m * n)] = -1
    within[np.arange(m * n), np.tile(y, m)] = 1
    opened[0, y], opened[1, y[:2]], opened[2, y[2]] = 1, 1, 1
    cost = np.concatenate([(table * weight[:, None]).ravel(), np.zeros(n)])
    theirs = milp(cost, integrality=(np.arange(len(cost)) >= m * n).astype(int), bounds=(0, 1), constraints=[
        LinearConstraint(once, 1, 1), LinearConstraint(within, 0, np.inf), LinearConstraint(opened, [0, 2, 0], [k + 2, 2, 0]),
    ])  # fmt: skip
    found = p_median(problem, k)
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(theirs.fun)


@pytest.mark.parametrize(("name", "optimum"), [("pmed1", 5819), ("pmed5", 1355), ("pmed20", 1789), ("pmed40", 5128)])
def test_published_optima(shared_data: Path, name: str, optimum: int) -> None:
    table, p = read_pmed(shared_data / "siting" / f"{name}.txt")
    found = p_median(Problem.of(pairs(table), np.ones(len(table))), p)
    assert (found.objective, found.bound, found.status) == (optimum, optimum, Status.OPTIMAL)


def test_where_rounds_leave_a_gap_a_model_closes_it(monkeypatch) -> None:
    # A graph of which the relaxed answer is half sites: no bound by prices alone can meet the best plan.
    ring = np.abs(np.arange(9)[:, None] - np.arange(9)[None, :])
    table = np.where(np.minimum(ring, 9 - ring) <= 1, 10.0, 1_000.0)
    problem = Problem.of(pairs(table), np.ones(9))
    for k in range(1, 6):
        best = min(travel(problem, plan) for plan in plans(problem, k))
        check(problem, p_median(problem, k), best, k)
    monkeypatch.setattr("geo.siting.p_median._MODEL", 0)
    found = p_median(problem, 4)
    assert found.status in {Status.FEASIBLE, Status.OPTIMAL}
    assert found.bound <= found.objective


def test_when_stopped_the_best_so_far_has_an_honest_bound() -> None:
    rng = np.random.default_rng(4)
    table = np.hypot(*(rng.uniform(0, 9_000, (150, 1, 2)) - rng.uniform(0, 9_000, (1, 150, 2))).transpose(2, 0, 1))
    problem = Problem.of(pairs(table), rng.integers(1, 9, 150), fixed=[0])
    best = p_median(problem, 8)
    assert best.status is Status.OPTIMAL
    for patience in (0, 1, 5, 60):
        asked = iter(range(100_000))
        found = p_median(problem, 8, stop=lambda asked=asked, patience=patience: next(asked) >= patience)
        assert found.bound <= best.objective * (1 + 1e-9)
        assert found.objective >= best.objective * (1 - 1e-9)


def test_the_nearest_sites_alone_give_the_same(monkeypatch) -> None:
    """Prices are capped where a table is cut off: the bound must hold all the same."""
    monkeypatch.setattr("geo.siting.p_median._NEAR", 0)
    rng = np.random.default_rng(7)
    table = np.round(np.hypot(*(rng.uniform(0, 900, (60, 1, 2)) - rng.uniform(0, 900, (1, 40, 2))).transpose(2, 0, 1)))
    problem = Problem.of(pairs(table), np.ones(60))
    for k in (1, 2, 3):
        found = p_median(problem, k)
        assert found.bound <= found.objective
        if k < 3:
            assert found.bound <= min(travel(problem, plan) for plan in plans(problem, k))


def test_who_is_left_without_a_way_counts_with_the_longest_time() -> None:
    table = np.array([[100.0, np.inf], [np.inf, 900.0], [np.inf, np.inf]])
    problem = Problem.of(pairs(table), [5, 1, 7], fixed=[0])
    assert p_median(problem, 0).objective == 5 * 100 + 900
    found = p_median(problem, 1)  # opening 1 saves nothing: 900 is the longest time
    assert found.objective == 5 * 100 + 900
    assert found.unreachable.tolist() == [2]


def test_the_same_again() -> None:
    rng = np.random.default_rng(3)
    problem = Problem.of(pairs(rng.uniform(1, 900, (40, 20))), rng.integers(1, 4, 40))
    first, again = (p_median(problem, 4, seed=5) for _ in range(2))
    assert first.sites.tolist() == again.sites.tolist()


@pytest.mark.parametrize(("asked", "said"), [
    ({"k": 9}, "可用的候选点只有"), ({"k": -1}, "不小于 0"), ({"k": 1, "moves": 5}, "可迁移的站点数")])  # fmt: skip
def test_what_cannot_be_asked(asked, said) -> None:
    problem = Problem.of(pairs([[1.0, 2.0, 3.0]]), [1], fixed=[0])
    with pytest.raises(ParameterError, match=said):
        p_median(problem, **asked)
