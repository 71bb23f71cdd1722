"""The farthest demand as near as can be: every small problem by trying all plans, larger ones by another model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pmed_files import read_pmed
from scipy.optimize import Bounds, LinearConstraint, milp
from small_sites import dense, pairs, plans, random_problem

from geo.errors import ParameterError
from geo.siting.p_center import p_center
from geo.siting.problem import Problem
from geo.siting.result import Status

SEEDS = st.integers(0, 2**32 - 1)


def farthest(problem: Problem, is_open: np.ndarray) -> float:
    """The longest time of a plan, of the demands that count and that some site can serve."""
    table, usable = dense(problem), problem.fixed | problem.candidate
    counts = (problem.weight > 0) & np.isfinite(table[:, usable].min(axis=1, initial=np.inf))
    return float(table[counts][:, is_open].min(axis=1, initial=np.inf).max(initial=-np.inf))


def ask(problem: Problem, k: int):
    """The answer, or None where the question is refused as it should be."""
    if not problem.must_open.sum() <= k <= problem.candidate.sum() or farthest(problem, problem.fixed) == -np.inf:
        with pytest.raises(ParameterError):
            p_center(problem, k)
        return None
    return p_center(problem, k)


@given(SEEDS, st.integers(0, 4))
@settings(max_examples=150)
def test_no_plan_is_better(seed: int, k: int) -> None:
    problem = random_problem(seed)
    found = ask(problem, k)
    if found is None:
        return
    best = min(farthest(problem, is_open) for is_open in plans(problem, k))
    if np.isinf(best):
        assert found.status is Status.INFEASIBLE
        short, = found.shortfalls
        assert (short.what, short.possible) == ("count", k)
        free = int(problem.candidate.sum())
        fewest = next(n for n in range(k + 1, free + 1)
                      if any(np.isfinite(farthest(problem, plan)) for plan in plans(problem, n)))
        assert short.needed == fewest
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == found.bound == best
    is_open = np.isin(np.arange(len(problem.fixed)), found.sites)
    assert farthest(problem, is_open) == best
    assert is_open[problem.fixed | problem.must_open].all()
    assert not is_open[problem.banned].any()
    assert len(found.opened) <= k
    served = found.site >= 0
    assert found.seconds[served & (problem.weight > 0)].max() == best


@given(SEEDS)
@settings(max_examples=30)
def test_one_more_is_never_worse(seed: int) -> None:
    problem = random_problem(seed)
    before = np.inf
    for k in range(int(problem.must_open.sum()), int(problem.candidate.sum()) + 1):
        found = ask(problem, k)
        if found is not None and found.status is Status.OPTIMAL:
            assert found.objective <= before
            before = found.objective


@pytest.mark.parametrize("seed", range(4))
def test_another_model_agrees(seed: int) -> None:
    """Least z with every demand assigned to one open site no farther than z (Daskin 1995, Network and Discrete Location)."""
    rng = np.random.default_rng(seed)
    m, n, k = 30, 15, 3
    table = np.round(np.hypot(*(rng.uniform(0, 9_000, (m, 1, 2)) - rng.uniform(0, 9_000, (1, n, 2))).transpose(2, 0, 1)))
    problem = Problem.of(pairs(table), rng.integers(1, 4, m), fixed=[0])
    x, y = np.arange(m * n).reshape(m, n), m * n + np.arange(n)
    size = m * n + n + 1
    rows, low, high = [], [], []

    def row(entries: dict[int, float], least: float, most: float) -> None:
        line = np.zeros(size)
        line[list(entries)] = list(entries.values())
        rows.append(line)
        low.append(least)
        high.append(most)

    for i in range(m):
        row({int(j): 1 for j in x[i]}, 1, 1)
        row({**{int(x[i, j]): -table[i, j] for j in range(n)}, size - 1: 1}, 0, np.inf)
        for j in range(n):
            row({int(y[j]): 1, int(x[i, j]): -1}, 0, np.inf)
    row({int(j): 1 for j in y}, 0, k + 1)
    row({int(y[0]): 1}, 1, 1)
    cost = np.zeros(size)
    cost[-1] = 1
    upper = np.ones(size)
    upper[-1] = np.inf
    theirs = milp(cost, constraints=LinearConstraint(np.array(rows), low, high), bounds=Bounds(0, upper),
                  integrality=(np.arange(size) < size - 1).astype(int))  # fmt: skip
    assert p_center(problem, k).objective == pytest.approx(theirs.fun)


@pytest.mark.parametrize(("name", "optimum"), [("pmed1", 127), ("pmed5", 48), ("pmed20", 13), ("pmed40", 13)])
def test_published_optima(shared_data: Path, name: str, optimum: int) -> None:
    table, p = read_pmed(shared_data / "siting" / f"{name}.txt")
    found = p_center(Problem.of(pairs(table), np.ones(len(table))), p)
    assert (found.status, found.objective) == (Status.OPTIMAL, optimum)


def test_when_stopped_the_best_so_far_has_an_honest_bound() -> None:
    rng = np.random.default_rng(4)
    table = np.hypot(*(rng.uniform(0, 9_000, (150, 1, 2)) - rng.uniform(0, 9_000, (1, 150, 2))).transpose(2, 0, 1))
    problem = Problem.of(pairs(table), np.ones(150), fixed=[0])
    best = p_center(problem, 8)
    assert best.status is Status.OPTIMAL
    for patience in (0, 1, 5, 60):
        asked = iter(range(10_000))
        found = p_center(problem, 8, stop=lambda asked=asked, patience=patience: next(asked) >= patience)
        assert found.bound <= best.objective <= found.objective


def test_the_same_again() -> None:
    problem = random_problem(11)
    first, again = (p_center(problem, 2, seed=3) for _ in range(2))
    assert first.sites.tolist() == again.sites.tolist()


def test_who_has_no_weight_or_no_way_does_not_count() -> None:
    table = np.array([[100.0, 900.0], [5000.0, 700.0], [np.inf, np.inf], [800.0, 200.0]])
    problem = Problem.of(pairs(table), [1, 0, 3, 1], fixed=[0])
    found = p_center(problem, 1)
    assert (found.objective, found.opened.tolist(), found.unreachable.tolist()) == (200, [1], [2])


def test_nobody_in_reach_is_said() -> None:
    with pytest.raises(ParameterError, match="没有一处需求能到达"):
        p_center(Problem.of(pairs([[np.inf, np.inf]]), [1]), 1)
