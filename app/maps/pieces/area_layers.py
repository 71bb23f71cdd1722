"""Areas, roads and gaps as pieces of a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from app.maps.pieces import elements
from app.maps.pieces.ground import Ground
from app.maps.pieces.theme import INK, MUTED, PAPER, RED, ROAD_COLOUR, ROAD_WIDTHS
from app.maps.view import View
from app.messages import Words
from app.services.coverage.service import Gap

_GAPS_AT_MOST = 20
"""So many gaps are marked, the largest; a mark for each of hundreds would hide the map."""

_HOVER = {"weight": 3, "color": INK}
_CIRCLE_RADIUS = 7

Feature = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AreaMark:
    """How one area is drawn.

    Attributes
    ----------
    colour
        Fill; None where there is nothing to show.
    text
        The figure below the area's name.
    tip
        What hovering tells below the name, HTML; empty: "no data".
    dark
        White letters instead of ink on this fill.
    rank
        Places with a low rank are named first; those up to ``WORST_MARKED`` carry it in a chip.
    """

    colour: str | None
    text: str = ""
    tip: str = ""
    dark: bool = False
    rank: int | None = None


Marks = Mapping[str, AreaMark]
"""By code of the area."""


def area_layer(
    ground: Ground, inner: gpd.GeoDataFrame, townships: Marks, villages: Marks, view: View, words: Words
) -> list[Any]:
    """Townships by colour, with a township its villages (``inner``) on top, and the region's border."""

    def features(frame: gpd.GeoDataFrame, marks: Marks, kind: str, dimmed: str | None) -> list[Feature]:
        out = []
        for area in frame.itertuples():
            mark = marks.get(str(area.Index), AreaMark(None))
            style = _style(mark.colour, area.geometry, dimmed=dimmed is not None)
            said = f"<b>{escape(str(area.name))}</b><br>{mark.tip or words('map.no_data')}"
            tip = "" if area.Index == dimmed else said
            out.append(feature(area.geometry, code=area.Index, kind=kind, style=style, tip=tip))
        return out

    parts = [elements.shapes(
        features(ground.townships, townships, "township", view.township), pane="areas", hover=_HOVER,
    )]
    if len(inner) and shows_villages(ground, view):
        parts.append(elements.shapes(features(inner, villages, "village", None), pane="inner", hover=_HOVER))
    if ground.outline is not None:
        line = {"color": INK, "weight": 2, "fill": False}
        parts.append(elements.shapes([feature(shapely.boundary(ground.outline))], pane="roads", style=line))
    return parts


def shows_villages(ground: Ground, view: View) -> bool:
    """Villages carry the colours within a township, and where there are no townships."""
    return view.township is not None or ground.townships.empty


def road_layer(ground: Ground) -> list[Any]:
    """The main roads, a line for each class."""
    return [
        elements.shapes(
            [feature(shape)], pane="roads",
            style={"color": ROAD_COLOUR, "weight": ROAD_WIDTHS[name], "opacity": 0.75},
        )
        for name, shape in ground.roads.items()
    ]


def gap_layer(ground: Ground, gaps: Sequence[Gap], view: View, words: Words) -> list[Any]:
    """A circle for each of the largest gaps, its size by the persons out of reach."""
    largest = max((gap.persons for gap in gaps), default=0)
    marked = [gap for gap in gaps if gap.code in ground.villages.index and view.township in (None, gap.township)]
    features = []
    for gap in marked[:_GAPS_AT_MOST]:
        place = ground.villages.loc[gap.code]
        said = words("map.tip_gap", persons=words.count(gap.persons), households=words.count(gap.households))
        why = f'<div class="rt-why">{escape(words.pick(gap.why.text))}</div>' if gap.why else ""
        radius = 2 + 10 * (gap.persons / largest) ** 0.5
        features.append(feature(
            shapely.Point(place["lng"], place["lat"]), code=gap.code, kind="village",
            tip=f"<b>{escape(gap.name)}</b><br>{said}{why}", style={"radius": round(radius, 1)},
        ))
    style = {"color": RED, "weight": 1.4, "fillColor": RED, "fillOpacity": 0.16}
    return [elements.shapes(features, pane="gaps", style=style, hover={"weight": 3})] if features else []


def chosen_outline(ground: Ground, view: View) -> list[Any]:
    """The outline of what is picked out; a point gets a ring."""
    frame, code = (ground.villages, view.village) if view.village else (ground.townships, view.township)
    if code is None or code not in frame.index:
        return []
    shape = frame.geometry[code]
    style = {"color": RED if view.village else INK, "weight": 3.5 if view.village else 2.6, "fill": False}
    if shape.geom_type == "Point":
        style["radius"] = _CIRCLE_RADIUS + 6
    return [elements.shapes([feature(shape)], pane="chosen", style=style)]


def feature(shape: BaseGeometry, **properties: object) -> Feature:
    """The shape as a GeoJSON feature."""
    return {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": properties}


def _style(colour: str | None, shape: BaseGeometry, *, dimmed: bool = False) -> dict[str, Any]:
    if shape.geom_type == "Point":
        edge = {"color": INK, "weight": 1, "radius": _CIRCLE_RADIUS}
    else:
        edge = {"color": PAPER if colour and not dimmed else MUTED, "weight": 1.3 if colour and not dimmed else 0.8}
    if colour is None:
        return {**edge, "color": MUTED, "dashArray": "4 3", "fillColor": PAPER, "fillOpacity": 0.9}
    return {**edge, "fillColor": colour, "fillOpacity": 0.18 if dimmed else 0.94}
