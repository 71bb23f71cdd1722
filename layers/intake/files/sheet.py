"""A file as sheets of text, and how much of one is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from layers.fields import Label


class Merged(NamedTuple):
    """A merged range: the file's row number of its first row, its first column from 0, and its size."""

    row: int
    column: int
    rows: int
    columns: int


Shapes = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet, or one layer of a map file, with every cell as text.

    Attributes
    ----------
    name : str
        Name of the sheet or layer; empty for a text file.
    rows : list of tuple of str
        All of one width; ``""`` is an empty cell. Numbers hold every digit that the file holds, without an exponent up
        to 21 digits; dates are ISO. A map layer has the names of its attributes as the first row.
    first_row : int
        The file's number of ``rows[0]``, from 1. Map layers count from 0, so that feature k is row k.
    merged : tuple of Merged
    hidden : bool
    shapes : array of geometry or None
        One a feature, aligned with ``rows[1:]``; None where there is none.
    crs : str or None
        What the file says its coordinates are in, as ``EPSG:4490`` or WKT.
    """

    name: str
    rows: list[tuple[str, ...]]
    first_row: int = 1
    merged: tuple[Merged, ...] = ()
    hidden: bool = False
    shapes: Shapes | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """What was read: ``kind`` by content, ``encoding`` of text files, ``notes`` on everything a person should know."""

    name: str
    sha256: str
    kind: str
    encoding: str | None
    sheets: tuple[Sheet, ...]
    notes: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one file is taken; what goes beyond ends in a clear message.

    ``file_bytes`` of the file itself, ``inflated_bytes`` of what a zip holds, ``cells`` of all sheets, ``memory_bytes``
    of the process that reads, ``seconds`` it may take.
    """

    file_bytes: int = 200_000_000
    inflated_bytes: int = 2_000_000_000
    cells: int = 12_000_000
    memory_bytes: int = 1_500_000_000
    seconds: float = 180.0


LIMITS = Limits()
