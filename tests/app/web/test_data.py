"""The page of the data as a script: layers and files to take home."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
from data_page import page
from script_page import served, text_of
from small_county import PROVENANCE

from app.roles import SERVER
from layers.registry import LAYERS


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


def opened(layer, **query):
    """The editing side with a layer chosen."""
    test = page(view="edit", **query)
    return test.selectbox(key="edit_layer").select(layer).run()


def chosen(test, layer, number=0):
    pick = test.selectbox(key=f"edit_pick_{layer}_zh")
    return pick.select_index(number).run()


def field(test, name):
    return next(w for kind in ("text_input", "selectbox", "number_input") for w in test.get(kind) if w.key.endswith(f"_{name}"))


def saving(test):
    return next(b for b in test.button if (b.key or "").endswith("_save"))


def test_a_name_is_corrected(tmp_path):
    store = served(tmp_path)
    test = chosen(opened("stations"), "stations")
    key = test.session_state["edit_chosen"]
    assert saving(test).disabled
    field(test, "name").set_value("改过的站").run()
    field(test, "reason").set_value("名称更正").run()
    test = saving(test).click().run()
    assert not test.exception
    assert "已保存“改过的站”" in " ".join(s.value for s in test.success)
    assert store.read("stations", columns=["name"], ids=[key])["name"].tolist() == ["改过的站"]


def test_the_second_to_save_sees_both_values_and_chooses(tmp_path):
    store = served(tmp_path)
    test = chosen(opened("stations"), "stations")
    key = test.session_state["edit_chosen"]
    field(test, "name").set_value("我的").run()
    field(test, "reason").set_value("核对").run()
    store.edit("stations", key, {"name": "别人的"}, version=1, by="steward")
    test = saving(test).click().run()
    assert "别人已先保存" in text_of(test)
    table = next(d.value for d in test.table if "您要保存的" in d.value)
    assert table[["现在库中的", "您要保存的"]].to_numpy().tolist() == [["别人的", "我的"]]
    assert store.read("stations", columns=["name"], ids=[key])["name"].tolist() == ["别人的"]
    test = test.button(key="keep_mine").click().run()
    assert not test.exception
    assert store.read("stations", columns=["name"], ids=[key])["name"].tolist() == ["我的"]


def test_a_conflict_over_every_kind_of_value_is_shown(tmp_path):
    store = served(tmp_path)
    test = chosen(opened("stations"), "stations")
    key = test.session_state["edit_chosen"]
    field(test, "staff").set_value(5).run()
    field(test, "reason").set_value("核对").run()
    store.edit("stations", key, {"staff": 9, "opened": dt.date(2020, 5, 6), "status": "closed"}, version=1, by="steward")
    test = saving(test).click().run()
    assert not test.exception
    assert not test.error
    table = next(d.value for d in test.table if "您要保存的" in d.value)
    assert table.loc[["工作人员", "启用日期", "状态"], ["现在库中的", "您要保存的"]].to_numpy().tolist() == [
        ["9", "5"], ["2020-05-06", "2020-05-06"], ["停办", "停办"]]


def test_protected_fields_are_not_shown(tmp_path):
    store = served(tmp_path)
    key = store.read("households", columns=["id"])["id"].iloc[0]
    store.edit("households", key, {"contact_name": "试探名"}, version=1, by="steward")
    test = chosen(opened("households"), "households")
    assert not test.exception
    assert field(test, "contact_name").value == ""
    assert "试探名" not in str([e.value for kind in ("text_input", "selectbox") for e in test.get(kind)]) + text_of(test)


def test_what_changed_since_the_check_is_looked_at_again(tmp_path):
    store = served(tmp_path)
    test = page(view="import").selectbox(key="import_layer").set_value("stations").run()
    rows = "编号,名称,级别,状态,经度,纬度\nS9,新站,village,open,123.01,28.51\n".encode()
    test = test.file_uploader(key="import_file").upload("站.csv", rows, "text/csv").run()
    test = test.button(key="import_check").click().run()
    key = store.read("stations", columns=["id"])["id"].iloc[0]
    store.edit("stations", key, {"name": "改过"}, version=1, by="steward", reason="试改")
    test = test.button(key="import_load").click().run()
    assert not test.exception
    assert "已重新检查" in test.warning[0].value
    assert len(store.loads()) == 2
    test = test.button(key="import_load").click().run()
    assert not test.warning
    assert "已装入" in test.success[0].value
    assert "新站" in store.read("stations", columns=["name"])["name"].tolist()


def test_the_ledger_lists_every_load_and_undoes_one(tmp_path):
    store = served(tmp_path)
    key = store.read("stations", columns=["id"])["id"].iloc[0]
    store.edit("stations", key, {"name": "误改"}, version=1, by="steward", reason="试改")
    test = page(view="ledger")
    assert not test.exception
    assert test.dataframe[0].value["类型"].tolist() == ["修改", "文件"]
    test = test.selectbox(key="ledger_chosen").select(2).run()
    assert test.button(key="undo_2").disabled
    test.text_input(key="undo_why_2").set_value("改错了").run()
    test = test.button(key="undo_2").click().run()
    assert not test.exception
    assert test.dataframe[0].value["状态"].tolist() == ["—", "已被第 3 号撤销", "—"]
    assert "误改" not in store.read("stations", columns=["name"])["name"].tolist()


def test_a_load_that_others_built_on_stays(tmp_path):
    store = served(tmp_path)
    key = store.read("stations", columns=["id"])["id"].iloc[0]
    store.edit("stations", key, {"name": "改过"}, version=1, by="steward", reason="试改")
    test = page(view="ledger").selectbox(key="ledger_chosen").select(1).run()
    test.text_input(key="undo_why_1").set_value("试").run()
    test = test.button(key="undo_1").click().run()
    assert "请先撤销" in test.error[0].value
    assert len(store.loads()) == 2


def test_an_object_tells_its_history(tmp_path):
    store = served(tmp_path)
    key = store.read("stations", columns=["id"])["id"].iloc[0]
    store.edit("stations", key, {"name": "改过"}, version=1, by="steward", reason="名称更正")
    test = chosen(opened("stations"), "stations")
    story = test.dataframe[-1].value
    assert story["版"].tolist() == [2, 1]
    assert story["改了什么"].tolist() == ["名称", "全部（初次）"]
    assert story["原因"].tolist()[0] == "名称更正"


def test_layers_of_a_past_day(tmp_path):
    served(tmp_path)
    test = page()
    test = test.date_input(key="data_day").set_value(PROVENANCE.as_of - dt.timedelta(days=1)).run()
    assert not test.exception
    assert test.dataframe[0].value["条数"].sum() == 0
    test = test.date_input(key="data_day").set_value(PROVENANCE.as_of).run()
    assert dict(zip(*test.dataframe[0].value[["图层", "条数"]].to_numpy().T, strict=True))["村（社区）"] == 3


def test_a_required_field_without_a_column_has_one_value_for_every_row(tmp_path):
    store = served(tmp_path)
    test = page(view="import").selectbox(key="import_layer").set_value("support_points").run()
    rows = "网点名称,经度,纬度\n新店,123.01,28.501\n".encode("gb18030")
    test = test.file_uploader(key="import_file").upload("店.csv", rows, "text/csv").run()
    assert "类别" in test.warning[0].value
    test = test.selectbox(key="import_set_support_points_kind").set_value("post").run()
    assert not test.warning
    test = test.button(key="import_check").click().run()
    test = test.button(key="import_load").click().run()
    assert not test.exception
    found = store.read("support_points").set_index("name")
    assert found.loc["新店", "kind"] == "post"


def test_another_file_is_not_asked_for_the_sheet_of_the_last(tmp_path):
    served(tmp_path)
    test = page(view="import").selectbox(key="import_layer").set_value("stations").run()
    both = io.BytesIO()
    with pd.ExcelWriter(both, engine="xlsxwriter") as book:
        for sheet in ("甲镇", "乙乡"):
            pd.DataFrame({"站点名称": [f"{sheet}一站"], "级别": ["村级"]}).to_excel(book, sheet_name=sheet, index=False)
    test = test.file_uploader(key="import_file").upload("两张.xlsx", both.getvalue(), "").run()
    test = test.selectbox(key="import_sheet").set_value("乙乡").run()
    assert not test.error
    test = test.file_uploader(key="import_file").set_value(("一张.csv", "站点名称,级别\n丙站,村级\n".encode(), "text/csv")).run()
    assert not test.error
