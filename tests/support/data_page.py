"""The page of the data run as a script, on the small county."""

from __future__ import annotations

import re

from small_county import PROVENANCE, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD
from app.web.kit import session
from layers.store import Store


def served(tmp_path, viewer=LOCAL_STEWARD, *, load=True):
    store = Store.open(str(tmp_path / "county.db"))
    if load:
        store.load(frames(), PROVENANCE)
    session.serve_store(store, viewer)
    return store


def page(**query):
    test = AppTest.from_function(_data, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def _data():
    from app.web.views.data import page as data

    data.page()


def text_of(test) -> str:
    """Everything that a person reads on the page, without marks."""
    shown = [h.proto.body for h in test.get("html")]
    shown += [e.value for kind in ("markdown", "caption", "info", "warning", "error", "code") for e in test.get(kind)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(shown)))
