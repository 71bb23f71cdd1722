"""Siting: where the next stations help most; proven, explained, worked with on the map, and kept as a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.messages import NONE, Words, signed_points
from app.roles import Viewer
from app.services.county.facilities import FacilityChoice
from app.services.siting.report import SitingReport
from app.services.siting.sentences import outcome, sentence
from app.services.siting.tables import siting_tables
from app.web.kit import asked as travel
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.parts import Kpi, error_text, kpis, paper_table, title_line
from app.web.views.siting import asked, editor, edits, infeasible, plans, solving
from app.web.views.siting import material as siting_material
from app.web.views.siting.board import SitingAnswer, about_site, board, gained
from app.web.views.siting.curve import curve_on_paper
from app.web.views.siting.trade_off import trade_off_on_paper
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import Store

_AT_ONCE_S = 0.5
"""An answer that comes so soon is waited for."""
_LOOK_S = 0.8
"""So often a search is looked at."""


def page() -> None:
    """The page, or what is missing for it and how to get it."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    if store.is_empty():
        title_line(words("siting.title"), [words("app.not_loaded")], fictional=False, words=words)
        empty.no_data(words)
        return
    _title(store, words)
    try:
        people: Mapping[str, Label] = siting_material.people(viewer, store)
    except RongtuError as error:
        empty.notice(error_text(error, words))
        return
    asked.ask(people, words)
    now = asked.question(asked.chosen(), edits.current(), str(st.session_state["mode"]), travel.minutes())
    with st.container(key="siting_head"):  # one block, whatever it holds: the map below it would be loaded anew
        plan = _head(viewer, store, now, words)
    _board(viewer, store, now, plan, words)
    if plan is not None and plan.report.objective is not None:
        plans.comparison(plan, words)
        report = plan.report
        downloads(
            lambda: siting_tables(report), report.about, words("siting.title"), words,
            also=(words("siting.question"), lambda: solving.written(plan.asked).encode()),
        )
        rule_note(report.about, words)
        _on_paper(report, words)


def _head(viewer: Viewer, store: Store, now: dict[str, Any], words: Words) -> solving.Plan | None:
    """Buttons, what there is to be told of the question, and the key figures of the plan, which is returned."""
    trouble = _solve(viewer, store, now, words)
    plan = solving.shown(store)
    if trouble is not None:
        st.error(error_text(trouble, words), icon=":material/error:")
    elif plan is None and solving.current() is None and (now["candidates"] or now["places"]):
        empty.notice(words("siting.begin"))
    elif plan is not None and plan.text != solving.written(now) and solving.current() is None:
        empty.notice(words("siting.stale"))
    if plan is not None:
        _result(plan.report, words)
    return plan


def _title(store: Store, words: Words) -> None:
    region = store.region()
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("app.as_of", date=words.date(store.as_of())),
    ]
    title_line(words("siting.title"), facts, fictional=bool(region and region.fictional), words=words)


def _solve(viewer: Viewer, store: Store, now: dict[str, Any], words: Words) -> RongtuError | None:
    """The line of buttons; starts, shows and takes in a search. Returns what is wrong with the question."""
    trouble, plan = None, solving.shown(store)
    if not now["candidates"] and not now["places"]:
        solving.wanted()
        empty.notice(words("siting.no_candidates"))
    with st.container(horizontal=True, vertical_alignment="center", key="siting_actions", gap="small"):
        label = words("siting.solve") if plan is None else words("siting.solve_again")
        pressed = st.button(label, type="primary", icon=":material/play_arrow:", key="siting_solve_button",
                            disabled=not now["candidates"] and not now["places"])  # fmt: skip
        if plan is not None and plan.report.chosen:
            plans.buttons(viewer, store, plan, words)
    again = solving.wanted()
    if pressed or (again and (plan is not None or solving.current() is not None)):
        try:
            solving.start(viewer, store, now, edits.current()).done.wait(_AT_ONCE_S)
        except RongtuError as error:
            trouble = error
    elif plan is None or plan.text != solving.written(now):
        _known(viewer, store, now)
    solve = solving.current()
    if solve is not None and not solve.done.is_set():
        _progress(words)
    elif solve is not None:
        try:
            solving.take()
        except RongtuError as error:
            trouble = error
        else:
            if trouble is None:
                st.rerun()  # the buttons above belong to the plan from now on
    return trouble


def _known(viewer: Viewer, store: Store, now: dict[str, Any]) -> None:
    """Show at once what was answered before."""
    found = solving.shelf(viewer, store, solving.written(now)).report
    if found is not None and solving.current() is None:
        solving.show(solving.Plan(found, now, edits.current(), store.stamp()))
        st.rerun()


@st.fragment(run_every=_LOOK_S)
def _progress(words: Words) -> None:
    """How long the search has been running, and a button that ends it; the page goes on when it has ended."""
    solve = solving.current()
    if solve is None or solve.done.is_set():
        st.rerun()
    most = float(solve.asked["seconds"])
    with st.container(horizontal=True, vertical_alignment="center", key="siting_progress", gap="small"):
        st.progress(
            min(solve.seconds / most, 1.0), width=320,
            text=words("siting.solving", n=f"{solve.seconds:.0f}", most=words.minutes(most)),
        )  # fmt: skip
        stopping = solve.stopping.is_set()
        st.button(
            words("siting.stopping" if stopping else "siting.stop"), key="siting_stop", icon=":material/stop_circle:",
            disabled=stopping, on_click=solve.stopping.set,
        )  # fmt: skip


def _result(report: SitingReport, words: Words) -> None:
    """The key figures, or why there is no plan and what would make one."""
    if report.objective is None:
        infeasible.told(report, words)
        return
    if report.status == "time_limit":
        empty.notice(words("siting.stopped"))
    kpis(key_figures(report, words))
    st.html(f'<p class="rt-print">{words("siting.result")}: {words.pick(outcome(report))}</p>')


def key_figures(report: SitingReport, words: Words) -> list[Kpi]:
    """Persons reached before and after, their share, what the objective is about, and how good it is proven to be."""
    everybody, before, after = (tally.persons for tally in (report.everybody, report.before, report.after))
    was, then = (None if not everybody or n is None else n / everybody for n in (before, after))
    points = None if was is None or then is None else (then - was) * 100
    return [
        Kpi(words("siting.reached_kpi" if report.capacity is None else "siting.served_kpi", n=words.minutes(report.minutes)),
            _told(after, words),
            beside=words("siting.was_of", before=_told(before, words), all=_told(everybody, words))),
        Kpi(words("siting.rate_kpi"), words.percent(then),
            f' {words("siting.points", points=signed_points(points))}' if points is not None else "",
            words("siting.was", value=words.percent(was))),
        _aim(report, before, after, words),
        _proof(report, words),
    ]  # fmt: skip


def _aim(report: SitingReport, before: int | None, after: int | None, words: Words) -> Kpi:
    stations = words("siting.sites_n", n=len(report.chosen))
    if report.closed:
        stations = f'{stations} · {words("siting.closed_n", n=len(report.closed))}'
    if report.capacity is not None:
        stations = f'{stations} · {words("siting.room", n=words.count(report.capacity[1]))}'
    if report.cost is not None and report.budget is not None:
        stations = f'{stations} · {words("siting.spent_of", cost=f"{report.cost:,.6g}", budget=f"{report.budget:,.6g}")}'
    elif report.cost is not None:
        stations = f'{stations} · {words("siting.spent", cost=f"{report.cost:,.6g}")}'
    for goal, key, (was, then) in (
        ("p-median", "siting.mean_kpi", report.minutes_mean), ("p-center", "siting.worst_kpi", report.minutes_worst)
    ):
        if report.problem == goal:
            value = NONE if was is None else f"{was:.1f}"
            return Kpi(words(key), NONE if then is None else f"{then:.1f}",
                       beside=f'{words("siting.minutes_were", value=value)} · {stations}')  # fmt: skip
    gain = None if before is None or after is None else after - before
    return Kpi(words("siting.gain_kpi"), _told(gain, words), beside=stations)


def _proof(report: SitingReport, words: Words) -> Kpi:
    name = words("siting.proof_kpi")
    if report.status == "optimal":
        return Kpi(name, words("siting.optimal"))
    if report.gap is None or report.bound is None:
        return Kpi(name, words("siting.unproven"), warns=True)
    bound = words("siting.bound_says", bound=f"{report.bound:,.6g}", unit=words.pick(report.unit))
    return Kpi(name, words("siting.within", gap=f"{report.gap:.2%}"), beside=bound)


def _board(viewer: Viewer, store: Store, now: dict[str, Any], plan: solving.Plan | None, words: Words) -> None:
    as_of = store.as_of()
    candidates = siting_material.candidates(
        viewer, store, tuple(now["candidates"]), now["support_kind"], solving.written({"places": now["places"]})
    )
    stations = material.counted(viewer, store, FacilityChoice(), as_of) if as_of else None
    ground = material.ground(viewer, store)
    board(
        SitingAnswer(
            ground=ground,
            counted=ground.facilities(ground.stations) if stations is None else stations,
            caption=material.caption(viewer, store, as_of),
            candidates=candidates,
            asked=now,
            village_keys=siting_material.village_keys(viewer, store),
            plan=plan,
        ),
        words,
    )


def _on_paper(report: SitingReport, words: Words) -> None:
    """Sites with their reasons, townships and curve: the siting report's tables."""
    head = ["siting.letter", "siting.place", "siting.township", "siting.newly", "siting.served", "siting.why"]
    paper_table(
        list(map(words, head)),
        (
            [site.letter, site.name, site.township, _told(site.newly.persons, words), _told(site.served.persons, words),
             " ".join([words.pick(sentence(site, report)), *about_site(site, words)])]
            for site in report.chosen
        ),
        f'{words("siting.report")}: {words("siting.sites")}',
    )  # fmt: skip
    paper_table(
        list(map(words, ("siting.township", "siting.before", "siting.after", "siting.gained", "coverage.persons"))),
        (
            [area.name if area.code else words("coverage.elsewhere"), *map(words.percent, area.rates),
             _told(gained(area), words), words.count(area.persons)]
            for area in report.townships
        ),
        words("siting.townships"),
    )  # fmt: skip
    curve_on_paper(report.curve, words)
    trade_off_on_paper(report.trade_off, words)
    changed = edits.current()
    if changed:
        paper_table(["#", words("siting.edits")],
                    ([str(k), editor.said(edit, words)] for k, edit in enumerate(changed, start=1)), words("siting.edits"))  # fmt: skip


def _told(number: int | None, words: Words) -> str:
    return words("siting.few") if number is None else words.count(number)
