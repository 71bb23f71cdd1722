"""Coverage on a map: reach by area, the places most affected, the facilities that count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import folium
import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from app.maps import elements
from app.maps.ground import Ground
from app.maps.legend import facility_label, legend
from app.maps.simplify import DECIMALS
from app.maps.theme import (
    INK,
    MUTED,
    PAPER,
    RED,
    ROAD_COLOUR,
    ROAD_WIDTHS,
    SIGNS,
    WORST_MARKED,
    is_dark,
    reach_colour,
    svg,
)
from app.messages import Words
from app.services.coverage import AreaShare, Gap, Share

_SIGNS_AT_MOST = 120
"""Beyond so many, stations of a level are circles of one layer: a sign each would take seconds."""

_GAPS_AT_MOST = 20
"""So many gaps are marked, the largest; a mark for each of hundreds would hide the map."""

_HOVER = {"weight": 3, "color": INK}
_CIRCLE_RADIUS = 7

Feature = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at: a township or everything, a village picked out, the facilities that count.

    ``counted`` is what :meth:`app.maps.ground.Ground.facilities` gives.
    """

    counted: gpd.GeoDataFrame
    township: str | None = None
    village: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One question's answer by township and by village; empty where there is none."""

    townships: tuple[AreaShare, ...] = ()
    villages: tuple[AreaShare, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What every map says of itself; ``osm`` when it shows OpenStreetMap data, which must be credited."""

    as_of: dt.date | None
    fictional: bool = False
    osm: bool = False


@dataclass(frozen=True)
class Drawn:
    """A base map that stays the same from view to view, and what is drawn on it anew each time."""

    base: folium.Map
    groups: list[folium.FeatureGroup]
    control: folium.LayerControl


def unreached_persons(share: Share) -> int:
    """Persons whose place is known and who are out of reach."""
    return share.persons - share.persons_reached - share.persons_imprecise


def draw_base(ground: Ground, caption: Caption, words: Words) -> folium.Map:
    """The base map: the same bytes for every mode, limit, facility and township."""
    fictional = f'<span class="fictional">{words("app.fictional")}</span>' if caption.fictional else ""
    tag = f'{fictional}<b>{words("app.internal")}</b> {words("map.data", date=words.date(caption.as_of))}'
    furniture = elements.Furniture(
        bounds=ground.bounds,
        tag=tag,
        legend_title=words("map.legend"),
        attribution=words("map.attribution") if caption.osm else "",
    )
    return elements.base_map(ground.bounds, furniture)


def draw(ground: Ground, figures: Figures, view: View, caption: Caption, words: Words) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.ground.make_ground`, of the same store.
    figures
        Without any, areas are drawn as "no data".
    view
        With a township, its villages carry the colours and the rest is dimmed.
    """
    by_town = {share.code: share for share in figures.townships}
    by_village = {
        share.code: share for share in figures.villages if view.township in (None, share.township)
    }
    inner = ground.villages[ground.villages.index.isin(list(by_village))]
    named = [
        (words("map.areas"), _areas(ground, inner, by_town, by_village, view, words)),
        (words("map.roads"), _roads(ground)),
        (words("map.gaps_layer"), _gaps(ground, figures.gaps, view, words)),
        *_facilities(view, words),
        (words("map.names"), _names(ground, inner, by_town, by_village, view, words)),
    ]
    groups = []
    for name, parts in named:
        group = folium.FeatureGroup(name=name)
        for part in parts:
            group.add_child(part)
        groups.append(group)
    last = folium.FeatureGroup(name="view", control=False)
    for part in _chosen(ground, view):
        last.add_child(part)
    last.add_child(elements.Show(
        [name for name, _ in named],
        legend=legend(words, _levels_shown(view),
                      roads=bool(ground.roads), no_data=any(not _known(by_town.get(c)) for c in ground.townships.index)),
        key=view.township,
        focus=ground.focus(view.township) if view.township else None,
    ))
    return Drawn(
        base=draw_base(ground, caption, words),
        groups=[*groups, last],
        control=folium.LayerControl(position="topright", collapsed=True),
    )


def _known(share: AreaShare | None) -> bool:
    return share is not None and share.reach_rate is not None


def _feature(shape: BaseGeometry, **properties: object) -> Feature:
    return {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": properties}


def _tip(name: str, share: AreaShare | None, words: Words) -> str:
    if share is None or not _known(share):
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


def _areas(
    ground: Ground,
    inner: gpd.GeoDataFrame,
    by_town: Mapping[str, AreaShare],
    by_village: Mapping[str, AreaShare],
    view: View,
    words: Words,
) -> list[Any]:
    def features(frame: gpd.GeoDataFrame, shares: Mapping[str, AreaShare], kind: str, dimmed: str | None) -> list[Feature]:
        out = []
        for area in frame.itertuples():
            share = shares.get(str(area.Index))
            rate = share.reach_rate if share else None
            style = _style(rate, area.geometry, dimmed=dimmed is not None)
            tip = "" if area.Index == dimmed else _tip(str(area.name), share, words)
            out.append(_feature(area.geometry, code=area.Index, kind=kind, style=style, tip=tip))
        return out

    parts = [elements.shapes(
        features(ground.townships, by_town, "township", view.township), pane="areas", hover=_HOVER,
    )]
    if len(inner) and _shows_villages(ground, view):
        parts.append(elements.shapes(features(inner, by_village, "village", None), pane="inner", hover=_HOVER))
    if ground.outline is not None:
        line = {"color": INK, "weight": 2, "fill": False}
        parts.append(elements.shapes([_feature(shapely.boundary(ground.outline))], pane="roads", style=line))
    return parts


def _shows_villages(ground: Ground, view: View) -> bool:
    """Villages carry the colours within a township, and where there are no townships."""
    return view.township is not None or ground.townships.empty


def _roads(ground: Ground) -> list[Any]:
    return [
        elements.shapes(
            [_feature(shape)], pane="roads",
            style={"color": ROAD_COLOUR, "weight": ROAD_WIDTHS[name], "opacity": 0.75},
        )
        for name, shape in ground.roads.items()
    ]


def _gaps(ground: Ground, gaps: Sequence[Gap], view: View, words: Words) -> list[Any]:
    largest = max((gap.persons for gap in gaps), default=0)
    marked = [gap for gap in gaps if gap.code in ground.villages.index and view.township in (None, gap.township)]
    features = []
    for gap in marked[:_GAPS_AT_MOST]:
        place = ground.villages.loc[gap.code]
        said = words("map.tip_gap", persons=words.count(gap.persons), households=words.count(gap.households))
        radius = 2 + 10 * (gap.persons / largest) ** 0.5
        features.append(_feature(
            shapely.Point(place["lng"], place["lat"]), code=gap.code, kind="village",
            tip=f"<b>{escape(gap.name)}</b><br>{said}", style={"radius": round(radius, 1)},
        ))
    style = {"color": RED, "weight": 1.4, "fillColor": RED, "fillOpacity": 0.16}
    return [elements.shapes(features, pane="gaps", style=style, hover={"weight": 3})] if features else []


def _levels_shown(view: View) -> list[str]:
    present = set(view.counted["level"])
    return [level for level in SIGNS if level in present]


def _facilities(view: View, words: Words) -> Iterable[tuple[str, list[Any]]]:
    for level in reversed(_levels_shown(view)):
        chosen = view.counted[view.counted["level"] == level]
        sign = SIGNS[level]
        if sign.shape == "circle" or len(chosen) > _SIGNS_AT_MOST:
            features = [
                _feature(shapely.Point(lng, lat), tip=tip, **place) for lng, lat, tip, place in _places(chosen)
            ]
            style = {"radius": sign.size / 2 - 0.4, "color": PAPER, "weight": 0.9, "fillColor": sign.fill,
                     "fillOpacity": 1}
            yield facility_label(level, words), [elements.shapes(features, pane="villages", style=style)]
        else:
            yield facility_label(level, words), [elements.signs([
                {"lat": lat, "lng": lng, "html": svg(sign), "size": sign.size, "tip": tip, "place": place,
                 "z": 1000 if level == "county" else 0}
                for lng, lat, tip, place in _places(chosen)
            ])]


def _places(facilities: gpd.GeoDataFrame) -> Iterator[tuple[float, float, str, dict[str, str]]]:
    """Longitude, latitude, tooltip, and what a click stands for: the township that the facility lies in."""
    at = shapely.get_coordinates(facilities.geometry.array).round(DECIMALS)
    for (lng, lat), name, township in zip(at, facilities["name"], facilities["township"], strict=True):
        place = {"kind": "township", "code": township} if township else {}
        yield float(lng), float(lat), f"<b>{escape(str(name))}</b>", place


def _names(
    ground: Ground,
    inner: gpd.GeoDataFrame,
    by_town: Mapping[str, AreaShare],
    by_village: Mapping[str, AreaShare],
    view: View,
    words: Words,
) -> list[Any]:
    inside = _shows_villages(ground, view)  # where a gap's mark has the middle, the name goes below it
    seats = {} if inside else ground.seats()
    places, shares = (inner, by_village) if inside else (ground.townships, by_town)
    worst = sorted(shares.values(), key=lambda share: (-unreached_persons(share), share.code))
    ranks = {share.code: rank for rank, share in enumerate(worst, start=1) if unreached_persons(share)}
    marks = []
    for place in places.loc[sorted(places.index, key=lambda code: ranks.get(code, len(ranks) + 1))].itertuples():
        share, rank = shares.get(str(place.Index)), ranks.get(str(place.Index), WORST_MARKED + 1)
        point, seat = place.geometry.geom_type == "Point", seats.get(str(place.Index))
        lng, lat = seat or (place.lng, place.lat)
        chip = f"<em>{rank}</em>" if rank <= WORST_MARKED else ""
        figure = f"<span>{words.percent(share.reach_rate)}</span>" if share and _known(share) else ""
        marks.append({
            "lat": round(lat, 5), "lng": round(lng, 5), "drop": 9 if point or seat or inside else -14,
            "dark": share is not None and is_dark(share.reach_rate) and not point,
            "html": f"{chip}{escape(str(place.name))}{figure}",
        })
    return [elements.labels(marks)] if marks else []


def _chosen(ground: Ground, view: View) -> list[Any]:
    """The outline of what is picked out; a point gets a ring."""
    frame, code = (ground.villages, view.village) if view.village else (ground.townships, view.township)
    if code is None or code not in frame.index:
        return []
    shape = frame.geometry[code]
    style = {"color": RED if view.village else INK, "weight": 3.5 if view.village else 2.6, "fill": False}
    if shape.geom_type == "Point":
        style["radius"] = _CIRCLE_RADIUS + 6
    return [elements.shapes([_feature(shape)], pane="chosen", style=style)]
