"""What the catchment service answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import shapely

from app.services.answers.about import About


@dataclass(frozen=True, slots=True)
class VillageServed:
    """Households of one village that a facility is the nearest to; None where they are too few to tell."""

    code: str
    name: str
    township_name: str
    households: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """What one facility is the nearest to.

    Attributes
    ----------
    on_network
        False for a facility without a place or too far from any road: it is nobody's nearest.
    households, persons, elders
        Households of known place, their persons, and the households of which the eldest is 60 or
        older; None where they are too few to tell.
    minutes_median, minutes_max
        Of the households; the longest only for those who may see single ones.
    villages
        Where the households live, most first.
    area_km2
        Of the polygon.
    without_ground
        It is somebody's nearest, and no ground of the polygons is its own.
    shape
        In WGS 84; empty for a facility that is nobody's nearest. Not among the plain values.
    """

    id: str
    name: str
    level: str | None
    on_network: bool
    households: int | None
    persons: int | None
    elders: int | None
    too_few: bool
    minutes_median: float | None
    minutes_max: float | None
    villages: tuple[VillageServed, ...]
    area_km2: float
    without_ground: bool
    shape: shapely.MultiPolygon

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "shape"}
        return plain | {"villages": [asdict(village) for village in self.villages]}


@dataclass(frozen=True, slots=True)
class Unserved:
    """Households (and their persons) that are in no catchment; none is in two of these.

    ``beyond`` are those farther than the limit, where one was given.
    """

    off_network: int
    unreachable: int
    beyond: int
    imprecise: int
    persons_off_network: int
    persons_unreachable: int
    persons_beyond: int
    persons_imprecise: int


@dataclass(frozen=True, slots=True)
class CatchmentReport:
    """The answer: every facility with its load, most persons first.

    ``households`` and ``persons`` are all that the viewer may know of: those of the loads and the unserved.
    """

    about: About
    mode: str
    minutes: float | None
    estimate: bool
    households: int
    persons: int
    served: int
    persons_served: int
    loads: tuple[Load, ...]
    unserved: Unserved

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **self.about.to_dict(),
            "mode": self.mode,
            "minutes": self.minutes,
            "estimate": self.estimate,
            "households": self.households,
            "persons": self.persons,
            "served": self.served,
            "persons_served": self.persons_served,
            "loads": [load.to_dict() for load in self.loads],
            "unserved": asdict(self.unserved),
        }
