"""The claims' side as a script: disagreements first, what explains them, the rule below."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from data_page import page
from script_page import served, text_of
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.web.kit import session
from layers.store import Store


def stating(tmp_path, *figures, viewer=LOCAL_STEWARD, **layers):
    """The small county with claims of (indicator, value)."""
    claims = pd.DataFrame([
        {"id": f"c{k}", "indicator": indicator, "value": value, "as_of": dt.date(2026, 10, 31), "statement": f"*{indicator}* 有 {value}",
         "stated_in": "年报"}
        for k, (indicator, value) in enumerate(figures)
    ])  # fmt: skip
    store = Store.open(str(tmp_path / "county.db"))
    store.load({**frames(), **layers, "claims": claims}, PROVENANCE)
    session.serve_store(store, viewer)


def said(test):
    return " ".join(t.value for t in test.get("text"))


# Of the small county's stations two are in operation (S1, S4), S2 is planned, S3 closed; it has three villages.
def test_what_differs_comes_first_with_the_objects_behind_it(tmp_path):
    stating(tmp_path, ("villages", 3), ("stations", 3), ("无此指标", 7))
    test = page(view="claims")
    assert not test.exception
    table = test.dataframe[0].value
    assert table["结果"].tolist() == ["不一致", "没有定义", "一致"]
    assert table[["口径数", "数得", "差"]].to_numpy().tolist() == [["3", "2", "−1"], ["7", "—", "—"], ["3", "3", "0"]]
    assert [e.label for e in test.expander] == ["服务站：口径 3 个，数得 2 个"]
    assert "口径数与这样数的相同：未停办的服务站，含筹建" in said(test)
    (planned,) = (one for one in frames()["stations"].to_dict("records") if one["status"] == "planned")
    assert planned["name"] in text_of(test)
    assert "四舍五入" in text_of(test)
    assert "2026-10-31" in text_of(test)


def test_the_answer_can_be_taken_home(tmp_path):
    stating(tmp_path, ("stations", 3))
    assert [b.proto.label for b in page(view="claims").get("download_button")] == ["下载表格"]


def test_without_claims_the_page_says_where_to_enter_them(tmp_path):
    served(tmp_path)
    test = page(view="claims")
    assert not test.exception
    assert "请到“修改”新增一条" in text_of(test)


def test_a_count_of_few_homes_is_not_told_to_those_who_see_counts_only(tmp_path):
    homes = frames()["households"]
    homes = homes.assign(categories=[("empty_nest",) if k < 2 else () for k in range(len(homes))])
    stating(tmp_path, ("empty_nest_files", 3), viewer=SERVER, households=homes)
    table = page(view="claims").dataframe[0].value
    assert table[["数得", "结果"]].to_numpy().tolist() == [["—", "户数太少，不列出"]]


def test_the_side_speaks_english(tmp_path):
    stating(tmp_path, ("stations", 3))
    test = page(view="claims", lang="en")
    assert not test.exception
    assert test.dataframe[0].value["Result"].tolist() == ["Differ"]
