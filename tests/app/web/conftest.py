"""What holds for every test of the pages."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the main module back: Streamlit leaves the page in its place, and every new process would begin with it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
