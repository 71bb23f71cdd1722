"""Service stations, with their dated grades and their checks."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import (
    CHECK_KIND,
    GRADE,
    STATION_LEVEL,
    STATION_STATUS,
    identifier,
    name,
    precision,
)

STATIONS = Layer(
    name="stations",
    label=Label("服务站", "Service stations"),
    geometry=("Point",),
    fields=(
        identifier(),
        name(),
        Field(name="level", label=Label("级别", "Level"), kind=Kind.CHOICE, required=True, vocabulary=STATION_LEVEL),
        Field(name="status", label=Label("状态", "Status"), kind=Kind.CHOICE, required=True, vocabulary=STATION_STATUS),
        Field(name="parent", label=Label("上级站", "Parent station"), references=("stations",)),
        Field(name="unit", label=Label("服务单位", "Unit served"), references=("townships", "villages"),
              note=Label("所服务的乡镇或村；县级中心留空", "township or village served; empty for the county centre")),
        Field(name="address", label=Label("地址", "Address")),
        Field(name="phone", label=Label("对外电话", "Public telephone")),
        Field(name="staff", label=Label("工作人员", "Staff"), kind=Kind.INTEGER, minimum=0, maximum=500, unit="人"),
        Field(name="opened", label=Label("启用日期", "Opened"), kind=Kind.DATE),
        Field(name="closed", label=Label("停办日期", "Closed"), kind=Kind.DATE),
        precision(),
    ),
    rules=(
        Rule("period", "closed", Label("停办日期早于启用日期", "closed before it opened"),
             lambda t: t["closed"] < t["opened"]),
        Rule("status_closed", "status", Label("有停办日期而状态不是停办", "has a closing date but is not closed"),
             lambda t: t["closed"].notna() & (t["status"] != "closed")),
        Rule("own_parent", "parent", Label("上级站不能是自己", "a station cannot be its own parent"),
             lambda t: t["parent"] == t["id"]),
    ),
)

STATION_GRADES = Layer(
    name="station_grades",
    label=Label("服务站等级", "Station grades"),
    fields=(
        identifier(),
        Field(name="station", label=Label("服务站", "Station"), required=True, references=("stations",)),
        Field(name="scheme", label=Label("评定办法", "Scheme"), required=True),
        Field(name="grade", label=Label("等级", "Grade"), kind=Kind.CHOICE, required=True, vocabulary=GRADE),
        Field(name="awarded_by", label=Label("评定单位", "Awarding body")),
        Field(name="awarded", label=Label("评定日期", "Awarded"), kind=Kind.DATE, required=True),
        Field(name="valid_to", label=Label("有效期至", "Valid to"), kind=Kind.DATE),
    ),
    rules=(
        Rule("period", "valid_to", Label("有效期早于评定日期", "expires before it was awarded"),
             lambda t: t["valid_to"] < t["awarded"]),
    ),
)

STATION_CHECKS = Layer(
    name="station_checks",
    label=Label("服务站检查", "Station checks"),
    fields=(
        identifier(),
        Field(name="station", label=Label("服务站", "Station"), required=True, references=("stations",)),
        Field(name="date", label=Label("检查日期", "Date"), kind=Kind.DATE, required=True),
        Field(name="kind", label=Label("方式", "Kind"), kind=Kind.CHOICE, required=True, vocabulary=CHECK_KIND),
        Field(name="passed", label=Label("合格", "Passed"), kind=Kind.BOOLEAN, required=True),
        Field(name="findings", label=Label("问题", "Findings")),
    ),
)
