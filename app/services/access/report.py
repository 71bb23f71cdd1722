"""What the access service answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About
from app.services.county.units import By
from layers.schema import Label, Vocabulary

STATION_STATE = Vocabulary("station_state", {
    "ok": Label("正常", "OK"),
    "no_staff": Label("无人员", "No staff"),
    "staff_unknown": Label("人员不详", "Staff unknown"),
    "nobody": Label("范围内无人", "Nobody within reach"),
    "off_network": Label("离路网太远", "Off the network"),
})


@dataclass(frozen=True, slots=True)
class AccessShare:
    """Staff that some persons share; persons whose place is imprecise are only counted.

    The last three are None where there is nobody to tell of, or too few households to tell.

    Attributes
    ----------
    access_per_1000
        Mean staff for each thousand persons, every person counting the same.
    persons_without
        Persons without any staff within reach.
    persons_near_unknown
        Persons within reach of a station whose staff is unknown: they may have more than is told.
    """

    households: int
    persons: int
    households_imprecise: int
    persons_imprecise: int
    access_per_1000: float | None
    persons_without: int | None
    persons_near_unknown: int | None


@dataclass(frozen=True, slots=True)
class AreaAccess(AccessShare):
    """The access of one township or village; empty ``code`` for households that lie in none.

    ``too_few`` where figures are withheld because they would be those of single households.
    """

    code: str
    name: str
    level: str
    township: str
    township_name: str
    too_few: bool


@dataclass(frozen=True, slots=True)
class StationLoad:
    """What one station carries.

    Attributes
    ----------
    state
        Code of :data:`STATION_STATE`.
    staff
        None where it is unknown, which is not 0.
    persons, weighted_persons
        Within reach, plain and weighted by time; None where they are those of too few households.
    persons_per_staff
        Weighted persons for each member of staff; None where that cannot be said.
    model_size
        A village station with as many persons within reach as a model one is to have.
    """

    id: str
    name: str
    level: str
    township: str
    township_name: str
    state: str
    staff: int | None
    persons: int | None
    weighted_persons: float | None
    persons_per_staff: float | None
    model_size: bool
    too_few: bool


@dataclass(frozen=True, slots=True)
class AccessReport:
    """The answer. ``stations`` come with those first that have people and no staff, then by load."""

    about: About
    mode: str
    minutes: float
    decay: str
    by: By
    estimate: bool
    model_persons: int
    stations_counted: int
    staff: int
    total: AccessShare
    by_area: tuple[AreaAccess, ...]
    stations: tuple[StationLoad, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: value for name, value in asdict(self).items() if name != "about"}
        lists = {name: list(plain[name]) for name in ("by_area", "stations")}
        return {**self.about.to_dict(), **plain, **lists}
