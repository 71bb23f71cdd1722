"""The map of differences: classes with their bounds, signed figures, and what the scenario changes."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from small_county import PROVENANCE, at, box, frames

from app.maps.scenario_map import POINT_COLOURS, POINT_LABELS, Place, Sketch, draw_scenario, point_class
from app.maps.view import Caption, View
from app.messages import Words, signed_points
from app.roles import LOCAL_STEWARD, SERVER
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.service import closed_roads, whatif
from app.web.kit import material
from layers.store import Store


def place(x, y):
    return tuple(at(x, y).coords[0])


FLOOD = {"change": "close_roads", "shape": {"type": "Polygon", "coordinates": [
    [[*xy] for xy in box(3100, -50, 3200, 50).exterior.coords]]}}  # fmt: skip
SCENARIO = {"name": "试", "changes": [{"change": "add_station", "name": "<新>", "at": place(5000, 0)}, FLOOD]}


@pytest.mark.parametrize(
    ("points", "expected"),
    [(-9, 0), (-5, 0), (-4.99, 1), (-1, 1), (-0.99, 2), (0, 2), (0.99, 2), (1, 3), (4.99, 3), (5, 4), (60, 4), (None, None)],
)
def test_bounds_count_outwards(points, expected):
    assert point_class(points) == expected


def test_classes_are_as_many_as_their_labels():
    assert len(POINT_COLOURS) == len(POINT_LABELS) == 5


@pytest.mark.parametrize(
    ("points", "text"),
    [(1.84, "+1.8"), (-1.84, "−1.8"), (0.1, "+0.1"), (-0.06, "−0.06"), (0.04, "+0.04"), (0.003, "+0.01"), (0, "0.0"),
     (-1e-14, "0.0"), (None, "—")],
)  # fmt: skip
def test_figures_carry_their_sign(points, text):
    assert signed_points(points) == text


def drawn_text(viewer, store, given, sketch=None, township=None):
    scenario = as_scenario(given)
    towns, villages = (whatif(viewer, store, scenario, by=by) for by in ("township", "village"))
    places = [Place("added", "<新>", None, place(5000, 0)), Place("moved", "东村站", place(1000, 0), place(1200, 0)),
              Place("closed", "甲镇站", place(0, 0), None)]  # fmt: skip
    ground = material.ground(viewer, store)
    drawn = draw_scenario(
        ground, towns, villages, scenario, places, closed_roads(viewer, store, scenario), sketch or Sketch(),
        View(counted=ground.facilities(ground.stations), township=township), Caption(as_of=towns.about.as_of), Words(),
    )  # fmt: skip
    for group in drawn.groups:
        drawn.base.add_child(group)
    return drawn.base.get_root().render()


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def test_what_differs_is_coloured_and_told(store):
    text = drawn_text(LOCAL_STEWARD, store, {"name": "试", "changes": SCENARIO["changes"][:1]})
    assert POINT_COLOURS[4] in text  # 乙乡 gains 25 points
    assert "+25.0" in text
    assert "可达率 0.0% → 25.0%（+25.0）<br>新可达 5 人，不再可达 0 人" in text
    for label in POINT_LABELS:
        assert label in text
    assert "不足 5 户" not in text


def test_small_differences_are_no_colour(store):
    text = drawn_text(SERVER, store, {**SCENARIO, "changes": SCENARIO["changes"][:1]})
    assert "变动不足 5 户，不列出" in text
    assert "+25.0" not in text


def test_stations_roads_and_the_sketch_are_drawn(store):
    text = drawn_text(LOCAL_STEWARD, store, SCENARIO, Sketch((place(0, 0), place(500, 0), place(500, 500)), area=True))
    for sign in ("新增的站", "迁移的站（原址到新址）", "撤销的站", "封闭的道路", "正在画"):
        assert sign in text
    assert "&lt;新&gt;" in text
    assert "<新>" not in text
    kinds = [json.loads(found) for found in re.findall(r'"geometry":(\{"type":"(?:Polygon|LineString|MultiLineString)".*?\}),', text)]
    rings = [shape for shape in kinds if shape["type"] == "Polygon"]
    assert any(np.allclose(ring["coordinates"][0][0], place(0, 0), atol=1e-5) for ring in rings)
