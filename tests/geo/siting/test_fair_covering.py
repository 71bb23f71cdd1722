"""A share of every group first, then most in all: every small problem by trying all plans, larger ones by another model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from small_sites import dense, pairs, plans, random_problem

from geo.errors import ParameterError
from geo.siting.fair_covering import fair_covering, trade_off
from geo.siting.maximal_covering import maximal_covering
from geo.siting.problem import Problem
from geo.siting.result import Status

SEEDS = st.integers(0, 2**32 - 1)


def within(problem: Problem, is_open: np.ndarray, limit: float) -> np.ndarray:
    return dense(problem)[:, is_open].min(axis=1, initial=np.inf) <= limit


def by_group(problem: Problem, group: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.bincount(group[which], problem.weight[which], group.max() + 1)


def ask(problem: Problem, k: int, limit: float, share: float, group: np.ndarray):
    """The answer, or None where the question is refused as it should be."""
    if not problem.must_open.sum() <= k <= problem.candidate.sum():
        with pytest.raises(ParameterError):
            fair_covering(problem, k, max_travel_time_s=limit, share=share, groups=group)
        return None
    try:
        return fair_covering(problem, k, max_travel_time_s=limit, share=share, groups=group)
    except ParameterError as refused:
        assert "没有一个候选点" in str(refused)  # noqa: PT017 – the refusal is allowed, and what it says is checked
        assert not within(problem, problem.candidate, limit)[problem.weight > 0].any()
        return None


@given(SEEDS, st.integers(0, 4), st.sampled_from([300.0, 900.0, 2000.0]), st.sampled_from([0.2, 0.5, 0.8, 1.0]))
@settings(max_examples=200)
def test_no_fair_plan_covers_more(seed: int, k: int, limit: float, share: float) -> None:
    problem, rng = random_problem(seed), np.random.default_rng(seed)
    group = rng.integers(0, 3, len(problem.weight))
    found = ask(problem, k, limit, share, group)
    if found is None:
        return
    total = by_group(problem, group, np.ones(len(group), bool))
    values = {}
    for is_open in plans(problem, k):
        reached = by_group(problem, group, within(problem, is_open, limit))
        if (reached >= share * total - 1e-9).all():
            values[is_open.tobytes()] = reached.sum()
    if not values:
        assert found.status is Status.INFEASIBLE
        check_obstacles(problem, group, limit, share, found, k)
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(max(values.values()))
    assert found.bound == found.objective
    is_open = np.isin(np.arange(len(problem.fixed)), found.sites)
    assert (by_group(problem, group, within(problem, is_open, limit)) >= share * total - 1e-9).all()
    assert is_open[problem.fixed | problem.must_open].all()
    assert not is_open[problem.banned].any()
    assert len(found.opened) <= k


def check_obstacles(problem: Problem, group: np.ndarray, limit: float, share: float, found, k: int) -> None:
    total = by_group(problem, group, np.ones(len(group), bool))
    possible = by_group(problem, group, within(problem, problem.fixed | problem.candidate, limit))
    hopeless = np.flatnonzero(possible < share * total - 1e-9)
    if len(hopeless):
        assert [short.group for short in found.shortfalls] == hopeless.tolist()
        assert [short.possible for short in found.shortfalls] == pytest.approx(possible[hopeless])
        return
    short, = found.shortfalls
    assert (short.what, short.possible) == ("count", k)
    fewest = next(
        n for n in range(k + 1, int(problem.candidate.sum()) + 1)
        if any((by_group(problem, group, within(problem, plan, limit)) >= share * total - 1e-9).all()
               for plan in plans(problem, n))
    )  # fmt: skip
    assert short.needed == fewest


@pytest.mark.parametrize("seed", range(5))
def test_another_model_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n, k, limit, share = 120, 30, 5, 1_500.0, 0.35
    table = np.hypot(*(rng.uniform(0, 9_000, (m, 1, 2)) - rng.uniform(0, 9_000, (1, n, 2))).transpose(2, 0, 1))
    weight, group = rng.integers(1, 6, m).astype(float), rng.integers(0, 4, m)
    problem = Problem.of(pairs(table), weight, fixed=[0])
    near = (table <= limit).astype(float)
    shares = np.array([np.where(group == g, weight, 0.0) for g in range(4)])
    theirs = milp(
        np.concatenate([np.zeros(n), -weight]), integrality=np.ones(n + m), bounds=(0, 1), constraints=[
            LinearConstraint(np.hstack([near, -np.eye(m)]), 0, np.inf),
            LinearConstraint(np.hstack([np.zeros((4, n)), shares]), share * shares.sum(axis=1), np.inf),
            LinearConstraint(np.concatenate([np.ones(n), np.zeros(m)]), 0, k + 1),
            LinearConstraint(np.concatenate([[1.0], np.zeros(n + m - 1)]), 1, 1),
        ],
    )  # fmt: skip
    found = fair_covering(problem, k, max_travel_time_s=limit, share=share, groups=group)
    if theirs.status == 2:
        assert found.status is Status.INFEASIBLE
    else:
        assert found.objective == pytest.approx(-theirs.fun)


@given(SEEDS, st.integers(1, 3))
@example(seed=657, k=1)  # its two ends are a rounding apart
@settings(max_examples=40)
def test_the_trade_off_runs_from_most_in_all_to_most_for_the_worst_off(seed: int, k: int) -> None:
    problem, rng = random_problem(seed), np.random.default_rng(seed)
    group, limit = rng.integers(0, 3, len(problem.weight)), 1_200.0
    useful = within(problem, problem.candidate, limit)[problem.weight > 0].any()
    if not problem.must_open.sum() <= k <= problem.candidate.sum() or not useful:
        return
    points = trade_off(problem, k, max_travel_time_s=limit, groups=group)
    worst, total = [p.worst for p in points], [p.result.objective for p in points]
    assert total[0] == pytest.approx(maximal_covering(problem, k, max_travel_time_s=limit).objective)
    assert (np.diff(worst) > 0).all()
    assert (np.diff(total) < 0).all()
    everybody = by_group(problem, group, np.ones(len(group), bool))
    asked = everybody > 0
    best = max((by_group(problem, group, within(problem, plan, limit))[asked] / everybody[asked]).min() for plan in plans(problem, k))
    assert worst[-1] == pytest.approx(best)


def test_when_stopped_the_best_so_far_has_an_honest_bound() -> None:
    rng = np.random.default_rng(4)
    table = np.hypot(*(rng.uniform(0, 9_000, (300, 1, 2)) - rng.uniform(0, 9_000, (1, 60, 2))).transpose(2, 0, 1))
    group = rng.integers(0, 6, 300)
    problem = Problem.of(pairs(table), rng.integers(1, 9, 300))
    asked = {"max_travel_time_s": 1_300.0, "share": 0.25, "groups": group}
    best = fair_covering(problem, 8, **asked)
    assert best.status is Status.OPTIMAL
    for patience in (0, 1, 5, 60):
        calls = iter(range(100_000))
        found = fair_covering(problem, 8, **asked, stop=lambda calls=calls, patience=patience: next(calls) >= patience)
        if found.status is not Status.INFEASIBLE and not np.isnan(found.objective):
            assert found.objective <= best.objective <= found.bound + 1e-9
