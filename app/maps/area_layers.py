"""Areas, roads and gaps as pieces of a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from app.maps import elements
from app.maps.ground import Ground
from app.maps.theme import INK, MUTED, PAPER, RED, ROAD_COLOUR, ROAD_WIDTHS, reach_colour
from app.maps.view import View, is_known, unreached_persons
from app.messages import Words
from app.services.coverage import AreaShare, Gap

_GAPS_AT_MOST = 20
"""So many gaps are marked, the largest; a mark for each of hundreds would hide the map."""

_HOVER = {"weight": 3, "color": INK}
_CIRCLE_RADIUS = 7

Feature = dict[str, Any]


def area_layer(
    ground: Ground,
    inner: gpd.GeoDataFrame,
    by_town: Mapping[str, AreaShare],
    by_village: Mapping[str, AreaShare],
    view: View,
    words: Words,
) -> list[Any]:
    """Townships by class of reach, with a township its villages (``inner``) on top, and the region's border."""

    def features(frame: gpd.GeoDataFrame, shares: Mapping[str, AreaShare], kind: str, dimmed: str | None) -> list[Feature]:
        out = []
        for area in frame.itertuples():
            share = shares.get(str(area.Index))
            rate = share.reach_rate if share else None
            style = _style(rate, area.geometry, dimmed=dimmed is not None)
            tip = "" if area.Index == dimmed else _tip(str(area.name), share, words)
            out.append(feature(area.geometry, code=area.Index, kind=kind, style=style, tip=tip))
        return out

    parts = [elements.shapes(
        features(ground.townships, by_town, "township", view.township), pane="areas", hover=_HOVER,
    )]
    if len(inner) and shows_villages(ground, view):
        parts.append(elements.shapes(features(inner, by_village, "village", None), pane="inner", hover=_HOVER))
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
        radius = 2 + 10 * (gap.persons / largest) ** 0.5
        features.append(feature(
            shapely.Point(place["lng"], place["lat"]), code=gap.code, kind="village",
            tip=f"<b>{escape(gap.name)}</b><br>{said}", style={"radius": round(radius, 1)},
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


def _tip(name: str, share: AreaShare | None, words: Words) -> str:
    if share is None or not is_known(share):
        return f"<b>{escape(name)}</b><br>{words('map.no_data')}"
    body = words(
        "map.tip",
        rate=words.percent(share.reach_rate),
        unreached=words.count(unreached_persons(share)),
        persons=words.count(share.persons),
    )
    return f"<b>{escape(name)}</b><br>{body}"


def _style(rate: float | None, shape: BaseGeometry, *, dimmed: bool = False) -> dict[str, Any]:
    colour = reach_colour(rate)
    if shape.geom_type == "Point":
        edge = {"color": INK, "weight": 1, "radius": _CIRCLE_RADIUS}
    else:
        edge = {"color": PAPER if colour and not dimmed else MUTED, "weight": 1.3 if colour and not dimmed else 0.8}
    if colour is None:
        return {**edge, "color": MUTED, "dashArray": "4 3", "fillColor": PAPER, "fillOpacity": 0.9}
    return {**edge, "fillColor": colour, "fillOpacity": 0.18 if dimmed else 0.94}
