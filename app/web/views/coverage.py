"""Coverage: who reaches what within the limit, on a map and in a table beside it."""

from __future__ import annotations

import streamlit as st

from app.maps.theme import LOW_REACH
from app.maps.view import Caption, unreached_persons
from app.messages import NONE, Words
from app.roles import Viewer
from app.services import layers
from app.services.coverage import CoverageReport
from app.services.facilities import facilities
from app.web import asked, empty, material, session
from app.web.board import Answer, area_name, board
from app.web.parts import Kpi, error_text, kpis, paper_table, title_line
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import LayerSummary, Store

_PAPER_GAPS = 20
"""So many gaps are printed; the workbook has them all."""


def page() -> None:
    """The page, or what is missing for it and how to get it."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    if store.is_empty():
        title_line(words("coverage.title"), [words("app.not_loaded")], fictional=False, words=words)
        empty.no_data(words)
        return
    summaries = {summary.name: summary for summary in layers.summaries(viewer, store)}
    _title(store, summaries, words)
    question = asked.ask(material.facility_options(viewer, store), words)
    try:
        with st.spinner(words("coverage.counting")):
            townships, villages = material.answer(viewer, store, question)
    except RongtuError as error:
        _without_answer([error_text(error, words)], viewer, store, summaries, words)
        return
    if townships.notes:  # nobody to count, or nothing to reach
        _without_answer([words.pick(note) for note in townships.notes], viewer, store, summaries, words)
        return
    ground = material.ground(viewer, store)
    counted = ground.facilities(facilities(store, question.choice, townships.as_of).set_index("id"))
    caption = Caption(as_of=townships.as_of, fictional=townships.fictional, osm=_from_osm(summaries))
    kpis(_key_figures(townships, words, points=question.choice.counts_support_points))
    board(Answer(ground, counted, caption, townships, villages), words)
    _on_paper(townships, words)


def _title(store: Store, summaries: dict[str, LayerSummary], words: Words) -> None:
    region, townships = store.region(), summaries.get("townships")
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("app.townships", n=townships.rows) if townships and townships.rows else "",
        words("app.as_of", date=words.date(store.as_of())),
    ]
    title_line(words("coverage.title"), facts, fictional=bool(region and region.fictional), words=words)


def _from_osm(summaries: dict[str, LayerSummary]) -> bool:
    sources = " ".join(summary.source or "" for summary in summaries.values()).lower()
    return any(sign in sources for sign in ("openstreetmap", ".pbf", ".osm"))


def _key_figures(report: CoverageReport, words: Words, *, points: bool) -> list[Kpi]:
    total, areas = report.total, [area for area in report.by_area if area.code]
    beside = words("coverage.by_persons", rate=words.percent(total.persons_reach_rate))
    if total.households_imprecise:
        span = words.span(total.reach_rate_low, total.reach_rate_high)
        beside = f"{beside} · {words('coverage.range', span=span)}"
    rated = [area for area in areas if area.reach_rate is not None]
    low_areas = [area for area in rated if (area.reach_rate or 0) < LOW_REACH]
    worst = min(rated, key=lambda area: (area.reach_rate or 0, area.code), default=None)
    return [
        Kpi(words("coverage.rate_kpi", n=words.minutes(report.rule.minutes)), words.percent(total.reach_rate),
            beside=beside),
        Kpi(words("coverage.unreached_kpi"), words.count(unreached_persons(total)), words("coverage.persons_unit"),
            words("coverage.of_persons", n=words.count(total.persons))),
        Kpi(words("coverage.points_kpi" if points else "coverage.establishment_kpi"), words.percent(total.establishment_rate),
            beside=" · ".join((
                words("coverage.townships_have", n=total.units_with_station, total=total.units),
                words("coverage.villages_have", n=total.villages_with_station, total=total.villages),
            ))),
        Kpi(words("coverage.low_kpi"), str(len(low_areas)), f"/ {len(rated)}",
            words("coverage.low_worst", name=worst.name, rate=words.percent(worst.reach_rate)) if worst else NONE,
            warns=bool(low_areas)),
    ]


def _on_paper(townships: CoverageReport, words: Words) -> None:
    ranked = sorted(townships.by_area, key=lambda area: (-unreached_persons(area), area.code))
    paper_table(
        ["#", *map(words, ("coverage.township", "coverage.rate", "coverage.unreached", "coverage.persons"))],
        (
            [str(rank), area_name(area, words), words.percent(area.reach_rate), words.count(unreached_persons(area)),
             words.count(area.persons)]
            for rank, area in enumerate(ranked, start=1)
        ),
        words("coverage.ranking"),
    )
    gaps = townships.gaps[:_PAPER_GAPS]
    paper_table(
        ["#", *map(words, ("coverage.village", "coverage.township", "coverage.unreached", "coverage.nearest", "gap.why"))],
        (
            [str(rank), gap.name or words("coverage.elsewhere"), gap.township_name, words.count(gap.persons),
             NONE if gap.nearest_minutes_median is None else f"{gap.nearest_minutes_median:.1f}",
             NONE if gap.why is None else words.pick(gap.why.text)]
            for rank, gap in enumerate(gaps, start=1)
        ),
        words("coverage.gaps_first", n=len(gaps), total=len(townships.gaps)),
    )


def _without_answer(
    missing: list[str], viewer: Viewer, store: Store, summaries: dict[str, LayerSummary], words: Words
) -> None:
    """Say what is missing, and show what there is: boundaries and stations."""
    for sentence in missing:
        empty.notice(sentence)
    ground = material.ground(viewer, store)
    if ground.empty:
        return
    region = store.region()
    caption = Caption(as_of=store.as_of(), fictional=bool(region and region.fictional), osm=_from_osm(summaries))
    board(Answer(ground, ground.facilities(ground.stations), caption), words)
