"""What the readers hand over, in plain values that cross from one process to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from layers.errors import IntakeError

Part = tuple[Any, ...]
"""``("sheet", name, first row, merged ranges, hidden, crs)`` begins a sheet; ``("rows", list of tuples of text)`` and
``("shapes", list of WKB or None)`` belong to it; ``("note", Chinese, English)`` and ``("encoding", name)`` to the file.
"""

BATCH = 5_000


def sheet_parts(
    rows: Iterable[Sequence[str]], name: str, *, width: int, merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: bool = False,
) -> Iterator[Part]:
    """A sheet without its empty rows at the beginning and the end; ``rows`` are counted from 1."""
    empty = ("",) * width
    batch: list[tuple[str, ...]] = []
    waiting = begun = 0
    for number, row in enumerate(rows, start=1):
        if not any(cell and not cell.isspace() for cell in row):
            waiting += 1
            continue
        if not begun:
            begun, waiting = number, 0
            yield "sheet", name, number, tuple(merged), hidden, None
        while waiting:  # one shared row for all that are empty
            batch.append(empty)
            waiting -= 1
            if len(batch) >= BATCH:
                yield "rows", batch
                batch = []
        batch.append(tuple(row) if len(row) == width else tuple(row) + ("",) * (width - len(row)))
        if len(batch) >= BATCH:
            yield "rows", batch
            batch = []
    if not begun:
        yield "sheet", name, 1, (), hidden, None
    yield "rows", batch


def too_many_cells(name: str, cells: int, limit: int) -> IntakeError:
    """What is said of a file with more cells than are taken."""
    return IntakeError(
        f"“{name}”有 {cells:,} 个单元格，最多 {limit:,} 个，请删去多余的行列，或分成几个文件 "
        f"({name} has {cells:,} cells, at most {limit:,} are taken; remove surplus rows and columns or split it)")
