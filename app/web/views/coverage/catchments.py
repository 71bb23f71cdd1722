"""The catchments' side: whose nearest is which facility, and how many each of them carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from app.maps.catchment_map import draw as draw_map
from app.maps.pieces.ground import Ground
from app.maps.pieces.theme import LOAD_BREAKS
from app.maps.view import Caption, Figures, View
from app.messages import NONE, Words
from app.roles import Viewer
from app.services.answers.tables import Table
from app.services.catchments.report import CatchmentReport, Load
from app.services.catchments.service import catchments
from app.services.catchments.tables import catchment_tables
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.answers import kept
from app.web.kit.asked import Asked
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import Kpi, fragment, kpis, paper_table, subtitle, table_height
from layers.store import Store

_ANY, _WITHIN = "any", "within"
_CHOSEN = "catch_facility"
_ROW, _ROW_PHONE = 30, 42
_HEIGHT = 400
_PAPER = 40
"""So many facilities are printed; the workbook has them all."""


@dataclass(frozen=True)
class _Answer:
    """Everything that is drawn, worked out before it and kept while a person looks around."""

    ground: Ground
    figures: Figures
    counted: gpd.GeoDataFrame
    caption: Caption
    report: CatchmentReport


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """Control, key figures, map and tables."""
    said = {_ANY: "catch.any", _WITHIN: "catch.within"}
    with st.container(horizontal=True, key="side_controls"):
        how_far = st.segmented_control(
            words("catch.limit"), list(said), key="catch_limit", default=_ANY, required=True, label_visibility="collapsed",
            format_func=lambda which: words(said[which]),
        )
    minutes = asked.minutes if how_far == _WITHIN else None
    with st.spinner(words("coverage.counting")):
        townships, villages = material.answer(viewer, store, asked)
        report = _report(viewer, store, asked, minutes)
    kpis(_key_figures(report, words))
    answer = _Answer(
        material.ground(viewer, store), Figures(townships.by_area, villages.by_area),
        material.counted(viewer, store, asked.choice, townships.as_of),
        material.caption(viewer, store, townships.as_of), report,
    )

    def tables() -> Sequence[Table]:
        return catchment_tables(viewer, store, mode=asked.mode, minutes=minutes, choice=asked.choice)[1]

    _board(answer, tables, words)
    _on_paper(report, words)


@fragment
def _board(answer: _Answer, tables: Callable[[], Sequence[Table]], words: Words) -> None:
    """Map and tables; picking a facility in either runs only this again."""
    report = answer.report
    chosen = next((load for load in report.loads if load.id == st.session_state.get(_CHOSEN)), None)
    left, right = st.columns([1.78, 1], gap="small")
    with left:
        drawn = draw_map(
            answer.ground, answer.figures, View(counted=answer.counted), answer.caption, report,
            chosen.id if chosen else None, words,
        )
        map_frame(drawn, on_place=_picked)
    with right:
        subtitle(words("catch.ranking"), words("catch.of", n=words.count(len(report.loads))))
        if report.loads:
            _table(report, chosen, words)
        _villages(chosen, words)
        downloads(tables, report.about, words("catch.name"), words)
        rule_note(report.about, words)


@kept(16)
def _report(viewer: Viewer, store: Store, asked: Asked, minutes: float | None) -> CatchmentReport:
    return catchments(viewer, store, mode=asked.mode, minutes=minutes, choice=asked.choice)


def _picked(kind: str, code: str) -> None:
    if kind == "facility":
        st.session_state[_CHOSEN] = code


def _key_figures(report: CatchmentReport, words: Words) -> list[Kpi]:
    most = LOAD_BREAKS[-1]
    known = [load for load in report.loads if load.persons is not None]
    over = sum((load.persons or 0) >= most for load in known)
    heaviest = max(known, key=lambda load: load.persons or 0, default=None)
    left = report.persons - report.persons_served
    carrying = sum(load.too_few or bool(load.persons) for load in report.loads)
    return [
        Kpi(words("catch.served_kpi"), words.count(report.persons_served), words("coverage.persons_unit"),
            words("catch.left", n=words.count(left)), warns=bool(left)),
        Kpi(words("catch.stations_kpi"), words.count(carrying), beside=words("catch.of", n=words.count(len(report.loads)))),
        Kpi(words("catch.heaviest"), words.count(heaviest.persons if heaviest else None), words("coverage.persons_unit"),
            heaviest.name if heaviest else NONE),
        Kpi(words("catch.over_kpi", n=most), words.count(over), beside=words("catch.over_beside"), warns=bool(over)),
    ]


def _table(report: CatchmentReport, chosen: Load | None, words: Words) -> None:
    loads, key, phone = report.loads, f"catch_table_{words.language}", session.on_phone()
    rows = [k for k, load in enumerate(loads) if chosen is not None and load.id == chosen.id]
    known = (st.session_state.get(key) or {}).get("selection") or {}
    if list(known.get("rows") or []) != rows:  # picked on the map, or let go
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        row = st.session_state[key]["selection"]["rows"]
        st.session_state[_CHOSEN] = loads[row[0]].id if row else None

    number, height = st.column_config.NumberColumn, _ROW_PHONE if phone else _ROW
    st.dataframe(
        frame(loads, words),
        key=key, on_select=picked, selection_mode="single-row", hide_index=True, placeholder=NONE,
        row_height=height, height=table_height(len(loads), height, _HEIGHT), alt=words("catch.ranking"),
        column_order=["name", "persons", "minutes"] if phone else None,
        column_config={
            "name": st.column_config.TextColumn(words("catch.station")),
            "persons": number(words("coverage.persons"), format="%,d", width=80),
            "households": number(words("coverage.households"), format="%,d", width=64),
            "elders": number(words("catch.elders"), format="%,d", width=64),
            "minutes": number(words("catch.minutes"), format="%.1f", width=80),
            "ground": st.column_config.TextColumn(words("catch.ground"), help=words("catch.ground_help"), width=72),
        },
    )


def frame(loads: Sequence[Load], words: Words) -> pd.DataFrame:
    """The table's rows; ``ground`` only where some facility is the nearest to somebody and has no ground of its own."""
    table = pd.DataFrame({
        "name": [load.name for load in loads],
        "persons": pd.array([load.persons for load in loads], dtype="Int64"),
        "households": pd.array([load.households for load in loads], dtype="Int64"),
        "elders": pd.array([load.elders for load in loads], dtype="Int64"),
        "minutes": [load.minutes_median for load in loads],
    }).astype({"minutes": "float64"})
    if any(load.without_ground for load in loads):
        table["ground"] = [words("catch.no_ground") if load.without_ground else None for load in loads]
    return table


def _villages(chosen: Load | None, words: Words) -> None:
    if chosen is None:
        st.caption(words("catch.pick"))
        return
    subtitle(words("catch.villages", name=chosen.name))
    if not chosen.villages:
        empty.notice(words("iso.too_few") if chosen.too_few else words("catch.nobody"))
        return
    st.dataframe(
        pd.DataFrame({
            "village": [village.name for village in chosen.villages],
            "township": [village.township_name for village in chosen.villages],
            "households": pd.array([village.households for village in chosen.villages], dtype="Int64"),
        }),
        hide_index=True, placeholder=NONE, height=table_height(len(chosen.villages), _ROW, 220),
        alt=words("catch.villages", name=chosen.name),
        column_config={
            "village": st.column_config.TextColumn(words("coverage.village")),
            "township": st.column_config.TextColumn(words("coverage.township")),
            "households": st.column_config.NumberColumn(words("coverage.households"), format="%,d"),
        },
    )


def _on_paper(report: CatchmentReport, words: Words) -> None:
    paper_table(
        list(map(words, ("catch.station", "coverage.persons", "coverage.households", "catch.elders", "catch.minutes"))),
        (
            [load.name, words.count(load.persons), words.count(load.households), words.count(load.elders),
             NONE if load.minutes_median is None else f"{load.minutes_median:.1f}"]
            for load in report.loads[:_PAPER]
        ),
        words("catch.ranking"),
    )
