"""The sides of the coverage page as a script: the switch, the address, and what each shows to whom."""

from __future__ import annotations

import dataclasses
import re

import pytest
from script_page import figures, page, served, text_of
from small_county import at, frames

from app.messages import Words
from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.catchments.service import catchments
from app.web.kit import session
from app.web.views.coverage import catchments as catchment_view


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


SIDES = ["reach", "isochrones", "catchments", "access", "fairness", "points"]


@pytest.mark.parametrize("viewer", [SERVER, LOCAL_STEWARD], ids=["counts", "points"])
@pytest.mark.parametrize("side", SIDES)
def test_every_side_stands_in_both_languages(tmp_path, side, viewer):
    served(tmp_path, viewer)
    test = page(view=side)
    assert not test.exception
    if side != "points" or viewer.points:
        assert "数据截至 2026-10-31" in text_of(test)
        assert "规则与口径" in text_of(test)
    assert set(re.findall(r"[A-Za-z]{2,}", text_of(test))) <= {"English", "points"}
    test = page(view=side, lang="en")
    assert not test.exception
    names = {"中文", "甲镇", "乙乡", "东村", "西村", "北村", "东村站", "甲镇站", "小县", "虚构"}
    assert set(re.findall(r"[一-鿿]+", text_of(test))) <= names


@pytest.mark.parametrize("missing", ["households", "stations", "roads", "villages"])
@pytest.mark.parametrize("side", SIDES)
def test_every_side_says_what_is_missing(tmp_path, side, missing):
    gone: dict[str, object] = {missing: None}
    if missing == "stations":
        gone["station_grades"] = None
    if missing == "villages":
        given = frames()
        gone["households"] = given["households"].assign(village=None)
        gone["stations"] = given["stations"].assign(unit=None)
    served(tmp_path, **gone)
    test = page(view=side)
    assert not test.exception
    said = {"households": "没有服务对象家庭", "stations": "没有可计入的设施", "roads": "直线距离 × 1.3"}
    if missing in said:
        assert said[missing] in text_of(test)


def ring_table(test):
    return next(table.value for table in test.dataframe if "area" in table.value)


def test_isochrones_of_all_count_as_reach_does(tmp_path):
    served(tmp_path)
    test = page(view="isochrones")
    table = ring_table(test)
    assert list(table["minutes"]) == [5, 10, 15]
    assert list(table["households"]) == [2, 2, 4]  # 0.7 and 1.3, then 13.3 and 15.0 minutes
    assert figures(test)[:2] == ["4", "7"]
    assert "占定位准确的人 35.0%" in text_of(test)
    assert list(ring_table(page(view="isochrones", minutes="45"))["minutes"]) == [5, 10, 15, 20, 30, 45]


def test_isochrones_of_one_facility(tmp_path):
    served(tmp_path)
    test = page(view="isochrones")
    test.button_group(key="iso_around").set_value("one").run()
    assert not test.exception
    assert "圈内户数与人数 东村站" in text_of(test)
    assert list(ring_table(test)["households"]) == [2, 2, 4]
    test.selectbox(key="iso_facility_zh").select("S4").run()
    assert "圈内户数与人数 甲镇站" in text_of(test)
    assert list(ring_table(test)["households"]) == [0, 0, 2]  # 1,000 m to h10's 1,100 and h01's 1,050
    test.button_group(key="iso_direction").set_value("from").run()
    assert not test.exception
    assert "从所选位置出发" in text_of(test)


def test_isochrones_of_a_point_of_the_map(tmp_path):
    served(tmp_path)
    test = page(view="isochrones")
    test.button_group(key="iso_around").set_value("place").run()
    assert "在地图上点一下" in text_of(test)
    test.session_state["iso_place"] = (123.0, 29.9)  # far from everything
    test.run()
    assert not test.exception
    assert "不在本区域" in text_of(test)
    there = at(5000, 0)
    test.session_state["iso_place"] = (there.x, there.y)
    test.run()
    assert list(ring_table(test)["households"]) == [1, 1, 1]  # h05; h06's place is not exact


def test_what_isochrones_are_drawn_around_is_in_the_address(tmp_path):
    served(tmp_path)
    test = page(view="isochrones")
    test.button_group(key="iso_around").set_value("one").run()
    test.selectbox(key="iso_facility_zh").select("S4").run()
    test.button_group(key="iso_direction").set_value("from").run()
    assert {name: test.query_params[name] for name in ("around", "station", "direction")} == {
        "around": "one", "station": "S4", "direction": "from"}  # fmt: skip
    again = page(view="isochrones", around="one", station="S4", direction="from")
    assert not again.exception
    assert "圈内户数与人数 甲镇站" in text_of(again)
    assert "从所选位置出发" in text_of(again)
    there = at(5000, 0)
    place = page(view="isochrones", around="place", point=f"{there.x:.4f},{there.y:.4f}")
    assert list(ring_table(place)["households"]) == [1, 1, 1]
    assert "station" not in place.query_params
    place.button_group(key="iso_around").set_value("all").run()
    assert not {"around", "station", "point", "direction"} & set(place.query_params)


@pytest.mark.parametrize("point", ["", "x", "1,2,3", "nan,1", "999,1", "1e400,2"])
def test_an_address_that_makes_no_sense_asks_for_a_click(tmp_path, point):
    served(tmp_path)
    test = page(view="isochrones", around="place", point=point, direction="up", station="S9")
    assert not test.exception
    assert "在地图上点一下" in text_of(test)
    assert "点一下" in text_of(page(view="isochrones", around="place"))
    assert "东村站" in text_of(page(view="isochrones", around="one", station="S9"))


def test_households_of_soldiers_are_left_out_of_the_points_and_that_is_said(tmp_path):
    given = frames()["households"]
    kinds = given.assign(categories=[["active_family"], *[["veteran"]] * 9])
    served(tmp_path, Viewer(Role.PLANNER, points=True), households=kinds)
    test = page(view="points")
    assert figures(test) == ["3", "15", "1", "2"]  # without h01's 0.7 minutes
    assert "定位准的共 7 户" in text_of(test)
    assert "现役军人家属、烈士遗属的单户只有数据管理员能看" in text_of(test)


def test_a_facility_without_ground_is_told_in_the_table(tmp_path):
    served(tmp_path)
    whole = catchments(LOCAL_STEWARD, session.current_store())
    assert "ground" not in catchment_view.frame(whole.loads, Words())
    bare = (dataclasses.replace(whole.loads[0], without_ground=True), *whole.loads[1:])
    assert catchment_view.frame(bare, Words())["ground"].tolist() [0] == "图上没有"
    assert catchment_view.frame(bare, Words())["ground"].notna().sum() == 1


def test_catchments_tell_their_villages(tmp_path):
    served(tmp_path)
    test = page(view="catchments")
    assert figures(test) == ["16", "1", "16", "0"]  # h01 to h05 and h10; nobody is nearest to the township's
    assert "未归入 6 人" in text_of(test)
    test.session_state["catch_facility"] = "S1"
    test.run()
    assert "东村站服务的村" in text_of(test)
    villages = next(table.value for table in test.dataframe if "village" in table.value)
    assert list(villages["village"]) == ["东村", "西村"]
    assert list(villages["households"]) == [4, 2]
    test.button_group(key="catch_limit").set_value("within").run()
    assert figures(test)[0] == "7"


def test_counts_only_are_told_nothing_of_few(tmp_path):
    served(tmp_path, SERVER)
    test = page(view="isochrones")
    assert ring_table(test)["households"].isna().all()  # two, two and four households
    assert figures(test)[:2] == ["—", "—"]
