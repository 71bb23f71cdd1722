"""Circles on a map: scores by area, the stations, and the circle of one point."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import shapely

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import elements, legend
from app.maps.pieces.area_layers import AreaMark, feature
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import PAPER, REACH_COLOURS, SIGNS, SUPPORT, Sign, svg
from app.maps.view import Caption, View
from app.messages import Words
from app.services.circles.around_report import Around, Place
from app.services.circles.report import AreaCircle, CircleReport
from layers.schema import Label

SCORE_BREAKS = (0.2, 0.4, 0.6, 0.8)
SCORE_LABELS = ("<20%", "20–40%", "40–60%", "60–80%", "≥80%")
"""Five fixed classes of the mean score, a bound counting into the class above it."""

HERE = Sign("spark", "#B45309", 28)
_PLACE = SIGNS[SUPPORT]


@dataclass(frozen=True, slots=True)
class Here:
    """A point that was chosen, and what is around it."""

    lon: float
    lat: float
    name: str
    around: Around


def draw_circles(
    ground: Ground,
    townships: CircleReport,
    villages: CircleReport,
    view: View,
    caption: Caption,
    here: Here | None,
    words: Words,
) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    view
        With a township, its villages carry the colours and the rest is dimmed.
    here
        A point whose circle is drawn as well.
    """
    towns = area_marks(townships.by_area, townships, words)
    rows = legend.classes(words("circle.map_title"), REACH_COLOURS, SCORE_LABELS)
    if any(towns.get(code, AreaMark(None)).colour is None for code in ground.townships.index):
        rows.append(legend.no_data(words))
    rows += ground_legend(ground, view, words)
    layers = list(facility_layers(view, words, themselves=True))
    if here is not None:
        layers.append((words("circle.here_layer"), list(_circle_of(here))))
        rows.append(legend.row(svg(HERE, 15), words("circle.here_sign")))
        rows.append(legend.row(svg(_PLACE, 11), words("circle.place_sign")))
    inner = [area for area in villages.by_area if view.township in (None, area.township)]
    return draw_areas(
        ground,
        title=words("circle.map_layer"),
        townships=towns,
        villages=area_marks(inner, villages, words),
        view=view,
        caption=caption,
        legend=rows,
        layers=layers,
        words=words,
    )


def area_marks(areas: Iterable[AreaCircle], report: CircleReport, words: Words) -> dict[str, AreaMark]:
    """Areas by class of score, those with most persons without a full circle ranked first."""
    worst = sorted(areas, key=lambda area: (-(area.persons_incomplete or 0), area.code))
    return {
        area.code: AreaMark(
            colour=score_colour(area.score),
            text="" if area.score is None else words.percent(area.score),
            tip=_tip(area, report, words),
            dark=(score_class(area.score) or 0) >= 3,
            rank=rank if area.persons_incomplete else None,
        )
        for rank, area in enumerate(worst, start=1)
    }


def score_class(score: float | None) -> int | None:
    """Class of a mean score (0 to 1), None where there is none."""
    return None if score is None else bisect_right(SCORE_BREAKS, score)


def score_colour(score: float | None) -> str | None:
    """Fill of a mean score, None where there is nothing to show."""
    found = score_class(score)
    return None if found is None else REACH_COLOURS[found]


def most_missing(area: CircleReport | AreaCircle, report: CircleReport, words: Words) -> tuple[str, float | None]:
    """Name of the item that most lack, and how many; the first of those that as many lack."""
    missing = area.total.missing if isinstance(area, CircleReport) else area.missing
    names = {item.code: words.pick(Label(item.zh, item.en)) for item in report.recipe}
    code = max(missing, key=lambda code: missing[code] or 0.0)
    return names[code], missing[code]


def _tip(area: AreaCircle, report: CircleReport, words: Words) -> str:
    if area.too_few:
        return words("circle.tip_few")
    if area.score is None:
        return ""
    item, rate = most_missing(area, report, words)
    return words(
        "circle.tip",
        score=words.percent(area.score),
        incomplete=words.count(area.persons_incomplete),
        persons=words.count(area.persons),
        item=escape(item),
        rate=words.percent(rate),
    )


def _circle_of(here: Here) -> Iterator[Any]:
    style = {"radius": 5, "color": PAPER, "weight": 1, "fillColor": _PLACE.fill, "fillOpacity": 1}
    yield elements.shapes([feature(shapely.Point(p.lon, p.lat), tip=_place_tip(p)) for p in here.around.places],
                          pane="villages", style=style)
    mark = {"lat": here.lat, "lng": here.lon, "html": svg(HERE), "size": HERE.size, "tip": escape(here.name), "z": 2000}
    yield elements.signs([mark])


def _place_tip(place: Place) -> str:
    return f"<b>{escape(place.name)}</b><br>{place.minutes:.1f}′"
