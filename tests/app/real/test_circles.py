"""Circles on real roads: every time and every item against networkx, with nothing set for either region."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from small_networks import brute_force

from app.roles import LOCAL_STEWARD, SERVER
from app.services.circles.around import around
from app.services.circles.recipe import CircleRecipe
from app.services.circles.service import circles, household_circles
from app.services.county import roads as travel
from app.services.county.state import StoreState
from geo.speeds import Mode
from layers.intake.osm import read_extract
from layers.store import Provenance, Store

EXTRACTS = [("liechtenstein", 8), ("andorra", 7)]
RECIPE = CircleRecipe.parse("medical:2,shopping,finance|catering,station")


@pytest.mark.parametrize(("name", "level"), EXTRACTS)
@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_circles_equal_networkx_on_real_roads(shared_data, tmp_path, name, level, mode):
    extract = read_extract(
        shared_data / "osm" / f"{name}.osm.pbf",
        township_level=level,
        station_tags=("amenity=townhall", "amenity=fuel"),
        households_from="buildings",
    )
    few = extract.frames["support_points"]
    few = few[few["business"].isin(["medical", "shopping", "finance", "catering"])].sample(40, random_state=2)
    with Store.open(str(tmp_path / "region.db")) as store:
        store.load({**extract.frames, "support_points": few}, Provenance(name, extract.sha256, "test", extract.as_of))
        told = household_circles(LOCAL_STEWARD, store, mode=mode, minutes=20, recipe=RECIPE).set_index("id")
        report = circles(LOCAL_STEWARD, store, mode=mode, minutes=20, recipe=RECIPE)
        homes = store.read("households", columns=["id", "geometry"]).sample(60, random_state=1)
        points = store.read("support_points", columns=["id", "business", "geometry"])
        stations = store.read("stations", columns=["id", "geometry"])
        state = StoreState(store)
        here, snap = travel.region(state), travel.snapper(state, Mode(mode))
        place = homes.geometry.iloc[0]
        found = around(SERVER, store, lon=place.x, lat=place.y, mode=mode, minutes=20, recipe=RECIPE)
    middles = shapely.get_point(shapely.shortest_line(points.geometry.array, shapely.centroid(points.geometry.array)), 0)
    goals = gpd.GeoSeries(np.r_[np.asarray(middles), stations.geometry.to_numpy()], crs=points.crs)
    business = np.array([*points["business"], *["station"] * len(stations)], dtype=object)
    start, goal = snap(here.metric(homes.geometry)), snap(here.metric(goals))
    minutes = brute_force(snap.impedance, start, goal, walk_kph=4.5) / 60
    got = told.loc[homes["id"]]
    near = {}
    for kind in ("medical", "shopping", "finance", "catering", "station"):
        of_kind = np.where(business == kind, minutes, np.inf).min(axis=1, initial=np.inf)
        assert got[kind].fillna(np.inf).to_numpy() == pytest.approx(of_kind, abs=0.006), kind
        near[kind] = of_kind <= 20
    items = np.column_stack([near["medical"], near["shopping"], near["finance"] | near["catering"], near["station"]])
    assert got["score"].to_numpy() == pytest.approx(items @ np.array([2, 1, 1, 1]) / 5)
    assert got["complete"].tolist() == items.all(axis=1).tolist()
    assert report.total.score == pytest.approx(told.loc[~told["imprecise"], "score"].mean())
    # the other way about: from the first of the households to everything
    turned = snap.impedance.opposite
    outward = brute_force(turned, goal, snap(here.metric(homes.geometry.iloc[:1])), walk_kph=4.5)[:, 0] / 60
    ids = [*points["id"], *stations["id"]]
    expected = {i: m for i, m in zip(ids, outward, strict=True) if m <= 20 - 0.006}
    listed = {p.id: p.minutes for p in found.places}
    assert set(expected) <= set(listed)
    assert all(outward[ids.index(i)] == pytest.approx(m, abs=0.006) for i, m in listed.items())
