"""What the circle service answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About
from app.services.county.units import By


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a full circle needs: any of its ``alternatives``."""

    code: str
    zh: str
    en: str
    weight: float
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of service, and how many places of it are open or in agreement."""

    code: str
    zh: str
    en: str
    places: int


@dataclass(frozen=True, slots=True)
class CircleShare:
    """How complete the circles of some households are.

    Rates, scores and shares are 0 to 1, of households whose place is known exactly; ``_low`` takes
    the others as having nothing, ``_high`` as having everything. All of them, and the counts of
    complete circles, are None where there is nothing to divide by or too few households to tell.

    Attributes
    ----------
    missing
        Share of households that lack each item, by code of the item.
    within
        Share of households that have each kind of service within the limit, by code of the kind.
    """

    households: int
    persons: int
    households_imprecise: int
    persons_imprecise: int
    households_complete: int | None
    persons_complete: int | None
    complete_rate: float | None
    complete_rate_low: float | None
    complete_rate_high: float | None
    persons_complete_rate: float | None
    persons_complete_rate_low: float | None
    persons_complete_rate_high: float | None
    score: float | None
    score_low: float | None
    score_high: float | None
    missing: Mapping[str, float | None]
    within: Mapping[str, float | None]

    @property
    def persons_incomplete(self) -> int | None:
        """Persons whose place is known and whose circle lacks something."""
        if self.persons_complete is None:
            return None
        return self.persons - self.persons_imprecise - self.persons_complete


@dataclass(frozen=True, slots=True)
class AreaCircle(CircleShare):
    """The circles of one township or village; empty ``code`` for households that lie in none.

    ``too_few`` where figures are withheld because they would be those of single households.
    ``centre_score`` and ``centre_missing`` (villages only) tell of the village's own middle, at
    ``centre_lon`` and ``centre_lat`` (WGS 84), which is nobody's home.
    """

    code: str
    name: str
    level: str
    township: str
    township_name: str
    too_few: bool
    centre_score: float | None
    centre_missing: tuple[str, ...] | None
    centre_lon: float | None
    centre_lat: float | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Support points that do not count, and places in force that no road leads to (by this mode)."""

    expired: int
    not_begun: int
    off_network: int


@dataclass(frozen=True, slots=True)
class CircleReport:
    """The answer. ``worst`` are codes of areas, most persons without a full circle first."""

    about: About
    mode: str
    minutes: float
    by: By
    estimate: bool
    recipe: tuple[Item, ...]
    services: tuple[Service, ...]
    total: CircleShare
    by_area: tuple[AreaCircle, ...]
    worst: tuple[str, ...]
    left_out: LeftOut
    households_off_network: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**self.about.to_dict(), **{name: value for name, value in asdict(self).items() if name != "about"}}
