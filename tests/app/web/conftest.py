"""What holds for every test of the pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from app.web.kit import session


@pytest.fixture(autouse=True)
def _main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the main module back: Streamlit leaves the page in its place, and every new process would begin with it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def _nothing_left_served() -> Iterator[None]:
    yield
    session._served.clear()
