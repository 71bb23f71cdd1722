"""Workbooks as one XML file (SpreadsheetML of Excel 2003), which web systems call .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.intake.formats.cell_text import number_text
from layers.intake.formats.declared import decode_declared
from layers.intake.formats.formula_notes import formula_notes
from layers.intake.formats.gathered import MOST_COLUMNS, MOST_ROWS, GatheredSheet, Room
from layers.intake.formats.number_formats import digit_places, padded
from layers.intake.formats.parts import Part
from layers.intake.formats.xml_events import read_xml

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHUNK = 1 << 20


def read_spreadsheet_xml(data: bytes, job: Job) -> Iterator[Part]:
    """Every sheet with its cells as text.

    Raises
    ------
    IntakeError
        When it is damaged, defines entities, or has more cells than are taken.
    """
    found, notes = decode_declared(data, job.name, job.encoding)
    yield "encoding", found.encoding
    yield from notes
    text = _DECLARATION.sub("", found.text)
    book = _Book(Room(job.name, job.cells))
    read_xml((text[at : at + _CHUNK].encode("utf-8", "replace") for at in range(0, len(text), _CHUNK)), book, job.name)
    for sheet, uncalculated, formulas in book.sheets:
        yield from sheet.parts()
        yield from formula_notes(sheet.name, uncalculated, formulas)


class _Book:
    """What is gathered while the document is read."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.sheets: list[tuple[GatheredSheet, list[tuple[int, int]], int]] = []
        self._uncalculated: list[tuple[int, int]] = []
        self._formulas = 0
        self._formats: dict[str, tuple[str, ...]] = {}
        self._style = self._cell_style = self._type = ""
        self._sheet: GatheredSheet | None = None
        self._row: list[str] = []
        self._at = self._column = self._across = self._skipped = 0
        self._data: list[str] | None = None
        self._remark = self._formula = False
        self._visible: list[str] | None = None

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note where the cell stands, and how it is shown."""
        if tag == "Data" and not self._remark:
            self._data, self._type = [], attributes.get("Type", "String")
        elif tag == "Cell":
            self._begin_cell(attributes)
        elif tag == "Row":
            self._at = _index(attributes, self._at, MOST_ROWS)
            self._row, self._column, self._skipped = [], 0, _number(attributes, "Span")
        elif tag == "Worksheet":
            self._sheet = GatheredSheet(attributes.get("Name", ""), self.room)
            self._at, self._uncalculated, self._formulas = 0, [], 0
        elif tag == "Comment":
            self._remark = True
        elif tag == "Style":
            self._style = attributes.get("ID", "")
        elif tag == "NumberFormat" and (places := digit_places(attributes.get("Format", ""))):
            self._formats[self._style] = places
        elif tag == "Visible":
            self._visible = []

    def text(self, data: str) -> None:
        """Take what is written in a cell."""
        if self._data is not None:
            self._data.append(data)
        elif self._visible is not None:
            self._visible.append(data)

    def end(self, tag: str) -> None:
        """Put the cell, the row or the sheet where it belongs."""
        if tag == "Data" and self._data is not None:
            self._put("".join(self._data))
            self._data = None
        elif tag == "Cell":
            if self._formula:
                self._formulas += 1
                if len(self._row) < self._column:
                    self._uncalculated.append((self._at, self._column - 1))
            self._column += self._across
        elif tag == "Row" and self._sheet is not None:
            self._sheet.put(self._at, self._row)
            self._at += 1 + self._skipped
        elif tag == "Comment":
            self._remark = False
        elif tag == "Visible" and self._visible is not None and self._sheet is not None:
            self._sheet.hidden = "".join(self._visible).strip() in {"SheetHidden", "SheetVeryHidden"}
            self._visible = None
        elif tag == "Worksheet" and self._sheet is not None:
            self.sheets.append((self._sheet, self._uncalculated, self._formulas))
            self._sheet = None

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        column = _index(attributes, self._column, MOST_COLUMNS)
        across, down = _number(attributes, "MergeAcross"), _number(attributes, "MergeDown")
        self._column, self._across = column + 1, across
        self._cell_style, self._formula = attributes.get("StyleID", ""), "Formula" in attributes
        if (across or down) and self._sheet is not None:
            self._sheet.merge(self._at, column, down + 1, across + 1)

    def _put(self, text: str) -> None:
        if not text:
            return
        self._row.extend([""] * (self._column - 1 - len(self._row)))
        self._row.append(self._shown(text))

    def _shown(self, text: str) -> str:
        if self._type == "Number":
            places = self._formats.get(self._cell_style)
            shown = padded(text, places) if places else None
            return shown or _number_text(text)
        if self._type == "DateTime":
            day, _, time = text.partition("T")
            time = time.partition(".")[0]
            return day if time in {"", "00:00:00"} else f"{day} {time}"
        if self._type == "Boolean":
            return "TRUE" if text == "1" else "FALSE"
        return text


def _index(attributes: dict[str, str], otherwise: int, most: int) -> int:
    said = attributes.get("Index", "")
    return max(otherwise, min(int(said), most) - 1) if said.isdecimal() and len(said) < 9 else otherwise


def _number(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 7 else 0


def _number_text(text: str) -> str:
    if text.lstrip("-").isdecimal():
        return text
    try:
        return number_text(float(text))
    except ValueError:
        return text
