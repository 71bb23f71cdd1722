"""Access with supply as tables: by area, by station, and by household for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.access.report import STATION_STATE, AccessReport
from app.services.access.service import household_access
from app.services.answers.about import About
from app.services.answers.tables import Table
from app.services.county.areas import Areas
from app.services.county.facilities import FacilityChoice
from app.services.county.units import By
from layers.schema import Field, Kind, Label, Layer
from layers.store import Store
from layers.vocabulary import STATION_LEVEL, identifier, name

AREA_GEOMETRY = ("Polygon", "MultiPolygon", "Point")
_PER_1000 = Field(
    name="access_per_1000", label=Label("每千人工作人员", "Staff per 1,000 persons"), kind=Kind.NUMBER, unit="人"
)
_TOO_FEW = Field(name="too_few", label=Label("户数太少，不列出", "Withheld: too few households"), kind=Kind.BOOLEAN)
_TOWNSHIP = (
    Field(name="township", label=Label("乡镇代码", "Township code")),
    Field(name="township_name", label=Label("乡镇", "Township")),
)

_AREA_FIELDS = (
    Field(name="code", label=Label("代码", "Code")),
    name(),
    *_TOWNSHIP,
    Field(name="households", label=Label("户数", "Households"), kind=Kind.INTEGER),
    Field(name="persons", label=Label("人数", "Persons"), kind=Kind.INTEGER),
    Field(name="households_imprecise", label=Label("定位不准的户", "Imprecise households"), kind=Kind.INTEGER),
    Field(name="persons_imprecise", label=Label("定位不准的人", "Imprecise persons"), kind=Kind.INTEGER),
    _PER_1000,
    Field(name="persons_without", label=Label("范围内无工作人员的人数", "Persons without staff"), kind=Kind.INTEGER),
    Field(name="persons_near_unknown", label=Label("附近有人员不详之站的人", "Persons near a station of unknown staff"),
          kind=Kind.INTEGER),
    _TOO_FEW,
)
ACCESS_AREAS: Mapping[By, Layer] = {
    "township": Layer(
        name="access_townships", label=Label("各乡镇服务能力", "Access by township"),
        geometry=AREA_GEOMETRY, geometry_required=False, fields=_AREA_FIELDS,
    ),
    "village": Layer(
        name="access_villages", label=Label("各村服务能力", "Access by village"),
        geometry=AREA_GEOMETRY, geometry_required=False, fields=_AREA_FIELDS,
    ),
}  # fmt: skip
STATION_LOADS = Layer(
    name="station_loads",
    label=Label("各站负荷", "Load by station"),
    geometry=("Point",),
    geometry_required=False,
    fields=(
        identifier(),
        name(),
        Field(name="level", label=Label("级别", "Level"), kind=Kind.CHOICE, vocabulary=STATION_LEVEL),
        *_TOWNSHIP,
        Field(name="state", label=Label("情况", "State"), kind=Kind.CHOICE, vocabulary=STATION_STATE),
        Field(name="staff", label=Label("工作人员", "Staff"), kind=Kind.INTEGER),
        Field(name="persons", label=Label("范围内人数", "Persons within reach"), kind=Kind.INTEGER),
        Field(name="weighted_persons", label=Label("加权人数", "Weighted persons"), kind=Kind.NUMBER),
        Field(name="persons_per_staff", label=Label("每名工作人员负担人数", "Weighted persons per member of staff"),
              kind=Kind.NUMBER),
        Field(name="model_size", label=Label("达到示范站人数", "Of a model station's size"), kind=Kind.BOOLEAN),
        _TOO_FEW,
    ),
)
HOUSEHOLD_ACCESS = Layer(
    name="household_access",
    label=Label("各户服务能力", "Access of every household"),
    sensitive=True,
    fields=(
        identifier(),
        _PER_1000,
        Field(name="stations", label=Label("能到的站数", "Stations within reach"), kind=Kind.INTEGER),
        Field(name="near_unknown", label=Label("附近有人员不详之站", "Near a station of unknown staff"), kind=Kind.BOOLEAN),
        Field(name="imprecise", label=Label("定位不准", "Imprecise"), kind=Kind.BOOLEAN),
    ),
)


def access_tables(
    viewer: Viewer, store: Store, *reports: AccessReport, choice: FacilityChoice | None = None
) -> list[Table]:
    """The rows of ``reports`` (of one question, by several levels) with their places.

    Areas level by level, then stations, then one row per household for those who may see them.
    """
    report = reports[0]
    places = store.read("stations", columns=["id", "geometry"]).set_index("id").geometry
    tables = [
        *(
            placed(ACCESS_AREAS[one.by], one.by_area, "code", area_shapes(store, one.about, one.by))
            for one in reports
        ),
        placed(STATION_LOADS, report.stations, "id", places),
    ]
    if viewer.points:
        asked = {"mode": report.mode, "minutes": report.minutes, "decay": report.decay, "choice": choice}
        tables.append(Table(HOUSEHOLD_ACCESS, household_access(viewer, store, **asked)))  # type: ignore[arg-type]
    return tables


def area_shapes(store: Store, about: About, by: By) -> gpd.GeoSeries:
    """Shapes of the areas of one level on the data's date, by code."""
    areas = Areas.read(store, about.as_of)
    frame = areas.townships if by == "township" else areas.villages
    return gpd.GeoSeries(frame.set_index("code").geometry)


def placed(layer: Layer, rows: Sequence[Any], key: str, places: gpd.GeoSeries) -> Table:
    """Rows (dataclasses) with the place of their ``key``; none where it has none."""
    frame = pd.DataFrame([asdict(row) for row in rows], columns=layer.columns)
    shapes = places.to_dict()
    found = gpd.array.from_shapely([shapes.get(name) for name in frame[key]], crs="EPSG:4326")
    return Table(layer, gpd.GeoDataFrame(frame, geometry=found))
