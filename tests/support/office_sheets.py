"""Small workbooks as offices send them, with invented people."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter


def _numbered(body: str) -> str:
    for sign in "0123456789X":
        value = 10 if sign == "X" else int(sign)
        digits = [*map(int, body), value]
        if sum(digit * 2**place for place, digit in enumerate(reversed(digits))) % 11 == 1:
            return body + sign
    raise AssertionError


CHECKED = [_numbered(f"430522{19400101 + 10_000 * k}{100 + k}") for k in range(40)]
"""Identity numbers of nobody whose check digits fit."""


def sheet(columns: Mapping[str, Sequence[object]], *, title: str = "", name: str = "Sheet1") -> bytes:
    """A workbook with one table; texts as texts, numbers as numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(name)
    top = 0
    if title:
        page.merge_range(0, 0, 0, max(len(columns) - 1, 1), title)
        top = 1
    for k, (heading, values) in enumerate(columns.items()):
        page.write_string(top, k, heading)
        for row, value in enumerate(values, start=top + 1):
            if isinstance(value, str):
                page.write_string(row, k, value)
            elif value is not None:
                page.write_number(row, k, value)
    book.close()
    return buffer.getvalue()
