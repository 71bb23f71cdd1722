"""The tables of a web page as one sheet, as Excel shows a page that is called .xls: one below the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from layers.intake.formats.cell_text import number_text
from layers.intake.formats.gathered import MOST_COLUMNS, MOST_ROWS, GatheredSheet
from layers.intake.formats.number_formats import digit_places, padded

_NO_TEXT = frozenset({"script", "style", "title", "xml", "select", "textarea", "noscript", "template"})
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "form", "center", "body", "caption"})
_FORMAT = re.compile(r"""(?:mso-number-format|vnd\.ms-excel\.numberformat)\s*:\s*("[^"]*"|'[^']*'|[^;]+)""", re.IGNORECASE)
_ROUNDED = re.compile(r"[-+]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_MOST_ACROSS, _MOST_DOWN = 1_000, 65_534  # as HTML has it


@dataclass(slots=True)
class _Table:
    """A table that is being read: ``reach`` holds for how many more rows each column belongs to a cell above."""

    row: list[str] | None = None
    cell: list[str] | None = None
    at: int = 0
    attributes: dict[str, str | None] = field(default_factory=dict)
    reach: dict[int, int] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    ranges: list[tuple[int, int, int, int]] = field(default_factory=list)


class TableReader(HTMLParser):
    """Puts every row of every table, and the lines between tables, into one sheet.

    A table inside a cell comes before the row that it is in; one of a single row is text of its cell.
    """

    def __init__(self, sheet: GatheredSheet) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet = sheet
        self.tables = 0
        self._open: list[_Table] = []
        self._loose: list[str] = []
        self._silent = 0

    @property
    def depth(self) -> int:
        """How many tables are open."""
        return len(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; those left open before end."""
        if tag in _NO_TEXT:
            self._silent += 1
        elif tag == "table":
            self._line()
            self._open.append(_Table())
        elif tag == "br" or tag in _BLOCKS:
            self._break()
        elif self._open and tag == "tr":
            self._line()
            self._end_row()
            self._open[-1].row = []
        elif self._open and tag in {"td", "th"}:
            self._begin_cell(dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take ``<br/>`` and an empty ``<td/>``."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if tag in _NO_TEXT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._break()
        elif not self._open:
            return
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        """Take text into the cell that is open, or between tables."""
        if not self._silent:
            self._text().append(data)

    def close(self) -> None:
        """End what was left open."""
        super().close()
        while self._open:
            self._end_table()
        self._line()

    def _text(self) -> list[str]:
        cell = self._open[-1].cell if self._open else None
        return self._loose if cell is None else cell

    def _break(self) -> None:
        text = self._text()
        if text is self._loose:
            self._line()
        else:
            text.append("\n\0")  # a mark: line ends of the source are mere spaces

    def _line(self) -> None:
        text, self._loose = _tidy(self._loose), []
        if text:
            rows = self._open[-1].rows if self._open else None
            if rows is None:
                self.sheet.put(len(self.sheet.rows), [text])
            else:
                rows.append([text])

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is None:
            table.row = []
        while table.reach.get(len(table.row), 0):
            table.row.append("")
        if len(table.row) > MOST_COLUMNS:  # cells that reach down and push each other to the right
            self.sheet.room.take(MOST_ROWS * MOST_COLUMNS)
        table.cell, table.at, table.attributes = [], len(table.row), attributes

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.cell is None or table.row is None:
            return
        across = _span(table.attributes.get("colspan"), _MOST_ACROSS)
        down = _span(table.attributes.get("rowspan"), _MOST_DOWN)
        table.row.append(_shown(_tidy(table.cell), table.attributes))
        table.row.extend([""] * (across - 1))
        if across > 1 or down > 1:
            table.merged.append((table.at, down, across))
            self.sheet.room.take(across)  # spans cost room too, or a small file could fill the memory
        table.cell = None

    def _end_row(self) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is None:
            return
        number = len(table.rows)
        table.ranges.extend((number, column, down, across) for column, down, across in table.merged)
        table.reach = {column: left - 1 for column, left in table.reach.items() if left > 1}
        for column, down, across in table.merged:
            if down > 1:
                table.reach |= dict.fromkeys(range(column, column + across), down - 1)
        table.rows.append(table.row)
        table.row, table.merged = None, []

    def _end_table(self) -> None:
        self._line()
        self._end_row()
        table = self._open.pop()
        self.tables += 1
        filled = [row for row in table.rows if any(row)]
        if self._open and self._open[-1].cell is not None and len(filled) < 2:
            self._open[-1].cell.extend(text for row in filled for text in (*row, " "))
            return
        first = len(self.sheet.rows)
        for number, row in enumerate(table.rows):
            self.sheet.put(first + number, row)
        end = len(self.sheet.rows) - first
        for at, column, down, across in table.ranges:
            if at < end:
                self.sheet.merge(first + at, column, min(down, end - at), across)


def _span(said: str | None, most: int) -> int:
    text = (said or "1").strip()
    if not (text.isascii() and text.isdigit()):
        return 1
    return min(int(text[:6]), most) or (most if most == _MOST_DOWN else 1)


def _tidy(pieces: list[str]) -> str:
    """Text as a browser shows it: spaces and line ends of the source are one space."""
    text = "".join(pieces)
    if "\n\0" not in text:
        return " ".join(text.replace("\0", "").split())
    lines = (" ".join(line.replace("\0", "").split()) for line in text.split("\n\0"))
    return "\n".join(line for line in lines if line)


def _shown(text: str, attributes: dict[str, str | None]) -> str:
    """Text of a cell, with the zeros that its format adds in Excel and the digits that it hides there."""
    number = attributes.get("x:num")
    if number and _ROUNDED.fullmatch(text):
        try:
            return number if number.isdigit() else number_text(float(number))
        except ValueError:
            return text
    style = attributes.get("style") or ""
    if text.isdigit() and "number" in style and (found := _FORMAT.search(style)):
        places = digit_places(found[1].strip().strip("\"'"))
        return (padded(text, places) if places else None) or text
    return text
