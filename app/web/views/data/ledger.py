"""The ledger's side: every load with what became of its rows, and undoing one."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
import streamlit as st

from app.messages import NONE, Words
from app.roles import Viewer
from app.services.ledger import service
from app.services.ledger.report import Entry, History
from app.web.kit import empty
from app.web.kit.parts import error_text, paper_table, subtitle
from geo.errors import RongtuError
from layers import registry
from layers.store import LoadKind, Store

_SAID, _CHOSEN = "ledger_said", "ledger_chosen"
_ROWS, _HEIGHT = 15, 520
_FIRST_COUNT = 6
"""Columns before the counts of rows."""


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """The table of loads, and below it the one that is chosen."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    entries = service.loads(viewer, store)
    subtitle(words("ledger.title"), words("ledger.title_says"))
    if not entries:
        empty.notice(words("ledger.none"))
        return
    head = [words(key) for key in (
        "ledger.no", "ledger.kind", "data.source", "data.as_of", "data.loaded_at", "ledger.by", "import.rows_in",
        "import.stored", "import.unchanged", "import.rejected", "ledger.removed", "ledger.state",
    )]  # fmt: skip
    rows = [_line(entry, words) for entry in entries]
    height: Literal["content"] | int = "content" if len(rows) <= _ROWS else _HEIGHT
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, key=f"ledger_{words.language}", height=height,
        column_config=_thousands(head[_FIRST_COUNT:-1]),
    )  # fmt: skip
    printed = [[str(number), *(words.count(cell) if isinstance(cell, int) else cell for cell in row)] for number, *row in rows]
    paper_table(head, printed, words("ledger.title"))
    by_id = {entry.load.id: entry for entry in entries}
    chosen = st.selectbox(
        words("ledger.choose"), list(by_id), index=None, key=_CHOSEN, width=520, placeholder=words("ledger.choose_says"),
        format_func=lambda number: f"{number} · {words.pick(by_id[number].kind)} · {by_id[number].source}",
    )  # fmt: skip
    if chosen is not None:
        _one(viewer, store, by_id[chosen], words)


def _thousands(head: list[str]) -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(format="localized") for name in head}


def _line(entry: Entry, words: Words) -> tuple[int | str, ...]:
    load = entry.load
    sums = [sum(getattr(done, name) for done in load.layers.values()) for name in ("rows_in", "stored", "unchanged", "rejected", "removed")]
    state = NONE if load.undone_by is None else words("ledger.undone_by", n=load.undone_by)
    return (
        load.id, words.pick(entry.kind), entry.source, words.date(load.as_of), f"{load.loaded_at.astimezone():%Y-%m-%d %H:%M}",
        words.pick(entry.who), *sums, state,
    )  # fmt: skip


def _one(viewer: Viewer, store: Store, entry: Entry, words: Words) -> None:
    load = entry.load
    head = [words(key) for key in (
        "data.layer", "import.rows_in", "import.stored", "import.unchanged", "import.rejected", "ledger.removed"
    )]  # fmt: skip
    rows = [
        (words.pick(registry.get(name).label), done.rows_in, done.stored, done.unchanged, done.rejected, done.removed)
        for name, done in load.layers.items()
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, key=f"ledger_one_{words.language}", column_config=_thousands(head[1:])
    )
    st.caption(words("ledger.fingerprint", sha=load.sha256 or NONE, reason=entry.reason or NONE))
    if load.undone_by is not None or load.kind is LoadKind.UNDO:
        return
    reason = st.text_input(words("ledger.why"), key=f"undo_why_{load.id}", placeholder=words("ledger.why_says"), width=520)
    if st.button(words("ledger.undo", n=load.id), icon=":material/undo:", disabled=not reason.strip(), key=f"undo_{load.id}"):
        try:
            done = service.undo(viewer, store, load.id, reason=reason)
        except RongtuError as error:
            st.error(error_text(error, words), icon=":material/error:")
            return
        st.session_state[_SAID] = words("ledger.undone", n=load.id, by=done.load.id)
        st.session_state.pop(_CHOSEN, None)
        st.rerun()


def story(history: History, words: Words) -> None:
    """Where every version of one object came from, the latest first."""
    head = [words(key) for key in ("ledger.version", "ledger.when", "ledger.load", "ledger.changed", "ledger.reason")]
    names = {spec.name: words.pick(spec.label) for spec in history.layer.fields} | {"geometry": words("edit.place")}
    rows = [
        (
            step.version, f"{step.updated_at.astimezone():%Y-%m-%d %H:%M}",
            f"{step.load.load.id} · {words.pick(step.load.kind)} · {step.load.source}",
            words("ledger.all") if step is history.steps[0] else "、".join(names.get(name, name) for name in step.changed),
            step.load.reason or NONE,
        )
        for step in reversed(history.steps)
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, key=f"story_{words.language}")
