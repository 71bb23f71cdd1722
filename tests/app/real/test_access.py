"""Access and the matrix beneath it on real roads, against networkx and PySAL."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from small_networks import brute_force

from app.roles import LOCAL_STEWARD
from app.services.access.service import access, household_access
from app.services.access.station_times import station_times
from app.services.county import roads as travel
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import homes, homes_on_roads
from app.services.county.state import StoreState
from geo.speeds import Mode
from layers.intake.osm import read_extract
from layers.store import Provenance, Store

EXTRACTS = [("liechtenstein", 8), ("andorra", 7)]
LIMIT = 900.0


@pytest.fixture(scope="module", params=EXTRACTS, ids=lambda given: given[0])
def store(request, shared_data, tmp_path_factory):
    name, level = request.param
    extract = read_extract(
        shared_data / "osm" / f"{name}.osm.pbf",
        township_level=level,
        station_tags=("amenity=pharmacy", "amenity=townhall", "amenity=bank"),
        households_from="buildings",
    )
    stations = extract.frames["stations"]
    staff = np.random.default_rng(4).integers(0, 6, len(stations))
    given = {**extract.frames, "stations": stations.assign(staff=staff)}
    with Store.open(str(tmp_path_factory.mktemp(name) / "region.db")) as opened:
        opened.load(given, Provenance(name, extract.sha256, "test", extract.as_of))
        yield opened


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_times_to_all_stations_equal_networkx(store, mode):
    state, how = StoreState(store), Mode(mode)
    found = station_times(state, how, FacilityChoice(), LIMIT)
    snap = travel.snapper(state, how)
    at = snap(travel.region(state).metric(found.frame.geometry))
    some = np.random.default_rng(1).choice(len(homes(state)), 120, replace=False)
    expected = brute_force(snap.impedance, homes_on_roads(state, how).take(some), at, walk_kph=4.5)
    row = np.full(found.times.n_origins, -1)
    row[some] = np.arange(len(some))
    asked = row[found.times.origin] >= 0
    got = np.full_like(expected, np.inf)
    got[row[found.times.origin[asked]], found.times.facility[asked]] = found.times.seconds[asked]
    sure = np.abs(np.where(np.isfinite(expected), expected, 0) - LIMIT) > 1e-3
    assert got[sure] == pytest.approx(np.where(expected <= LIMIT, expected, np.inf)[sure], abs=1e-3)
    assert np.isfinite(got).sum() > 20


@pytest.mark.parametrize(("mode", "decay"), [("walk", "step"), ("drive", "gaussian")])
def test_access_equals_pysal(store, mode, decay):
    state, how = StoreState(store), Mode(mode)
    found = station_times(state, how, FacilityChoice(), LIMIT)
    living = homes(state)
    minutes = found.times.seconds / 60
    weight = {
        "step": lambda t: 1.0 if t <= 5 else 0.68 if t <= 10 else 0.22,
        "gaussian": lambda t: (np.exp(-0.5 * (t / 15) ** 2) - np.exp(-0.5)) / (1 - np.exp(-0.5)),
    }[decay]
    demand = np.where(living.imprecise, 0, living.persons)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of households without any pair
        from access import Access

        model = Access(
            demand_df=pd.DataFrame({"id": np.arange(len(living)), "persons": demand}),
            demand_index="id",
            demand_value="persons",
            supply_df=pd.DataFrame({"id": np.arange(len(found.staff)), "staff": found.staff}),
            supply_index="id",
            supply_value="staff",
            cost_df=pd.DataFrame({"o": found.times.origin, "d": found.times.facility, "cost": minutes}),
            cost_origin="o",
            cost_dest="d",
            cost_name="cost",
        )
        out = model.enhanced_two_stage_fca(name="fca", cost="cost", max_cost=15, weight_fn=weight, normalize=False)
    expected = out.iloc[:, -1].reindex(np.arange(len(living))).fillna(0).to_numpy()
    got = household_access(LOCAL_STEWARD, store, mode=mode, decay=decay)["access_per_1000"].to_numpy()
    assert got == pytest.approx(1000 * expected, abs=6e-4, rel=1e-6)  # told with three decimals
    assert (got > 0).sum() > 50
    shared = access(LOCAL_STEWARD, store, mode=mode, decay=decay)
    used = np.bincount(found.times.facility, demand[found.times.origin] * (minutes < 15), len(found.staff)) > 0
    total = shared.total.access_per_1000 * (shared.total.persons - shared.total.persons_imprecise) / 1000
    assert total == pytest.approx(found.staff[used].sum())
