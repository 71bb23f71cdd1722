"""A county small enough to count by hand: two townships, three villages, one street, ten households.

Laid out in metres around a point at sea. The street runs east from (0, 0) to (6000, 0); a second,
cut off from it, runs at y = 3000. Walking 15 minutes at 4.5 km/h is 1,125 m.
"""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from layers.store import Provenance, Region, Store

_TO_DEGREES = Transformer.from_crs(
    "+proj=tmerc +lat_0=28.5 +lon_0=123 +k=1 +datum=WGS84 +units=m +type=crs", "EPSG:4326", always_xy=True
)


def at(x: float, y: float) -> shapely.Point:
    """A point so many metres east and north of the middle, in degrees."""
    return shapely.Point(_TO_DEGREES.transform(x, y))


def line(*places: tuple[float, float]) -> shapely.LineString:
    """A line through places in metres, in degrees."""
    return shapely.LineString([at(*place) for place in places])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle in metres, in degrees."""
    return shapely.Polygon([at(west, south), at(east, south), at(east, north), at(west, north)])


def frame(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Rows with a ``geometry`` as a frame in WGS 84."""
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")


def frames() -> dict[str, gpd.GeoDataFrame]:
    """Every layer that coverage needs."""
    household = [
        # id, village, persons, place, precision; the station stands at x = 1000, 0 m off the street
        ("h01", "V1", 1, (1000, 50), "door"),  # 50 m walk
        ("h02", "V1", 2, (2000, 0), "door"),  # 1,000 m
        ("h03", "V1", 3, (2124.9, 0), "building"),  # 1,124.9 m: just within
        ("h04", "V2", 4, (2126, 0), "group"),  # 1,126 m: just out
        ("h05", "V2", 5, (5000, 100), "door"),  # far out
        ("h06", "V2", 1, (4000, 0), "village"),  # imprecise
        ("h07", "V2", 1, None, "unknown"),  # no place
        ("h08", "V3", 2, (1000, 3010), "door"),  # on the street that is cut off
        ("h09", "V3", 2, (1000, 3800), "door"),  # 800 m from any road
        ("h10", None, 1, (1100, 0), "door"),  # village unknown: lies in V1
    ]
    return {
        "townships": frame(
            [
                {
                    "id": "990001001",
                    "code": "990001001",
                    "name": "甲镇",
                    "kind": "zhen",
                    "geometry": box(-500, -1000, 3000, 2000),
                },
                {
                    "id": "990001002",
                    "code": "990001002",
                    "name": "乙乡",
                    "kind": "xiang",
                    "geometry": box(3000, -1000, 7000, 2000).union(box(-500, 2000, 7000, 5000)),
                },
            ]
        ),
        "villages": frame(
            [
                {"id": "V1", "name": "东村", "township": "990001001", "geometry": box(-500, -1000, 2125.5, 2000)},
                {"id": "V2", "name": "西村", "township": "990001002", "geometry": box(2125.5, -1000, 7000, 2000)},
                {"id": "V3", "name": "北村", "township": None, "geometry": box(-500, 2000, 7000, 5000)},
            ]
        ),
        "stations": frame(
            [
                {
                    "id": "S1",
                    "name": "东村站",
                    "level": "village",
                    "status": "open",
                    "unit": "V1",
                    "precision": "door",
                    "geometry": at(1000, 0),
                },
                {
                    "id": "S2",
                    "name": "西村站",
                    "level": "village",
                    "status": "planned",
                    "unit": "V2",
                    "precision": "door",
                    "geometry": at(5000, 0),
                },
                {
                    "id": "S3",
                    "name": "北村站",
                    "level": "village",
                    "status": "closed",
                    "unit": "V3",
                    "precision": "door",
                    "geometry": at(1000, 3000),
                },
                {
                    "id": "S4",
                    "name": "甲镇站",
                    "level": "township",
                    "status": "open",
                    "unit": "990001001",
                    "precision": "door",
                    "geometry": at(0, 0),
                },
            ]
        ),
        "support_points": frame(
            [
                {
                    "id": "P1",
                    "name": "药房",
                    "kind": "merchant",
                    "business": "medical",
                    "agreement_to": "2030-01-01",
                    "precision": "door",
                    "geometry": at(5000, 0),
                },
                {
                    "id": "P2",
                    "name": "旧店",
                    "kind": "merchant",
                    "business": "medical",
                    "agreement_to": "2020-01-01",
                    "precision": "door",
                    "geometry": at(1000, 0),
                },
                {
                    "id": "P3",
                    "name": "双拥街",
                    "kind": "street",
                    "precision": "door",
                    "geometry": line((2000, 0), (2200, 0)),
                },
            ]
        ),
        "households": frame(
            [
                {"id": i, "village": v, "persons": n, "precision": p, "geometry": at(*xy) if xy else None}
                for i, v, n, xy, p in household
            ]
        ),
        "roads": frame(
            [
                {"id": "r1", "class": "county", "geometry": line((0, 0), (3000, 0))},
                {"id": "r2", "class": "county", "oneway": "forward", "geometry": line((3000, 0), (6000, 0))},
                {"id": "r3", "class": "village", "geometry": line((0, 3000), (2000, 3000))},
            ]
        ),
        "station_grades": pd.DataFrame(
            [
                {
                    "id": "g1",
                    "station": "S1",
                    "scheme": "省级",
                    "grade": "model",
                    "awarded": "2020-01-01",
                    "valid_to": "2022-01-01",
                },
                {
                    "id": "g2",
                    "station": "S4",
                    "scheme": "省级",
                    "grade": "model",
                    "awarded": "2024-01-01",
                    "valid_to": None,
                },
            ]
        ),
    }


PROVENANCE = Provenance(
    source="small county",
    sha256="0",
    loaded_by="test",
    as_of=dt.date(2026, 10, 31),
    region=Region("小县（虚构）", "Small County (fictional)", fictional=True),
)


def county_file(folder: Path) -> Path:
    """Put a store that holds the small county into `folder`, and return its path; its key lies beside it."""
    for name, content in _files().items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
    return folder / "county.db"


@functools.cache
def _files() -> dict[str, bytes]:
    # Loading takes a hundred times as long as copying.
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.delenv("RONGTU_KEY", raising=False)
        folder = Path(name)
        with Store.open(str(folder / "county.db")) as store:
            store.load(frames(), PROVENANCE)
        return {path.name: path.read_bytes() for path in folder.iterdir()}
