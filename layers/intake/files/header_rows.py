"""Which rows of a sheet are its header."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from layers.intake.files.headings import is_heading, is_known
from layers.intake.files.sheet import Merged, Sheet

_LOOKED_AT = 60
"""Rows with anything in them that are looked at for the header."""
_MARGIN = 0.5
"""By how much a lower row must be better than one above it: data under unknown headings can look like headings."""
_SURE = 3
"""Known headings from which a row is a header."""


class Grid(NamedTuple):
    """The rows of a sheet with merged ranges by position, all counted from 0."""

    rows: Sequence[Sequence[str]]
    merged: Sequence[Merged]
    live: tuple[int, ...]

    def text(self, row: int, column: int) -> str:
        """Text that a person sees at a place, also in the inside of a merged range."""
        for m in self.merged:
            if m.row <= row < m.row + m.rows and m.column <= column < m.column + m.columns:
                return self.rows[m.row][m.column].strip()
        return self.rows[row][column].strip()

    def seen(self, row: int) -> list[str]:
        """Texts of a row as a person sees them."""
        inside = [m for m in self.merged if m.row <= row < m.row + m.rows]
        cells = [cell.strip() for cell in self.rows[row]]
        for m in inside:
            end = min(m.column + m.columns, len(cells))
            cells[m.column : end] = [self.rows[m.row][m.column].strip()] * (end - m.column)
        return cells


def grid_of(sheet: Sheet) -> Grid:
    """The sheet with those columns that hold more than a stray cell."""
    height = len(sheet.rows)
    width = len(sheet.rows[0]) if height else 0
    merged = [
        Merged(max(m.row - sheet.first_row, 0), m.column, m.rows, m.columns) for m in sheet.merged
        if 0 <= m.row - sheet.first_row < height and m.column < width
    ]
    counts = [sum(1 for cell in column if cell) for column in zip(*sheet.rows, strict=True)] if height else []
    most = max(counts, default=0)
    live = tuple(k for k, n in enumerate(counts) if n and n >= 0.1 * most)
    return Grid(sheet.rows, merged, live)


def header_block(grid: Grid, known: Collection[str]) -> tuple[int, int] | None:
    """First and last row of the header, or None where no row looks like one."""
    best, best_score, best_hits = None, 0.0, 0
    top = [m for m in grid.merged if m.row < 4 * _LOOKED_AT]
    near = Grid(grid.rows, top, grid.live)
    looked_at = 0
    for row, cells in enumerate(grid.rows):
        if not any(cells):
            continue
        looked_at += 1
        if looked_at > _LOOKED_AT:
            break
        score, hits = _score(near, row, known)
        if best_hits >= _SURE and hits <= best_hits:
            continue  # a second table below is no better for being wider
        if score > best_score + (_MARGIN if best is not None else 0):
            best, best_score, best_hits = row, score, hits
    if best is None:
        return None
    first = last = best
    while first > 0 and _belongs_above(near, first - 1, first):
        first -= 1
    while last + 1 < len(grid.rows) and _belongs_below(near, first, last, last + 1):
        last += 1
    return first, last


def _score(grid: Grid, row: int, known: Collection[str]) -> tuple[float, int]:
    """How much a row looks like a header, 3 for covering every column, 4 for headings that are all known; how many are."""
    width = max(len(grid.live), 1)
    cells = grid.seen(row)
    own = [grid.rows[row][k].strip() for k in grid.live]
    filled = [cell for cell in own if cell]
    if len(filled) < min(2, width):
        return 0.0, 0
    good = sum(map(is_heading, filled))
    hits = len({cell for cell in filled if is_known(cell, known)}) if known else 0
    if good < 0.7 * len(filled) and hits < 0.5 * len(filled):
        return 0.0, 0
    cover = sum(1 for k in grid.live if cells[k] and is_heading(cells[k])) / width
    distinct = min(1.0, 0.3 + len(set(filled)) / len(filled))
    return (3 * cover + 4 * hits / width) * distinct, hits


def _belongs_above(grid: Grid, upper: int, lower: int) -> bool:
    """Whether the row above a header row is part of it: its cells reach down, or stand over several columns."""
    width = max(len(grid.live), 1)
    over = [m for m in grid.merged if m.row == upper and grid.rows[upper][m.column].strip()]
    if any(m.columns >= 0.8 * width and m.columns > 2 for m in over):
        return False  # a title stands over everything
    if any(m.row + m.rows > lower and m.rows > 1 for m in over):
        return True
    if any(m.columns > 1 for m in over):
        return all(is_heading(cell) for cell in grid.rows[upper] if cell.strip())
    return _complementary(grid, (upper, upper), lower)


def _belongs_below(grid: Grid, first: int, upper: int, lower: int) -> bool:
    """Whether the row below a header that begins in row ``first`` is part of it."""
    below = [cell.strip() for cell in grid.rows[lower]]
    if any(m.row <= upper < lower < m.row + m.rows for m in grid.merged if grid.rows[m.row][m.column].strip()):
        return True
    groups = [m for m in grid.merged if m.row == upper and m.columns > 1 and m.rows == 1
              and grid.rows[m.row][m.column].strip() and m.columns < 0.8 * max(len(grid.live), 1)]
    inside = [k for m in groups for k in range(m.column, min(m.column + m.columns, len(below)))]
    if groups and any(below[k] for k in inside):
        outside = [below[k] for k in grid.live if k not in set(inside)]
        if all(is_heading(below[k]) for k in inside if below[k]) and sum(map(bool, outside)) * 2 <= len(outside):
            return True
    return _complementary(grid, (first, upper), lower)


def _complementary(grid: Grid, upper: tuple[int, int], lower: int) -> bool:
    """Whether rows make one header where nothing is told of merged cells: each is empty where the others speak."""
    rows = grid.rows[upper[0] : upper[1] + 1]
    above = [next((row[k].strip() for row in rows if row[k].strip()), "") for k in grid.live]
    below = [grid.rows[lower][k].strip() for k in grid.live]
    filled = [cell for cell in below if cell]
    if len([cell for cell in above if cell]) < 2 or not filled or not all(map(is_heading, [*filled, *filter(None, above)])):
        return False
    new = sum(1 for a, b in zip(above, below, strict=True) if b and not a)
    groups = [k for k, a in enumerate(above) if a and k + 1 < len(above) and not above[k + 1] and below[k + 1]]
    alone = [k for k, a in enumerate(above) if a and k not in groups]
    return new > 0 and bool(groups) and bool(alone) and not any(below[k] for k in alone)
