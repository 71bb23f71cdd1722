"""The answer: map and ranked table side by side, either of which picks a place for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from app.maps.coverage_map import draw
from app.maps.pieces.ground import Ground
from app.maps.view import Caption, Figures, View
from app.messages import NONE, Words, percent_value
from app.services.answers.tables import Table
from app.services.coverage.service import AreaShare, CoverageReport
from app.services.coverage.tables import coverage_about
from app.web.kit import session
from app.web.kit.answer_files import downloads
from app.web.kit.map_frame import map_frame
from app.web.kit.notes import notes
from app.web.kit.parts import fragment, subtitle, table_height
from app.web.views.coverage.gaps import gaps_table

_ROW = 30
_ROW_PHONE = 42
_HEIGHT = 520
_BAR = "#2B7383"


@dataclass(frozen=True)
class Answer:
    """Everything that the board draws, worked out before it and kept while a person looks around.

    Without the two reports there are boundaries and stations to show, and nothing else.
    """

    ground: Ground
    counted: gpd.GeoDataFrame
    caption: Caption
    townships: CoverageReport | None = None
    villages: CoverageReport | None = None
    tables: Callable[[], Sequence[Table]] | None = None

    @property
    def figures(self) -> Figures:
        """What the map needs of the reports."""
        if self.townships is None or self.villages is None:
            return Figures()
        return Figures(self.townships.by_area, self.villages.by_area, self.townships.gaps)


def chosen_township(answer: Answer) -> AreaShare | None:
    """The township looked at, if it still is one."""
    code = st.session_state.get("township")
    return next((area for area in answer.figures.townships if area.code and area.code == code), None)


def go(township: str | None, village: str | None = None) -> None:
    """Look at a township, a village in it, or everything."""
    st.session_state["township"] = township
    st.session_state["village"] = village


@fragment
def board(answer: Answer, words: Words) -> None:
    """Map, tables and rule. A click in any of them runs only this again; the map's frame stays."""
    town = chosen_township(answer)
    if answer.townships is None or answer.villages is None:
        _map(answer, town, words)
        return
    left, right = st.columns([1.78, 1], gap="small")
    with left:
        _map(answer, town, words)
    with right:
        _heading(town, words)
        areas = _ranked(answer.figures, town)
        if areas:
            _table(areas, town, words)
        else:
            st.caption(words("empty.no_villages"))
        if answer.tables is not None:
            downloads(answer.tables, coverage_about(answer.townships), words("coverage.title"), words)
        notes(answer.townships, words)
    with right if session.on_phone() else left:
        here = [gap for gap in answer.townships.gaps if town is None or gap.township == town.code]
        told = not any(a.too_few for a in answer.villages.by_area if town is None or a.township == town.code)
        gaps_table(here, go, words, told=told)


def _map(answer: Answer, town: AreaShare | None, words: Words) -> None:
    view = View(
        counted=answer.counted,
        township=town.code if town else None,
        village=st.session_state.get("village"),
    )
    home = {area.code: area.township for area in answer.figures.villages}

    def picked(kind: str, code: str) -> None:
        if kind == "township":
            go(code)
        elif kind == "village":
            go(home.get(code) or None, code)

    map_frame(draw(answer.ground, answer.figures, view, answer.caption, words), on_place=picked)


def _heading(town: AreaShare | None, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
        if town is None:
            subtitle(words("coverage.ranking"))
            return
        said = words(
            "coverage.township_says",
            rate=words.percent(town.reach_rate),
            n=words.count(town.persons_unreached),
        )
        subtitle(words("coverage.villages_of", name=town.name), said)
        st.button(words("coverage.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))


def _ranked(figures: Figures, town: AreaShare | None) -> list[AreaShare]:
    areas = figures.townships if town is None else [a for a in figures.villages if a.township == town.code]
    if not any(area.code for area in figures.townships):  # nothing but villages to go by
        areas = figures.villages
    return sorted(areas, key=lambda a: (-(a.persons_unreached or 0), a.code))


def area_name(area: AreaShare, words: Words) -> str:
    """The area's name; households outside every area have none."""
    return area.name if area.code else words("coverage.elsewhere")


def frame(areas: Sequence[AreaShare], words: Words) -> pd.DataFrame:
    """The table's rows, worst first: ``rank``, ``name``, ``rate`` in percent, ``unreached``, ``persons``; empty where withheld."""
    return pd.DataFrame({
        "rank": range(1, len(areas) + 1),
        "name": [area_name(area, words) for area in areas],
        "rate": [None if a.reach_rate is None else percent_value(a.reach_rate) for a in areas],
        "unreached": pd.array([area.persons_unreached for area in areas], dtype="Int64"),
        "persons": [area.persons for area in areas],
    }).astype({"rate": "float64"})


def _table(areas: Sequence[AreaShare], town: AreaShare | None, words: Words) -> None:
    key = f"table_{town.code if town else ''}_{words.language}"
    codes = [area.code for area in areas]
    at = codes.index(st.session_state["village"]) if st.session_state.get("village") in codes else None
    rows = [] if at is None else [at]
    known = (st.session_state.get(key) or {}).get("selection") or {}
    if list(known.get("rows") or []) != rows:  # picked on the map, or let go
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        row = st.session_state[key]["selection"]["rows"]
        code = codes[row[0]] if row else None
        if areas[0].level == "township":
            go(code)
        else:
            go(town.code if town else None, code)

    phone = session.on_phone()
    row_height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        frame(areas, words),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        placeholder=NONE,
        row_height=row_height,
        height=table_height(len(areas), row_height, _HEIGHT),
        column_order=["name", "rate", "unreached"] if phone else None,
        column_config=_columns(areas[0].level, words, phone=phone),
        alt=words("coverage.table_alt"),
    )


def _columns(level: str, words: Words, *, phone: bool) -> dict[str, ColumnConfig | str | None]:
    column = st.column_config
    place = words("coverage.township") if level == "township" else words("coverage.village")
    return {
        "rank": column.NumberColumn("#", width=36),
        "name": column.TextColumn(place),
        "rate": column.ProgressColumn(
            words("coverage.rate"), help=words("coverage.rate_help"), min_value=0, max_value=100, format="%.1f%%",
            width=100 if phone else 128, color=_BAR,
        ),
        "unreached": column.NumberColumn(words("coverage.unreached"), format="%,d", width=88),
        "persons": column.NumberColumn(words("coverage.persons"), format="%,d", width=80),
    }
