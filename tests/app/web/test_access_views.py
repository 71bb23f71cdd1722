"""The views of access and fairness: their maps, what they say, and what they say when something is missing."""

from __future__ import annotations

import json
import re
from html import escape

import pytest
import script_page
from script_page import text_of
from small_county import PROVENANCE, at, frame, frames
from streamlit.testing.v1 import AppTest
from streamlit_folium import _get_feature_group_string

from app.assets import use_local_assets
from app.maps.access_map import ACCESS_BREAKS, ACCESS_LABELS, draw_access
from app.maps.fairness_map import WORST_BREAKS, WORST_LABELS, draw_fairness
from app.maps.pieces.ground import make_ground
from app.maps.pieces.theme import REACH_COLOURS
from app.maps.view import Caption, View
from app.messages import Words
from app.roles import LOCAL_STEWARD, SERVER
from app.services import layers
from app.services.access.service import access
from app.services.county.facilities import FacilityChoice, facilities
from app.services.fairness.service import fairness


@pytest.fixture(autouse=True)
def local_assets():
    use_local_assets()


def served(tmp_path, viewer=LOCAL_STEWARD, staff=(2, 9, 9, 3), **changed):
    given = {**frames(), **changed}
    if given["stations"] is not None and staff:
        given["stations"] = given["stations"].assign(staff=list(staff))
    given["households"] = given["households"].assign(
        eldest_birth_year=1940, categories=[["veteran"]] * len(given["households"])
    )
    return script_page.served(tmp_path, viewer, **given)


def view(name, language="zh", mode="walk", facility="all"):
    def script(name, language, mode, facility):
        from importlib import import_module

        from app.messages import Words
        from app.web.kit import session
        from app.web.kit.asked import Asked

        import_module(f"app.web.views.coverage.{name}").draw(
            session.viewer(), session.current_store(), Asked(mode=mode, facility=facility), Words(language)
        )

    test = AppTest.from_function(script, default_timeout=60, args=(name, language, mode, facility))
    return test.run()


def table(test, column):
    return next(one.value for one in test.dataframe if column in one.value)


def test_access_tells_its_figures_rule_and_date(tmp_path):
    served(tmp_path)
    test = view("access")
    assert not test.exception
    said = text_of(test)
    for words in ("每千人工作人员 250.0 名 5 名 · 2 站", "范围内无工作人员的人数 13 人 定位准的共 20 人", "高斯衰减", "数据截至 2026-10-31",
                  "2 户（2 人）的位置只知道到村或不详"):
        assert words in said
    assert table(test, "rate")["name"].tolist() == ["乙乡", "甲镇"]  # the fewest first
    assert table(test, "rate")["without"].tolist() == [13, 0]
    assert table(test, "load")["name"].tolist() == ["东村站", "甲镇站"]
    assert len(test.get("download_button")) == 3


def test_access_by_another_decay_and_within_a_township(tmp_path):
    served(tmp_path)
    test = view("access")
    test.segmented_control(key="decay").set_value("binary").run()
    assert "时限内不衰减" in text_of(test)
    test.session_state["township"] = "990001001"
    test.run()
    assert table(test, "rate")["name"].tolist() == ["东村"]
    assert table(test, "rate")["rate"].tolist() == [pytest.approx(5000 / 7)]
    assert "甲镇各村" in text_of(test)


@pytest.mark.parametrize("name", ["access", "fairness"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_views_speak_both_languages_in_every_mode(tmp_path, name, language, mode):
    served(tmp_path, viewer=SERVER)
    test = view(name, language, mode)
    assert not test.exception
    said = text_of(test)
    assert ("规则与口径" in said, "Rules and definitions" in said) == (language == "zh", language == "en")


def test_few_households_are_not_told_on_the_page(tmp_path):
    served(tmp_path, viewer=SERVER)
    access_test, fairness_test = view("access"), view("fairness")
    assert table(access_test, "rate")["rate"].isna().all()
    assert table(access_test, "load")["load"].isna().all()
    assert table(fairness_test, "worst")[["worst", "mean", "gini", "rate"]].isna().all(axis=None)
    assert not any("median" in one.value for one in fairness_test.dataframe)  # four of eight are reached, and four are not
    assert "户数太少，不列出：全部、60 岁及以上、退役军人" in text_of(fairness_test)


def test_fairness_tells_its_figures_and_minds_the_elders_pace(tmp_path):
    served(tmp_path)
    test = view("fairness")
    assert not test.exception
    said = text_of(test)
    for words in ("用时的基尼系数", "乡镇可达率差距 50.0 个百分点 甲镇 50.0% · 乙乡 0.0%",
                  "60 岁及以上可达率 25.0% 全体 25.0%", "按老人步行 3 公里/小时"):
        assert words in said
    test.toggle(key="elder_pace").set_value(False).run()
    assert "按老人步行" not in text_of(test)
    assert "60 岁及以上可达率 50.0%" in text_of(test)
    assert not view("fairness", mode="drive").toggle


@pytest.mark.parametrize("name", ["access", "fairness"])
def test_what_is_missing_is_said_and_the_ground_is_shown(tmp_path, name):
    served(tmp_path, stations=None, staff=None, station_grades=None)
    test = view(name)
    assert not test.exception
    assert "请先装入服务站" in text_of(test)


def test_stations_that_state_no_staff_and_support_points_have_no_access_to_tell(tmp_path):
    served(tmp_path, staff=None)
    assert "各站的工作人员数都没有填" in text_of(view("access"))
    said = text_of(view("access", facility="kind:merchant"))
    assert "服务能力只按服务站计算" in said
    assert "可达率" in text_of(view("fairness", facility="kind:merchant"))


def drawn_features(drawn):
    """Fill by code of the areas on a map, and the legend."""
    script = "".join(_get_feature_group_string(group, drawn.base) for group in drawn.groups)
    features = json.loads("[" + ",".join(re.findall(r'\{"type":"Feature".*?"properties":\{[^{}]*\{[^{}]*\}[^{}]*\}\}', script)) + "]")
    fills = {f["properties"]["code"]: f["properties"]["style"]["fillColor"] for f in features if f["properties"].get("code")}
    return fills, script


def ground_and_view(store, report):
    ground = make_ground(*(layers.items(SERVER, store, n) for n in ("townships", "villages", "stations", "roads")))
    places = facilities(store, FacilityChoice(), report.about.as_of).set_index("id")
    return ground, View(counted=ground.facilities(places)), Caption(as_of=report.about.as_of, fictional=True)


def test_access_is_coloured_by_its_ratio_to_the_mean(tmp_path):
    with served(tmp_path) as store:
        towns, villages = (access(LOCAL_STEWARD, store, by=by) for by in ("township", "village"))
        ground, looked_at, caption = ground_and_view(store, towns)
        fills, script = drawn_features(draw_access(ground, towns, villages, looked_at, caption, Words()))
        ratio = {a.code: a.access_per_1000 / towns.total.access_per_1000 for a in towns.by_area}
        assert ratio["990001001"] > ACCESS_BREAKS[-1]
        assert fills == {"990001001": REACH_COLOURS[-1], "990001002": REACH_COLOURS[0]}
        assert all(escape(label) in script for label in ACCESS_LABELS)
        assert "每千人 714.3 名工作人员" in script


def test_fairness_is_coloured_by_the_worst_tenth_and_the_palest_is_the_worst(tmp_path):
    crowd = frame([{"id": f"x{k}", "village": "V1", "persons": 1, "precision": "door", "geometry": at(1000, 0)}
                   for k in range(60)])  # fmt: skip
    with served(tmp_path) as store:
        store.load({"households": crowd}, PROVENANCE)
        report = fairness(LOCAL_STEWARD, store, elder_pace=False)
        ground, looked_at, caption = ground_and_view(store, report)
        fills, script = drawn_features(draw_fairness(ground, report.by_township, looked_at, caption, Words()))
        worst = {t.code: t.worst_tenth_minutes for t in report.by_township}
        assert worst["990001001"] <= WORST_BREAKS[0]
        assert WORST_BREAKS[2] < worst["990001002"] <= WORST_BREAKS[3]
        assert fills == {"990001001": REACH_COLOURS[-1], "990001002": REACH_COLOURS[1]}
        assert all(escape(label) in script for label in WORST_LABELS)


def test_without_figures_the_areas_have_no_colour(tmp_path):
    with served(tmp_path, staff=None) as store:
        towns, villages = (access(SERVER, store, by=by) for by in ("township", "village"))
        ground, looked_at, caption = ground_and_view(store, towns)
        fills, script = drawn_features(draw_access(ground, towns, villages, looked_at, caption, Words("en")))
        assert set(fills.values()) == {"#FFFFFF"}
        assert "No data" in script
