"""``rongtu access`` and ``rongtu fairness``: what everybody shares, and how evenly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import (
    by_option,
    commands,
    common_options,
    facility_options,
    heading,
    minutes_option,
    mode_option,
    opened_store,
    out_option,
    percent,
    say,
    table_text,
    write_out,
)
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.county.facilities import FacilityChoice

_STATIONS_SHOWN = 15
_WITHHELD = "户数太少"


@commands.command()
@mode_option
@minutes_option
@click.option(
    "--decay", default="gaussian", show_default=True, metavar="gaussian|step|binary",
    help="时间越长份额越小的方式 (how shares fall with time).",
)
@by_option
@facility_options
@out_option("另存各地、各站、各户的表，.xlsx .gpkg .geojson .csv (also write areas, stations and households).")
@common_options
def access(
    mode: str,
    minutes: float,
    decay: str,
    by: Any,
    choice: FacilityChoice,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """每千人工作人员数与各站负荷（两步移动搜索法） (staff per 1,000 persons, and what every station carries)."""
    from app.services.access import service
    from app.services.access.tables import access_tables

    with opened_store(store, existing=True) as opened:
        report = service.access(
            LOCAL_STEWARD, opened, mode=mode, minutes=minutes, decay=decay, by=by, choice=choice
        )
        write_out(out, lambda: access_tables(LOCAL_STEWARD, opened, report, choice=choice), report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _access_words(report))


def _access_words(report: Any) -> str:
    import pandas as pd

    from app.services.access.report import STATION_STATE

    total = report.total
    areas = pd.DataFrame(
        [
            {
                "": a.name,
                "户": a.households,
                "人": a.persons,
                "每千人工作人员": _number(a.access_per_1000, 2),
                "够不到的人": _number(a.persons_without, 0),
            }
            for a in report.by_area
        ]
    )
    stations = pd.DataFrame(
        [
            {
                "站": s.name,
                "乡镇": s.township_name,
                "工作人员": "不详" if s.staff is None else s.staff,
                "范围内人数": _WITHHELD if s.too_few else s.persons,
                "每名负担": _number(s.persons_per_staff, 1),
                "情况": STATION_STATE.label(s.state).zh,
            }
            for s in report.stations[:_STATIONS_SHOWN]
        ]
    )
    said = (
        f"每千人 {_number(total.access_per_1000, 2)} 名工作人员  够不到的 {_number(total.persons_without, 0)} 人  "
        f"定位不准未计 {total.persons_imprecise} 人  计入 {report.stations_counted} 站 {report.staff} 名"
    )
    return "\n".join([
        *heading(report.about),
        said,
        "",
        table_text(areas),
        *(["", table_text(stations)] if len(stations) else []),
    ])  # fmt: skip


@commands.command()
@mode_option
@minutes_option
@click.option(
    "--elder-pace/--usual-pace", default=True, show_default=True,
    help="步行时老人按老人步行速度 (elders walk at an elder's pace).",
)
@facility_options
@out_option("另存各类家庭、各乡镇的表，.xlsx .gpkg .geojson .csv (also write kinds of households and townships).")
@common_options
def fairness(
    mode: str,
    minutes: float,
    elder_pace: bool,
    choice: FacilityChoice,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """各类家庭的可达率与用时的差距 (reach by kind of household, and how uneven the minutes are)."""
    from app.services.fairness import service
    from app.services.fairness.tables import fairness_tables

    with opened_store(store, existing=True) as opened:
        report = service.fairness(
            LOCAL_STEWARD, opened, mode=mode, minutes=minutes, elder_pace=elder_pace, choice=choice
        )
        write_out(out, lambda: fairness_tables(opened, report), report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _fairness_words(report))


def _fairness_words(report: Any) -> str:
    import pandas as pd

    total, gap = report.total, report.gap
    groups = pd.DataFrame(
        [
            {
                "": g.zh,
                "户": _WITHHELD if g.too_few else g.households,
                "人": _number(g.persons, 0),
                "可达率": percent(g.rate),
                "范围": f"{percent(g.rate_low)}–{percent(g.rate_high)}",
                "中位分钟": _number(g.minutes_median, 1),
            }
            for g in report.groups
        ]
    )
    townships = pd.DataFrame(
        [
            {
                "": t.name,
                "户": t.households,
                "可达率": percent(t.rate),
                "平均分钟": _number(t.minutes_mean, 1),
                "最远一成": _number(t.worst_tenth_minutes, 1),
                "基尼系数": _number(t.gini, 3),
                "无路可达": percent(t.without),
            }
            for t in report.by_township
        ]
    )
    apart = (
        "乡镇差距 无数据" if gap is None else
        f"乡镇差距 {gap.difference * 100:.1f} 个百分点（{gap.best_name} {percent(gap.best_rate)}，"
        f"{gap.worst_name} {percent(gap.worst_rate)}）"
    )  # fmt: skip
    said = (
        f"平均 {_number(total.minutes_mean, 1)} 分钟  最远一成 {_number(total.worst_tenth_minutes, 1)} 分钟  "
        f"基尼系数 {_number(total.gini, 3)}  无路可达 {percent(total.without)}"
    )
    return "\n".join([
        *heading(report.about),
        said,
        apart,
        "",
        table_text(groups),
        "",
        table_text(townships),
    ])  # fmt: skip


def _number(value: float | None, decimals: int) -> str:
    return "—" if value is None else f"{value:,.{decimals}f}"
