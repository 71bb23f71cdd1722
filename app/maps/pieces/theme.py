"""The map's visual language: classes of reach, signs of stations, widths of roads."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

INK = "#1E2A2E"
MUTED = "#56646A"
PAPER = "#FFFFFF"
RED = "#A61B1B"
PLAIN = "#E3E8E6"
"""Of areas that only lie under something."""

REACH_BREAKS = (0.6, 0.7, 0.8, 0.9)
REACH_COLOURS = ("#FBF4D9", "#B4D59E", "#62AB96", "#2B7383", "#173F66")
REACH_LABELS = ("<60%", "60–70%", "70–80%", "80–90%", "≥90%")
"""Five fixed classes, so that two maps can be held against each other; lightness 96 to 26."""

MINUTE_BREAKS = (5, 10, 15, 30)
MINUTE_COLOURS = ("#173F66", "#2B7383", "#62AB96", "#DE9412", "#A61B1B")
MINUTE_LABELS = ("≤5", "5–10", "10–15", "15–30", ">30")
"""Five fixed classes of minutes to the nearest facility, a bound counting into the class below it: the limit is
reached. From the usual quarter of an hour on the colours are warm."""

LOAD_BREAKS = (50, 100, 200, 300)
LOAD_COLOURS = ("#FBF4D9", "#F3D98B", "#DE9412", "#B4400F", "#7F1D1D")
LOAD_LABELS = ("<50", "50–99", "100–199", "200–299", "≥300")
"""Five fixed classes of persons served; from 300 on a village station is to be a model one."""

LOW_REACH = 0.7
"""Below this a township is counted as low on the page."""

WORST_MARKED = 5
"""So many of the worst places carry a rank chip: they are the palest, and must not be overlooked."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How a kind of point is drawn: a shape of :func:`svg`, its fill and its size in pixels."""

    shape: str
    fill: str
    size: int


SUPPORT = "support"
"""Stands where a station has its level, for a support point that is counted instead."""

SIGNS = {
    "county": Sign("star", "#9B1C1C", 26),
    "township": Sign("square", "#1D4E89", 14),
    "village": Sign("circle", "#4A5459", 7),
    SUPPORT: Sign("circle", "#8A4FBF", 8),
}
"""By level, the highest first; the last drawn lies on top."""

ROAD_WIDTHS = {"motorway": 2.2, "trunk": 2.0, "arterial": 1.4, "county": 1.4, "township": 0.8}
ROAD_COLOUR = "#8B8478"

_SHAPES = {
    "spark": '<path d="M12 .5 14.8 9.2 23.5 12 14.8 14.8 12 23.5 9.2 14.8 .5 12 9.2 9.2z"/>',
    "square": '<rect x="3" y="3" width="18" height="18" rx="2"/>',
    "circle": '<circle cx="12" cy="12" r="9.5"/>',
    "star": '<path d="M12 1.5 14.6 8.4 22 8.7 16.2 13.4 18.2 20.5 12 16.4 5.8 20.5 7.8 13.4 2 8.7 9.4 8.4z"/>',
}


def reach_class(rate: float | None) -> int | None:
    """Class of a reach rate (0 to 1), a bound counting into the class above it; None: no data."""
    return None if rate is None else bisect_right(REACH_BREAKS, rate)


def reach_colour(rate: float | None) -> str | None:
    """Fill of a reach rate, None where there is nothing to show."""
    cls = reach_class(rate)
    return None if cls is None else REACH_COLOURS[cls]


def is_dark(rate: float | None) -> bool:
    """True where ink on the fill would not be read and white is."""
    return (reach_class(rate) or 0) >= 3


def svg(sign: Sign, size: int | None = None) -> str:
    """The sign as inline SVG with its white halo."""
    side = size or max(sign.size, 10)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 24 24" aria-hidden="true">'
        f'<g fill="{sign.fill}" stroke="#fff" stroke-width="1.6" stroke-linejoin="round" paint-order="stroke">'
        f"{_SHAPES[sign.shape]}</g></svg>"
    )
