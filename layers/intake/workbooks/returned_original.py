"""A return workbook made of the XLSX itself, with its sheets and formats."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from layers.intake.files.headings import IGNORED_HEADING
from layers.intake.workbooks.return_marks import FAULTY, Marks

_FILL = PatternFill("solid", start_color=FAULTY, end_color=FAULTY)
_WIDTH = 60
_CELL = 32_767


def write_copy(content: bytes, sheets: Sequence[Marks], path: Path) -> bool:
    """Write a copy with marks to ``path``; False where openpyxl cannot make sense of the workbook.

    Macros are not taken along.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of a workbook that a copy does without
            book = openpyxl.load_workbook(io.BytesIO(content))
            pages = [book[marks.sheet] for marks in sheets]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, ParseError):
        return False
    for sheet, marks in zip(pages, sheets, strict=True):
        _mark(sheet, marks)
    first = next((k for k, marks in enumerate(sheets) if marks.reasons), 0)
    book.active = book.index(pages[first])
    book.save(path)
    return True


def _mark(sheet: Any, marks: Marks) -> None:
    for merged in [each for each in sheet.merged_cells.ranges if each.min_col <= marks.column + 1 <= each.max_col]:
        sheet.unmerge_cells(str(merged))  # a title or an empty range that reaches over the column of reasons
    _wipe(sheet, marks)
    for row, column in marks.cells:
        sheet.cell(row, column + 1).fill = _FILL
    _write(sheet, marks.header, marks.column, IGNORED_HEADING).font = Font(bold=True)
    for row, reason in marks.reasons.items():
        _write(sheet, row, marks.column, reason).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[get_column_letter(marks.column + 1)].width = _WIDTH


def _write(sheet: Any, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row, column + 1)
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("�", text)[:_CELL]
    cell.data_type = "s"  # never a formula
    return cell


def _wipe(sheet: Any, marks: Marks) -> None:
    """Take off the marks of an earlier return."""
    for row in marks.data:
        for column in range(1, marks.column + 1):
            cell = sheet.cell(row, column)
            if cell.fill.fill_type == "solid" and str(cell.fill.start_color.rgb).endswith(FAULTY):
                cell.fill = PatternFill()
        old = sheet.cell(row, marks.column + 1)
        if old.value is not None:
            old.value = None
