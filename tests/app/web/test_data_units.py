"""The units' side as a script: a new list becomes a proposal, its questions are answered, and it comes in."""

from __future__ import annotations

import pandas as pd
import pytest
from data_page import page, served, text_of
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, Role, Viewer
from app.web.kit import session
from layers.store import Store


@pytest.fixture(autouse=True)
def nothing_left_served():
    yield
    session._served.clear()


def coded(tmp_path):
    """The small county with codes of twelve digits, which are ids as well."""
    store = Store.open(str(tmp_path / "county.db"))
    loaded = frames()
    villages = loaded["villages"].assign(township=["990001001", "990001002", "990001002"])
    codes = {key: f"{township}{k:03d}" for k, (key, township) in enumerate(zip(villages["id"], villages["township"], strict=True), 201)}
    loaded["villages"] = villages.assign(id=villages["id"].map(codes), code=villages["id"].map(codes))
    loaded["households"] = loaded["households"].assign(village=loaded["households"]["village"].map(codes))
    stations = loaded["stations"]
    loaded["stations"] = stations.assign(unit=stations["unit"].replace(codes))
    store.load({name: loaded[name] for name in ("townships", "villages", "households", "stations")}, PROVENANCE)
    session.serve_store(store, LOCAL_STEWARD)
    return store


def given(test, store, change):
    """Put in the present villages as a list, after ``change`` of it."""
    villages = store.read("villages", columns=["code", "name", "township"])
    townships = store.read("townships", columns=["id", "name"]).set_index("id")["name"]
    rows = pd.DataFrame({"乡镇": villages["township"].map(townships), "村代码": villages["code"], "村名称": villages["name"]})
    content = change(rows).to_csv(index=False).encode("gb18030")
    return test.file_uploader(key="units_file").upload("新名单.csv", content, "text/csv").run()


def without_second(rows):
    return rows.drop(index=rows.index[1])


def answer(test):
    return next(box for box in test.selectbox if (box.key or "").startswith("units_answer_"))


def confirm(test):
    return test.button(key="units_confirm")


def test_only_stewards_change_units(tmp_path):
    served(tmp_path, Viewer(Role.LEADER, points=False))
    test = page(view="units")
    assert not test.exception
    assert "只有数据管理员可以调整区划" in text_of(test)
    assert not test.get("file_uploader")


def test_the_same_list_changes_nothing(tmp_path):
    store = coded(tmp_path)
    test = given(page(view="units"), store, lambda rows: rows)
    assert not test.exception
    assert "没有变更" in test.success[0].value


def test_a_village_that_is_gone_goes_where_the_steward_says(tmp_path):
    store = coded(tmp_path)
    before = store.read("villages", columns=["id", "code"])
    gone, heir = before["id"].iloc[1], before["id"].iloc[2]  # of one township
    homes = store.read("households", columns=["village"])["village"].tolist()
    test = given(page(view="units"), store, without_second)
    assert not test.exception
    assert confirm(test).disabled
    test = answer(test).select_index(0).run()
    assert not test.exception
    assert test.dataframe[0].value[["变更", "问题"]].to_numpy().tolist() == [["合并", "已定"]]
    assert len(store.loads()) == 1  # nothing is stored before it is confirmed
    test = confirm(test).click().run()
    assert not test.exception
    assert "台账第 2 号" in test.success[0].value
    assert store.read("households", columns=["village"])["village"].tolist() == [heir if v == gone else v for v in homes]
    assert store.read("villages", columns=["valid_to"], ids=[gone])["valid_to"].notna().all()
    store.undo(2, by="steward")
    assert store.read("households", columns=["village"])["village"].tolist() == homes


def test_a_village_with_homes_is_not_simply_gone(tmp_path):
    store = coded(tmp_path)
    test = given(page(view="units"), store, without_second)
    box = answer(test)
    test = box.select_index(len(box.options) - 1).run()  # abolished, into none
    test = confirm(test).click().run()
    assert not test.exception
    assert "归属不明" in test.error[0].value
    assert len(store.loads()) == 1


def test_a_file_that_is_no_list_is_refused(tmp_path):
    served(tmp_path)
    test = page(view="units").file_uploader(key="units_file").upload("x.csv", b"a,b\n1,2\n", "text/csv").run()
    assert not test.exception
    assert len(test.error) == 1
