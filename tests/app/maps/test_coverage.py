"""The coverage map: what is drawn for an answer, and what must not change from view to view."""

from __future__ import annotations

import dataclasses
import json
import re

import geopandas as gpd
import pytest
import shapely
from small_county import PROVENANCE, box, frame, frames
from streamlit_folium import _get_feature_group_string, _get_map_string

from app.assets import use_local_assets
from app.maps.coverage_map import draw
from app.maps.pieces.ground import make_ground
from app.maps.pieces.theme import REACH_COLOURS, SUPPORT
from app.maps.view import Caption, Figures, View
from app.messages import Words
from app.roles import LOCAL_STEWARD
from app.services import layers
from app.services.county.facilities import FacilityChoice, facilities
from app.services.coverage.service import coverage
from layers.store import Store

ZH, EN = Words("zh"), Words("en")


@pytest.fixture(autouse=True)
def local_assets():
    use_local_assets()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("maps") / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


def ground_of(store):
    return make_ground(*(layers.items(LOCAL_STEWARD, store, n) for n in ("townships", "villages", "stations", "roads")))


@pytest.fixture(scope="module")
def ground(store):
    return ground_of(store)


def answer(store, ground, *, choice=None, **question):
    choice = choice or FacilityChoice()
    towns, villages = (coverage(LOCAL_STEWARD, store, by=by, choice=choice, **question) for by in ("township", "village"))
    counted = ground.facilities(facilities(store, choice, towns.as_of).set_index("id"))
    figures = Figures(towns.by_area, villages.by_area, towns.gaps)
    return figures, counted, Caption(as_of=towns.as_of, fictional=towns.fictional)


def scripts(drawn) -> tuple[str, str]:
    """What goes to the browser: the base map's script, and that of the groups."""
    drawn.base.get_root().render()
    base = _get_map_string(drawn.base)
    groups = "".join(_get_feature_group_string(g, map=drawn.base, idx=k) for k, g in enumerate(drawn.groups))
    return base, groups


def features(groups: str) -> list[dict]:
    collections = re.findall(r'rongtu\.shapes\(\w+, (\{"type":"FeatureCollection".*?\}), \{"pane":"(\w+)"', groups)
    return [{**f, "pane": pane} for text, pane in collections for f in json.loads(text)["features"]]


def labels(groups: str) -> list[dict]:
    return [label for text in re.findall(r"rongtu\.labels\(\w+, (\[.*?\])\);", groups) for label in json.loads(text)]


def test_the_base_map_is_the_same_bytes_for_every_view(store, ground):
    bases = set()
    for question, view in (
        ({}, {}),
        ({"mode": "drive", "minutes": 5}, {}),
        ({}, {"township": "990001001"}),
        ({}, {"township": "990001001", "village": "V1"}),
        ({"choice": FacilityChoice(support_kind="street")}, {}),
    ):
        figures, counted, caption = answer(store, ground, **question)
        base, _ = scripts(draw(ground, figures, View(counted=counted, **view), caption, ZH))
        bases.add(re.sub(r"map_\w+", "map", base))
    assert len(bases) == 1
    english, _ = scripts(draw(ground, figures, View(counted=counted), caption, EN))
    assert re.sub(r"map_\w+", "map", english) not in bases


def test_townships_carry_their_class_and_figures(store, ground):
    figures, counted, caption = answer(store, ground)
    _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    towns = {f["properties"]["code"]: f for f in features(groups) if f["properties"].get("kind") == "township"
             and f["pane"] == "areas"}
    assert towns["990001001"]["properties"]["style"]["fillColor"] == REACH_COLOURS[4]
    assert towns["990001002"]["properties"]["style"]["fillColor"] == REACH_COLOURS[0]
    assert "到不了 13 人 / 共 15 人" in towns["990001002"]["properties"]["tip"]
    assert not [f for f in features(groups) if f["pane"] == "inner"]


def test_within_a_township_its_villages_carry_the_colours(store, ground):
    figures, counted, caption = answer(store, ground)
    view = View(counted=counted, township="990001002", village="V2")
    _, groups = scripts(draw(ground, figures, view, caption, ZH))
    villages = {f["properties"]["code"] for f in features(groups) if f["pane"] == "inner"}
    assert villages == {"V2", "V3"}  # V3 names no township; it lies in this one
    dimmed = [f["properties"]["style"]["fillOpacity"] for f in features(groups) if f["pane"] == "areas"]
    assert max(dimmed) < 0.3
    ring = next(f for f in features(groups) if f["pane"] == "chosen")
    assert shapely.geometry.shape(ring["geometry"]).equals(ground.villages.geometry["V2"])
    shown = json.loads(re.search(r"rongtu\.show\(\w+, (\{.*?\}), \[\[", groups)[1])
    west, south, east, north = ground.townships.geometry["990001002"].bounds
    assert shown["key"] == "990001002"
    assert shown["focus"] == [[south, west], [north, east]]


def test_every_town_has_its_percentage_and_the_worst_a_chip(store, ground):
    figures, counted, caption = answer(store, ground)
    _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    said = [re.sub(r"<[^>]+>", " ", label["html"]).split() for label in labels(groups)]
    assert said == [["1", "乙乡", "0.0%"], ["甲镇", "100.0%"]]  # nobody is left out in 甲镇, so it has no rank


def test_areas_without_households_are_no_data(store, ground):
    figures, counted, caption = answer(store, ground)
    empty = tuple(dataclasses.replace(a, households=0, reach_rate=None) for a in figures.townships)
    _, groups = scripts(draw(ground, dataclasses.replace(figures, townships=empty), View(counted=counted), caption, ZH))
    styles = [f["properties"]["style"] for f in features(groups) if f["pane"] == "areas"]
    assert all(style["dashArray"] and style["fillColor"] == "#FFFFFF" for style in styles)
    assert "无数据" in groups


def test_without_an_answer_there_are_boundaries_names_and_stations(store, ground):
    counted = ground.facilities(ground.stations)
    _, groups = scripts(draw(ground, Figures(), View(counted=counted), Caption(as_of=None), ZH))
    assert [label["html"] for label in labels(groups)] == ["甲镇", "乙乡"]
    assert "东村站" in groups


def test_only_open_and_counted_facilities_are_drawn(store, ground):
    figures, counted, caption = answer(store, ground, choice=FacilityChoice(levels=("village",)))
    _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    assert "东村站" in groups
    assert "西村站" not in groups  # planned
    assert "北村站" not in groups  # closed
    assert "甲镇站" not in groups  # of another level
    figures, counted, caption = answer(store, ground, choice=FacilityChoice(support_kind="street"))
    assert list(counted["level"]) == [SUPPORT]
    _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    assert "双拥街" in groups
    assert "东村站" not in groups


def test_a_click_on_a_station_means_its_township(store, ground):
    _, counted, _ = answer(store, ground)
    assert dict(zip(counted.index, counted["township"], strict=True)) == {"S1": "990001001", "S4": "990001001"}


def test_gaps_are_marked_largest_first_and_by_size(store, ground):
    figures, counted, caption = answer(store, ground)
    _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    marks = [f for f in features(groups) if f["pane"] == "gaps"]
    assert [f["properties"]["code"] for f in marks] == [gap.code for gap in figures.gaps] == ["V2", "V3"]
    radii = [f["properties"]["style"]["radius"] for f in marks]
    assert radii == sorted(radii, reverse=True)
    assert all(gap.why.text_zh in f["properties"]["tip"] for gap, f in zip(figures.gaps, marks, strict=True))


def test_names_cannot_bring_script_into_the_map(tmp_path):
    evil = "</script><img src=x onerror=alert(1)>"
    changed = frames()
    changed["townships"].loc[0, "name"] = evil
    changed["villages"].loc[0, "name"] = evil
    changed["stations"].loc[0, "name"] = evil
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(changed, PROVENANCE)
        ground = ground_of(store)
        figures, counted, caption = answer(store, ground)
        for view in ({}, {"township": "990001001"}):
            _, groups = scripts(draw(ground, figures, View(counted=counted, **view), caption, ZH))
            assert "onerror" in groups  # it is shown, as text
            assert "<img" not in groups
            assert "</script" not in groups


def test_the_tag_says_what_the_map_must_say(store, ground):
    figures, counted, caption = answer(store, ground)
    base, _ = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    assert all(word in base for word in ("虚构", "内部资料", "2026-10-31"))
    assert "OpenStreetMap" not in base
    real = dataclasses.replace(caption, fictional=False, osm=True)
    base, _ = scripts(draw(ground, figures, View(counted=counted), real, EN))
    assert "© OpenStreetMap contributors" in base
    assert "Fictional" not in base


def test_villages_that_are_points_are_circles(tmp_path):
    changed = frames()
    changed["villages"] = changed["villages"].set_geometry(changed["villages"].representative_point())
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(changed, PROVENANCE)
        ground = ground_of(store)
        figures, counted, caption = answer(store, ground)
        _, groups = scripts(draw(ground, figures, View(counted=counted, township="990001001"), caption, ZH))
    village = next(f for f in features(groups) if f["pane"] == "inner")
    assert village["geometry"]["type"] == "Point"
    assert village["properties"]["style"]["radius"] > 0


def test_a_region_of_villages_only_shows_them_at_once(tmp_path):
    changed = frames()
    changed["villages"]["township"] = None
    del changed["townships"]
    changed["stations"]["unit"] = None
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(changed, PROVENANCE)
        ground = ground_of(store)
        figures, counted, caption = answer(store, ground)
        _, groups = scripts(draw(ground, figures, View(counted=counted), caption, ZH))
    assert {f["properties"]["code"] for f in features(groups) if f["pane"] == "inner"} == {"V1", "V2", "V3"}


def test_only_main_roads_are_drawn_and_as_few_lines(ground):
    assert list(ground.roads) == ["county"]
    assert len(ground.roads["county"].geoms) == 1


def test_an_empty_region_has_nothing_to_draw():
    none = [frame([{"id": "x", "geometry": None}]).iloc[:0] for _ in range(4)]
    for k, columns in enumerate((["name"], ["name", "township"], ["name", "level", "status"], ["class"])):
        none[k] = gpd.GeoDataFrame(none[k].assign(**dict.fromkeys(columns)), geometry="geometry", crs=4326)
    ground = make_ground(*none)
    assert ground.empty
    assert ground.bounds[0] < ground.bounds[2]


def test_one_place_still_has_an_extent():
    town = frame([{"id": "t", "name": "小镇", "geometry": box(0, 0, 1, 1)}])
    none = town.iloc[:0].assign(township=None, level=None, status=None, **{"class": None})
    west, south, east, north = make_ground(town, none, none, none).bounds
    assert east - west > 0.01
    assert north - south > 0.01


def test_unreached_leaves_out_the_imprecise(store):
    total = coverage(LOCAL_STEWARD, store).total
    assert total.persons_unreached == 22 - 7 - 2
