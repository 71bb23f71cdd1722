"""The checker finds every fault that is put into a good plan by hand, and that fault only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.routing.check import Rule, violations
from geo.routing.problem import Lunch, Problem, Shift, Visit
from geo.routing.timing import Route, Stop

LUNCH = Lunch(43_000.0, 45_000.0, 3_600.0)
PROBLEM = Problem(
    np.array([[[0.0, 600.0, 900.0], [600.0, 0.0, 300.0], [900.0, 300.0, 0.0]]]),
    (Visit(1, 1_800.0, ((36_000.0, 40_000.0), (50_000.0, 51_000.0)), load=2.0), Visit(2, 1_200.0, load=2.0)),
    (Shift(0, 0, 30_000.0, 60_000.0, LUNCH, room=4.0), Shift(0, 0, 30_000.0, 60_000.0, LUNCH, room=4.0)),
    np.array([[0.0, np.inf], [0.0, 0.0]]),
)
FIRST, SECOND = Stop(0, 36_600.0, 36_600.0, 38_400.0), Stop(1, 38_700.0, 47_000.0, 48_200.0)
GOOD = Route(0, 36_000.0, (FIRST, SECOND), 49_100.0, (43_000.0, 46_600.0))


def test_a_good_plan_breaks_nothing() -> None:
    assert violations(PROBLEM, [GOOD]) == []
    assert violations(PROBLEM, []) == []
    assert violations(PROBLEM, [Route(1, 30_000.0, (), 30_000.0)]) == []


@pytest.mark.parametrize(
    ("route", "rule", "by"),
    [
        (replace(GOOD, stops=(replace(FIRST, begin_s=36_599.0), SECOND)), Rule.BEFORE_ARRIVAL, 1),
        (replace(GOOD, stops=(replace(FIRST, leave_s=38_399.0), SECOND)), Rule.CUT_SHORT, 1),
        (replace(GOOD, leave_s=36_001.0), Rule.TOO_QUICK, 1),
        (replace(GOOD, stops=(FIRST, replace(SECOND, arrive_s=38_699.0))), Rule.TOO_QUICK, 1),
        (replace(GOOD, back_s=49_099.0), Rule.TOO_QUICK, 1),
        (replace(GOOD, stops=(Stop(0, 36_600.0, 40_001.0, 41_801.0), replace(SECOND, arrive_s=42_101.0))), Rule.WINDOW, 1),
        (replace(GOOD, leave_s=29_999.0), Rule.TOO_SOON, 1),
        (replace(GOOD, back_s=60_001.0), Rule.TOO_LATE, 1),
        (replace(GOOD, lunch_s=None), Rule.NO_LUNCH, 4_100),
        (replace(GOOD, lunch_s=(42_999.0, 46_599.0)), Rule.LUNCH_TIME, 1),
        (replace(GOOD, lunch_s=(45_001.0, 48_601.0), stops=(FIRST, Stop(1, 38_700.0, 38_700.0, 39_900.0))), Rule.LUNCH_TIME, 1),
        (replace(GOOD, lunch_s=(43_000.0, 46_599.0)), Rule.LUNCH_TIME, 1),
        (replace(GOOD, stops=(FIRST, Stop(1, 38_700.0, 46_599.0, 47_799.0))), Rule.LUNCH_IN_VISIT, 1),
        # Under way from 43,000 on, the hour of lunch is no time to travel in.
        (Route(0, 36_000.0, (FIRST, Stop(1, 38_700.0, 41_000.0, 43_000.0)), 47_499.0, (43_000.0, 46_600.0)), Rule.TOO_QUICK, 1),
    ],
)  # fmt: skip
def test_each_rule(route: Route, rule: Rule, by: float) -> None:
    found = violations(PROBLEM, [route])
    assert [v.rule for v in found] == [rule]
    assert found[0].by == pytest.approx(by)
    assert found[0].shift == 0


def test_who_goes_and_what_is_taken_along() -> None:
    assert [v.rule for v in violations(PROBLEM, [replace(GOOD, shift=1)])] == [Rule.NOT_ALLOWED]
    again = Route(1, 30_000.0, (Stop(1, 30_900.0, 30_900.0, 32_100.0),), 33_000.0)
    assert [v.rule for v in violations(PROBLEM, [GOOD, again])] == [Rule.TWICE]
    assert [v.rule for v in violations(PROBLEM, [GOOD, Route(0, 30_000.0, (), 30_000.0)])] == [Rule.SHIFT_TWICE]
    tight = replace(PROBLEM, shifts=tuple(replace(s, room=3.0) for s in PROBLEM.shifts))
    assert [(v.rule, v.by) for v in violations(tight, [GOOD])] == [(Rule.OVERLOADED, 1.0)]


def test_no_way_is_never_quick_enough() -> None:
    travel = PROBLEM.travel_s.copy()
    travel[0, 1, 2] = np.inf
    assert [v.rule for v in violations(replace(PROBLEM, travel_s=travel), [GOOD])] == [Rule.TOO_QUICK]
