"""What every command shares: options, the store, progress, and how an answer is said."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.config import read_settings
from geo.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from app.services.answers.about import About
    from app.services.answers.tables import Table
    from layers.store import Store

_PIECES = 50_000
"""Of an answer in JSON that are written at once."""

# Commands import what they need when they run: `rongtu --help` should not wait for geopandas.

Command = Callable[..., None]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="rongtu")
def commands() -> None:
    """荣图：退役军人服务站覆盖、服务圈、走访与烈士纪念设施管护 (service coverage for a county's veterans)."""


def common_options(command: Command) -> Command:
    """``--store`` and ``--json``, passed as ``store`` and ``as_json``."""
    command = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 (answer in JSON).")(command)
    return click.option(
        "--store",
        default=None,
        metavar="URL",
        help="数据库：文件路径或 postgresql+psycopg://… "
        "(store: a file or a PostGIS address; default RONGTU_STORE or var/rongtu.db).",
    )(command)


def mode_option(command: Command) -> Command:
    """``--mode``, on foot unless said otherwise."""
    return click.option(
        "--mode", default="walk", show_default=True, metavar="walk|elder_walk|ebike|drive", help="出行方式 (mode)."
    )(command)


def minutes_option(command: Command) -> Command:
    """``--minutes``, a quarter of an hour unless said otherwise."""
    return click.option("--minutes", default=15.0, show_default=True, help="时限，含 (limit, inclusive).")(command)


def by_option(command: Command) -> Command:
    """``--by``, townships unless said otherwise."""
    return click.option(
        "--by", default="township", show_default=True, metavar="township|village", help="分区级别 (areas)."
    )(command)


def as_of_option(command: Command) -> Command:
    """``--as-of``, passed as ``as_of``: a day, or None for the present."""

    @wraps(command)
    def on_that_day(*, as_of: dt.datetime | None, **others: Any) -> None:
        command(as_of=None if as_of is None else as_of.date(), **others)

    return click.option(
        "--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, metavar="YYYY-MM-DD",
        help="按此日的数据 (with the data as of that day).",
    )(on_that_day)


def facility_options(command: Command) -> Command:
    """What counts, passed as ``choice``: a ``FacilityChoice``."""

    @wraps(command)
    def choosing(
        *, levels: tuple[str, ...], grade: str | None, support_kind: str | None, business: str | None, **others: Any
    ) -> None:
        from app.services.county.facilities import FacilityChoice

        command(choice=FacilityChoice(levels=levels, grade=grade, support_kind=support_kind, business=business), **others)

    chosen: Command = choosing
    for option in (
        click.option("--business", default=None,
                     help="改计此业态服务点 (count support points of this business instead)."),
        click.option("--kind", "support_kind", default=None,
                     help="改计此类服务点 (count support points of this kind instead)."),
        click.option("--grade", default=None, help="只计持有此等级的站 (only stations that hold this grade)."),
        click.option("--level", "levels", multiple=True, metavar="county|township|village",
                     help="只计此级服务站，可重复 (only stations of this level)."),
    ):
        chosen = option(chosen)
    return chosen


def out_option(what: str) -> Callable[[Command], Command]:
    """``--out``, with ``what`` is written there for its help; nobody waits for an answer that cannot be written there."""

    def checked(_context: click.Context, _option: click.Parameter, out: Path | None) -> Path | None:
        if out is not None:
            from layers.intake.workbooks.export import check_target

            check_target(out)
        return out

    return click.option(
        "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, callback=checked, help=what
    )


def lon_lat(text: str) -> tuple[float, float]:
    """A point as it is given to ``--at``.

    Raises
    ------
    ParameterError
        When it is none.
    """
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        msg = f"“{text}”不是位置；请写成 经度,纬度，如 122.95,28.31 (not a point; write longitude,latitude)"
        raise ParameterError(msg) from None
    return lon, lat


@contextmanager
def opened_store(url: str | None, *, existing: bool = False, as_of: dt.date | None = None) -> Iterator[Store]:
    """The store that the options name, as it is or as of a day."""
    from app.bootstrap import open_store

    with open_store(read_settings(store=url), existing=existing) as store:
        yield store if as_of is None else store.at(as_of)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
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


def say(answer: Any, *, as_json: bool, words: Callable[[], str]) -> None:
    """The answer on standard output, in JSON or in words."""
    if not as_json:
        click.echo(words())
        return
    # An answer on every row of a large file does not fit into memory twice.
    pieces = json.JSONEncoder(ensure_ascii=False, indent=2, default=str).iterencode(answer)
    while several := "".join(itertools.islice(pieces, _PIECES)):
        click.echo(several, nl=False)
    click.echo()


def write_out(out: Path | None, tables: Callable[[], Sequence[Table]], about: About) -> None:
    """Write an answer where ``--out`` says, if it says so."""
    if out is not None:  # only now: writing workbooks takes long to import
        from app.services.answers.files import export_tables

        say_written(out, {table.layer.label.zh: len(table.frame) for table in export_tables(tables(), out, about)})


def say_written(out: Path, rows: Mapping[str, int]) -> None:
    """What was written where, on standard error: standard output is for the answer."""
    click.echo(f"已写入 {out}：{'、'.join(f'{name} {n} 行' for name, n in rows.items())} (written)", err=True)


def table_text(frame: pd.DataFrame) -> str:
    """A frame as columns of text, as wide as the terminal."""
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


def heading(about: About) -> list[str]:
    """Region, date, rule and notes: the lines before every answer in words."""
    fictional = "（虚构）" if about.fictional and "虚构" not in about.region.zh else ""
    return [
        f"{about.region.zh}{fictional}  {about.as_of}",
        about.rule.zh,
        *(f"注意：{note.zh}" for note in about.notes),
    ]


def percent(value: float | None) -> str:
    """A share in words, the same digits as on the page."""
    from app.messages import percent_value

    return "无数据" if value is None else f"{percent_value(value):.1f}%"
