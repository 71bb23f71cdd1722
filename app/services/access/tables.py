"""Access with supply as tables: by area, by station, and by household for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping

from app.roles import Viewer
from app.services.access.report import STATION_STATE, AccessReport
from app.services.access.service import household_access
from app.services.answers.columns import (
    CODE,
    HOUSEHOLDS,
    HOUSEHOLDS_IMPRECISE,
    PERSONS,
    TOO_FEW,
    TOWNSHIP,
    TOWNSHIP_NAME,
    count,
    flag,
    number,
)
from app.services.answers.places import AREA_GEOMETRY, area_shapes, placed
from app.services.answers.tables import Table
from app.services.county.facilities import FacilityChoice
from app.services.county.units import By
from layers.schema import Field, Kind, Label, Layer
from layers.store import Store
from layers.vocabulary import STATION_LEVEL, identifier, name

_PER_1000 = number("access_per_1000", "每千人工作人员", "Staff per 1,000 persons", "人")

_AREA_FIELDS = (
    CODE,
    name(),
    TOWNSHIP,
        TOWNSHIP_NAME,
    HOUSEHOLDS,
    PERSONS,
    HOUSEHOLDS_IMPRECISE,
    count("persons_imprecise", "定位不准的人", "Imprecise persons"),
    _PER_1000,
    count("persons_without", "范围内无工作人员的人数", "Persons without staff"),
    count("persons_near_unknown", "附近有人员不详之站的人", "Persons near a station of unknown staff"),
    TOO_FEW,
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
        TOWNSHIP,
        TOWNSHIP_NAME,
        Field(name="state", label=Label("情况", "State"), kind=Kind.CHOICE, vocabulary=STATION_STATE),
        count("staff", "工作人员", "Staff"),
        count("persons", "范围内人数", "Persons within reach"),
        number("weighted_persons", "加权人数", "Weighted persons"),
        number("persons_per_staff", "每名工作人员负担人数", "Weighted persons per member of staff"),
        flag("model_size", "达到示范站人数", "Of a model station's size"),
        TOO_FEW,
    ),
)
HOUSEHOLD_ACCESS = Layer(
    name="household_access",
    label=Label("各户服务能力", "Access of every household"),
    sensitive=True,
    fields=(
        identifier(),
        _PER_1000,
        count("stations", "能到的站数", "Stations within reach"),
        flag("near_unknown", "附近有人员不详之站", "Near a station of unknown staff"),
        flag("imprecise", "定位不准", "Imprecise"),
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
            placed(ACCESS_AREAS[one.by], one.by_area, "code", area_shapes(store, one.about, one.by), total=one.total)
            for one in reports
        ),
        placed(STATION_LOADS, report.stations, "id", places),
    ]
    if viewer.points:
        asked = {"mode": report.mode, "minutes": report.minutes, "decay": report.decay, "choice": choice}
        tables.append(Table(HOUSEHOLD_ACCESS, household_access(viewer, store, **asked)))  # type: ignore[arg-type]
    return tables
