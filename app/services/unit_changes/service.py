"""From a file with the new list of villages to a proposal, and from a confirmed one to the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from app.roles import NotPermittedError, Role, Viewer
from geo.crs import Bounds
from layers.errors import IntakeError
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import File
from layers.intake.positions.datum import WGS84, Datum
from layers.registry import LAYERS
from layers.store import LoadKind, LoadReport, Provenance, Store
from layers.unit_changes.application import apply, check_mapping
from layers.unit_changes.changes import KIND_LABELS, Change, ChangeKind, from_dict
from layers.unit_changes.listing import read_list
from layers.unit_changes.proposal import propose

_UNITS = "villages"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a new list of villages changes, on ``day``; ``names`` are those of present ids and of new codes."""

    changes: tuple[Change, ...]
    old_names: Mapping[str, str]
    new_names: Mapping[str, str]
    day: dt.date
    file: str

    @property
    def questions(self) -> tuple[Change, ...]:
        """Those that have to be decided."""
        return tuple(change for change in self.changes if change.question is not None)

    def counts(self) -> dict[ChangeKind, int]:
        """Number of changes of each kind."""
        return {kind: n for kind in ChangeKind if (n := sum(change.kind is kind for change in self.changes))}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: the mapping that is corrected, confirmed and given back."""
        return {
            "file": self.file,
            "day": self.day.isoformat(),
            "counts": {kind.value: n for kind, n in self.counts().items()},
            "questions": len(self.questions),
            "changes": [
                change.to_dict() | {
                    "old_names": [self.old_names.get(key, "") for key in change.old],
                    "new_names": [self.new_names.get(code, "") for code in change.new],
                    "candidate_names": [self.new_names.get(code, "") for code in change.candidates],
                }
                for change in self.changes
            ],
        }  # fmt: skip

    def table(self) -> pd.DataFrame:
        """One row for each change that is one or is asked about, as it is read on paper."""
        rows = [
            {
                "变更": KIND_LABELS[change.kind].zh,
                "现有村": "、".join(self.old_names.get(key, key) for key in change.old),
                "新名单": "、".join(self.new_names.get(code, code) for code in change.new),
                "把握": f"{change.confidence:.0%}",
                "依据": "；".join(label.zh for label in change.evidence),
                "问题": change.question.zh if change.question else "",
            }
            for change in self.changes
            if change.kind is not ChangeKind.UNCHANGED or change.question is not None
        ]
        return pd.DataFrame(rows, columns=["变更", "现有村", "新名单", "把握", "依据", "问题"])


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a confirmed mapping: the load, and how many rows of each layer went to another village."""

    report: LoadReport
    moved: Mapping[str, int]
    day: dt.date

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        layers = {
            name: {"rows_in": n.rows_in, "stored": n.stored, "unchanged": n.unchanged, "rejected": n.rejected}
            for name, n in self.report.layers.items()
        }
        return {"load_id": self.report.load_id, "day": self.day.isoformat(), "moved": dict(self.moved), "layers": layers}


def propose_changes(
    viewer: Viewer, store: Store, path: str | Path, *, day: dt.date, datum: Datum = WGS84, sheet: str | None = None
) -> Proposal:
    """What a file with the new list of villages changes.

    Parameters
    ----------
    viewer
        Who asks.
    store
        The county.
    path
        Workbook, text table or map file: a code and a name for each village, its township, and where they are
        known what it came from and its place or area.
    day
        The first day on which the new list is in force.
    datum
        Of the coordinates of the list, if it has any.
    sheet
        The sheet to read.

    Raises
    ------
    NotPermittedError
        When the viewer is not the steward.
    IntakeError
        When the file cannot be read as a list of villages.
    """
    _permit(viewer)
    return _proposal(store, read_file(path), day, datum, sheet)[0]


def confirm_changes(
    viewer: Viewer, store: Store, path: str | Path, mapping: object, *, day: dt.date | None = None, datum: Datum = WGS84,
    sheet: str | None = None,
) -> Confirmed:
    """Bring a confirmed mapping into the store: all of it in one load, which can be undone.

    Villages that are gone are closed on the eve of the day, new ones begin on it, everything that names a
    village goes with it, and former names and codes lead to the heirs.

    Parameters
    ----------
    viewer, store, path, datum, sheet
        As in :func:`propose_changes`; the same file.
    mapping
        As :meth:`Proposal.to_dict` gives it, corrected; every question ``confirmed``.
    day
        By default that of the mapping.

    Raises
    ------
    NotPermittedError
        When the viewer is not the steward.
    UnconfirmedError
        When the mapping leaves something open; nothing is stored.
    IntakeError
        When the file or the mapping cannot be read.
    InvalidDataError
        With every problem of the new rows.
    """
    _permit(viewer)
    changes, told = _read_mapping(mapping)
    file = read_file(path)
    proposal, villages, new_list = _proposal(store, file, day or told, datum, sheet)
    check_mapping(changes, proposal.old_names, proposal.new_names)
    changes = _compared(changes, proposal.changes)
    applied = apply(changes, villages, new_list, _referring(store, changes), day=proposal.day, aliases=_aliases(store))
    provenance = Provenance(
        source=file.name, sha256=file.sha256, loaded_by=viewer.role.value, as_of=proposal.day, kind=LoadKind.UNITS,
        reason="村（社区）区划调整 (changes of villages)",
    )
    return Confirmed(store.load(applied.frames, provenance), applied.moved, proposal.day)


def _permit(viewer: Viewer) -> None:
    if viewer.role is not Role.STEWARD:
        msg = "只有数据管理员可以调整区划 (only the steward may change units)"
        raise NotPermittedError(msg)


def _proposal(
    store: Store, file: File, day: dt.date, datum: Datum, sheet: str | None
) -> tuple[Proposal, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    villages, townships = gpd.GeoDataFrame(store.read(_UNITS)), store.read("townships")
    present = villages[villages["valid_to"].isna() | (villages["valid_to"] >= pd.Timestamp(day))]
    new_list = read_list(file, townships, _aliases(store), datum=datum, sheet=sheet, around=_around(townships))
    changes = propose(present, new_list)
    names = [dict(zip(frame[key], frame["name"], strict=True)) for frame, key in ((present, "id"), (new_list, "code"))]
    return Proposal(changes, names[0], names[1], day, file.name), villages, new_list


def _read_mapping(mapping: object) -> tuple[list[Change], dt.date]:
    entries, day = (mapping.get("changes"), mapping.get("day")) if isinstance(mapping, Mapping) else (None, None)
    try:
        begins = dt.date.fromisoformat(str(day))
    except ValueError:
        begins = None
    if not isinstance(entries, list) or begins is None:
        msg = (
            "对照表看不懂：应有 day（启用日期）和 changes（列表）；请在 rongtu units 给出的 JSON 上改 "
            "(the mapping cannot be read: it needs day and changes; correct what rongtu units gives)"
        )
        raise IntakeError(msg)
    return [from_dict(each) for each in entries], begins


def _compared(changes: Sequence[Change], proposed: Sequence[Change]) -> list[Change]:
    """The mapping with what only the lists tell: whether one that became one differs from it."""
    renamed = {(change.old, change.new): change.renamed for change in proposed}
    return [Change(c.old, c.new, renamed.get((c.old, c.new), True), assign=c.assign) for c in changes]


def _referring(store: Store, changes: Sequence[Change]) -> dict[str, tuple[str, pd.DataFrame]]:
    """Layer to the column that names villages, and its rows that name one that changed."""
    gone = {key for change in changes for key in change.old if change.kind is not ChangeKind.UNCHANGED}
    found = {}
    for layer in LAYERS.values():
        columns = [spec.name for spec in layer.fields if _UNITS in spec.references and layer.name != "aliases"]
        for column in columns:
            named = store.read(layer.name, columns=["id", column])
            ids = named["id"][named[column].isin(gone)]
            if len(ids):
                # Whole rows are stored again, so they are read whole; nothing of them is shown.
                found[layer.name] = column, store.read(layer.name, ids=ids, protected=True)
    return found


def _aliases(store: Store) -> pd.DataFrame:
    return store.read("aliases")


def _around(townships: pd.DataFrame) -> Bounds | None:
    shapes = townships["geometry"].to_numpy()
    return Bounds(*map(float, shapely.total_bounds(shapes))) if len(shapes) else None
