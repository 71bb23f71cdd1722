"""Single roads of the county: which one a click means, and which come into a box."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from small_county import PROVENANCE, at, frame, frames, line

from app.roles import SERVER
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.roads import nearest_road, roads_inside
from app.services.scenarios.service import closed_roads, whatif
from layers.store import Store

STREETS = {"r1": [(0, 0), (3000, 0)], "r2": [(3000, 0), (6000, 0)], "r3": [(0, 3000), (2000, 3000)]}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("roads") / "county.db")) as opened:
        data = frames()
        data["roads"] = data["roads"].assign(name=["江北路", None, None])
        opened.load(data, PROVENANCE)
        yield opened


def place(x, y):
    return at(x, y).coords[0]


@given(x=st.floats(-2000, 8000), y=st.floats(-2000, 6000))
def test_no_road_is_nearer_than_the_one_that_is_meant(store, x, y):
    away = {road: shapely.LineString(street).distance(shapely.Point(x, y)) for road, street in STREETS.items()}
    found = nearest_road(SERVER, store, place(x, y), within_m=500)
    if found is None:
        assert min(away.values()) > 499  # the two projections differ by less than a metre in 500
        return
    assert away[found.id] == pytest.approx(min(away.values()), abs=1)
    assert found.distance_m == pytest.approx(away[found.id], abs=1)
    assert found.distance_m <= 500


def test_only_the_classes_that_are_asked_for_are_meant(store):
    assert nearest_road(SERVER, store, place(500, 2000), within_m=5000).id == "r3"
    assert nearest_road(SERVER, store, place(500, 2000), within_m=5000, classes={"county"}).id == "r1"
    assert nearest_road(SERVER, store, place(500, 2000), within_m=5000, classes={"steps"}) is None


def test_a_road_is_told_by_name_and_class_and_without_a_name_by_its_id(store):
    named, nameless = (nearest_road(SERVER, store, place(x, 10), within_m=50) for x in (1000, 5000))
    assert named.label == ("江北路（县道）", "江北路 (county road)")
    assert nameless.label == ("县道 r2", "county road r2")
    scenario = as_scenario({"name": "封", "changes": [{"change": "close_roads", "roads": ["r1", "r2", "gone"]}]})
    outcome = whatif(SERVER, store, scenario).changes[0]
    assert outcome.label.zh == "封路：江北路（县道）、县道 r2、gone，2 条道路的 2 段"
    assert "1 条道路已不在库中" in outcome.remark.zh


def test_the_other_side_of_the_globe_has_no_road(store):
    assert nearest_road(SERVER, store, (-57.0, -28.5), within_m=1e7) is None


def test_a_county_without_roads_has_none(tmp_path):
    with Store.open(str(tmp_path / "less.db")) as store:
        store.load({k: v for k, v in frames().items() if k != "roads"}, PROVENANCE)
        assert nearest_road(SERVER, store, place(0, 0), within_m=500) is None
        assert len(roads_inside(SERVER, store, (-180, -80, 180, 80))) == 0


def test_roads_inside_a_box_are_those_that_come_into_it(store):
    west, south = place(2500, -100)
    east, north = place(6500, 100)
    found = roads_inside(SERVER, store, (west, south, east, north))
    assert shapely.hausdorff_distance(shapely.union_all(found), line((0, 0), (3000, 0), (6000, 0))) < 1e-6
    assert len(roads_inside(SERVER, store, (west, south, east, north), classes={"village"})) == 0


def test_the_road_that_is_closed_is_the_one_that_was_meant(tmp_path):
    with Store.open(str(tmp_path / "crossing.db")) as store:
        crossing = frame([
            {"id": "a", "class": "lane", "geometry": line((0, 0), (1000, 0))},
            {"id": "b", "class": "lane", "geometry": line((500, -500), (500, 500))},
        ])
        store.load({"roads": crossing, "households": frames()["households"], "stations": frames()["stations"],
                    "villages": frames()["villages"].assign(township=None), "townships": frames()["townships"],
                    "station_grades": pd.DataFrame(frames()["station_grades"])}, PROVENANCE)  # fmt: skip
        road = nearest_road(SERVER, store, place(504, 300), within_m=50)
        scenario = as_scenario({"name": "封", "changes": [{"change": "close_roads", "roads": [road.id]}]})
        shut = shapely.union_all(closed_roads(SERVER, store, scenario))
        assert shapely.hausdorff_distance(shut, line((500, -500), (500, 500))) < 1e-6
