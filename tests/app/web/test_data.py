"""The page of the data as a script: layers and files to take home."""

from __future__ import annotations

import re

import pytest
from small_county import PROVENANCE, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD, SERVER
from app.web.kit import session
from layers.registry import LAYERS
from layers.store import Store


@pytest.fixture(autouse=True)
def nothing_left_served():
    yield
    session._served.clear()


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


def test_every_layer_has_a_line(tmp_path):
    served(tmp_path)
    test = page()
    assert not test.exception
    table = test.dataframe[0].value
    assert len(table) == len(LAYERS)
    rows = dict(zip(table["图层"], table["条数"], strict=True))
    assert rows["村（社区）"] == 3
    assert rows["服务对象家庭"] == 10


def test_households_leave_only_for_those_who_may_see_them(tmp_path):
    served(tmp_path)
    options = page().selectbox(key="export_layer_zh").options
    assert "服务对象家庭" in options
    served(tmp_path, SERVER, load=False)
    options = page().selectbox(key="export_layer_zh").options
    assert "服务对象家庭" not in options
    assert "村（社区）" in options


def test_an_empty_store_says_how_to_begin(tmp_path):
    served(tmp_path, load=False)
    test = page()
    assert not test.exception
    assert "还没有数据" in text_of(test)


def test_the_page_speaks_english(tmp_path):
    served(tmp_path)
    test = page(lang="en")
    assert not test.exception
    assert "Villages" in list(test.dataframe[0].value["Layer"])
