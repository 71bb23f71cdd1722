"""The page of siting as a script: a plan solved and proven, edited, compared, saved, and what it says when it cannot."""

from __future__ import annotations

import re
import time

import pytest
from script_page import PATIENCE_S, figures, text_of
from small_county import PROVENANCE, at, frames
from streamlit.testing.v1 import AppTest

from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.scenarios.saved import kept_scenario
from app.services.siting.question import OBJECTIVE
from app.web.kit import session
from app.web.views.siting import editor, solving
from app.web.views.siting.edits import Area, Ban, Cost, FilePlaces, Lock, OwnPlace
from layers.store import Store

WEST = "village:V2"


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def _siting():
    from app.web.kit import asked
    from app.web.views.siting import page as siting

    asked.keep()
    siting.page()


def page(store, viewer=LOCAL_STEWARD, **query):
    session.serve_store(store, viewer)
    test = AppTest.from_function(_siting, default_timeout=PATIENCE_S)
    for name, value in {"add": "1", **query}.items():
        test.query_params[name] = value
    return ran(test)


def ran(test):
    """Run the page until no search is under way."""
    test.run()
    while "siting_solve" in test.session_state:
        solve = test.session_state["siting_solve"]
        assert solve.done.wait(PATIENCE_S)
        test.run()
    return test


def solved(store, viewer=LOCAL_STEWARD, **query):
    test = page(store, viewer, **query)
    button(test, "siting_solve_button").click()
    return ran(test)


def edited(test, *changes):
    """The page after edits like those that clicks make."""
    test.session_state["siting_edits_before"] = ((),)
    test.session_state["siting_edits"] = changes
    test.session_state["siting_again"] = True
    return ran(test)


def button(test, key):
    return next(one for one in test.button if one.key == key)


def sites(test):
    return next(t.value for t in test.dataframe if "letter" in t.value)


def names(test) -> list[str]:
    return next((t.value["name"].tolist() for t in test.dataframe if "letter" in t.value), [])


def townships(test):
    return next(t.value for t in test.dataframe if "gained" in t.value)


def test_before_a_solve_there_is_a_map_and_the_next_step(store):
    test = page(store)
    assert not test.exception
    assert "定好条件后按“求解”" in text_of(test)
    assert not [h for h in test.get("html") if "rt-kpis" in h.proto.body]
    assert not test.dataframe


def test_a_solve_is_shown_proven_and_explained(store):
    test = solved(store)
    assert not test.exception
    assert figures(test) == ["12", "60.0%", "5", "已证明最优"]  # h05, near the middle of the western village
    said = text_of(test)
    for words in ("现状 7 · 共 20", "+25.0 个百分点", "新设 1 站", "覆盖最多的人：步行 15 分钟（含）", "新增站数与可达率"):
        assert words in said
    assert names(test) == ["西村"]
    assert sites(test)["newly"].tolist() == [5]
    assert townships(test)["name"].tolist() == ["乙乡", "甲镇"]
    assert townships(test)["gained"].tolist() == [5, 0]


def test_a_picked_site_tells_why_and_what_can_be_done(store):
    test = solved(store)
    assert "点一行，或点地图上的菱形" in text_of(test)
    test.session_state["siting_picked"] = WEST
    test.run()
    said = text_of(test)
    assert "A 西村" in said
    assert "新覆盖" in said
    assert "单独可达（人）：步行" in said
    for name in ("设为必选", "排除", "移动"):
        assert name in said


def test_a_banned_site_gives_another_plan_and_undo_brings_it_back(store):
    test = solved(store, candidates="villages,planned")
    test.session_state["siting_picked"] = WEST
    test.run()
    button(test, "siting_ban").click()
    ran(test)
    assert not test.exception
    assert names(test) == ["西村站（规划站）"]
    assert "排除 西村" in text_of(test)
    assert button(test, "siting_ban").disabled
    button(test, "siting_undo").click()
    ran(test)
    assert names(test) == ["西村"]
    assert "还没有修改" in text_of(test)
    assert button(test, "siting_undo").disabled


def test_a_locked_site_is_in_the_plan_and_says_so(store):
    test = edited(solved(store), Lock("village:V1", "东村"))
    assert names(test) == ["东村"]
    test.session_state["siting_picked"] = "village:V1"
    test.run()
    assert button(test, "siting_lock").disabled
    assert "按要求必设" in text_of(test)
    button(test, "siting_remove_0").click()
    ran(test)
    assert names(test) == ["西村"]


def test_a_site_is_moved_by_a_click(store, monkeypatch):
    clicks = {}
    monkeypatch.setattr("app.web.views.siting.board.map_frame", lambda _drawn, **given: clicks.update(given))
    test = solved(store)
    assert clicks["on_click"] is None
    test.session_state["siting_picked"] = WEST
    test.run()
    button(test, "siting_move").click()
    ran(test)
    assert "在地图上点“西村”的新位置" in text_of(test)
    state = {"siting_moving": (WEST, "西村")}
    monkeypatch.setattr("streamlit.session_state", state)
    assert not clicks["on_place"]("candidate", "village:V1")  # a place is meant, whatever lies there
    clicks["on_click"](*at(4700, 0).coords[0])
    monkeypatch.undo()
    moved = edited(solved(store), *state["siting_edits"])
    assert names(moved) == ["西村（移）"]
    assert "西村 移到新位置" in text_of(moved)
    assert figures(moved)[0] == "12"  # h05 is 300 m from there


def test_a_site_is_dragged(store, monkeypatch):
    clicks = {}
    monkeypatch.setattr("app.web.views.siting.board.map_frame", lambda _drawn, **given: clicks.update(given))
    solved(store)
    state = {}
    monkeypatch.setattr("streamlit.session_state", state)
    lon, lat = at(4700, 0).coords[0]
    assert clicks["on_place"]("dragged", f"{WEST}@{lon:.6f}@{lat:.6f}")
    monkeypatch.undo()
    (moved,) = state["siting_edits"]
    assert (moved.moved, moved.moved_name) == (WEST, "西村")
    assert moved.at == (round(lon, 5), round(lat, 5))
    assert names(edited(solved(store), moved)) == ["西村（移）"]


def test_a_budget_takes_the_place_of_the_number_and_a_place_may_cost_more(store):
    test = solved(store, budget="10", cost="4", add="9")
    assert not test.exception
    assert test.session_state["siting_shown"].asked["budget"] == 10
    assert "add" not in test.session_state["siting_shown"].asked
    assert len(names(test)) <= 2
    assert sites(test)["cost"].tolist() == [4.0] * len(names(test))
    assert "费用 " in text_of(test)
    assert "，预算 10" in text_of(test)
    assert WEST in [site.id for site in test.session_state["siting_shown"].report.chosen]
    edited(test, Cost(WEST, "西村", 11.0))
    assert WEST not in [site.id for site in test.session_state["siting_shown"].report.chosen]
    assert "西村 的费用 11" in text_of(test)
    test.session_state["siting_picked"] = WEST
    test.run()
    control = next(one for one in test.number_input if one.label == "在此设站的费用")
    control.set_value(2.0)
    ran(test)
    assert WEST in [site.id for site in test.session_state["siting_shown"].report.chosen]
    test.number_input(key="siting_control_budget_124").set_value(None).run()
    assert test.number_input(key="siting_control_add_").value == 9
    assert "budget" not in test.query_params


def test_stations_have_room_for_so_many(store):
    test = solved(store, persons_per_staff="3", staff="1", weight="households")
    assert not test.exception
    plan = test.session_state["siting_shown"]
    assert (plan.asked["weight"], plan.asked["persons_per_staff"]) == ("persons", 3)
    assert "15 分钟内得到服务（人）" in text_of(test)
    assert "能力 " in text_of(test)
    assert sites(test)["room"].tolist() == [3]
    assert sites(test)["served"].tolist()[0] <= 3


def test_some_count_more_than_others(store):
    eased = frames()["households"].assign(difficulty="illness")
    store.load({"households": eased}, PROVENANCE)
    test = page(store)
    next(box for box in test.selectbox if box.label == "重点照顾").set_value("illness").run()
    button(test, "siting_solve_button").click()
    ran(test)
    assert not test.exception
    assert test.session_state["siting_shown"].asked["need"] == {"illness": 2.0}
    assert "按需求加权：困难情况：重病 2 倍" in text_of(test)


def test_clicked_places_and_places_of_a_file_are_candidates(store):
    own = OwnPlace("own-1", "自选位置1", at(5000, 0).coords[0])
    of_file = FilePlaces("own-2", "点.geojson", ({"at": list(at(2126, 0).coords[0]), "name": "桥头"},))
    test = edited(solved(store, add="2"), own, of_file)
    assert {"桥头", "自选位置1"} & set(names(test))
    assert "文件 点.geojson 的 1 个候选点" in text_of(test)
    alone = page(store)
    alone.session_state["siting_edits"] = (own,)
    alone.multiselect[0].set_value([])
    ran(alone)
    button(alone, "siting_solve_button").click()
    ran(alone)
    assert names(alone) == ["自选位置1"]


def test_no_station_goes_into_a_forbidden_area(store):
    ring = [list(at(*xy).coords[0]) for xy in ((2200, -900), (6900, -900), (6900, 1900), (2200, 1900), (2200, -900))]
    test = edited(solved(store), Area("own-1", "1", ({"type": "Polygon", "coordinates": [ring]},)))
    assert "西村" not in names(test)
    assert "禁止区域 1" in text_of(test)
    assert "1 个候选点在禁止区域内" in text_of(test)


def test_what_cannot_be_meant_is_told_and_can_be_taken_back(store):
    ring = [list(at(*xy).coords[0]) for xy in ((2200, -900), (6900, -900), (6900, 1900), (2200, 1900), (2200, -900))]
    area = Area("own-1", "1", ({"type": "Polygon", "coordinates": [ring]},))
    test = edited(solved(store), area, Lock(WEST, "西村"))
    assert "必选的“西村”在禁止区域内" in text_of(test)
    assert not test.exception
    button(test, "siting_remove_0").click()
    ran(test)
    assert names(test) == ["西村"]


def test_two_plans_are_held_against_each_other(store):
    test = solved(store)
    button(test, "siting_keep_first").click()
    ran(test)
    assert "与甲方案相同" in text_of(test)
    edited(test, Ban(WEST, "西村"))
    said = text_of(test)
    assert "只在甲方案：西村" in said
    assert "可达人数差 −" in said
    assert "各乡镇：乙乡 −" in said
    button(test, "siting_drop_first").click()
    ran(test)
    assert "与甲方案相比" not in text_of(test)


def test_a_plan_is_saved_as_a_scenario(store):
    test = solved(store)
    button(test, "siting_save").click()
    ran(test)
    assert not test.exception
    found = kept_scenario(SERVER, store, "选址方案 2026-10-31").scenario
    assert [change.name for change in found.changes] == ["A 西村"]
    assert (found.mode.value, found.minutes) == ("walk", 15.0)
    assert test.session_state["scenario_name"] == "选址方案 2026-10-31"
    button(test, "siting_save").click()
    ran(test)
    assert "已有" in text_of(test) or "已被" in text_of(test)  # the name is taken


def test_who_may_not_save_is_told(store):
    test = solved(store, Viewer(Role.LEADER))
    button(test, "siting_save").click()
    ran(test)
    assert "只有规划人员和数据管理员可以保存方案" in text_of(test)


def test_what_cannot_be_done_is_told_with_a_remedy(store):
    test = solved(store, objective="set-cover", share="100")
    said = text_of(test)
    assert "做不到，原因如下" in said
    remedy = button(test, "siting_remedy_share")
    assert "把目标降到" in remedy.label
    remedy.click()
    ran(test)
    assert not test.exception
    assert "做不到" not in text_of(test)
    assert figures(test)[3] == "已证明最优"
    assert test.number_input(key="siting_control_share_").value == test.session_state["siting_asked"]["share"] < 100


def test_a_stopped_search_gives_the_best_so_far_and_is_not_kept(store, monkeypatch):
    def slow(viewer, opened, asked, *, stop):
        while not stop():
            time.sleep(0.01)
        return real(viewer, opened, asked, stop=stop)

    real = solving.site
    monkeypatch.setattr(solving, "site", slow)
    test = page(store)
    button(test, "siting_solve_button").click().run()
    assert "正在求解：已用" in " ".join(p.proto.text for p in test.get("progress"))
    assert not [h for h in test.get("html") if "rt-kpis" in h.proto.body]
    solve = test.session_state["siting_solve"]
    assert not solve.done.is_set()
    button(test, "siting_stop").click().run()
    ran(test)
    assert solve.stopping.is_set()
    assert not test.exception
    assert len(sites(test)) <= 1
    plan = test.session_state["siting_shown"]
    fresh = page(store)
    assert "siting_shown" not in fresh.session_state
    assert plan.report.chosen is not None


def test_a_new_search_ends_the_one_before_and_searches_of_two_people_do_not_mix(store, monkeypatch):
    def slow(viewer, opened, asked, *, stop):
        while asked.add == 1 and not stop():
            time.sleep(0.01)
        return real(viewer, opened, asked, stop=stop)

    real = solving.site
    monkeypatch.setattr(solving, "site", slow)
    mine = page(store)
    button(mine, "siting_solve_button").click().run()
    first = mine.session_state["siting_solve"]
    theirs = solved(store, add="2")
    assert figures(theirs)[3] == "已证明最优"
    assert not first.done.is_set()
    mine.number_input(key="siting_control_add_").set_value(2).run()
    button(mine, "siting_solve_button").click()
    ran(mine)
    assert first.stopping.is_set()
    assert first.done.wait(PATIENCE_S)
    assert mine.session_state["siting_shown"].asked["add"] == 2


def test_an_answer_is_there_at_once_the_second_time_and_gone_when_the_county_is_loaded_again(store):
    solved(store)
    again = page(store)
    assert figures(again) == ["12", "60.0%", "5", "已证明最优"]
    store.load({"stations": frames()["stations"].assign(status="open")}, PROVENANCE)
    again.run()
    assert "定好条件后按“求解”" in text_of(again)


def test_a_fault_of_the_search_is_no_silence(store, monkeypatch):
    def broken(*_given, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(solving, "site", broken)
    test = page(store)
    button(test, "siting_solve_button").click()
    ran(test)
    assert [e.value for e in test.exception] or "程序错误" in text_of(test)


def test_another_question_leaves_the_plan_and_says_that_it_is_old(store):
    test = solved(store)
    test.number_input(key="siting_control_add_").set_value(2).run()
    assert "条件已改" in text_of(test)
    assert figures(test)[0] == "12"
    assert test.query_params["add"] == "2"


def test_the_address_brings_back_the_question_and_no_nonsense(store):
    test = page(store, objective="set-cover", share="70", people="all", candidates="planned,nonsense", weight="households")
    said = test.session_state["siting_asked"]
    assert (said["objective"], said["share"], said["people"], said["kinds"]) == ("set-cover", 70.0, "all", ("planned",))
    assert said["weight"] == "households"
    odd = page(store, objective="all", add="-4", share="x", people="nobody", candidates="x", close="999999")
    assert not odd.exception
    kept = {name: odd.session_state["siting_asked"][name] for name in ("objective", "add", "share", "people", "close")}
    assert kept == {"objective": "coverage", "add": 5, "share": 90.0, "people": "all", "close": 0}


@pytest.mark.parametrize("objective", list(OBJECTIVE))
def test_every_objective_is_answered(store, objective):
    test = solved(store, objective=objective, share="20")
    assert not test.exception
    assert len(figures(test)) == 4


def test_the_page_is_whole_in_english(store):
    test = solved(store, lang="en")
    test.session_state["siting_picked"] = WEST
    edited(test, Lock(WEST, "西村"))
    said = text_of(test)
    assert not test.exception
    for words in ("Where the next stations help most", "Proven optimal", "lock 西村", "Your changes", "within the limit alone"):
        assert words in said
    assert not re.search(r"可达|候选|求解|修改", said)


def test_counts_only_viewers_are_not_told_of_few(store):
    test = solved(store, SERVER)
    assert not test.exception
    assert figures(test)[:3] == ["12", "60.0%", "不足 5 户"]  # now four households, then five
    assert "现状 不足 5 户 · 共 20" in text_of(test)
    assert sites(test)["newly"].isna().all()
    assert townships(test)["gained"].isna().all()
    assert townships(test)["after"].isna().all()


@pytest.mark.parametrize("left_out", ["roads", "households", "stations", "villages", "townships"])
def test_a_county_that_lacks_a_layer_is_no_broken_page(tmp_path, left_out):
    with Store.open(str(tmp_path / "part.db")) as part:
        kept = {name: frame for name, frame in frames().items() if name != left_out}
        if left_out == "stations":
            del kept["station_grades"]
        if left_out in {"villages", "townships"}:
            kept["households"] = kept["households"].assign(village=None)
            kept["stations"] = kept["stations"].assign(unit=None)
            if left_out == "townships":
                kept["villages"] = kept["villages"].assign(township=None)
        part.load(kept, PROVENANCE)
        test = solved(part)
        assert not test.exception
        if left_out == "households":
            assert "没有可计入的人" in text_of(test) or "家庭" in text_of(test)


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "empty.db")) as nothing:
        test = page(nothing)
        assert not test.exception
        assert "还没有数据" in text_of(test)


def test_without_candidates_there_is_nothing_to_press(store):
    test = page(store)
    test.multiselect[0].set_value([]).run()
    assert "没有候选点：请选一类候选点" in text_of(test)
    assert button(test, "siting_solve_button").disabled


def test_the_report_on_paper_holds_reasons_townships_and_curve(store):
    test = edited(solved(store), Lock(WEST, "西村"))
    paper = " ".join(h.proto.body for h in test.get("html") if "rt-paper" in h.proto.body)
    for words in ("选址报告: 建议新站", "按要求必设", "各乡镇前后", "新增站数与可达率", "必选 西村"):
        assert words in paper


def test_a_drawn_area_is_a_forbidden_area(store, monkeypatch):
    corners = [at(*xy).coords[0] for xy in ((2200, -900), (6900, -900), (6900, 1900), (2200, 1900))]
    test = solved(store)
    test.session_state["siting_tool"] = editor.AREA
    test.session_state["siting_corners"] = tuple(corners[:2])
    ran(test)
    assert "已点 2 点" in text_of(test)
    assert button(test, "siting_area_done").disabled
    test.session_state["siting_corners"] = tuple(corners)
    ran(test)
    button(test, "siting_area_done").click()
    ran(test)
    assert "禁止区域 1" in text_of(test)
    assert "西村" not in names(test)
    assert test.session_state["siting_corners"] == ()
