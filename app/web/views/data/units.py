"""The units' side: a new list of villages or townships, what it changes, its questions, and bringing it in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
import streamlit as st

from app.messages import Words
from app.roles import Role, Viewer
from app.services.unit_changes.report import Proposal, Units
from app.services.unit_changes.service import NOWHERE, confirm_changes, has_units, propose_changes
from app.web.kit import empty
from app.web.kit.parts import error_text, paper_table, subtitle, table_height
from app.web.views.data.division import divide
from app.web.views.data.uploader import uploader_words
from geo.errors import RongtuError
from layers import registry
from layers.intake.positions.datum import NAMED, find_datum
from layers.store import Store
from layers.unit_changes.answers import Answer, answered, still_open
from layers.unit_changes.changes import KIND_LABELS, Change, ChangeKind
from layers.unit_changes.proposal import SPLIT

_KEPT, _SAID = "units_proposal", "units_said"
_ROW, _MOST = 35, 420
_AT_ONCE = 20
"""Open questions on the page; the others follow when these are decided."""
_PROPOSED, _APART, _ROW_BY_ROW = "proposed", "apart", "rows"


class Asked(NamedTuple):
    """A list as it was put in."""

    name: str
    content: bytes
    units: Units
    day: dt.date
    datum: str
    sheet: str

    def key(self, store: Store) -> str:
        """What a proposal depends on."""
        parts = (self.name, hashlib.sha256(self.content).hexdigest(), self.units, self.day, self.datum, self.sheet,
                 store.address, store.stamp())
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """The steps, each below the one before it."""
    if viewer.role is not Role.STEWARD:
        empty.notice(words("units.steward_only"))
        return
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    units: Units = st.segmented_control(
        words("units.of"), ["villages", "townships"], key="units_of", required=True, default="villages",
        format_func=lambda name: words.pick(registry.get(name).label),
    )  # fmt: skip
    if not has_units(viewer, store, units):
        empty.notice(words("units.none", layer=words.pick(registry.get(units).label)))
        return
    asked = _file(units, words)
    if asked is None:
        return
    key = asked.key(store)
    try:
        proposal = _proposal(viewer, store, asked, key)
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    if set(proposal.counts()) <= {ChangeKind.UNCHANGED} and not proposal.questions:
        st.success(words("units.nothing"), icon=":material/check:")
        return
    place = st.container()
    answers = _questions(viewer, store, proposal, key, words)
    decided = replace(proposal, changes=answered(proposal.changes, answers))
    with place:
        _table(decided, words)
    _confirm(viewer, store, asked, decided, words)


def _file(units: Units, words: Words) -> Asked | None:
    subtitle(words("units.file"), words("units.file_villages" if units == "villages" else "units.file_townships"))
    uploader_words(words)
    given = st.file_uploader(words("units.choose"), key="units_file")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(words("units.day"), "today", format="YYYY-MM-DD", key="units_day", width=180)
        named = {datum.code: words.pick(datum.label) for datum in NAMED}
        datum = st.selectbox(words("units.datum"), list(named), key="units_datum", width=300, format_func=lambda code: named[code])
        sheet = st.text_input(words("units.sheet"), key="units_sheet", width=220)
    if given is None or day is None:
        return None
    return Asked(given.name, given.getvalue(), units, day, datum, sheet.strip())


def _proposal(viewer: Viewer, store: Store, asked: Asked, key: str) -> Proposal:
    """What the list changes; worked out once for a file and a state of the store."""
    known: tuple[str, Proposal] | None = st.session_state.get(_KEPT)
    if known is not None and known[0] == key:
        return known[1]
    found = propose_changes(
        viewer, store, asked.content, name=asked.name, units=asked.units, day=asked.day, datum=find_datum(asked.datum),
        sheet=asked.sheet or None,
    )  # fmt: skip
    st.session_state[_KEPT] = key, found
    return found


def _table(proposal: Proposal, words: Words) -> None:
    """What changes, with the answers so far; what stays as it is, is counted only."""
    between = "，" if words.chinese else ", "
    counts = between.join(
        words("units.count", kind=words.pick(KIND_LABELS[kind]), n=words.count(n)) for kind, n in proposal.counts().items()
    )
    subtitle(words("units.proposal"), counts)
    head = [words(key) for key in ("units.kind", "units.old", "units.new", "units.sure", "units.evidence", "units.question")]
    listed = [change for change in proposal.changes if change.kind is not ChangeKind.UNCHANGED or change.question is not None]
    listed.sort(key=lambda change: change.question is None or change.confirmed)
    rows = [
        (
            words.pick(KIND_LABELS[change.kind]), _names(change.old, proposal.old_names, words),
            _names(change.new, proposal.new_names, words), "" if change.confirmed else f"{change.confidence:.0%}",
            "；".join(words.pick(why) for why in change.evidence),
            words("units.answered") if change.confirmed else words.pick(change.question) if change.question else "",
        )
        for change in listed
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, key=f"units_{words.language}", height=table_height(len(rows), _ROW, _MOST),
    )  # fmt: skip
    paper_table(head, rows, words("units.proposal"))


def _questions(viewer: Viewer, store: Store, proposal: Proposal, key: str, words: Words) -> dict[int, Answer]:
    """A card for each question; the answers that were given."""
    asked = [k for k, change in enumerate(proposal.changes) if change.question is not None]
    heading = st.container()
    answers: dict[int, Answer] = {}
    remarks = {}
    drawn = waiting = 0
    for k in asked:
        if drawn - len(answers) >= _AT_ONCE:
            waiting += 1
            continue
        drawn += 1
        with st.container(border=True, key=f"unit_{k}"):
            answer = _one(viewer, store, proposal, k, f"{key}_{k}", words)
            remarks[k] = st.empty()
        if answer is not None:
            answers[k] = answer
    open_ = still_open(proposal.changes, answers)
    for k in remarks.keys() - answers.keys() - set(open_):
        remarks[k].caption(words("units.settled"))
    with heading:
        left = words.count(len(open_))
        said = words("units.questions_says", n=words.count(len(asked)), open=left) if asked else words("units.no_questions")
        subtitle(words("units.questions"), said)
    if waiting:
        st.caption(words("units.more", n=words.count(waiting)))
    return answers


def _one(viewer: Viewer, store: Store, proposal: Proposal, number: int, key: str, words: Words) -> Answer | None:
    change = proposal.changes[number]
    old, new = _names(change.old, proposal.old_names, words), _names(change.new, proposal.new_names, words)
    st.text(f"{words.pick(KIND_LABELS[change.kind])} · {old or '—'} → {new or '—'}")
    if change.question is not None:
        st.caption(words.pick(change.question))
    options = _options(change, proposal, words)
    said = st.selectbox(
        words("units.decide"), list(options), index=None, placeholder=words("units.undecided"), key=f"units_answer_{key}",
        format_func=lambda option: options[option], width=520,
    )  # fmt: skip
    if said is None:
        return None
    if said == _APART:
        return _apart(change, proposal, key, words)
    if said == _PROPOSED:
        return Answer(assign=change.assign)
    if said == _ROW_BY_ROW:
        return divide(viewer, store, proposal, change, key, words)
    if change.kind is ChangeKind.SPLIT:  # what no area tells goes to one heir
        return Answer(assign=change.assign, rest=said)
    return Answer(heirs={change.old[0]: said})


def _options(change: Change, proposal: Proposal, words: Words) -> dict[str, str]:
    """What may be answered, in words."""
    if change.kind is ChangeKind.NEW:
        return {_PROPOSED: words("units.is_new")}
    if change.kind is ChangeKind.ABOLISHED:
        heirs = {code: words("units.goes_to", name=_called(code, proposal)) for code in change.candidates}
        return heirs | {_PROPOSED: words("units.is_gone")}
    options = {}
    if change.kind is ChangeKind.SPLIT:
        told = change.question not in {SPLIT, NOWHERE}  # where everything goes
        options = {_PROPOSED: words("units.as_proposed")} if told else {}
        options |= {_ROW_BY_ROW: words("units.row_by_row")}
        options |= {code: words("units.rows_to", name=_called(code, proposal)) for code in change.new}
    elif change.kind is not ChangeKind.REORGANISED:
        options = {_PROPOSED: words("units.as_proposed")}
    return options | {_APART: words("units.one_by_one")}


def _apart(change: Change, proposal: Proposal, key: str, words: Words) -> Answer | None:
    """Where each unit went; none before all of them are told."""
    codes = list(dict.fromkeys([*change.new, *change.candidates, *_near(change, proposal)]))
    heirs: dict[str, str | None] = {}
    for old in change.old:
        name = proposal.old_names.get(old, old)
        said = st.selectbox(
            words("units.heir", name=name), [*codes, ""], index=None, placeholder=words("units.undecided"),
            key=f"units_heir_{key}_{old}", width=520,
            format_func=lambda code: words("units.goes_to", name=_called(code, proposal)) if code else words("units.is_gone"),
        )  # fmt: skip
        if said is not None:
            heirs[old] = said or None
    return Answer(heirs=heirs) if len(heirs) == len(change.old) else None


def _near(change: Change, proposal: Proposal) -> list[str]:
    """Others of the new list: of villages those of the same townships, by the first nine digits of their codes."""
    if proposal.units == "townships":
        return list(proposal.new_names)
    townships = {code[:9] for code in change.new}
    return [code for code in proposal.new_names if code[:9] in townships]


def _called(code: str, proposal: Proposal) -> str:
    return f"{proposal.new_names.get(code, '')} {code}".strip()


def _names(keys: tuple[str, ...], names: Mapping[str, str], words: Words) -> str:
    return ("、" if words.chinese else ", ").join(names.get(key, key) for key in keys)


def _confirm(viewer: Viewer, store: Store, asked: Asked, decided: Proposal, words: Words) -> None:
    left = any(change.question is not None and not change.confirmed for change in decided.changes)
    st.caption(words("units.confirm_says", date=words.date(asked.day)))
    if not st.button(words("units.confirm"), type="primary", icon=":material/check:", disabled=left, key="units_confirm"):
        return
    try:
        done = confirm_changes(
            viewer, store, asked.content, decided.to_dict(), name=asked.name, datum=find_datum(asked.datum),
            sheet=asked.sheet or None,
        )  # fmt: skip
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    st.session_state.pop(_KEPT, None)
    st.session_state[_SAID] = words("units.done", n=done.report.load_id, moved=words.count(sum(done.moved.values())))
    st.rerun()
