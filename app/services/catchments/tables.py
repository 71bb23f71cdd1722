"""Catchments as tables: facilities with their load and ground, the villages served, households for those who may see them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.answers.files import HOUSEHOLD_TIMES
from app.services.answers.tables import Table
from app.services.catchments.report import CatchmentReport
from app.services.catchments.service import catchments, household_catchments
from app.services.county.facilities import FacilityChoice
from geo.speeds import Mode
from layers.schema import WGS84, Field, Kind, Label, Layer
from layers.store import Store
from layers.vocabulary import STATION_LEVEL, identifier, name

_LOADS = Layer(
    name="catchments",
    label=Label("责任区", "Catchments"),
    geometry=("Polygon", "MultiPolygon"),
    geometry_required=False,
    fields=(
        identifier(),
        name(),
        Field(name="level", label=Label("站级", "Level"), kind=Kind.CHOICE, vocabulary=STATION_LEVEL),
        Field(name="on_network", label=Label("在路网上", "On the network"), kind=Kind.BOOLEAN),
        Field(name="households", label=Label("户数", "Households"), kind=Kind.INTEGER),
        Field(name="persons", label=Label("人数", "Persons"), kind=Kind.INTEGER),
        Field(name="elders", label=Label("老年户", "Elders' households"), kind=Kind.INTEGER),
        Field(name="too_few", label=Label("户数太少，不列出", "Withheld: too few households"), kind=Kind.BOOLEAN),
        Field(name="minutes_median", label=Label("中位分钟", "Median minutes"), kind=Kind.NUMBER),
        Field(name="minutes_max", label=Label("最长分钟", "Longest minutes"), kind=Kind.NUMBER),
        Field(name="villages", label=Label("所服务的村", "Villages served")),
        Field(name="area_km2", label=Label("面积（平方公里）", "Area, km²"), kind=Kind.NUMBER),
        Field(name="without_ground", label=Label("有户无图形", "Nearest to some, without ground"), kind=Kind.BOOLEAN),
    ),
)
_VILLAGES = Layer(
    name="catchment_villages",
    label=Label("各设施服务的村", "Villages by facility"),
    fields=(
        identifier(),
        Field(name="facility", label=Label("设施编号", "Facility"), required=True),
        Field(name="facility_name", label=Label("设施", "Name of the facility")),
        Field(name="code", label=Label("村代码", "Village code")),
        Field(name="village", label=Label("村", "Village")),
        Field(name="township", label=Label("乡镇", "Township")),
        Field(name="households", label=Label("户数", "Households"), kind=Kind.INTEGER),
    ),
)


def catchment_tables(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float | None = None,
    choice: FacilityChoice | None = None,
) -> tuple[CatchmentReport, tuple[Table, ...]]:
    """The report, and its tables: facilities, villages, and households for those who may see them.

    Raises
    ------
    ParameterError, NoDataError
        As :func:`app.services.catchments.service.catchments`.
    """
    report = catchments(viewer, store, mode=mode, minutes=minutes, choice=choice)
    tables = [load_table(report), village_table(report)]
    if viewer.points:
        rows = household_catchments(viewer, store, mode=mode, minutes=minutes, choice=choice)
        tables.append(Table(HOUSEHOLD_TIMES, rows))
    return report, tuple(tables)


def load_table(report: CatchmentReport) -> Table:
    """Facilities with their load and their ground."""
    rows = [
        load.to_dict() | {"villages": "、".join(village.name for village in load.villages)} for load in report.loads
    ]
    shapes = gpd.GeoSeries([None if load.shape.is_empty else load.shape for load in report.loads], crs=WGS84)
    return Table(_LOADS, gpd.GeoDataFrame(pd.DataFrame(rows, columns=_LOADS.columns), geometry=shapes))


def village_table(report: CatchmentReport) -> Table:
    """One row for each facility and village."""
    rows = [
        {
            "id": f"{load.id}_{village.code}",
            "facility": load.id,
            "facility_name": load.name,
            "code": village.code,
            "village": village.name,
            "township": village.township_name,
            "households": village.households,
        }
        for load in report.loads
        for village in load.villages
    ]
    return Table(_VILLAGES, pd.DataFrame(rows, columns=_VILLAGES.columns))
