"""Real regions, end to end: from the extract to the coverage, with nothing set for either of them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from small_networks import brute_force

from app.cli import main
from app.roles import LOCAL_STEWARD
from app.services.county import roads as travel
from app.services.county.state import StoreState
from app.services.coverage.service import household_times
from geo.speeds import Mode
from layers.intake.osm import read_extract
from layers.store import Provenance, Store

EXTRACTS = [("liechtenstein", 8), ("andorra", 7)]
SUMS = (
    "households", "persons", "households_reached", "persons_reached", "households_imprecise", "persons_imprecise",
    "units", "units_with_station", "villages", "villages_with_station",
)  # fmt: skip


def answer(capsys, *arguments):
    main([str(a) for a in (*arguments, "--json")])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("name", "level"), EXTRACTS)
def test_from_extract_to_coverage(shared_data, store_url, tmp_path, capsys, name, level):
    file = shared_data / "osm" / f"{name}.osm.pbf"
    load = ("import-osm", file, "--township-level", level, "--households-from", "buildings", "--store", store_url)
    first = answer(capsys, *load, "--station-tags", "amenity=townhall,amenity=pharmacy,amenity=bank,amenity=fuel")
    rows = {row["layer"]: row for row in first["layers"]}
    assert rows["townships"]["stored"] >= 5
    assert rows["roads"]["stored"] > 2000
    assert rows["households"]["stored"] > 100
    assert rows["stations"]["stored"] >= 1
    assert all(count["reason_zh"] and count["reason_en"] for count in first["left_out"])
    again = answer(capsys, *load, "--station-tags", "amenity=townhall,amenity=pharmacy,amenity=bank,amenity=fuel")
    assert all(row["stored"] == row["removed"] == 0 for row in again["layers"])
    assert answer(capsys, "check", "--store", store_url)["ok"]
    reach = {}
    for mode in ("elder_walk", "walk", "ebike", "drive"):
        out = tmp_path / f"{mode}.csv"
        report = answer(capsys, "coverage", "--mode", mode, "--by", "township", "--out", out, "--store", store_url)
        total = report["total"]
        assert total["households"] == rows["households"]["rows_in"]
        for field in SUMS:
            assert total[field] == sum(area[field] for area in report["by_area"]), field
        times = pd.read_csv(out)
        counted = times["status"].value_counts()
        assert len(times) == total["households"]
        assert counted.get("reached", 0) == total["households_reached"] > 0
        assert (times.loc[times["status"] == "reached", "minutes"] <= 15).all()
        for status in ("off_network", "unreachable", "imprecise"):
            assert counted.get(status, 0) == report["unknown"][status]
        # A region's buildings hang together with its roads, or the network is wrongly read.
        assert (report["unknown"]["off_network"] + report["unknown"]["unreachable"]) / len(times) < 0.05
        reach[mode] = total["households_reached"]
    assert reach["elder_walk"] <= reach["walk"] <= reach["ebike"] <= reach["drive"]


@pytest.mark.parametrize("fault", ["cut", "empty", "text", "missing"])
def test_a_file_that_is_no_extract_leaves_the_store_as_it_was(shared_data, tmp_path, capsys, fault):
    whole = (shared_data / "osm" / "andorra.osm.pbf").read_bytes()
    file, store = tmp_path / "region.osm.pbf", tmp_path / "region.db"
    if fault != "missing":
        file.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "text": b"no map " * 999}[fault])
    with pytest.raises(SystemExit) as stop:
        main(["import-osm", str(file), "--township-level", "7", "--store", str(store)])
    said = capsys.readouterr()
    assert stop.value.code == 2
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert not store.exists()


def test_another_region_is_not_loaded_over_by_mistake(shared_data, tmp_path, capsys):
    store = tmp_path / "region.db"
    osm = [str(shared_data / "osm" / f"{name}.osm.pbf") for name, _ in EXTRACTS]
    answer(capsys, "import-osm", osm[0], "--store", store)
    before = answer(capsys, "layers", "--store", store)
    with pytest.raises(SystemExit):
        main(["import-osm", osm[1], "--township-level", "7", "--store", str(store)])
    assert "--replace" in capsys.readouterr().err
    assert answer(capsys, "layers", "--store", store) == before
    answer(capsys, "import-osm", osm[1], "--township-level", "7", "--replace", "--store", store)
    after = {row["name"]: row["rows"] for row in answer(capsys, "layers", "--store", store)["layers"]}
    assert np.all([after[r["name"]] != r["rows"] for r in before["layers"] if r["name"] in ("townships", "roads")])


@pytest.mark.parametrize(("name", "level"), EXTRACTS)
@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_times_equal_networkx_on_real_roads(shared_data, tmp_path, name, level, mode):
    extract = read_extract(
        shared_data / "osm" / f"{name}.osm.pbf",
        township_level=level,
        station_tags=("amenity=pharmacy", "amenity=fuel"),
        households_from="buildings",
    )
    with Store.open(str(tmp_path / "region.db")) as store:
        store.load(extract.frames, Provenance(name, extract.sha256, "test", extract.as_of))
        times = household_times(LOCAL_STEWARD, store, mode=mode).set_index("id")
        homes = store.read("households", columns=["id", "geometry"]).sample(150, random_state=1)
        stations = store.read("stations", columns=["id", "geometry"])
        state = StoreState(store)
        here, snap = travel.region(state), travel.snapper(state, Mode(mode))
    start, goal = snap(here.metric(homes.geometry)), snap(here.metric(stations.geometry))
    expected = brute_force(snap.impedance, start, goal, walk_kph=4.5).min(axis=1)
    got = times.loc[homes["id"], "minutes"].fillna(np.inf).to_numpy()
    assert got == pytest.approx(expected / 60, abs=0.006)
