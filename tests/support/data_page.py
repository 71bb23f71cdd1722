"""The page of the data run as a script."""

from __future__ import annotations

import script_page
from streamlit.testing.v1 import AppTest


def page(**query: str) -> AppTest:
    """Run the page of the data that `query` in its address asks for."""
    return script_page.page(_data, **query)


def _data() -> None:
    from app.web.views.data import page as data

    data.page()
