"""The command line ``rongtu``: every command answers in words or, with ``--json``, in JSON.

Results go to standard output, progress and errors to standard error. Bad usage or input ends with
one line and exit code 2.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.config import read_settings
from app.roles import LOCAL_STEWARD
from geo.errors import RongtuError

if TYPE_CHECKING:
    import pandas as pd

    from layers.intake.osm import Count, Extract
    from layers.store import Store

# Commands import what they need when they run: `rongtu --help` should not wait for geopandas.


def _common(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 (answer in JSON).")(command)
    return click.option(
        "--store",
        default=None,
        metavar="URL",
        help="数据库：文件路径或 postgresql+psycopg://… "
        "(store: a file or a PostGIS address; default RONGTU_STORE or var/rongtu.db).",
    )(command)


@contextmanager
def _store(url: str | None, *, existing: bool = False) -> Iterator[Store]:
    from app.bootstrap import open_store

    with open_store(read_settings(store=url), existing=existing) as store:
        yield store


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error; nothing where nobody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bars:
        bar = bars.add_task("…", total=1.0)
        yield lambda stage, share: bars.update(bar, description=stage, completed=share)


def _say(answer: Any, *, as_json: bool, words: Callable[[], str]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str) if as_json else words())


def _table(frame: pd.DataFrame) -> str:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in frame.columns:
        table.add_column(str(column), justify="right" if frame[column].dtype.kind in "if" else "left")
    for row in frame.itertuples(index=False):
        table.add_row(*["" if pd.isna(value) else str(value) for value in row])
    console = Console(width=None if sys.stdout.isatty() else 160)
    with console.capture() as text:
        console.print(table)
    return text.get().rstrip()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="rongtu")
def commands() -> None:
    """荣图：退役军人服务站覆盖、服务圈、走访与烈士纪念设施管护 (service coverage for a county's veterans)."""


@commands.command()
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="随机种子 (seed).")
@click.option("--replace", is_flag=True, help="覆盖库中的其他地区 (replace another region in the store).")
@_common
def demo(seed: int, replace: bool, store: str | None, as_json: bool) -> None:
    """生成虚构的演示县 (make the fictional demonstration county)."""
    from app.services.importing import counts, load_demo

    with _store(store) as opened, _progress(quiet=as_json) as progress:
        report = load_demo(LOCAL_STEWARD, opened, seed=seed, replace=replace, progress=progress)
        table = counts(report)
    _say({"seed": seed, "layers": table.to_dict("records")}, as_json=as_json, words=lambda: _table(table))


@commands.command("import-osm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--township-level",
    default=8,
    show_default=True,
    type=click.IntRange(2, 11),
    help="作为乡镇的行政级别 (admin_level that stands for townships).",
)
@click.option(
    "--station-tags",
    multiple=True,
    metavar="KEY=VALUE[,…]",
    help="作为服务站的标签，可重复 (tags that stand for stations; may be repeated).",
)
@click.option(
    "--households-from",
    type=click.Choice(["buildings"]),
    default=None,
    help="由住宅建筑生成匿名家庭，供规划用 (anonymous households from dwellings, for planning).",
)
@click.option("--replace", is_flag=True, help="覆盖库中的其他地区 (replace another region in the store).")
@_common
def import_osm(
    file: Path,
    township_level: int,
    station_tags: tuple[str, ...],
    households_from: Any,
    replace: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """由 OpenStreetMap 提取文件建库 (fill the layers from an OpenStreetMap extract)."""
    from app.services.importing import counts, load_extract
    from layers.intake.osm import read_extract

    tags = [tag.strip() for given in station_tags for tag in given.split(",") if tag.strip()]
    with _progress(quiet=as_json) as progress:
        # Read first: a file that cannot be read leaves no empty store behind.
        extract = read_extract(
            file,
            township_level=township_level,
            station_tags=tuple(tags),
            households_from=households_from,
            progress=progress,
        )
    with _store(store) as opened:
        table = counts(load_extract(LOCAL_STEWARD, opened, extract, source=file.name, replace=replace))
    answer = {
        "region": extract.region_name,
        "as_of": extract.as_of,
        "layers": table.to_dict("records"),
        "taken": [asdict(count) for count in extract.taken],
        "left_out": [asdict(count) for count in extract.left_out],
    }
    _say(answer, as_json=as_json, words=lambda: _extract_words(extract, table))


def _extract_words(extract: Extract, loaded: pd.DataFrame) -> str:
    import pandas as pd

    def listed(counts: Sequence[Count]) -> str:
        rows = [
            {"": count.what_zh, "说明": count.reason_zh, "数": count.n, "例": "、".join(count.names[:3])} for count in counts
        ]
        return _table(pd.DataFrame(rows)) if rows else "—"

    return "\n".join([
        f"{extract.region_name}  {extract.as_of}", _table(loaded),
        "", "取用 (taken)", listed(extract.taken), "", "未取 (left out)", listed(extract.left_out),
    ])  # fmt: skip


@commands.command()
@_common
def layers(store: str | None, as_json: bool) -> None:
    """列出图层 (list the layers)."""
    import pandas as pd

    from app.services.layers import summaries
    from layers.registry import LAYERS

    with _store(store, existing=True) as opened:
        found = summaries(LOCAL_STEWARD, opened)
    rows = [
        {"name": s.name, "label": LAYERS[s.name].label.zh, "rows": s.rows, "as_of": s.as_of, "source": s.source}
        for s in found
    ]
    _say({"layers": rows}, as_json=as_json, words=lambda: _table(pd.DataFrame(rows)))


@commands.command()
@click.option(
    "--mode", default="walk", show_default=True, metavar="walk|elder_walk|ebike|drive", help="出行方式 (mode)."
)
@click.option("--minutes", default=15.0, show_default=True, help="时限，含 (limit, inclusive).")
@click.option("--by", default="township", show_default=True, metavar="township|village", help="分区级别 (areas).")
@click.option(
    "--level",
    "levels",
    multiple=True,
    metavar="county|township|village",
    help="只计此级服务站，可重复 (only stations of this level).",
)
@click.option("--grade", default=None, help="只计持有此等级的站 (only stations that hold this grade).")
@click.option(
    "--kind", "support_kind", default=None, help="改计此类服务点 (count support points of this kind instead)."
)
@click.option("--business", default=None, help="改计此业态服务点 (count support points of this business instead).")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="另存每户一行，如 .xlsx、.csv (also write one row per household).",
)
@_common
def coverage(
    mode: str,
    minutes: float,
    by: Any,
    levels: tuple[str, ...],
    grade: str | None,
    support_kind: str | None,
    business: str | None,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """计算可达率与有站率 (reach rate beside establishment rate)."""
    from app.services import coverage as service
    from app.services.facilities import FacilityChoice

    choice = FacilityChoice(levels=levels, grade=grade, support_kind=support_kind, business=business)
    if out is not None:  # only now: writing workbooks takes long to import
        from app.services.exporting import export_household_times
        from layers.intake.export import check_target

        check_target(out)
    with _store(store, existing=True) as opened:
        report = service.coverage(LOCAL_STEWARD, opened, mode=mode, minutes=minutes, by=by, choice=choice)
        if out is not None:
            times = service.household_times(LOCAL_STEWARD, opened, mode=mode, minutes=minutes, choice=choice)
            export_household_times(times, out)
    _say(report.to_dict(), as_json=as_json, words=lambda: _coverage_words(report))


def _coverage_words(report: Any) -> str:
    import pandas as pd

    def percent(value: float | None) -> str:
        return "无数据" if value is None else f"{value:.1%}"

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
    no_way = f"无路可达 {unknown.unreachable} 户（其中孤立路段 {unknown.disconnected} 户）"
    established = f"{percent(total.establishment_rate)}（{total.units_with_station}/{total.units}）"
    parts = [
        f"{report.region.zh}  {report.as_of}",
        f"可达率 {reach}  按人 {percent(total.persons_reach_rate)}  有站率 {established}",
        f"路网外 {unknown.off_network} 户  {no_way}  定位不清 {unknown.imprecise} 户",
        report.rule.text_zh,
        *(f"注意：{note.zh}" for note in report.notes),
        "",
        _table(table),
    ]
    return "\n".join([*parts, "", _table(gaps)] if len(gaps) else parts)


@commands.command()
@click.argument("layer")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_common
def export(layer: str, file: Path, store: str | None, as_json: bool) -> None:
    """导出图层：.gpkg .geojson .fgb .csv .xlsx (write a layer to a file)."""
    from app.services.exporting import export_layer

    with _store(store, existing=True) as opened:
        rows = export_layer(LOCAL_STEWARD, opened, layer, file)
    _say({"layer": layer, "file": str(file), "rows": rows}, as_json=as_json, words=lambda: f"{file}: {rows} 行 (rows)")


@commands.command()
@click.option("--host", default=None, help="只接受本机地址 (loopback only).")
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="端口 (port).")
@_common
def serve(host: str | None, port: int | None, store: str | None, as_json: bool) -> None:
    """启动网页与接口 (serve pages and API on one port)."""
    from app.server import serve as run

    del as_json  # there is no answer but the address
    run(read_settings(host=host, port=port, store=store))


@commands.command()
@_common
def migrate(store: str | None, as_json: bool) -> None:
    """把库升级到本程序的版本 (bring the store up to the program's version)."""
    with _store(store) as opened:
        version = opened.schema_version()
        label = opened.address
    _say({"store": label, "version": version}, as_json=as_json, words=lambda: f"{label}: {version}")


@commands.command()
@_common
def check(store: str | None, as_json: bool) -> None:
    """检查库中数据的问题；有问题时退出码为 1 (what is wrong with the data; exit code 1 if anything is)."""
    import pandas as pd

    from app.services.checking import check_store

    with _store(store, existing=True) as opened:
        report = check_store(LOCAL_STEWARD, opened)
    rows = [
        {
            "layer": i.layer,
            "id": i.id,
            "column": i.column,
            "rule": i.rule,
            "value": i.value,
            "hint": i.hint.zh,
            "hint_en": i.hint.en,
        }
        for i in report.issues
    ]
    answer = {"ok": report.ok, "issues": rows}
    _say(answer, as_json=as_json, words=lambda: "没有问题 (no problems)" if report.ok else _table(pd.DataFrame(rows)))
    if not report.ok:
        raise SystemExit(1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; errors that a person can act on become one line and exit code 2."""
    try:
        commands.main(args=arguments, prog_name="rongtu", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        raise SystemExit(2) from None
    except (click.ClickException, RongtuError) as error:
        said = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo("rongtu: " + " ".join(said.split()), err=True)
        raise SystemExit(2) from None
    except (click.Abort, KeyboardInterrupt):
        click.echo("rongtu: 已停止 (stopped)", err=True)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
