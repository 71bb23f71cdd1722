"""Where villagers' groups lie, as far as the rows of a file or of the store know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from layers.intake.examination.rows import Holdings, Rows, Values
from layers.intake.places.gazetteer import Placement
from layers.intake.places.names import group_key
from layers.registry import LAYERS

EXACT = frozenset({"door", "building"})
"""Precisions of places that can tell where a group lies."""
STRAY_DEG = 0.01
"""A place farther than this (about a kilometre) outside its village does not count."""

Groups = Mapping[tuple[str, str], tuple[float, float]]
_Place = tuple[tuple[str, str], shapely.Point]


def in_groups(
    rows: Rows, placements: Sequence[Placement | None], shapes: Values, precision: Values, holdings: Holdings,
    villages: gpd.GeoDataFrame,
) -> list[Placement | None]:
    """The placements, those of rows without a place of their own moved to their group where it is known.

    A group lies at the median of the exact places that the file and the store hold in it.

    Parameters
    ----------
    shapes, precision
        What the file's own coordinates say, None where it has none.
    villages
        With ``id`` and geometry of WGS 84.
    """
    keys = [
        None if p is None or p.village is None or not p.group else (p.village, group_key(p.group)) for p in placements
    ]
    open_rows = {key for key, shape in zip(keys, shapes, strict=True) if key is not None and shape is None}
    if not open_rows:
        return list(placements)
    told = rows.value("precision")
    own: list[_Place] = [
        (key, shape) for key, shape, found, said in zip(keys, shapes, precision, told, strict=True)
        if key in open_rows and isinstance(shape, shapely.Point) and (said or found) in EXACT
    ]
    groups = _medians([*own, *_stored(holdings, open_rows)], villages)
    return [
        p if p is None or key is None or key not in groups else replace(p, point=groups[key], precision="group")
        for p, key in zip(placements, keys, strict=True)
    ]


def _stored(holdings: Holdings, wanted: set[tuple[str, str]]) -> Iterable[_Place]:
    columns = ("village", "group_name", "precision")
    among = {village for village, _ in wanted}
    for layer in LAYERS.values():
        if layer.spatial and set(columns) <= set(layer.columns):
            known = holdings.read(layer.name, columns=[*columns, "geometry"])
            known = known[known["village"].isin(among) & known["precision"].isin(EXACT) & known["group_name"].notna()]
            for village, group, shape in zip(known["village"], known["group_name"], known["geometry"], strict=True):
                key = (str(village), group_key(str(group)))
                if key in wanted and isinstance(shape, shapely.Point) and not shape.is_empty:
                    yield key, shape


def _medians(places: Iterable[_Place], villages: gpd.GeoDataFrame) -> Groups:
    grounds: dict[str, Any] = dict(zip(villages["id"], villages.geometry, strict=True))
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for key, point in places:
        ground = grounds.get(key[0])
        if ground is None or shapely.get_dimensions(ground) < 2 or shapely.distance(ground, point) <= STRAY_DEG:
            points.setdefault(key, []).append((point.x, point.y))
    middles = {key: np.median(np.array(found), axis=0) for key, found in points.items()}
    return {key: (float(lon), float(lat)) for key, (lon, lat) in middles.items()}
