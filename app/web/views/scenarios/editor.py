"""What a scenario changes: its list of changes, and the forms that put one in, by hand or by clicks on the map."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import get_args

import geopandas as gpd
import streamlit as st

from app.messages import LEVEL_SHORT, MODE, Words
from app.services.scenarios.definition import (
    AddStation,
    Change,
    CloseRoads,
    CloseStation,
    Level,
    Line,
    MoveStation,
    People,
    Polygon,
    Position,
    ScenarioError,
    Speeds,
    as_scenario,
)
from app.services.scenarios.report import WhatIfReport
from app.services.scenarios.roads import RoadHere
from app.web.kit.parts import error_text, subtitle
from app.web.views.scenarios import draft as drafting
from app.web.views.scenarios.draft import Draft
from geo.speeds import Mode
from layers.vocabulary import ROAD_CLASS

LOOK = "look"
ROAD = "road"
TOOLS = (LOOK, "add", "move", "close", ROAD, "area", "line", "speeds", "people")
_LABELS = {
    LOOK: "scenario.look", "add": "scenario.add", "move": "scenario.move", "close": "scenario.close",
    ROAD: "scenario.road", "area": "scenario.area", "line": "scenario.line", "speeds": "scenario.speeds", "people": "scenario.people",
}  # fmt: skip
_TOOL = "scenario_tool"
_OTHER_PEOPLE = People(file="households.gpkg")


def tool() -> str:
    """The kind of change that is being made; ``look`` for none."""
    found: str = st.session_state.get(_TOOL, LOOK)
    return found


def takes_clicks() -> bool:
    """True where a click on the map is a place of the change."""
    return tool() in {"add", "move", ROAD, "area", "line"}


def clicked(lon: float, lat: float) -> None:
    """Take a click on the map for the change that is being made."""
    if takes_clicks():
        drafting.add_point(lon, lat, only=takes_one_place())


def takes_one_place() -> bool:
    """True where the change is about one place, so that a further click replaces it."""
    return tool() in {"add", "move", ROAD}


def station_clicked(key: str) -> bool:
    """Take a click on a station where a station is asked; False where a place is, as for one that is to move."""
    asked = tool() == "close" or (tool() == "move" and drafting.station() is None)
    if asked:
        drafting.choose_station(key)
    return asked


def changes(draft: Draft, report: WhatIfReport, words: Words) -> None:
    """The list of changes, each with what became of it and a button that takes it out."""
    outcomes = report.changes
    said = words(
        "scenario.applied_n", n=sum(outcome.applied for outcome in outcomes),
        before=words.count(report.stations_before), after=words.count(report.stations_after),
    )  # fmt: skip
    subtitle(words("scenario.changes"), said if outcomes else "")
    people = draft.scenario.people
    if not outcomes and people is None:
        st.caption(words("scenario.no_changes"))
    if people is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="change_people"):
            st.markdown(words("scenario.people_are", whose=words.pick(people.label)), width="stretch")
            if st.button(words("scenario.remove"), key="remove_people", icon=":material/delete:", type="tertiary"):
                drafting.with_people(draft, None)
                st.rerun()
    for outcome in outcomes:
        with st.container(horizontal=True, vertical_alignment="center", key=f"change_{outcome.number}"):
            said = f"{outcome.number}\\. {words.pick(outcome.label)}"
            if outcome.remark is not None:
                why = words.pick(outcome.remark)
                said += f"  \n:red[{why if outcome.applied else words('scenario.not_applied', why=why)}]"
            st.markdown(said, width="stretch")
            if st.button(words("scenario.remove"), key=f"remove_{outcome.number}", icon=":material/delete:", type="tertiary"):
                drafting.without_change(draft, outcome.number - 1)
                st.rerun()


def editor(
    draft: Draft, stations: gpd.GeoDataFrame, mode: str, road_at: Callable[[Position], RoadHere | None],
    days: Callable[[], Sequence[dt.date] | None], words: Words,
) -> None:  # fmt: skip
    """Choose a kind of change and make it.

    ``road_at`` tells which road a click means, ``days`` as of which earlier days there are people, None where only counts are shown.
    """
    st.session_state.setdefault(_TOOL, LOOK)
    forms: Mapping[str, Callable[[], None]] = {
        "add": partial(_add, draft, words),
        "move": partial(_move, draft, stations, words),
        "close": partial(_close, draft, stations, words),
        ROAD: partial(_road, draft, road_at, words),
        "area": partial(_draw, draft, words),
        "line": partial(_draw, draft, words),
        "speeds": partial(_speeds, draft, mode, words),
        "people": partial(_people, draft, days, words),
    }
    with st.container(key="editor"):  # left out on paper
        st.pills(  # they wrap on a phone
            words("scenario.tool"), list(TOOLS), key=_TOOL, required=True, format_func=lambda kind: words(_LABELS[kind]),
            on_change=drafting.forget_points, wrap=True,
        )  # fmt: skip
        if tool() == LOOK:
            st.caption(words("scenario.look_says"))
        else:
            forms[tool()]()


def _put_in(draft: Draft, change: Change | None, words: Words) -> None:
    said = words("scenario.put_in")
    if st.button(said, key="put_in", type="primary", disabled=change is None, icon=":material/add:") and change is not None:
        drafting.with_change(draft, change)
        st.rerun()  # the whole page: everything is counted again


def _place(words: Words) -> Position | None:
    """The place that was clicked, or is written."""
    clicks = drafting.points()
    text = st.text_input(
        words("scenario.at"), value=f"{clicks[-1][0]:.6f}, {clicks[-1][1]:.6f}" if clicks else "",
        placeholder=words("scenario.at_bad"), key=f"at_{clicks[-1] if clicks else ''}",
    )  # fmt: skip
    if not text.strip():
        return None
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        lon = lat = float("nan")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        st.caption(f":red[{words('scenario.at_bad')}]")
        return None
    return lon, lat


def _station(stations: gpd.GeoDataFrame, words: Words) -> str | None:
    keys = stations.index.tolist()
    known = drafting.station()
    found: str | None = st.selectbox(
        words("scenario.station"), keys, index=keys.index(known) if known in keys else None,
        placeholder=words("scenario.choose"), format_func=lambda key: str(stations["name"].get(key, key)),
        key=f"station_{known}_{words.language}",
    )  # fmt: skip
    drafting.choose_station(found)
    return found


def _add(draft: Draft, words: Words) -> None:
    st.caption(words("scenario.click_place"))
    at = _place(words)
    n = sum(isinstance(change, AddStation) for change in draft.scenario.changes) + 1
    name = st.text_input(
        words("scenario.new_station"), value=words("scenario.new_station_name", n=n), max_chars=100, key=f"new_name_{n}"
    )
    with st.container(horizontal=True):
        level: Level = st.selectbox(
            words("scenario.level"), get_args(Level), key=f"level_{words.language}",
            format_func=lambda code: words.pick(LEVEL_SHORT.label(code)),
        )  # fmt: skip
        staff = st.number_input(words("scenario.staff"), 0, 500, 1, key="new_staff")
    ready = at is not None and bool(name.strip())
    change = AddStation("add_station", name.strip(), at, level, int(staff)) if ready and at is not None else None
    _put_in(draft, change, words)


def _move(draft: Draft, stations: gpd.GeoDataFrame, words: Words) -> None:
    st.caption(words("scenario.click_station"))
    key = _station(stations, words)
    st.caption(words("scenario.click_place"))
    at = _place(words)
    _put_in(draft, MoveStation("move_station", key, at) if key and at else None, words)


def _close(draft: Draft, stations: gpd.GeoDataFrame, words: Words) -> None:
    st.caption(words("scenario.click_station"))
    key = _station(stations, words)
    _put_in(draft, CloseStation("close_station", key) if key else None, words)


def _road(draft: Draft, road_at: Callable[[Position], RoadHere | None], words: Words) -> None:
    """Close the road that was clicked, or open it again, and count anew."""
    st.caption(words("scenario.click_road"))
    clicks = drafting.points()
    if clicks and (road := road_at(clicks[-1])) is not None:
        drafting.toggle_road(draft, road)
        st.rerun()  # the whole page: everything is counted again
    if clicks:
        st.caption(f":red[{words('scenario.no_road')}]")
    elif (picked := drafting.toggled_road()) is not None:
        road, closed = picked
        st.markdown(words("scenario.road_closed" if closed else "scenario.road_open", road=words.pick(road.label)))


def _draw(draft: Draft, words: Words) -> None:
    area = tool() == "area"
    st.caption(words("scenario.click_area" if area else "scenario.click_line"))
    clicks = drafting.points()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words("scenario.points_n", n=len(clicks)))
        st.button(words("scenario.undo_point"), key="undo_point", disabled=not clicks, on_click=drafting.drop_point)
        st.button(words("scenario.clear_points"), key="clear_points", disabled=not clicks,
                  on_click=drafting.forget_points)
    with st.expander(words("scenario.paste")):
        text = st.text_area(words("scenario.paste_says"), key="pasted", height=100)
    change, wrong = None, ""
    try:
        if text.strip():
            change = _pasted(text, words)
        elif len(clicks) >= (3 if area else 2):
            shape = Polygon("Polygon", ((*clicks, clicks[0]),)) if area else Line("LineString", clicks)
            change = CloseRoads("close_roads", shape=shape)
    except ScenarioError as error:
        wrong = error_text(error, words)
    if wrong:
        st.caption(f":red[{wrong}]")
    _put_in(draft, change, words)


def _pasted(text: str, words: Words) -> CloseRoads:
    """The closure that a GeoJSON geometry or feature stands for.

    Raises
    ------
    ScenarioError
        When it is none, or crosses itself.
    """
    try:
        given = json.loads(text)
    except ValueError:
        raise ScenarioError(words("scenario.paste_bad")) from None
    if isinstance(given, dict) and given.get("type") == "Feature":
        given = given.get("geometry")
    if not isinstance(given, dict):
        raise ScenarioError(words("scenario.paste_bad"))
    shape = {name: given.get(name) for name in ("type", "coordinates")}
    found = as_scenario({"name": "-", "changes": [{"change": "close_roads", "shape": shape}]}).changes[0]
    assert isinstance(found, CloseRoads)  # noqa: S101 - what was just read
    return found


def _people(draft: Draft, days: Callable[[], Sequence[dt.date] | None], words: Words) -> None:
    """Hold the present people against those of an earlier load."""
    known = days()
    if not known:
        why = words("scenario.people_counts" if known is None else "scenario.people_one_load")
        st.caption(words("scenario.people_none", why=why, file=_OTHER_PEOPLE.file))
        st.download_button(
            words("scenario.people_file"), replace(draft.scenario, people=_OTHER_PEOPLE).to_json(), f"{draft.scenario.name}.json",
            "application/json", on_click="ignore", icon=":material/download:", key="people_file",
        )  # fmt: skip
        return
    st.caption(words("scenario.people_says"))
    day = st.selectbox(
        words("scenario.people_as_of"), known, index=None, placeholder=words("scenario.choose"), format_func=words.date,
        key=f"people_day_{words.language}",
    )  # fmt: skip
    if st.button(words("scenario.put_in"), key="put_in", type="primary", disabled=day is None, icon=":material/add:"):
        drafting.with_people(draft, People(as_of=day))
        st.rerun()  # the whole page: everything is counted again


def _speeds(draft: Draft, mode: str, words: Words) -> None:
    asked = st.selectbox(
        words("coverage.mode"), list(MODE), index=list(MODE).index(mode), key=f"speed_mode_{words.language}",
        format_func=lambda code: words.pick(MODE.label(code)),
    )  # fmt: skip
    classes = st.multiselect(
        words("scenario.classes"), list(ROAD_CLASS), key=f"speed_classes_{words.language}",
        placeholder=words("scenario.choose"), format_func=lambda code: words.pick(ROAD_CLASS.label(code)),
    )  # fmt: skip
    factor = st.number_input(words("scenario.factor"), 0.05, 5.0, 0.5, 0.05, key="speed_factor")
    change = None if factor == 1 else Speeds("speeds", Mode(asked), tuple(classes), factor=float(factor))
    _put_in(draft, change, words)
