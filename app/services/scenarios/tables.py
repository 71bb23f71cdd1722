"""The answer to a what-if as tables: areas with their geometry, stations, changes, and households for who may see them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.answers.columns import CODE, count, flag, number, share, text
from app.services.answers.tables import Table
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


AREAS = Layer(
    name="scenario_areas",
    label=Label("分区对比", "Areas before and after"),
    geometry=("Point", "MultiPoint", "Polygon", "MultiPolygon"),
    geometry_required=False,
    fields=(
        CODE,
        text("name", "名称", "Name"),
        text("scenario", "方案", "Scenario"),
        count("households", "户数", "Households"),
        count("persons", "对象（人）", "Persons"),
        share("reach_before", "现状可达率", "Reach rate before"),
        share("reach_after", "方案可达率", "Reach rate after"),
        number("reach_points", "变化（百分点）", "Difference (points)"),
        share("persons_reach_before", "现状可达率（人）", "Reach rate of persons before"),
        share("persons_reach_after", "方案可达率（人）", "Reach rate of persons after"),
        count("persons_reached_difference", "可达人数变化", "Difference in persons reached"),
        count("newly_reached_households", "新可达户", "Households newly reached"),
        count("newly_reached_persons", "新可达人", "Persons newly reached"),
        count("newly_lost_households", "不再可达户", "Households newly lost"),
        count("newly_lost_persons", "不再可达人", "Persons newly lost"),
        count("without_way_before", "现状无路可达或离路太远户", "Households without a way or far from roads before"),
        count("without_way_after", "方案无路可达或离路太远户", "Households without a way or far from roads after"),
        share("establishment_before", "现状有站率", "Establishment rate before"),
        share("establishment_after", "方案有站率", "Establishment rate after"),
        flag("withheld", "户数太少，不列出", "Withheld, too few households"),
    ),
)
STATIONS = Layer(
    name="scenario_stations",
    label=Label("各站服务量对比", "Stations before and after"),
    fields=(
        text("id", "编号", "ID"),
        text("name", "名称", "Name"),
        Field(name="level", label=Label("级别", "Level"), kind=Kind.CHOICE, vocabulary=STATION_LEVEL),
        Field(name="state", label=Label("方案", "Scenario"), kind=Kind.CHOICE, vocabulary=FATE),
        count("staff", "工作人员", "Staff"),
        count("households_before", "现状最近户", "Nearest households before"),
        count("households_after", "方案最近户", "Nearest households after"),
        count("persons_before", "现状最近人", "Nearest persons before"),
        count("persons_after", "方案最近人", "Nearest persons after"),
    ),
)
CHANGES = Layer(
    name="scenario_changes",
    label=Label("改动", "Changes"),
    fields=(
        count("number", "序号", "Number"),
        text("what", "改动", "Change"),
        text("what_en", "改动（英文）", "Change in English"),
        flag("applied", "已生效", "Applied"),
        text("remark", "说明", "Remark"),
        text("remark_en", "说明（英文）", "Remark in English"),
    ),
)
HOUSEHOLDS = Layer(
    name="scenario_households",
    label=Label("受影响的户", "Households that differ"),
    sensitive=True,
    fields=(
        text("id", "编号", "ID"),
        Field(name="change", label=Label("变化", "Change"), kind=Kind.CHOICE, vocabulary=CHANGE),
        number("minutes_before", "现状分钟", "Minutes before"),
        number("minutes_after", "方案分钟", "Minutes after"),
        text("station_before", "现状最近站", "Nearest before"),
        text("station_after", "方案最近站", "Nearest after"),
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
