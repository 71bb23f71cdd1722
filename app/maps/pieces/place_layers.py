"""Facilities and names as pieces of a map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from app.maps.pieces import elements, legend
from app.maps.pieces.area_layers import AreaMark, Marks, feature, shows_villages
from app.maps.pieces.ground import Ground
from app.maps.pieces.simplify import DECIMALS
from app.maps.pieces.theme import PAPER, SIGNS, WORST_MARKED, svg
from app.maps.view import View
from app.messages import Words

_SIGNS_AT_MOST = 120
"""Beyond so many, stations of a level are circles of one layer: a sign each would take seconds."""


def levels_shown(view: View) -> list[str]:
    """Levels of the facilities that count, the highest first."""
    present = set(view.counted["level"])
    return [level for level in SIGNS if level in present]


def ground_legend(ground: Ground, view: View, words: Words) -> list[str]:
    """The legend's last rows on every map: the main roads, and the sign of each level of facility."""
    return [*([legend.roads(words)] if ground.roads else []), *legend.places(levels_shown(view), words)]


def facility_layers(view: View, words: Words, *, themselves: bool = False) -> Iterable[tuple[str, list[Any]]]:
    """Name and pieces of one layer for each level, the highest last and so on top.

    A click on a facility stands for the township that it lies in, or for the facility with ``themselves``.
    """
    for level in reversed(levels_shown(view)):
        chosen = view.counted[view.counted["level"] == level]
        sign = SIGNS[level]
        if sign.shape == "circle" or len(chosen) > _SIGNS_AT_MOST:
            features = [
                feature(shapely.Point(lng, lat), tip=tip, **place) for lng, lat, tip, place in _places(chosen, themselves)
            ]
            style = {"radius": sign.size / 2 - 0.4, "color": PAPER, "weight": 0.9, "fillColor": sign.fill,
                     "fillOpacity": 1}
            yield legend.facility_label(level, words), [elements.shapes(features, pane="villages", style=style)]
        else:
            yield legend.facility_label(level, words), [elements.signs([
                {"lat": lat, "lng": lng, "html": svg(sign), "size": sign.size, "tip": tip, "place": place,
                 "z": 1000 if level == "county" else 0}
                for lng, lat, tip, place in _places(chosen, themselves)
            ])]


def _places(
    facilities: gpd.GeoDataFrame, themselves: bool
) -> Iterator[tuple[float, float, str, dict[str, str]]]:
    """Longitude, latitude, tooltip, and what a click stands for."""
    at = shapely.get_coordinates(facilities.geometry.array).round(DECIMALS)
    columns = (facilities.index, facilities["name"], facilities["township"])
    for (lng, lat), own, name, township in zip(at, *columns, strict=True):
        place = {"kind": "township", "code": township} if township else {}
        if themselves:
            place = {"kind": "facility", "code": str(own)}
        yield float(lng), float(lat), f"<b>{escape(str(name))}</b>", place


def _inside(
    seat: tuple[float, float] | None, area: BaseGeometry, ground: Ground
) -> tuple[float, float] | None:
    """The seat, if a name below it would lie in its own area: on a neighbour's colour it would tell a falsehood."""
    if seat is None:
        return None
    west, south, east, north = ground.bounds
    unit = max(east - west, north - south) / 100  # a name is about nine of these wide and five high
    name = shapely.box(seat[0] - 4.5 * unit, seat[1] - 6 * unit, seat[0] + 4.5 * unit, seat[1] - unit)
    return seat if shapely.intersection(name, area).area > 0.6 * name.area else None


def name_layer(ground: Ground, inner: gpd.GeoDataFrame, townships: Marks, villages: Marks, view: View) -> list[Any]:
    """Name and figure of every area; the places with the lowest ranks carry a chip and come first."""
    inside = shows_villages(ground, view)  # where a gap's mark has the middle, the name goes below it
    seats = {} if inside else ground.seats()
    places, marks = (inner, villages) if inside else (ground.townships, townships)
    ranks = {code: mark.rank for code, mark in marks.items() if mark.rank is not None}
    labels = []
    for place in places.loc[sorted(places.index, key=lambda code: ranks.get(code, len(places) + 1))].itertuples():
        mark = marks.get(str(place.Index), AreaMark(None))
        point = place.geometry.geom_type == "Point"
        seat = _inside(seats.get(str(place.Index)), place.geometry, ground)
        lng, lat = seat or (place.lng, place.lat)
        chip = f"<em>{mark.rank}</em>" if mark.rank is not None and mark.rank <= WORST_MARKED else ""
        figure = f"<span>{escape(mark.text)}</span>" if mark.text else ""
        labels.append({
            "lat": round(lat, 5),
            "lng": round(lng, 5),
            "other": f"{place.lat:.5f},{place.lng:.5f}" if seat else "",
            "drop": 9 if point or seat or inside else -14,
            "dark": mark.dark and not point,
            "html": f"{chip}{escape(str(place.name))}{figure}",
        })
    return [elements.labels(labels)] if labels else []
