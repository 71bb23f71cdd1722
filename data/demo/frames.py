"""From arrays in projected metres to the frames of the layers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from data.demo.grid import Floats, Ints, Objects
from layers.registry import LAYERS
from layers.schema import WGS84

AS_OF = dt.date(2026, 10, 31)
PROJECTED = "EPSG:4550"
"""CGCS2000 / 3-degree Gauss-Krüger, central meridian 123 E."""
DECIMALS = 7
"""About a centimetre; equal projected coordinates stay equal, so roads keep meeting."""


@lru_cache(maxsize=1)
def _transformer() -> Transformer:
    return Transformer.from_crs(PROJECTED, WGS84, always_xy=True)


def points(places: Floats) -> Objects:
    """Points at places, shape (n, 2)."""
    return np.asarray(shapely.points(places), dtype=object)


def to_wgs84(shapes: Objects) -> Objects:
    """Shapes in longitude and latitude, rounded; None stays None."""

    def project(places: Floats) -> Floats:
        longitude, latitude = _transformer().transform(places[:, 0], places[:, 1])
        return np.round(np.column_stack([longitude, latitude]), DECIMALS)

    return np.asarray(shapely.transform(shapes, project))


def layer_frame(name: str, columns: Mapping[str, Any] | pd.DataFrame, shapes: Objects | None = None) -> pd.DataFrame:
    """The frame of a layer in its own column types; ``shapes`` are in longitude and latitude."""
    layer = LAYERS[name]
    frame = pd.DataFrame(dict(columns)) if not isinstance(columns, pd.DataFrame) else columns
    if shapes is not None:
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=WGS84), crs=WGS84)
    return layer.conform(frame)


def days_before(days: Ints | Floats, day: dt.date = AS_OF) -> np.ndarray:
    """Dates so many days before ``day``; not a number gives no date."""
    known = ~np.isnan(np.asarray(days, dtype=float))
    back = np.where(known, days, 0).astype("timedelta64[D]")
    dates = np.datetime64(day, "D") - back
    return np.where(known, dates, np.datetime64("NaT", "D")).astype("datetime64[s]")


def days_between(first: dt.date, last: dt.date = AS_OF) -> int:
    """Days from ``first`` to ``last``."""
    return (last - first).days
