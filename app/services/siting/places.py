"""Candidates and forbidden areas from a map file of the planner's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.services.siting.question import MAX_PLACES, SitingError
from layers.intake.files.header import find_table
from layers.intake.files.reading import read_file
from layers.schema import WGS84

_NAMES = ("name", "名称", "地点", "地名", "标题", "title")


def places_in(source: Path | bytes, *, name: str | None = None) -> list[dict[str, Any]]:
    """The points of a file as a question has them, in WGS 84; other shapes by a point inside them.

    Raises
    ------
    IntakeError
        When the file cannot be read.
    SitingError
        When there is no place in it, or too many.
    """
    frame, names = _shapes(source, name)
    if len(frame) > MAX_PLACES:
        msg = f"文件中有 {len(frame):,} 处，最多取 {MAX_PLACES:,} 处 (the file has {len(frame):,} places, at most {MAX_PLACES:,} are taken)"
        raise SitingError(msg)
    at = shapely.get_coordinates(frame.representative_point().to_numpy())
    return [{"at": [float(x), float(y)], "name": text[:100]} for (x, y), text in zip(at, names, strict=True)]


def areas_in(source: Path | bytes, *, name: str | None = None) -> list[dict[str, Any]]:
    """The polygons of a file as a question has them, in WGS 84; raises as :func:`places_in`."""
    frame, _ = _shapes(source, name)
    parts = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])].explode()
    if not len(parts):
        msg = "文件中没有面，禁止区域须是面图层 (the file has no polygons; forbidden areas must be polygons)"
        raise SitingError(msg)
    return [
        {"type": "Polygon", "coordinates": [[list(xy) for xy in ring.coords] for ring in (part.exterior, *part.interiors)]}
        for part in shapely.force_2d(parts.to_numpy())
    ]


def _shapes(source: Path | bytes, name: str | None) -> tuple[gpd.GeoSeries, list[str]]:
    """Geometry in WGS 84 of what has any, and what each is called."""
    table = find_table(read_file(source, name=name))
    shapes = table.shapes
    if shapes is None or not (there := ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))).any():
        msg = "文件里没有位置；请用 GeoJSON、GeoPackage、Shapefile 或 KML (the file has no places; use a map file)"
        raise SitingError(msg)
    column = next((column for column in table.frame.columns if str(column).strip().lower() in _NAMES), None)
    called = table.frame[column] if column is not None else pd.Series("", table.frame.index)
    found = gpd.GeoSeries(shapes[there], crs=table.crs or WGS84).to_crs(WGS84)
    if not np.isfinite(found.total_bounds).all():
        msg = "文件的坐标换算不到经纬度，请检查坐标系 (the file's coordinates are not places; check its coordinate system)"
        raise SitingError(msg)
    return found, called[there].astype(str).tolist()
