"""The rows of a file on their way into a layer: texts, values, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from layers.fields import NO_LABEL, Label
from layers.intake.aliases import personal
from layers.intake.examination.columns import ColumnMapping, TextTable
from layers.intake.examination.problems import Notebook
from layers.intake.values.cells import Cells, read_cells
from layers.intake.values.units import converted, factor
from layers.schema import Layer

Values = np.ndarray[Any, np.dtype[np.object_]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Holdings(Protocol):
    """What is asked of the store."""

    def read(
        self, layer: str, *, columns: Iterable[str] | None = None, ids: Iterable[str] | None = None, protected: bool = False
    ) -> pd.DataFrame:
        """Rows of a layer."""
        ...

    def matches(self, layer: str, field: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Rows that hold a protected value."""
        ...


@dataclass(slots=True)
class Rows:
    """One file's rows for one layer, column by column; everything is aligned with ``numbers``.

    Attributes
    ----------
    numbers : ndarray of int
        The file's row numbers.
    texts : dict
        Target (field or word of place) to the file's text, stripped.
    fields : dict
        Field to values; None where there is nothing.
    clear : dict
        Field to the rows whose stored value is to go.
    notes : Notebook
        What is wrong.
    """

    layer: Layer
    numbers: np.ndarray[Any, np.dtype[np.int64]]
    texts: dict[str, Values]
    notes: Notebook
    fields: dict[str, Values] = field(default_factory=dict)
    clear: dict[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def text(self, target: str) -> Values:
        """The file's text for ``target``; empty where the file has no such column."""
        found = self.texts.get(target)
        return np.full(len(self), "", dtype=object) if found is None else found

    def value(self, name: str) -> Values:
        """Values of a field; None where the file has none."""
        found = self.fields.get(name)
        return np.full(len(self), None, dtype=object) if found is None else found

    def note(
        self, where: Mask, name: str, rule: str, reason: Label | Callable[[int], Label], hint: Label | Callable[[int], Label],
        *, doubt: bool = False,
    ) -> None:
        """Write a problem down for each row of ``where``, unless its cell has one already."""
        shown = self.text(name)
        for k in np.flatnonzero(where).tolist():
            row = int(self.numbers[k])
            if (row, name) not in self.notes.spoilt:
                self.notes.add(row, name, rule, str(shown[k]), reason(k) if callable(reason) else reason,
                               hint(k) if callable(hint) else hint, doubt=doubt)

    def rows_of(self, row: int) -> int:
        """Position of a row number."""
        return int(np.flatnonzero(self.numbers == row)[0])


def read_rows(
    layer: Layer, table: TextTable, mapping: ColumnMapping, constants: Mapping[str, str], sheets: tuple[str, ...] = ()
) -> Rows:
    """The cells of a table as values of the layer's fields, with every cell that is none noted.

    Parameters
    ----------
    constants
        Field to a text that stands in every row; a column of the file goes before it.
    sheets
        Names of the sheets that are read together.
    """
    frame, headings = table.frame, mapping.headings
    texts = {
        target: np.array([text.strip() if isinstance(text, str) else "" for text in frame[heading].tolist()], dtype=object)
        for target, heading in headings.items()
    }
    for name, text in constants.items():
        if name not in texts:
            texts[name] = np.full(len(frame), text.strip(), dtype=object)
    notes = Notebook(dict(headings), personal(layer), sheets=sheets)
    rows = Rows(layer, frame.index.to_numpy(dtype="int64"), texts, notes)
    for spec in layer.fields:
        # What names another thing is looked up first; whatever is not found is said there.
        if spec.name in texts:
            written = texts[spec.name]
            if (much := factor(headings.get(spec.name, ""), spec.unit)) is not None:
                written = np.array([converted(text, much) for text in written], dtype=object)
            cells = read_cells(spec, pd.Series(written, dtype=object))
            rows.fields[spec.name] = cells.taken.to_numpy(dtype=object)
            rows.clear[spec.name] = cells.clear
            _note_wrong(rows, spec.name, cells)
    return rows


def _note_wrong(rows: Rows, name: str, cells: Cells) -> None:
    where = np.array([wrong is not None for wrong in cells.wrong], dtype=bool)
    for k in np.flatnonzero(where).tolist():
        wrong = cells.wrong[k]
        rows.notes.add(int(rows.numbers[k]), name, wrong.rule, str(rows.texts[name][k]), wrong.reason, wrong.hint or NO_LABEL)
