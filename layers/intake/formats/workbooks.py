"""Workbooks of Excel and WPS."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import python_calamine as calamine

from layers.errors import IntakeError
from layers.intake.formats.cell_text import cell_text
from layers.intake.formats.formula_notes import formula_notes
from layers.intake.formats.kinds import FileKind, locked
from layers.intake.formats.parts import Part, sheet_parts, too_many_cells
from layers.intake.formats.xls_survey import shown_with_zeros
from layers.intake.formats.xlsx_styles import zero_formats
from layers.intake.formats.xlsx_survey import Survey, sheet_members, survey
from layers.intake.formats.zips import check_zip

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_MACROS_XLS = "_VBA_PROJECT".encode("utf-16-le")
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/")


def read_workbook(data: bytes, job: Job) -> Iterator[Part]:
    """Every sheet with its cells as text.

    Raises
    ------
    IntakeError
        When the workbook is locked or damaged, or has more cells than are taken.
    """
    try:
        yield from _sheets(data, job)
    except calamine.PasswordError as error:
        raise locked(job.name) from error
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        if isinstance(error, IntakeError):
            raise
        msg = (f"“{job.name}”已损坏或不完整，无法读取，请在 Excel 或 WPS 中打开后另存 "
               f"({job.name} is damaged or cut off; open it in Excel or WPS and save it again. {_plain(error)})")
        raise IntakeError(msg) from error


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _sheets(data: bytes, job: Job) -> Iterator[Part]:
    archive = zipfile.ZipFile(io.BytesIO(data)) if job.kind in {FileKind.XLSX, FileKind.XLSB} else None
    inside = {name.lower() for name in archive.namelist()} if archive else set()
    if archive:
        check_zip(archive, len(data), job)
    if any(name.startswith(_MACROS) for name in inside) or (not archive and _MACROS_XLS in data):
        yield "note", "文件带有宏，只读取了单元格，宏没有运行", "the file has macros; only its cells were read, no macro ran"
    members, formats = (sheet_members(archive), zero_formats(archive)) if archive and job.kind == FileKind.XLSX else ([], {})
    shown = shown_with_zeros(data) if job.kind == FileKind.XLS else []
    left, cells = job.inflated_bytes, 0
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for k, told in enumerate(book.sheets_metadata):
            if told.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            seen = Survey(exact=shown[k] if k < len(shown) else {})
            if archive and k < len(members) and members[k]:
                seen = survey(archive, members[k], left, formats)
                left -= seen.inflated
            sheet = book.get_sheet_by_index(k)
            if sheet.end is not None:
                cells += (sheet.end[0] + 1) * (sheet.end[1] + 1)
            if cells > job.cells:
                raise too_many_cells(job.name, cells, job.cells)
            hidden = told.visible != calamine.SheetVisibleEnum.Visible
            width = sheet.end[1] + 1 if sheet.end else 0
            merged = [(a + 1, b, c - a + 1, d - b + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
            yield from sheet_parts(_rows(sheet, seen), told.name, width=width, merged=merged, hidden=hidden)
            yield from formula_notes(told.name, seen.uncalculated, seen.formulas)


def _rows(sheet: calamine.CalamineSheet, seen: Survey) -> Iterator[list[str]]:
    if sheet.start is None:
        return
    before = sheet.start[1]
    margin = [""] * before
    exact: dict[int, dict[int, str]] = {}
    for (row, column), text in seen.exact.items():
        exact.setdefault(row, {})[column - before] = text
    for number, values in enumerate(sheet.iter_rows()):
        cells = [value if type(value) is str else cell_text(value) for value in values]
        for column, text in exact.get(number, {}).items():
            if 0 <= column < len(cells):
                cells[column] = text
        yield margin + cells if before else cells
