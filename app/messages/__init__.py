"""Every word that pages, maps and the API show, Chinese first; and how numbers are written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from app.messages import (
    access,
    circles,
    claims,
    coverage,
    data,
    frame,
    gaps,
    isochrones,
    maps,
    points,
    scenarios,
    sides,
    siting,
    units,
)
from layers.schema import Label, Vocabulary

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

NONE = "—"
"""Stands where there is no number."""

_NO_POINTS = 1e-9
"""Percentage points below which two rates differ by their last bits only."""

MODE = Vocabulary("mode", {
    "walk": Label("步行", "Walk"),
    "elder_walk": Label("老人步行", "Elder walk"),
    "ebike": Label("电动车", "E-bike"),
    "drive": Label("驾车", "Drive"),
})

LEVEL_SHORT = Vocabulary("level_short", {
    "county": Label("县中心", "County centre"),
    "township": Label("乡镇站", "Township station"),
    "village": Label("村站", "Village station"),
})

MESSAGES: dict[str, Label] = {
    key: label
    for family in (frame, coverage, gaps, isochrones, points, sides, maps, access, circles, siting, scenarios, data, claims, units)
    for key, label in family.MESSAGES.items()
}
"""Every family of keys has a module of its own."""


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language."""

    language: Language = "zh"

    def __call__(self, key: str, **values: object) -> str:
        """The message ``key`` with ``values`` filled in.

        Raises
        ------
        KeyError
            For a key that is not in the catalogue.
        """
        return MESSAGES[key][0 if self.chinese else 1].format(**values)

    @property
    def chinese(self) -> bool:
        """True for Chinese."""
        return self.language == "zh"

    def pick(self, label: Label) -> str:
        """The label in this language; the other one where this is empty."""
        zh, en = label
        return (zh or en) if self.chinese else (en or zh)

    def percent(self, rate: float | None) -> str:
        """A share of 0 to 1 as percent with one decimal; 100 and 0 only when they are exact."""
        return NONE if rate is None else f"{percent_value(rate):.1f}%"

    def span(self, low: float | None, high: float | None) -> str:
        """Two shares as "from–to%"."""
        return f"{self.percent(low).removesuffix('%')}–{self.percent(high)}"

    @staticmethod
    def count(number: float | None) -> str:
        """A whole number with thousands separated."""
        return NONE if number is None else f"{number:,.0f}"

    @staticmethod
    def minutes(number: float) -> str:
        """Minutes without needless decimals."""
        return f"{number:g}"

    @staticmethod
    def date(day: dt.date | None) -> str:
        """Year, month, day."""
        return NONE if day is None else day.isoformat()


def signed_points(points: float | None) -> str:
    """A difference in percentage points with its sign and a true minus; nothing where there is none.

    One decimal, two where one would say 0.0 or hardly more; 0.0 only where nothing differs.
    """
    if points is None:
        return NONE
    size = abs(points)
    if size < _NO_POINTS:
        return "0.0"
    shown = f"{size:.1f}" if size >= 0.1 else f"{max(size, 0.01):.2f}"
    return f"{'+' if points > 0 else '−'}{shown}"


def signed_count(number: int) -> str:
    """A difference in whole numbers with its sign and a true minus."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):,}"


def percent_value(rate: float) -> float:
    """A share of 0 to 1 in percent with one decimal; 100 and 0 only when they are exact."""
    shown = round(rate * 100, 1)
    if shown >= 100 > rate * 100:
        return 99.9
    return 0.1 if shown <= 0 < rate else shown
