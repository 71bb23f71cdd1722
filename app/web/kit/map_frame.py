"""The map in a page: the one place that knows how streamlit-folium wants to be handled."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit_folium import st_folium

from app.maps.area_map import Drawn
from app.maps.pieces import elements

MAP = "map"
"""Name of the map's container in the style sheet, on whatever page."""

_HEIGHT = 580


def map_frame(
    drawn: Drawn, *, key: str = MAP,
    on_place: Callable[[str, str], bool | None] | None = None,
    on_click: Callable[[float, float], None] | None = None,
) -> None:
    """Show ``drawn``; a click runs the page, or the fragment around it, again.

    Parameters
    ----------
    drawn
        From :func:`app.maps.area_map.draw_areas`; while its base map stays the same so does the frame.
    key
        Of the map in the session; one map a page.
    on_place
        Called with kind (``township`` or ``village``, or what a feature's ``kind`` says) and code of the place clicked;
        returns True where that was all that the click was for.
    on_click
        Called with longitude and latitude (six decimals) of every other click, wherever it was; a sign's are its
        station's. Costs a run of the page for each.
    """

    def clicked() -> None:
        state = st.session_state.get(key) or {}
        # What was clicked, and where, stays in the answer after the next click; the count tells one on a shape from none.
        clicks, at = state.get("last_object_clicked_count"), state.get("last_clicked")
        here = None if at is None else (round(at["lng"], 6), round(at["lat"], 6))
        known_clicks, known_here = st.session_state.get(f"{key}_seen", (None, None))
        st.session_state[f"{key}_seen"] = clicks, here
        place = (state.get("last_active_drawing") or {}).get("properties") or {}
        taken = False
        if on_place is not None and place.get("code") and clicks != known_clicks:
            taken = bool(on_place(place["kind"], place["code"]))
        if on_click is not None and here is not None and not taken and (clicks, here) != (known_clicks, known_here):
            on_click(*here)

    if key not in st.session_state:  # a new frame counts from the beginning
        st.session_state.pop(f"{key}_seen", None)
    # Panning and zooming change none of these, so they do not run the page. The count tells a second click on the
    # same place from no click.
    returned = ["last_active_drawing", "last_object_clicked_count", *(["last_clicked"] if on_click is not None else [])]
    drawn.groups[-1].add_child(elements.answers(returned))
    with st.container(key=MAP):
        st_folium(
            drawn.base,
            key=key,
            width=None,
            height=_HEIGHT,
            feature_group_to_add=drawn.groups,
            layer_control=drawn.control,
            returned_objects=returned,
            on_change=clicked,
        )
