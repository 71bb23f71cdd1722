"""The isochrones' side: what lies within each limit of all that counts, of one facility, or of a point of the map."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from app.maps.isochrone_map import draw as draw_map
from app.maps.pieces.ground import Ground
from app.maps.view import Caption, Figures, View
from app.messages import NONE, Words, percent_value
from app.roles import Viewer
from app.services.isochrones.report import IsochroneReport, Ring
from app.services.isochrones.service import isochrones
from app.services.isochrones.tables import isochrone_tables
from app.web.kit import empty, material, session
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.answers import kept
from app.web.kit.asked import LIMITS, Asked, point, point_text, to_address
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import Kpi, fragment, kpis, paper_table, subtitle
from app.web.views.coverage.board import go
from layers.store import Store

_ALL, _ONE, _PLACE = "all", "one", "place"
_TO, _FROM = "to", "from"
_USUAL = {"around": _ALL, "station": "", "point": "", "direction": _TO}


@dataclass(frozen=True)
class _Answer:
    """Everything that is drawn, worked out before it; ``report`` None where no point has been picked yet."""

    ground: Ground
    figures: Figures
    counted: gpd.GeoDataFrame
    caption: Caption
    around: str
    report: IsochroneReport | None
    persons: int


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """Controls, key figures, map and table."""
    state = st.session_state
    townships, villages = material.answer(viewer, store, asked)
    counted = material.counted(viewer, store, asked.choice, townships.as_of)
    _from_address()
    around, outward = _controls(counted["name"].to_dict(), words)
    _to_address(around)
    place, facility = state.get("iso_place"), state.get("iso_facility")
    with st.spinner(words("coverage.counting")):
        report = None
        if around == _ALL:
            report = _asked(viewer, store, asked, outward=outward)
        elif around == _ONE and facility in counted.index:
            report = _asked(viewer, store, asked, ids=(str(facility),), outward=outward)
        elif around == _PLACE and place is not None:
            report = _asked(viewer, store, asked, at=(place,), outward=outward)
    # as reach has it: whose place is not known can be in no circle, and is not among all either
    persons = townships.total.persons - townships.total.persons_imprecise
    kpis(_key_figures(report, persons, words))
    _board(
        _Answer(
            material.ground(viewer, store), Figures(townships.by_area, villages.by_area), counted,
            material.caption(viewer, store, townships.as_of), around, report, persons,
        ),
        words,
    )
    if report is not None:
        _on_paper(report, words)


@fragment
def _board(answer: _Answer, words: Words) -> None:
    """Map and table. Looking at a township runs only this again, picking something to draw around the page."""
    state = st.session_state
    if state.pop("iso_picked", False):
        st.rerun()
    codes = {area.code for area in answer.figures.townships}
    town = state.get("township") if answer.around == _ALL and state.get("township") in codes else None

    def picked(kind: str, code: str) -> None:
        if kind == "facility" and answer.around != _PLACE:
            state["iso_around"], state["iso_facility"], state["iso_picked"] = _ONE, code, True
        elif kind == "township" and answer.around == _ALL:
            go(code)

    def clicked(lon: float, lat: float) -> None:
        state["iso_place"], state["iso_picked"] = point(point_text(lon, lat)), True

    left, right = st.columns([1.78, 1], gap="small")
    with left:
        drawn = draw_map(
            answer.ground, answer.figures, View(counted=answer.counted, township=town), answer.caption, answer.report, words
        )
        map_frame(drawn, on_place=picked, on_click=clicked if answer.around == _PLACE else None)
    with right:
        if answer.report is None:
            empty.notice(words("iso.pick_place"))
            return
        report = answer.report
        _heading(report, town, words)
        _table(report, answer.persons, words)
        downloads(lambda: isochrone_tables(report), report.about, words("iso.name"), words)
        rule_note(report.about, words)


def limits(longest: float) -> tuple[float, ...]:
    """The limits drawn where ``longest`` is asked: the usual ones below it, and itself."""
    return (*(float(limit) for limit in LIMITS if limit < longest), longest)


def _from_address() -> None:
    """First look at this side: around what, as the address says, as far as it makes sense."""
    state, given = st.session_state, {**_USUAL, **st.query_params.to_dict()}
    if "iso_around" not in state:
        state["iso_around"] = given["around"] if given["around"] in {_ALL, _ONE, _PLACE} else _ALL
    if "iso_direction" not in state:
        state["iso_direction"] = given["direction"] if given["direction"] in {_TO, _FROM} else _TO
    state.setdefault("iso_facility", given["station"])
    if "iso_place" not in state:
        state["iso_place"] = point(given["point"])


def _to_address(around: str) -> None:
    """Keep in the page's address what is drawn around: a facility's id or a point."""
    state = st.session_state
    place = state["iso_place"] if around == _PLACE else None
    to_address({
        "around": around,
        "station": str(state["iso_facility"]) if around == _ONE else "",
        "point": "" if place is None else point_text(*place),
        "direction": state.get("iso_direction", _TO) if around != _ALL else _TO,
    }, _USUAL)  # fmt: skip


def _controls(names: dict[str, str], words: Words) -> tuple[str, bool]:
    """Around what, and which way; the facility chosen stays in the session."""
    state = st.session_state
    said = {_ALL: "iso.all", _ONE: "iso.one", _PLACE: "iso.place"}
    with st.container(horizontal=True, vertical_alignment="center", key="side_controls", gap="small"):
        around = st.segmented_control(
            words("iso.around"), list(said), key="iso_around", required=True, label_visibility="collapsed",
            format_func=lambda what: words(said[what]),
        )
        if around == _ONE and names:
            if state.get("iso_facility") not in names:
                state["iso_facility"] = next(iter(names))
            # A selectbox keeps its old choice under its key; a click on the map must win.
            state[f"iso_facility_{words.language}"] = state["iso_facility"]

            def chosen() -> None:
                state["iso_facility"] = state[f"iso_facility_{words.language}"]

            st.selectbox(
                words("iso.facility"), list(names), key=f"iso_facility_{words.language}", width=300, on_change=chosen,
                label_visibility="collapsed",
                format_func=lambda own: str(names.get(own, own)),
            )
        if around != _ALL:
            ways = {_TO: "iso.to", _FROM: "iso.from"}
            way = st.segmented_control(
                words("iso.direction"), list(ways), key="iso_direction", required=True,
                label_visibility="collapsed", format_func=lambda which: words(ways[which]),
            )
            return str(around), way == _FROM
    return str(around), False


@kept(24)
def _asked(
    viewer: Viewer, store: Store, asked: Asked, *, ids: tuple[str, ...] = (), at: tuple[tuple[float, float], ...] = (),
    outward: bool,
) -> IsochroneReport:
    alone = bool(ids or at)
    return isochrones(
        viewer, store, mode=asked.mode, minutes=limits(asked.minutes), ids=ids, at=at,
        choice=None if alone else asked.choice, outward=outward, merged=not alone,
    )


def _widest(report: IsochroneReport | None) -> Ring | None:
    return max(report.rings, key=lambda ring: ring.minutes) if report and report.rings else None


def _key_figures(report: IsochroneReport | None, persons: int, words: Words) -> list[Kpi]:
    ring = _widest(report)
    within = "" if ring is None else words("iso.within", n=words.minutes(ring.minutes))
    share = NONE if ring is None or ring.persons is None or not persons else words.percent(ring.persons / persons)
    return [
        Kpi(words("coverage.households"), words.count(ring.households if ring else None), beside=within),
        Kpi(words("coverage.persons"), words.count(ring.persons if ring else None),
            beside=f"{words('iso.share')} {share}"),
        Kpi(words("iso.area"), NONE if ring is None else f"{ring.area_km2:,.1f}"),
        Kpi(words("iso.roads"), NONE if ring is None or ring.road_km is None else f"{ring.road_km:,.1f}"),
    ]


def _heading(report: IsochroneReport, town: str | None, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
        name = "" if report.merged or not report.origins else report.origins[0].name
        subtitle(words("iso.table"), name)
        if town is not None:
            st.button(words("coverage.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))


def _table(report: IsochroneReport, persons: int, words: Words) -> None:
    number = st.column_config.NumberColumn
    rings = sorted(report.rings, key=lambda ring: ring.minutes)
    st.dataframe(
        pd.DataFrame({
            "minutes": [ring.minutes for ring in rings],
            "households": pd.array([ring.households for ring in rings], dtype="Int64"),
            "persons": pd.array([ring.persons for ring in rings], dtype="Int64"),
            "share": [
                None if ring.persons is None or not persons else percent_value(ring.persons / persons) for ring in rings
            ],
            "area": [ring.area_km2 for ring in rings],
            "roads": [ring.road_km for ring in rings],
        }).astype({"share": "float64", "roads": "float64"}),
        hide_index=True, height="content", placeholder=NONE, alt=words("iso.table"),
        column_order=["minutes", "households", "persons", "area"] if session.on_phone() else None,
        column_config={
            "minutes": number(words("iso.minutes"), format="%g", width=64),
            "households": number(words("coverage.households"), format="%,d", width=64),
            "persons": number(words("coverage.persons"), format="%,d", width=84),
            "share": number(words("iso.share_column"), help=words("iso.share"), format="%.1f%%", width=64),
            "area": number(words("iso.area"), format="%,.1f"),
            "roads": number(words("iso.roads"), format="%,.1f"),
        },
    )


def _on_paper(report: IsochroneReport, words: Words) -> None:
    paper_table(
        list(map(words, ("iso.minutes", "coverage.households", "coverage.persons", "iso.area", "iso.roads"))),
        (
            [words.minutes(ring.minutes), words.count(ring.households), words.count(ring.persons),
             f"{ring.area_km2:,.1f}", NONE if ring.road_km is None else f"{ring.road_km:,.1f}"]
            for ring in sorted(report.rings, key=lambda ring: ring.minutes)
        ),
        words("iso.table"),
    )
