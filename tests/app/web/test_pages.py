"""The coverage page as a script: both languages, every question, and what it says when something is missing."""

from __future__ import annotations

import re

import pytest
from script_page import figures, page, served, text_of
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from layers.errors import StoreError
from layers.store import Store


def ranking(test):
    return next(table.value for table in test.dataframe if "rate" in table.value)


def gaps(test):
    return next(table.value for table in test.dataframe if "nearest" in table.value)


def test_the_page_answers_the_usual_question(tmp_path):
    served(tmp_path)
    test = page()
    assert not test.exception
    assert figures(test) == ["50.0%", "13", "50.0%", "1"]
    said = text_of(test)
    for words in ("服务覆盖", "小县（虚构）", "2 个乡镇", "数据截至 2026-10-31", "虚构", "内部资料 · 注意保管",
                  "按人 35.0%", "范围 40.0–60.0%", "定位准的共 20 人", "乡镇 1/2 · 村 1/3", "最低 乙乡 0.0%",
                  "步行 15 分钟内（含）", "离路网太远：1 户", "无路可达：1 户", "定位不准，不计入可达率：2 户"):
        assert words in said
    assert list(ranking(test)["name"]) == ["乙乡", "甲镇"]
    assert list(ranking(test)["unreached"]) == [13, 0]
    assert list(gaps(test)["name"]) == ["西村", "北村"]


def test_the_largest_gap_tells_why_and_another_when_it_is_picked(tmp_path):
    served(tmp_path, viewer=LOCAL_STEWARD)
    test = page()
    assert "西村 · 原因与对策 最近的是东村站，步行约 34.8 分钟" in text_of(test)
    test.session_state["village"] = "V3"
    test.run()
    assert "北村 · 原因与对策 1 户所在路段不与设施相通，接通约需 3,000 米" in text_of(test)
    assert "西村 · 原因与对策" not in text_of(test)


def test_few_households_keep_their_reasons_to_themselves(tmp_path):
    served(tmp_path, viewer=SERVER)
    said = text_of(page())
    assert "其余（户数太少，不单列） · 原因与对策 户数太少的地方合并为一行，为不显露单户情况，不列原因。" in said
    assert "西村 · 原因与对策" not in said
    assert "34.8" not in said


def test_the_page_is_whole_in_english(tmp_path):
    served(tmp_path)
    test = page(lang="en")
    assert not test.exception
    said = text_of(test)
    for words in ("Service coverage", "Small County (fictional)", "Internal", "persons 35.0%", "range 40.0–60.0%",
                  "on foot", "off the network: 1 households"):
        assert words in said
    data = {"中文", "甲镇", "乙乡", "东村", "西村", "北村", "东村站"}
    assert set(re.findall(r"[一-鿿]+", said)) <= data


def test_the_chinese_page_holds_no_english(tmp_path):
    served(tmp_path)
    said = text_of(page())
    assert set(re.findall(r"[A-Za-z]{2,}", said)) <= {"English"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_key_is_shown_raw(tmp_path, language):
    served(tmp_path)
    assert not re.search(r"\b(coverage|map|app|empty|error)\.[a-z_]+", text_of(page(lang=language)))


def test_another_mode_and_limit_are_another_answer(tmp_path):
    served(tmp_path)
    test = page()
    test.button_group(key="mode").set_value("drive").run()
    assert figures(test)[0] == "62.5%"  # not h05: its street is one-way, away from the stations
    assert test.query_params["mode"] == "drive"
    test.button_group(key="mode").set_value("walk").run()
    assert "mode" not in test.query_params
    test.button_group(key="limit").set_value(5).run()
    assert figures(test)[0] == "25.0%"  # h01, h10


def test_a_longer_limit(tmp_path):
    served(tmp_path)
    test = page()
    test.button_group(key="limit").set_value("other").run()
    assert "步行 45 分钟内" in text_of(test)
    test.button_group(key="other_minutes").set_value(240).run()
    assert not test.exception
    assert "步行 240 分钟内" in text_of(test)
    assert test.query_params["minutes"] == "240"


def test_the_address_brings_back_the_question(tmp_path):
    served(tmp_path)
    test = page(mode="drive", minutes="7", count="kind:street")
    said = text_of(test)
    assert "驾车 10 分钟内" in said  # the next of the limits that everybody may ask for
    assert test.selectbox(key="facility_zh").value == "kind:street"
    assert "有点率" in said


@pytest.mark.parametrize("query", [
    {"mode": "fly"}, {"minutes": "0"}, {"minutes": "-5"}, {"minutes": "1e9"}, {"minutes": "²"}, {"count": "level:moon"},
    {"lang": "xx"},
])
def test_nonsense_in_the_address_is_passed_over(tmp_path, query):
    served(tmp_path)
    test = page(**query)
    assert not test.exception
    assert len(figures(test)) == 4


def test_only_what_the_store_holds_can_be_counted(tmp_path):
    served(tmp_path)
    options = page().selectbox(key="facility_zh").options
    assert options == ["全部服务站", "只计乡镇站", "只计村站", "等级：示范型", "服务点：拥军商户", "服务点：双拥街"]


def test_the_language_is_switched_in_place_and_the_question_kept(tmp_path):
    served(tmp_path)
    test = page()
    test.button_group(key="mode").set_value("ebike").run()
    test.selectbox(key="facility_zh").set_value("level:village").run()
    test.button(key="language").click().run()
    assert test.query_params["lang"] == "en"
    assert test.button_group(key="mode").value == "ebike"
    assert test.selectbox(key="facility_en").value == "level:village"
    assert "at 15 km/h" in text_of(test)
    test.button(key="language").click().run()
    assert "lang" not in test.query_params
    assert test.selectbox(key="facility_zh").value == "level:village"


def test_a_township_shows_its_villages_and_leads_back(tmp_path):
    served(tmp_path)
    test = page()
    test.session_state["township"] = "990001002"
    test.run()
    assert list(ranking(test)["name"]) == ["西村", "北村"]
    assert "乙乡各村" in text_of(test)
    test.button(key="back").click().run()
    assert list(ranking(test)["name"]) == ["乙乡", "甲镇"]


def test_a_township_that_is_gone_is_forgotten(tmp_path):
    served(tmp_path)
    test = page()
    test.session_state["township"] = "999999999"
    test.run()
    assert not test.exception
    assert list(ranking(test)["name"]) == ["乙乡", "甲镇"]


def test_an_empty_store_says_what_to_do(tmp_path):
    served(tmp_path, load=False)
    said = text_of(page())
    assert "还没有数据" in said
    assert "rongtu demo" in said
    assert "rongtu import-osm" in said
    assert not page(lang="en").exception


@pytest.mark.parametrize(("missing", "said"), [
    ({"stations": None, "station_grades": None, "support_points": None}, "没有可计入的设施"),
    ({"households": None}, "没有服务对象家庭"),
])
def test_without_stations_or_households_the_boundaries_stay(tmp_path, missing, said):
    served(tmp_path, **missing)
    test = page()
    assert not test.exception
    assert said in text_of(test)
    assert not test.dataframe
    assert test.get("component_instance")  # the map


def test_without_roads_the_times_are_called_an_estimate(tmp_path):
    served(tmp_path, roads=None)
    said = text_of(page())
    assert "估算" in said
    assert "没有道路数据" in said


def test_without_townships_villages_are_ranked(tmp_path):
    villages = frames()["villages"].assign(township=None)
    stations = frames()["stations"].assign(unit=None)
    served(tmp_path, townships=None, villages=villages, stations=stations)
    test = page()
    assert not test.exception
    assert "西村" in list(ranking(test)["name"])


def test_households_in_no_area_are_told(tmp_path):
    households = frames()["households"]
    households.loc[[7, 8], "village"] = None
    far = frames()["townships"].iloc[:1]
    served(tmp_path, townships=far, villages=frames()["villages"].iloc[:1], households=households.assign(village=None),
           stations=frames()["stations"].assign(unit=None))
    assert "未归属" in list(ranking(page())["name"])
    assert "In no area" in list(ranking(page(lang="en"))["name"])


def test_a_store_that_fails_is_one_sentence(tmp_path, monkeypatch):
    served(tmp_path)
    monkeypatch.setattr(Store, "is_empty", lambda _: (_ for _ in ()).throw(StoreError("库坏了 (the store is broken)")))
    test = page()
    assert [e.value for e in test.error] == ["库坏了"]
    assert [e.value for e in page(lang="en").error] == ["the store is broken"]


def test_the_answer_changes_with_the_data(tmp_path):
    store = served(tmp_path)
    before = figures(page())
    store.load({"stations": frames()["stations"].assign(status="open", closed=None)}, PROVENANCE)
    assert figures(page()) != before


def test_nothing_shared_between_people_holds_a_household(tmp_path):
    served(tmp_path)
    assert "h01" not in text_of(page())
