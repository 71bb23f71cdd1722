"""Where the rows of a file lie: by their own coordinates, else by the village that they name, each with its precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from geo.crs import Bounds
from layers.fields import Label
from layers.intake.examination.rows import Rows, Values
from layers.intake.places.gazetteer import Placement
from layers.intake.positions.coordinates import Readings, read_columns, read_pairs
from layers.intake.positions.datum import WGS84, Datum, locate, not_in

_FROM_TEXT = Label("请核对坐标与所选坐标系", "check the coordinates and the datum chosen")
_PRECISION = {0: "village", 1: "village", 2: "village", 3: "group"}
"""Decimals of a degree to what they can tell apart: a hundredth is a kilometre, a thousandth a hundred metres."""


def coordinates(rows: Rows) -> tuple[Readings, str] | None:
    """The coordinates that the file's columns hold, and the column to name in a problem; None where it has none."""
    if "lon" in rows.texts and "lat" in rows.texts:
        return read_columns(pd.Series(rows.texts["lon"]), pd.Series(rows.texts["lat"])), "lon"
    for single in ("lonlat", "lon", "lat"):
        if single in rows.texts:
            return read_pairs(pd.Series(rows.texts[single])), single
    return None


def own_shapes(
    rows: Rows, shapes: Values | None, datum: Datum, around: Bounds | None
) -> tuple[Values, Values]:
    """Shapes in WGS 84 and, for points, the precision that their writing allows; unreadable ones are noted."""
    found = np.full(len(rows), None, dtype=object)
    precision = np.full(len(rows), None, dtype=object)
    if shapes is not None and not all(shape is None for shape in shapes):
        found[:] = _converted(rows, np.asarray(shapes, dtype=object), datum, around)
        precision[[shape is not None for shape in found]] = "building"
        return found, precision
    if "wkt" in rows.texts:
        found[:] = _converted(rows, _from_wkt(rows), datum, around)
    read = coordinates(rows)
    if read is None:
        return found, precision
    values, column = read
    bad = np.array([problem is not None for problem in values.problem], dtype=bool)
    rows.note(bad, column, "coordinates", lambda k: values.problem[k], _FROM_TEXT)
    given = ~values.empty & ~bad
    at = locate(values.x[given], values.y[given], datum, around=around, told=values.told[given])
    lost = given.copy()
    lost[given] = np.isnan(at.lon)
    rows.note(lost, column, "coordinates", not_in(datum), _FROM_TEXT)
    good = given & ~lost
    fine = ~np.isnan(at.lon)
    found[good] = shapely.points(at.lon[fine], at.lat[fine])
    precision[good] = [_precision(text, x) for text, x in zip(rows.texts[column][good], values.x[good], strict=True)]
    return found, precision


def placed(placements: Sequence[Placement | None]) -> tuple[Values, Values]:
    """Points and precisions of rows that have no coordinates of their own."""
    shapes = np.full(len(placements), None, dtype=object)
    precision = np.full(len(placements), None, dtype=object)
    for k, placement in enumerate(placements):
        if placement is not None and placement.point is not None:
            shapes[k], precision[k] = shapely.Point(placement.point), placement.precision
    return shapes, precision


def _precision(text: str, x: float) -> str:
    if abs(x) > 180 or not any(sign in text for sign in ".．") or any(sign in text for sign in "°′″'度分秒:"):
        return "building"
    decimals = len(text.strip().replace("．", ".").split(".", 1)[1].rstrip("°EW "))
    return _PRECISION.get(decimals, "building")


def _from_wkt(rows: Rows) -> Values:
    parts = [rows.texts["wkt"], *(rows.texts[f"wkt_{k}"] for k in range(2, 100) if f"wkt_{k}" in rows.texts)]
    texts = ["".join(pieces) for pieces in zip(*parts, strict=True)]
    bare = [text.partition(";")[2] if text[:5].upper() == "SRID=" else text or None for text in texts]
    with np.errstate(over="ignore", invalid="ignore"):
        shapes = np.asarray(shapely.from_wkt(bare, on_invalid="ignore"), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    bad = np.array([text != "" and shape is None for text, shape in zip(texts, shapes, strict=True)], dtype=bool)
    rows.note(bad, "wkt", "coordinates", Label("不是 WKT 图形", "not a shape in WKT"),
              Label("请写成 POINT (113.2 30.5) 等", "write it as POINT (113.2 30.5) and the like"))
    return shapes


def _converted(rows: Rows, shapes: Values, datum: Datum, around: Bounds | None) -> Values:
    """Shapes in WGS 84; one of which a vertex cannot be meant in the datum is noted."""
    shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    vertices, of = shapely.get_coordinates(shapes, return_index=True)
    at = locate(vertices[:, 0], vertices[:, 1], datum, around=around,
                told=np.ones(len(vertices), dtype=bool) if datum == WGS84 else None)
    lost = np.zeros(len(shapes), dtype=bool)
    lost[of[np.isnan(at.lon)]] = True
    column = "wkt" if "wkt" in rows.texts else "geometry"
    rows.note(lost, column, "coordinates", not_in(datum), _FROM_TEXT)
    moved = np.asarray(shapely.set_coordinates(shapes.copy(), np.nan_to_num(np.column_stack([at.lon, at.lat]))), dtype=object)
    moved[lost] = None
    return moved
