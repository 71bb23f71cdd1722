"""When an order of stops is done: as early as windows and lunch let it be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.routing.problem import EPSILON_S, Problem, Shift


@dataclass(frozen=True)
class Stop:
    """A visit, when the team arrives, begins and leaves; seconds since midnight."""

    visit: int
    arrive_s: float
    begin_s: float
    leave_s: float


@dataclass(frozen=True)
class Route:
    """What a shift does.

    Attributes
    ----------
    shift : int
    leave_s, back_s : float
        When it sets out and is back.
    stops : tuple of Stop
    lunch_s : (float, float), optional
        When lunch begins and ends, if it is taken on the way.
    """

    shift: int
    leave_s: float
    stops: tuple[Stop, ...]
    back_s: float
    lunch_s: tuple[float, float] | None = None

    @property
    def order(self) -> tuple[int, ...]:
        """The visits, first to last."""
        return tuple(stop.visit for stop in self.stops)


def timed(problem: Problem, shift: int, order: Sequence[int], *, finish_s: float | None = None) -> Route | None:
    """The route that makes these visits in this order and is back first; None when no times keep every rule.

    Parameters
    ----------
    problem, shift, order
        Who goes where.
    finish_s
        When it must be back, if not at the end of the shift: to see how much longer that would have to be.
    """
    s = problem.shifts[shift]
    late = s.finish_s if finish_s is None else finish_s
    if not problem.allowed[list(order), shift].all() or sum(problem.visits[v].load for v in order) > s.room:
        return None
    legs = [float(leg) for leg in problem.legs(shift, list(order))]
    if not np.isfinite(legs).all():
        return None
    best: Route | None = None
    for begin, latest, lunch_leg in _lunches(s, len(order), late):
        route = _forward(problem, shift, order, legs, begin, lunch_leg)
        if route is not None and route.back_s <= latest + EPSILON_S and (best is None or route.back_s < best.back_s):
            best = route
    return best


def _lunches(s: Shift, n: int, finish_s: float) -> list[tuple[float, float, int | None]]:
    """When to set out, when to be back, and on which leg lunch is taken, in every way that can be."""
    if s.lunch is None:
        return [(s.begin_s, finish_s, None)]
    lunch = s.lunch
    at_home = [
        (s.begin_s, min(finish_s, lunch.latest_s), None),
        (max(s.begin_s, lunch.earliest_s + lunch.length_s), finish_s, None),
    ]
    return at_home + [(s.begin_s, finish_s, leg) for leg in range(n + 1)]


def _forward(
    problem: Problem, shift: int, order: Sequence[int], legs: list[float], begin_s: float, lunch_leg: int | None
) -> Route | None:
    """Every stop as early as can be, with lunch on the leg of that number."""
    lunch = problem.shifts[shift].lunch
    now, taken, stops = begin_s, None, []
    for k, leg in enumerate(legs):
        arrive = ready = now + leg
        if lunch is not None and k == lunch_leg:
            if arrive <= lunch.latest_s + EPSILON_S:
                start = max(arrive, lunch.earliest_s)
                ready = start + lunch.length_s
            else:
                start = max(now, lunch.earliest_s)
                arrive = ready = arrive + lunch.length_s
            if start > lunch.latest_s + EPSILON_S:
                return None
            taken = (start, start + lunch.length_s)
        if k == len(order):
            now = ready
            break
        visit = problem.visits[order[k]]
        starts = _first(visit.windows, ready)
        if not np.isfinite(starts):
            return None
        now = starts + visit.service_s
        stops.append(Stop(order[k], arrive, starts, now))
    leave = begin_s
    if stops and (taken is None or taken[0] >= stops[0].begin_s):  # rather wait at home than at the door
        leave = max(begin_s, stops[0].begin_s - legs[0])
        stops[0] = Stop(stops[0].visit, leave + legs[0], stops[0].begin_s, stops[0].leave_s)
    return Route(shift, leave, tuple(stops), now, taken)


def _first(windows: tuple[tuple[float, float], ...], now: float) -> float:
    """The first moment from now on that lies in a window, inf when there is none."""
    return min((max(early, now) for early, late in windows if now <= late + EPSILON_S), default=np.inf)
