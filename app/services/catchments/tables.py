"""Catchments as tables: facilities with their load and ground, the villages served, households for those who may see them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.answers.columns import HOUSEHOLDS, PERSONS, TOO_FEW, count, flag, number, text
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
        flag("on_network", "在路网上", "On the network"),
        HOUSEHOLDS,
        PERSONS,
        count("elders", "老年户", "Elders' households"),
        TOO_FEW,
        number("minutes_median", "中位分钟", "Median minutes"),
        number("minutes_max", "最长分钟", "Longest minutes"),
        text("villages", "所服务的村", "Villages served"),
        number("area_km2", "面积（平方公里）", "Area, km²"),
        flag("without_ground", "有户无图形", "Nearest to some, without ground"),
    ),
)
_VILLAGES = Layer(
    name="catchment_villages",
    label=Label("各设施服务的村", "Villages by facility"),
    fields=(
        identifier(),
        Field(name="facility", label=Label("设施编号", "Facility"), required=True),
        text("facility_name", "设施", "Name of the facility"),
        text("code", "村代码", "Village code"),
        text("village", "村", "Village"),
        text("township", "乡镇", "Township"),
        HOUSEHOLDS,
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
