"""The view of fairness: who reaches what is counted, by kind of household, and how even the minutes are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from app.maps.area_map import Drawn
from app.maps.fairness_map import draw_fairness
from app.maps.view import View
from app.messages import NONE, Words, percent_value
from app.roles import Viewer
from app.services.answers.tables import Table
from app.services.fairness.report import FairnessReport, GroupReach, TownshipSpread
from app.services.fairness.service import fairness
from app.services.fairness.tables import fairness_tables
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.answers import kept
from app.web.kit.asked import Asked
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import Kpi, error_text, fragment, kpis, paper_table, subtitle, table_height
from app.web.views.coverage.lorenz import lorenz_curve
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import Store

_ROW, _ROW_PHONE = 30, 42
_HEIGHT = 860
_BAR = "#2B7383"


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """Key figures, map, kinds of households and townships of one question; or what is missing for it."""
    pace = True
    with st.container():  # there in every mode: the map keeps its frame while it keeps its place
        if asked.mode == "walk":
            pace = st.toggle(words("fair.elder_pace"), value=True, key="elder_pace")
    try:
        with st.spinner(words("coverage.counting")):
            report = _report(viewer, store, asked, pace=pace)
    except RongtuError as error:
        empty.notice(error_text(error, words))
        return
    about, ground = report.about, material.ground(viewer, store)
    if report.total.rate is None or not report.facilities_counted:
        for note in about.notes:
            empty.notice(words.pick(note))
    else:
        kpis(_key_figures(report, words))
    view = View(counted=material.counted(viewer, store, asked.choice, about.as_of))
    drawn = draw_fairness(ground, report.by_township, view, material.caption(viewer, store, about.as_of), words)
    _board(report, drawn, lambda: fairness_tables(store, report), words)
    _on_paper(report, words)


@fragment  # as the other sides have it: the map keeps its frame while it keeps its place
def _board(report: FairnessReport, drawn: Drawn, tables: Callable[[], Sequence[Table]], words: Words) -> None:
    """Map and tables."""
    left, right = st.columns([1.78, 1], gap="small")
    with left:
        map_frame(drawn)
        if not session.on_phone():
            _townships(report.by_township, words)
    with right:
        _groups(report.groups, words)
        if session.on_phone():
            _townships(report.by_township, words)
        lorenz_curve(report.lorenz, words)
        downloads(tables, report.about, words("fair.name"), words)
        rule_note(report.about, words)


@kept(16)
def _report(viewer: Viewer, store: Store, asked: Asked, *, pace: bool) -> FairnessReport:
    return fairness(viewer, store, mode=asked.mode, minutes=asked.minutes, elder_pace=pace, choice=asked.choice)


def _key_figures(report: FairnessReport, words: Words) -> list[Kpi]:
    total, gap = report.total, report.gap
    elders = next((g for g in report.groups if g.code == "elder"), None)
    points = NONE if gap is None else f"{gap.difference * 100:.1f}"
    between = NONE if gap is None else words(
        "fair.gap_between", best=gap.best_name, high=words.percent(gap.best_rate),
        worst=gap.worst_name, low=words.percent(gap.worst_rate),
    )  # fmt: skip
    return [
        Kpi(words("fair.worst_kpi"), _tenth(total.worst_tenth_minutes), words("fair.minutes_unit"),
            words("fair.mean", n=_tenth(total.minutes_mean))),
        Kpi(words("fair.gini_kpi"), _hundredth(total.gini), beside=words("fair.without", rate=words.percent(total.without))),
        Kpi(words("fair.gap_kpi"), points, words("fair.points_unit"), between),
        Kpi(words("fair.elders_kpi"), words.percent(elders.rate if elders else None),
            beside=words("fair.all_rate", rate=words.percent(total.rate))),
    ]  # fmt: skip


def _groups(groups: Sequence[GroupReach], words: Words) -> None:
    subtitle(words("fair.groups"), words("fair.groups_note"))
    told = [group for group in groups if not group.too_few]
    few = [words.pick(Label(group.zh, group.en)) for group in groups if group.too_few]
    if told:
        column, phone = st.column_config, session.on_phone()
        height = _ROW_PHONE if phone else _ROW
        st.dataframe(
            pd.DataFrame({
                "name": [words.pick(Label(group.zh, group.en)) for group in told],
                "rate": [None if group.rate is None else percent_value(group.rate) for group in told],
                "households": [group.households for group in told],
                "median": [group.minutes_median for group in told],
            }).astype({"rate": "float64", "median": "float64"}),
            key=f"fair_groups_{words.language}",
            hide_index=True,
            placeholder=NONE,
            row_height=height,
            height=table_height(len(told), height, _HEIGHT),
            column_order=["name", "rate", "median"] if phone else None,
            column_config={
                "name": column.TextColumn(words("fair.kind")),
                "rate": column.ProgressColumn(
                    words("fair.rate"), min_value=0, max_value=100, format="%.1f%%", width=100 if phone else 108, color=_BAR
                ),
                "households": column.NumberColumn(words("fair.households"), format="%,d", width=64),
                "median": column.NumberColumn(words("fair.median"), format="%.1f", width=72),
            },
            alt=words("fair.groups"),
        )
    if few:
        st.caption(words("fair.too_few", names=("、" if words.chinese else ", ").join(few)))


def _townships(townships: Sequence[TownshipSpread], words: Words) -> None:
    subtitle(words("fair.townships"))
    if not townships:
        return
    ranked, column, phone = _ranked(townships), st.column_config, session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        pd.DataFrame({
            "name": [area.name if area.code else words("coverage.elsewhere") for area in ranked],
            "worst": [area.worst_tenth_minutes for area in ranked],
            "mean": [area.minutes_mean for area in ranked],
            "gini": [area.gini for area in ranked],
            "rate": [None if area.rate is None else percent_value(area.rate) for area in ranked],
            "without": [None if area.without is None else percent_value(area.without) for area in ranked],
            "households": [area.households for area in ranked],
        }).astype(dict.fromkeys(("worst", "mean", "gini", "rate", "without"), "float64")),
        key=f"fair_townships_{words.language}",
        hide_index=True,
        placeholder=NONE,
        row_height=height,
        height=table_height(len(ranked), height, _HEIGHT),
        column_order=["name", "worst", "gini"] if phone else None,
        column_config={
            "name": column.TextColumn(words("fair.township")),
            "worst": column.NumberColumn(words("fair.worst_tenth"), format="%.1f"),
            "mean": column.NumberColumn(words("fair.mean_column"), format="%.1f"),
            "gini": column.NumberColumn(words("fair.gini"), format="%.2f"),
            "rate": column.NumberColumn(words("fair.rate"), format="%.1f%%"),
            "without": column.NumberColumn(words("fair.no_way"), format="%.1f%%"),
            "households": column.NumberColumn(words("fair.households"), format="%,d"),
        },
        alt=words("fair.townships"),
    )


def _ranked(townships: Sequence[TownshipSpread]) -> list[TownshipSpread]:
    """The longest way first, those that are not told last."""
    return sorted(townships, key=lambda a: (a.worst_tenth_minutes is None, -(a.worst_tenth_minutes or 0), a.code))


def _on_paper(report: FairnessReport, words: Words) -> None:
    paper_table(
        list(map(words, ("fair.kind", "fair.rate", "fair.households", "fair.median"))),
        (
            [words.pick(Label(g.zh, g.en)), words.percent(g.rate), words.count(g.households), _tenth(g.minutes_median)]
            for g in report.groups if not g.too_few
        ),
        words("fair.groups"),
    )  # fmt: skip
    paper_table(
        list(map(words, ("fair.township", "fair.worst_tenth", "fair.mean_column", "fair.gini", "fair.rate", "fair.households"))),
        (
            [a.name if a.code else words("coverage.elsewhere"), _tenth(a.worst_tenth_minutes), _tenth(a.minutes_mean),
             _hundredth(a.gini), words.percent(a.rate), words.count(a.households)]
            for a in _ranked(report.by_township)
        ),
        words("fair.townships"),
    )  # fmt: skip


def _tenth(value: float | None) -> str:
    return NONE if value is None else f"{value:.1f}"


def _hundredth(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"
