"""Sheets of one heading, such as one a township, read as one table whose rows still say which sheet they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from layers.intake.files.header import Table

SPAN = 10_000_000
"""More than the rows of any sheet: row n of the k-th sheet read, from 0, goes by k · SPAN + n."""


def apart(row: int) -> tuple[int, int]:
    """Position of the sheet among those read together, and the row's number on it."""
    return divmod(row, SPAN)


def alike(table: Table, others: Sequence[Table]) -> list[Table]:
    """Those of ``others`` that have the headings of ``table`` in the same order; none for layers of a map file."""
    headings = list(table.frame.columns)
    return [each for each in others if table.shapes is None and each.shapes is None and list(each.frame.columns) == headings]


def together(tables: Sequence[Table]) -> Table:
    """One table of all rows, in the order of the sheets; ``parts`` keeps each as it was."""
    frames = [each.frame.set_axis(each.frame.index + k * SPAN, axis=0) for k, each in enumerate(tables)]
    left = tuple(row._replace(sheet=each.sheet) for each in tables for row in each.left_out)
    return replace(tables[0], sheet="、".join(each.sheet for each in tables), frame=pd.concat(frames).rename_axis("row"),
                   left_out=left, parts=tuple(tables))
