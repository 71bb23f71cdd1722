"""The answer: map, ranked table, what is missing where, and what is around a chosen point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from app.maps.circle_map import draw_circles, most_missing
from app.maps.pieces.ground import Ground
from app.maps.view import Caption, View
from app.messages import NONE, Words, percent_value
from app.roles import Viewer
from app.services.circles.report import AreaCircle, CircleReport
from app.web.kit import session
from app.web.kit.asked import point_text
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import fragment, subtitle, table_height
from app.web.views.circles.asked import CircleAsked
from app.web.views.circles.here import Spots, chosen_here, from_address, here_panel, keep_address
from app.web.views.circles.matrix import matrix
from layers.store import Store

_ROW = 30
_ROW_PHONE = 42
_HEIGHT = 320
_BAR = "#2B7383"


@dataclass(frozen=True)
class CircleAnswer:
    """Everything that the board draws, worked out before it and kept while a person looks around."""

    viewer: Viewer
    store: Store
    asked: CircleAsked
    ground: Ground
    stations: gpd.GeoDataFrame
    caption: Caption
    townships: CircleReport
    villages: CircleReport


def go(township: str | None) -> None:
    """Look at a township, or everything."""
    st.session_state["township"] = township
    st.session_state["village"] = None


@fragment
def board(answer: CircleAnswer, words: Words) -> None:
    """A click in any part of it runs only this again; the map's frame stays."""
    spots = Spots.of(answer.stations, answer.villages)
    from_address(spots)
    town = _chosen_township(answer)
    keep_address()
    left, right = st.columns([1.5, 1], gap="small")
    with left:
        _map(answer, town, spots, words)
    with right:
        _heading(town, words)
        areas = _ranked(answer, town)
        if areas:
            _table(areas, answer, town, spots, words)
        else:
            st.caption(words("empty.no_villages"))
        here_panel(answer.viewer, answer.store, answer.asked, spots, town.code if town else None, words)
    with right if session.on_phone() else left:
        subtitle(words("circle.matrix"), words("circle.matrix_says"))
        matrix(areas, town or answer.townships.total, answer.townships, words)


def _chosen_township(answer: CircleAnswer) -> AreaCircle | None:
    code = st.session_state.get("township")
    return next((area for area in answer.townships.by_area if area.code and area.code == code), None)


def _map(answer: CircleAnswer, town: AreaCircle | None, spots: Spots, words: Words) -> None:
    here = chosen_here(answer.viewer, answer.store, answer.asked, spots, words)
    view = View(counted=answer.stations, township=town.code if town else None, village=st.session_state.get("village"))
    drawn = draw_circles(answer.ground, answer.townships, answer.villages, view, answer.caption, here, words)
    inside = town is not None or answer.ground.townships.empty

    def place(kind: str, code: str) -> bool:
        if kind == "township":
            go(code)
        elif kind == "facility":
            spots.pick(f"facility:{code}")
        return kind in {"township", "facility"}

    def point(lon: float, lat: float) -> None:
        if inside:
            spots.pick(f"point:{point_text(lon, lat)}")

    map_frame(drawn, key="circle_map", on_place=place, on_click=point)


def _heading(town: AreaCircle | None, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
        if town is None:
            subtitle(words("circle.ranking"))
            return
        said = words(
            "circle.township_says", score=words.percent(town.score), n=words.count(town.persons_incomplete)
        ) if not town.too_few else words("circle.tip_few")
        subtitle(words("circle.villages_of", name=town.name), said)
        st.button(words("circle.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))


def _ranked(answer: CircleAnswer, town: AreaCircle | None) -> list[AreaCircle]:
    areas = answer.townships.by_area
    if town is not None:
        areas = tuple(area for area in answer.villages.by_area if area.township == town.code)
    elif not any(area.code for area in areas):  # nothing but villages to go by
        areas = answer.villages.by_area
    return ranked(areas)


def ranked(areas: Sequence[AreaCircle]) -> list[AreaCircle]:
    """Most persons without a full circle first; those without figures last."""
    return sorted(areas, key=lambda area: (-(area.persons_incomplete or 0), area.score is None, area.code))


def area_name(area: AreaCircle, words: Words) -> str:
    """The area's name; households outside every area have none."""
    return area.name if area.code else words("coverage.elsewhere")


def _table(
    areas: Sequence[AreaCircle], answer: CircleAnswer, town: AreaCircle | None, spots: Spots, words: Words
) -> None:
    key = f"circles_{town.code if town else ''}_{words.language}"
    codes = [area.code for area in areas]

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        code = codes[rows[0]] if rows else None
        if areas[0].level == "township":
            go(code)
        elif code:
            spots.pick(f"village:{code}")

    phone = session.on_phone()
    row_height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        pd.DataFrame({
            "rank": range(1, len(areas) + 1),
            "name": [area_name(area, words) for area in areas],
            "score": [None if area.score is None else percent_value(area.score) for area in areas],
            "incomplete": [area.persons_incomplete for area in areas],
            "lacks": [_lacks(area, answer.townships, words) for area in areas],
        }).astype({"score": "float64", "incomplete": "Int64"}),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        placeholder=NONE,
        row_height=row_height,
        height=table_height(len(areas), row_height, _HEIGHT),
        column_order=["name", "score", "incomplete"] if phone else None,
        column_config=_columns(areas[0].level, words, phone=phone),
        alt=words("circle.table_alt"),
    )


def _lacks(area: AreaCircle, report: CircleReport, words: Words) -> str | None:
    if area.score is None:
        return words("circle.tip_few") if area.too_few else None
    item, rate = most_missing(area, report, words)
    return f"{item} {words.percent(rate)}" if rate else None


def _columns(level: str, words: Words, *, phone: bool) -> dict[str, ColumnConfig | str | None]:
    column = st.column_config
    return {
        "rank": column.NumberColumn("#", width=36),
        "name": column.TextColumn(words("circle.township") if level == "township" else words("circle.village")),
        "score": column.ProgressColumn(
            words("circle.score"), help=words("circle.score_help"), min_value=0, max_value=100, format="%.1f%%",
            width=100 if phone else 120, color=_BAR,
        ),
        "incomplete": column.NumberColumn(words("circle.incomplete"), format="%,d", width=88),
        "lacks": column.TextColumn(words("circle.lacks")),
    }
