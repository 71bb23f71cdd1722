"""What is in 15 minutes of here, against a county counted by hand."""

from __future__ import annotations

import pytest
from circle_county import circle_frames
from small_county import PROVENANCE, at

from app.roles import LOCAL_STEWARD, SERVER
from app.services.circles.around import around
from app.services.circles.recipe import CircleRecipe
from app.services.circles.service import circles
from app.services.errors import NoDataError
from geo.errors import ParameterError
from layers.store import Store


@pytest.fixture(scope="module")
def store(shared_url):
    with Store.open(shared_url) as opened:
        opened.load(circle_frames(), PROVENANCE)
        yield opened


def one_file_store(tmp_path, **changed):
    store = Store.open(str(tmp_path / "county.db"))
    store.load({k: v for k, v in {**circle_frames(), **changed}.items() if v is not None}, PROVENANCE)
    return store


def here(x, y=0.0):
    point = at(x, y)
    return {"lon": point.x, "lat": point.y}


def test_everything_within_the_limit_is_listed_nearest_first(store):
    told = around(SERVER, store, **here(2000, 75))
    near = [(p.id, p.group, p.minutes) for p in told.places]
    minute = 75  # metres walked in one
    expected = [("shop", "shopping", 1.0), ("bank", "finance", 1 + 100 / minute), ("street", "street", 1 + 100 / minute),
                ("S1", "station", 1 + 1000 / minute), ("medical", "medical", 1 + 1000 / minute)]  # fmt: skip
    assert [i for i, _, _ in near] == [i for i, _, _ in expected]
    assert [g for _, g, _ in near] == [g for _, g, _ in expected]
    assert [m for _, _, m in near] == pytest.approx([m for _, _, m in expected], abs=0.011)
    assert told.missing == ("catering",)
    assert (told.score, told.complete, told.on_network) == (pytest.approx(0.8), False, True)
    assert told.road_m == pytest.approx(75, abs=0.2)
    catering = next(i for i in told.items if i.code == "catering")
    assert (catering.places, catering.nearest.id) == (0, "noodles")
    assert catering.nearest.minutes == pytest.approx(1 + 2000 / minute, abs=0.011)
    station = next(i for i in told.items if i.code == "station|post")
    assert (station.places, station.nearest.id) == (1, "S1")
    shop = told.places[0]
    assert (shop.layer, shop.kind, shop.business, shop.offer, shop.agreement_to, shop.state) == (
        "support_points", "merchant", "shopping", "九折", "2030-01-01", "in_force"
    )  # fmt: skip
    assert {s.code: s.places for s in told.services if s.places} == {
        "medical": 1, "shopping": 1, "finance": 1, "station": 1, "health": 1, "window": 1, "street": 1
    }  # fmt: skip


def test_what_has_run_out_is_listed_apart(store):
    told = around(SERVER, store, **here(2000))
    assert [(p.id, p.state, p.agreement_to) for p in told.lapsed] == [("gone", "expired", "2026-10-30")]
    assert "gone" not in {p.id for p in told.places}
    assert not around(SERVER, store, **here(2000), minutes=0.5).lapsed


def test_a_place_on_the_limit_is_within(store):
    assert "noodles" in {p.id for p in around(SERVER, store, **here(1124.9)).places}
    assert "noodles" not in {p.id for p in around(SERVER, store, **here(1126)).places}


def test_a_full_circle(store):
    told = around(LOCAL_STEWARD, store, **here(1000, 50))
    assert (told.score, told.complete, told.missing) == (1.0, True, ())
    only = around(LOCAL_STEWARD, store, **here(1000, 50), recipe=CircleRecipe.parse("post"))
    assert (only.score, only.missing) == (0.0, ("post",))


def test_time_is_counted_from_the_point_along_one_way_streets(store):
    # east of x = 3000 traffic goes east only: one may drive to the bank at 5000, and not back to the shop
    assert "bank2" in {p.id for p in around(SERVER, store, **here(4000), mode="drive").places}
    far = around(SERVER, store, **here(5500), mode="drive")
    assert far.places == ()
    assert {i.code: i.nearest for i in far.items} == dict.fromkeys(i.code for i in far.items)
    assert far.on_network


def test_a_point_far_from_roads_is_marked(store):
    told = around(SERVER, store, **here(1000, 900))
    assert (told.on_network, told.score, told.complete, told.places) == (False, None, None, ())
    assert told.road_m == pytest.approx(900, abs=2)
    assert "500 米" in told.about.notes[0].zh
    assert told.missing == tuple(i.code for i in told.recipe)


@pytest.mark.parametrize(("lon", "lat"), [(0, 0), (-57, -28.5), (123, 89.9)])
def test_a_point_in_another_country_is_marked(store, lon, lat):
    told = around(SERVER, store, lon=lon, lat=lat)
    assert (told.on_network, told.road_m, told.score) == (False, None, None)
    assert "不在本区域" in told.about.notes[0].zh


def test_on_a_street_that_is_cut_off_nothing_is_near(store):
    told = around(SERVER, store, **here(1000, 3000))
    assert (told.on_network, told.score, told.places) == (True, 0.0, ())
    assert {i.nearest for i in told.items} == {None}


def test_without_roads_it_is_an_estimate(tmp_path):
    with one_file_store(tmp_path, roads=None) as store:
        told = around(SERVER, store, **here(1000, 800))
        assert (told.estimate, told.on_network, told.road_m) == (True, True, None)
        assert told.places[0].minutes == pytest.approx(800 * 1.3 / 75, abs=0.02)
        for lon, lat in ((-57, -28.5), (0, 0)):
            lost = around(SERVER, store, lon=lon, lat=lat)
            assert (lost.on_network, lost.score, lost.complete, lost.places) == (False, None, None, ())
            assert "不在本区域" in lost.about.notes[0].zh


def test_a_village_s_middle_scores_as_the_point_does(store):
    villages = store.read("villages", columns=["id", "geometry"]).set_index("id").geometry.representative_point()
    for area in circles(LOCAL_STEWARD, store, by="village", minutes=20).by_area:
        point = villages[area.code]
        told = around(SERVER, store, lon=point.x, lat=point.y, minutes=20)
        assert (told.missing, told.score or 0.0) == (area.centre_missing, area.centre_score)


def test_nothing_in_it_belongs_to_a_household(store):
    told = around(LOCAL_STEWARD, store, **here(1000))
    assert not [p for p in told.places if p.id.startswith("h")]


@pytest.mark.parametrize("asked", [
    {"lon": 200, "lat": 0}, {"lon": 0, "lat": 91}, {"lon": float("nan"), "lat": 0}, {"lon": 0, "lat": float("inf")},
    {"lon": 123, "lat": 28, "mode": "fly"}, {"lon": 123, "lat": 28, "minutes": 0},
])
def test_parameters_that_cannot_be_meant(store, asked):
    with pytest.raises(ParameterError):
        around(SERVER, store, **asked)


def test_no_support_points_and_no_data_at_all(tmp_path):
    with one_file_store(tmp_path, support_points=None) as store:
        told = around(SERVER, store, **here(1000))
        assert [p.id for p in told.places] == ["S1", "S4"]
        assert "没有拥军服务点" in told.about.notes[0].zh
    with Store.open(str(tmp_path / "other.db")) as store, pytest.raises(NoDataError):
        around(SERVER, store, **here(1000))
