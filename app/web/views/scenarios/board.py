"""The answer to a scenario: the map of differences beside the editor, the table before and after, the stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit.elements.lib.column_types import ColumnConfig

from app.maps.pieces.ground import Ground
from app.maps.scenario_map import Place, Sketch, draw_scenario
from app.maps.view import Caption, View
from app.messages import NONE, Words, percent_value, signed_points
from app.roles import Viewer
from app.services.scenarios.definition import Position
from app.services.scenarios.people import people_days
from app.services.scenarios.report import AreaChange, LoadChange, WhatIfReport
from app.services.scenarios.roads import RoadHere, nearest_road
from app.services.scenarios.tables import FATE
from app.web.kit import session
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import fragment, subtitle, table_height
from app.web.views.scenarios import draft as drafting
from app.web.views.scenarios import editor as editing
from app.web.views.scenarios import material as scenario_material
from app.web.views.scenarios.draft import Draft
from layers.store import Store
from layers.vocabulary import ROAD_CLASS

_PHONE_COLUMNS = ("name", "before", "points", "points_2")
_ROW = 30
_ROW_PHONE = 42
_HEIGHT = 560
_LOADS = 12
_KEY = "scenario_map"
_MISS = 0.02
"""Share of what is looked at that a click may miss a road by: some 16 pixels at a desk, 7 on a phone."""
_DEGREE_M = 111_000
NUMBERS = ("①", "②")
"""Of two scenarios side by side."""


@dataclass(frozen=True)
class Tried:
    """One scenario's answers by township and by village, and what of it is drawn."""

    draft: Draft
    townships: WhatIfReport
    villages: WhatIfReport
    places: list[Place]
    roads: NDArray[Any]


@dataclass(frozen=True)
class ScenarioAnswer:
    """Everything that the board draws: the scenario looked at, and perhaps one beside it."""

    viewer: Viewer
    store: Store
    ground: Ground
    stations: gpd.GeoDataFrame
    counted: gpd.GeoDataFrame
    caption: Caption
    first: Tried
    second: Tried | None = None


def go(township: str | None) -> None:
    """Look at a township, or everything."""
    st.session_state["township"] = township
    st.session_state["village"] = None


@fragment
def board(answer: ScenarioAnswer, words: Words) -> None:
    """A click on the map runs only this again; a change to the scenario runs the page."""
    town = _chosen_township(answer)
    left, right = st.columns([1.6, 1], gap="small")
    with left:
        _map(answer, _shown(answer, words), town, words)
    with right:
        editing.editor(
            answer.first.draft, answer.stations, answer.first.townships.mode, lambda at: _road_at(answer, town, at),
            lambda: people_days(answer.viewer, answer.store) if answer.viewer.points else None, words,
        )  # fmt: skip
        editing.changes(answer.first.draft, answer.first.townships, words)
    left, right = st.columns([1.6, 1], gap="small")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
            title = words("scenario.table") if town is None else words("coverage.villages_of", name=town.name)
            subtitle(title, "　".join(_named(answer)) if answer.second else "")
            if town is not None:
                st.button(words("coverage.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))
        _table(answer, town, words)
    with right:
        subtitle(words("scenario.loads"))
        _loads(answer.first.townships.stations, words)


def _named(answer: ScenarioAnswer) -> list[str]:
    """The names of the scenarios, numbered where there are two."""
    names = [tried.draft.scenario.name for tried in (answer.first, answer.second) if tried is not None]
    return names if len(names) == 1 else [f"{number} {name}" for number, name in zip(NUMBERS, names, strict=True)]


def _chosen_township(answer: ScenarioAnswer) -> AreaChange | None:
    code = st.session_state.get("township")
    return next((area for area in answer.first.townships.by_area if area.code and area.code == code), None)


def _road_at(answer: ScenarioAnswer, town: AreaChange | None, at: Position) -> RoadHere | None:
    """The road that a click means: of those that can be seen, the nearest."""
    box = answer.ground.focus(town.code) if town is not None else None
    west, south, east, north = box or answer.ground.bounds
    return nearest_road(
        answer.viewer, answer.store, at, within_m=_MISS * _DEGREE_M * max(east - west, north - south),
        classes=tuple(answer.ground.roads) if box is None else tuple(ROAD_CLASS),
    )


def _shown(answer: ScenarioAnswer, words: Words) -> Tried:
    """Which of two is on the map."""
    if answer.second is None:
        return answer.first
    names = _named(answer)
    picked = st.segmented_control(words("scenario.map_of"), names, default=names[0], required=True, key="on_the_map")
    return answer.second if picked == names[1] else answer.first


def _map(answer: ScenarioAnswer, shown: Tried, town: AreaChange | None, words: Words) -> None:
    sketch = Sketch(drafting.points(), editing.tool() == "area")
    box = answer.ground.focus(town.code) if town is not None and editing.tool() == editing.ROAD else None
    if box is not None:
        sketch = replace(sketch, roads=scenario_material.small_roads(answer.viewer, answer.store, box))
    view = View(counted=answer.counted, township=town.code if town else None)
    drawn = draw_scenario(
        answer.ground, shown.townships, shown.villages, shown.draft.scenario, shown.places, shown.roads, sketch, view,
        answer.caption, words,
    )  # fmt: skip
    def place(kind: str, code: str) -> bool:
        if editing.tool() != editing.LOOK:
            return kind == "facility" and editing.station_clicked(code)
        if kind == "facility":
            go(str(answer.counted["township"].get(code) or "") or None)
        elif kind == "township":
            go(code)
        return True

    map_frame(drawn, key=_KEY, on_place=place, on_click=editing.clicked)


def _table(answer: ScenarioAnswer, town: AreaChange | None, words: Words) -> None:
    both = [tried for tried in (answer.first, answer.second) if tried is not None]
    rows = _areas(both, town)
    phone = session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    if not rows[0]:
        st.caption(words("empty.no_villages"))
        return
    frame = comparison(rows, words)
    st.dataframe(
        frame, hide_index=True, placeholder=NONE, row_height=height, height=table_height(len(frame), height, _HEIGHT),
        column_config=_columns(len(both), rows[0][0].level, words),
        column_order=_PHONE_COLUMNS[: 2 + len(both)] if phone else None,
        alt=words("scenario.table_alt"), key=f"scenario_table_{words.language}_{len(both)}",
    )  # fmt: skip


def _areas(both: Sequence[Tried], town: AreaChange | None) -> list[list[AreaChange]]:
    """The areas of the table, those that differ most first: townships and the total, or the villages of one township."""
    named = any(area.code for area in both[0].townships.by_area)
    listed = []
    for tried in both:
        areas = tried.townships.by_area if named and town is None else tried.villages.by_area
        listed.append({area.code: area for area in areas if town is None or area.township == town.code})
    codes = sorted(listed[0], key=lambda code: (-max(_moved(areas[code]) for areas in listed), code))
    whole = [[] if town is not None else [tried.townships.total] for tried in both]
    return [[*(areas[code] for code in codes), *total] for areas, total in zip(listed, whole, strict=True)]


def _moved(area: AreaChange) -> float:
    """By how many points the area's reach differs, a withheld one a little."""
    if area.difference is None:
        return 0.01
    return abs(area.difference.reach_points or 0.0)


def comparison(rows: Sequence[Sequence[AreaChange]], words: Words) -> pd.DataFrame:
    """Before, after and the difference by area; of a second scenario only what comes after.

    Rates in percent; columns of the second carry ``_2``.
    """
    first = rows[0]
    table: dict[str, list[object]] = {
        "name": [_name(area, words) for area in first],
        "before": [_percent(area.before.reach_rate) for area in first],
    }
    for k, areas in enumerate(rows):
        suffix = f"_{k + 1}" if k else ""
        table[f"after{suffix}"] = [_percent(area.after.reach_rate) if area.after else None for area in areas]
        table[f"points{suffix}"] = [signed_points(area.difference.reach_points) if area.difference else NONE for area in areas]
        table[f"newly{suffix}"] = [area.newly_reached.persons if area.newly_reached else None for area in areas]
        table[f"lost{suffix}"] = [area.newly_lost.persons if area.newly_lost else None for area in areas]
        if not k:
            table["stations"] = [_stations(area) for area in areas]
    numbers = {name: "float64" if name.startswith(("before", "after")) else "Int64" for name in table
               if name.startswith(("before", "after", "newly", "lost"))}  # fmt: skip
    return pd.DataFrame(table).astype(numbers)


def _name(area: AreaChange, words: Words) -> str:
    if not area.level:
        return words("scenario.total")
    return area.name if area.code else words("coverage.elsewhere")


def _percent(rate: float | None) -> float | None:
    return None if rate is None else percent_value(rate)


def _stations(area: AreaChange) -> str:
    """Units with a station of all, before and, where it differs, after."""
    was, now = area.before, area.after
    said = f"{was.units_with_station}/{was.units}"
    differs = now is not None and now.units_with_station != was.units_with_station
    return f"{said} → {now.units_with_station}" if now is not None and differs else said


def _columns(scenarios: int, level: str, words: Words) -> dict[str, ColumnConfig | str | None]:
    column = st.column_config
    found: dict[str, ColumnConfig | str | None] = {
        "name": column.TextColumn(words("coverage.village" if level == "village" else "coverage.township")),
        "before": column.NumberColumn(words("scenario.before"), format="%.1f%%"),
        "stations": column.TextColumn(words("scenario.establishment")),
    }
    for k in range(scenarios):
        suffix, own = (f"_{k + 1}" if k else ""), (NUMBERS[k] if scenarios > 1 else "")
        found[f"after{suffix}"] = column.NumberColumn(own + words("scenario.after"), format="%.1f%%")
        found[f"points{suffix}"] = column.TextColumn(own + words("scenario.difference"))
        found[f"newly{suffix}"] = column.NumberColumn(own + words("scenario.newly"), format="%,d")
        found[f"lost{suffix}"] = column.NumberColumn(own + words("scenario.lost"), format="%,d")
    return found


def _loads(stations: Sequence[LoadChange], words: Words) -> None:
    """Stations by how much their load differs, those that the scenario changes first."""
    def differs(one: LoadChange) -> int:
        return abs((one.households_after or 0) - (one.households_before or 0))

    listed = [one for one in stations if one.state != "kept" or differs(one)]
    listed.sort(key=lambda one: (one.state == "kept", -differs(one), one.id))
    if not listed:
        st.caption(words("scenario.no_loads"))
        return
    frame = pd.DataFrame({
        "name": [one.name for one in listed[:_LOADS]],
        "fate": [words.pick(FATE.label(one.state)) for one in listed[:_LOADS]],
        "before": [one.households_before for one in listed[:_LOADS]],
        "after": [one.households_after for one in listed[:_LOADS]],
    }).astype({"before": "Int64", "after": "Int64"})
    column = st.column_config
    st.dataframe(
        frame, hide_index=True, placeholder=NONE, row_height=_ROW, height="content", alt=words("scenario.loads_alt"),
        column_order=("name", "before", "after") if session.on_phone() else None,
        column_config={
            "name": column.TextColumn(words("scenario.station")),
            "fate": column.TextColumn(words("scenario.fate"), width=60),
            "before": column.NumberColumn(words("scenario.households_before"), format="%,d", width=80),
            "after": column.NumberColumn(words("scenario.households_after"), format="%,d", width=80),
        },
    )  # fmt: skip
