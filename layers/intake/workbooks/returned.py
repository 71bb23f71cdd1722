"""The return workbook: the file as it came, its faulty cells coloured and the reasons beside them, to be mended and sent again.

Whoever sent the file gets its own content back, protected values too: the workbook is for nobody else and is not kept.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from layers.intake.examination.problems import Problem
from layers.intake.files.header import Table
from layers.intake.files.headings import IGNORED_HEADING
from layers.intake.files.sheet import File, Sheet
from layers.intake.workbooks.return_marks import Marks
from layers.intake.workbooks.returned_anew import write_new
from layers.intake.workbooks.returned_original import write_copy

_MOST_CELLS = 250_000
_MOST_XML = 60_000_000
"""Beyond these openpyxl takes too long; the texts go into a new workbook then."""


def write_return(content: bytes, file: File, table: Table, problems: Iterable[Problem], path: str | Path) -> None:
    """Write the workbook to ``path``, an ``.xlsx``.

    An XLSX of moderate size keeps its sheets and formats; of any other file the sheets that were read are written anew,
    every cell as text and in its old row. Shapes of a map file come as ``wkt``. Loading leaves the column of reasons out.

    Parameters
    ----------
    content
        The file as it came, and ``file`` and ``table`` what was read from it.
    problems
        Those of the table's rows.
    """
    found = list(problems)
    marked = []
    for part in table.parts or (table,):
        sheet = next(each for each in file.sheets if each.name == part.sheet)
        marked.append((sheet, _marks(sheet, part, [p for p in found if not table.parts or p.sheet == part.sheet])))
    marks = [each for _, each in marked]
    if not (file.kind == "xlsx" and _moderate(content, file) and write_copy(content, marks, Path(path))):
        write_new(marked, Path(path))


def _marks(sheet: Sheet, table: Table, problems: Iterable[Problem]) -> Marks:
    columns = dict(zip(table.frame.columns, table.positions, strict=True))
    reasons: dict[int, list[str]] = {}
    cells: dict[tuple[int, int], None] = {}
    shift = 1 if sheet.first_row == 0 else 0  # a workbook has no row 0
    for problem in problems:
        row = problem.row + shift
        reasons.setdefault(row, []).append(_said(problem))
        if problem.column in columns:
            cells[row, columns[problem.column]] = None
    header = table.header_rows[0] + shift
    data = [int(row) + shift for row in table.frame.index]
    return Marks(table.sheet, header, _column_of_reasons(sheet, table), tuple(cells),
                 {row: "\n".join(dict.fromkeys(texts)) for row, texts in reasons.items()}, tuple(data))


def _said(problem: Problem) -> str:
    zh = "；".join(part for part in (problem.reason.zh, problem.hint.zh) if part)
    en = "; ".join(part for part in (problem.reason.en, problem.hint.en) if part)
    return f"{problem.column}：{zh} ({en})" if problem.column else f"{zh} ({en})"


def _column_of_reasons(sheet: Sheet, table: Table) -> int:
    """The column of reasons that is there from last time, or the first one to the right of everything."""
    for row in table.header_rows:
        for k, text in enumerate(sheet.rows[row - sheet.first_row]):
            if text.startswith(IGNORED_HEADING):
                return k
    return len(sheet.rows[0])


def _moderate(content: bytes, file: File) -> bool:
    cells = sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in file.sheets if sheet.rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = sum(info.file_size for info in archive.infolist() if info.filename.endswith(".xml"))
    return cells <= _MOST_CELLS and xml <= _MOST_XML
