"""The view of access with supply: how much staff everybody shares, and what every station carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import geopandas as gpd
import pandas as pd
import streamlit as st

from app.maps.access_map import draw_access
from app.maps.pieces.ground import Ground
from app.maps.view import Caption, View
from app.messages import NONE, Words
from app.roles import Viewer
from app.services.access.report import STATION_STATE, AccessReport, AreaAccess, StationLoad
from app.services.access.service import access
from app.services.access.tables import access_tables
from app.services.answers.tables import Table
from app.services.county.units import By
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.answers import kept
from app.web.kit.asked import Asked
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import Kpi, error_text, fragment, kpis, paper_table, subtitle, table_height
from app.web.views.coverage.board import go
from geo.errors import RongtuError
from layers.store import Store

_DECAY_KEYS = {"gaussian": "access.gaussian", "step": "access.step", "binary": "access.binary"}
"""The usual one first."""

_ROW, _ROW_PHONE = 30, 42
_HEIGHT = 440
_PAPER_STATIONS = 20
"""So many stations are printed; the workbook has them all."""


@dataclass(frozen=True)
class _Answer:
    """Everything that is drawn, worked out before it and kept while a person looks around."""

    ground: Ground
    counted: gpd.GeoDataFrame
    caption: Caption
    townships: AccessReport
    villages: AccessReport


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """Key figures, map, areas and stations of one question; or what is missing for it."""
    decay = st.segmented_control(
        words("access.decay"), list(_DECAY_KEYS), key="decay", default="gaussian", required=True,
        format_func=lambda name: words(_DECAY_KEYS[name]),
    )  # fmt: skip
    try:
        with st.spinner(words("coverage.counting")):
            townships, villages = _reports(viewer, store, asked, str(decay))
    except RongtuError as error:
        empty.notice(error_text(error, words))
        return
    about, ground = townships.about, material.ground(viewer, store)
    if townships.total.access_per_1000 is None or not townships.stations_counted:
        for note in about.notes:
            empty.notice(words.pick(note))
    else:
        kpis(_key_figures(townships, words))
    answer = _Answer(
        ground,
        material.counted(viewer, store, asked.choice, about.as_of),
        material.caption(viewer, store, about.as_of),
        townships,
        villages,
    )
    _board(answer, lambda: access_tables(viewer, store, townships, villages, choice=asked.choice), words)
    _on_paper(townships, words)


@kept(16)
def _reports(viewer: Viewer, store: Store, asked: Asked, decay: str) -> tuple[AccessReport, AccessReport]:
    townships, villages = (
        access(viewer, store, mode=asked.mode, minutes=asked.minutes, decay=decay, by=by, choice=asked.choice)
        for by in get_args(By)
    )
    return townships, villages


def _key_figures(report: AccessReport, words: Words) -> list[Kpi]:
    total, stations = report.total, report.stations
    heaviest = max((s for s in stations if s.persons_per_staff), key=lambda s: s.persons_per_staff or 0, default=None)
    none = sum(s.staff == 0 for s in stations)
    unknown = sum(s.staff is None for s in stations)
    beside = words("access.of_persons", n=words.count(total.persons - total.persons_imprecise))
    if total.persons_near_unknown:
        beside = f"{beside} · {words('access.unsure', n=words.count(total.persons_near_unknown))}"
    large = sum(s.model_size for s in stations)
    said = words("access.unstaffed_of", none=none, unknown=unknown)
    if large:
        said = f"{said} · {words('access.model_size', n=large, persons=report.model_persons)}"
    return [
        Kpi(words("access.per_1000"), _number(total.access_per_1000), words("access.staff_unit"),
            words("access.staff_of", staff=words.count(report.staff), stations=words.count(report.stations_counted))),
        Kpi(words("access.without_kpi"), words.count(total.persons_without), words("access.persons_unit"), beside),
        Kpi(words("access.heaviest"), words.count(heaviest.persons_per_staff if heaviest else None),
            words("access.per_staff_unit"), heaviest.name if heaviest else NONE),
        Kpi(words("access.unstaffed"), str(none + unknown), f"/ {len(stations)}", said, warns=bool(none + unknown)),
    ]  # fmt: skip


@fragment
def _board(answer: _Answer, tables: Callable[[], Sequence[Table]], words: Words) -> None:
    """Map and tables. A click in any of them runs only this again; the map's frame stays."""
    town = next((a for a in answer.townships.by_area if a.code and a.code == st.session_state.get("township")), None)
    home = {area.code: area.township for area in answer.villages.by_area}

    def picked(kind: str, code: str) -> None:
        if kind == "township":
            go(code)
        elif kind == "village":
            go(home.get(code) or None, code)

    left, right = st.columns([1.78, 1], gap="small")
    with left:
        view = View(counted=answer.counted, township=town.code if town else None, village=st.session_state.get("village"))
        drawn = draw_access(answer.ground, answer.townships, answer.villages, view, answer.caption, words)
        map_frame(drawn, on_place=picked)
    with right:
        _heading(town, words)
        _areas(_ranked(answer, town), town, words)
        downloads(tables, answer.townships.about, words("access.name"), words)
        rule_note(answer.townships.about, words)
    with right if session.on_phone() else left:
        stations = [s for s in answer.townships.stations if town is None or s.township == town.code]
        _stations(stations, words)


def _heading(town: AreaAccess | None, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
        if town is None:
            subtitle(words("access.ranking"))
            return
        subtitle(words("coverage.villages_of", name=town.name), f"{words('access.per_1000')} {_number(town.access_per_1000)}")
        st.button(words("coverage.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))


def _ranked(answer: _Answer, town: AreaAccess | None) -> list[AreaAccess]:
    areas: Sequence[AreaAccess] = answer.townships.by_area
    if town is not None:
        areas = [area for area in answer.villages.by_area if area.township == town.code]
    elif not any(area.code for area in areas):  # nothing but villages to go by
        areas = answer.villages.by_area
    return sorted(areas, key=lambda a: (a.access_per_1000 is None, a.access_per_1000 or 0, a.code))


def _areas(areas: Sequence[AreaAccess], town: AreaAccess | None, words: Words) -> None:
    if not areas:
        st.caption(words("empty.no_villages"))
        return
    key = f"access_areas_{town.code if town else ''}_{words.language}"

    def picked() -> None:
        row = st.session_state[key]["selection"]["rows"]
        area = areas[row[0]] if row else None
        if area is not None and area.code:
            go(*((area.code,) if area.level == "township" else (area.township or None, area.code)))

    column, phone = st.column_config, session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        pd.DataFrame({
            "rank": range(1, len(areas) + 1),
            "name": [_area_name(area, words) for area in areas],
            "rate": [area.access_per_1000 for area in areas],
            "without": pd.array([area.persons_without for area in areas], dtype="Int64"),
            "persons": [area.persons for area in areas],
        }).astype({"rate": "float64"}),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        placeholder=NONE,
        row_height=height,
        height=table_height(len(areas), height, _HEIGHT),
        column_order=["name", "rate", "without"] if phone else None,
        column_config={
            "rank": column.NumberColumn("#", width=36),
            "name": column.TextColumn(words("coverage.village" if town else "coverage.township")),
            "rate": column.NumberColumn(words("access.per_1000"), format="%.1f", width=124),
            "without": column.NumberColumn(words("access.without"), format="%,d", width=96),
            "persons": column.NumberColumn(words("coverage.persons"), format="%,d", width=86),
        },
        alt=words("access.table_alt"),
    )


def _stations(stations: Sequence[StationLoad], words: Words) -> None:
    subtitle(words("access.stations"), words("access.stations_note"))
    if not stations:
        return
    column, phone = st.column_config, session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        pd.DataFrame({
            "name": [s.name for s in stations],
            "township": [s.township_name for s in stations],
            "staff": pd.array([s.staff for s in stations], dtype="Int64"),
            "persons": pd.array([s.persons for s in stations], dtype="Int64"),
            "load": [s.persons_per_staff for s in stations],
            "state": [words.pick(STATION_STATE.label(s.state)) for s in stations],
        }).astype({"load": "float64"}),
        key=f"access_stations_{words.language}",
        hide_index=True,
        placeholder=NONE,
        row_height=height,
        height=table_height(len(stations), height, _HEIGHT),
        column_order=["name", "staff", "load"] if phone else None,
        column_config={
            "name": column.TextColumn(words("access.station")),
            "township": column.TextColumn(words("coverage.township"), width=110),
            "staff": column.NumberColumn(words("access.staff"), width=64),
            "persons": column.NumberColumn(words("access.within"), format="%,d", width=104),
            "load": column.NumberColumn(words("access.load"), format="%,.1f", width=120),
            "state": column.TextColumn(words("access.state"), width=110),
        },
        alt=words("access.stations"),
    )


def _on_paper(report: AccessReport, words: Words) -> None:
    areas = sorted(report.by_area, key=lambda a: (a.access_per_1000 is None, a.access_per_1000 or 0, a.code))
    paper_table(
        ["#", *map(words, ("coverage.township", "access.per_1000", "access.without", "coverage.persons"))],
        (
            [str(rank), _area_name(area, words), _number(area.access_per_1000), words.count(area.persons_without),
             words.count(area.persons)]
            for rank, area in enumerate(areas, start=1)
        ),
        words("access.ranking"),
    )  # fmt: skip
    paper_table(
        list(map(words, ("access.station", "coverage.township", "access.staff", "access.within", "access.load", "access.state"))),
        (
            [s.name, s.township_name, words.count(s.staff), words.count(s.persons), _number(s.persons_per_staff),
             words.pick(STATION_STATE.label(s.state))]
            for s in report.stations[:_PAPER_STATIONS]
        ),
        words("access.stations"),
    )  # fmt: skip


def _area_name(area: AreaAccess, words: Words) -> str:
    return area.name if area.code else words("coverage.elsewhere")


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:,.1f}"
