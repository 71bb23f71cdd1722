"""Points held against the ground: outside the county, or far from the village that the row names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import metric_crs
from layers.fields import Label
from layers.intake.examination.rows import Mask, Rows, Values

OUTSIDE_M = 200.0
"""A boundary is drawn no more exactly than this."""
FAR_M = 1_000.0
"""Of a village with a boundary: farther than this outside it."""
FAR_FROM_CENTRE_M = 6_000.0
"""Of a village that is known as a point only."""

_CHECK = Label("请核对坐标、坐标系与村名；确实如此就接受此疑点",
               "check the coordinates, the datum and the village; accept the doubt if it is so")


def check_surroundings(
    rows: Rows, shapes: Values, where: Mask, villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, named: Values
) -> None:
    """Note points that lie where they hardly can.

    Parameters
    ----------
    shapes
        Points of WGS 84.
    where
        Rows whose coordinates come from the file.
    named
        Id of the village that each row names, or None.
    """
    at = np.flatnonzero(where & (shapely.get_type_id(shapes) == 0))
    column = next((name for name in ("lon", "lonlat", "lat", "wkt") if name in rows.texts), "geometry")
    if len(at) == 0:
        return
    areas = np.asarray(townships.geometry.array, dtype=object)
    areas = areas[np.isin(shapely.get_type_id(areas), [3, 6])]
    known = dict(zip(villages["id"], np.asarray(villages.geometry.array, dtype=object), strict=True))
    grounds = np.array([known.get(named[k]) for k in at.tolist()], dtype=object)
    frame = [shape for shape in (*areas, *grounds) if shape is not None]
    if not frame:
        return
    crs = metric_crs(tuple(shapely.total_bounds(np.array(frame, dtype=object))))
    points = _metres(shapes[at], crs)
    outside = np.zeros(len(at), dtype=bool)
    if len(areas):
        off = shapely.distance(points, shapely.union_all(_metres(areas, crs)))
        outside = ~(off <= OUTSIDE_M)  # a point at the other end of the world has no metres here
        _note(rows, at[outside], column, "outside_county", Label("不在本县范围内", "outside the county"))
    distinct, which = np.unique([id(ground) for ground in grounds], return_inverse=True)
    firsts = np.zeros(len(distinct), dtype=np.intp)
    firsts[which] = np.arange(len(grounds))
    once = _metres(grounds[firsts], crs)
    shapely.prepare(once)
    metres = shapely.distance(points, once[which])
    limit = np.where(shapely.get_type_id(grounds) == 0, FAR_FROM_CENTRE_M, FAR_M)
    with np.errstate(invalid="ignore"):
        far = ~outside & (metres > limit)
    for k, m in zip(at[far].tolist(), metres[far].tolist(), strict=True):
        _note(rows, np.array([k]), column, "far_from_village",
              Label(f"离所写的村 {m / 1000:.1f} 公里", f"{m / 1000:.1f} km from the village that the row names"))


def _metres(shapes: Values, crs: object) -> Values:
    return np.array(gpd.GeoSeries(shapes, crs="EPSG:4326").to_crs(crs).to_numpy(), dtype=object)


def _note(rows: Rows, at: np.ndarray, column: str, rule: str, reason: Label) -> None:
    text = rows.text(column)
    for k in at.tolist():
        rows.notes.add(int(rows.numbers[k]), column, rule, str(text[k]), reason, _CHECK, doubt=True)
