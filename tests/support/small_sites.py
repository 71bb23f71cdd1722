"""Small siting problems, and every plan there is for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from geo.matrix import TravelTimes
from geo.siting.problem import Problem


def pairs(table) -> TravelTimes:
    """The finite entries of a dense table of demands by sites."""
    table = np.asarray(table, float)
    origin, facility = np.nonzero(np.isfinite(table))
    return TravelTimes(
        origin.astype(np.int32), facility.astype(np.int32), table[origin, facility], table.shape[0], table.shape[1]
    )


def dense(problem: Problem) -> np.ndarray:
    """The times as a full table, infinite where there is no pair."""
    times = problem.times
    table = np.full((times.n_origins, times.n_facilities), np.inf)
    table[times.origin, times.facility] = times.seconds
    return table


def random_problem(seed: int, *, most_sites: int = 9, most_demands: int = 20) -> Problem:
    """Points in the plane, few or many, with whole or odd weights, some sites fixed, to be opened or banned."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, most_sites + 1)), int(rng.integers(1, most_demands + 1))
    at, sites = rng.integers(0, 30, (m, 2)) * 100.0, rng.integers(0, 30, (n, 2)) * 100.0
    table = np.hypot(*(at[:, None] - sites).T).T
    table[table > rng.choice([600.0, 1500.0, 9000.0])] = np.inf
    weight = rng.integers(0, 5, m).astype(float) if rng.random() < 0.6 else rng.uniform(0, 3, m)
    weight[int(rng.integers(m))] = 2.0
    kind = rng.choice(4, n, p=[0.6, 0.2, 0.1, 0.1])
    return Problem.of(
        pairs(table), weight, fixed=np.flatnonzero(kind == 1), must_open=np.flatnonzero(kind == 2),
        banned=np.flatnonzero(kind == 3),
    )  # fmt: skip


def plans(problem: Problem, k: int, *, moves: int = 0) -> Iterator[np.ndarray]:
    """Every set of open sites with ``k`` more at most, of which ``moves`` existing ones may have moved."""
    fixed, candidates = np.flatnonzero(problem.fixed), np.flatnonzero(problem.candidate & ~problem.must_open)
    forced = np.flatnonzero(problem.must_open)
    for closed in range(moves + 1):
        for gone in combinations(fixed, closed):
            for added in range(min(len(candidates), k + closed - len(forced)) + 1):
                for new in combinations(candidates, added):
                    is_open = problem.fixed | problem.must_open
                    is_open[list(gone)] = False
                    is_open[list(new)] = True
                    yield is_open


def covered(problem: Problem, is_open, limit: float, times: int = 1) -> float:
    """Weight within the limit of so many open sites."""
    near = (dense(problem)[:, is_open] <= limit).sum(axis=1)
    return float(problem.weight[near >= times].sum())
