"""Catchments on a map: the ground of every facility by the persons it is the nearest to."""

from __future__ import annotations

from bisect import bisect_right
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
from app.maps.pieces.theme import INK, LOAD_BREAKS, LOAD_COLOURS, LOAD_LABELS, PAPER, RED
from app.maps.view import Caption, Figures, View
from app.messages import NONE, Words
from app.services.catchments.report import CatchmentReport, Load

_OPACITY = 0.8
_WITHHELD = "#F3F5F4"


def draw(
    ground: Ground, figures: Figures, view: View, caption: Caption, report: CatchmentReport, chosen: str | None,
    words: Words,
) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    figures
        What hovering over an area without a catchment tells.
    view
        With a township, the map shows it.
    report
        Every facility's load and ground.
    chosen
        Id of the facility picked out.
    """
    rows = legend.classes(words("catch.title"), LOAD_COLOURS, LOAD_LABELS)
    if any(load.too_few for load in report.loads):
        rows.append(legend.row('<i class="none"></i>', words("iso.too_few")))
    return draw_areas(
        ground,
        title=words("points.areas"),
        townships=plain_marks(figures.townships, words),
        villages=plain_marks((s for s in figures.villages if view.township in (None, s.township)), words),
        view=view,
        caption=caption,
        legend=[*rows, *ground_legend(ground, view, words)],
        layers=[
            (words("catch.layer"), _grounds(report, chosen, ground, words)),
            *facility_layers(view, words, themselves=True),
        ],
        words=words,
    )


def load_colour(load: Load) -> str:
    """Fill of a facility's ground by the persons it is the nearest to, a bound counting into the class above it."""
    return _WITHHELD if load.persons is None else LOAD_COLOURS[bisect_right(LOAD_BREAKS, load.persons)]


def _grounds(report: CatchmentReport, chosen: str | None, ground: Ground, words: Words) -> list[Any]:
    drawn = [load for load in report.loads if not load.shape.is_empty]
    if not drawn:
        return []
    shapes = simplify.polygons(
        gpd.GeoSeries([load.shape for load in drawn]), simplify.pixel_degrees(ground.bounds) / 2
    )
    features = [
        feature(
            shape, kind="facility", code=load.id, tip=load_tip(load, words),
            style={"fillColor": load_colour(load), **({"dashArray": "4 3", "color": INK} if load.too_few else {})},
        )
        for load, shape in zip(drawn, shapes, strict=True)
    ]
    pieces = [elements.shapes(
        features, pane="ground", style={"color": PAPER, "weight": 1, "fillOpacity": _OPACITY}, hover={"weight": 2.5, "color": INK},
    )]
    own = [shape for load, shape in zip(drawn, shapes, strict=True) if load.id == chosen]
    if own:
        outline = {"color": RED, "weight": 3, "fill": False}
        pieces.append(elements.shapes([feature(shapely.boundary(own[0]))], pane="chosen", style=outline))
    return pieces


def load_tip(load: Load, words: Words) -> str:
    """What hovering over a facility's ground tells."""
    if load.too_few:
        said = words("iso.too_few")
    else:
        minutes = NONE if load.minutes_median is None else words.minutes(load.minutes_median)
        said = words(
            "catch.tip", households=words.count(load.households), persons=words.count(load.persons),
            elders=words.count(load.elders), minutes=minutes,
        )
    return f"<b>{escape(load.name)}</b><br>{said}"
