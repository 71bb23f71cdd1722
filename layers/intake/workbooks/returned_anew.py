"""A return workbook written anew from the texts of a file that is no XLSX, or too large a one."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from layers.intake.files.headings import IGNORED_HEADING
from layers.intake.files.sheet import Merged, Sheet
from layers.intake.workbooks.layer_sheets import WKT_COLUMN
from layers.intake.workbooks.plain_cells import new_workbook
from layers.intake.workbooks.return_marks import FAULTY, Marks

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_CELL = 32_767
_DECIMALS = 9
_LARGEST = 50_000
"""Cells of a merged range that is taken along."""


def write_new(sheets: Sequence[tuple[Sheet, Marks]], path: Path) -> None:
    """Write every cell as text into its old row, so that codes keep their zeros and nothing runs as a formula."""
    book = new_workbook(path, constant_memory=True)
    names: set[str] = set()
    for sheet, marks in sheets:
        name = _sheet_name(sheet.name, names)
        names.add(name.casefold())
        _write(book, book.add_worksheet(name), sheet, marks)
    book.close()


def _write(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, marks: Marks) -> None:
    plain, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    faulty = book.add_format({"num_format": "@", "bg_color": f"#{FAULTY}"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, max(marks.column - 1, 0), 16, plain)
    page.set_column(marks.column, marks.column, 60)
    shift = 1 if sheet.first_row == 0 else 0
    # Not merge_range, which would write into rows that are written already.
    page.merge = [[m.row - 1, m.column, m.row + m.rows - 2, m.column + m.columns - 1] for m in _apart(sheet, marks.column)]
    coloured = set(marks.cells)
    for k, texts in enumerate(sheet.rows):
        row = sheet.first_row + shift + k
        for column, text in enumerate(texts):
            if column == marks.column:
                continue
            where = faulty if (row, column) in coloured else bold if row == marks.header else plain
            if text:
                page.write_string(row - 1, column, _writable(text), where)
            elif where is faulty:
                page.write_blank(row - 1, column, None, faulty)
        if row == marks.header:
            page.write_string(row - 1, marks.column, IGNORED_HEADING, bold)
        elif row in marks.reasons:
            page.write_string(row - 1, marks.column, _writable(marks.reasons[row]), wrapped)
        if sheet.shapes is not None:
            for n, text in enumerate(_shape(sheet, k)):
                page.write_string(row - 1, marks.column + 1 + n, text, plain)


def _apart(sheet: Sheet, reasons: int) -> list[Merged]:
    """Merged ranges that neither lie on each other, which a workbook must not have, nor on the column of reasons."""
    taken: set[tuple[int, int]] = set()
    found = []
    height, width = len(sheet.rows), len(sheet.rows[0]) if sheet.rows else 0
    for m in sheet.merged:
        rows, columns = min(m.rows, sheet.first_row + height - m.row), min(m.columns, width - m.column)
        if not 1 < rows * columns <= _LARGEST or m.row < sheet.first_row or m.column <= reasons < m.column + columns:
            continue
        cells = {(row, column) for row in range(m.row, m.row + rows) for column in range(m.column, m.column + columns)}
        if not cells & taken:
            taken |= cells
            found.append(m._replace(rows=rows, columns=columns))
    return found


def _shape(sheet: Sheet, k: int) -> list[str]:
    """WKT of a feature in pieces that a cell can hold; above it the headings of those pieces."""
    if sheet.shapes is None:
        return []
    if k == 0:
        longest = max((len(text) for text in shapely.to_wkt(sheet.shapes, _DECIMALS) if text), default=0)
        return [WKT_COLUMN if n == 0 else f"{WKT_COLUMN}_{n + 1}" for n in range(-(-longest // _CELL))]
    text = shapely.to_wkt(sheet.shapes[k - 1], _DECIMALS) or ""
    return [text[begin : begin + _CELL] for begin in range(0, len(text), _CELL)]


def _sheet_name(name: str, taken: Collection[str]) -> str:
    """A name that a workbook may have, and that none of its sheets has yet."""
    plain = "".join("_" if letter in "[]:*?/\\" else letter for letter in name).strip("'")[:31] or "数据"
    if plain.casefold() not in taken:
        return plain
    return next(short for k in itertools.count(2) if (short := f"{plain[:26]}_{k}").casefold() not in taken)


def _writable(text: str) -> str:
    return text.encode(errors="replace").decode()[:_CELL]
