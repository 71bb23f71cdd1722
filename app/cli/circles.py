"""``rongtu circle``: what is within reach of everybody, and of a point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import (
    by_option,
    commands,
    common_options,
    heading,
    lon_lat,
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
    from app.services.answers.tables import Table
    from app.services.circles.around_report import Around, Place
    from app.services.circles.report import CircleReport


@commands.command()
@mode_option
@minutes_option
@click.option(
    "--recipe",
    default=None,
    metavar="ITEM,ITEM|OR[:WEIGHT]",
    help="服务圈的组成，如 medical,finance:2,station|post；默认 RONGTU_CIRCLE 或医疗、购物、金融、餐饮、服务站或驿站 "
    "(what makes a circle).",
)
@by_option
@click.option("--at", default=None, metavar="LON,LAT", help="改问此处时限内有什么 (what is within the limit of this point).")
@out_option("另存表格，如 .xlsx、.gpkg、.geojson、.csv (also write tables).")
@common_options
def circle(
    mode: str,
    minutes: float,
    recipe: str | None,
    by: Any,
    at: str | None,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """计算拥军服务圈的完整程度与所缺 (how complete the support circle is, and what it lacks)."""
    from app.bootstrap import circle_recipe
    from app.services.circles.around import around
    from app.services.circles.around_tables import around_tables
    from app.services.circles.service import circles
    from app.services.circles.tables import circle_tables

    asked: dict[str, Any] = {"mode": mode, "minutes": minutes, "recipe": circle_recipe(recipe)}
    point = None if at is None else lon_lat(at)
    report: CircleReport | Around
    tables: tuple[Table, ...] = ()
    with opened_store(store, existing=True) as opened:
        if point is not None:
            report = around(LOCAL_STEWARD, opened, lon=point[0], lat=point[1], **asked)
            tables = around_tables(report)
        elif out is None:
            report = circles(LOCAL_STEWARD, opened, by=by, **asked)
        else:
            report, tables = circle_tables(LOCAL_STEWARD, opened, by=by, **asked)
    write_out(out, lambda: tables, report.about)
    words = _circle_words if point is None else _around_words
    say(report.to_dict(), as_json=as_json, words=lambda: words(report))


def _circle_words(report: Any) -> str:
    import pandas as pd

    total, left_out = report.total, report.left_out
    areas = pd.DataFrame(
        [
            {
                "": area.name,
                "户": area.households,
                "人": area.persons,
                "得分": percent(area.score),
                "完整率": percent(area.complete_rate),
                "不完整（人）": area.persons_incomplete,
                **{f"缺{item.zh}": percent(area.missing[item.code]) for item in report.recipe},
            }
            for area in report.by_area
        ]
    )
    names = {area.code: area.name for area in report.by_area}
    reached = (
        f"得分 {percent(total.score)}（{percent(total.score_low)}–{percent(total.score_high)}）  "
        f"完整率 {percent(total.complete_rate)}（{percent(total.complete_rate_low)}–{percent(total.complete_rate_high)}）  "
        f"按人 {percent(total.persons_complete_rate)}"
    )
    not_counted = (
        f"不计：协议过期 {left_out.expired} 处  未开始 {left_out.not_begun} 处  离路网太远 {left_out.off_network} 处  "
        f"路网外 {report.households_off_network} 户  定位不准 {total.households_imprecise} 户"
    )
    lines = [
        *heading(report.about),
        reached,
        not_counted,
        *(["不完整的人最多：" + "、".join(names[code] or code for code in report.worst[:5])] if report.worst else []),
        "",
        table_text(areas.astype({"不完整（人）": "Int64"}) if len(areas) else areas),
    ]
    return "\n".join(lines)


def _around_words(report: Any) -> str:
    import pandas as pd

    names = {near.code: near.zh for near in report.services}

    def row(place: Place) -> dict[str, Any]:
        return {"服务": names.get(place.group, place.group), "名称": place.name, "分钟": place.minutes,
                "优惠": place.offer, "协议止": place.agreement_to}  # fmt: skip

    lines = [*heading(report.about), f"位置 {report.lon:g}, {report.lat:g}  得分 {percent(report.score)}"]
    for near in report.items:
        if report.on_network and near.code in report.missing:
            where = f"最近 {near.nearest.name} {near.nearest.minutes:.1f} 分钟" if near.nearest else "没有可到达的"
            lines.append(f"缺 {near.zh}：{where}")
    if report.places:
        lines += ["", table_text(pd.DataFrame([row(place) for place in report.places]))]
    if report.lapsed:
        lines += ["", "协议过期或未开始，不计：", table_text(pd.DataFrame([row(place) for place in report.lapsed]))]
    return "\n".join(lines)
