"""What-if on real regions: the same as networkx on the changed roads, and as a county where it was really done."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from app.roles import LOCAL_STEWARD
from app.services.county.facilities import FacilityChoice
from app.services.county.state import StoreState
from app.services.coverage.service import coverage
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.present import present
from app.services.scenarios.service import household_changes, whatif
from geo.connectors import with_facilities
from geo.network import Impedance
from geo.overlay import closed
from geo.speeds import Mode
from geo.update import reallocate
from layers.intake.osm import read_extract
from layers.store import Provenance, Region, Store

EXTRACTS = [("liechtenstein", 8), ("andorra", 7)]
TAGS = ("amenity=townhall", "amenity=pharmacy", "amenity=bank", "amenity=fuel")


@pytest.fixture(scope="module", params=EXTRACTS, ids=lambda one: one[0])
def region(request, shared_data, tmp_path_factory):
    name, level = request.param
    extract = read_extract(shared_data / "osm" / f"{name}.osm.pbf", township_level=level, station_tags=TAGS,
                           households_from="buildings")  # fmt: skip
    folder = tmp_path_factory.mktemp(name)
    said = Provenance(name, extract.sha256, "test", extract.as_of, Region(name, name))
    with Store.open(str(folder / "region.db")) as store:
        store.load(extract.frames, said)
        yield store, extract.frames, said, folder


def test_repaired_times_equal_networkx_on_the_changed_roads(region):
    store = region[0]
    known = present(StoreState(store), Mode.DRIVE, FacilityChoice())
    before = known.roads.allocation
    net, rng = before.impedance.network, np.random.default_rng(4)
    stations = before.facilities.take(np.arange(len(before.facilities.edge)))
    busy = np.flatnonzero(stations.on_network)
    stations.edge[busy[0]] = -1
    for name in ("edge", "fraction", "access_m"):
        getattr(stations, name)[busy[1]] = getattr(before.origins, name)[np.flatnonzero(before.origins.on_network)[7]]
    flood = shapely.Point(net.nodes[int(rng.integers(net.n_nodes))]).buffer(1500)
    shut = np.flatnonzero(shapely.intersects(net.line, flood))
    after = reallocate(before, facilities=stations, impedance=closed(before.impedance, shut)).allocation
    fresh = Impedance(net, after.impedance.forward_s, after.impedance.backward_s)
    on = np.flatnonzero(stations.on_network)
    graph = nx.from_scipy_sparse_array(with_facilities(fresh, stations, on, before.walk_kph), create_using=nx.DiGraph)
    found = nx.multi_source_dijkstra_path_length(graph, set(range(net.n_nodes, net.n_nodes + len(on))))
    expected = np.full(net.n_nodes, np.inf)
    nodes = np.array([node for node in found if node < net.n_nodes])
    expected[nodes] = [found[node] for node in nodes.tolist()]
    assert np.array_equal(after.node_s, expected)  # whole ticks: to the last bit
    assert len(shut) > 3
    assert (after.node_s != before.node_s).any()


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_equals_coverage_of_the_region_where_it_was_really_done(region, mode):
    store, frames, said, folder = region
    stations = frames["stations"]
    homes = frames["households"].geometry
    gone, moved = stations["id"].iloc[0], stations["id"].iloc[1]
    to, new = homes.iloc[len(homes) // 3], homes.iloc[len(homes) // 2]
    scenario = as_scenario({"name": "真做", "changes": [
        {"change": "close_station", "station": gone},
        {"change": "move_station", "station": moved, "at": [to.x, to.y]},
        {"change": "add_station", "name": "新", "at": [new.x, new.y]},
    ]})  # fmt: skip
    done = stations.copy()
    done.loc[done["id"] == gone, "status"] = "closed"
    done.loc[done["id"] == moved, "geometry"] = to
    extra = done.iloc[[2]].assign(id="zzz-new", name="新", level="village", unit=None)
    extra = extra.set_geometry([new], crs=done.crs)
    done = pd.concat([done, extra], ignore_index=True)
    with Store.open(str(folder / f"done-{mode}.db")) as other:
        other.load({**frames, "stations": done}, said)
        report = whatif(LOCAL_STEWARD, store, scenario, mode=mode)
        expected = coverage(LOCAL_STEWARD, other, mode=mode)
    assert [one.applied for one in report.changes] == [True, True, True]
    for mine, theirs in [(report.total, expected.total), *zip(report.by_area, expected.by_area, strict=True)]:
        for name in ("households_reached", "persons_reached", "reach_rate", "units_with_station"):
            assert getattr(mine.after, name) == getattr(theirs, name), (name, mine.code)
    rows = household_changes(LOCAL_STEWARD, store, scenario, mode=mode)
    assert len(rows) > 0
    assert (rows["change"] == "newly_reached").sum() == report.total.newly_reached.households
