"""What a list need not say: values that follow from the rest of the row, or that go without saying."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from layers.fields import Kind, Label
from layers.intake.aliases.terms import code_of
from layers.intake.examination.columns import ColumnMapping
from layers.intake.examination.rows import Mask, Rows, Values
from layers.intake.folding import fold
from layers.intake.places.county import County
from layers.intake.places.gazetteer import BY_ADDRESS, Placement
from layers.intake.places.known_units import SAME_KIND

_PLAIN: dict[tuple[str, str], tuple[object, Label]] = {
    ("households", "persons"): (1, Label("没有人数列：新的家庭按 1 人计", "no column of persons: a new household counts as one person")),
    ("stations", "status"): ("open", Label("没有状态列：新的服务站按运行计", "no column of status: a new station counts as open")),
}

_PEOPLE = re.compile("人口|人数|几口人|家庭成员数|persons|population|members")


def fill_usual(
    rows: Rows, placements: Sequence[Placement | None], county: County, known: Mask, mapping: ColumnMapping, *, placed: bool
) -> tuple[Label, ...]:
    """Fill fields of new rows that the file has no column for, and say which.

    ``placed`` tells that the file has places of its own.

    A station serves the village that its row names, else the township, and is of that level.
    """
    said = []
    for (layer, name), (value, note) in _PLAIN.items():
        if layer == rows.layer.name and name not in rows.fields and not known.all():
            _fill(rows, name, np.full(len(rows), value, dtype=object), known)
            said.append(note)
            if name == "persons":
                said += _unread_counts(mapping)
    said += _unread_ticks(rows, mapping)
    if "village" in rows.layer.columns and not placed and not known.all() and not _PLACED & rows.texts.keys():
        said.append(Label("没有读到村、地址或坐标的列：新的对象不属于任何村，地图上没有位置",
                          "no column of village, address or coordinates is read: new things belong to no village and lie nowhere"))
    if rows.layer.name == "stations" and "unit" not in rows.fields:
        units = _units(rows, placements, county)
        if any(unit is not None for unit in units):
            _fill(rows, "unit", units, known)
            said.append(Label("服务单位取自乡镇、村列，没有的取自站名",
                              "the unit served follows from township and village, else from the station's name"))
    if rows.layer.name == "stations" and "level" not in rows.fields and "unit" in rows.fields:
        towns = county.township_names.ids
        level = [None if unit is None else "township" if unit in towns else "village" for unit in rows.value("unit")]
        if any(level):
            _fill(rows, "level", np.array(level, dtype=object), known)
            said.append(Label("没有级别列：级别取自服务单位", "no column of level: it follows from the unit served"))
    return tuple(said)


_PLACED = frozenset({"village", "village_name", "village_code", "address", "lon", "lat", "lonlat", "wkt"})


def _unread_ticks(rows: Rows, mapping: ColumnMapping) -> list[Label]:
    """Columns that nobody reads and whose headings are values of a coded field: one column of ticks for each value."""
    said = []
    for spec in rows.layer.fields:
        if spec.vocabulary is not None and spec.kind is Kind.CHOICES:
            ticks = [m.heading for m in mapping.columns if m.target is None and code_of(spec.vocabulary.name, m.heading) is not None]
            if ticks:
                listed = "、".join(ticks)
                said.append(Label(f"没有读取的列“{listed}”像是“{spec.label.zh}”的各个取值；请合成一列“{spec.label.zh}”，值用顿号隔开",
                                  f"columns not read ({listed}) are values of “{spec.label.en}”; put them into one column of it"))
    return said


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
    names = rows.value("name")
    return np.array([_by_name(str(name or ""), county) if unit is None and not told else unit
                     for unit, name, told in zip(found, names, _tell_unit(rows), strict=True)], dtype=object)


_STATION = re.compile("(?:退役军人)?(?:事务)?(?:服务|工作)(?:中心|站|点|室).*")


def _tell_unit(rows: Rows) -> list[bool]:
    words = [rows.text(name) for name in ("township_name", "township_code", "village_name", "village_code")]
    return [any(texts) for texts in zip(*words, strict=True)]


def _by_name(name: str, county: County) -> str | None:
    """The unit that the name of a station begins with: a village's or a township's own name, with nothing guessed."""
    unit = _STATION.sub("", name)
    if not unit or unit == name:
        return None
    towns = county.township_names.find(unit)
    found = county.gazetteer.place(village=unit)
    if len(towns) == 1:
        return next(iter(towns))
    return found.village if found.likeness >= SAME_KIND else None
