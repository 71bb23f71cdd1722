"""What a what-if answers with: the county as it is, as it would be, and the difference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About
from layers.schema import Label


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change. ``remark`` says why it was not applied, or what is to be noted."""

    number: int
    kind: str
    label: Label
    applied: bool
    remark: Label | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Reach and establishment of one area; rates are 0 to 1, None where there is nothing to divide by.

    ``without_way`` are households of exact place that no way leads from, whether their roads are
    cut off or one-way, and those too far from any road. :data:`REACH_FIGURES` are None where too few
    households live to tell (:mod:`app.services.county.small_cells`).
    """

    households: int
    persons: int
    households_reached: int | None
    persons_reached: int | None
    households_imprecise: int
    persons_imprecise: int
    reach_rate: float | None
    persons_reach_rate: float | None
    without_way: int | None
    units: int
    units_with_station: int
    establishment_rate: float | None


REACH_FIGURES = ("households_reached", "persons_reached", "reach_rate", "persons_reach_rate", "without_way")
"""What is withheld of a small area: what is so of its households."""


@dataclass(frozen=True, slots=True)
class Tally:
    """So many households, with so many persons."""

    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before; ``_points`` are percentage points, None where a rate is missing."""

    households_reached: int | None
    persons_reached: int | None
    reach_points: float | None
    persons_reach_points: float | None
    without_way: int | None
    units_with_station: int
    establishment_points: float | None


@dataclass(frozen=True, slots=True)
class AreaChange:
    """One township or village, or everything (empty ``level``), before and after.

    Where ``withheld``, so few households live there, or are newly reached or lost or lose their way,
    that their figures could be one household's own or give one away. Viewers who may only see counts
    do not get them (None), nor what comes after.
    """

    code: str
    name: str
    level: str
    township: str
    before: Figures
    after: Figures | None
    newly_reached: Tally | None
    newly_lost: Tally | None
    withheld: bool = False

    @property
    def difference(self) -> Difference | None:
        """After less before, None where what comes after is withheld."""
        was, now = self.before, self.after
        if now is None:
            return None
        return Difference(
            households_reached=_less(now.households_reached, was.households_reached),
            persons_reached=_less(now.persons_reached, was.persons_reached),
            reach_points=_points(was.reach_rate, now.reach_rate),
            persons_reach_points=_points(was.persons_reach_rate, now.persons_reach_rate),
            without_way=_less(now.without_way, was.without_way),
            units_with_station=now.units_with_station - was.units_with_station,
            establishment_points=_points(was.establishment_rate, now.establishment_rate),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        difference = self.difference
        return {**asdict(self), "difference": None if difference is None else asdict(difference)}


@dataclass(frozen=True, slots=True)
class LoadChange:
    """Who is nearest to a station, households of imprecise place included; ``state`` is what the scenario does to it.

    Loads are None where there is no such station, and where they are withheld.
    """

    id: str
    name: str
    level: str
    state: str
    staff: int | None
    households_before: int | None
    households_after: int | None
    persons_before: int | None
    persons_after: int | None


@dataclass(frozen=True, slots=True)
class WhatIfReport:
    """The answer to one scenario: everything, each area in the order of codes, each station in the order of ids."""

    about: About
    scenario: str
    mode: str
    minutes: float
    by: str
    total: AreaChange
    by_area: tuple[AreaChange, ...]
    stations: tuple[LoadChange, ...]
    changes: tuple[Outcome, ...]
    stations_before: int
    stations_after: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **self.about.to_dict(),
            "scenario": self.scenario,
            "mode": self.mode,
            "minutes": self.minutes,
            "by": self.by,
            "stations_before": self.stations_before,
            "stations_after": self.stations_after,
            "changes": [
                {
                    "number": change.number,
                    "kind": change.kind,
                    "label": change.label._asdict(),
                    "applied": change.applied,
                    "remark": None if change.remark is None else change.remark._asdict(),
                }
                for change in self.changes
            ],
            "total": self.total.to_dict(),
            "by_area": [area.to_dict() for area in self.by_area],
            "stations": [asdict(station) for station in self.stations],
        }


def _less(after: int | None, before: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _points(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else (after - before) * 100
