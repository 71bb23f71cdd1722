"""The page of circles as a script: both languages, every question, what is around a point, what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from circle_county import circle_frames
from small_county import PROVENANCE, at, frame
from streamlit.testing.v1 import AppTest

from app.maps.circle_map import SCORE_BREAKS, SCORE_LABELS, score_class
from app.roles import LOCAL_STEWARD, SERVER
from app.web.kit import session
from app.web.views.circles.matrix import _whole, shade
from layers.store import Store

MAIN = str(Path(__file__).resolve().parents[3] / "app" / "web" / "main.py")


@pytest.fixture(autouse=True)
def nothing_left_served():
    yield
    session._served.clear()


def served(tmp_path, load=True, viewer=LOCAL_STEWARD, **changed):
    store = Store.open(str(tmp_path / "county.db"))
    if load:
        store.load({k: v for k, v in {**circle_frames(), **changed}.items() if v is not None}, PROVENANCE)
    session.serve_store(store, viewer)
    return store


def page(**query):
    test = AppTest.from_function(_circles, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def _circles():
    from app.web.kit import asked
    from app.web.views.circles import page as circles

    asked.keep()
    circles.page()


def text_of(test) -> str:
    """Everything that a person reads on the page, without marks."""
    shown = [h.proto.body for h in test.get("html")]
    shown += [e.value for kind in ("markdown", "caption", "info", "error", "code") for e in test.get(kind)]
    shown += [w.label for kind in ("button", "selectbox", "multiselect", "button_group") for w in test.get(kind)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(shown)))


def figures(test) -> list[str]:
    kpis = next(h.proto.body for h in test.get("html") if "rt-kpis" in h.proto.body)
    return re.findall(r'rt-v">([^<]*)<', kpis)


def matrix(test) -> list[list[str]]:
    body = next(h.proto.body for h in test.get("html") if "rt-matrix" in h.proto.body)
    rows = re.findall(r"<tr>(.*?)</tr>", body)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_page_answers_the_usual_question(tmp_path):
    served(tmp_path)
    test = page()
    assert not test.exception
    assert figures(test) == ["55.0%", "18", "餐饮", "1"]
    said = text_of(test)
    for words in ("拥军服务圈", "小县（虚构）", "8 处服务点", "数据截至 2026-10-31", "虚构", "范围 44.0–64.0%",
                  "定位准的共 20 人", "完整率 10.0%", "75.0% 的户时限内没有", "协议过期 1", "步行 15 分钟内（含）有：医疗",
                  "离路网太远：1 户", "定位不准，不计入得分：2 户"):
        assert words in said
    table = test.dataframe[0].value
    assert list(table["name"]) == ["乙乡", "甲镇"]
    assert list(table["score"]) == [20.0, 90.0]
    assert list(table["incomplete"]) == [13, 5]
    assert list(table["lacks"]) == ["医疗 100.0%", "餐饮 50.0%"]


def test_the_matrix_names_what_is_missing_where(tmp_path):
    served(tmp_path)
    head, *rows = matrix(page())
    assert head[:7] == ["乡镇", "医疗", "购物", "金融", "餐饮", "服务站或退役军人驿站", "服务站"]
    assert rows[0][:7] == ["乙乡", "100", "75", "50", "100", "75", "100"]
    assert rows[1][:6] == ["甲镇", "0", "0", "0", "50", "0"]
    assert rows[2][:6] == ["合计", "50", "38", "25", "75", "38"]


def test_the_page_is_whole_in_english(tmp_path):
    served(tmp_path)
    test = page(lang="en")
    assert not test.exception
    said = text_of(test)
    for words in ("Support circles", "8 support points", "range 44.0–64.0%", "75.0% of households lack it",
                  "Within 15 minutes (included)", "off the network: 1 households"):
        assert words in said
    data = {"中文", "甲镇", "乙乡", "东村", "西村", "北村"}
    assert set(re.findall(r"[一-鿿]+", said)) <= data


def test_the_chinese_page_holds_no_english_and_no_raw_key(tmp_path):
    served(tmp_path)
    said = text_of(page())
    assert set(re.findall(r"[A-Za-z]{2,}", said)) <= {"English"}
    assert "circle." not in said


def test_another_limit_and_another_recipe_are_another_answer(tmp_path):
    served(tmp_path)
    test = page()
    test.button_group(key="limit").set_value(30).run()
    assert figures(test)[0] == "67.5%"  # five have everything, h05 finance and the post, h08 and h09 nothing
    test.multiselect(key="recipe_zh").set_value(["finance"]).run()
    assert figures(test)[2] == "金融"
    assert test.query_params["recipe"] in ("finance", ["finance"])
    test.multiselect(key="recipe_zh").set_value([]).run()
    assert "至少选一项" in text_of(test)
    assert "recipe" not in test.query_params


def test_the_address_says_the_question_as_far_as_it_makes_sense(tmp_path):
    served(tmp_path)
    assert figures(page(recipe="post", minutes="15"))[0] == "12.5%"
    assert figures(page(recipe="medicine"))[0] == "55.0%"
    weighted = page(recipe="medical:3,post|legal")
    assert figures(weighted)[0] == "40.6%"  # four of eight have a medical point (3 of 4), one has the post (1 of 4)
    assert weighted.query_params["recipe"] in ("medical:3,post|legal", ["medical:3,post|legal"])
    assert "权重 3" in text_of(weighted)


def test_a_village_and_a_station_can_be_asked_around(tmp_path):
    served(tmp_path)
    test = page()
    test.selectbox(key="circle_pick_zh").set_value("facility:S1").run()
    assert not test.exception
    said = text_of(test)
    for words in ("东村站", "服务圈完整", "医疗 1 处 · 最近 0.0 分", "服务站 2 处", "noodles点", "九折", "协议至 2030-01-01",
                  "协议过期或未开始，不计：1 处", "已于 2026-10-30 过期"):
        assert words in said
    test.selectbox(key="circle_pick_zh").set_value("village:V1").run()
    said = text_of(test)
    assert "东村（村中心）" in said
    assert "缺 购物 最近：shop点" in said
    assert "东村" in list(test.dataframe[0].value["name"])  # its township is looked at
    test.selectbox(key="circle_pick_zh").set_value("").run()
    assert "在地图上先点一个乡镇" in text_of(test)


@pytest.mark.parametrize(("here", "heard"), [("village:V1", "东村（村中心）"), ("facility:S1", "服务圈完整")])
def test_the_address_keeps_the_place_that_is_looked_at(tmp_path, here, heard):
    served(tmp_path)
    test = page()
    assert "here" not in test.query_params
    test.selectbox(key="circle_pick_zh").set_value(here).run()
    assert test.query_params["here"] in (here, [here])
    again = page(here=here)  # as after a reload
    assert heard in text_of(again)
    again.selectbox(key="circle_pick_zh").set_value("").run()
    assert "here" not in again.query_params


def test_the_address_keeps_a_point_to_ten_metres(tmp_path):
    served(tmp_path)
    spot = at(2000, 75)
    test = page(here=f"point:{spot.x:.4f},{spot.y:.4f}")
    assert "地图上的点" in text_of(test)
    assert "得分 80.0%" in text_of(test)
    for wrong in ("point:here", "point:1", "point:500,0", "point:nan,0", "village:none", "<b>"):
        other = page(here=wrong)
        assert not other.exception
        assert "here" not in other.query_params


def test_a_point_far_from_roads_is_told(tmp_path):
    served(tmp_path)
    test = page()
    test.selectbox(key="circle_pick_zh").set_value("village:V3").run()
    assert "超过 500 米" in text_of(test)


def test_figures_of_a_few_households_are_withheld(tmp_path):
    served(tmp_path, viewer=SERVER)
    test = page()
    assert not test.exception
    assert figures(test)[0] == "55.0%"
    assert set(test.dataframe[0].value["lacks"]) == {"户数太少，不列数字"}
    rows = matrix(test)[1:]
    assert set(rows[0][1:]) == set(rows[1][1:]) == {"·"}


def test_an_empty_store_and_missing_layers_say_what_to_do(tmp_path):
    served(tmp_path, load=False)
    assert "还没有数据" in text_of(page())
    for k, (missing, said) in enumerate([
        ({"support_points": None}, "没有拥军服务点"), ({"households": None}, "没有服务对象家庭"),
    ]):
        folder = tmp_path / str(k)
        folder.mkdir()
        served(folder, **missing)
        test = page()
        assert not test.exception
        assert said in text_of(test)


def test_without_townships_villages_are_ranked(tmp_path):
    villages = circle_frames()["villages"].assign(township=None)
    served(tmp_path, townships=None, villages=villages, stations=circle_frames()["stations"].assign(unit=None))
    test = page()
    assert not test.exception
    assert "西村" in list(test.dataframe[0].value["name"])
    assert matrix(test)[0][0] == "村（社区）"


def test_households_in_no_area_are_told(tmp_path):
    stray = frame([{"id": "x", "village": None, "persons": 7, "precision": "door", "geometry": at(9000, 9000)}])
    store = served(tmp_path)
    store.load({"households": stray}, PROVENANCE)
    assert "未归属" in list(page().dataframe[0].value["name"])


def test_a_recipe_in_the_settings_that_cannot_be_meant_is_named(tmp_path, monkeypatch):
    served(tmp_path)
    monkeypatch.setenv("RONGTU_CIRCLE", "medicine")
    said = page().exception
    assert ["medicine" in e.message for e in said] == [True]  # the frame of the pages says it in one sentence
    assert not AppTest.from_file(MAIN, default_timeout=60).run().exception  # the other pages go on


@pytest.mark.parametrize(("score", "found"), [(None, None), (0.0, 0), (0.1999, 0), (0.2, 1), (0.8, 4), (1.0, 4)])
def test_classes_of_score(score, found):
    assert score_class(score) == found
    assert len(SCORE_LABELS) == len(SCORE_BREAKS) + 1


def test_shades_darken_and_only_all_is_all():
    assert [shade(share) for share in (0, 0.099, 0.1, 0.3, 0.5, 0.7, 1)] == [0, 0, 1, 2, 3, 4, 4]
    assert [_whole(share) for share in (0, 0.0001, 0.5, 0.9999, 1)] == ["0", "1", "50", "99", "100"]
