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
    on_place: Callable[[str, str], None] | None = None,
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
        Called with kind (``township`` or ``village``, or what a feature's ``kind`` says) and code of the place clicked.
    on_click
        Called with longitude and latitude of any click. Costs a run of the page for each.
    """

    def clicked() -> None:
        state = st.session_state.get(key) or {}
        # What was clicked stays in the answer after the next click beside it; the count tells.
        known, count = st.session_state.get(f"{key}_count"), state.get("last_object_clicked_count")
        st.session_state[f"{key}_count"] = count
        place = (state.get("last_active_drawing") or {}).get("properties") or {}
        if on_place is not None and place.get("code") and count != known:
            on_place(place["kind"], place["code"])
        at = state.get("last_clicked")
        if on_click is not None and at:
            on_click(at["lng"], at["lat"])

    if key not in st.session_state:  # a new frame counts from the beginning
        st.session_state.pop(f"{key}_count", None)
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
