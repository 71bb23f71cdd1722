"""A sheet put together row by row by those readers that parse a file themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from layers.intake.formats.parts import Part, sheet_parts, too_many_cells

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384


@dataclass(slots=True)
class Room:
    """How many cells may still be taken from one file."""

    file: str
    limit: int
    taken: int = 0

    def take(self, cells: int) -> None:
        """Count cells in.

        Raises
        ------
        IntakeError
            When there are too many.
        """
        self.taken += cells
        if self.taken > self.limit:
            raise too_many_cells(self.file, self.taken, self.limit)


@dataclass(slots=True)
class GatheredSheet:
    """Rows of text from 0, those without anything being one and the same list; merged as (row, column, rows, columns)."""

    name: str
    room: Room
    hidden: bool = False
    rows: list[list[str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    width: int = 0

    def put(self, row: int, cells: list[str], times: int = 1) -> None:
        """Set a row below all that are there, and as many below it as it is repeated.

        Raises
        ------
        IntakeError
            When the sheet becomes larger than is taken.
        """
        filled = len(cells)
        while filled and not cells[filled - 1]:
            filled -= 1
        if not filled:
            return
        if row + times > MOST_ROWS or filled > MOST_COLUMNS:
            self.room.take(MOST_ROWS * MOST_COLUMNS)
        self.width = max(self.width, filled)
        self.room.take(filled * times)
        if row > len(self.rows):
            self.rows.extend([[]] * (row - len(self.rows)))
        self.rows.extend([cells[:filled]] * times)

    def merge(self, row: int, column: int, rows: int, columns: int) -> None:
        """Note a merged range."""
        if rows > 1 or columns > 1:
            self.merged.append((row, column, min(rows, MOST_ROWS), min(columns, MOST_COLUMNS)))

    def parts(self) -> Iterator[Part]:
        """The sheet as readers hand it over."""
        filled = sum(1 for row in self.rows if row)
        self.room.take(max(0, filled * self.width - sum(map(len, self.rows))))
        merged = [(row + 1, column, rows, columns) for row, column, rows, columns in self.merged
                  if row < len(self.rows) and column < self.width]
        yield from sheet_parts(self.rows, self.name, width=self.width, merged=merged, hidden=self.hidden)
