"""Support circles: how complete they are, what is missing where, and what is around a point."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.maps.circle_map import most_missing
from app.messages import NONE, Words
from app.services import layers
from app.services.answers.tables import Table
from app.services.circles.recipe import CircleRecipe
from app.services.circles.report import CircleReport
from app.services.circles.tables import circle_tables
from app.services.county.facilities import FacilityChoice
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.parts import Kpi, error_text, kpis, paper_table, title_line
from app.web.views.circles import material as circle_material
from app.web.views.circles.asked import ask
from app.web.views.circles.board import CircleAnswer, area_name, board, ranked
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import Store


def page() -> None:
    """The page, or what is missing for it and how to get it."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    if store.is_empty():
        title_line(words("circle.title"), [words("app.not_loaded")], fictional=False, words=words)
        empty.no_data(words)
        return
    _title(store, words)
    asked = ask(words)
    try:
        with st.spinner(words("circle.counting")):
            townships, villages = circle_material.reports(viewer, store, asked)
    except RongtuError as error:
        empty.notice(error_text(error, words))
        return
    for note in townships.about.notes:
        empty.notice(words.pick(note))
    as_of = townships.about.as_of
    stations = material.counted(viewer, store, FacilityChoice(), as_of)
    kpis(_key_figures(townships, words))
    board(
        CircleAnswer(viewer, store, asked, material.ground(viewer, store), stations,
                     material.caption(viewer, store, as_of), townships, villages),
        words,
    )

    def tables() -> tuple[Table, ...]:
        recipe = CircleRecipe.parse(asked.recipe)
        return circle_tables(viewer, store, mode=asked.mode, minutes=asked.minutes, recipe=recipe)[1]

    downloads(tables, townships.about, words("circle.title"), words)
    rule_note(townships.about, words)
    st.html(f'<div class="rt-note"><p><b>{words("circle.unknown")}</b><br>{escape(_unknown(townships, words))}</p></div>')
    _on_paper(townships, words)


def _title(store: Store, words: Words) -> None:
    region = store.region()
    summaries = {summary.name: summary for summary in layers.summaries(session.viewer(), store)}
    points = summaries.get("support_points")
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("circle.points", n=words.count(points.rows)) if points and points.rows else "",
        words("app.as_of", date=words.date(store.as_of())),
    ]
    title_line(words("circle.title"), facts, fictional=bool(region and region.fictional), words=words)


def _key_figures(report: CircleReport, words: Words) -> list[Kpi]:
    total, left_out = report.total, report.left_out
    item, rate = most_missing(report, report, words)
    return [
        Kpi(words("circle.score_kpi", n=words.minutes(report.minutes)), words.percent(total.score),
            beside=words("circle.range", span=words.span(total.score_low, total.score_high))
            if total.households_imprecise else ""),
        Kpi(words("circle.incomplete_kpi"), words.count(total.persons_incomplete), words("coverage.persons_unit"),
            words("circle.of_persons", n=words.count(total.persons - total.persons_imprecise),
                  rate=words.percent(total.persons_complete_rate))),
        Kpi(words("circle.lacking_kpi"), item if rate else NONE,
            beside="" if rate is None else words("circle.lacking", rate=words.percent(rate)),
            warns=bool(rate and rate >= 0.5)),
        Kpi(words("circle.lapsed_kpi"), words.count(left_out.expired + left_out.not_begun), words("circle.places_unit"),
            words("circle.lapsed", expired=words.count(left_out.expired), begun=words.count(left_out.not_begun)),
            warns=left_out.expired > 0),
    ]


def _unknown(report: CircleReport, words: Words) -> str:
    said = [
        words(key, n=words.count(number))
        for key, number in (
            ("circle.off_network", report.households_off_network),
            ("circle.imprecise", report.total.households_imprecise),
            ("circle.points_off_network", report.left_out.off_network),
        )
        if number
    ]
    return ("；" if words.chinese else "; ").join(said) if said else words("circle.all_known")


def _on_paper(report: CircleReport, words: Words) -> None:
    paper_table(
        ["#", *map(words, ("circle.township", "circle.score", "circle.incomplete", "coverage.persons"))],
        (
            [str(rank), area_name(area, words), words.percent(area.score), words.count(area.persons_incomplete),
             words.count(area.persons)]
            for rank, area in enumerate(ranked(report.by_area), start=1)
        ),
        words("circle.ranking"),
    )
