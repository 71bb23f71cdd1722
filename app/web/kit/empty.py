"""What the page says when it has nothing, or not enough, to show: one sentence and the next step."""

from __future__ import annotations

import streamlit as st

from app.messages import Words


def no_data(words: Words) -> None:
    """The store is empty."""
    with st.container(border=True, key="empty"):
        st.markdown(f"**{words('empty.store')}**")
        st.markdown(words("empty.store_next"))
        st.caption(words("empty.demo"))
        st.code("rongtu demo", language=None)
        st.caption(words("empty.osm"))
        st.code("rongtu import-osm REGION.osm.pbf --households-from buildings", language=None)


def notice(text: str) -> None:
    """Something is missing, the rest is shown."""
    st.info(text, icon=":material/info:")
