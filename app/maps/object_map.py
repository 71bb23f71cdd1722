"""One object on the ground that it stands on: where it is, and where it is to be."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import elements
from app.maps.pieces.area_layers import AreaMark, feature
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import PLAIN, RED
from app.maps.view import Caption, View
from app.messages import Words

_AROUND_DEGREES = 0.01
"""Half the width of what is shown around a point, about a kilometre."""


def draw_object(
    ground: Ground, view: View, caption: Caption, key: str, shape: BaseGeometry | None,
    place: tuple[float, float] | None, words: Words,
) -> Drawn:
    """The map of one object.

    Parameters
    ----------
    key
        What stands for the object: the map moves to it when the key changes.
    shape
        Where it is, in WGS 84; None where that is unknown.
    place
        Longitude and latitude of where it is to be, if it is to move.
    """
    here: list[Any] = []
    if shape is not None:
        here.append(feature(shape, tip=words("edit.is_here"), style={"radius": 9, "dashArray": "3 3"}))
    if place is not None:
        here.append(feature(shapely.Point(place), tip=words("edit.goes_here"), style={"radius": 9}))
    bounds = None if shape is None else shapely.box(*shape.bounds).buffer(_AROUND_DEGREES).bounds
    plain = AreaMark(PLAIN, tip=words("edit.place_says"))
    return draw_areas(
        ground, title=words("points.areas"), townships=dict.fromkeys(ground.townships.index, plain), villages={},
        view=view, caption=caption,
        legend=ground_legend(ground, view, words),
        layers=[
            *facility_layers(view, words, themselves=True),
            (words("edit.object"), [elements.shapes(here, pane="chosen", style={"color": RED, "weight": 2.5, "fill": False})]),
        ],
        focus=(key, bounds) if bounds is not None else None,
        words=words,
    )  # fmt: skip
