"""What-if on 200,000 nodes: what a change touches, against counting everything again; prints times and ratios.

Run by ``make bench``. "Again" is what one would wait for without updates: the same answer from the
same warm network with the search done from nothing. Networkx is what one would write without us.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from streets import streets

from app.roles import LOCAL_STEWARD
from app.services.county.facilities import FacilityChoice
from app.services.county.state import StoreState
from app.services.county.units import By
from app.services.scenarios import trial as scenario_trial
from app.services.scenarios.definition import Scenario, as_scenario
from app.services.scenarios.present import Present, present
from app.services.scenarios.service import whatif
from geo.crs import unproject
from geo.network import Impedance
from geo.overlay import closed
from geo.snap import Snapped
from geo.speeds import Mode
from geo.update import Allocation, Reallocation, allocate, reallocate
from layers.store import Provenance, Region, Store

NODES, HOUSEHOLDS, STATIONS, MOVES = 200_000, 20_000, 290, 25
PLANE = CRS.from_dict({"proj": "tmerc", "lat_0": 28.5, "lon_0": 123, "k": 1, "x_0": 26_000, "y_0": 26_000, "datum": "WGS84"})


def degrees(shapes: np.ndarray) -> np.ndarray:
    """Metres of the made-up plane as longitude and latitude."""
    return shapely.transform(shapes, lambda xy: unproject(xy, PLANE))


def county(address: str) -> Store:
    """A store with the streets, 15 townships, 300 villages, and stations and households anywhere."""
    lines, ahead, back = streets(NODES)
    rng, (west, south, east, north) = np.random.default_rng(2), shapely.total_bounds(lines)

    def grid(columns: int, rows: int) -> np.ndarray:
        x, y = np.linspace(west, east, columns + 1), np.linspace(south, north, rows + 1)
        boxes = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(rows) for i in range(columns)]
        return degrees(np.array(boxes, dtype=object))

    def anywhere(n: int) -> np.ndarray:
        return degrees(shapely.points(rng.uniform((west, south), (east, north), (n, 2))))

    def layer(shapes: np.ndarray, letter: str, **columns: object) -> gpd.GeoDataFrame:
        ids = [f"{letter}{k:06d}" for k in range(len(shapes))]
        return gpd.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs="EPSG:4326")

    one_way = np.where(back == 0, "forward", None)
    frames = {
        "townships": layer(grid(5, 3), "t", name="镇"),
        "villages": layer(grid(20, 15), "v", name="村"),
        "stations": layer(anywhere(STATIONS), "s", name="站", level="village", status="open", precision="door"),
        "households": layer(anywhere(HOUSEHOLDS), "h", persons=rng.integers(1, 5, HOUSEHOLDS), precision="door"),
        "roads": layer(degrees(lines), "r", **{"class": "county", "speed_kph": ahead, "oneway": one_way}),
    }
    store = Store.open(address)
    region = Region("测试", "Bench", fictional=True)
    store.load(frames, Provenance("bench", "", "bench", dt.date(2026, 1, 1), region))
    return store


def milliseconds(work: Callable[[], object], repeat: int = 5) -> float:
    """Processor time, best of a few runs: what else the machine does makes no difference to the ratios."""
    spent = []
    for _ in range(repeat):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent) * 1000


def moves(store: Store, known: Present) -> list[tuple[Scenario, Snapped]]:
    """One station moved to where somebody lives, as a scenario and on the roads; different ones each time."""
    assert known.roads is not None
    rng, before = np.random.default_rng(3), known.roads.allocation
    homes = store.read("households", columns=["geometry"]).geometry
    found = []
    for k in rng.choice(STATIONS, MOVES, replace=False):
        to = int(rng.integers(HOUSEHOLDS))
        at = [homes.iloc[to].x, homes.iloc[to].y]
        change = {"change": "move_station", "station": known.listed[k].id, "at": at}
        edge, fraction, access_m = (getattr(before.facilities, name).copy() for name in ("edge", "fraction", "access_m"))
        edge[k], fraction[k], access_m[k] = (getattr(before.origins, name)[to] for name in ("edge", "fraction", "access_m"))
        found.append((as_scenario({"name": "迁站", "changes": [change]}), Snapped(edge, fraction, access_m)))
    return found


def from_nothing(before: Allocation, **changed: object) -> Reallocation:
    """What ``reallocate`` answers, by a search of everything."""
    after = allocate(
        changed.get("impedance") or before.impedance, changed.get("origins") or before.origins,
        changed.get("facilities") or before.facilities, walk_kph=before.walk_kph,
    )  # fmt: skip
    was, now = before.nearest, after.nearest
    other = (was.seconds != now.seconds) | (was.facility != now.facility) | (was.status != now.status)
    return Reallocation(after, np.arange(0), np.flatnonzero(other))


def with_networkx(mode: Impedance, facilities: Snapped) -> float:
    """Milliseconds of networkx's search from all stations at once, on the graph that is built already."""
    graph = nx.from_scipy_sparse_array(mode.inward, create_using=nx.DiGraph)
    sources = set(mode.network.tail[facilities.edge[facilities.on_network]].tolist())
    return milliseconds(lambda: nx.multi_source_dijkstra(graph, sources), repeat=1)


def say(what: str, update: Sequence[float], again: Sequence[float], limit: str = "") -> None:
    """One line of the table: medians, and the median ratio with the worst."""
    ratios = [u / a for u, a in zip(update, again, strict=True)]
    print(
        f"{what:<46}{statistics.median(update):>9.2f}{statistics.median(again):>11.1f}"
        f"{statistics.median(ratios):>9.3f}{max(ratios):>9.3f}  {limit}"
    )


def answers(store: Store, tried: Sequence[tuple[Scenario, Snapped]], by: By) -> tuple[list[float], list[float]]:
    """Milliseconds of the whole answer to each move, updated and from nothing, turn by turn."""
    spent: dict[Callable[..., Reallocation], list[float]] = {reallocate: [], from_nothing: []}
    for scenario, _ in tried:
        for search, times in spent.items():
            scenario_trial.reallocate = search
            times.append(milliseconds(lambda one=scenario: whatif(LOCAL_STEWARD, store, one, mode=Mode.DRIVE, by=by)))
    scenario_trial.reallocate = reallocate
    return spent[reallocate], spent[from_nothing]


def roads_closed(before: Allocation) -> list[tuple[str, np.ndarray]]:
    """One piece of road where people pass, and a flood two kilometres wide."""
    net = before.impedance.network
    middle = (net.nodes.min(axis=0) + net.nodes.max(axis=0)) / 2
    flood = np.flatnonzero(shapely.intersects(net.line, shapely.Point(middle).buffer(1000)))
    return [("one road closed", before.facilities.edge[:1]), (f"a flood over {len(flood)} pieces of road", flood)]


def closing(before: Allocation, edges: np.ndarray) -> tuple[float, float]:
    """Milliseconds of the update, arcs mended; and of building the arcs and searching everything."""

    def anew() -> Allocation:
        ahead, back = before.impedance.forward_s.copy(), before.impedance.backward_s.copy()
        ahead[edges] = back[edges] = np.inf
        return allocate(Impedance(before.impedance.network, ahead, back), before.origins, before.facilities)

    def update() -> Reallocation:
        return reallocate(before, impedance=closed(before.impedance, edges))

    assert np.array_equal(update().allocation.nearest.seconds, anew().nearest.seconds)
    return milliseconds(update), milliseconds(anew)


def main() -> None:
    """Make the county in a folder of its own, measure, print."""
    with tempfile.TemporaryDirectory() as folder, county(str(Path(folder) / "county.db")) as store:
        state, mode = StoreState(store), Mode.DRIVE
        known = present(state, mode, FacilityChoice())
        assert known.roads is not None
        before = known.roads.allocation
        print(f"{before.impedance.network.n_nodes:,} nodes, {before.impedance.network.n_edges:,} edges, "
              f"{HOUSEHOLDS:,} households, {STATIONS} stations; processor milliseconds, medians of {MOVES} moves")  # fmt: skip
        print(f"{'':<46}{'update':>9}{'again':>11}{'ratio':>9}{'worst':>9}")
        tried = moves(store, known)
        updates, agains, touched = [], [], []
        for _, facilities in tried:
            answer = reallocate(before, facilities=facilities)
            assert np.array_equal(answer.allocation.node_s, from_nothing(before, facilities=facilities).allocation.node_s)
            updates.append(milliseconds(lambda to=facilities: reallocate(before, facilities=to)))
            agains.append(milliseconds(lambda to=facilities: allocate(before.impedance, before.origins, to)))
            touched.append((len(answer.nodes), len(answer.origins)))
        say("one station moved, times of everybody", updates, agains, "limit 0.1")
        for by in ("township", "village"):
            say(f"one station moved, whole answer by {by}", *answers(store, tried, by), "limit 0.1")
        for what, edges in roads_closed(before):
            update, again = closing(before, edges)
            say(what, [update], [again])
        by_networkx = with_networkx(before.impedance, before.facilities)
        frame = pd.DataFrame(touched, columns=["nodes", "households"])
        print(f"a move touches {frame['nodes'].median():,.0f} nodes and {frame['households'].median():,.0f} households")
        print(f"networkx, the same search from nothing: {by_networkx:,.0f} ms, {by_networkx / statistics.median(updates):,.0f} "
              f"times the update")  # fmt: skip
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB   limit 1,536 MB")


if __name__ == "__main__":
    main()
