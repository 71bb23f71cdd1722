"""A few frames to load, made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from layers.store import Provenance, Region

REGION = Region("云水县", "Yunshui County", fictional=True)


def provenance(as_of: str = "2026-11-01", region: Region | None = REGION) -> Provenance:
    """Where the frames of this module come from."""
    return Provenance("county.gpkg", "ab" * 32, "tester", dt.date.fromisoformat(as_of), region)


def townships(ids: Sequence[str] = ("t1", "t2")) -> gpd.GeoDataFrame:
    """Squares side by side, one degree wide."""
    shapes = [shapely.box(100 + k, 30, 101 + k, 31) for k in range(len(ids))]
    return gpd.GeoDataFrame({"id": list(ids), "name": [f"{key}镇" for key in ids]}, geometry=shapes, crs="EPSG:4326")


def villages(ids: Sequence[str] = ("v1", "v2"), township: str = "t1") -> gpd.GeoDataFrame:
    """Points in a row, all in one township."""
    shapes = shapely.points(100.1 + np.arange(len(ids)) / 10, 30.5)
    columns = {"id": list(ids), "name": [f"{key}村" for key in ids], "township": township}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def households(count: int = 3, village: str | None = "v1", persons: int = 1) -> gpd.GeoDataFrame:
    """Households on a line, with personal data."""
    columns = {
        "id": [f"h{k:05d}" for k in range(count)], "village": village, "persons": persons, "precision": "door",
        "categories": [["veteran", "combat"]] * count, "contact_name": "王建国", "phone": "13800000000",
        "last_visit": dt.date(2026, 5, 1),
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.points(np.linspace(100, 101, count), 30.5), crs="EPSG:4326")


def roads(count: int = 4, speed_kph: float = 20.0) -> gpd.GeoDataFrame:
    """Short lines one above the other, a hundredth of a degree apart."""
    south = 30 + np.arange(count) / 100
    ends = np.stack([np.full((count, 2), 100.0), np.column_stack([south, south])], axis=2)
    ends[:, 1, 0] = 100.5
    columns = {"id": [f"r{k:05d}" for k in range(count)], "class": "village", "speed_kph": speed_kph}
    return gpd.GeoDataFrame(columns, geometry=shapely.linestrings(ends), crs="EPSG:4326")
