"""The map of a plan: lettered new sites, where else a station might go, and who is newly reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import geopandas as gpd
import shapely

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import elements, legend
from app.maps.pieces.area_layers import AreaMark, feature
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import INK, PAPER, PLAIN, RED
from app.maps.view import Caption, View
from app.messages import Words, signed_points
from app.services.scenarios.definition import Position
from app.services.siting.report import ChosenSite, SitingReport, TownshipChange

GAIN_COLOURS = ("#DE9A58", "#F1EFEA", "#B9D9E0", "#7DB7C6", "#155E78")
GAIN_LABELS = ("< 0", "0", "0 ~ +1", "+1 ~ +5", "≥ +5")
"""Five fixed classes of percentage points, so that two plans can be held against each other."""

_SITE = "#B45309"
_REACHED = "#155E78"
_SITE_SIZE, _PICKED_SIZE = 28, 34
_LOWEST_CIRCLE, _WIDEST_CIRCLE = 3.0, 11.0
_UNRANKED = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """What is drawn besides a plan: candidates, some of them marked, forbidden areas, and an area being drawn.

    Attributes
    ----------
    candidates
        ``id``, ``name`` and a point each.
    must, banned
        Ids of candidates that every plan opens, and that none may open.
    forbidden
        Polygons.
    picked
        The id of a chosen site or a candidate that is looked at.
    sketch
        Corners clicked so far.
    village_keys
        What the map knows a village by, by its id.
    """

    candidates: gpd.GeoDataFrame
    must: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()
    forbidden: Sequence[shapely.Polygon] = ()
    picked: str | None = None
    sketch: tuple[Position, ...] = ()
    village_keys: Mapping[str, str] = field(default_factory=dict)


def gain_class(points: float | None) -> int | None:
    """Class of a gain in percentage points; +1 and +5 themselves count into the class above."""
    if points is None:
        return None
    return 0 if points < 0 else 1 if points == 0 else 2 if points < 1 else 3 if points < 5 else 4


def draw_siting(
    ground: Ground, report: SitingReport | None, marked: Marked, view: View, caption: Caption, words: Words
) -> Drawn:
    """The map of one plan, or of where one might be made.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    report
        None before the first solve.
    view
        With a township, the map shows it; ``counted`` are the stations as they are.
    """
    towns = _plain(ground) if report is None or not report.chosen else _town_marks(report.townships, words)
    reached = _by_village(report.chosen if report else (), marked.village_keys)
    rows = _legend(report, marked, reached, words)
    inner = ground.villages.index
    return draw_areas(
        ground,
        title=words("siting.map_layer"),
        townships=towns,
        villages={str(code): AreaMark(PLAIN, tip=_reached_tip(reached.get(str(code), []), words)) for code in inner}
        if view.township is None or report is None
        else _inner_marks(ground, view.township, reached, words),
        view=view,
        caption=caption,
        legend=[*rows, *ground_legend(ground, view, words)],
        layers=[
            (words("siting.areas_layer"), list(_areas(marked))),
            (words("siting.reached_layer"), list(_reached(ground, reached, words))),
            *facility_layers(view, words, themselves=True),
            (words("siting.candidates_layer"), list(_candidates(report, marked, words))),
            (words("siting.sites_layer"), list(_sites(report, marked, words))),
        ],
        words=words,
    )


_Reached = dict[str, list[tuple[str, int]]]
"""Letter of a site and persons newly reached, by what the map knows the village by."""


def _by_village(chosen: Sequence[ChosenSite], keys: Mapping[str, str]) -> _Reached:
    found: _Reached = {}
    for site in chosen:
        for village in site.villages:
            if village.persons:
                found.setdefault(keys.get(village.id, village.id), []).append((site.letter, village.persons))
    return found


def _plain(ground: Ground) -> dict[str, AreaMark]:
    return {str(code): AreaMark(PLAIN, tip=" ") for code in ground.townships.index}


def _inner_marks(ground: Ground, township: str, reached: _Reached, words: Words) -> dict[str, AreaMark]:
    """Villages whose middle is in the township, those with newly reached people told."""
    shape = ground.townships.geometry.get(township)
    middle = gpd.GeoSeries(gpd.points_from_xy(ground.villages["lng"], ground.villages["lat"]), ground.villages.index)
    within = middle.within(shape) if shape is not None else middle.notna()
    return {
        str(code): AreaMark(PLAIN, tip=_reached_tip(reached.get(str(code), []), words)) for code in middle.index[within]
    }


def _town_marks(townships: Iterable[TownshipChange], words: Words) -> dict[str, AreaMark]:
    marks = {}
    gained = sorted(townships, key=lambda area: (-_gain(area), area.code))
    for rank, area in enumerate(gained, start=_UNRANKED):
        before, after = area.rates
        points = None if before is None or after is None else (after - before) * 100
        grade = gain_class(points)
        tip = words("siting.withheld") if points is None else words(
            "siting.tip_town", before=words.percent(before), after=words.percent(after), n=words.count(_gain(area))
        )  # fmt: skip
        marks[area.code] = AreaMark(
            colour=None if grade is None else GAIN_COLOURS[grade], text="" if not points else signed_points(points), tip=tip,
            dark=grade == len(GAIN_COLOURS) - 1, rank=rank if points else None,
        )  # fmt: skip
    return marks


def _gain(area: TownshipChange) -> int:
    return (area.persons_after or 0) - (area.persons_before or 0)


def _reached_tip(found: Sequence[tuple[str, int]], words: Words) -> str:
    if not found:
        return " "
    listed = ("、" if words.chinese else ", ").join(f"{letter} {words.count(persons)}" for letter, persons in found)
    return words("siting.tip_village", n=words.count(sum(persons for _, persons in found)), sites=listed)


def _legend(report: SitingReport | None, marked: Marked, reached: _Reached, words: Words) -> list[str]:
    rows = []
    if report is not None and report.chosen:
        rows += legend.classes(words("siting.map_title"), GAIN_COLOURS, GAIN_LABELS)
        if any(area.persons_after is None for area in report.townships):
            rows.append(legend.row('<i class="none"></i>', words("siting.withheld")))
        rows.append(legend.row(_diamond("", 16, picked=False), words("siting.site_sign")))
    if reached:
        rows.append(legend.row(_dot(_REACHED, 13, opacity=0.3), words("siting.reached_sign")))
    if len(marked.candidates):
        rows.append(legend.row(_dot(PAPER, 11, edge=_SITE), words("siting.candidate_sign")))
    if marked.must:
        rows.append(legend.row(_dot(_SITE, 11, edge=INK), words("siting.must_sign")))
    if marked.banned:
        rows.append(legend.row(_dot(PAPER, 11, edge=RED, dashed=True), words("siting.banned_sign")))
    if marked.forbidden or marked.sketch:
        rows.append(legend.row(f'<i class="road" style="border-color:{RED};border-top-style:dashed"></i>', words("siting.area_sign")))
    return rows


def _dot(fill: str, size: int, *, edge: str | None = None, opacity: float = 1.0, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true">'
        f'<circle cx="12" cy="12" r="9" fill="{fill}" fill-opacity="{opacity}" stroke="{edge or fill}" stroke-width="3.4"{dash}/></svg>'
    )


def _diamond(letter: str, size: int, *, picked: bool) -> str:
    """A dashed hollow diamond with the site's letter; a full one where it is picked."""
    edge, paper, dash = ("#fff", _SITE, "") if picked else (_SITE, "#fff", ' stroke-dasharray="4 2"')
    text = (
        f'<text x="12" y="15.6" text-anchor="middle" font-size="{10 if len(letter) < 2 else 8}" font-weight="700" '
        f'font-family="sans-serif" fill="{"#fff" if picked else INK}">{escape(letter)}</text>'
        if letter else ""
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" aria-hidden="true">'
        '<path d="M12 1 23 12 12 23 1 12z" fill="#fff" stroke="#fff" stroke-width="2.5"/>'
        f'<path d="M12 1.5 22.5 12 12 22.5 1.5 12z" fill="{paper}" stroke="{edge}" stroke-width="2"{dash}/>{text}</svg>'
    )


def _reached(ground: Ground, reached: _Reached, words: Words) -> Iterable[Any]:
    """A circle for each village with newly reached people, its size by how many they are."""
    most = max((sum(persons for _, persons in found) for found in reached.values()), default=0)
    features = []
    for code, found in reached.items():
        if code not in ground.villages.index:
            continue
        place, persons = ground.villages.loc[code], sum(persons for _, persons in found)
        radius = _LOWEST_CIRCLE + (_WIDEST_CIRCLE - _LOWEST_CIRCLE) * (persons / most) ** 0.5
        features.append(feature(
            shapely.Point(place["lng"], place["lat"]), style={"radius": round(radius, 1)},
            tip=f"<b>{escape(str(place['name']))}</b><br>{_reached_tip(found, words)}",
        ))  # fmt: skip
    if features:
        style = {"color": _REACHED, "weight": 1.4, "fillColor": _REACHED, "fillOpacity": 0.3}
        yield elements.shapes(features, pane="gaps", style=style)


def _candidates(report: SitingReport | None, marked: Marked, words: Words) -> Iterable[Any]:
    """Small dots in one layer; those of the plan have their letters."""
    plan = {site.id for site in report.chosen} if report else set()
    frame, features = marked.candidates, []
    at = shapely.get_coordinates(frame.geometry.array).round(6)
    for (lng, lat), key, name in zip(at, frame["id"], frame["name"], strict=True):
        if key in plan:
            continue
        said, style = "siting.candidate_sign", {}
        if key in marked.banned:
            said, style = "siting.banned_sign", {"color": RED, "dashArray": "2 2", "radius": 4.5}
        elif key in marked.must:
            said, style = "siting.must_sign", {"color": INK, "fillColor": _SITE, "radius": 5.5}
        if key == marked.picked:
            style = {**style, "radius": 7.5, "weight": 3}
        tip = f"<b>{escape(str(name))}</b><br>{words(said)}"
        features.append(feature(shapely.Point(lng, lat), code=str(key), kind="candidate", tip=tip, style=style))
    if features:
        style = {"color": _SITE, "weight": 1.2, "fillColor": PAPER, "fillOpacity": 1, "radius": 3.2}
        yield elements.shapes(features, pane="villages", style=style, hover={"weight": 3})


def _sites(report: SitingReport | None, marked: Marked, words: Words) -> Iterable[Any]:
    marks = []
    for site in report.chosen if report else ():
        picked = site.id == marked.picked
        size = _PICKED_SIZE if picked else _SITE_SIZE
        newly = site.newly.persons
        told = words("siting.tip_few") if newly is None else words("siting.tip_site", n=words.count(newly))
        tip = f"<b>{site.letter} {escape(site.name)}</b><br>{told}"
        marks.append({
            "lat": site.lat, "lng": site.lon, "html": _diamond(site.letter, size, picked=picked), "size": size, "tip": tip,
            "place": {"kind": "site", "code": site.id}, "z": 4000 if picked else 3000, "drag": True,
        })  # fmt: skip
    if marks:
        yield elements.signs(marks, pane="letters")


def _areas(marked: Marked) -> Iterable[Any]:
    if marked.forbidden:
        style = {"color": RED, "weight": 1.6, "dashArray": "6 4", "fillColor": RED, "fillOpacity": 0.1}
        yield elements.shapes([feature(area) for area in marked.forbidden], pane="gaps", style=style)
    if marked.sketch:
        style = {"color": RED, "weight": 2.4, "dashArray": "5 4", "fillColor": RED, "fillOpacity": 0.15, "radius": 4}
        shapes = [feature(shapely.Point(xy)) for xy in marked.sketch]
        if len(marked.sketch) > 1:
            line = shapely.Polygon(marked.sketch) if len(marked.sketch) > 2 else shapely.LineString(marked.sketch)
            shapes.append(feature(line))
        yield elements.shapes(shapes, pane="chosen", style=style)
