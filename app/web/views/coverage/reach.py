"""The reach view: who reaches what counts within the limit, on a map and in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.maps.pieces.theme import LOW_REACH
from app.messages import NONE, Words
from app.roles import Viewer
from app.services.answers.tables import Table
from app.services.coverage.service import CoverageReport
from app.services.coverage.tables import coverage_tables
from app.web.kit import empty, material
from app.web.kit.asked import Asked
from app.web.kit.parts import Kpi, error_text, kpis, paper_table
from app.web.views.coverage.board import Answer, area_name, board
from app.web.views.coverage.gaps import gap_name
from geo.errors import RongtuError
from layers.store import Store

_PAPER_GAPS = 20
"""So many gaps are printed; the workbook has them all."""


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """The answer, or what is missing for it and what there is to see without it."""
    st.container()  # where other sides have a control: the map keeps its frame while it keeps its place
    try:
        with st.spinner(words("coverage.counting")):
            townships, villages = material.answer(viewer, store, asked)
    except RongtuError as error:
        _without_answer([error_text(error, words)], viewer, store, words)
        return
    if townships.notes:  # nobody to count, or nothing to reach
        _without_answer([words.pick(note) for note in townships.notes], viewer, store, words)
        return
    kpis(_key_figures(townships, words, points=asked.choice.counts_support_points))
    counted = material.counted(viewer, store, asked.choice, townships.as_of)
    caption = material.caption(viewer, store, townships.as_of)

    def tables() -> Sequence[Table]:
        return coverage_tables(store, townships, villages)

    board(Answer(material.ground(viewer, store), counted, caption, townships, villages, tables), words)
    _on_paper(townships, words)


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
        Kpi(words("coverage.unreached_kpi"), words.count(total.persons_unreached), words("coverage.persons_unit"),
            words("coverage.of_persons", n=words.count(total.persons - total.persons_imprecise))),
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
    ranked = sorted(townships.by_area, key=lambda area: (-(area.persons_unreached or 0), area.code))
    paper_table(
        ["#", *map(words, ("coverage.township", "coverage.rate", "coverage.unreached", "coverage.persons"))],
        (
            [str(rank), area_name(area, words), words.percent(area.reach_rate), words.count(area.persons_unreached),
             words.count(area.persons)]
            for rank, area in enumerate(ranked, start=1)
        ),
        words("coverage.ranking"),
    )
    gaps = townships.gaps[:_PAPER_GAPS]
    paper_table(
        ["#", *map(words, ("coverage.village", "coverage.township", "coverage.unreached", "coverage.nearest", "gap.why"))],
        (
            [str(rank), gap_name(gap, words), gap.township_name, words.count(gap.persons),
             NONE if gap.nearest_minutes_median is None else f"{gap.nearest_minutes_median:.1f}",
             NONE if gap.why is None else words.pick(gap.why.text)]
            for rank, gap in enumerate(gaps, start=1)
        ),
        words("coverage.gaps_first", n=len(gaps), total=len(townships.gaps)),
    )


def _without_answer(missing: list[str], viewer: Viewer, store: Store, words: Words) -> None:
    """Say what is missing, and show what there is: boundaries and stations."""
    for sentence in missing:
        empty.notice(sentence)
    ground = material.ground(viewer, store)
    if not ground.empty:
        caption = material.caption(viewer, store, store.as_of())
        board(Answer(ground, ground.facilities(ground.stations), caption), words)
