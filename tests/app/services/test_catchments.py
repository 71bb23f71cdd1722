"""The catchment service, against a county counted by hand, and a partition on regions of every kind."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from small_county import PROVENANCE, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.catchments import service as catchments_module
from app.services.catchments.service import catchments, household_catchments
from app.services.catchments.tables import catchment_tables
from app.services.county.facilities import FacilityChoice
from app.services.coverage.service import coverage, household_times
from app.services.errors import NoDataError
from geo.errors import ParameterError
from layers.intake.osm import read_extract
from layers.store import Provenance, Store


def test_loads_by_hand(store):
    report = catchments(LOCAL_STEWARD, store)
    # S4 stands at 0 m and S1 at 1,000 m of the street; who is cut off, far away or of unknown place is in none
    loads = {load.id: load for load in report.loads}
    assert [load.id for load in report.loads] == ["S1", "S4"]
    assert (loads["S1"].households, loads["S1"].persons) == (6, 16)
    assert (loads["S4"].households, loads["S4"].persons) == (0, 0)
    assert [(v.name, v.households) for v in loads["S1"].villages] == [("东村", 4), ("西村", 2)]
    assert loads["S1"].minutes_max == pytest.approx(4100 / 75, abs=0.1)
    assert loads["S1"].minutes_median == pytest.approx((1000 + 1124.9) / 2 / 75, abs=0.1)
    none = report.unserved
    assert (none.off_network, none.unreachable, none.beyond, none.imprecise) == (1, 1, 0, 2)
    assert (report.served, report.households) == (6, 10)
    assert (report.persons_served, report.persons) == (16, 22)
    # the street is shared half way between them
    assert loads["S4"].area_km2 == pytest.approx(1.0 * 1.0, abs=0.15)
    assert str(report.about.as_of) == "2026-10-31"


def test_cut_at_a_limit_the_rest_is_told(store):
    report = catchments(LOCAL_STEWARD, store, minutes=15)
    assert (report.served, report.unserved.beyond) == (4, 2)
    assert report.served == coverage(LOCAL_STEWARD, store).total.households_reached
    assert "15 分钟" in report.about.rule.zh


def test_households_one_by_one(file_store):
    rows = household_catchments(LOCAL_STEWARD, file_store, minutes=15).set_index("id")
    expected = household_times(LOCAL_STEWARD, file_store, minutes=15).set_index("id")
    pd.testing.assert_frame_equal(rows[expected.columns], expected, check_dtype=False)
    with pytest.raises(NotPermittedError):
        household_catchments(SERVER, file_store)


def test_elders_are_households_of_which_the_eldest_is_60_or_older(tmp_path):
    given = frames()
    years = [1950, 1966, 1967, None, 2000, 1940, 1940, 1940, 1940, 1930]
    given["households"] = given["households"].assign(eldest_birth_year=pd.array(years, dtype="Int64"))
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        (load, _) = catchments(LOCAL_STEWARD, store).loads
        assert load.elders == 3  # h01 h02 h10; 59 years are not 60
        assert catchments(SERVER, store).loads[0].elders is None


def test_small_loads_are_for_those_who_may_see_points(file_store):
    (first, second) = catchments(SERVER, file_store).loads
    assert (first.households, first.persons, first.too_few) == (6, 16, False)
    assert first.minutes_max is None  # it is one household's own
    assert first.minutes_median is not None
    assert [(v.name, v.households) for v in first.villages] == [("东村", None), ("西村", None)]
    assert second.households == 0
    few = catchments(SERVER, file_store, minutes=15).loads
    assert {(load.households, load.minutes_median, load.villages) for load in few if load.too_few} == {(None, None, ())}


def test_a_viewer_counts_the_townships_in_reach_only(file_store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001001"}), points=True)
    report = catchments(viewer, file_store)
    assert (report.households, report.served) == (4, 4)
    assert len(report.loads) == 2
    assert set(household_catchments(viewer, file_store)["id"]) == {"h01", "h02", "h03", "h10"}


def test_one_way_streets_are_driven_towards_the_facility(file_store):
    report = catchments(LOCAL_STEWARD, file_store, mode="drive")
    assert (report.served, report.unserved.unreachable) == (5, 2)  # h05 cannot drive back, h08 is cut off


def test_without_roads_it_is_an_estimate_by_straight_lines(tmp_path):
    given = frames()
    del given["roads"]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = catchments(LOCAL_STEWARD, store)
        assert report.estimate
        assert "估算" in report.about.rule.zh
        assert report.unserved.unreachable == 0
        land = shapely.union_all(store.read("townships").geometry)
        shapes = [load.shape for load in report.loads]
        assert shapely.union_all(shapes).area == pytest.approx(land.area, rel=1e-4)
        assert shapely.intersection(*shapes).area < 1e-9
        cut = catchments(LOCAL_STEWARD, store, minutes=15)
        assert all(0 < a.shape.area < b.shape.area for a, b in zip(cut.loads, report.loads, strict=True))


def test_without_roads_and_townships_there_is_still_ground(tmp_path):
    given = {k: v for k, v in frames().items() if k not in ("roads", "townships", "villages", "households")}
    given["stations"] = given["stations"].assign(unit=None)
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = catchments(LOCAL_STEWARD, store)
        assert all(not load.shape.is_empty for load in report.loads)


def test_facilities_off_the_network_are_told(tmp_path):
    far = frame([{"id": "S9", "name": "远站", "level": "village", "status": "open", "unit": "V3", "precision": "door",
                  "geometry": frames()["households"].set_index("id").geometry["h09"]}])  # fmt: skip
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load({**frames(), "stations": pd.concat([frames()["stations"], far])}, PROVENANCE)
        report = catchments(LOCAL_STEWARD, store)
        (lost,) = (load for load in report.loads if load.id == "S9")
        assert (lost.on_network, lost.households, lost.shape.is_empty) == (False, 0, True)
        assert any("远站" in note.zh for note in report.about.notes)


def test_a_facility_with_households_and_without_ground_is_told(tmp_path, monkeypatch):
    """As where a station stands so near to a better placed one that no cell of the ground is its own."""
    polygons = catchments_module.catchment_polygons
    monkeypatch.setattr(catchments_module, "catchment_polygons", lambda *given, **more: [
        shapely.MultiPolygon(), *list(polygons(*given, **more))[1:]])  # fmt: skip
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        report, (table, *_) = catchment_tables(LOCAL_STEWARD, store)
        few = catchments(SERVER, store, minutes=15)  # 4 households: not even that there are any
    assert {load.id: (load.households, load.without_ground) for load in report.loads} == {"S1": (6, True), "S4": (0, False)}
    assert {row["id"]: row["without_ground"] for row in table.records()} == {"S1": True, "S4": False}
    (note,) = (note for note in report.about.notes if "东村站" in note.zh)
    assert "户数按各户的时间计" in note.zh
    assert "counts come from each household's time" in note.en
    assert not any(load.without_ground for load in few.loads)


@pytest.mark.parametrize(("missing", "zh"), [("households", "家庭"), ("stations", "服务站")])
def test_what_is_missing_is_named(tmp_path, missing, zh):
    given = {k: v for k, v in frames().items() if k not in (missing, "station_grades")}
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = catchments(LOCAL_STEWARD, store)
        assert [zh in note.zh for note in report.about.notes] == [True]
        assert report.served == 0
        catchment_tables(LOCAL_STEWARD, store)


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        catchments(LOCAL_STEWARD, store)


@pytest.mark.parametrize("asked", [{"mode": "fly"}, {"minutes": 0}, {"minutes": -5}, {"minutes": 1e9}])
def test_questions_that_cannot_be_meant(file_store, asked):
    with pytest.raises(ParameterError):
        catchments(LOCAL_STEWARD, file_store, **asked)


def test_tables(file_store):
    report, (loads, villages, households) = catchment_tables(LOCAL_STEWARD, file_store)
    assert [row["households"] for row in loads.records()] == [6, 0]
    assert loads.records()[0]["villages"] == "东村、西村"
    assert [(row["facility"], row["village"], row["households"]) for row in villages.records()] == [
        ("S1", "东村", 4), ("S1", "西村", 2),
    ]  # fmt: skip
    assert len(households.records()) == report.households
    assert households.layer.sensitive
    _, tables = catchment_tables(SERVER, file_store)
    assert [table.layer.name for table in tables] == ["catchments", "catchment_villages"]


def assert_partition(store, *, mode, agree):
    report = catchments(LOCAL_STEWARD, store, mode=mode, choice=FacilityChoice())
    none = report.unserved
    assert report.served + none.off_network + none.unreachable + none.imprecise == report.households
    assert sum(load.households for load in report.loads) == report.served
    assert sum(load.persons for load in report.loads) == report.persons_served
    for load in report.loads:
        assert sum(village.households for village in load.villages) == load.households
    shapes = np.array([load.shape for load in report.loads], dtype=object)
    assert shapely.is_valid(shapes).all()
    together = shapely.area(shapely.union_all(shapes))
    assert shapely.area(shapes).sum() == pytest.approx(together, rel=1e-6)
    # Shapes are for the eye and counts from times; near a border a house may lie on the other side.
    rows = household_catchments(LOCAL_STEWARD, store, mode=mode).query("status == 'reached'").set_index("id")
    homes = store.read("households", columns=["id", "geometry"]).set_index("id").geometry[rows.index]
    who, which = shapely.STRtree(shapes).query(homes.to_numpy(), predicate="within")
    ids = np.array([load.id for load in report.loads], dtype=object)
    assert len(np.unique(who)) == len(who)
    assert (ids[which] == rows["station"].to_numpy()[who]).sum() >= agree * len(rows)


@pytest.mark.parametrize(("name", "level"), [("liechtenstein", 8), ("andorra", 7)])
def test_a_partition_on_real_roads(shared_data, tmp_path, name, level):
    extract = read_extract(
        shared_data / "osm" / f"{name}.osm.pbf", township_level=level, station_tags=("amenity=pharmacy", "amenity=fuel"),
        households_from="buildings",
    )  # fmt: skip
    with Store.open(str(tmp_path / "region.db")) as store:
        store.load(extract.frames, Provenance(name, extract.sha256, "test", extract.as_of))
        for mode in ("walk", "drive"):
            assert_partition(store, mode=mode, agree=0.95)


def test_a_partition_of_the_demonstration_county(tmp_path, one_small_county):
    county = one_small_county
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(county.frames, Provenance("demo", "0", "test", county.as_of))
        for mode, (one, other) in itertools.product(("walk", "drive"), [(None, 15)]):
            assert_partition(store, mode=mode, agree=0.95)
            served = [catchments(LOCAL_STEWARD, store, mode=mode, minutes=m).served for m in (one, other)]
            assert served[1] == coverage(LOCAL_STEWARD, store, mode=mode).total.households_reached <= served[0]
