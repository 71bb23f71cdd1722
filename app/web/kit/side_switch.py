"""A switch between the sides of a page; the page's address keeps which one is shown."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.messages import Words


def choose_side(sides: Mapping[str, str], words: Words, *, key: str = "side") -> str:
    """Draw the switch and read it; the page's address keeps what differs from the first, the usual side.

    Parameters
    ----------
    sides
        Name in the address to the key of the words for it, in the order of the switch.
    key
        Where the session keeps the choice; every page has its own.
    """
    state, usual = st.session_state, next(iter(sides))
    if state.get(key) not in sides:
        given = st.query_params.get("view", usual)
        state[key] = given if given in sides else usual
    with st.container(key="side_switch"):
        st.segmented_control(
            words("side.label"), list(sides), key=key, required=True, label_visibility="collapsed",
            format_func=lambda side: words(sides[side]),
        )
    chosen: str = state[key]
    if chosen == usual:
        st.query_params.pop("view", None)
    elif st.query_params.get("view") != chosen:
        st.query_params["view"] = chosen
    return chosen
