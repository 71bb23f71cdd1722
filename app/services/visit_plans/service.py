"""Plans of visits. One service answers the command line, so that what it says can be had elsewhere too."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable

import numpy as np

from app.roles import Viewer
from app.services.answers.about import about
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.state import StoreState, settled
from app.services.visit_plans.ground import Ground, ground
from app.services.visit_plans.question import VisitQuestion
from app.services.visit_plans.report import Omitted, PlannedRoute, PlannedStop, VisitPlan
from geo.routing.problem import Problem, Visit
from geo.routing.reasons import Reason, Why, reasons
from geo.routing.solve import Plan, solve
from geo.routing.timing import Route
from layers.schema import Label
from layers.store import Store


def plan_visits(
    viewer: Viewer, store: Store, asked: VisitQuestion, *, stop: Callable[[], bool] = lambda: False
) -> VisitPlan:
    """Who goes where on which day, and why the others are left out.

    Parameters
    ----------
    viewer
        Who asks; must be allowed to see single households.
    store
        Where the data is.
    asked
        The question.
    stop
        Asked now and then; the best plan so far is given once it says yes.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    NoDataError
        Without households, or without an open station.
    """
    viewer.need_points()
    return settled(store, lambda state: _plan(viewer, state, asked, stop))


def _plan(viewer: Viewer, state: StoreState, asked: VisitQuestion, stop: Callable[[], bool]) -> VisitPlan:
    known = ground(viewer, state, asked)
    days = asked.dates()
    problem = Problem(
        known.travel_s[None],
        tuple(Visit(asked.teams + k, 60.0 * asked.visit_minutes) for k in range(len(known.chosen))),
        tuple(asked.shift(team) for _ in days for team in range(asked.teams)),
        np.zeros((len(known.chosen), len(days) * asked.teams)),
    )
    until = time.monotonic() + asked.seconds
    found = solve(problem, stop=lambda: stop() or time.monotonic() > until, seed=asked.seed)
    told = _Told(known, asked, problem)
    omitted = [told.without_place(k) for k in known.unplaced.tolist()]
    omitted += [told.off_network(k) for k in known.off_network.tolist()]
    omitted += [told.omitted(reason) for reason in reasons(problem, found)]
    return VisitPlan(
        about=about(state, _rule(asked, estimate=known.estimate)),
        mode=known_mode(asked.mode).value,
        estimate=known.estimate,
        asked=len(known.chosen) + len(known.unplaced) + len(known.off_network),
        visited=len(known.chosen) - len(found.omitted),
        travel_minutes=round(found.travel_s / 60, 1),
        routes=told.routes(found),
        omitted=tuple(omitted),
    )


def _rule(asked: VisitQuestion, *, estimate: bool) -> Label:
    said, timed = MODE_LABELS[known_mode(asked.mode)], travel_rule(known_mode(asked.mode), estimate=estimate)
    hours = f"{asked.begin:%H:%M}–{asked.finish:%H:%M}"
    lunch = f"{asked.lunch_from:%H:%M}–{asked.lunch_to:%H:%M}"
    zh = (
        f"最久没有走访的 {asked.limit} 户，从未走访的在前；{asked.teams} 个小组，{asked.days} 个工作日，{said.zh}，{hours}，"
        f"每户 {asked.visit_minutes:g} 分钟"
    )
    en = (
        f"the {asked.limit} households longest without a visit, those never visited first; {asked.teams} teams, {asked.days} "
        f"working days, {said.en}, {hours}, {asked.visit_minutes:g} minutes a visit"
    )
    if asked.lunch_minutes:
        zh += f"，午休 {asked.lunch_minutes:g} 分钟（{lunch} 间开始）"
        en += f", lunch of {asked.lunch_minutes:g} minutes beginning {lunch}"
    return Label(f"{zh}；{timed.zh}", f"{en}; {timed.en}")


class _Told:
    """A plan in the words and numbers of the store."""

    def __init__(self, known: Ground, asked: VisitQuestion, problem: Problem) -> None:
        self._known, self._asked, self._problem = known, asked, problem
        self._days = asked.dates()
        self._villages = known.living.areas.villages["name"].to_dict()

    def routes(self, plan: Plan) -> tuple[PlannedRoute, ...]:
        """By day, then team."""
        return tuple(self._route(route) for route in plan.routes)

    def _route(self, route: Route) -> PlannedRoute:
        team = route.shift % self._asked.teams
        legs = self._problem.legs(route.shift, route.order)
        station = self._known.stations.iloc[team]
        stops = tuple(
            PlannedStop(
                *self._household(int(self._known.chosen[stop.visit])),
                arrive=_clock(stop.arrive_s), begin=_clock(stop.begin_s), leave=_clock(stop.leave_s),
                travel_minutes=round(float(leg) / 60, 1),
            )
            for stop, leg in zip(route.stops, legs[:-1], strict=True)
        )  # fmt: skip
        return PlannedRoute(
            team=team + 1, station=str(station["id"]), station_name=str(station["name"]), day=self._day(route.shift),
            leave=_clock(route.leave_s), back=_clock(route.back_s),
            lunch=None if route.lunch_s is None else (_clock(route.lunch_s[0]), _clock(route.lunch_s[1])),
            travel_minutes=round(float(legs.sum()) / 60, 1), stops=stops,
        )  # fmt: skip

    def without_place(self, household: int) -> Omitted:
        """Known only to its village, if at all."""
        return self._left_out(household, "no_place", Label(
            "位置只知道到村，无法安排路线；请补上坐标", "known to its village only, so that no way leads there; give its coordinates"
        ))  # fmt: skip

    def off_network(self, household: int) -> Omitted:
        """Too far from any road."""
        return self._left_out(household, "off_network", Label(
            "离能走的道路太远；请核对位置或道路", "too far from any road of this mode; check the place or the roads"
        ))  # fmt: skip

    def omitted(self, reason: Reason) -> Omitted:
        """Why the plan leaves a household out."""
        household = int(self._known.chosen[reason.visit])
        if reason.why is not Why.NO_TIME or reason.shift is None:
            return self._left_out(household, reason.why.value, _WORDS[reason.why])
        team, day = reason.shift % self._asked.teams + 1, self._day(reason.shift)
        if not np.isfinite(reason.longer_s):
            return self._left_out(household, reason.why.value, _WORDS[reason.why])
        longer = math.ceil(reason.longer_s / 60)
        needs = f"{self._asked.visit_minutes:g}"
        said = Label(
            f"没有小组还有 {needs} 分钟和路上的时间；最接近的是 {day.month} 月 {day.day} 日第 {team} 组，还差 {longer} 分钟",
            f"no team has {needs} minutes and the way left; nearest is team {team} on {day}, which lacks {longer} minutes",
        )
        return self._left_out(household, reason.why.value, said, team, reason.shift, longer)

    def _left_out(
        self, household: int, why: str, said: Label, team: int | None = None, shift: int | None = None, longer: int | None = None
    ) -> Omitted:
        day = None if shift is None else self._day(shift)
        return Omitted(*self._household(household), why, said.zh, said.en, team, day, longer)

    def _household(self, position: int) -> tuple[str, str, str]:
        living = self._known.living
        village = str(living.village[position])
        return str(living.id[position]), village, str(self._villages.get(village, ""))

    def _day(self, shift: int) -> dt.date:
        return self._days[shift // self._asked.teams]


_WORDS = {
    Why.NOBODY: Label("没有可派的小组", "no team may go there"),
    Why.NO_WAY: Label("没有小组能沿道路往返", "no team can get there and back by road"),
    Why.OVERLOAD: Label("所需物品装不下", "what it needs cannot be taken along"),
    Why.OUTSIDE_HOURS: Label(
        "来回路程加走访时长超出一天的工作时间；可延长时间，或从更近的站出发",
        "the way there and back and the visit do not fit into a day; lengthen the day or set out from nearer",
    ),
    Why.NO_TIME: Label("各小组都排满了；可增加天数或小组", "every team is full; add days or teams"),
}


def _clock(seconds: float) -> str:
    """HH:MM, to the nearest minute."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
