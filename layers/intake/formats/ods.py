"""Workbooks of LibreOffice, with what a quick reader does not tell: merged cells, and codes that are shown with zeros."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.errors import IntakeError
from layers.intake.formats.cell_text import number_text
from layers.intake.formats.formula_notes import formula_notes
from layers.intake.formats.gathered import MOST_COLUMNS, MOST_ROWS, GatheredSheet, Room
from layers.intake.formats.kinds import locked
from layers.intake.formats.parts import Part
from layers.intake.formats.xml_events import read_xml
from layers.intake.formats.zips import check_zip, inflate

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_ASIDE = frozenset({"annotation", "shapes", "tracked-changes", "frame", "forms", "named-expressions", "database-ranges"})
"""What stands among the cells and is none of their text."""
_DIGITS = re.compile(r"\d[-\d /年月日号]*", re.ASCII)
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


def read_ods(data: bytes, job: Job) -> Iterator[Part]:
    """Every sheet with its cells as text.

    Raises
    ------
    IntakeError
        When it is locked or damaged, or has more cells than are taken.
    """
    try:
        yield from _sheets(data, job)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        msg = (f"“{job.name}”已损坏或不完整，无法读取，请在 WPS 或 LibreOffice 中打开后另存 "
               f"({job.name} is damaged or cut off; open it in LibreOffice and save it again)")
        raise IntakeError(msg) from error


def _sheets(data: bytes, job: Job) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_zip(archive, len(data), job)
        names = set(archive.namelist())
        if "content.xml" not in names:
            msg = f"“{job.name}”里没有表格内容，已损坏，请重新保存 ({job.name} has no content.xml; it is damaged, save it again)"
            raise IntakeError(msg)
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise locked(job.name)
        if any(name.startswith(("Basic/", "Scripts/")) for name in names):
            yield "note", "文件带有宏，只读取了单元格，宏没有运行", "the file has macros; only its cells were read, no macro ran"
        book = _Book(Room(job.name, job.cells))
        read_xml(_bounded(inflate(archive, "content.xml"), job), book, job.name)
    for sheet, uncalculated, formulas in book.sheets:
        yield from sheet.parts()
        yield from formula_notes(sheet.name, uncalculated, formulas)


def _bounded(chunks: Iterator[bytes], job: Job) -> Iterator[bytes]:
    left = job.inflated_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            msg = (f"“{job.name}”解压后超过 {job.inflated_bytes // 1_000_000:,} MB，没有读取 "
                   f"({job.name} inflates to more than {job.inflated_bytes // 1_000_000:,} MB; it was not read)")
            raise IntakeError(msg)
        yield chunk


class _Book:
    """What is gathered while the document is read."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.sheets: list[tuple[GatheredSheet, list[tuple[int, int]], int]] = []
        self._uncalculated: list[tuple[int, int]] = []
        self._formulas = self._at = self._times = self._aside = self._column = 0
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._sheet: GatheredSheet | None = None
        self._row: list[str] = []
        self._cell: dict[str, str] | None = None
        self._lines: list[str] = []
        self._in_line = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note where the cell stands and what it holds."""
        if self._aside or tag in _ASIDE:
            self._aside += 1
        elif tag in {"table-cell", "covered-table-cell"}:
            self._cell, self._lines = attributes, []
        elif self._cell is not None:
            self._begin_text(tag, attributes)
        elif tag == "table-row":
            self._row, self._column, self._times = [], 0, _count(attributes, "number-rows-repeated")
        elif tag == "table":
            hidden = attributes.get("style-name", "") in self._hidden_styles
            self._sheet = GatheredSheet(attributes.get("name", ""), self.room, hidden=hidden)
            self._at, self._uncalculated, self._formulas = 0, [], 0
        elif tag == "style":
            self._style = attributes.get("name", "")
        elif tag == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _begin_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "p":
            self._lines.append("")
            self._in_line = True
        elif self._in_line and tag in {"s", "tab", "line-break"}:
            self._lines[-1] += "\n" if tag == "line-break" else "\t" if tag == "tab" else " " * min(_count(attributes, "c"), 1000)

    def text(self, data: str) -> None:
        """Take what is written in a cell."""
        if self._in_line and not self._aside:
            self._lines[-1] += data

    def end(self, tag: str) -> None:
        """Put the cell, the row or the sheet where it belongs."""
        if self._aside:
            self._aside -= 1
        elif tag in {"table-cell", "covered-table-cell"} and self._cell is not None:
            self._put(self._cell, covered=tag[0] == "c")
            self._cell = None
        elif tag == "p":
            self._in_line = False
        elif tag == "table-row" and self._sheet is not None:
            self._sheet.put(self._at, self._row, self._times)
            self._at = min(self._at + self._times, MOST_ROWS)
        elif tag == "table" and self._sheet is not None:
            self.sheets.append((self._sheet, self._uncalculated, self._formulas))
            self._sheet = None

    def _put(self, cell: dict[str, str], *, covered: bool) -> None:
        text = "" if covered else _shown(cell, "\n".join(self._lines))
        across, down = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if self._sheet is not None and not covered and (across > 1 or down > 1):
            self._sheet.merge(self._at, self._column, down, across)
        times = _count(cell, "number-columns-repeated")
        if "formula" in cell:
            self._formulas += times
            if not text and "string-value" not in cell and cell.get("value-type") != "string":
                self._uncalculated.append((self._at, self._column))
        if text:
            if self._column + times > MOST_COLUMNS:
                self.room.take(MOST_ROWS * MOST_COLUMNS)
            self._row.extend([""] * (self._column - len(self._row)))
            self._row.extend([text] * times)
        self._column = min(self._column + times, MOST_COLUMNS)


def _count(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    return int(said) if said.isdecimal() and len(said) < 9 else 1


def _shown(cell: dict[str, str], shown: str) -> str:
    """Text of a cell: its value, or what is shown where that has the value's digits with zeros before them."""
    kind = cell.get("value-type", "")
    if kind in {"float", "percentage", "currency"}:
        text = _number(cell.get("value", ""), shown)
        return shown if _DIGITS.fullmatch(shown) and _same_digits(shown, text) else text
    if kind == "date":
        day, _, time = cell.get("date-value", shown).partition("T")
        time = time.partition(".")[0]
        return day if time in {"", "00:00:00"} else f"{day} {time}"
    if kind == "time":
        found = _TIME.fullmatch(cell.get("time-value", ""))
        return f"{int(found[1])}:{found[2]}:{found[3]}" if found else shown
    if kind == "boolean":
        return "TRUE" if cell.get("boolean-value") == "true" else "FALSE"
    return shown or cell.get("string-value", "")


def _same_digits(shown: str, number: str) -> bool:
    return (re.sub(r"\D", "", shown).lstrip("0") or "0") == number


def _number(text: str, shown: str) -> str:
    if text.lstrip("-").isdecimal():
        return text
    try:
        return number_text(float(text))
    except ValueError:
        return shown
