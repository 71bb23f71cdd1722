"""The import doctor: a file's table held against a layer and the store, every problem at once, nothing stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.fields import Label, ValidationReport
from layers.intake.examination import duplicates, families
from layers.intake.examination.columns import ColumnMapping
from layers.intake.examination.family_rows import as_households, places_of, rows_of
from layers.intake.examination.layer_checks import check_layer
from layers.intake.examination.merging import merged, same_places, same_rows
from layers.intake.examination.problems import Problem, as_report
from layers.intake.examination.resolving import ask_addresses, directory, resolve, resolve_village
from layers.intake.examination.row_ids import give_ids
from layers.intake.examination.rows import Holdings, Rows, Values, read_rows
from layers.intake.examination.sheet_names import townships_by_sheet
from layers.intake.examination.subjects import resolve_subjects, subject_of
from layers.intake.examination.usual import fill_usual
from layers.intake.files.header import Table
from layers.intake.places.county import County, county_of
from layers.intake.places.gazetteer import Placement
from layers.intake.places.groups import in_groups
from layers.intake.places.surroundings import check_surroundings
from layers.intake.positions.datum import WGS84, Datum
from layers.intake.positions.locating import own_shapes, placed
from layers.registry import LAYERS
from layers.schema import Layer

DOUBTS = frozenset({"near_duplicate", "same_household", "far_from_village", "outside_county", "unplaced", families.RULE})
"""Rules of problems that may be right after all; a person can accept them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person decides about a file besides its columns.

    Attributes
    ----------
    datum
        What its coordinates are in.
    day
        The day that the rows are about.
    constants
        Field to a text that stands in every row, for fields that the file has no column for.
    accept
        Rules of :data:`DOUBTS` that are to pass.
    """

    day: dt.date
    datum: Datum = WGS84
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    accept: Collection[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """What became of a file's rows.

    Attributes
    ----------
    frame : DataFrame
        The good rows, ready for the store; the index holds the file's row numbers.
    problems : tuple of Problem
        All of them, by row.
    rejected : frozenset of int
        Row numbers that cannot be stored.
    rows_in : int
        Rows of data in the file.
    changed : int
        Rows of the frame that the store does not hold just so.
    stands_for : ndarray of int
        Rows of the file that each row of the frame stands for: more than one where a list has one row a person.
    changed_in : int
        Rows of the file that ``changed`` stand for.
    notes : tuple of Label
        What was taken to go without saying.
    """

    layer: str
    frame: pd.DataFrame
    problems: tuple[Problem, ...]
    rejected: frozenset[int]
    rows_in: int
    changed: int
    stands_for: np.ndarray[Any, np.dtype[np.int64]]
    changed_in: int
    notes: tuple[Label, ...] = ()

    @property
    def good_in(self) -> int:
        """Rows of the file that the frame stands for."""
        return int(self.stands_for.sum())

    @property
    def report(self) -> ValidationReport:
        """The problems in the words of the layers' own checks."""
        return as_report(self.layer, self.problems)


def examine(layer: Layer, table: Table, mapping: ColumnMapping, holdings: Holdings, choices: Choices) -> Examination:
    """Everything that is wrong with a table, and the rows that are fit for the store.

    Parameters
    ----------
    layer
        What the rows are.
    table
        From :func:`layers.intake.files.find_table`.
    mapping
        What the columns are.
    holdings
        The store: villages to place rows by, what rows refer to, what they may repeat.
    """
    rows = read_rows(layer, table, mapping, choices.constants, tuple(part.sheet for part in table.parts))
    county = county_of(holdings, choices.day)
    taken = townships_by_sheet(rows, county)
    placements = _references(rows, holdings, county)
    shapes, precision = np.full(len(rows), None, dtype=object), np.full(len(rows), None, dtype=object)
    if layer.spatial:
        shapes, precision = own_shapes(rows, table.shapes, choices.datum, county.around)
    rows_in = len(rows)
    duplicates.same_persons(rows)
    gathered = families.families(rows, placements)
    of_one: Mapping[int, tuple[int, ...]] = {}
    if gathered is not None:
        duplicates.same_members(rows, gathered)
        families.doubts(rows, gathered)
        of_one = rows_of(rows, gathered)
        rows, (placements, shapes, precision) = as_households(rows, gathered), places_of(gathered, placements, shapes, precision)
    own = ~shapely.is_missing(shapes)
    give_ids(rows, holdings, shapes)
    _own_references(rows, holdings)
    ids = rows.value("id")
    stored = holdings.read(layer.name, ids=sorted(set(ids.tolist())), protected=True).set_index("id")
    known = stored.index.get_indexer(pd.Index(ids, dtype=object)) >= 0
    if "Point" in layer.geometry and "precision" in layer.columns:
        ask_addresses(rows, placements, ~own & ~known & bool(layer.protected))
        placements = in_groups(rows, placements, shapes, precision, holdings, county.villages)
        _fill_groups(rows, placements, known)
        _place(rows, shapes, precision, placements, stored, known)
    notes = (*taken, *fill_usual(rows, placements, county, known, mapping, placed=bool(own.any())))
    if gathered is not None:
        notes = (families.note(gathered), *notes)
    frame = merged(rows, shapes, stored)
    moved = _moved(shapes, stored, ids) if layer.spatial else ~known
    if "precision" in layer.columns:
        frame["precision"] = _precision(rows, frame, precision, moved)
    duplicates.stored_persons(rows, holdings)
    duplicates.same_ids(rows)
    duplicates.same_households(rows, holdings, known)
    if layer.spatial and layer.name not in {"townships", "roads"}:
        duplicates.near_names(rows, holdings, known, shapes)
        named = np.array([None if p is None else p.village for p in placements], dtype=object)
        check_surroundings(rows, shapes, own & moved, county.villages, county.townships, named)
    frame = check_layer(rows, frame)
    rejected = _with_those_that_refer(rows, set(stored.index), rows.notes.bad_rows(choices.accept))
    rejected = _whole_families(rows, of_one, rejected)
    good = frame[~frame.index.isin(rejected)]
    changed = ~same_rows(layer, good, stored)
    stands_for = np.array([len(of_one.get(int(row), (row,))) for row in good.index], dtype=np.int64)
    return Examination(layer.name, good, rows.notes.located(), frozenset(rejected), rows_in, int(changed.sum()), stands_for,
                       int(stands_for[changed].sum()), notes)


def _whole_families(rows: Rows, of_one: Mapping[int, tuple[int, ...]], rejected: set[int]) -> set[int]:
    """Rejected rows, and all rows of their households: a household without one of its persons is counted wrong."""
    going = set(rejected)
    for members in of_one.values():
        bad = sorted(row for row in members if row in rejected)
        if bad:
            called = rows.notes.called(bad[0])
            for row in sorted(set(members) - rejected):
                rows.notes.add(row, "", "household", "", Label(f"同户的{called.zh}有问题，整户没有装入",
                                                               f"{called.en} of the same household has problems"),
                               Label("请先改正那一行", "mend that row first"))
            going |= set(members)
    return going


def _references(rows: Rows, holdings: Holdings, county: County) -> list[Placement | None]:
    layer = rows.layer
    known: dict[str, pd.DataFrame] = {"villages": county.villages, "townships": county.townships}
    subject = subject_of(layer)
    for spec in layer.fields:
        if spec is subject:
            resolve_subjects(rows, spec, holdings, county)
        elif spec.references and spec.name in rows.fields and spec.name != "village" and layer.name not in spec.references:
            for target in spec.references:
                if target not in known:
                    columns = [name for name in ("id", "code", "name") if name in LAYERS[target].columns]
                    known[target] = holdings.read(target, columns=columns)
            resolve(rows, spec, directory(spec.references, known, county.aliases))
    if not {"village", "village_name", "village_code", "address"} & rows.texts.keys() or layer.name == "villages" or subject:
        return [None] * len(rows)
    return resolve_village(rows, county.gazetteer, county.village_names)


def _own_references(rows: Rows, holdings: Holdings) -> None:
    """References among the rows themselves, as of a station to its parent, once they all have ids."""
    for spec in rows.layer.fields:
        if rows.layer.name in spec.references and spec.name in rows.fields:
            things = directory([rows.layer.name], {rows.layer.name: holdings.read(rows.layer.name, columns=["id", "name"])})
            things.add(pd.DataFrame({"id": rows.value("id"), "name": rows.value("name")}, dtype=object))
            resolve(rows, spec, things)


def _fill_groups(rows: Rows, placements: list[Placement | None], known: np.ndarray) -> None:
    """The group that stands in the village's cell or in the address, for new rows that tell none besides."""
    if "group_name" not in rows.layer.columns:
        return
    groups = rows.value("group_name").copy()
    for k, placement in enumerate(placements):
        if groups[k] is None and not known[k] and placement is not None and placement.village is not None and placement.group:
            groups[k] = placement.group
    rows.fields["group_name"] = groups


def _place(
    rows: Rows, shapes: Values, precision: Values, placements: list[Placement | None], stored: pd.DataFrame, known: np.ndarray
) -> None:
    """Give rows without coordinates the place of their village: new ones, and those that moved with it.

    Not those of which the file itself says that the place is unknown.
    """
    points, coarse = placed(placements)
    before = stored.reindex(rows.value("id"))
    was = before["village"].to_numpy(dtype=object) if "village" in before else np.full(len(rows), None, dtype=object)
    level = before["precision"].to_numpy(dtype=object) if "precision" in before else np.full(len(rows), None, dtype=object)
    village = np.array([None if p is None else p.village for p in placements], dtype=object)
    moved = known & np.isin(level.astype(str), ["village", "group"]) & (village != was)
    take = shapely.is_missing(shapes) & ~shapely.is_missing(points) & (~known | moved) & (rows.value("precision") != "unknown")
    shapes[take], precision[take] = points[take], coarse[take]


def _precision(rows: Rows, frame: pd.DataFrame, found: Values, moved: np.ndarray) -> Values:
    """As the file says; for a new place, of where it came from; else as stored; of no place, unknown."""
    said, now = rows.value("precision"), frame["precision"].to_numpy(dtype=object)
    return np.array([
        told or (fresh if fresh is not None and is_new else old) or "unknown"
        for told, fresh, is_new, old in zip(said, found, moved, now, strict=True)
    ], dtype=object)


def _moved(shapes: Values, stored: pd.DataFrame, ids: Values) -> np.ndarray:
    """Rows whose place is not the stored one: what is stored already was accepted."""
    before = stored["geometry"].reindex(ids).to_numpy(dtype=object)
    before[pd.isna(before)] = None
    return ~same_places(shapes, before)


def _with_those_that_refer(rows: Rows, stored: set[str], rejected: set[int]) -> set[int]:
    """Rejected rows, and rows that refer to one of them that is not stored either."""
    names = [spec.name for spec in rows.layer.fields if rows.layer.name in spec.references and spec.name in rows.fields]
    ids, going = rows.value("id"), set(rejected)
    for name in names:
        to = rows.value(name)
        while True:
            lost = {ids[k] for k, row in enumerate(rows.numbers.tolist()) if row in going} - stored
            more = np.array([to[k] in lost and row not in going for k, row in enumerate(rows.numbers.tolist())], dtype=bool)
            if not more.any():
                break
            rows.note(more, name, "reference", Label("所指的行有问题，没有装入", "the row that it refers to has problems"),
                      Label("请先改正那一行", "mend that row first"))
            going |= {int(row) for row in rows.numbers[more]}
    return going
