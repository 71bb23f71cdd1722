"""What is marked in a return workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FAULTY = "FFC7CE"
"""Colour of a faulty cell: red enough to be seen, and grey in black and white."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where in a sheet something is wrong; rows as the workbook numbers them, from 1, columns from 0.

    Attributes
    ----------
    sheet : str
        Name of the sheet.
    header : int
        Row of the headings, the upper one of two.
    column : int
        The column that the reasons go into.
    cells : tuple of (row, column)
        Faulty cells.
    reasons : mapping of row to text
    data : tuple of int
        All rows of data; marks of an earlier return are taken off them.
    """

    sheet: str
    header: int
    column: int
    cells: tuple[tuple[int, int], ...]
    reasons: Mapping[int, str]
    data: tuple[int, ...]
