"""The rows of a household as one row: the head's, with what the others add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layers.intake.examination.families import Families, Family
from layers.intake.examination.rows import Rows, Values
from layers.intake.places.gazetteer import Placement

_OF_THE_HEAD = frozenset({"contact_name", "identity_no", "precision"})
"""They belong together, and to one person."""


def as_households(rows: Rows, found: Families) -> Rows:
    """One row for each household, under the row number of its head.

    Persons are counted, unless the file tells more of them; the eldest gives the year of birth, the latest visit the
    day, one plaque is a plaque, categories are all of theirs. For the rest the head's word counts, then the first one.
    """
    leads = np.array([family.rows[0] for family in found.each], dtype=np.intp)
    fields = {name: _gathered(values, found.each, _TAKE.get(name, _first)) for name, values in rows.fields.items()
              if name not in _OF_THE_HEAD}
    fields |= {name: rows.fields[name][leads] for name in _OF_THE_HEAD & rows.fields.keys()}
    told = rows.value("persons")
    fields["persons"] = _boxed([
        max([len(family.rows), *(told[k] for k in family.rows if told[k] is not None)]) for family in found.each
    ])
    return Rows(
        rows.layer, rows.numbers[leads], {name: texts[leads] for name, texts in rows.texts.items()}, rows.notes, fields,
        {name: clear[leads] for name, clear in rows.clear.items()},
    )


def places_of(
    found: Families, placements: Sequence[Placement | None], shapes: Values, precision: Values
) -> tuple[list[Placement | None], Values, Values]:
    """Placements, shapes and precisions of the households: the first that any of its rows has."""
    at = [next((k for k in family.rows if shapes[k] is not None), family.rows[0]) for family in found.each]
    where = [next((placements[k] for k in family.rows if placements[k] is not None), None) for family in found.each]
    return where, shapes[at], precision[at]


def rows_of(rows: Rows, found: Families) -> Mapping[int, tuple[int, ...]]:
    """The file's rows of each household, by the row of its head."""
    return {int(rows.numbers[family.rows[0]]): tuple(int(rows.numbers[k]) for k in family.rows) for family in found.each}


def _gathered(values: Values, each: Sequence[Family], take: Callable[[list[Any]], Any]) -> Values:
    taken = []
    for family in each:
        told = [values[k] for k in family.rows if values[k] is not None]
        taken.append(take(told) if told else None)
    return _boxed(taken)


def _boxed(values: Sequence[Any]) -> Values:
    # A list of tuples would be taken for rows of a table.
    found = np.empty(len(values), dtype=object)
    for k, value in enumerate(values):
        found[k] = value
    return found


def _first(told: list[Any]) -> Any:
    return told[0]


def _all(told: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in told for code in codes))


_TAKE: Mapping[str, Callable[[list[Any]], Any]] = {
    "categories": _all, "eldest_birth_year": min, "plaque_hung": any, "last_contact": max, "last_visit": max,
}
