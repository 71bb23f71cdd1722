"""What lies in a unit that was split, divided among its heirs row by row: in a table, on the page or as a workbook."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from app.messages import Words
from app.roles import Viewer
from app.services.unit_changes.division import COLUMNS, division, read_rows, rows_workbook
from app.services.unit_changes.report import Proposal
from app.web.kit.parts import error_text
from app.web.views.data.uploader import uploader_words
from geo.errors import RongtuError
from layers import registry
from layers.store import Store
from layers.unit_changes.answers import Answer
from layers.unit_changes.changes import Change

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEIGHT = 320


def divide(viewer: Viewer, store: Store, proposal: Proposal, change: Change, key: str, words: Words) -> Answer | None:
    """The table of the rows and who has the rest; None before every row has an heir."""
    found = division(viewer, store, proposal, change)
    heirs = {code: f"{proposal.new_names.get(code, '')} {code}".strip() for code in change.new}
    rows, given = _uploaded(proposal, change, found.rows, key, words)
    said = replace(found, rows=_edited(rows, heirs, f"{key}_{given}", words))
    if found.hidden:
        labels = [words.pick(registry.get(layer).label) for layer in found.hidden]
        st.caption(words("units.hidden", layers=("、" if words.chinese else ", ").join(labels)))
    rest = st.selectbox(
        words("units.rest"), list(heirs), index=None, key=f"units_rest_{key}", placeholder=words("units.undecided"), width=520,
        format_func=lambda code: heirs[code],
    )  # fmt: skip
    if said.open and rest is None:
        st.caption(words("units.rows_left", n=words.count(int(said.rows["code"].isna().sum()))))
        return None
    return Answer(assign=said.assign, rest=rest)


def _uploaded(proposal: Proposal, change: Change, rows: pd.DataFrame, key: str, words: Words) -> tuple[pd.DataFrame, str]:
    """The rows with what a workbook says of them, and what tells one workbook from another."""
    name = words("units.rows_file", unit=proposal.old_names.get(change.old[0], change.old[0]))
    st.download_button(
        words("units.rows_download"), lambda: rows_workbook(proposal, change, rows), file_name=f"{name}.xlsx", mime=_XLSX,
        icon=":material/download:", on_click="ignore", key=f"units_rows_{key}",
    )  # fmt: skip
    uploader_words(words)
    given = st.file_uploader(words("units.rows_upload"), key=f"units_rows_file_{key}")
    if given is None:
        return rows, ""
    try:
        return read_rows(given.getvalue(), given.name, proposal, change, rows), given.file_id
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return rows, ""


def _edited(rows: pd.DataFrame, heirs: dict[str, str], key: str, words: Words) -> pd.DataFrame:
    """The rows as they are after somebody chose heirs in the table."""
    head = {column: words.pick(label) for column, label in COLUMNS.items()}
    undecided = words("units.undecided")
    shown = pd.DataFrame({
        head["layer"]: [words.pick(registry.get(layer).label) for layer in rows["layer"]],
        head["id"]: rows["id"], head["name"]: rows["name"],
        head["heir"]: [heirs.get(code, undecided) for code in rows["code"]],
    })  # fmt: skip
    edited = st.data_editor(
        shown, hide_index=True, key=f"units_table_{key}_{words.language}", height=_HEIGHT,
        disabled=[head[name] for name in ("layer", "id", "name")],
        column_config={head["heir"]: st.column_config.SelectboxColumn(options=[undecided, *heirs.values()], width="large")},
    )  # fmt: skip
    codes = {said: code for code, said in heirs.items()}
    return rows.assign(code=pd.Series([codes.get(said) for said in edited[head["heir"]]], index=rows.index, dtype=object))
