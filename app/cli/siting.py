"""``rongtu site``: where the next stations help most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import (
    commands,
    common_options,
    heading,
    lon_lat,
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

    from app.services.siting.report import SitingReport

_KINDS = ("villages", "planned", "support_points")


@commands.command()
@click.option("--question", "question", type=click.Path(path_type=Path, dir_okay=False), default=None,
              help="问题写在 JSON 文件中，其余选项覆盖它 (the question in a file; other options go before it).")
@click.option("--objective", default=None, metavar="coverage|backup|set-cover|p-median|p-center|fair",
              help="求什么，默认 coverage (what is wanted).")
@click.option("--add", "add", default=None, type=int, help="新增几站，默认 5 (new stations).")
@click.option("--mode", default=None, metavar="walk|elder_walk|ebike|drive", help="出行方式，默认 drive (mode).")
@click.option("--minutes", default=None, type=float, help="时限，含，默认 15 (limit, inclusive).")
@click.option("--candidates", multiple=True, metavar="villages|planned|support_points|FILE",
              help="候选点，可重复；也可是点图层文件，默认 villages (candidates; or a file of points).")
@click.option("--place", "places", multiple=True, metavar="LON,LAT", help="再加一个候选位置，可重复 (one place more).")
@click.option("--must", multiple=True, metavar="ID", help="必设的候选点 (a candidate that must be opened).")
@click.option("--ban", "banned", multiple=True, metavar="ID", help="排除的候选点 (a candidate that may not be).")
@click.option("--forbid", multiple=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="禁止区域的面图层文件 (a file of areas in which none may stand).")
@click.option("--people", default=None, help="计哪些人：all、elder、困难类别等 (whom: all, elder, a category).")
@click.option("--need", multiple=True, metavar="KIND=TIMES",
              help="这类家庭按几倍计，可重复，如 elder_alone=3 (how many times such a household counts).")
@click.option("--weight", default=None, metavar="persons|households", help="按人或按户 (what is counted).")
@click.option("--share", default=None, type=float, help="set-cover、fair 的份额，0–1 (share to be covered).")
@click.option("--by-township", is_flag=True, help="份额按每个乡镇 (the share holds in every township).")
@click.option("--close", default=None, type=int, help="可迁现有站数 (existing stations that may move).")
@click.option("--budget", default=None, type=float, help="预算，代替 --add (what there is to spend).")
@click.option("--cost", default=None, type=float, help="一个新站的费用，默认 1 (cost of a station).")
@click.option("--cost-of", "costs", multiple=True, metavar="ID=COST",
              help="个别候选点的费用，可重复 (cost of a single candidate).")
@click.option("--persons-per-staff", default=None, type=float, help="每名工作人员最多服务几人 (capacity).")
@click.option("--staff", default=None, type=int, help="新站工作人员数，默认 1 (staff of a new station).")
@click.option("--seconds", default=None, type=float, help="最多算几秒，默认 30 (time to search).")
@click.option("--seed", default=None, type=int, help="随机种子，默认 0 (seed).")
@click.option("--save-as", "scenario", default=None, metavar="NAME", help="存为情景方案 (keep the plan as a scenario).")
@out_option("另存表格，如 .xlsx、.gpkg、.geojson、.csv (also write tables).")
@common_options
def site(
    question: Path | None, candidates: tuple[str, ...], places: tuple[str, ...], forbid: tuple[Path, ...], need: tuple[str, ...],
    costs: tuple[str, ...], scenario: str | None, out: Path | None, store: str | None, as_json: bool, by_township: bool, **options: Any,
) -> None:
    """选址：新站设在哪里最好，附证明与理由 (where new stations help most, proven and explained)."""
    from app.services.scenarios.saved import save
    from app.services.siting.places import areas_in, places_in
    from app.services.siting.plan import as_scenario
    from app.services.siting.question import as_question
    from app.services.siting.service import site as service
    from app.services.siting.tables import siting_tables

    given: dict[str, Any] = {} if question is None else _read(question)
    given |= {name: value for name, value in options.items() if value is not None and value != ()}
    files = [Path(name) for name in candidates if name not in _KINDS]
    if candidates or places:
        given["candidates"] = [name for name in candidates if name in _KINDS]
        given["places"] = [{"at": lon_lat(text)} for text in places] + [place for path in files for place in places_in(path)]
    if need:
        given["need"] = dict(_valued(text, "--need", "elder_alone=3") for text in need)
    if costs:
        given["costs"] = dict(_valued(text, "--cost-of", "village:V1=2.5") for text in costs)
    if forbid:
        given["forbidden"] = [area for path in forbid for area in areas_in(path)]
    if by_township:
        given["by_township"] = True
    asked = as_question(given)
    with opened_store(store, existing=True) as opened:
        report = service(LOCAL_STEWARD, opened, asked)
        if scenario is not None:
            save(LOCAL_STEWARD, opened, as_scenario(report, scenario, staff=asked.staff))
        write_out(out, lambda: siting_tables(report), report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _words(report))


def _valued(text: str, option: str, example: str) -> tuple[str, float]:
    from app.services.siting.question import SitingError

    code, _, value = text.rpartition("=")
    try:
        return code.strip(), float(value)
    except ValueError as error:
        msg = f"{option} 的“{text}”不是 名称=数，例如 {example} ({option} takes NAME=NUMBER, for example {example})"
        raise SitingError(msg) from error


def _read(path: Path) -> Any:
    from app.services.answers.written import read_json
    from app.services.siting.question import CALLED, SitingError

    try:
        return read_json(path.read_bytes(), called=CALLED, error=SitingError)
    except OSError as error:
        msg = f"无法读取 {path}，请检查路径与权限 (the file cannot be read: {error.strerror})"
        raise SitingError(msg) from error


def _words(report: SitingReport) -> str:
    import pandas as pd

    from app.services.siting.sentences import outcome, sentence

    sites = pd.DataFrame([
        {
            "": site.letter, "位置": site.name, "乡镇": site.township, "新覆盖人数": site.newly.persons,
            "服务人数": site.served.persons, **({} if site.capacity is None else {"能力": site.capacity}),
            **({} if site.cost is None else {"费用": f"{site.cost:,.6g}"}), "编号": site.id,
        }
        for site in report.chosen
    ])  # fmt: skip
    curve = pd.DataFrame([
        {"新增": point.added, "份额": percent(point.share), "增加": round(point.gain), "": point.status} for point in report.curve
    ])
    lines: Sequence[str] = [
        *heading(report.about),
        outcome(report).zh,
        *(obstacle.text.zh for obstacle in report.obstacles),
    ]
    parts = ["\n".join(lines)]
    if len(sites):
        parts += [table_text(sites), "\n".join(f"{site.letter} {sentence(site, report).zh}" for site in report.chosen)]
    if len(curve):
        parts.append(table_text(curve))
    if report.trade_off:
        parts.append(table_text(pd.DataFrame([
            {
                "最差乡镇": point.township, "其份额": percent(point.worst), "总份额": percent(point.share), "": point.status,
            }
            for point in report.trade_off
        ])))  # fmt: skip
    return "\n\n".join(parts)
