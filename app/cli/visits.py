"""``rongtu visits``: rounds of home visits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from app.cli.common import commands, common_options, heading, opened_store, say, table_text
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.visit_plans.report import VisitPlan

_OMITTED_SHOWN = 20
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@commands.group()
def visits() -> None:
    """走访 (home visits)."""


@visits.command("plan")
@click.option("--from", "first_day", type=_DAY, default=None, help="第一天，默认下一个工作日 (first day; default the next working day).")
@click.option("--days", default=5, show_default=True, help="几个工作日 (working days).")
@click.option("--teams", default=8, show_default=True, help="几个小组 (teams).")
@click.option("--limit", default=200, show_default=True, help="最多走访几户 (households at most).")
@click.option("--mode", default="drive", show_default=True, metavar="walk|elder_walk|ebike|drive", help="出行方式 (mode).")
@click.option("--visit-minutes", default=40.0, show_default=True, help="每户几分钟 (minutes a visit).")
@click.option("--lunch-minutes", default=60.0, show_default=True, help="午休几分钟，0 为没有 (minutes of lunch, 0 for none).")
@click.option("--seconds", default=30.0, show_default=True, help="最多算几秒 (time to search).")
@click.option("--seed", default=0, show_default=True, help="随机种子 (seed).")
@common_options
def plan(
    first_day: dt.datetime | None,
    days: int,
    teams: int,
    limit: int,
    mode: str,
    visit_minutes: float,
    lunch_minutes: float,
    seconds: float,
    seed: int,
    store: str | None,
    as_json: bool,
) -> None:
    """排走访路线：谁、哪天、先后次序，排不进的说明原因 (who goes where on which day, and why some are left out)."""
    from app.services.visit_plans.question import VisitQuestion
    from app.services.visit_plans.service import plan_visits

    begins = first_day.date() if first_day else dt.datetime.now().astimezone().date() + dt.timedelta(days=1)
    asked = VisitQuestion(
        first_day=begins, days=days, teams=teams, limit=limit, mode=mode, visit_minutes=visit_minutes,
        lunch_minutes=lunch_minutes, seconds=seconds, seed=seed,
    )  # fmt: skip
    with opened_store(store, existing=True) as opened:
        report = plan_visits(LOCAL_STEWARD, opened, asked)
    say(report.to_dict(), as_json=as_json, words=lambda: _words(report))


def _words(report: VisitPlan) -> str:
    import pandas as pd

    routes = pd.DataFrame([
        {"日期": f"{r.day}", "小组": r.team, "出发站": r.station_name, "户": len(r.stops), "出发": r.leave, "返回": r.back,
         "午休": "" if r.lunch is None else r.lunch[0], "路上（分）": r.travel_minutes}
        for r in report.routes
    ])  # fmt: skip
    said = f"{report.asked} 户要走访，排入 {report.visited} 户，排不进 {len(report.omitted)} 户  路上共 {report.travel_minutes:g} 分钟"
    lines = [*heading(report.about), said]
    if len(routes):
        lines += ["", table_text(routes)]
    if report.omitted:
        left = [{"家庭": o.household, "村": o.village_name, "原因": o.reason} for o in report.omitted[:_OMITTED_SHOWN]]
        lines += ["", table_text(pd.DataFrame(left))]
        if len(report.omitted) > _OMITTED_SHOWN:
            lines.append(f"……共 {len(report.omitted)} 户，用 --json 看全部 (see all with --json)")
    return "\n".join(lines)
