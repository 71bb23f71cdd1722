"""What the question for a point is answered with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About
from app.services.circles.report import Item


@dataclass(frozen=True, slots=True)
class Place:
    """A station or support point, and how far it is.

    ``group`` is the kind of service that it is listed under: a station, its business, or its kind.
    ``state`` is ``in_force``, ``expired`` or ``not_begun``.
    """

    id: str
    name: str
    layer: str
    group: str
    level: str | None
    kind: str | None
    business: str | None
    offer: str | None
    agreement_to: str | None
    state: str
    minutes: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Near:
    """One kind of service, or one item of the recipe: how many within the limit, and the nearest however far."""

    code: str
    zh: str
    en: str
    places: int
    nearest: Place | None


@dataclass(frozen=True, slots=True)
class Around:
    """The answer.

    Attributes
    ----------
    on_network
        False for a point too far from any road: then there are no times, and no score.
    road_m
        Metres to the nearest road of the mode; None where there are no roads, or none in this region.
    places
        What counts and is within the limit, nearest first.
    lapsed
        What is within the limit and does not count: agreements that have ended or not begun.
    items, services
        Items of the recipe, and kinds of service, with the nearest of each.
    missing
        Codes of the items without any place within the limit.
    """

    about: About
    mode: str
    minutes: float
    estimate: bool
    lon: float
    lat: float
    on_network: bool
    road_m: float | None
    score: float | None
    complete: bool | None
    recipe: tuple[Item, ...]
    places: tuple[Place, ...]
    lapsed: tuple[Place, ...]
    items: tuple[Near, ...]
    services: tuple[Near, ...]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**self.about.to_dict(), **{name: value for name, value in asdict(self).items() if name != "about"}}
