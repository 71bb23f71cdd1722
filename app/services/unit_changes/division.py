"""What lies in a unit that was split, row by row with the heir of each: proposed by areas, decided by people."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.layers import permitted
from app.services.unit_changes.referring import need_steward, referring
from app.services.unit_changes.report import Proposal
from layers.errors import IntakeError
from layers.fields import Label
from layers.intake.files.header import find_table
from layers.intake.files.reading import read_file
from layers.intake.folding import fold
from layers.intake.workbooks.plain_cells import new_workbook
from layers.registry import LAYERS
from layers.store import Store
from layers.unit_changes.application import heirs_of_rows
from layers.unit_changes.changes import Change

COLUMNS: Mapping[str, Label] = {
    "unit": Label("原单位", "Present unit"),
    "layer": Label("图层", "Layer"),
    "id": Label("编号", "Id"),
    "name": Label("名称或组", "Name or group"),
    "heir": Label("归属", "Goes to"),
}
"""Headings of the table, in both languages."""

_NAMES = ("name", "group_name")


@dataclass(frozen=True, slots=True)
class Division:
    """What lies in a unit that was split.

    Attributes
    ----------
    rows
        ``layer``, ``id``, ``name`` (or the 组 of a household; empty where there is none) and ``code`` of the heir, None where
        neither people nor areas say it.
    hidden
        Layers of single households, which are not for everybody to see.
    hidden_open
        Whether one of theirs has no heir.
    """

    rows: pd.DataFrame
    hidden: tuple[str, ...] = ()
    hidden_open: bool = False

    @property
    def open(self) -> bool:
        """Whether anything has no heir."""
        return self.hidden_open or bool(self.rows["code"].isna().any())

    @property
    def assign(self) -> dict[str, dict[str, str]]:
        """Layer to id to code, as a change takes it; rows that are not decided are left out."""
        found: dict[str, dict[str, str]] = {}
        for layer, key, code in self.rows[["layer", "id", "code"]].itertuples(index=False):
            if isinstance(code, str) and code:
                found.setdefault(layer, {})[key] = code
        return found


def division(viewer: Viewer, store: Store, proposal: Proposal, change: Change) -> Division:
    """The rows of the unit that ``change`` splits, as far as the viewer may see them.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward of the whole county.
    """
    need_steward(viewer)
    rows = _rows(store, proposal, change)
    seen = np.array([permitted(viewer, layer) for layer in rows["layer"]], dtype=bool)
    hidden = rows[~seen]
    return Division(
        rows[seen].reset_index(drop=True), tuple(dict.fromkeys(hidden["layer"])), bool(hidden["code"].isna().any())
    )


def _rows(store: Store, proposal: Proposal, change: Change) -> pd.DataFrame:
    new = {str(row["code"]): row for row in proposal.new_list.to_dict("records")}
    found = []
    for layer, _, ids in referring(store, proposal.units, set(change.old), proposal.day):
        named = next((name for name in _NAMES if name in layer.columns), None)
        columns = ["id", *([named] if named else []), *(["geometry"] if layer.spatial else [])]
        rows = store.read(layer.name, columns=columns, ids=ids)
        names = rows[named].fillna("") if named else ""
        codes = heirs_of_rows(change, layer.name, rows, new)
        found.append(pd.DataFrame({"layer": layer.name, "id": rows["id"], "name": names, "code": codes}, dtype=object))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["layer", "id", "name", "code"])


def rows_workbook(proposal: Proposal, change: Change, rows: pd.DataFrame) -> bytes:
    """The rows as a workbook whose last column is chosen from the heirs."""
    buffer = io.BytesIO()
    book = new_workbook(buffer, in_memory=True)
    page = book.add_worksheet("归属")
    bold = book.add_format({"bold": True})
    for k, label in enumerate(COLUMNS.values()):
        page.write_string(0, k, label.zh, bold)
    heirs = {code: f"{proposal.new_names.get(code, '')} {code}" for code in change.new}
    unit = proposal.old_names.get(change.old[0], change.old[0])
    for r, (layer, key, name, code) in enumerate(rows[["layer", "id", "name", "code"]].itertuples(index=False), start=1):
        for k, text in enumerate((unit, LAYERS[layer].label.zh, key, name, heirs.get(code, ""))):
            page.write_string(r, k, text)
    last = len(COLUMNS) - 1
    lists = book.add_worksheet("新名单")
    for k, text in enumerate(heirs.values()):
        lists.write_string(k, 0, text)
    page.data_validation(1, last, max(len(rows), 1), last, {"validate": "list", "source": f"='新名单'!$A$1:$A${len(heirs)}"})
    page.set_column(0, last, 24)
    page.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def read_rows(content: bytes, name: str, proposal: Proposal, change: Change, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the heirs that a workbook as of :func:`rows_workbook` tells.

    Raises
    ------
    IntakeError
        When it cannot be read, or tells of rows that are not there or of heirs that are none.
    """
    table = find_table(read_file(content, name=name), known=frozenset(fold(label.zh) for label in COLUMNS.values())).frame
    needed = [COLUMNS[column].zh for column in ("layer", "id", "heir")]
    if missing := [heading for heading in needed if heading not in table]:
        msg = f"“{name}”里没有这些列：{'、'.join(missing)}；请用下载的表来填 (columns are missing; fill in the table that was downloaded)"
        raise IntakeError(msg)
    layers = {layer.label.zh: layer.name for layer in LAYERS.values()}
    known = set(rows[["layer", "id"]].itertuples(index=False, name=None))
    told: dict[tuple[str, str], str] = {}
    for line, (layer, key, heir) in zip(table.index, table[needed].itertuples(index=False, name=None), strict=True):
        if not heir.strip():
            continue
        code = _code(heir, proposal, change)
        place = (layers.get(layer.strip(), ""), key.strip())
        if code is None or place not in known:
            msg = (
                f"“{name}”第 {line} 行：{'没有这条记录' if code else f'“{heir[:40]}”不在新名单的这几个之中'} "
                f"(row {line}: {'there is no such row to divide' if code else 'it goes to none of the heirs'})"
            )
            raise IntakeError(msg)
        told[place] = code
    places = rows[["layer", "id"]].itertuples(index=False, name=None)
    codes = [told.get(place, code) for place, code in zip(places, rows["code"], strict=True)]
    return rows.assign(code=pd.Series(codes, index=rows.index, dtype=object))


def _code(text: str, proposal: Proposal, change: Change) -> str | None:
    """The heir that a cell names by code, by name, or by both."""
    parts = set(text.split())
    meant = [code for code in change.new if code in parts]
    meant = meant or [code for code in change.new if fold(text) == fold(proposal.new_names.get(code, ""))]
    return meant[0] if len(meant) == 1 else None
