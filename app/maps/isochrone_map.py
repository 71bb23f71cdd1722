"""Isochrones on a map: what lies within each limit, the nearest darkest."""

from __future__ import annotations

from html import escape
from typing import Any

import geopandas as gpd
import shapely

from app.maps.area_map import Drawn, draw_areas
from app.maps.coverage_map import plain_marks
from app.maps.pieces import elements, legend, simplify
from app.maps.pieces.area_layers import feature
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import REACH_COLOURS, RED
from app.maps.view import Caption, Figures, View
from app.messages import Words
from app.services.isochrones.question import MERGED
from app.services.isochrones.report import DRAWN, IsochroneReport, Ring

_OPACITY = 0.85


def ring_colours(n: int) -> list[str]:
    """Colours of ``n`` limits, the shortest first and darkest."""
    shades = REACH_COLOURS[:0:-1]  # the palest would be lost on the ground
    return [shades[round(k * (len(shades) - 1) / max(n - 1, 1))] for k in range(n)]


def draw(
    ground: Ground, figures: Figures, view: View, caption: Caption, report: IsochroneReport | None, words: Words
) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    figures
        What hovering over an area tells.
    view
        With a township, the map shows it.
    report
        Nested rings of one origin, or merged; None where nothing has been asked yet.
    """
    rings = sorted(report.rings, key=lambda ring: -ring.minutes) if report else []
    colours = dict(zip(report.minutes, ring_colours(len(report.minutes)), strict=True)) if report else {}
    rows = []
    if colours:
        labels = [words("iso.within", n=words.minutes(minutes)) for minutes in colours]
        rows = legend.classes(words("iso.title"), list(colours.values()), labels)
    alone = report is not None and not report.merged and rings and not rings[0].shape.is_empty
    return draw_areas(
        ground,
        title=words("points.areas"),
        townships=plain_marks(figures.townships, words),
        villages=plain_marks((s for s in figures.villages if view.township in (None, s.township)), words),
        view=view,
        caption=caption,
        legend=[*rows, *ground_legend(ground, view, words)],
        layers=[
            (words("iso.layer"), _rings(rings, colours, ground, words)),
            *facility_layers(view, words, themselves=True),
            *([(words("iso.origin"), _origins(report))] if report and not report.merged else []),
        ],
        focus=(f"{rings[0].origin} {rings[0].minutes}", rings[0].shape.bounds) if alone else None,
        words=words,
    )


def _rings(rings: list[Ring], colours: dict[float, str], ground: Ground, words: Words) -> list[Any]:
    drawn = [ring for ring in rings if not ring.shape.is_empty]
    if not drawn:
        return []
    extent = shapely.total_bounds([ring.shape for ring in drawn]).tolist()
    tolerance = min(simplify.pixel_degrees(extent), simplify.pixel_degrees(ground.bounds)) / 2
    shapes = simplify.polygons(gpd.GeoSeries([ring.shape for ring in drawn]), tolerance)
    return [elements.shapes(
        [
            feature(shape, tip=ring_tip(ring, words), style={"color": colours[ring.minutes], "fillColor": colours[ring.minutes]})
            for ring, shape in zip(drawn, shapes, strict=True)
        ],
        pane="ground", style={"weight": 0.6, "fillOpacity": _OPACITY},
    )]


def ring_tip(ring: Ring, words: Words) -> str:
    """What hovering over a ring tells."""
    said = words("iso.tip", households=words.count(ring.households), persons=words.count(ring.persons))
    if ring.too_few:
        said = words("iso.too_few")
    name = f"<b>{escape(ring.name)}</b><br>" if ring.origin != MERGED else ""
    return f"{name}{words('iso.within', n=words.minutes(ring.minutes))}<br>{said}"


def _origins(report: IsochroneReport) -> list[Any]:
    style = {"color": RED, "weight": 2.5, "fill": False}
    marks = [
        feature(shapely.Point(round(origin.lon, 6), round(origin.lat, 6)), tip=f"<b>{escape(origin.name)}</b>",
                style={"radius": 9, **({} if origin.state == DRAWN else {"dashArray": "3 3"})})
        for origin in report.origins
    ]
    return [elements.shapes(marks, pane="chosen", style=style)]
