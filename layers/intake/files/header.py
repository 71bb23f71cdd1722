"""The table in a sheet: its header, its rows of data, and what was left out and why."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from layers.errors import IntakeError
from layers.fields import Label
from layers.intake.files.body import body_of
from layers.intake.files.header_rows import Grid, grid_of, header_block
from layers.intake.files.headings import IGNORED_HEADING, is_known, joined, unique
from layers.intake.files.left_aside import left_aside, read_together
from layers.intake.files.several_sheets import alike, together
from layers.intake.files.sheet import File, Shapes, Sheet
from layers.intake.workbooks.layer_sheets import DICTIONARY


class LeftOut(NamedTuple):
    """A row that is no data, or several empty ones or ones of another table from ``row`` on.

    ``sheet`` is told where several are read together.
    """

    row: int
    reason: Label
    rows: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of data of one sheet, or of several that have the same headings, as text.

    Attributes
    ----------
    sheet : str
        Name of the sheet or layer; names of all that are read together.
    header_rows : tuple of int
        The file's numbers of the rows that make the header.
    frame : DataFrame
        Columns of text (dtype object, ``""`` where empty) with unique headings; the index, ``row``, holds the file's
        row numbers, of several sheets those of :mod:`~layers.intake.files.several_sheets`.
    positions : tuple of int
        Column of the sheet, from 0, of each column of ``frame``.
    left_out : tuple of LeftOut
        Every row that is not in ``frame``, in order.
    shapes : array of geometry or None
        Aligned with ``frame``.
    crs, encoding : str or None
        As in :class:`~layers.intake.files.sheet.Sheet` and :class:`~layers.intake.files.sheet.File`.
    others : tuple of str
        Further visible sheets that hold a table.
    notes : tuple of Label
        What else the file holds and was not read.
    parts : tuple of Table
        The sheets that are read together; empty where it is one.
    """

    sheet: str
    header_rows: tuple[int, ...]
    frame: pd.DataFrame
    positions: tuple[int, ...]
    left_out: tuple[LeftOut, ...] = ()
    shapes: Shapes | None = None
    crs: str | None = None
    encoding: str | None = None
    others: tuple[str, ...] = ()
    notes: tuple[Label, ...] = ()
    parts: tuple[Table, ...] = ()


def find_table(file: File, *, sheet: str | None = None, known: Collection[str] = (), several: bool = False) -> Table:
    """The table of a file, or of one of its sheets.

    Parameters
    ----------
    sheet
        Name of the sheet; the visible one with most known headings, then most rows, if not given.
    known
        Folded words that the layer's columns go by; with them a header is recognised by its words as well as by its
        place and form.
    several
        Whether sheets with the very headings of that one are read with it, where no sheet is named.

    Raises
    ------
    IntakeError
        When there is no such sheet, or no table in it.
    """
    if sheet is not None:
        chosen = [each for each in file.sheets if each.name == sheet]
        if not chosen:
            names = "、".join(each.name for each in file.sheets)
            msg = f"“{file.name}”没有工作表“{sheet}”，可用：{names} ({file.name} has no sheet {sheet}; there are: {names})"
            raise IntakeError(msg)
    else:
        chosen = [each for each in file.sheets if not each.hidden and each.name != DICTIONARY] or list(file.sheets)
    tables = [table for each in chosen if (table := _table(each, known)) is not None]
    if not tables:
        msg = (f"“{file.name}”里没有找到表格：需要一行表头，下面是数据 "
               f"(no table was found in {file.name}: it needs a row of headings with data below)")
        raise IntakeError(msg)
    hits = [sum(is_known(heading, known) for heading in table.frame.columns) for table in tables]
    best = max(range(len(tables)), key=lambda k: (hits[k], len(tables[k].frame), -k))
    table = tables[best]
    others = [each for k, each in enumerate(tables) if k != best and len(each.frame)]
    same = alike(table, others) if several else []
    others = [each for each in others if each not in same]
    read = [each for each in tables if each is table or each in same]
    if same:
        table = together(read)
    notes = (*([read_together(read)] if same else []), *left_aside(table, others))
    return replace(table, encoding=file.encoding, others=tuple(each.sheet for each in others), notes=notes)


def _table(sheet: Sheet, known: Collection[str]) -> Table | None:
    if not sheet.rows:
        return None
    if sheet.first_row == 0:
        names = unique(sheet.rows[0], range(len(sheet.rows[0])))
        frame = _frame(sheet.rows[1:], list(range(1, len(sheet.rows))), names, range(len(names)))
        return Table(sheet.name, (0,), frame, tuple(range(len(names))), (), sheet.shapes, sheet.crs)
    grid = grid_of(sheet)
    block = header_block(grid, known)
    if block is None:
        return None
    first, last = block
    headings = joined(_header_texts(grid, first, last))
    ignored = {k for k, heading in enumerate(headings) if IGNORED_HEADING in heading}
    below = [k for k, column in enumerate(zip(*sheet.rows[last + 1 :], strict=True)) if any(column)]
    positions = [k for k, heading in enumerate(headings) if (heading or k in below) and k not in ignored]
    if not positions or (len(positions) == 1 and not below):
        return None
    body = body_of(grid, (first, last), headings, positions, known)
    names = unique([headings[k] for k in positions], positions)
    frame = _frame(body.rows, [sheet.first_row + row for row in body.kept], names, positions)
    left = tuple(LeftOut(sheet.first_row + row, kind.value, n) for row, kind, n in body.left_out)
    header = tuple(range(sheet.first_row + first, sheet.first_row + last + 1))
    return Table(sheet.name, header, frame, tuple(positions), left)


def _frame(rows: Sequence[Sequence[str]], numbers: list[int], names: list[str], positions: Sequence[int]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * (max(positions, default=-1) + 1)
    index = pd.Index(numbers, name="row", dtype="int64")
    return pd.DataFrame(
        {name: pd.Series(list(columns[k]), index=index, dtype=object) for name, k in zip(names, positions, strict=True)},
        index=index)


def _header_texts(grid: Grid, first: int, last: int) -> list[list[str]]:
    """Rows of the header with the text of a group over each of its columns, merged or not."""
    rows = [grid.seen(row) for row in range(first, last + 1)]
    for upper, lower in itertools.pairwise(rows):
        group = ""
        for k, text in enumerate(upper):
            if text:
                group = text
            elif lower[k] and k > 0 and (lower[k - 1] or upper[k - 1]) and group:
                upper[k] = group
            else:
                group = ""
    return rows
