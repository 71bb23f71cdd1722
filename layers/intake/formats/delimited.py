"""Text files of cells between separators."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from layers.errors import IntakeError

SEPARATORS = (",", "\t", ";", "|", "，", "；")
GUARD = "'"
"""Put before a CSV text that a spreadsheet would otherwise run as a formula, and taken off when reading."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARDED = re.compile(GUARD + "+[" + "".join("\\" + start for start in FORMULA_STARTS) + "]")
_LOOKED_AT = 200
_LONGEST_CELL = 20_000_000


def separator(text: str) -> str:
    """The separator that cuts most of the first lines into the same number of cells, two or more.

    A text that none of them cuts has one column; its separator is the comma.
    """
    best, best_score = ",", (0.0, 0)
    for mark in SEPARATORS:
        widths = Counter(len(row) for row in _first(text, mark) if any(cell.strip() for cell in row))
        several = {width: n for width, n in widths.items() if width > 1}
        if several:
            # Rows of one width speak for it, weighed by that width: a comma inside an address is in some rows only.
            width, n = max(several.items(), key=lambda item: (item[1], item[0]))
            score = (n / widths.total(), width)
            if score > best_score:
                best, best_score = mark, score
    return best


def read_delimited(text: str, name: str) -> Iterator[list[str]]:
    """Rows of cells, blank lines as empty rows, so that rows count as they do in a spreadsheet.

    The apostrophe that keeps a text from being run as a formula is taken off.

    Raises
    ------
    IntakeError
        When a quotation mark is never closed, so that a cell would swallow the rest of the file.
    """
    said = text[:4].lower() == "sep=" and text[4:5] in SEPARATORS
    mark = text[4] if said else separator(text)
    if said:
        text = text.partition("\n")[2]  # the line that tells the separator is no row in Excel either
    csv.field_size_limit(_LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    odd, ended, begins = text.count('"') % 2 == 1, 0, 1
    try:
        for row in lines:
            begins, ended = ended + 1, lines.line_num
            yield [cell[1:] if cell[:1] == GUARD and _GUARDED.match(cell) else cell for cell in row]
    except csv.Error as error:
        raise _unclosed(name, ended + 1) from error
    if odd and ended > begins:
        raise _unclosed(name, begins)


def _unclosed(name: str, line: int) -> IntakeError:
    return IntakeError(
        f"“{name}”第 {line} 行起有引号没有闭合，其后的内容都会并成一格，请补上引号 "
        f"(a quotation mark in {name} is never closed, in line {line} or after; the rest would become one cell)")


def _first(text: str, mark: str) -> list[list[str]]:
    lines = text[:200_000].splitlines(keepends=True)[:_LOOKED_AT]
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []
