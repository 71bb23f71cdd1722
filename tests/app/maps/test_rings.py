"""Isochrones and catchments as pieces of a map: what is drawn, in which colour, and what is told of it."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from small_county import PROVENANCE, at, frames
from streamlit_folium import _get_feature_group_string, _get_map_string

from app.maps import catchment_map, isochrone_map
from app.maps.pieces.theme import (
    LOAD_BREAKS,
    LOAD_COLOURS,
    LOAD_LABELS,
    MINUTE_BREAKS,
    MINUTE_COLOURS,
    MINUTE_LABELS,
    REACH_COLOURS,
)
from app.maps.view import Figures, View
from app.messages import Words
from app.roles import LOCAL_STEWARD, SERVER
from app.services.catchments.service import catchments
from app.services.county.facilities import FacilityChoice
from app.services.coverage.service import coverage
from app.services.isochrones.service import isochrones
from app.web.kit import material
from layers.store import Store

ZH = Words()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("rings") / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


def scripts(drawn) -> tuple[str, str]:
    drawn.base.get_root().render()
    groups = (_get_feature_group_string(g, map=drawn.base, idx=k) for k, g in enumerate(drawn.groups))
    return _get_map_string(drawn.base), "".join(groups)


def features(groups: str, pane: str) -> list[dict]:
    found = re.findall(r'rongtu\.shapes\(\w+, (\{"type":"FeatureCollection".*?\}), \{"pane":"(\w+)"', groups)
    return [feature for text, where in found if where == pane for feature in json.loads(text)["features"]]


def ground_of(store):
    figures = Figures(*(coverage(SERVER, store, by=by).by_area for by in ("township", "village")))
    ground = material.ground(SERVER, store)
    counted = material.counted(SERVER, store, FacilityChoice(), store.as_of())
    return ground, figures, View(counted=counted), material.caption(SERVER, store, store.as_of())


def rings(store, viewer=LOCAL_STEWARD, **asked):
    ground, figures, view, caption = ground_of(store)
    report = isochrones(viewer, store, minutes=(5, 10, 15), **asked)
    return report, scripts(isochrone_map.draw(ground, figures, view, caption, report, ZH))


def grounds(store, viewer, chosen=None):
    ground, figures, view, caption = ground_of(store)
    report = catchments(viewer, store)
    return report, scripts(catchment_map.draw(ground, figures, view, caption, report, chosen, ZH))


def test_rings_lie_on_one_another_the_nearest_on_top_and_darkest(store):
    report, (_, groups) = rings(store, merged=True)
    drawn = features(groups, "ground")
    assert [f["properties"]["style"]["fillColor"] for f in drawn] == [REACH_COLOURS[1], REACH_COLOURS[2], REACH_COLOURS[4]]
    assert [re.search(r"(\d+) 分钟内", f["properties"]["tip"])[1] for f in drawn] == ["15", "10", "5"]
    inmost = min(report.rings, key=lambda ring: ring.minutes)
    assert f"{inmost.households} 户 · {inmost.persons} 人" in drawn[-1]["properties"]["tip"]
    assert all(label in groups for label in ("5 分钟内", "10 分钟内", "15 分钟内"))


def test_one_facility_is_ringed_and_looked_at(store):
    report, (_, groups) = rings(store, ids=("S1",))
    assert "东村站" in features(groups, "chosen")[0]["properties"]["tip"]
    view = json.loads(re.search(r"rongtu\.show\(\w+, (\{.*?\}), \[", groups, re.DOTALL)[1])
    west, south, east, north = max(report.rings, key=lambda ring: ring.minutes).shape.bounds
    assert view["focus"] == [pytest.approx([south, west]), pytest.approx([north, east])]
    assert view["key"]


def test_without_an_answer_there_is_ground_and_no_ring(store):
    ground, figures, view, caption = ground_of(store)
    base, groups = scripts(isochrone_map.draw(ground, figures, view, caption, None, ZH))
    assert features(groups, "ground") == []
    assert len(features(groups, "areas")) == 2
    assert base == rings(store, merged=True)[1][0]  # the same bytes: the frame stays


def test_too_few_are_not_told(store):
    here = at(1000, 0)
    _, (_, groups) = rings(store, SERVER, at=((here.x, here.y),))
    tips = [f["properties"]["tip"] for f in features(groups, "ground")]
    assert ["户数太少，不列出" in tip for tip in tips] == [True, True, True]  # two, two and four households
    _, (_, groups) = rings(store, LOCAL_STEWARD, at=((here.x, here.y),))
    assert "2 户 · 2 人" in features(groups, "ground")[-1]["properties"]["tip"]


def test_catchments_carry_their_load(store):
    report, (_, groups) = grounds(store, LOCAL_STEWARD, "S1")
    drawn = {f["properties"]["code"]: f["properties"] for f in features(groups, "ground")}
    loads = {load.id: load for load in report.loads}
    assert set(drawn) == {"S1", "S4"} == set(loads)
    assert drawn["S1"]["kind"] == "facility"
    assert f"{loads['S1'].households} 户 · {loads['S1'].persons} 人" in drawn["S1"]["tip"]
    assert {p["style"]["fillColor"] for p in drawn.values()} == {LOAD_COLOURS[0]}
    assert len(features(groups, "chosen")) == 1


def test_a_catchment_of_few_is_dashed_and_withheld(tmp_path):
    with Store.open(str(tmp_path / "few.db")) as few:
        few.load({**frames(), "households": frames()["households"].head(3)}, PROVENANCE)
        _, (_, groups) = grounds(few, SERVER)
        tips = {f["properties"]["code"]: f["properties"] for f in features(groups, "ground")}
        assert "户数太少，不列出" in tips["S1"]["tip"]
        assert tips["S1"]["style"]["dashArray"]
        assert features(groups, "chosen") == []


@pytest.mark.parametrize(("persons", "cls"), [(0, 0), (49, 0), (50, 1), (199, 2), (299, 3), (300, 4), (900, 4)])
def test_a_load_at_a_bound_is_in_the_class_above(store, persons, cls):
    load = dataclasses.replace(catchments(LOCAL_STEWARD, store).loads[0], persons=persons)
    assert catchment_map.load_colour(load) == LOAD_COLOURS[cls]


def test_every_class_has_a_colour_and_a_label():
    for breaks, colours, labels in (
        (LOAD_BREAKS, LOAD_COLOURS, LOAD_LABELS), (MINUTE_BREAKS, MINUTE_COLOURS, MINUTE_LABELS),
    ):
        assert len(colours) == len(labels) == len(breaks) + 1 == len(set(colours))


@pytest.mark.parametrize("n", range(1, 7))
def test_limits_get_lighter_outwards(n):
    colours = isochrone_map.ring_colours(n)
    assert len(colours) == n
    places = [REACH_COLOURS.index(colour) for colour in colours]
    assert places == sorted(places, reverse=True)
    assert 0 not in places
