"""Whether a plan keeps every rule, read off its stated times alone; it shares nothing with what made the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.routing.problem import EPSILON_S, Problem
from geo.routing.timing import Route


class Rule(StrEnum):
    """What can be broken."""

    TWICE = "twice"
    """A visit is made more than once."""
    SHIFT_TWICE = "shift_twice"
    """A shift has two routes."""
    NOT_ALLOWED = "not_allowed"
    """A visit is made by a shift that may not make it."""
    TOO_QUICK = "too_quick"
    """There is less time between two places than the way takes."""
    WINDOW = "window"
    """A visit begins outside its windows."""
    BEFORE_ARRIVAL = "before_arrival"
    """A visit begins before the team is there."""
    CUT_SHORT = "cut_short"
    """A visit is left before it is over."""
    TOO_SOON = "too_soon"
    """The team sets out before its shift."""
    TOO_LATE = "too_late"
    """It is back after its shift."""
    NO_LUNCH = "no_lunch"
    """It neither has lunch on the way nor is at home for it."""
    LUNCH_TIME = "lunch_time"
    """Lunch is at another time, or of another length, than agreed."""
    LUNCH_IN_VISIT = "lunch_in_visit"
    """Lunch is during a visit."""
    OVERLOADED = "overloaded"
    """More is taken along than there is room for."""


@dataclass(frozen=True)
class Violation:
    """A broken rule, in which shift and at which visit; ``by`` is seconds, or load."""

    rule: Rule
    shift: int
    visit: int | None = None
    by: float = 0.0


def violations(problem: Problem, routes: Iterable[Route]) -> list[Violation]:
    """Every rule that is broken, in the order of the routes; empty for a plan that can be carried out."""
    found: list[Violation] = []
    made: set[int] = set()
    out: set[int] = set()
    for route in routes:
        if route.shift in out:
            found.append(Violation(Rule.SHIFT_TWICE, route.shift))
        out.add(route.shift)
        for stop in route.stops:
            if stop.visit in made:
                found.append(Violation(Rule.TWICE, route.shift, stop.visit))
            made.add(stop.visit)
        found += _of_stops(problem, route)
        found += _of_ways(problem, route)
        found += _of_shift(problem, route)
        found += _of_lunch(problem, route)
    return found


def _of_stops(problem: Problem, route: Route) -> list[Violation]:
    found = []
    for stop in route.stops:
        visit = problem.visits[stop.visit]
        if not problem.penalty_s[stop.visit, route.shift] < float("inf"):
            found.append(Violation(Rule.NOT_ALLOWED, route.shift, stop.visit))
        outside = min(max(early - stop.begin_s, stop.begin_s - late) for early, late in visit.windows)
        for rule, by in (
            (Rule.WINDOW, outside),
            (Rule.BEFORE_ARRIVAL, stop.arrive_s - stop.begin_s),
            (Rule.CUT_SHORT, stop.begin_s + visit.service_s - stop.leave_s),
        ):
            if by > EPSILON_S:
                found.append(Violation(rule, route.shift, stop.visit, by))
    return found


def _of_ways(problem: Problem, route: Route) -> list[Violation]:
    shift = problem.shifts[route.shift]
    found = []
    place, left = shift.start, route.leave_s
    ends = [(stop.visit, problem.visits[stop.visit].place, stop.arrive_s, stop.leave_s) for stop in route.stops]
    for visit, there, arrives, leaves in [*ends, (None, shift.end, route.back_s, route.back_s)]:
        resting = 0.0
        if route.lunch_s is not None:
            resting = max(0.0, min(arrives, route.lunch_s[1]) - max(left, route.lunch_s[0]))
        by = float(problem.travel_s[shift.mode, place, there]) - (arrives - left - resting)
        if by > EPSILON_S:
            found.append(Violation(Rule.TOO_QUICK, route.shift, visit, by))
        place, left = there, leaves
    return found


def _of_shift(problem: Problem, route: Route) -> list[Violation]:
    shift = problem.shifts[route.shift]
    load = sum(problem.visits[stop.visit].load for stop in route.stops)
    broken = (
        (Rule.TOO_SOON, shift.begin_s - route.leave_s, EPSILON_S),
        (Rule.TOO_LATE, route.back_s - shift.finish_s, EPSILON_S),
        (Rule.OVERLOADED, load - shift.room, 0.0),
    )
    return [Violation(rule, route.shift, None, by) for rule, by, but in broken if by > but]


def _of_lunch(problem: Problem, route: Route) -> list[Violation]:
    lunch = problem.shifts[route.shift].lunch
    if lunch is None or not route.stops:
        return []
    if route.lunch_s is None:
        late, early = route.back_s - lunch.latest_s, lunch.earliest_s + lunch.length_s - route.leave_s
        return [Violation(Rule.NO_LUNCH, route.shift, None, min(late, early))] if min(late, early) > EPSILON_S else []
    begins, ends = route.lunch_s
    found = []
    off = max(lunch.earliest_s - begins, begins - lunch.latest_s, lunch.length_s - (ends - begins))
    away = max(route.leave_s - begins, ends - route.back_s)
    if max(off, away) > EPSILON_S:
        found.append(Violation(Rule.LUNCH_TIME, route.shift, None, max(off, away)))
    for stop in route.stops:
        both = min(ends, stop.leave_s) - max(begins, stop.begin_s)
        if both > EPSILON_S:
            found.append(Violation(Rule.LUNCH_IN_VISIT, route.shift, stop.visit, both))
    return found
