"""Coverage: one question, looked at from several sides; the address keeps which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from app.messages import Words
from app.roles import Viewer
from app.services import layers
from app.web.kit import asked, empty, material, session
from app.web.kit.asked import Asked
from app.web.kit.parts import error_text, title_line
from app.web.views.coverage import access as access_view
from app.web.views.coverage import catchments as catchment_view
from app.web.views.coverage import fairness as fairness_view
from app.web.views.coverage import isochrones as isochrone_view
from app.web.views.coverage import points as points_view
from app.web.views.coverage import reach as reach_view
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import LayerSummary, Store


class Side(NamedTuple):
    """One view of the answer: the key of its name, and what draws it below the question."""

    name: str
    draw: Callable[[Viewer, Store, Asked, Words], None]


SIDES: Mapping[str, Side] = {
    "reach": Side("side.reach", reach_view.draw),
    "isochrones": Side("side.isochrones", isochrone_view.draw),
    "catchments": Side("side.catchments", catchment_view.draw),
    "access": Side("side.access", access_view.draw),
    "fairness": Side("side.fairness", fairness_view.draw),
    "points": Side("side.points", points_view.draw),
}
"""In the order of the switch; the first is the usual one."""

_USUAL = next(iter(SIDES))


def page() -> None:
    """The page, or what is missing for it and how to get it."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    if store.is_empty():
        title_line(words("coverage.title"), [words("app.not_loaded")], fictional=False, words=words)
        empty.no_data(words)
        return
    _title(store, {summary.name: summary for summary in layers.summaries(viewer, store)}, words)
    chosen = _side(words)
    question = asked.ask(material.facility_options(viewer, store), words)
    try:
        SIDES[chosen].draw(viewer, store, question, words)
    except RongtuError as error:
        empty.notice(error_text(error, words))


def _title(store: Store, summaries: dict[str, LayerSummary], words: Words) -> None:
    region, townships = store.region(), summaries.get("townships")
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("app.townships", n=townships.rows) if townships and townships.rows else "",
        words("app.as_of", date=words.date(store.as_of())),
    ]
    title_line(words("coverage.title"), facts, fictional=bool(region and region.fictional), words=words)


def _side(words: Words) -> str:
    """Draw the switch and read it; the page's address keeps what differs from the usual."""
    state = st.session_state
    if state.get("side") not in SIDES:
        given = st.query_params.get("view", _USUAL)
        state["side"] = given if given in SIDES else _USUAL
    with st.container(key="side_switch"):
        st.segmented_control(
            words("side.label"), list(SIDES), key="side", required=True, label_visibility="collapsed",
            format_func=lambda side: words(SIDES[side].name),
        )
    chosen: str = state["side"]
    if chosen == _USUAL:
        st.query_params.pop("view", None)
    elif st.query_params.get("view") != chosen:
        st.query_params["view"] = chosen
    return chosen
