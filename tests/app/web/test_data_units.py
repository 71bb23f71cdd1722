"""The units' side as a script: a new list becomes a proposal, its questions are answered, and it comes in."""

from __future__ import annotations

import pandas as pd
from data_page import page
from script_page import served, text_of
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, Role, Viewer
from app.web.kit import session
from layers.store import Store


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


def test_an_answer_settles_the_question_about_what_it_went_into(tmp_path):
    store = coded(tmp_path)

    def another_code(rows):
        rows.loc[rows.index[1], ["村代码", "村名称"]] = ["990001002777", "新设村"]
        return rows

    test = given(page(view="units"), store, another_code)
    boxes = [box for box in test.selectbox if (box.key or "").startswith("units_answer_")]
    assert len(boxes) == 2
    gone = next(box for box in boxes if any("990001002777" in option for option in box.options))
    test = gone.set_value("990001002777").run()
    assert not test.exception
    assert "还有 0 条未定" in text_of(test)
    assert "已随上面的决定定下" in text_of(test)
    assert not confirm(test).disabled


def test_what_lies_in_a_village_that_was_split_is_divided_row_by_row(tmp_path):
    store = coded(tmp_path)
    villages = store.read("villages", columns=["code", "name", "township"])
    parent = villages["code"].iloc[1]

    def split(rows):
        rows = rows.assign(原村名="", 经度=None, 纬度=None)
        rows.loc[rows.index[1], ["经度", "纬度"]] = [123.04, 28.5]
        more = rows.iloc[[1]].assign(村代码="990001002777", 村名称="新设村", 原村名=villages["name"].iloc[1])
        return pd.concat([rows, more], ignore_index=True)

    test = given(page(view="units"), store, split)
    assert not test.exception
    test = answer(test).set_value("rows").run()
    assert not test.exception
    assert confirm(test).disabled
    assert "条没有归属" in text_of(test)
    rest = next(box for box in test.selectbox if (box.key or "").startswith("units_rest_"))
    test = rest.set_value("990001002777").run()
    assert not test.exception
    test = confirm(test).click().run()
    assert not test.exception
    assert not test.error
    homes = store.read("households", columns=["village"])["village"]
    assert parent not in set(homes)
    assert "990001002777" in set(homes)


def test_townships_are_compared_as_well(tmp_path):
    store = coded(tmp_path)
    test = page(view="units").segmented_control(key="units_of").set_value("townships").run()
    content = "代码,名称,原乡镇\n990001002,乙镇,甲镇、乙乡\n".encode("gb18030")
    test = test.file_uploader(key="units_file").upload("乡镇.csv", content, "text/csv").run()
    assert not test.exception
    assert test.dataframe[0].value["变更"].tolist() == ["合并"]
    test = confirm(test).click().run()
    assert not test.exception
    assert not test.error
    assert set(store.read("villages")["township"]) == {"990001002"}
