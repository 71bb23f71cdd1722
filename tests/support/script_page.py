"""A page of the program run as a script on a store of its own: what a person reads on it, without marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pandas as pd
from small_county import PROVENANCE, county_file, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD, Viewer
from app.web.kit import session
from layers.store import Store

MAIN = str(Path(__file__).resolve().parents[2] / "app" / "web" / "main.py")
PATIENCE_S = 300
"""A page that is slower on a busy machine is not broken."""

_SAID = ("markdown", "caption", "info", "warning", "error", "success", "code")
_LABELLED = ("button", "selectbox", "multiselect", "number_input", "text_input", "button_group")


def served(folder: Path, viewer: Viewer = LOCAL_STEWARD, *, load: bool = True, **changed: pd.DataFrame | None) -> Store:
    """Serve a new store in `folder` with the small county, some layers `changed` or None: left out."""
    if load and not changed:
        store = Store.open(str(county_file(folder)))
    else:
        store = Store.open(str(folder / "county.db"))
        if load:
            store.load({name: frame for name, frame in {**frames(), **changed}.items() if frame is not None}, PROVENANCE)
    session.serve_store(store, viewer)
    return store


def page(script: str | Callable[[], None] = MAIN, **query: str) -> AppTest:
    """Run the page that `query` in its address asks for."""
    make = AppTest.from_file if isinstance(script, str) else AppTest.from_function
    test = make(script, default_timeout=PATIENCE_S)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def text_of(test: AppTest) -> str:
    """Everything that a person reads on the page."""
    shown = [h.proto.body for h in test.get("html")]
    shown += [e.value for kind in _SAID for e in test.get(kind)]
    shown += [w.label for kind in _LABELLED for w in test.get(kind)]
    bare = re.sub(r"<style>.*?</style>", "", " ".join(shown), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))


def figures(test: AppTest, row: int = 0) -> list[str]:
    """The large figures of a page; `row` counts the rows of them."""
    kpis = [h.proto.body for h in test.get("html") if "rt-kpis" in h.proto.body]
    return re.findall(r'rt-v">([^<]*)<', kpis[row])
