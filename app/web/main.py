"""The pages: what surrounds them, and the list of them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image
from streamlit.navigation.page import StreamlitPage

from app.assets import icon_png, use_local_assets
from app.messages import Words
from app.web.kit import asked, session
from app.web.kit.parts import error_text, styles
from app.web.views.circles import page as circles
from app.web.views.coverage import page as coverage
from app.web.views.data import page as data
from app.web.views.scenarios import page as scenarios
from app.web.views.siting import page as siting
from geo.errors import RongtuError


def main() -> None:
    """Draw the frame and run the page that the address names."""
    use_local_assets()
    words = session.words()
    icon = Image.open(io.BytesIO(icon_png()))
    st.set_page_config(page_title=words("app.title"), page_icon=icon, layout="wide", initial_sidebar_state="collapsed")
    styles()
    asked.keep()
    st.button(words("app.other_language"), key="language", type="tertiary", on_click=session.switch_language)
    pages = _pages(words)
    chosen = st.navigation(pages, position="top")
    try:
        chosen.run()
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
    _bottom_bar(pages)


def _pages(words: Words) -> list[StreamlitPage]:
    """In the order of the navigation; the first is the one that a bare address opens."""
    return [
        st.Page(coverage.page, title=words("coverage.nav"), icon=":material/map:", url_path="coverage", default=True),
        st.Page(circles.page, title=words("circle.nav"), icon=":material/join:", url_path="circles"),
        st.Page(siting.page, title=words("siting.nav"), icon=":material/add_location_alt:", url_path="siting"),
        st.Page(scenarios.page, title=words("scenario.nav"), icon=":material/alt_route:", url_path="scenarios"),
        st.Page(data.page, title=words("data.nav"), icon=":material/database:", url_path="data"),
    ]


def _bottom_bar(pages: Sequence[StreamlitPage]) -> None:
    """The same links where a thumb is; the style sheet shows them on phones only."""
    if len(pages) > 1:
        with st.container(horizontal=True, key="bottombar"):
            for page in pages:
                st.page_link(page)


main()
