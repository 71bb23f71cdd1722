"""``rongtu whatif``: what a scenario would do to reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import UsageError

from app.cli.common import (
    by_option,
    commands,
    common_options,
    facility_options,
    heading,
    opened_store,
    out_option,
    percent,
    say,
    table_text,
    write_out,
)
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.services.answers.tables import Table
    from app.services.county.facilities import FacilityChoice
    from app.services.scenarios.definition import Scenario
    from app.services.scenarios.report import AreaChange, WhatIfReport
    from app.services.scenarios.saved import Kept
    from layers.store import Store

_MOST_AREAS = 40


@commands.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--saved", multiple=True, metavar="NAME", help="用库中保存的方案，可重复 (a saved scenario; may be repeated).")
@click.option("--mode", default=None, metavar="walk|elder_walk|ebike|drive",
              help="出行方式，默认按方案 (mode; default: the scenario's, else walk).")
@click.option("--minutes", default=None, type=float,
              help="时限，含，默认按方案 (limit, inclusive; default: the scenario's, else 15).")
@by_option
@facility_options
@click.option("--save", "saving", is_flag=True, help="把文件中的方案存入库 (keep the scenarios of the files).")
@click.option("--list", "listing", is_flag=True, help="列出保存的方案 (list the saved scenarios).")
@click.option("--show", default=None, metavar="NAME", help="输出保存的方案，可存为文件 (print a saved scenario).")
@click.option("--delete", "deleting", default=None, metavar="NAME", help="删除保存的方案 (forget a saved scenario).")
@out_option("另存表格，如 .xlsx、.gpkg、.geojson、.csv (also write tables).")
@common_options
def whatif(
    files: tuple[Path, ...],
    saved: tuple[str, ...],
    mode: str | None,
    minutes: float | None,
    by: Any,
    choice: FacilityChoice,
    saving: bool,
    listing: bool,
    show: str | None,
    deleting: str | None,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """试算方案：改动站点、道路、车速或人口后的可达率 (reach before and after a scenario's changes)."""
    from app.services.scenarios.saved import delete, kept_scenario, kept_scenarios

    given = [_read(path) for path in files]
    with opened_store(store, existing=True) as opened:
        if listing:
            found = kept_scenarios(LOCAL_STEWARD, opened)
            answer: Any = {"scenarios": [one.to_dict() for one in found]}
            say(answer, as_json=as_json, words=lambda: _list_words(found))
            return
        if show is not None:
            click.echo(kept_scenario(LOCAL_STEWARD, opened, show).scenario.to_json())
            return
        if deleting is not None:
            version = kept_scenario(LOCAL_STEWARD, opened, deleting).version
            delete(LOCAL_STEWARD, opened, deleting, version=version)
            say({"deleted": deleting}, as_json=as_json, words=lambda: f"已删除 {deleting} (forgotten)")
            return
        scenarios = [*given, *(kept_scenario(LOCAL_STEWARD, opened, name).scenario for name in saved)]
        if not scenarios:
            msg = "请给出方案文件，或 --saved 名称 (give a scenario file, or --saved NAME)"
            raise UsageError(msg)
        if saving:
            _save(opened, given)
        reports = _answers(opened, scenarios, out, mode=mode, minutes=minutes, by=by, choice=choice)
    plain = reports[0].to_dict() if len(reports) == 1 else {"scenarios": [report.to_dict() for report in reports]}
    say(plain, as_json=as_json, words=lambda: "\n\n".join(map(_words, reports)))


def _read(path: Path) -> Scenario:
    from app.services.scenarios.definition import ScenarioError, read_scenario

    try:
        return read_scenario(path.read_bytes())
    except OSError as error:
        msg = f"无法读取方案 {path}，请检查路径与权限 (the scenario cannot be read: {error.strerror})"
        raise ScenarioError(msg) from error
    except ScenarioError as error:
        msg = f"{path.name}：{error}"
        raise ScenarioError(msg) from None


def _save(store: Store, scenarios: Sequence[Scenario]) -> None:
    """A file is the newest word on its scenario: it follows whatever version is kept."""
    from app.services.scenarios.saved import kept_scenarios, save

    versions = {kept.name: kept.version for kept in kept_scenarios(LOCAL_STEWARD, store)}
    for scenario in scenarios:
        save(LOCAL_STEWARD, store, scenario, version=versions.get(scenario.name, 0))


def _answers(
    store: Store, scenarios: Sequence[Scenario], out: Path | None, *, mode: str | None, minutes: float | None, **asked: Any
) -> tuple[WhatIfReport, ...]:
    from app.services.scenarios.service import compare, household_changes, whatif
    from app.services.scenarios.tables import tables

    first = scenarios[0]
    # Several are held side by side under one question: that of the first, where none is asked.
    how: dict[str, Any] = {"mode": mode or first.mode or "walk"}
    how["minutes"] = minutes if minutes is not None else 15.0 if first.minutes is None else first.minutes
    reports = (
        (whatif(LOCAL_STEWARD, store, first, mode=mode, minutes=minutes, **asked),)
        if len(scenarios) == 1
        else compare(LOCAL_STEWARD, store, scenarios, **how, **asked)
    )
    def made() -> Sequence[Table]:
        households = None
        if len(scenarios) == 1:
            households = household_changes(LOCAL_STEWARD, store, first, **how, choice=asked["choice"])
        return tables(LOCAL_STEWARD, store, reports, households)

    write_out(out, made, reports[0].about)
    return reports


def _list_words(found: Sequence[Kept]) -> str:
    import pandas as pd

    rows = [
        {
            "方案": kept.name,
            "改动": None if kept.problem else len(kept.scenario.changes),
            "版": kept.version,
            "保存": f"{kept.saved_at.astimezone():%Y-%m-%d %H:%M}",
            "数据": "已重新装入" if kept.stale else "",
            "说明": f"读不出：{kept.problem}" if kept.problem else kept.scenario.note[:40],
        }
        for kept in found
    ]
    return table_text(pd.DataFrame(rows)) if rows else "还没有保存的方案 (no scenario is kept)"


def _words(report: WhatIfReport) -> str:
    import pandas as pd

    changes = pd.DataFrame(
        [
            {"": one.number, "改动": one.label.zh, "生效": "是" if one.applied else "否",
             "说明": one.remark.zh if one.remark else ""}
            for one in report.changes
        ]
    )  # fmt: skip
    shown = [area for area in report.by_area if _differs(area)][:_MOST_AREAS]
    parts = [*heading(report.about), "", f"方案“{report.scenario}”  站 {report.stations_before} → {report.stations_after}"]
    parts += [table_text(changes)] if len(changes) else []
    parts += ["", table_text(pd.DataFrame([_row(area) for area in (*shown, report.total)]))]
    if len(shown) < len(report.by_area):
        parts.append(f"其余 {len(report.by_area) - len(shown)} 个分区没有变化或未列出 (the rest do not differ)")
    return "\n".join(parts)


def _differs(area: AreaChange) -> bool:
    return area.withheld or area.before != area.after or bool(area.newly_reached and area.newly_reached.households)


def _row(area: AreaChange) -> dict[str, Any]:
    from app.messages import signed_points

    was, now, difference = area.before, area.after, area.difference
    return {
        "": area.name or "合计",
        "户": was.households,
        "现状": percent(was.reach_rate),
        "方案": "不列出" if now is None else percent(now.reach_rate),
        "百分点": "" if difference is None or difference.reach_points is None else signed_points(difference.reach_points),
        "新可达户": area.newly_reached.households if area.newly_reached else None,
        "新可达人": area.newly_reached.persons if area.newly_reached else None,
        "不再可达户": area.newly_lost.households if area.newly_lost else None,
        "不再可达人": area.newly_lost.persons if area.newly_lost else None,
        "无路可达": "" if difference is None else f"{difference.without_way:+d}",
        "有站单位": "" if now is None else f"{was.units_with_station} → {now.units_with_station}",
    }
