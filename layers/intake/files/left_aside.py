"""What is told of the tables of a file that were not read: further sheets, and a second table below or beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from layers.fields import Label
from layers.intake.files.row_kinds import RowKind

if TYPE_CHECKING:
    from layers.intake.files.header import Table

_NAMED = 20


def left_aside(table: Table, others: Sequence[Table]) -> tuple[Label, ...]:
    """Notes on ``others``, those with the same headings first, and on other tables on the sheet."""
    notes = []
    headings = list(table.frame.columns)
    alike = [each for each in others if list(each.frame.columns) == headings]
    if alike:
        notes.append(Label(
            f"只读取了“{table.sheet}”（{len(table.frame):,} 行）；表头相同的还有 {len(alike)} 张：{_named(alike)[0]}，"
            "请指明工作表，逐张导入",
            f"only {table.sheet} ({len(table.frame):,} rows) was read; {len(alike)} more have the same headings: "
            f"{_named(alike)[1]}; name the sheet and load them one by one"))
    different = [each for each in others if each not in alike]
    if different:
        notes.append(Label(f"没有读取的其他工作表：{_named(different)[0]}", f"other sheets, not read: {_named(different)[1]}"))
    for row, reason, rows, sheet in table.left_out:
        if reason == RowKind.OTHER.value:
            on = (f"“{sheet}”", f" of {sheet}") if sheet else ("", "")
            notes.append(Label(
                f"{on[0]}第 {row} 行起的 {rows} 行是另一个表格，没有读取；请把它移到单独的工作表再导入",
                f"{rows} rows from row {row}{on[1]} on are another table and were not read; move it to a sheet of its own"))
    if len(again := _beside(headings)) > 1:
        notes.append(Label(
            f"“{'、'.join(again)}”等列在同一行表头里出现不止一次，只读取了最左边的；若右边是并排的另一个表，请把它移到下面再导入",
            f"{', '.join(again)} head several columns, of which the leftmost were read; a table that stands beside belongs below"))
    return tuple(notes)


def read_together(tables: Sequence[Table]) -> Label:
    """That several sheets were read as one table."""
    rows = sum(len(each.frame) for each in tables)
    zh, en = _named(tables)
    return Label(
        f"{len(tables)} 张工作表表头相同，合在一起读取（{rows:,} 行）：{zh}；只要其中一张请指明工作表",
        f"{len(tables)} sheets have the same headings and are read together ({rows:,} rows): {en}; name a sheet to read only that")


def _beside(headings: Sequence[str]) -> list[str]:
    """Headings that stand twice in one header, as those of two tables side by side do."""
    found = set(headings)
    return [heading for heading in headings if f"{heading}（2）" in found]


def _named(tables: Sequence[Table]) -> tuple[str, str]:
    first, more = tables[:_NAMED], len(tables) > _NAMED
    zh = "、".join(f"“{each.sheet}”{len(each.frame):,} 行" for each in first) + ("等" if more else "")
    en = ", ".join(f"{each.sheet} ({len(each.frame):,})" for each in first) + (", ..." if more else "")
    return zh, en
