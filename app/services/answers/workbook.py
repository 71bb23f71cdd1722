"""An answer as a workbook: a sheet for each table, headed with rule and data date, set up for A4 landscape."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from app.services.answers.about import About
from app.services.answers.tables import Table
from layers.intake.workbooks.plain_cells import new_workbook
from layers.schema import Field, Kind, Label

SHARE = "%"
"""Unit of a field that holds shares of 0 to 1, shown as percent."""

_HEAD_ROW = 3
_PAPER_A4 = 9
_WIDEST = 60
_FORMS: Mapping[str, Mapping[str, object]] = {
    "text": {"text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0.0##"},
    "share": {"num_format": "0.0%"},
    "date": {"num_format": "yyyy-mm-dd"},
}
_RULE = Label("规则", "Rule")
_INTERNAL = Label("内部资料 · 注意保管", "Internal · handle with care")
_FICTIONAL = Label("虚构", "Fictional")
_TOTAL = Label("合计", "Total")
_AS_OF = Label("数据截至 {date}", "data to {date}")


def answer_workbook(tables: Sequence[Table], about: About, *, chinese: bool = True) -> bytes:
    """``tables`` as XLSX in one language; numbers are numbers, codes are words, nothing runs as a formula."""
    buffer = io.BytesIO()
    with new_workbook(buffer, in_memory=True) as book:
        writer = _Writer(book, about, chinese=chinese)
        for table in tables:
            writer.sheet(table)
        writer.rule()
    return buffer.getvalue()


class _Writer:
    """Writes the sheets of one workbook in one language."""

    def __init__(self, book: xlsxwriter.Workbook, about: About, *, chinese: bool) -> None:
        self.book, self.about, self.chinese = book, about, chinese
        font = {"font_name": "Microsoft YaHei" if chinese else "Calibri", "font_size": 10, "valign": "vcenter"}
        cell = {**font, "border": 1, "border_color": "#C9D2D1"}
        self.title = book.add_format({**font, "font_size": 14, "bold": True})
        self.note = book.add_format({**font, "font_color": "#56646A"})
        self.tag = book.add_format({**font, "font_color": "#A61B1B", "bold": True})
        self.wrapped = book.add_format({**font, "text_wrap": True, "valign": "top"})
        self.head = book.add_format({**cell, "bold": True, "bg_color": "#E8EDEC", "text_wrap": True})
        self.cells = {name: book.add_format({**cell, **extra}) for name, extra in _FORMS.items()}
        self.bold = {name: book.add_format({**cell, **extra, "bold": True}) for name, extra in _FORMS.items()}

    def sheet(self, table: Table) -> None:
        """One table: title, rule, date, headings, rows, and what they come to."""
        rows, fields = table.named(chinese=self.chinese), self._own(table.layer.fields)
        sheet = self._headed(self._say(table.layer.label), landscape=True)
        for k, field in enumerate(fields):
            cells = [_shown(value) for value in rows[field.name].tolist()]
            sheet.set_column(k, k, _width(self._heading(field), cells))
            sheet.write_string(_HEAD_ROW, k, self._heading(field), self.head)
            form = self.cells[_form(field)]
            for r, value in enumerate(cells, start=_HEAD_ROW + 1):
                _write(sheet, r, k, value, form)
        last = _HEAD_ROW + max(len(rows), 1)
        sheet.autofilter(_HEAD_ROW, 0, last, len(fields) - 1)
        if table.total:
            for k, field in enumerate(fields):
                value = self._say(_TOTAL) if k == 0 else _shown(table.total.get(field.name))
                _write(sheet, last + 1, k, value, self.bold[_form(field)])
        sheet.set_row(_HEAD_ROW, 30)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.repeat_rows(_HEAD_ROW)

    def _own(self, fields: Sequence[Field]) -> list[Field]:
        """Without what is there in the other language as well, as ``…_zh`` and ``…_en``."""
        own, other = ("_zh", "_en") if self.chinese else ("_en", "_zh")
        twice = {f"{field.name.removesuffix(own)}{other}" for field in fields if field.name.endswith(own)}
        return [field for field in fields if field.name not in twice]

    def rule(self) -> None:
        """The sheet that says what was counted, and what is missing."""
        sheet = self._headed(self._say(_RULE), landscape=False)
        sheet.set_column(0, 0, 100)
        for r, label in enumerate([self.about.rule, *self.about.notes], start=_HEAD_ROW):
            sheet.write_string(r, 0, self._say(label), self.wrapped)

    def _headed(self, name: str, *, landscape: bool) -> xlsxwriter.workbook.Worksheet:
        sheet = self.book.add_worksheet(name[:31])
        tag = self._say(_INTERNAL)
        if self.about.fictional:
            tag = f"{self._say(_FICTIONAL)} · {tag}"
        date = self._say(_AS_OF).format(date=self.about.as_of.isoformat())
        sheet.write_string(0, 0, f"{self._say(self.about.region)} · {name}", self.title)
        sheet.write_string(1, 0, self._say(self.about.rule), self.note)
        sheet.write_string(2, 0, f"{date} · {tag}", self.tag)
        sheet.set_row(0, 24)
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(_PAPER_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{tag}&R&P / &N")
        return sheet

    def _heading(self, field: Field) -> str:
        unit = "" if field.unit in ("", SHARE) else f"（{field.unit}）" if self.chinese else ""
        return f"{self._say(field.label)}{unit}"

    def _say(self, label: Label) -> str:
        return label.zh if self.chinese else label.en


def _form(field: Field) -> str:
    if field.kind is Kind.DATE:
        return "date"
    if field.kind is Kind.INTEGER:
        return "whole"
    if field.kind is Kind.NUMBER:
        return "share" if field.unit == SHARE else "number"
    return "text"


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "；".join(str(part) for part in value)
    return None if pd.isna(value) else value


def _width(heading: str, cells: Sequence[Any]) -> float:
    """Characters that the widest text needs, a Chinese one counting as two."""
    texts = [heading[: len(heading) // 2 + 1], *(cell for cell in cells if isinstance(cell, str))]
    return min(max(8, *(sum(2 if ord(c) > 0x2E7F else 1 for c in text) + 2 for text in texts)), _WIDEST)


def _write(sheet: xlsxwriter.workbook.Worksheet, row: int, column: int, value: Any, form: object) -> None:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, column, bool(value), form)
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, column, value.to_pydatetime(), form)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:32_767], form)
    else:
        sheet.write_number(row, column, value, form)
