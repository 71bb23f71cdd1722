"""The command for changes of villages and townships: what a new list changes, and bringing it in when it is confirmed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import commands, common_options, opened_store, say, table_text
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.unit_changes.report import Confirmed, Proposal


@commands.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--confirm", "mapping", type=click.Path(path_type=Path, dir_okay=False, exists=True), default=None,
              metavar="MAPPING.json", help="按改好的对照表执行 (bring in what this corrected mapping says).")
@click.option("--of", "listed", type=click.Choice(["villages", "townships"]), default="villages", show_default=True,
              help="名单列的是村还是乡镇 (what is listed).")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, metavar="YYYY-MM-DD",
              help="新名单启用日期；默认今天，执行时默认对照表的日期 (first day of the new list).")
@click.option("--sheet", default=None, help="工作表 (sheet).")
@click.option("--datum", default="wgs84", show_default=True, metavar="wgs84|gcj02|bd09|cgcs2000|EPSG:…",
              help="名单中坐标的坐标系 (datum of its coordinates).")
@common_options
def units(
    file: Path, mapping: Path | None, listed: Any, day: dt.datetime | None, sheet: str | None, datum: str, store: str | None,
    as_json: bool,
) -> None:
    """对照新的村或乡镇名单：提出合并、拆分、更名、新设、撤销，确认后执行 (compare a new list of units, and bring it in)."""
    from app.services.unit_changes.service import confirm_changes, propose_changes
    from layers.intake.positions.datum import find_datum

    first = day.date() if day else None
    ground = find_datum(datum)
    with opened_store(store, existing=True) as opened:
        if mapping is None:
            first = first or dt.datetime.now(dt.UTC).astimezone().date()
            proposal = propose_changes(LOCAL_STEWARD, opened, file, units=listed, day=first, datum=ground, sheet=sheet)
            say(proposal.to_dict(), as_json=as_json, words=lambda: _proposal_words(proposal))
        else:
            done = confirm_changes(LOCAL_STEWARD, opened, file, _read(mapping), day=first, datum=ground, sheet=sheet)
            say(done.to_dict(), as_json=as_json, words=lambda: _done_words(done))


def _read(mapping: Path) -> Any:
    try:
        return json.loads(mapping.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        msg = f"“{mapping.name}”不是可读的 JSON ({mapping.name} is no JSON that can be read)"
        raise click.BadParameter(msg, param_hint="--confirm") from error


def _proposal_words(proposal: Proposal) -> str:
    from layers.unit_changes.changes import KIND_LABELS

    counted = "，".join(f"{KIND_LABELS[kind].zh} {n}" for kind, n in proposal.counts().items())
    open_ = f"{len(proposal.questions)} 条待定 (questions)" if proposal.questions else "没有待定 (no question)"
    table = proposal.table()
    lines = [f"{proposal.file}  {proposal.day}", f"{counted}；{open_}"]
    return "\n".join([*lines, table_text(table)] if len(table) else lines)


def _done_words(done: Confirmed) -> str:
    moved = "、".join(f"{layer} {n}" for layer, n in done.moved.items()) or "0"
    stored = "、".join(f"{layer} {n.stored}" for layer, n in done.report.layers.items())
    return f"第 {done.report.load_id} 次装入，自 {done.day} 起；保存 {stored}；随村调整 {moved} (stored; rows that moved)"
