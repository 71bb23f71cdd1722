"""The sides of the coverage page as a script: the switch, the address, and what each shows to whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_county import PROVENANCE, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD, SERVER
from app.web import session
from layers.store import Store

MAIN = str(Path(__file__).resolve().parents[2] / "app" / "web" / "main.py")


@pytest.fixture(autouse=True)
def nothing_left_served():
    yield
    session._served.clear()


def served(tmp_path, viewer=LOCAL_STEWARD, **changed):
    store = Store.open(str(tmp_path / "county.db"))
    layers = {**frames(), **changed}
    store.load({name: table for name, table in layers.items() if table is not None}, PROVENANCE)
    session.serve_store(store, viewer)


def page(**query):
    test = AppTest.from_file(MAIN, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def text_of(test) -> str:
    """Everything that a person reads on the page, without marks."""
    shown = [h.proto.body for h in test.get("html")]
    shown += [e.value for kind in ("markdown", "caption", "info", "error", "success") for e in test.get(kind)]
    bare = re.sub(r"<style>.*?</style>", "", " ".join(shown), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))


def figures(test) -> list[str]:
    kpis = next(h.proto.body for h in test.get("html") if "rt-kpis" in h.proto.body)
    return re.findall(r'rt-v">([^<]*)<', kpis)


def test_the_address_keeps_the_side(tmp_path):
    served(tmp_path)
    test = page(view="points")
    assert test.session_state["side"] == "points"
    test.button_group(key="side").set_value("reach").run()
    assert "view" not in test.query_params
    test.button_group(key="side").set_value("points").run()
    assert test.query_params["view"] == "points"


def test_a_side_that_there_is_not_is_the_usual_one(tmp_path):
    served(tmp_path)
    test = page(view="nonsense")
    assert not test.exception
    assert test.session_state["side"] == "reach"
    assert "view" not in test.query_params


def test_households_by_their_minutes(tmp_path):
    served(tmp_path)
    test = page(view="points")
    assert not test.exception
    assert figures(test) == ["4", "14.2", "1", "2"]  # 0.7 1.3 13.3 15.0 15.0 54.7 minutes; one cut off, one off the network
    table = test.dataframe[0].value
    assert list(table["households"]) == [2, 0, 2, 1, 1, 1, 1, 1]
    said = text_of(test)
    for words in ("各户按用时", "图上 9 户", "定位准的共 8 户", "各户步行到最近一处各级在运行的服务站的用时", "数据截至 2026-10-31"):
        assert words in said


def test_a_limit_and_a_mode_of_its_own(tmp_path):
    served(tmp_path)
    assert figures(page(view="points", minutes="5"))[0] == "2"
    assert figures(page(view="points", mode="ebike", minutes="20"))[0] == "6"


def test_counts_only_means_a_sentence(tmp_path):
    served(tmp_path, SERVER)
    test = page(view="points")
    assert not test.exception
    assert "这里只显示汇总数，不显示单户" in text_of(test)
    assert len(test.dataframe) == 0
    assert "--points" in text_of(page(view="points", lang="en"))


@pytest.mark.parametrize("missing", ["households", "stations", "roads"])
def test_what_is_missing_is_said(tmp_path, missing):
    given = {missing: None} | ({"station_grades": None} if missing == "stations" else {})
    served(tmp_path, **given)
    test = page(view="points")
    assert not test.exception
    expected = {"households": "没有服务对象家庭", "stations": "没有可计入的设施", "roads": "估算"}
    assert expected[missing] in text_of(test)
