"""The rows below a header, sorted into data and what is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from layers.intake.files.header_rows import Grid
from layers.intake.files.headings import is_heading, is_known, is_serial
from layers.intake.files.row_kinds import RowKind, is_column_numbers, kind_of_row

_IN_ONE = {RowKind.EMPTY, RowKind.OTHER}
_MOST_TITLES = 3
"""Lines of a title above a header."""


@dataclass(slots=True)
class Body:
    """Rows of data, where in the grid they stand, and the others as (row, kind, number of rows)."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    left_out: list[tuple[int, RowKind, int]] = field(default_factory=list)

    def leave_out(self, row: int, kind: RowKind) -> None:
        """Note a row that is no data; empty ones in a row, and another table, are told once."""
        before = self.left_out[-1] if self.left_out else None
        if kind in _IN_ONE and before and before[1] is kind and before[0] + before[2] == row:
            self.left_out[-1] = (before[0], kind, before[2] + 1)
        else:
            self.left_out.append((row, kind, 1))

    def take_back_titles(self, header: int, kind: RowKind) -> None:
        """Leave out lines of one cell that turn out to stand right above a header."""
        for _ in range(_MOST_TITLES):
            empty = self.left_out[-1][0] if self.left_out and self.left_out[-1][1] is RowKind.EMPTY else None
            above = header - 1 if empty is None or self.left_out[-1][0] + self.left_out[-1][2] != header else empty - 1
            if not self.kept or self.kept[-1] != above or sum(1 for cell in self.rows[-1] if cell.strip()) != 1:
                return
            self.rows.pop()
            self.left_out.append((self.kept.pop(), kind, 1))
            self.left_out.sort()
            header = above


def body_of(
    grid: Grid, header: tuple[int, int], headings: Sequence[str], positions: Sequence[int], known: Collection[str] = (),
) -> Body:
    """Sort every row of the grid but those of the header.

    Parameters
    ----------
    header
        First and last row of the header.
    headings
        One for each column of the grid.
    positions
        The columns that are the table's.
    known
        Folded words that headings go by; with them a second table below the first is told from its data.
    """
    first, last = header
    body = Body()
    titles = {said for row in range(first) if (said := tuple(cell.strip() for cell in grid.rows[row] if cell.strip()))}
    judge = _Judge(grid, header, headings, positions, titles, known)
    elsewhere = False
    for row in range(first):
        elsewhere = elsewhere or judge.begins_another(row)
        if any(cell.strip() for cell in grid.rows[row]):
            body.leave_out(row, RowKind.OTHER if elsewhere else RowKind.TITLE)
    filled_down = _filled_down(grid, last)
    after_note = elsewhere = False
    for row in range(last + 1, len(grid.rows)):
        texts = grid.rows[row]
        kind = judge.kind(row, begun=bool(body.kept), after_note=after_note)
        if kind is RowKind.HEADER or (kind is None and judge.begins_another(row)):
            elsewhere = kind is None
            body.take_back_titles(row, RowKind.OTHER if elsewhere else RowKind.TITLE)
        if elsewhere:
            body.leave_out(row, RowKind.OTHER)
            continue
        if kind is None:
            if row in filled_down:
                texts = tuple(text if text.strip() else filled_down[row].get(k, text) for k, text in enumerate(texts))
            body.rows.append(tuple(texts))
            body.kept.append(row)
        else:
            body.leave_out(row, kind)
        if kind is not RowKind.EMPTY:
            after_note = kind is RowKind.NOTE
    return body


class _Judge:
    """What is asked of every row."""

    def __init__(self, grid: Grid, header: tuple[int, int], headings: Sequence[str], positions: Sequence[int],
                 titles: set[tuple[str, ...]], known: Collection[str]) -> None:
        self.grid, self.positions, self.titles, self.known = grid, positions, titles, known
        self.header = {tuple(grid.rows[row][k].strip() for k in positions) for row in range(header[0], header[1] + 1)}
        self.serial = [is_serial(headings[k]) for k in positions]
        self.wide = {m.row for m in grid.merged if m.columns >= max(3, 0.6 * len(positions))}

    def kind(self, row: int, *, begun: bool, after_note: bool) -> RowKind | None:
        """Why ``row`` is no data, or None; ``begun`` when there was data above."""
        texts = self.grid.rows[row]
        cells = tuple(texts[k].strip() for k in self.positions)
        if not any(cells):
            return RowKind.EMPTY
        if cells in self.header:
            return RowKind.HEADER
        if not begun and is_column_numbers(cells):
            return RowKind.NUMBERS
        if tuple(filter(None, cells)) in self.titles:
            return RowKind.TITLE
        if all(serial and cell.isdigit() for cell, serial in zip(cells, self.serial, strict=True) if cell):
            return RowKind.SERIAL
        return kind_of_row(cells, len(self.positions), spans=row in self.wide, after_note=after_note)


    def begins_another(self, row: int) -> bool:
        """Whether the headings of another table stand in ``row``: most of its cells are words that headings go by."""
        said = {cell.strip() for cell in self.grid.rows[row] if cell.strip()}
        if len(said) < 2 or not self.known or not all(map(is_heading, said)):
            return False
        return sum(is_known(cell, self.known) for cell in said) >= max(2, 0.6 * len(said))


def _filled_down(grid: Grid, last: int) -> dict[int, dict[int, str]]:
    """Texts that a merged cell gives to the rows that it reaches down to."""
    found: dict[int, dict[int, str]] = {}
    reached: dict[int, int] = {}  # ranges that lie on each other, as in broken files, are looked at once
    for m in sorted(grid.merged):
        if m.rows > 1 and m.row > last and grid.rows[m.row][m.column].strip():
            end = min(m.row + m.rows, len(grid.rows))
            for row in range(max(m.row + 1, reached.get(m.column, 0)), end):
                found.setdefault(row, {})[m.column] = grid.rows[m.row][m.column]
            reached[m.column] = max(end, reached.get(m.column, 0))
    return found
