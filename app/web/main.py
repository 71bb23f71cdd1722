"""The pages: what surrounds them, and the list of them."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from app.assets import icon_png, use_local_assets
from app.web import session
from app.web.parts import error_text, styles
from app.web.views import coverage
from geo.errors import RongtuError


def main() -> None:
    """Draw the frame and run the page that the address names."""
    use_local_assets()
    words = session.words()
    icon = Image.open(io.BytesIO(icon_png()))
    st.set_page_config(page_title=words("app.title"), page_icon=icon, layout="wide", initial_sidebar_state="collapsed")
    styles()
    st.button(words("app.other_language"), key="language", type="tertiary", on_click=session.switch_language)
    pages = [st.Page(coverage.page, title=words("coverage.title"), url_path="coverage", default=True)]
    try:
        st.navigation(pages, position="top").run()
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")


main()
