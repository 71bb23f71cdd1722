"""From a file with the new list of villages or townships to a proposal, and from a confirmed one to the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from app.roles import Viewer
from app.services.unit_changes.division import division
from app.services.unit_changes.referring import need_steward, referring
from app.services.unit_changes.report import Confirmed, Proposal, Units
from geo.crs import Bounds
from layers.errors import IntakeError
from layers.fields import Label
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import File
from layers.intake.positions.datum import WGS84, Datum
from layers.store import LoadKind, Provenance, Store
from layers.unit_changes.application import apply, check_mapping
from layers.unit_changes.changes import Change, ChangeKind, from_dict
from layers.unit_changes.listing import read_list
from layers.unit_changes.proposal import propose

_REASONS = {
    "villages": "村（社区）区划调整 (changes of villages)",
    "townships": "乡镇（街道）区划调整 (changes of townships)",
}


NOWHERE = Label("有的记录不在任何新的范围内，请定归属", "some rows lie in none of the new areas; say where they belong")


def has_units(viewer: Viewer, store: Store, units: Units) -> bool:
    """Whether there are any to compare a list with.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward of the whole county.
    """
    need_steward(viewer)
    return not store.read(units, columns=["id"], limit=1).empty


def propose_changes(
    viewer: Viewer, store: Store, file: str | Path | bytes, *, name: str | None = None, units: Units = "villages", day: dt.date,
    datum: Datum = WGS84, sheet: str | None = None,
) -> Proposal:
    """What a file with a new list changes.

    Parameters
    ----------
    viewer
        Who asks.
    store
        The county.
    file, name
        Workbook, text table or map file, or its bytes and name: a code and a name for each unit, of a village its township,
        and where they are known what it came from and its place or area.
    units
        What is listed.
    day
        The first day on which the new list is in force.
    datum
        Of the coordinates of the list, if it has any.
    sheet
        The sheet to read.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward of the whole county.
    IntakeError
        When the file cannot be read as such a list.
    """
    need_steward(viewer)
    proposal, _ = _proposal(store, read_file(file, name=name), units, day, datum, sheet)
    return replace(proposal, changes=tuple(_divided(viewer, store, proposal, change) for change in proposal.changes))


def confirm_changes(
    viewer: Viewer, store: Store, file: str | Path | bytes, mapping: object, *, name: str | None = None,
    day: dt.date | None = None, datum: Datum = WGS84, sheet: str | None = None,
) -> Confirmed:
    """Bring a confirmed mapping into the store: all of it in one load, which can be undone.

    Units that are gone are closed on the eve of the day, new ones begin on it, everything that names a unit goes with it,
    and former names and codes lead to the heirs.

    Parameters
    ----------
    viewer, store, file, name, datum, sheet
        As in :func:`propose_changes`; the same file.
    mapping
        As :meth:`Proposal.to_dict` gives it, corrected; every question ``confirmed``.
    day
        By default that of the mapping.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward of the whole county.
    UnconfirmedError
        When the mapping leaves something open; nothing is stored.
    StaleCheckError
        When somebody else stored something meanwhile.
    IntakeError
        When the file or the mapping cannot be read.
    InvalidDataError
        With every problem of the new rows.
    """
    need_steward(viewer)
    changes, units, told = _read_mapping(mapping)
    read = read_file(file, name=name)
    state = store.stamp()
    proposal, stored = _proposal(store, read, units, day or told, datum, sheet)
    check_mapping(changes, proposal.old_names, proposal.new_names)
    changes = _compared(changes, proposal.changes)
    applied = apply(
        changes, stored, proposal.new_list, _rows(store, changes, units, proposal.day), day=proposal.day, layer=units,
        aliases=store.read("aliases"),
    )
    provenance = Provenance(
        source=read.name, sha256=read.sha256, loaded_by=viewer.role.value, as_of=proposal.day, kind=LoadKind.UNITS,
        reason=_REASONS[units],
    )
    return Confirmed(store.load(applied.frames, provenance, unless_changed_since=state), applied.moved, proposal.day)


def _proposal(
    store: Store, file: File, units: Units, day: dt.date, datum: Datum, sheet: str | None
) -> tuple[Proposal, gpd.GeoDataFrame]:
    stored = gpd.GeoDataFrame(store.read(units))
    present, townships = _in_force(stored, day), _in_force(gpd.GeoDataFrame(store.read("townships")), day)
    new_list = read_list(
        file, townships, store.read("aliases"), datum=datum, units=units, sheet=sheet, around=_around(townships)
    )
    changes = propose(present, new_list)
    names = [dict(zip(frame[key], frame["name"], strict=True)) for frame, key in ((present, "id"), (new_list, "code"))]
    return Proposal(units, changes, names[0], names[1], day, file.name, new_list), stored


def _in_force(units: gpd.GeoDataFrame, day: dt.date) -> gpd.GeoDataFrame:
    return units[units["valid_to"].isna() | (units["valid_to"] >= pd.Timestamp(day))]


def _divided(viewer: Viewer, store: Store, proposal: Proposal, change: Change) -> Change:
    """A split with the heirs of its rows as far as areas tell them; a question where they do not tell all."""
    if change.kind is not ChangeKind.SPLIT:
        return change
    found = division(viewer, store, proposal, change)
    return replace(change, assign=found.assign, question=change.question or (NOWHERE if found.open else None))


def _read_mapping(mapping: object) -> tuple[list[Change], Units, dt.date]:
    given = mapping if isinstance(mapping, Mapping) else {}
    entries, day, units = given.get("changes"), given.get("day"), given.get("units", "villages")
    try:
        begins = dt.date.fromisoformat(str(day))
    except ValueError:
        begins = None
    if not isinstance(entries, list) or begins is None or units not in _REASONS:
        msg = (
            "对照表看不懂：应有 units（villages 或 townships）、day（启用日期）和 changes（列表）；请在 rongtu units 给出的 JSON 上改 "
            "(the mapping cannot be read: it needs units, day and changes; correct what rongtu units gives)"
        )
        raise IntakeError(msg)
    return [from_dict(each) for each in entries], units, begins


def _compared(changes: Sequence[Change], proposed: Sequence[Change]) -> list[Change]:
    """The mapping with what only the lists tell: whether one that became one differs from it."""
    renamed = {(change.old, change.new): change.renamed for change in proposed}
    return [Change(c.old, c.new, renamed.get((c.old, c.new), True), assign=c.assign, rest=c.rest) for c in changes]


def _rows(store: Store, changes: Sequence[Change], units: Units, day: dt.date) -> dict[str, tuple[str, pd.DataFrame]]:
    """Layer to the column that names units, and its rows that name one that changed."""
    gone = {key for change in changes for key in change.old if change.kind is not ChangeKind.UNCHANGED}
    return {
        # Whole rows are stored again, so they are read whole; nothing of them is shown.
        layer.name: (column, store.read(layer.name, ids=ids, protected=True))
        for layer, column, ids in referring(store, units, gone, day)
    }


def _around(townships: pd.DataFrame) -> Bounds | None:
    shapes = townships["geometry"].to_numpy()
    return Bounds(*map(float, shapely.total_bounds(shapes))) if len(shapes) else None
