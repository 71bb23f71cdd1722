"""The answer to a what-if as tables: areas with their geometry, stations, changes, and households for who may see them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.answers.tables import Table
from app.services.answers.workbook import SHARE
from app.services.county.homes import homes
from app.services.county.state import StoreState
from app.services.county.units import units
from app.services.scenarios.report import AreaChange, WhatIfReport
from layers.schema import WGS84, Field, Kind, Label, Layer, Vocabulary
from layers.store import Store
from layers.vocabulary import STATION_LEVEL

FATE = Vocabulary("scenario_fate", {
    "kept": Label("不变", "As it is"),
    "added": Label("新增", "Added"),
    "moved": Label("迁移", "Moved"),
    "closed": Label("撤销", "Closed"),
})
CHANGE = Vocabulary("household_change", {
    "newly_reached": Label("新可达", "Newly reached"),
    "newly_lost": Label("不再可达", "Newly lost"),
    "quicker": Label("更近", "Quicker"),
    "slower": Label("更远", "Slower"),
    "other": Label("其他变化", "Other change"),
})


def _text(name: str, zh: str, en: str) -> Field:
    return Field(name=name, label=Label(zh, en))


def _count(name: str, zh: str, en: str) -> Field:
    return Field(name=name, label=Label(zh, en), kind=Kind.INTEGER)


def _number(name: str, zh: str, en: str, unit: str = "") -> Field:
    return Field(name=name, label=Label(zh, en), kind=Kind.NUMBER, unit=unit)


AREAS = Layer(
    name="scenario_areas",
    label=Label("分区对比", "Areas before and after"),
    geometry=("Point", "MultiPoint", "Polygon", "MultiPolygon"),
    geometry_required=False,
    fields=(
        _text("code", "代码", "Code"),
        _text("name", "名称", "Name"),
        _text("scenario", "方案", "Scenario"),
        _count("households", "户数", "Households"),
        _count("persons", "对象（人）", "Persons"),
        _number("reach_before", "现状可达率", "Reach rate before", SHARE),
        _number("reach_after", "方案可达率", "Reach rate after", SHARE),
        _number("reach_points", "变化（百分点）", "Difference (points)"),
        _number("persons_reach_before", "现状可达率（人）", "Reach rate of persons before", SHARE),
        _number("persons_reach_after", "方案可达率（人）", "Reach rate of persons after", SHARE),
        _count("persons_reached_difference", "可达人数变化", "Difference in persons reached"),
        _count("newly_reached_households", "新可达户", "Households newly reached"),
        _count("newly_reached_persons", "新可达人", "Persons newly reached"),
        _count("newly_lost_households", "不再可达户", "Households newly lost"),
        _count("newly_lost_persons", "不再可达人", "Persons newly lost"),
        _count("without_way_before", "现状无路可达或离路太远户", "Households without a way or far from roads before"),
        _count("without_way_after", "方案无路可达或离路太远户", "Households without a way or far from roads after"),
        _number("establishment_before", "现状有站率", "Establishment rate before", SHARE),
        _number("establishment_after", "方案有站率", "Establishment rate after", SHARE),
        Field(name="withheld", label=Label("户数太少，不列出", "Withheld, too few households"), kind=Kind.BOOLEAN),
    ),
)
STATIONS = Layer(
    name="scenario_stations",
    label=Label("各站服务量对比", "Stations before and after"),
    fields=(
        _text("id", "编号", "ID"),
        _text("name", "名称", "Name"),
        Field(name="level", label=Label("级别", "Level"), kind=Kind.CHOICE, vocabulary=STATION_LEVEL),
        Field(name="state", label=Label("方案", "Scenario"), kind=Kind.CHOICE, vocabulary=FATE),
        _count("staff", "工作人员", "Staff"),
        _count("households_before", "现状最近户", "Nearest households before"),
        _count("households_after", "方案最近户", "Nearest households after"),
        _count("persons_before", "现状最近人", "Nearest persons before"),
        _count("persons_after", "方案最近人", "Nearest persons after"),
    ),
)
CHANGES = Layer(
    name="scenario_changes",
    label=Label("改动", "Changes"),
    fields=(
        _count("number", "序号", "Number"),
        _text("what", "改动", "Change"),
        _text("what_en", "改动（英文）", "Change in English"),
        Field(name="applied", label=Label("已生效", "Applied"), kind=Kind.BOOLEAN),
        _text("remark", "说明", "Remark"),
        _text("remark_en", "说明（英文）", "Remark in English"),
    ),
)
HOUSEHOLDS = Layer(
    name="scenario_households",
    label=Label("受影响的户", "Households that differ"),
    sensitive=True,
    fields=(
        _text("id", "编号", "ID"),
        Field(name="change", label=Label("变化", "Change"), kind=Kind.CHOICE, vocabulary=CHANGE),
        _number("minutes_before", "现状分钟", "Minutes before"),
        _number("minutes_after", "方案分钟", "Minutes after"),
        _text("station_before", "现状最近站", "Nearest before"),
        _text("station_after", "方案最近站", "Nearest after"),
    ),
)


def tables(
    viewer: Viewer, store: Store, reports: Sequence[WhatIfReport], households: pd.DataFrame | None = None
) -> list[Table]:
    """Areas, stations and changes of one or more answers, and the households that differ where they are given."""
    state, first = StoreState(store), reports[0]
    found = units(homes(state), "village" if first.by == "village" else "township", viewer)
    shapes = found.frame.set_index(found.frame["code"].astype(str)).geometry
    rows = [_area(area, report.scenario) for report in reports for area in (*report.by_area, report.total)]
    frame = pd.DataFrame(rows, columns=AREAS.columns)
    place = gpd.GeoSeries([shapes.get(code) for code in frame["code"]], crs=WGS84)
    given = [
        Table(AREAS, gpd.GeoDataFrame(frame, geometry=place)),
        Table(STATIONS, pd.DataFrame(
            [{name: getattr(one, name) for name in STATIONS.columns} for report in reports for one in report.stations],
            columns=STATIONS.columns,
        )),
        Table(CHANGES, pd.DataFrame([_change(report, k) for report in reports for k in range(len(report.changes))],
                                    columns=CHANGES.columns)),
    ]  # fmt: skip
    return given if households is None else [*given, Table(HOUSEHOLDS, households)]


def _area(area: AreaChange, scenario: str) -> dict[str, object]:
    was, now, difference = area.before, area.after, area.difference
    return {
        "code": area.code,
        "name": area.name or "合计",
        "scenario": scenario,
        "households": was.households,
        "persons": was.persons,
        "reach_before": was.reach_rate,
        "reach_after": now and now.reach_rate,
        "reach_points": difference and difference.reach_points,
        "persons_reach_before": was.persons_reach_rate,
        "persons_reach_after": now and now.persons_reach_rate,
        "persons_reached_difference": difference and difference.persons_reached,
        "newly_reached_households": area.newly_reached and area.newly_reached.households,
        "newly_reached_persons": area.newly_reached and area.newly_reached.persons,
        "newly_lost_households": area.newly_lost and area.newly_lost.households,
        "newly_lost_persons": area.newly_lost and area.newly_lost.persons,
        "without_way_before": was.without_way,
        "without_way_after": now and now.without_way,
        "establishment_before": was.establishment_rate,
        "establishment_after": now and now.establishment_rate,
        "withheld": area.withheld,
    }


def _change(report: WhatIfReport, k: int) -> dict[str, object]:
    change = report.changes[k]
    remark = change.remark or Label("", "")
    return {
        "number": change.number, "what": change.label.zh, "what_en": change.label.en, "applied": change.applied,
        "remark": remark.zh, "remark_en": remark.en,
    }  # fmt: skip
