"""What is asked of a plan of visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.services.county.modes import known_mode
from geo.errors import ParameterError
from geo.routing.problem import Lunch, Shift
from geo.speeds import Mode

_MOST_DAYS, _MOST_TEAMS, _MOST_VISITS = 60, 100, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitQuestion:
    """A period, the teams, and how many of those longest without a visit.

    Attributes
    ----------
    first_day, days
        The period: so many working days from that day on, Saturdays and Sundays left out.
    teams
        How many go out on each day, from the stations that most of the households are nearest to.
    limit
        How many households at most.
    mode
        How the teams travel.
    visit_minutes
        How long a visit takes.
    begin, finish
        When a team sets out at the earliest, and is back at the latest.
    lunch_from, lunch_to, lunch_minutes
        When lunch begins, between both, and how long it is; none where it is 0 minutes long.
    seconds, seed
        How long is searched, and from where.
    """

    first_day: dt.date
    days: int = 5
    teams: int = 8
    limit: int = 200
    mode: Mode | str = Mode.DRIVE
    visit_minutes: float = 40.0
    begin: dt.time = dt.time(8, 30)
    finish: dt.time = dt.time(17, 30)
    lunch_from: dt.time = dt.time(11, 30)
    lunch_to: dt.time = dt.time(12, 30)
    lunch_minutes: float = 60.0
    seconds: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        known_mode(self.mode)
        for name, value, most in (("days", self.days, _MOST_DAYS), ("teams", self.teams, _MOST_TEAMS), ("limit", self.limit, _MOST_VISITS)):
            if not 1 <= value <= most:
                msg = f"{name} 须为 1 到 {most}，得到 {value} ({name} must be 1 to {most})"
                raise ParameterError(msg)
        if not 0 < self.visit_minutes <= 24 * 60 or not 0 <= self.lunch_minutes <= 24 * 60 or not self.seconds > 0:
            msg = "走访时长、午休和求解秒数须为正数 (minutes of a visit, of lunch and seconds to search must be above 0)"
            raise ParameterError(msg)
        if self.begin >= self.finish:
            msg = "收工须晚于出发 (finish must be after begin)"
            raise ParameterError(msg)
        if self.lunch_minutes and self.lunch_from > self.lunch_to:
            msg = "午休的最晚开始不能早于最早开始 (lunch must not end to begin before it may begin)"
            raise ParameterError(msg)

    def dates(self) -> tuple[dt.date, ...]:
        """The working days of the period."""
        found: list[dt.date] = []
        day = self.first_day
        while len(found) < self.days:
            if day.weekday() < 5:
                found.append(day)
            day += dt.timedelta(days=1)
        return tuple(found)

    def shift(self, place: int) -> Shift:
        """One day of a team whose station is that place."""
        lunch = None
        if self.lunch_minutes:
            lunch = Lunch(_seconds(self.lunch_from), _seconds(self.lunch_to), 60.0 * self.lunch_minutes)
        return Shift(place, place, _seconds(self.begin), _seconds(self.finish), lunch)


def _seconds(time: dt.time) -> float:
    return 3_600.0 * time.hour + 60.0 * time.minute + time.second
