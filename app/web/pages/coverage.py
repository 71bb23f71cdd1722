"""Coverage: who reaches what within the limit, on a map and in a table beside it."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import streamlit as st

from app.maps.coverage_map import Caption, Figures, unreached_persons
from app.maps.theme import LOW_REACH
from app.messages import NONE, Words
from app.roles import Viewer
from app.services import layers
from app.services.coverage import By, CoverageReport, Gap, coverage
from app.web import asked, empty, material, session
from app.web.board import Answer, area_name, board
from app.web.notes import notes
from app.web.parts import Kpi, error_text, kpis, paper_table, title_line
from app.web.workbook import workbook
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import LayerSummary, Store

_GAPS_HEIGHT = 370
_PAPER_GAPS = 30


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
        townships, villages = (
            coverage(viewer, store, mode=question.mode, minutes=question.minutes, by=by, choice=question.choice)
            for by in get_args(By)
        )
    except RongtuError as error:
        _without_answer(error, viewer, store, summaries, words)
        return
    ground = material.ground(viewer, store)
    counted = material.counted(ground, store, question.choice, townships.as_of)
    caption = Caption(as_of=townships.as_of, fictional=townships.fictional, osm=_from_osm(summaries))
    figures = Figures(townships.by_area, villages.by_area, townships.gaps)
    kpis(_key_figures(townships, words))
    board(Answer(ground, figures, counted, caption), words)
    _below(townships, villages, words)


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
    return "openstreetmap" in sources or ".pbf" in sources


def _key_figures(report: CoverageReport, words: Words) -> list[Kpi]:
    total, areas = report.total, [area for area in report.by_area if area.code]
    beside = words("coverage.by_persons", rate=words.percent(total.persons_reach_rate))
    if total.households_imprecise:
        low, high = words.percent(total.reach_rate_low), words.percent(total.reach_rate_high)
        beside = f"{beside} · {words('coverage.range', low=low, high=high)}"
    rated = [area for area in areas if area.reach_rate is not None]
    low_areas = [area for area in rated if (area.reach_rate or 0) < LOW_REACH]
    worst = min(rated, key=lambda area: (area.reach_rate or 0, area.code), default=None)
    return [
        Kpi(words("coverage.rate_kpi", n=words.minutes(report.rule.minutes)), words.percent(total.reach_rate),
            beside=beside),
        Kpi(words("coverage.unreached_kpi"), words.count(unreached_persons(total)), words("coverage.persons_unit"),
            words("coverage.of_persons", n=words.count(total.persons))),
        Kpi(words("coverage.establishment_kpi"), words.percent(total.establishment_rate),
            beside=" · ".join((
                words("coverage.townships_have", n=total.units_with_station, total=total.units),
                words("coverage.villages_have", n=total.villages_with_station, total=total.villages),
            ))),
        Kpi(words("coverage.low_kpi"), str(len(low_areas)), f"/ {len(rated)}",
            words("coverage.low_worst", name=worst.name, rate=words.percent(worst.reach_rate)) if worst else NONE,
            warns=bool(low_areas)),
    ]


def _below(townships: CoverageReport, villages: CoverageReport, words: Words) -> None:
    left, right = st.columns([1.78, 1], gap="small")
    with left:
        _gaps(townships.gaps, words)
    with right:
        region = words.pick(townships.region)
        st.download_button(
            words("coverage.download"),
            lambda: workbook(townships, villages, words),
            file_name=words("book.file", region=region, date=words.date(townships.as_of)),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
            on_click="ignore",
            key="download",
        )
        notes(townships, words)
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


def _gaps(gaps: tuple[Gap, ...], words: Words) -> None:
    persons = sum(gap.persons for gap in gaps)
    said = words("coverage.gaps_of", n=words.count(len(gaps)), persons=words.count(persons)) if gaps else ""
    st.html(f'<div class="rt-sub"><h2>{words("coverage.gaps")}</h2><span class="rt-note">{said}</span></div>')
    if not gaps:
        st.success(words("coverage.no_gaps"), icon=":material/check_circle:")
        return
    table = pd.DataFrame({
        "rank": range(1, len(gaps) + 1),
        "name": [gap.name if gap.code else words("coverage.elsewhere") for gap in gaps],
        "township": [gap.township_name for gap in gaps],
        "persons": [gap.persons for gap in gaps],
        "households": [gap.households for gap in gaps],
        "nearest": [gap.nearest_minutes_median for gap in gaps],
    }).astype({"nearest": "float64"})
    phone, column = session.on_phone(), st.column_config
    st.dataframe(
        table,
        hide_index=True,
        placeholder=NONE,
        height=min(_GAPS_HEIGHT, 39 + 35 * len(gaps)),
        column_order=["name", "persons", "nearest"] if phone else None,
        column_config={
            "rank": column.NumberColumn("#", width=40),
            "name": column.TextColumn(words("coverage.village")),
            "township": column.TextColumn(words("coverage.township")),
            "persons": column.NumberColumn(words("coverage.unreached"), format="%,d"),
            "households": column.NumberColumn(words("coverage.unreached_households"), format="%,d"),
            "nearest": column.NumberColumn(
                words("coverage.nearest"), format="%.1f", help=words("coverage.nearest_help")),
        },
        key=f"gaps_{words.language}",
        alt=words("coverage.gaps"),
    )


def _without_answer(
    error: RongtuError, viewer: Viewer, store: Store, summaries: dict[str, LayerSummary], words: Words
) -> None:
    """Say what is missing, and show what there is: boundaries and stations."""
    rows = {name: summary.rows for name, summary in summaries.items()}
    if not rows.get("households"):
        empty.notice(words("empty.no_households"))
    elif not rows.get("townships") and not rows.get("villages"):
        empty.notice(words("empty.no_townships"))
    elif not rows.get("stations") and not rows.get("support_points"):
        empty.notice(words("empty.no_stations"))
    else:
        empty.notice(error_text(error, words))
    ground = material.ground(viewer, store)
    if ground.empty:
        return
    region = store.region()
    caption = Caption(as_of=store.as_of(), fictional=bool(region and region.fictional), osm=_from_osm(summaries))
    board(Answer(ground, Figures(), ground.stations, caption), words)
