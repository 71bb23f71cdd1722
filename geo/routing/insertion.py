"""Where one more visit fits into the routes there are, and how far from fitting it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.network import Floats
from geo.routing.problem import EPSILON_S, Problem, Shift
from geo.routing.timing import Route, timed


@dataclass(frozen=True)
class Place:
    """A visit put into a shift: the route it makes, and seconds of travel and penalty that it costs."""

    route: Route
    cost_s: float


def best_place(problem: Problem, orders: Sequence[tuple[int, ...]], visit: int) -> Place | None:
    """Where a visit costs least, every other staying where it is; ties go to the earlier shift and place.

    Parameters
    ----------
    problem
        What is asked.
    orders
        The visits of each shift, in order; one entry for every shift.
    visit
        The one to put in.
    """
    best: Place | None = None
    for shift in np.flatnonzero(problem.allowed[visit]).tolist():
        more = added_s(problem, shift, orders[shift], visit)
        spare = spare_s(problem, shift, orders[shift]) - problem.visits[visit].service_s
        cost = more + problem.penalty_s[visit, shift]
        for k in np.argsort(cost, kind="stable").tolist():
            if (best is not None and cost[k] >= best.cost_s) or not np.isfinite(cost[k]):
                break
            if more[k] > spare + EPSILON_S:
                continue
            route = timed(problem, shift, [*orders[shift][:k], visit, *orders[shift][k:]])
            if route is not None:
                best = Place(route, float(cost[k]))
    return best


def least_longer(problem: Problem, shift: int, order: tuple[int, ...], visit: int) -> float:
    """By how many seconds the shift would have to end later for the visit to fit in; inf when that does not help."""
    finish, best = problem.shifts[shift].finish_s, np.inf
    more = added_s(problem, shift, order, visit)
    lacking = more + problem.visits[visit].service_s - spare_s(problem, shift, order)
    for k in np.argsort(lacking, kind="stable").tolist():
        if not np.isfinite(more[k]) or lacking[k] >= best:
            break
        route = timed(problem, shift, [*order[:k], visit, *order[k:]], finish_s=np.inf)
        if route is not None:
            best = min(best, max(0.0, route.back_s - finish))
    return float(best)


def added_s(problem: Problem, shift: int, order: tuple[int, ...], visit: int) -> Floats:
    """Seconds of travel that putting a visit at each place of an order adds, shape (n + 1,)."""
    s = problem.shifts[shift]
    travel, there = problem.travel_s[s.mode], problem.visits[visit].place
    places = [s.start, *(problem.visits[v].place for v in order), s.end]
    now = problem.legs(shift, order) if order else 0.0  # a shift without visits stays at home
    added: Floats = travel[places[:-1], there] + travel[there, places[1:]] - now
    return added


def spare_s(problem: Problem, shift: int, order: tuple[int, ...]) -> float:
    """Seconds that a shift has beyond travel, visits and lunch, were there no windows."""
    work = float(problem.legs(shift, order).sum()) if order else 0.0
    work += sum(problem.visits[v].service_s for v in order)
    return _longest(problem.shifts[shift]) - work


def _longest(s: Shift) -> float:
    whole = s.finish_s - s.begin_s
    if s.lunch is None:
        return whole
    before, after = s.lunch.latest_s - s.begin_s, s.finish_s - s.lunch.earliest_s - s.lunch.length_s
    return min(whole, max(whole - s.lunch.length_s, before, after))
