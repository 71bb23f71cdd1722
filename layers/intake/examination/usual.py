"""What a list need not say: values that follow from the rest of the row, or that go without saying."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from layers.fields import Label
from layers.intake.examination.columns import ColumnMapping
from layers.intake.examination.rows import Mask, Rows, Values
from layers.intake.folding import fold
from layers.intake.places.county import County
from layers.intake.places.gazetteer import BY_ADDRESS, Placement

_PLAIN: dict[tuple[str, str], tuple[object, Label]] = {
    ("households", "persons"): (1, Label("没有人数列：新的家庭按 1 人计", "no column of persons: a new household counts as one person")),
    ("stations", "status"): ("open", Label("没有状态列：新的服务站按运行计", "no column of status: a new station counts as open")),
}

_PEOPLE = re.compile("人口|人数|几口人|家庭成员数|persons|population|members")


def fill_usual(
    rows: Rows, placements: Sequence[Placement | None], county: County, known: Mask, mapping: ColumnMapping
) -> tuple[Label, ...]:
    """Fill fields of new rows that the file has no column for, and say which.

    A station serves the village that its row names, else the township, and is of that level.
    """
    said = []
    for (layer, name), (value, note) in _PLAIN.items():
        if layer == rows.layer.name and name not in rows.fields and not known.all():
            _fill(rows, name, np.full(len(rows), value, dtype=object), known)
            said.append(note)
            if name == "persons":
                said += _unread_counts(mapping)
    if rows.layer.name == "stations" and "unit" not in rows.fields:
        units = _units(rows, placements, county)
        if any(unit is not None for unit in units):
            _fill(rows, "unit", units, known)
            said.append(Label("服务单位取自乡镇、村列", "the unit served follows from township and village"))
    if rows.layer.name == "stations" and "level" not in rows.fields and "unit" in rows.fields:
        towns = county.township_names.ids
        level = [None if unit is None else "township" if unit in towns else "village" for unit in rows.value("unit")]
        if any(level):
            _fill(rows, "level", np.array(level, dtype=object), known)
            said.append(Label("没有级别列：级别取自服务单位", "no column of level: it follows from the unit served"))
    return tuple(said)


def _unread_counts(mapping: ColumnMapping) -> list[Label]:
    """Columns that nobody reads and that may be the number of persons."""
    return [
        Label(f"没有读取的“{match.heading}”列像是人数；如果它就是服务对象人数，请对应到该字段（--map persons={match.heading}）",
              f"“{match.heading}” is not read and looks like a number of persons; if it is that of the persons served, map it to persons")
        for match in mapping.columns if match.target is None and _PEOPLE.search(fold(match.heading))
    ]


def _fill(rows: Rows, name: str, values: Values, known: Mask) -> None:
    rows.fields[name] = values.copy()
    rows.fields[name][known] = None


def _units(rows: Rows, placements: Sequence[Placement | None], county: County) -> Values:
    things = county.township_names
    found = []
    for placement, township, code in zip(placements, rows.text("township_name"), rows.text("township_code"), strict=True):
        named = things.find(str(code)) if code else things.find(str(township)) if township else set()
        if placement is not None and placement.how != BY_ADDRESS:  # where it stands is not whom it serves
            found.append(placement.village)
        else:
            found.append(next(iter(named)) if len(named) == 1 else None)
    return np.array(found, dtype=object)
