"""The answer to a question about visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A household, its village, and when; times as HH:MM, to the minute that does not promise too much."""

    household: str
    village: str
    village_name: str
    arrive: str
    begin: str
    leave: str
    travel_minutes: float


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """What a team does on a day."""

    team: int
    station: str
    station_name: str
    day: dt.date
    leave: str
    back: str
    lunch: tuple[str, str] | None
    travel_minutes: float
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class Omitted:
    """A household that is in no route; ``team``, ``day`` and ``longer_minutes`` tell what comes nearest, if anything does."""

    household: str
    village: str
    village_name: str
    why: str
    reason: str
    reason_en: str
    team: int | None = None
    day: dt.date | None = None
    longer_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """Routes by day and team, and whoever is left out; ``asked`` is how many households were to be visited."""

    about: About
    mode: str
    estimate: bool
    asked: int
    visited: int
    travel_minutes: float
    routes: tuple[PlannedRoute, ...]
    omitted: tuple[Omitted, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: value for name, value in asdict(self).items() if name != "about"}
        routes = [{**route, "day": route["day"].isoformat(), "stops": list(route["stops"])} for route in plain["routes"]]
        omitted = [{**one, "day": one["day"] and one["day"].isoformat()} for one in plain["omitted"]]
        return {**self.about.to_dict(), **plain, "routes": routes, "omitted": omitted}
