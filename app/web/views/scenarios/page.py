"""Scenarios: what would change if stations, roads or speeds did; tried on the map, kept by name, never data."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pandas as pd
import streamlit as st

from app.messages import NONE, Words, signed_points
from app.roles import Viewer
from app.services.answers.tables import Table
from app.services.county.facilities import FacilityChoice
from app.services.scenarios import saved as saved_scenarios
from app.services.scenarios.definition import Scenario, ScenarioError, known_name
from app.services.scenarios.report import AreaChange, WhatIfReport
from app.services.scenarios.service import household_changes
from app.services.scenarios.tables import tables
from app.web.kit import asked, empty, material, parts, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.parts import Kpi, error_text, kpis, paper_table, title_line
from app.web.views.scenarios import draft as drafting
from app.web.views.scenarios import material as scenario_material
from app.web.views.scenarios.board import NUMBERS, ScenarioAnswer, Tried, board, comparison
from app.web.views.scenarios.draft import Draft
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import Store

_AGAINST = "scenario_against"
_MORE = "scenario_more"
_DELETING = "scenario_deleting"
_DELETED = "scenario_deleted"


def page() -> None:
    """The page, or what is missing for it and how to get it."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    if store.is_empty():
        title_line(words("scenario.title"), [words("app.not_loaded")], fictional=False, words=words)
        empty.no_data(words)
        return
    known = drafting.drafts(viewer, store)
    draft = drafting.chosen(known)
    _title(store, draft, words)
    if unreadable := drafting.unreadable(viewer, store):
        empty.notice(words("scenario.unreadable", names="、".join(unreadable)))
    if draft is None:
        _nothing_yet(known, words)
        return
    asked.travel_from_address()
    second = _controls(known, draft, words)
    _keeping(viewer, store, known, draft, words)
    try:
        with st.spinner(words("scenario.counting")):
            answer = _answer(viewer, store, draft, second)
    except RongtuError as error:
        empty.notice(error_text(error, words))
        return
    _reloaded(store, draft, words)
    kpis(_key_figures(answer.first.townships, words, number=NUMBERS[0] if answer.second else ""))
    if answer.second is not None:
        kpis(_key_figures(answer.second.townships, words, number=NUMBERS[1]))
    board(answer, words)
    _files(viewer, store, answer, words)
    rule_note(answer.first.townships.about, words)
    _on_paper(answer, words)


def _title(store: Store, draft: Draft | None, words: Words) -> None:
    region = store.region()
    made = draft.scenario.made_for if draft is not None else None
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("app.as_of", date=words.date(store.as_of())),
        words("scenario.made", region=made.region, date=made.as_of) if made is not None else "",
    ]
    title_line(words("scenario.title"), facts, fictional=bool(region and region.fictional), words=words)


def _reloaded(store: Store, draft: Draft, words: Words) -> None:
    """Say so when the county is no longer the one that the scenario was made for."""
    made = draft.scenario.made_for
    if made is not None and made.stamp != store.stamp():
        said = words("scenario.stale", date=made.as_of, region=made.region, now=words.date(store.as_of()))
        st.warning(said, icon=":material/sync_problem:")


def _nothing_yet(known: dict[str, Draft], words: Words) -> None:
    with st.container(border=True, key="empty"):
        st.markdown(f"**{words('scenario.none')}**")
        st.markdown(words("scenario.none_next"))
        name = st.text_input(words("scenario.name"), value=_next_name(known, words), max_chars=80, width=320)
        st.button(
            words("scenario.start"), type="primary", icon=":material/content_copy:", key="start",
            disabled=not _named(name, words), on_click=lambda: drafting.put(_new(known, name)),
        )  # fmt: skip


def _named(name: str, words: Words) -> bool:
    """True for what may be a name; of what is written and may not, says why."""
    try:
        known_name(name)
    except ScenarioError as error:
        if name.strip():
            st.error(error_text(error, words), icon=":material/error:")
        return False
    return True


def _next_name(known: dict[str, Draft], words: Words) -> str:
    """The first number that no scenario has."""
    return next(name for n in count(1) if (name := words("scenario.next_name", n=n)) not in known)


def _new(known: dict[str, Draft], name: str) -> Draft:
    return Draft(Scenario(name=drafting.free_name(known, name)))


def _controls(known: dict[str, Draft], draft: Draft, words: Words) -> Draft | None:
    """Mode, limit, which scenario, and which one beside it."""
    names = list(known)
    state, own = st.session_state, draft.scenario.name
    key = f"scenario_pick_{words.language}"
    state[key] = own  # even where it is: the box keeps showing an old label for it otherwise
    others = ["", *(name for name in names if name != own)]
    if state.get(_AGAINST) not in others:
        state[_AGAINST] = ""
    with parts.controls(" · ".join((*asked.travel_words(words), own))):
        asked.travel_controls(words)
        st.selectbox(
            words("scenario.pick"), names, key=key, width=220, on_change=lambda: drafting.choose(state[key]),
            format_func=lambda name: words("scenario.unsaved", name=name) if known[name].dirty else name,
        )
        against = st.selectbox(
            words("scenario.against"), others, key=_AGAINST, width=180,
            format_func=lambda name: name or words("scenario.against_none"),
        )
    asked.to_address({"mode": state["mode"], "minutes": words.minutes(asked.minutes())}, {"mode": "walk", "minutes": "15"})
    return known.get(against)


def _keeping(viewer: Viewer, store: Store, known: dict[str, Draft], draft: Draft, words: Words) -> None:
    """New, copy, save, delete; a refused save says why and loses nothing."""
    scenario = draft.scenario
    with st.container(horizontal=True, vertical_alignment="center", key="keeping", gap="small"):
        if st.button(words("scenario.save"), icon=":material/save:", type="primary", key="save", disabled=not draft.dirty):
            _save(viewer, store, draft, words)
        fresh = _new(known, _next_name(known, words))
        st.button(words("scenario.new"), icon=":material/add:", key="new", on_click=drafting.put, args=(fresh,))
        copy = Draft(replace(scenario, name=drafting.free_name(known, words("scenario.copy_name", name=scenario.name))))
        st.button(words("scenario.copy"), icon=":material/content_copy:", key="copy", on_click=drafting.put, args=(copy,))
        if st.session_state.pop(_DELETED, False):
            st.session_state[_MORE] = False  # it would stand open over the next scenario
        with st.popover(words("scenario.more"), icon=":material/edit:", key=_MORE, on_change=_ask_deleting):
            _naming(viewer, store, known, draft, words)


def _naming(viewer: Viewer, store: Store, known: dict[str, Draft], draft: Draft, words: Words) -> None:
    scenario = draft.scenario
    name = st.text_input(words("scenario.name"), scenario.name, max_chars=80, key=f"name_{scenario.name}").strip()
    note = st.text_area(words("scenario.note"), scenario.note, max_chars=2000, key=f"note_{scenario.name}")
    if note != scenario.note:
        drafting.put(replace(draft, scenario=replace(scenario, note=note)))
    if st.button(words("scenario.save_as"), key="save_as", disabled=name in known or not _named(name, words)):
        _save(viewer, store, Draft(replace(scenario, name=name, note=note)), words)
    if scenario.made_for is not None and st.button(words("scenario.checked"), key="checked"):
        _save(viewer, store, replace(draft, scenario=replace(scenario, made_for=None, note=note)), words)
    _deleting(viewer, store, draft, words)


def _ask_deleting(name: str | None = None) -> None:
    """Ask whether ``name`` is to go, or no more."""
    st.session_state[_DELETING] = name


def _deleting(viewer: Viewer, store: Store, draft: Draft, words: Words) -> None:
    """Delete only what was asked for twice."""
    name, said = draft.scenario.name, ":material/delete:"
    if st.session_state.get(_DELETING) != name:
        st.button(words("scenario.delete"), key="delete", icon=said, on_click=_ask_deleting, args=(name,))
        return
    with st.container(horizontal=True, gap="small"):
        if st.button(words("scenario.delete_sure", name=name), key="delete_sure", type="primary", icon=said):
            _delete(viewer, store, draft, words)
        st.button(words("scenario.delete_not"), key="delete_not", on_click=_ask_deleting)


def _save(viewer: Viewer, store: Store, draft: Draft, words: Words) -> None:
    try:
        saved_scenarios.save(viewer, store, draft.scenario, version=draft.version)
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    drafting.drop(draft.scenario.name)
    drafting.choose(draft.scenario.name)
    st.toast(words("scenario.saved"), icon=":material/check:")
    st.rerun()


def _delete(viewer: Viewer, store: Store, draft: Draft, words: Words) -> None:
    if draft.version:
        try:
            saved_scenarios.delete(viewer, store, draft.scenario.name, version=draft.version)
        except RongtuError as error:
            st.error(error_text(error, words), icon=":material/error:")
            return
    drafting.drop(draft.scenario.name)
    drafting.choose(None)
    st.session_state[_DELETED] = True
    _ask_deleting()
    st.toast(words("scenario.deleted"), icon=":material/check:")
    st.rerun()


def _answer(viewer: Viewer, store: Store, draft: Draft, second: Draft | None) -> ScenarioAnswer:
    mode, minutes = str(st.session_state["mode"]), asked.minutes()

    def tried(one: Draft) -> Tried:
        townships, villages = scenario_material.reports(viewer, store, one.scenario, mode, minutes)
        places = scenario_material.places(viewer, store, one.scenario, townships)
        return Tried(one, townships, villages, places, scenario_material.roads(viewer, store, one.scenario, mode))

    first = tried(draft)
    as_of = first.townships.about.as_of
    return ScenarioAnswer(
        viewer=viewer,
        store=store,
        ground=material.ground(viewer, store),
        stations=scenario_material.stations(viewer, store),
        counted=material.counted(viewer, store, FacilityChoice(), as_of),
        caption=material.caption(viewer, store, as_of),
        first=first,
        second=None if second is None else tried(second),
    )


def _key_figures(report: WhatIfReport, words: Words, *, number: str) -> list[Kpi]:
    total = report.total
    after, difference, few = total.after, total.difference, words("scenario.few")
    name = words("scenario.rate_kpi", n=words.minutes(report.minutes))
    return [
        Kpi(
            f"{number} {report.scenario} · {name}" if number else name,
            words.percent(after.reach_rate) if after else few,
            f' {words("scenario.points", points=signed_points(difference.reach_points))}' if difference else "",
            words("scenario.was", value=words.percent(total.before.reach_rate)),
        ),
        *_newly(total, words),
        Kpi(
            words("scenario.without_way_kpi"), words.count(after.without_way) if after else few,
            beside=words("scenario.was", value=words.count(total.before.without_way)),
            warns=difference is not None and (difference.without_way or 0) > 0,
        ),
    ]  # fmt: skip


def _newly(total: AreaChange, words: Words) -> list[Kpi]:
    """Persons newly reached and newly lost, and their households."""
    found = []
    for key, tally in (("scenario.reached_kpi", total.newly_reached), ("scenario.lost_kpi", total.newly_lost)):
        if tally is None:
            found.append(Kpi(words(key), NONE, beside=words("scenario.few")))
        else:
            beside = words("scenario.households_n", n=words.count(tally.households))
            warns = key == "scenario.lost_kpi" and tally.households > 0
            found.append(Kpi(words(key), words.count(tally.persons), beside=beside, warns=warns))
    return found


def _files(viewer: Viewer, store: Store, answer: ScenarioAnswer, words: Words) -> None:
    reports = [tried.townships for tried in (answer.first, answer.second) if tried is not None]
    first = reports[0]

    def made() -> list[Table]:
        households = None
        if viewer.points and len(reports) == 1:
            households = household_changes(
                viewer, store, answer.first.draft.scenario, mode=first.mode, minutes=first.minutes
            )
        return tables(viewer, store, reports, households)

    downloads(made, first.about, words("scenario.title"), words)


def _on_paper(answer: ScenarioAnswer, words: Words) -> None:
    report = answer.first.townships
    frame = comparison([[*report.by_area, report.total]], words)
    columns = ["name", "before", "after", "points", "newly", "lost", "stations"]
    head = ["coverage.township", "scenario.before", "scenario.after", "scenario.difference", "scenario.newly",
            "scenario.lost", "scenario.establishment"]  # fmt: skip
    paper_table(
        [words(key) for key in head],
        ([_cell(value, column) for column, value in zip(columns, row, strict=True)]
         for row in frame[columns].astype(object).itertuples(index=False)),
        words("scenario.table"),
    )  # fmt: skip


def _cell(value: object, column: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return NONE
    return f"{value:.1f}%" if column in {"before", "after"} else str(value)
