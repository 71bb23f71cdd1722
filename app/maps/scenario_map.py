"""The map of a what-if: by how many points reach differs in each area, and what the scenario changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import elements, legend, simplify
from app.maps.pieces.area_layers import AreaMark, feature
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import RED, ROAD_COLOUR
from app.maps.view import Caption, View
from app.messages import Words, signed_points
from app.services.scenarios.definition import CloseRoads, Polygon, Position, Scenario
from app.services.scenarios.report import AreaChange, WhatIfReport

POINT_COLOURS = ("#8F3F0A", "#DE9A58", "#F1EFEA", "#7DB7C6", "#155E78")
POINT_LABELS = ("≤ −5", "−5 ~ −1", "±1", "+1 ~ +5", "≥ +5")
"""Five fixed classes, so that two scenarios can be held against each other; both ends are equally dark."""

_ADDED, _MOVED = "#B45309", "#8A4FBF"
_SIGN_SIZE = 20
_UNRANKED = 100
"""Names of areas that differ come first, but none carries a chip: a chip means "worst" elsewhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A station that the scenario changes: what becomes of it, its name, and where it was and will be."""

    fate: str
    name: str
    before: Position | None
    after: Position | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """Points that are being clicked, whether they are to close as an area, and small roads that may be picked."""

    points: tuple[Position, ...] = ()
    area: bool = False
    roads: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=object))


def point_class(points: float | None) -> int | None:
    """Class of a difference in percentage points; ±1 and ±5 themselves count outwards."""
    if points is None:
        return None
    return 0 if points <= -5 else 1 if points <= -1 else 2 if points < 1 else 3 if points < 5 else 4


def draw_scenario(
    ground: Ground,
    townships: WhatIfReport,
    villages: WhatIfReport,
    scenario: Scenario,
    places: Sequence[Place],
    roads: NDArray[Any],
    sketch: Sketch,
    view: View,
    caption: Caption,
    words: Words,
) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    townships, villages
        The same scenario's answers by township and by village.
    places
        Stations that the scenario changes.
    roads
        Pieces of road that it closes.
    sketch
        What is being drawn.
    view
        With a township, its villages carry the colours; ``counted`` are the stations as they are.
    """
    towns = area_marks(townships.by_area, words)
    rows = legend.classes(words("scenario.map_title"), POINT_COLOURS, POINT_LABELS)
    if any(area.withheld for area in townships.by_area):
        rows.append(legend.row('<i class="none"></i>', words("scenario.withheld_sign")))
    rows += ground_legend(ground, view, words)
    rows += _rows(places, roads, sketch, words)
    inner = [area for area in villages.by_area if view.township in (None, area.township)]
    return draw_areas(
        ground,
        title=words("scenario.map_layer"),
        townships=towns,
        villages=area_marks(inner, words),
        view=view,
        caption=caption,
        legend=rows,
        layers=[
            (words("scenario.roads_layer"), [*_pickable(sketch), *_closed(scenario, roads, ground), *_sketch(sketch)]),
            *facility_layers(view, words, themselves=True),
            (words("scenario.stations_layer"), list(_stations(places, words))),
        ],
        words=words,
    )


def area_marks(areas: Iterable[AreaChange], words: Words) -> dict[str, AreaMark]:
    """Areas by class of difference, named first where most persons are newly reached or lost."""
    listed = sorted(areas, key=lambda area: (-_touched(area), area.code))
    marks = {}
    for rank, area in enumerate(listed, start=_UNRANKED):
        points = None if area.difference is None else area.difference.reach_points
        grade = point_class(points)
        marks[area.code] = AreaMark(
            colour=None if grade is None else POINT_COLOURS[grade],
            text="" if points is None else signed_points(points),
            tip=_tip(area, words),
            dark=grade in {0, 4},
            rank=rank if _touched(area) else None,
        )
    return marks


def _touched(area: AreaChange) -> int:
    return sum(tally.persons for tally in (area.newly_reached, area.newly_lost) if tally is not None)


def _tip(area: AreaChange, words: Words) -> str:
    difference = area.difference
    if difference is None or area.after is None:
        return words("scenario.withheld_sign")
    if difference.reach_points is None:
        return ""
    few = words("scenario.few")
    return words(
        "scenario.tip",
        before=words.percent(area.before.reach_rate),
        after=words.percent(area.after.reach_rate),
        points=signed_points(difference.reach_points),
        reached=few if area.newly_reached is None else words.count(area.newly_reached.persons),
        lost=few if area.newly_lost is None else words.count(area.newly_lost.persons),
    )


def _sign(fate: str) -> str:
    """Added: a hollow dashed diamond; moved: the same in violet; closed: a red cross."""
    if fate == "closed":
        cross = "M5 5 19 19M19 5 5 19"
        body = f'<path d="{cross}" stroke="#fff" stroke-width="7"/><path d="{cross}" stroke="{RED}" stroke-width="3.4"/>'
    else:
        colour = _ADDED if fate == "added" else _MOVED
        body = (
            '<path d="M12 2 22 12 12 22 2 12z" fill="#fff" stroke="#fff" stroke-width="5"/>'
            f'<path d="M12 2 22 12 12 22 2 12z" fill="#fff" stroke="{colour}" stroke-width="3" stroke-dasharray="4 2"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIGN_SIZE}" height="{_SIGN_SIZE}" viewBox="0 0 24 24" '
        f'fill="none" aria-hidden="true">{body}</svg>'
    )


_FATE_KEYS = {"added": "scenario.added_sign", "moved": "scenario.moved_sign", "closed": "scenario.closed_sign"}


def _rows(places: Sequence[Place], roads: NDArray[Any], sketch: Sketch, words: Words) -> list[str]:
    fates = {place.fate for place in places}
    rows = [legend.row(_sign(fate), words(key)) for fate, key in _FATE_KEYS.items() if fate in fates]
    if len(roads):
        rows.append(legend.row(f'<i class="road" style="border-color:{RED}"></i>', words("scenario.roads_sign")))
    if len(sketch.roads):
        rows.append(legend.row('<i class="road" style="border-width:1px"></i>', words("scenario.pickable_sign")))
    if sketch.points:
        rows.append(legend.row(f'<i class="road" style="border-color:{_ADDED}"></i>', words("scenario.sketch_sign")))
    return rows


def _stations(places: Sequence[Place], words: Words) -> Iterable[Any]:
    ways = [feature(shapely.LineString([p.before, p.after])) for p in places if p.before and p.after]
    if ways:
        yield elements.shapes(ways, pane="gaps", style={"color": _MOVED, "weight": 2, "dashArray": "5 4"})
    marks = []
    for place in places:
        at = place.after or place.before
        if at is not None:
            tip = f"<b>{escape(place.name)}</b><br>{words(_FATE_KEYS[place.fate])}"
            marks.append({"lat": at[1], "lng": at[0], "html": _sign(place.fate), "size": _SIGN_SIZE, "tip": tip, "z": 3000})
    if marks:
        yield elements.signs(marks)


def _pickable(sketch: Sketch) -> Iterable[Any]:
    if len(sketch.roads):
        style = {"color": ROAD_COLOUR, "weight": 0.8, "opacity": 0.9}
        pixel = simplify.pixel_degrees(shapely.total_bounds(sketch.roads).tolist())
        yield elements.shapes([feature(_joined(sketch.roads, pixel / 4))], pane="roads", style=style)


def _joined(lines: NDArray[Any], tolerance: float) -> BaseGeometry:
    """Lines as one, without what is smaller than ``tolerance`` degrees."""
    small = shapely.simplify(lines, tolerance)
    return shapely.transform(shapely.MultiLineString([*small]), lambda xy: np.round(xy, simplify.DECIMALS))


def _closed(scenario: Scenario, roads: NDArray[Any], ground: Ground) -> Iterable[Any]:
    drawn = [change.shape for change in scenario.changes if isinstance(change, CloseRoads) and change.shape is not None]
    shapes = [
        feature(shapely.Polygon(one.coordinates[0], one.coordinates[1:]) if isinstance(one, Polygon)
                else shapely.LineString(one.coordinates))
        for one in drawn
    ]  # fmt: skip
    if shapes:
        style = {"color": RED, "weight": 1.6, "dashArray": "6 4", "fillColor": RED, "fillOpacity": 0.12}
        yield elements.shapes(shapes, pane="gaps", style=style)
    if len(roads):
        style = {"color": RED, "weight": 1.6, "opacity": 0.85}
        yield elements.shapes([feature(_joined(roads, simplify.pixel_degrees(ground.bounds) / 4))], pane="gaps", style=style)


def _sketch(sketch: Sketch) -> Iterable[Any]:
    if not sketch.points:
        return
    points = [*sketch.points]
    style = {"color": _ADDED, "weight": 2.4, "dashArray": "5 4", "fillColor": _ADDED, "fillOpacity": 0.15, "radius": 4}
    shapes = [feature(shapely.Point(xy)) for xy in points]
    if sketch.area and len(points) > 2:
        shapes.append(feature(shapely.Polygon(points)))
    elif len(points) > 1:
        shapes.append(feature(shapely.LineString(points)))
    yield elements.shapes(shapes, pane="chosen", style=style)
