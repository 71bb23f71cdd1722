"""When an order of stops is done: against a search of every minute, and held by the checker."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_rounds import HOUR, random_round

from geo.routing.check import violations
from geo.routing.problem import Lunch, Problem, Shift, Visit
from geo.routing.timing import timed


def soonest_back(problem: Problem, shift: int, order: tuple[int, ...]) -> float:
    """Minute by minute: the earliest that the shift can be back, trying every beginning of lunch, or none."""
    s = problem.shifts[shift]
    if sum(problem.visits[v].load for v in order) > s.room or not np.isfinite(problem.penalty_s[list(order), shift]).all():
        return np.inf

    def drive(now: float, way: float, lunch: tuple[float, float] | None) -> float:
        while way > 0 or (lunch is not None and lunch[0] <= now < lunch[1]):
            if lunch is not None and lunch[0] <= now < lunch[1]:
                now = lunch[1]
            else:
                now, way = now + 60, way - 60
        return now

    def back(lunch: tuple[float, float] | None, begin: float) -> float:
        now, place = begin, s.start
        for v in order:
            visit = problem.visits[v]
            way = problem.travel_s[s.mode, place, visit.place]
            if np.isinf(way):
                return np.inf
            now = drive(now, float(way), lunch)
            while True:
                if now > 15 * HOUR:
                    return np.inf
                eats = lunch is not None and now < lunch[1] and now + visit.service_s > lunch[0] and visit.service_s > 0
                eats = eats or (lunch is not None and lunch[0] <= now < lunch[1])
                if not eats and any(early <= now <= late for early, late in visit.windows):
                    break
                now += 60
            now, place = now + visit.service_s, visit.place
        way = problem.travel_s[s.mode, place, s.end]
        return np.inf if np.isinf(way) else drive(now, float(way), lunch)

    ends = []
    if s.lunch is None:
        ends.append(back(None, s.begin_s))
    else:
        at_home = back(None, s.begin_s)
        ends.append(at_home if at_home <= s.lunch.latest_s else np.inf)
        ends.append(back(None, max(s.begin_s, s.lunch.earliest_s + s.lunch.length_s)))
        for begins in np.arange(s.lunch.earliest_s, s.lunch.latest_s + 1, 60.0):
            if begins >= s.begin_s:
                end = back((begins, begins + s.lunch.length_s), s.begin_s)
                ends.append(max(end, begins + s.lunch.length_s))
    best = min(ends)
    return best if best <= s.finish_s else np.inf


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_an_order_is_done_as_early_as_every_minute_tried(seed: int) -> None:
    problem = random_round(seed)
    for shift in range(len(problem.shifts)):
        for size in range(1, min(3, len(problem.visits)) + 1):
            for order in itertools.permutations(range(len(problem.visits)), size):
                route = timed(problem, shift, order)
                best = soonest_back(problem, shift, order)
                assert (np.inf if route is None else route.back_s) == best, order
                assert route is None or violations(problem, [route]) == []


def one(visit: Visit, lunch: Lunch | None = None) -> Problem:
    """One visit ten minutes from home."""
    travel = np.array([[[0.0, 600.0], [600.0, 0.0]]])
    return Problem(travel, (visit,), (Shift(0, 0, 8 * HOUR, 17 * HOUR, lunch),), np.zeros((1, 1)))


def test_the_ends_of_a_window_are_in_it() -> None:
    begins = 8 * HOUR + 600
    at_once = timed(one(Visit(1, 60.0, ((0.0, begins),))), 0, [0])
    assert at_once is not None
    assert at_once.stops[0].begin_s == begins
    assert timed(one(Visit(1, 60.0, ((0.0, begins - 1),))), 0, [0]) is None


def test_a_team_waits_at_home_and_not_at_the_door() -> None:
    route = timed(one(Visit(1, 60.0, ((10 * HOUR, 11 * HOUR),))), 0, [0])
    assert route is not None
    assert (route.leave_s, route.stops[0].arrive_s) == (10 * HOUR - 600, 10 * HOUR)


def test_lunch_is_had_on_the_way_unless_the_team_is_at_home_for_it() -> None:
    lunch = Lunch(11.5 * HOUR, 12.5 * HOUR, HOUR)
    short = timed(one(Visit(1, HOUR), lunch), 0, [0])
    assert short is not None
    assert short.lunch_s is None
    long = timed(one(Visit(1, 2 * HOUR, ((11 * HOUR, 12 * HOUR),)), lunch), 0, [0])
    assert long is None or long.lunch_s is not None
    assert timed(one(Visit(1, 4 * HOUR, ((10 * HOUR, 11 * HOUR),)), lunch), 0, [0]) is None


@pytest.mark.parametrize("extra", [0.0, 1.0])
def test_a_shift_may_be_asked_to_end_later(extra: float) -> None:
    problem = one(Visit(1, 9 * HOUR - 1_200 + extra))
    assert (timed(problem, 0, [0]) is None) == (extra > 0)
    assert timed(problem, 0, [0], finish_s=17 * HOUR + extra) is not None
