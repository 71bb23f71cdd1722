"""``rongtu coverage``: who reaches a station."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.common import (
    as_of_option,
    by_option,
    commands,
    common_options,
    facility_options,
    minutes_option,
    mode_option,
    opened_store,
    out_option,
    percent,
    say,
    say_written,
    table_text,
)
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.county.facilities import FacilityChoice


@commands.command()
@mode_option
@minutes_option
@by_option
@facility_options
@as_of_option
@out_option("另存每户一行，如 .xlsx、.csv (also write one row per household).")
@common_options
def coverage(
    mode: str,
    minutes: float,
    by: Any,
    choice: FacilityChoice,
    as_of: dt.date | None,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """计算可达率与有站率 (reach rate beside establishment rate)."""
    from app.services.coverage import service

    with opened_store(store, existing=True, as_of=as_of) as opened:
        report = service.coverage(LOCAL_STEWARD, opened, mode=mode, minutes=minutes, by=by, choice=choice)
        if out is not None:  # only now: writing workbooks takes long to import
            from app.services.answers.files import HOUSEHOLD_TIMES, export_household_times

            times = service.household_times(LOCAL_STEWARD, opened, mode=mode, minutes=minutes, choice=choice)
            export_household_times(times, out)
            say_written(out, {HOUSEHOLD_TIMES.label.zh: len(times)})
    say(report.to_dict(), as_json=as_json, words=lambda: _coverage_words(report))


def _coverage_words(report: Any) -> str:
    import pandas as pd

    total, unknown = report.total, report.unknown
    table = pd.DataFrame(
        [
            {
                "": a.name,
                "户": a.households,
                "人": a.persons,
                "可达户": a.households_reached,
                "可达人": a.persons_reached,
                "可达率": percent(a.reach_rate),
                "范围": f"{percent(a.reach_rate_low)}–{percent(a.reach_rate_high)}",
                "村": a.villages,
                "有站村": a.villages_with_station,
            }
            for a in report.by_area
        ]
    )
    gaps = pd.DataFrame(
        [
            {
                "缺口": g.name,
                "乡镇": g.township_name,
                "户": g.households,
                "人": g.persons,
                "中位分钟": g.nearest_minutes_median,
            }
            for g in report.gaps[:10]
        ]
    )
    reach = f"{percent(total.reach_rate)}（{percent(total.reach_rate_low)}–{percent(total.reach_rate_high)}）"
    no_way = (
        "无路可达 无数据" if unknown.unreachable is None
        else f"无路可达 {unknown.unreachable} 户（其中孤立路段 {unknown.disconnected} 户）"
    )  # fmt: skip
    off = "无数据" if unknown.off_network is None else f"{unknown.off_network} 户"
    established = f"{percent(total.establishment_rate)}（{total.units_with_station}/{total.units}）"
    parts = [
        f"{report.region.zh}  {report.as_of}",
        f"可达率 {reach}  按人 {percent(total.persons_reach_rate)}  有站率 {established}",
        f"路网外 {off}  {no_way}  定位不准 {unknown.imprecise} 户",
        report.rule.text_zh,
        *(f"注意：{note.zh}" for note in report.notes),
        "",
        table_text(table),
    ]
    reasons = [f"{g.name}：{g.why.text_zh}" for g in report.gaps[:10] if g.why is not None]
    return "\n".join([*parts, "", table_text(gaps), "", *reasons] if len(gaps) else parts)
