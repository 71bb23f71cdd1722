"""Isochrones as tables: every polygon with what is counted in it, and the points that were asked about."""

from __future__ import annotations

from dataclasses import asdict

import geopandas as gpd
import pandas as pd

from app.services.answers.columns import HOUSEHOLDS, PERSONS, TOO_FEW, count, number
from app.services.answers.tables import Table
from app.services.isochrones.report import ORIGIN_STATE, IsochroneReport
from layers.schema import WGS84, Field, Kind, Label, Layer
from layers.vocabulary import identifier, name

_RINGS = Layer(
    name="isochrones",
    label=Label("等时圈", "Isochrones"),
    geometry=("Polygon", "MultiPolygon"),
    geometry_required=False,
    fields=(
        identifier(),
        Field(name="origin", label=Label("起点编号", "Origin"), required=True),
        name(),
        Field(name="minutes", label=Label("分钟内（含）", "Within minutes"), kind=Kind.NUMBER, required=True),
        number("from_minutes", "超过（分钟）", "Beyond minutes"),
        HOUSEHOLDS,
        PERSONS,
        TOO_FEW,
        number("road_km", "道路里程（公里）", "Roads, km"),
        count("nodes", "路口数", "Junctions"),
        number("area_km2", "面积（平方公里）", "Area, km²"),
        number("min_area_m2", "最小孤岛空洞（平方米）", "Smallest island or hole, m²"),
    ),
)
_ORIGINS = Layer(
    name="isochrone_origins",
    label=Label("等时圈起点", "Origins of isochrones"),
    geometry=("Point",),
    fields=(
        identifier(),
        name(),
        Field(name="state", label=Label("结果", "Result"), kind=Kind.CHOICE, vocabulary=ORIGIN_STATE),
        number("road_m", "离最近道路（米）", "To the nearest road, m"),
    ),
)


def isochrone_tables(report: IsochroneReport) -> tuple[Table, Table]:
    """The polygons and the points of a report."""
    rings = [{"id": f"{ring.origin}_{ring.minutes:g}", **ring.to_dict()} for ring in report.rings]
    origins = pd.DataFrame([asdict(origin) for origin in report.origins], columns=[*_ORIGINS.columns, "lon", "lat"])
    points = gpd.GeoSeries.from_xy(origins["lon"].astype(float), origins["lat"].astype(float), crs=WGS84)
    shapes = gpd.GeoSeries([ring.shape if not ring.shape.is_empty else None for ring in report.rings], crs=WGS84)
    return (
        Table(_RINGS, gpd.GeoDataFrame(pd.DataFrame(rings, columns=_RINGS.columns), geometry=shapes)),
        Table(_ORIGINS, gpd.GeoDataFrame(origins[_ORIGINS.columns], geometry=points)),
    )
