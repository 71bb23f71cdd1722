"""Plans: PyVRP looks for the routes, and lunch, which it does not know, is put in by our own timing.

PyVRP (Wouda, Lan & Kool 2024, INFORMS Journal on Computing 36:943-955) is an iterated local search. It is given the day
without its lunch: everything after the middle of the time in which lunch may begin is moved forward by its length, so that
a schedule of the shorter day is one of the whole day, but for what straddles lunch. Where a route cannot be timed with
lunch after all, it gives up what is worth least, which is then put wherever it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp

from geo.network import Floats, Ints
from geo.routing.insertion import best_place
from geo.routing.problem import Lunch, Problem, Shift
from geo.routing.timing import Route, timed

_ITERATIONS = 5_000
_LIKELY = 1.5
"""Visits are left out of the search when those worth more fill this many times the time there is."""


@dataclass(frozen=True)
class Plan:
    """The routes of a period.

    Attributes
    ----------
    routes : tuple of Route
        By shift; a shift without visits has none.
    omitted : tuple of int
        Visits that are in none, ascending.
    travel_s, penalty_s : float
        Of all routes together.
    """

    routes: tuple[Route, ...]
    omitted: tuple[int, ...]
    travel_s: float
    penalty_s: float

    @classmethod
    def of(cls, problem: Problem, routes: Sequence[Route]) -> Plan:
        """The plan of these routes."""
        made = {v for route in routes for v in route.order}
        kept = tuple(sorted((route for route in routes if route.stops), key=lambda route: route.shift))
        return cls(
            kept,
            tuple(v for v in range(len(problem.visits)) if v not in made),
            sum(float(problem.legs(route.shift, route.order).sum()) for route in kept),
            sum(float(problem.penalty_s[v, route.shift]) for route in kept for v in route.order),
        )

    def orders(self, problem: Problem) -> list[tuple[int, ...]]:
        """The visits of every shift, in order."""
        by_shift = {route.shift: route.order for route in self.routes}
        return [by_shift.get(k, ()) for k in range(len(problem.shifts))]


def solve(
    problem: Problem,
    *,
    iterations: int = _ITERATIONS,
    stop: Callable[[], bool] = lambda: False,
    start: Plan | None = None,
    seed: int = 0,
) -> Plan:
    """Look for the plan that leaves out the least worth, then travels least.

    Parameters
    ----------
    problem
        What is asked.
    iterations
        Of the search; the same number, problem and seed give the same plan.
    stop
        Asked in every iteration; the best so far is returned once it says yes.
    start
        A plan to begin with, as of before something changed; what it holds that can no longer be is dropped.
    seed
        Of the random choices.

    Returns
    -------
    Plan
        Every route of it keeps every rule; there is no proof that none is better.
    """
    orders: list[tuple[int, ...]] = [()] * len(problem.shifts)
    likely = _likely(problem)
    if len(likely):
        orders = _Model(problem, likely).search(iterations, stop, start, seed)
    routes = [_kept(problem, shift, list(order)) for shift, order in enumerate(orders)]
    if start is not None:
        old = [_kept(problem, shift, list(order)) for shift, order in enumerate(start.orders(problem))]
        routes = min(_filled(problem, routes), _filled(problem, old), key=lambda r: _cost(problem, r))
    else:
        routes = _filled(problem, routes)
    return Plan.of(problem, routes)


def _cost(problem: Problem, routes: Sequence[Route]) -> tuple[float, float]:
    plan = Plan.of(problem, routes)
    return sum(problem.visits[v].worth for v in plan.omitted), plan.travel_s + plan.penalty_s


def _kept(problem: Problem, shift: int, order: list[int]) -> Route:
    """The route of these visits but for those that cannot be made, the least worth given up first."""
    order = [v for v in order if problem.allowed[v, shift]]
    while order:
        route = timed(problem, shift, order)
        if route is not None:
            return route
        tries = [order[:k] + order[k + 1 :] for k in range(len(order))]
        least = min(problem.visits[v].worth for v in order)
        tries = [left for v, left in zip(order, tries, strict=True) if problem.visits[v].worth == least]
        made = [(r.back_s, left) for left in tries if (r := timed(problem, shift, left)) is not None]
        order = min(made)[1] if made else min(tries, key=lambda left: float(problem.legs(shift, left).sum()))
    begin = problem.shifts[shift].begin_s
    return Route(shift, begin, (), begin)


def _filled(problem: Problem, routes: Sequence[Route]) -> list[Route]:
    """With every visit left out put where it costs least, as long as one fits; what is worth most goes first."""
    filled = list(routes)
    made = {v for route in filled for v in route.order}
    left = sorted((v for v in range(len(problem.visits)) if v not in made), key=lambda v: (-problem.visits[v].worth, v))
    fits = True
    while fits and left:  # again, since a way by a new stop may be the shorter one
        fits = False
        for v in list(left):
            place = best_place(problem, [route.order for route in filled], v)
            if place is not None:
                filled[place.route.shift] = place.route
                left.remove(v)
                fits = True
    return filled


def _likely(problem: Problem) -> Ints:
    """Visits that some shift can make by itself; of very many, those that are worth most, then the nearest."""
    can = np.flatnonzero((problem.allowed & problem.reachable).any(axis=1))
    time = _LIKELY * sum(s.finish_s - s.begin_s for s in problem.shifts)
    starts = np.array([s.start for s in problem.shifts])
    modes = np.array([s.mode for s in problem.shifts])
    place = np.array([visit.place for visit in problem.visits], np.int64)
    away = problem.travel_s[modes[:, None], starts[:, None], place[can]].min(axis=0)
    worth = np.array([visit.worth for visit in problem.visits])
    best = can[np.lexsort((can, away, -worth[can]))]
    needed = np.cumsum([max(problem.visits[v].service_s, 1.0) for v in best.tolist()])
    return np.sort(best[: max(int((needed <= time).sum()), min(len(best), 200))])


# PyVRP's own name for what it takes.
_Table = np.ndarray[Any, np.dtype[Any]]


class _Model:
    """A problem as PyVRP takes it: a client for every visit and window, a kind of vehicle for shifts that are alike."""

    def __init__(self, problem: Problem, visits: Ints) -> None:
        self._problem = problem
        shifts, self._lunches = problem.shifts, sorted({s.lunch for s in problem.shifts}, key=repr)
        self._horizon = int(max(s.finish_s for s in shifts)) + 1
        alike: dict[object, list[int]] = {}
        for k, s in enumerate(shifts):
            alike.setdefault((s, problem.penalty_s[visits, k].tobytes()), []).append(k)
        self._kinds = list(alike.values())
        self._clients = list(self._copies(visits))
        self.data = self._as_data(visits)

    def search(
        self, iterations: int, stop: Callable[[], bool], start: Plan | None, seed: int
    ) -> list[tuple[int, ...]]:
        """The visits of every shift, in order."""
        count = pyvrp.stop.MaxIterations(iterations)
        solution = pyvrp.solve(
            self.data, _Stop(count, stop), seed=seed, collect_stats=False, display=False,
            initial_solution=None if start is None else self._as_solution(start),
        ).best  # fmt: skip
        orders: list[tuple[int, ...]] = [()] * len(self._problem.shifts)
        used = [0] * len(self._kinds)
        for route in solution.routes():
            kind = route.vehicle_type()
            visits = [self._clients[step.idx][0] for step in route if step.is_client()]
            orders[self._kinds[kind][used[kind]]] = tuple(dict.fromkeys(visits))
            used[kind] += 1
        return _once(orders)

    def _copies(self, visits: Ints) -> Iterator[tuple[int, Lunch | None, int, int]]:
        """Visit, lunch and window (without lunch) of each client."""
        for v in visits.tolist():
            for lunch in self._lunches:
                if not any(self._problem.allowed[v, k] for k, s in enumerate(self._problem.shifts) if s.lunch == lunch):
                    continue
                for early, late in self._problem.visits[v].windows:
                    soonest = int(np.ceil(_without(lunch, max(early, 0.0))))
                    latest = int(_without(lunch, min(late, float(self._horizon))))
                    if soonest <= latest:
                        yield v, lunch, soonest, latest

    def _as_data(self, visits: Ints) -> pyvrp.ProblemData:
        problem = self._problem
        n_copies: dict[int, list[int]] = {}
        for client, (v, *_) in enumerate(self._clients):
            n_copies.setdefault(v, []).append(client)
        groups = {v: k for k, v in enumerate(v for v, copies in n_copies.items() if len(copies) > 1)}
        # Each client has a place of its own, because what a shift thinks of a visit belongs to the visit.
        ends = sorted({p for s in problem.shifts for p in (s.start, s.end)})
        places = np.array([*ends, *(problem.visits[v].place for v, *_ in self._clients)], np.int64)
        finite = problem.travel_s[np.isfinite(problem.travel_s)]
        penalties = problem.penalty_s[visits]
        prize = 3 * int(finite.max(initial=0.0)) + int(penalties[np.isfinite(penalties)].max(initial=0.0)) + 1
        least = min(problem.visits[v].worth for v in visits.tolist())
        clients = [
            pyvrp.Client(
                len(ends) + k, delivery=[_whole(problem.visits[v].load)], tw_early=early, tw_late=late,
                service_duration=int(np.ceil(problem.visits[v].service_s)),
                prize=round(prize * min(problem.visits[v].worth / least, 1e6)), required=False, group=groups.get(v),
            )
            for k, (v, _, early, late) in enumerate(self._clients)
        ]  # fmt: skip
        kinds: list[pyvrp.VehicleType] = []
        tables: list[tuple[_Table, _Table]] = []
        profiles: dict[object, int] = {}
        for kind in self._kinds:
            s, penalty = problem.shifts[kind[0]], problem.penalty_s[:, kind[0]]
            key = (s.mode, s.lunch, penalty[visits].tobytes())
            if key not in profiles:
                profiles[key] = len(tables)
                tables.append(self._tables(s, places, penalty, len(ends)))
            kinds.append(pyvrp.VehicleType(
                num_available=len(kind), capacity=[_whole(s.room, down=True)], start_depot=ends.index(s.start),
                end_depot=ends.index(s.end), tw_early=int(np.ceil(s.begin_s)),
                tw_late=max(int(_without(s.lunch, s.finish_s)), int(np.ceil(s.begin_s))), profile=profiles[key],
            ))  # fmt: skip
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in places], clients=clients,
            depots=[pyvrp.Depot(k) for k in range(len(ends))], vehicle_types=kinds,
            distance_matrices=[cost for cost, _ in tables], duration_matrices=[time for _, time in tables],
            groups=[pyvrp.ClientGroup(n_copies[v], required=False) for v in groups],
        )  # fmt: skip

    def _tables(self, s: Shift, places: Ints, penalty: Floats, n_ends: int) -> tuple[_Table, _Table]:
        """Cost and time from place to place; what cannot be takes longer than the day."""
        travel = self._problem.travel_s[s.mode][np.ix_(places, places)]
        extra = np.zeros(len(places))
        extra[n_ends:] = [penalty[v] if lunch == s.lunch else np.inf for v, lunch, *_ in self._clients]
        cost = travel + extra
        can = np.isfinite(cost)
        cost = np.where(can, cost, 2.0 * self._horizon)
        time = np.where(can, travel, 2.0 * self._horizon)
        np.fill_diagonal(cost, 0.0)
        np.fill_diagonal(time, 0.0)
        return np.ceil(cost).astype(np.int64), np.ceil(time).astype(np.int64)

    def _as_solution(self, start: Plan) -> pyvrp.Solution:
        """A plan as the search begins with it: each visit at the window in which it is made."""
        where = {v: k for k, (v, *_) in reversed(list(enumerate(self._clients)))}
        kind_of = {shift: kind for kind, shifts in enumerate(self._kinds) for shift in shifts}
        routes = []
        for route in start.routes:
            clients = [where[v] for v in route.order if v in where]
            if clients and route.shift in kind_of:
                steps = [pyvrp.Activity(pyvrp.ActivityType.CLIENT, k) for k in clients]
                routes.append(pyvrp.Route(self.data, steps, kind_of[route.shift]))
        return pyvrp.Solution(self.data, routes)


def _without(lunch: Lunch | None, time: float) -> float:
    """A time of the day, counted without the length of lunch."""
    if lunch is None:
        return time
    middle = (lunch.earliest_s + lunch.latest_s) / 2
    return time if time <= middle else max(middle, time - lunch.length_s)


def _whole(load: float, *, down: bool = False) -> int:
    """A load in thousandths; PyVRP counts in whole numbers."""
    thousandths = np.floor(load * 1_000) if down else np.ceil(load * 1_000)
    return int(min(thousandths, 2**40))


def _once(orders: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    seen: set[int] = set()
    kept = []
    for order in orders:
        kept.append(tuple(v for v in order if v not in seen))
        seen.update(order)
    return kept


class _Stop:
    """Ends a search after so many iterations, or when asked to."""

    def __init__(self, count: pyvrp.stop.MaxIterations, stop: Callable[[], bool]) -> None:
        self._count, self._stop = count, stop

    def __call__(self, best_cost: int) -> bool:
        return self._stop() or self._count(best_cost)
