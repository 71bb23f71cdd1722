"""Geometry cut down to what a screen can show, before it goes to the browser."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SCREEN_PIXELS = 1400
_COVERAGE_PIXELS = 2.5
"""Coverage simplification (by triangle area) keeps far more than the common kind at the same tolerance."""

DECIMALS = 5
"""About one metre; more digits only cost time on the way."""


def pixel_degrees(bounds: Sequence[float]) -> float:
    """Degrees that one pixel spans when ``bounds`` (west, south, east, north) fill the screen."""
    west, south, east, north = bounds
    return max(east - west, north - south) / SCREEN_PIXELS


def polygons(shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoSeries:
    """Polygons simplified and rounded; neighbours keep their common border.

    Parameters
    ----------
    shapes
        Polygons, or a mixture with points, in degrees. Missing ones stay missing.
    tolerance
        Degrees; details smaller than this go.

    Returns
    -------
    GeoSeries
        Same index. A shape that would vanish keeps its own outline.
    """
    given = np.asarray(shapes.array, dtype=object)
    areal = np.isin(shapely.get_type_id(given), (3, 6))
    out = given.copy()
    out[areal] = _simplified(given[areal], tolerance)
    return gpd.GeoSeries(_rounded(out), index=shapes.index, crs=shapes.crs)


def lines(shapes: gpd.GeoSeries, tolerance: float) -> BaseGeometry:
    """All the lines as one geometry: joined end to end, simplified, rounded, specks left out."""
    joined = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(np.asarray(shapes.array, dtype=object))))
    parts = shapely.get_parts(shapely.simplify(joined, tolerance))
    kept = parts[shapely.length(parts) >= tolerance]
    joined_and_small: BaseGeometry = _rounded(np.array([shapely.multilinestrings(kept)], dtype=object))[0]
    return joined_and_small


def label_point(shape: BaseGeometry) -> tuple[float, float]:
    """Longitude and latitude where a label sits best: the middle of the widest part."""
    if isinstance(shape, shapely.Point):
        return shape.x, shape.y
    widest = max(shapely.get_parts(shape), key=lambda part: part.area)
    extent = max(widest.bounds[2] - widest.bounds[0], widest.bounds[3] - widest.bounds[1])
    radius = shapely.maximum_inscribed_circle(widest, tolerance=extent / 50)
    lng, lat = shapely.get_coordinates(radius)[0]
    return float(lng), float(lat)


def _simplified(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    if len(shapes) == 0:
        return shapes
    if shapely.coverage_is_valid(shapes):
        small = shapely.coverage_simplify(shapes, tolerance * _COVERAGE_PIXELS)
    else:  # overlaps or gaps: borders cannot be shared, so each keeps its own
        small = shapely.simplify(shapes, tolerance, preserve_topology=True)
    lost = shapely.is_missing(small) | shapely.is_empty(small)
    return np.where(lost, shapes, small)


def _rounded(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS))
