"""Access with supply on a map: staff for each thousand persons, by area."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import legend
from app.maps.pieces.area_layers import AreaMark
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import REACH_COLOURS
from app.maps.view import Caption, View
from app.messages import Words
from app.services.access.report import AccessReport, AreaAccess

ACCESS_BREAKS = (0.5, 0.75, 1.25, 1.5)
"""Of the spatial access ratio: an area's access over the mean of all persons (Wan et al. 2012, Annals of GIS 18).

Access itself means little across modes and decays; against its own mean it can be compared.
"""

ACCESS_LABELS = ("<0.5", "0.5–0.75", "0.75–1.25", "1.25–1.5", "≥1.5")


def draw_access(
    ground: Ground,
    townships: AccessReport,
    villages: AccessReport,
    view: View,
    caption: Caption,
    words: Words,
) -> Drawn:
    """The map of one answer, areas by class of their ratio to the mean; a bound counts into the class above it."""
    mean = townships.total.access_per_1000 or 0.0
    inner = (area for area in villages.by_area if view.township in (None, area.township))
    return draw_areas(
        ground,
        title=words("access.per_1000"),
        townships=_marks(townships.by_area, mean, words),
        villages=_marks(inner, mean, words),
        view=view,
        caption=caption,
        legend=[
            *legend.classes(words("access.map"), REACH_COLOURS, ACCESS_LABELS),
            legend.no_data(words),
            *ground_legend(ground, view, words),
        ],
        layers=list(facility_layers(view, words)),
        words=words,
    )


def _marks(areas: Iterable[AreaAccess], mean: float, words: Words) -> dict[str, AreaMark]:
    """Areas by class, those with the least staff ranked first."""
    told = [(area.access_per_1000, area) for area in areas if area.access_per_1000 is not None]
    told.sort(key=lambda pair: (pair[0], pair[1].code))
    marks = {}
    for rank, (rate, area) in enumerate(told, start=1):
        grade = bisect_right(ACCESS_BREAKS, rate / mean if mean else 0.0)
        tip = words(
            "access.tip", rate=f"{rate:.1f}", without=words.count(area.persons_without), persons=words.count(area.persons)
        )
        marks[area.code] = AreaMark(
            colour=REACH_COLOURS[grade], text=f"{rate:.1f}", tip=tip, dark=grade >= 3, rank=rank
        )
    return marks
