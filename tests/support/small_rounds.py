"""Small rounds of visits made at random: places on a plane, windows, lunch, teams that may or may not."""

from __future__ import annotations

import numpy as np

from geo.routing.problem import Lunch, Problem, Shift, Visit

HOUR = 3_600.0


def random_round(seed: int, *, n_visits: int | None = None, n_shifts: int | None = None) -> Problem:
    """Whole minutes all over, so that a search by the minute misses nothing."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6)) if n_visits is None else n_visits
    m = int(rng.integers(1, 3)) if n_shifts is None else n_shifts
    xy = rng.integers(0, 40, (n + 2, 2))
    travel = 60.0 * np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    travel[rng.random(travel.shape) < 0.03] = np.inf
    np.fill_diagonal(travel, 0.0)
    visits = []
    for k in range(n):
        windows: tuple[tuple[float, float], ...] = ((0.0, np.inf),)
        if rng.random() < 0.5:
            starts = 60.0 * np.sort(rng.integers(0, 240, int(rng.integers(1, 3))))
            windows = tuple((float(a), float(a) + 60.0 * int(rng.integers(0, 60))) for a in starts)
        visits.append(Visit(k + 2, 60.0 * int(rng.integers(0, 30)), windows, float(rng.integers(1, 4)), float(rng.integers(0, 3))))
    shifts = []
    for _ in range(m):
        begin = 60.0 * int(rng.integers(0, 60))
        lunch = None
        if rng.random() < 0.7:
            earliest = 60.0 * int(rng.integers(60, 120))
            lunch = Lunch(earliest, earliest + 60.0 * int(rng.integers(0, 30)), 60.0 * int(rng.integers(10, 40)))
        finish = begin + 60.0 * int(rng.integers(60, 240))
        shifts.append(Shift(0, int(rng.integers(0, 2)), begin, finish, lunch, room=float(rng.integers(2, 9))))
    penalty = 60.0 * rng.integers(0, 3, (n, m)).astype(float)
    penalty[rng.random((n, m)) < 0.1] = np.inf
    return Problem(travel[None], tuple(visits), tuple(shifts), penalty)
