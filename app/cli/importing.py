"""The command that loads a file from an office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import commands, common_options, opened_store, progress, say, table_text
from app.roles import LOCAL_STEWARD
from geo.errors import ParameterError

if TYPE_CHECKING:
    from app.services.importing import ImportReport

_SHOWN = 40
"""Problems that are listed in words; JSON and the return workbook have all."""


@commands.command("import")
@click.argument("layer")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mode", type=click.Choice(["all", "good"]), default="all", show_default=True,
              help="all：有一行不对就都不装；good：先装没问题的行 (all rows or none; or the good ones).")
@click.option("--datum", default="auto", show_default=True, metavar="auto|wgs84|gcj02|bd09|cgcs2000|EPSG:…",
              help="坐标系 (what the coordinates are in).")
@click.option("--sheet", default=None, help="工作表 (name of the sheet).")
@click.option("--map", "columns", multiple=True, metavar="FIELD=HEADING",
              help="指定字段取自哪一列，留空为不取，可重复 (which column a field is; empty for none).")
@click.option("--set", "constants", multiple=True, metavar="FIELD=VALUE",
              help="文件没有的列，每行都取此值，可重复 (value of every row, for a field without a column).")
@click.option("--accept", "accepted", multiple=True,
              metavar="near_duplicate|same_household|one_household|unplaced|far_from_village|outside_county",
              help="接受此类疑点，可重复 (let rows with this doubt pass).")
@click.option("--encoding", default=None, help="文本编码，默认自动判断 (encoding; found out by default).")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, metavar="DATE",
              help="数据截至日期，默认今天 (the day on which the data held; default today).")
@click.option("--return", "returned", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE.xlsx",
              help="把没装入的行写成退回表，标出错处 (write the rows not stored, faults marked).")
@click.option("--dry-run", is_flag=True, help="只检查，不装入 (check only).")
@common_options
def import_file(
    layer: str, file: Path, mode: str, datum: str, sheet: str | None, columns: tuple[str, ...], constants: tuple[str, ...],
    accepted: tuple[str, ...], encoding: str | None, as_of: dt.datetime | None, returned: Path | None, dry_run: bool,
    store: str | None, as_json: bool,
) -> None:
    """装入表格或地图文件；有行被拒时退出码为 1 (load a table or map file; exit code 1 if rows were rejected)."""
    from app.services.importing import ImportOptions, Upload, check, load
    from layers.registry import get

    options = ImportOptions(
        mode=mode, datum=datum, sheet=sheet, encoding=encoding, columns=_pairs("--map", columns),
        constants=_pairs("--set", constants), accept=frozenset(accepted), as_of=None if as_of is None else as_of.date(),
    )
    _check_return(returned)
    get(layer)  # before a store is made for a slip of the pen
    with opened_store(store) as opened, progress(quiet=as_json) as told:
        report = (check if dry_run else load)(
            LOCAL_STEWARD, opened, layer, Upload(file.name, file), options, progress=told)
    if returned is not None and not report.ok:
        _write_private(returned, report.workbook())
    answer = {"dry_run": dry_run, **report.to_json(), "returned": str(returned) if returned and not report.ok else None}
    say(answer, as_json=as_json, words=lambda: _words(report, dry_run=dry_run, returned=returned))
    if not report.ok:
        raise SystemExit(1)


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            msg = f"{option} 应写成 字段=值，“{text}”不是 ({option} takes FIELD=VALUE)"
            raise ParameterError(msg)
        pairs[name.strip()] = value.strip()
    return pairs


def _check_return(path: Path | None) -> None:
    if path is not None and (path.suffix.lower() != ".xlsx" or not path.parent.is_dir()):
        msg = f"退回表“{path}”须是已有文件夹中的 .xlsx (the return workbook must be an .xlsx in a folder that exists)"
        raise ParameterError(msg)


def _write_private(path: Path, content: bytes) -> None:
    """Write what holds personal data, readable for its owner only from the first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)


def _words(report: ImportReport, *, dry_run: bool, returned: Path | None) -> str:
    import pandas as pd

    verb = ("可装入", "would be stored") if dry_run else ("装入", "stored")
    lines = [
        f"{report.file}  {report.sheet}  {report.as_of}  {report.datum}",
        (f"共 {report.rows_in} 行：{verb[0]} {report.stored}，未变 {report.unchanged}，拒绝 {report.rejected} "
         f"(rows: {report.stored} {verb[1]}, {report.unchanged} unchanged, {report.rejected} rejected)"),
        *(f"注意：{note.zh}" for note in report.notes),
    ]
    unread = [match.heading for match in report.mapping.columns if match.target is None]
    if unread:
        lines.append(f"未读取的列：{'、'.join(unread)} (columns not read)")
    if report.problems:
        rows = [
            {**({"表": p.sheet} if p.sheet else {}), "行": p.row, "列": p.column or ("位置" if p.field == "geometry" else p.field),
             "值": p.value, "问题": p.reason.zh, "处理": p.hint.zh}
            for p in report.problems[:_SHOWN]
        ]
        lines += ["", table_text(pd.DataFrame(rows))]
        if len(report.problems) > _SHOWN:
            lines.append(f"……共 {len(report.problems)} 处，用 --json 或 --return 看全部 (see all with --json or --return)")
    if returned is not None and not report.ok:
        lines.append(f"退回表：{returned} (return workbook)")
    return "\n".join(lines)
