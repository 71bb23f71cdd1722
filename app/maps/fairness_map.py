"""Fairness on a map: how long the worst tenth of every township's persons are on the way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import legend
from app.maps.pieces.area_layers import AreaMark
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import REACH_COLOURS
from app.maps.view import Caption, View
from app.messages import NONE, Words
from app.services.fairness.report import TownshipSpread

WORST_BREAKS = (15.0, 30.0, 45.0, 60.0)
"""Minutes: once to four times the usual circle. Fixed, so that two maps can be compared."""

WORST_LABELS = (">60", "45–60", "30–45", "15–30", "≤15")
"""As everywhere, the worst is the palest."""


def draw_fairness(
    ground: Ground, townships: Iterable[TownshipSpread], view: View, caption: Caption, words: Words
) -> Drawn:
    """The map of one answer; a bound counts into the better class."""
    return draw_areas(
        ground,
        title=words("fair.worst_tenth"),
        townships=_marks(townships, words),
        villages={},
        view=view,
        caption=caption,
        legend=[
            *legend.classes(words("fair.map"), REACH_COLOURS, WORST_LABELS),
            legend.no_data(words),
            *ground_legend(ground, view, words),
        ],
        layers=list(facility_layers(view, words)),
        words=words,
    )


def _marks(townships: Iterable[TownshipSpread], words: Words) -> dict[str, AreaMark]:
    told = [(area.worst_tenth_minutes, area) for area in townships if area.worst_tenth_minutes is not None]
    told.sort(key=lambda pair: (-pair[0], pair[1].code))
    marks = {}
    for rank, (minutes, area) in enumerate(told, start=1):
        grade = len(WORST_BREAKS) - bisect_left(WORST_BREAKS, minutes)
        tip = words(
            "fair.tip",
            worst=f"{minutes:.1f}",
            mean=NONE if area.minutes_mean is None else f"{area.minutes_mean:.1f}",
            rate=words.percent(area.rate),
            gini=NONE if area.gini is None else f"{area.gini:.2f}",
        )
        marks[area.code] = AreaMark(
            colour=REACH_COLOURS[grade], text=f"{minutes:.0f}", tip=tip, dark=grade >= 3, rank=rank
        )
    return marks
