"""The rows of a file that were not stored, as a workbook to be mended: faulty cells coloured, the reason beside them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import shapely
import xlsxwriter

from layers.intake.files.header import Table
from layers.intake.files.sheet import File
from layers.intake.problems import Problem

REASONS = "问题说明"
ORIGINAL_ROW = "原行号"
"""Headings of the two columns that are added; neither is a field of any layer."""

_FAULTY = "#FFC7CE"
_DOUBTFUL = "#FFEB9C"
_WIDTH = 14
_CELL = 32_767
_SHAPE = "wkt"


def return_workbook(file: File, table: Table, problems: Iterable[Problem], stored: Iterable[int]) -> bytes:
    """The workbook's bytes.

    Parameters
    ----------
    file, table
        As they were read: the rows above the header are kept as they were, every cell as text.
    problems
        All that were found.
    stored
        Row numbers of the file that are in the store; they are left out.

    Notes
    -----
    It holds what the file holds, personal data too: it is for whoever sent the file and for nobody else.
    """
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.row, []).append(problem)
    done = set(stored)
    keep = [k for k, row in enumerate(table.frame.index.tolist()) if row not in done]
    frame = _with_shapes(table).iloc[keep]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet((table.sheet or "Sheet1")[:31].translate(str.maketrans("[]:*?/\\", "_" * 7)))
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
    colours = {doubt: book.add_format({"bg_color": colour}) for doubt, colour in ((False, _FAULTY), (True, _DOUBTFUL))}
    columns = [*map(str, frame.columns)]
    top = _titles(file, table)
    for row, cells in enumerate(top):
        for k, text in enumerate(cells):
            sheet.write_string(row, k, text[:_CELL])
    head = len(top)
    for k, name in enumerate([*columns, REASONS, ORIGINAL_ROW]):
        sheet.write_string(head, k, name, bold)
    sheet.freeze_panes(head + 1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    sheet.set_column(len(columns), len(columns), 60, wrap)
    at = {name: k for k, name in enumerate(columns)}
    for row, (number, cells) in enumerate(zip(frame.index.tolist(), frame.itertuples(index=False), strict=True), start=head + 1):
        faults = found.get(number, [])
        marks = _marks(faults, at)
        for k, text in enumerate(cells):
            if text or k in marks:
                sheet.write_string(row, k, str(text)[:_CELL], colours[marks[k]] if k in marks else None)
        sheet.write_string(row, len(columns), _told(faults)[:_CELL], wrap)
        sheet.write_number(row, len(columns) + 1, number)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_col_to_name(len(columns))}1048576"})
    book.close()
    return buffer.getvalue()


def _titles(file: File, table: Table) -> list[tuple[str, ...]]:
    """The rows above the header, as they were."""
    sheet = next(sheet for sheet in file.sheets if sheet.name == table.sheet)
    above = max(min(table.header_rows, default=sheet.first_row) - sheet.first_row, 0)
    return list(sheet.rows[:above])


def _with_shapes(table: Table) -> pd.DataFrame:
    if table.shapes is None or _SHAPE in table.frame:
        return table.frame
    shapes = np.asarray(table.shapes, dtype=object)
    return table.frame.assign(**{_SHAPE: [text or "" for text in shapely.to_wkt(shapes, rounding_precision=9).tolist()]})


def _marks(faults: Iterable[Problem], at: Mapping[str, int]) -> dict[int, bool]:
    """Column to whether all that is wrong there are doubts."""
    marks: dict[int, bool] = {}
    for problem in faults:
        if problem.column in at:
            k = at[problem.column]
            marks[k] = marks.get(k, True) and problem.doubt
    return marks


def _told(faults: Iterable[Problem]) -> str:
    return "\n".join(
        f"{problem.column or problem.field}：{problem.reason.zh}；{problem.hint.zh}" for problem in faults
    )
