"""The page of scenarios as a script: from nothing to a saved scenario, both languages, and what it refuses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path

import pytest
from small_county import PROVENANCE, at, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.saved import delete, kept_scenario, kept_scenarios, save
from app.web.kit import session
from app.web.views.scenarios import draft as scenario_draft
from app.web.views.scenarios import editor as scenario_editor
from layers.intake.workbooks.export import write_frame
from layers.registry import LAYERS
from layers.store import Store

NEW = {"name": "新站", "note": "东边", "changes": [{"change": "add_station", "name": "新", "at": [*at(5000, 0).coords[0]]}]}
LESS = {"name": "撤站", "changes": [{"change": "close_station", "station": "S1"}]}
MAIN = str(Path(__file__).resolve().parents[3] / "app" / "web" / "main.py")


@pytest.fixture(autouse=True)
def nothing_left_served():
    yield
    session._served.clear()


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def _scenarios():
    from app.web.kit import asked
    from app.web.views.scenarios import page as scenarios

    asked.keep()
    scenarios.page()


def page(store, viewer=LOCAL_STEWARD, **query):
    session.serve_store(store, viewer)
    test = AppTest.from_function(_scenarios, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def text_of(test) -> str:
    shown = [h.proto.body for h in test.get("html")]
    shown += [e.value for kind in ("markdown", "caption", "info", "warning", "error") for e in test.get(kind)]
    shown += [w.label for kind in ("button", "selectbox", "text_input", "button_group") for w in test.get(kind)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(shown)))


def figures(test, row=0) -> list[str]:
    kpis = [h.proto.body for h in test.get("html") if "rt-kpis" in h.proto.body]
    return re.findall(r'rt-v">([^<]*)<', kpis[row])


def button(test, key):
    return next(one for one in test.button if one.key == key)


def table(test):
    return next(t.value for t in test.dataframe if "points" in t.value)


def test_from_nothing_to_a_saved_scenario(store):
    test = page(store)
    assert "尚无方案，复制现状开始" in text_of(test)
    button(test, "start").click().run()
    assert not test.exception
    assert figures(test) == ["50.0%", "0", "0", "2"]
    assert "还没有改动" in text_of(test)
    test.session_state["scenario_tool"] = "add"
    test.run()
    next(w for w in test.text_input if w.label == "经度, 纬度").set_value("{}, {}".format(*at(5000, 0).coords[0])).run()
    button(test, "put_in").click().run()
    assert not test.exception
    assert figures(test) == ["62.5%", "5", "0", "2"]
    for words in ("+12.5 个百分点", "现状 50.0%", "1 项已生效 · 计入的站 2 → 3", "新增村（社区）站“新站1”", "数据截至 2026-10-31",
                  "步行 15 分钟内（含）"):
        assert words in text_of(test)
    assert table(test)["name"].tolist() == ["乙乡", "甲镇", "合计"]
    assert table(test)["points"].tolist() == ["+25.0", "0.0", "+12.5"]
    button(test, "save").click().run()
    assert kept_scenario(SERVER, store, "方案1").version == 1
    button(test, "remove_1").click().run()
    assert figures(test) == ["50.0%", "0", "0", "2"]
    button(test, "save").click().run()
    assert kept_scenario(SERVER, store, "方案1").scenario.changes == ()


def test_two_side_by_side_in_both_languages(store):
    for given in (NEW, LESS):
        save(LOCAL_STEWARD, store, as_scenario(given))
    test = page(store, scenario="新站")
    test.session_state["scenario_against"] = "撤站"
    test.run()
    assert not test.exception
    assert (figures(test)[0], figures(test, 1)[0]) == ("62.5%", "25.0%")
    assert {"points", "points_2", "after_2"} <= set(table(test))
    assert "① 新站" in text_of(test)
    english = page(store, scenario="新站", lang="en")
    said = text_of(english)
    assert not english.exception
    for words in ("What if", "+12.5 points", "add village station 新", "1 applied"):
        assert words in said
    assert not re.search(r"可达|方案|改动", re.sub(r"新站|方案1", "", said))


def test_a_township_shows_its_villages_and_one_without_any_says_so(store):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store)
    test.session_state["township"] = "990001002"
    test.run()
    assert table(test)["name"].tolist() == ["西村", "北村"]
    assert "乙乡各村" in text_of(test)
    store.load({"villages": frames()["villages"].assign(township=["990001001"] * 3)}, PROVENANCE)
    test.run()
    assert not test.exception
    assert "这个乡镇没有村级数据" in text_of(test)


def test_a_lost_update_is_told_and_nothing_is_lost(store):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store, scenario="新站")
    button(test, "remove_1").click().run()
    save(LOCAL_STEWARD, store, as_scenario({**NEW, "note": "别人改的"}), version=1)
    button(test, "save").click().run()
    assert "已被别人改动" in text_of(test)
    assert kept_scenario(SERVER, store, "新站").scenario.note == "别人改的"
    assert button(test, "save").disabled is False


def test_a_scenario_goes_only_when_asked_twice_and_the_next_one_is_not_asked_about(store):
    for given in (NEW, LESS):
        save(LOCAL_STEWARD, store, as_scenario(given))
    test = page(store, scenario="新站")
    button(test, "delete").click().run()
    assert "确认删除“新站”" in text_of(test)
    assert kept_scenario(SERVER, store, "新站")
    button(test, "delete_not").click().run()
    assert "确认删除" not in text_of(test)
    button(test, "delete").click().run()
    button(test, "delete_sure").click().run()
    assert not test.exception
    assert [kept.name for kept in kept_scenarios(SERVER, store)] == ["撤站"]
    assert test.session_state["scenario_more"] is False
    assert "确认删除" not in text_of(test)


def test_a_saved_scenario_is_no_longer_called_unsaved(store):
    test = page(store)
    button(test, "start").click().run()
    assert test.selectbox(key="scenario_pick_zh").options == ["方案1（未保存）"]
    button(test, "save").click().run()
    chooser = test.selectbox(key="scenario_pick_zh")
    assert chooser.options == ["方案1"]
    assert (chooser.proto.set_value, chooser.proto.raw_value) == (True, "方案1")  # else the browser keeps the old words


def test_new_scenarios_take_the_first_free_number(store):
    for name in ("方案1", "方案3"):
        save(LOCAL_STEWARD, store, as_scenario({"name": name}))
    test = page(store)
    button(test, "new").click().run()
    button(test, "new").click().run()
    assert set(test.session_state["scenario_drafts"]) == {"方案2", "方案4"}


def test_with_a_station_to_move_chosen_a_click_is_a_place(store, monkeypatch):
    clicks = {}
    monkeypatch.setattr("app.web.views.scenarios.board.map_frame", lambda _drawn, **given: clicks.update(given))
    save(LOCAL_STEWARD, store, as_scenario({"name": "迁"}))
    test = page(store)
    test.session_state["scenario_tool"] = "move"
    test.run()
    state = {"scenario_tool": "move"}
    monkeypatch.setattr("streamlit.session_state", state)
    assert scenario_editor.station_clicked("S1")
    assert (scenario_draft.station(), scenario_draft.points()) == ("S1", ())
    assert not clicks["on_place"]("facility", "S4")  # no station is asked, so it is the place that is meant
    assert scenario_draft.station() == "S1"
    clicks["on_click"](120.5, 28.5)
    assert scenario_draft.points() == ((120.5, 28.5),)
    state["scenario_tool"] = "close"
    assert scenario_editor.station_clicked("S4")


def test_a_road_is_closed_by_one_click_and_opened_by_the_next(store):
    save(LOCAL_STEWARD, store, as_scenario({"name": "封路"}))
    test = page(store)
    test.session_state["scenario_tool"] = "road"

    def click(x, y):
        test.session_state["scenario_points"] = (at(x, y).coords[0],)
        test.run()
        assert not test.exception
        return test.session_state["scenario_drafts"]["封路"].scenario.changes

    assert [change.roads for change in click(2500, 30)] == [("r1",)]
    assert "已封闭：县道 r1" in text_of(test)
    assert "封路：县道 r1，1 条道路的 1 段" in text_of(test)
    assert figures(test)[0] != "50.0%"
    assert [change.roads for change in click(3500, -30)] == [("r1",), ("r2",)]
    assert [change.roads for change in click(2000, 30)] == [("r2",)]
    assert "已取消封闭：县道 r1" in text_of(test)
    assert figures(test)[0] == "50.0%"
    assert [change.roads for change in click(3000, 800)] == [("r2",)]
    assert "点击处附近没有道路" in text_of(test)
    assert [change.roads for change in click(1000, 2990)] == [("r2",)]  # a village road is not drawn for the whole region
    test.session_state["township"] = "990001002"
    assert [change.roads for change in click(1000, 2990)] == [("r2",), ("r3",)]


def test_people_of_an_earlier_load_are_taken_and_given_back(store):
    save(LOCAL_STEWARD, store, as_scenario({"name": "旧人口"}))
    test = page(store)
    test.session_state["scenario_tool"] = "people"
    assert "没有可换的家庭" in text_of(test.run())
    assert [button.proto.label for button in test.get("download_button")][:1] == ["下载方案文件"]
    later = dataclasses.replace(PROVENANCE, as_of=dt.date(2027, 3, 31))
    store.load({"households": frames()["households"].iloc[3:]}, later, replace=True)
    test.run()
    assert figures(test)[0] == "20.0%"
    test.selectbox(key="people_day_zh").select(dt.date(2026, 10, 31)).run()
    button(test, "put_in").click().run()
    assert not test.exception
    assert figures(test)[0] == "50.0%"
    assert "家庭取自本库截至 2026-10-31 的数据" in text_of(test)
    button(test, "remove_people").click().run()
    assert figures(test)[0] == "20.0%"
    assert test.session_state["scenario_tool"] == "people"


def test_a_road_among_several_of_one_change_is_taken_out_of_it(store):
    save(LOCAL_STEWARD, store, as_scenario({"name": "封路", "changes": [{"change": "close_roads", "roads": ["r1", "r2"]}]}))
    test = page(store)
    test.session_state["scenario_tool"] = "road"
    test.session_state["scenario_points"] = (at(1000, 10).coords[0],)
    test.run()
    assert [change.roads for change in test.session_state["scenario_drafts"]["封路"].scenario.changes] == [("r2",)]


def test_what_was_changed_is_not_lost_when_somebody_deletes_the_saved_one(store):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store, scenario="新站")
    button(test, "remove_1").click().run()
    delete(LOCAL_STEWARD, store, "新站", version=1)
    test.run()
    assert figures(test) == ["50.0%", "0", "0", "2"]
    button(test, "save").click().run()
    assert kept_scenario(SERVER, store, "新站").scenario.changes == ()


@pytest.mark.parametrize("kept_as", ["file", "store"])
def test_people_that_were_written_again_are_read_again(store, tmp_path, kept_as):
    path = tmp_path / ("people.csv" if kept_as == "file" else "people.db")

    def write(n):
        people = store.read("households", protected=True).iloc[:n]
        if kept_as == "file":
            write_frame(people, LAYERS["households"], path)
        else:
            with Store.open(str(path)) as other:
                other.load({**frames(), "households": people}, PROVENANCE, replace=True)

    write(3)
    save(LOCAL_STEWARD, store, as_scenario({"name": "旧人口", "people": {kept_as: str(path)}}))
    test = page(store)
    assert figures(test)[0] == "100.0%"
    write(4)
    test.run()
    assert figures(test)[0] == "75.0%"


def test_a_scenario_that_cannot_be_read_leaves_the_others(store):
    store.save_scenario("后来的", '{"name": "后来的", "version": 2}', saved_by="planner")
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store)
    assert not test.exception
    assert "读不出的方案：后来的" in text_of(test)
    assert figures(test)[0] == "62.5%"


def test_a_name_that_cannot_be_one_is_told(store):
    test = page(store)
    test.text_input[0].set_value("a/b").run()
    assert not test.exception
    assert "“a/b”不能用" in text_of(test)
    assert button(test, "start").disabled
    test.text_input[0].set_value(" ab ").run()
    button(test, "start").click().run()
    next(one for one in test.text_input if one.key == "name_ab").set_value("..").run()
    assert not test.exception
    assert button(test, "save_as").disabled


def test_a_scenario_of_a_county_that_was_loaded_again_is_marked(store):
    save(LOCAL_STEWARD, store, as_scenario({"name": "旧", "changes": [LESS["changes"][0]]}))
    store.load({"stations": frames()["stations"].iloc[[1, 2, 3]], "station_grades": frames()["station_grades"].iloc[1:]},
               PROVENANCE, replace=True)  # fmt: skip
    said = text_of(page(store))
    assert "此后数据已重新装入" in said
    assert "没有生效：没有编号为“S1”的站" in said


def test_who_may_not_save_is_told(store):
    test = page(store, Viewer(Role.LEADER))
    button(test, "start").click().run()
    button(test, "save").click().run()
    assert "只有规划人员和数据管理员可以保存方案" in text_of(test)


def test_counts_only_viewers_see_no_small_difference(store):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store, SERVER)
    assert figures(test) == ["户数太少，不列出", "—", "—", "户数太少，不列出"]
    assert table(test)["points"].tolist() == ["—", "—", "—"]  # every area has four households at most


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}', "多边形与自己相交，在经纬度 0.5 0.5 处"),
        ("nonsense", "不是线或面的 GeoJSON"),
        ('{"type": "Point", "coordinates": [0, 0]}', "没有这一种"),
    ],
)
def test_a_shape_that_cannot_be_meant_is_told_where_it_is_pasted(store, text, said):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store)
    test.session_state["scenario_tool"] = "area"
    test.run()
    test.text_area(key="pasted").set_value(text).run()
    assert said in text_of(test)
    assert button(test, "put_in").disabled


def test_a_pasted_feature_is_put_in(store):
    save(LOCAL_STEWARD, store, as_scenario(NEW))
    test = page(store)
    test.session_state["scenario_tool"] = "line"
    test.run()
    across = [[*at(2500, -50).coords[0]], [*at(2500, 50).coords[0]]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": across}}
    test.text_area(key="pasted").set_value(json.dumps(feature)).run()
    button(test, "put_in").click().run()
    assert "画出的线穿过的，1 条道路的 1 段" in text_of(test)
    assert figures(test)[0] != "62.5%"


@pytest.mark.parametrize("left_out", ["roads", "households", "stations", "villages"])
def test_a_county_that_lacks_a_layer_is_no_broken_page(tmp_path, left_out):
    data = {k: v for k, v in frames().items() if k != left_out and (left_out != "stations" or k != "station_grades")}
    if left_out == "villages":
        data["households"] = data["households"].assign(village=None)
        data["stations"] = data["stations"].assign(unit=None)
    with Store.open(str(tmp_path / "less.db")) as store:
        store.load(data, PROVENANCE)
        save(LOCAL_STEWARD, store, as_scenario(NEW))
        assert not page(store).exception


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "empty.db")) as store:
        test = page(store)
        assert not test.exception
        assert "rongtu demo" in [code.value for code in test.code]
