"""Isochrone polygons side by side with the common recipe and with Valhalla, in one run; prints times and honesty.

Run by ``make bench``. Honesty is told for everybody by their own travel times: of the network's nodes
within the limit, how many are inside the polygon, and how many of those beyond it are inside too
(both as shares of those within). What is built once for all polygons is told apart.
"""

from __future__ import annotations

import json
import math
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import shapely
from bench_coverage import command, report
from streets import streets
from valhalla_tiles import valhalla_config

from app.services.county import roads as travel
from app.services.county.state import StoreState
from geo.isochrone import isochrones
from geo.network import Impedance, RoadNetwork
from geo.service_search import ServiceAreas
from geo.snap import Snapped, Snapper
from geo.speeds import Mode
from geo.surface import Surface
from layers.intake.osm import read_extract
from layers.store import Provenance, Store

POLYGONS, LIMIT_S, NODES = 290, 900.0, 200_000
FEW = 10
"""Polygons that slow ways are timed on; their time is the mean of these."""

RUNS = 3
"""Everybody's time is the best of so many."""

EXTRACT = Path(__file__).resolve().parents[3] / "shared" / "data" / "osm" / "liechtenstein.osm.pbf"


class Row(NamedTuple):
    """One way to make the polygons."""

    what: str
    built_s: float
    each_ms: float
    inside: float
    wrongly_in: float
    polygons: int


def timed(work: Callable[[], object], repeat: int = 1) -> tuple[float, object]:
    """Processor seconds (all ways use one core), the best of a few runs, and what came out."""
    best, out = math.inf, None
    for _ in range(repeat):
        begin = time.process_time()
        out = work()
        best = min(best, time.process_time() - begin)
    return best, out


def honesty(pairs: Iterable[tuple[shapely.Geometry, np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Of polygons with places and whether each is within the limit: share inside, and share wrongly inside."""
    within_n = inside_n = wrong_n = 0
    for polygon, xy, within in pairs:
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])
        within_n, inside_n = within_n + within.sum(), inside_n + (inside & within).sum()
        wrong_n += (inside & ~within).sum()
    return inside_n / within_n, wrong_n / within_n


def used_nodes(mode: Impedance) -> np.ndarray:
    """Nodes that a road of the mode ends at: what polygons are judged by."""
    return np.unique(np.concatenate([mode.network.tail[mode.usable], mode.network.head[mode.usable]]))


def ours(snap: Snapper, there: Snapped, *, outward: bool, walk_kph: float = 4.5) -> Row:
    """Surface once, then every polygon."""
    net = snap.impedance.network
    search = ServiceAreas(snap.impedance, outward=outward, walk_kph=walk_kph)

    def build() -> Surface:
        surface = Surface.over(snap)
        list(isochrones(surface, search, there.__class__(*(v[:1] for v in vars(there).values())), [LIMIT_S]))
        return surface

    built, surface = timed(build)
    seconds, drawn = timed(lambda: list(isochrones(surface, search, there, [LIMIT_S])), RUNS)
    nodes = used_nodes(snap.impedance)
    inside, wrong = honesty(
        (one.polygons[0], net.nodes[nodes], np.isin(nodes, one.area.node)) for _, one in drawn if len(one.area.node)
    )
    assert all(one.polygons[0].is_valid for _, one in drawn)
    return Row("rongtu", built, seconds / len(drawn) * 1000, inside, wrong, len(drawn))


def common_recipe(mode: Impedance, sources: np.ndarray) -> list[Row]:
    """Ego graph of networkx, then a hull around its nodes."""
    xy, used = mode.network.nodes, used_nodes(mode)
    built, graph = timed(lambda: nx.from_scipy_sparse_array(mode.inward, create_using=nx.DiGraph))
    hulls = {
        "networkx, convex hull": lambda points: shapely.MultiPoint(points).convex_hull,
        "networkx, concave hull 0.03": lambda points: shapely.concave_hull(shapely.MultiPoint(points), ratio=0.03),
    }
    search_s = [timed(lambda s=s: nx.ego_graph(graph, s, LIMIT_S, distance="weight"), RUNS) for s in sources[:FEW].tolist()]
    searching = sum(seconds for seconds, _ in search_s) / len(search_s)
    rows = []
    for what, hull in hulls.items():
        drawn = [(*timed(lambda n=n, hull=hull: hull(xy[n]), RUNS), n) for n in (np.array(list(ego.nodes)) for _, ego in search_s)]
        inside, wrong = honesty(
            # A hull goes through its own nodes: they count as inside.
            (shapely.buffer(polygon, 0.01), xy[used], np.isin(used, reached)) for _, polygon, reached in drawn
        )
        each = searching + sum(seconds for seconds, _, _ in drawn) / len(drawn)
        rows.append(Row(what, built, each * 1000, inside, wrong, len(drawn)))
    return rows


def on_the_grid() -> None:
    """290 polygons on 200,000 nodes, by foot and by car."""
    lines, ahead, back = streets(NODES)
    net = RoadNetwork.from_lines(lines)
    box = shapely.total_bounds(lines)
    places = shapely.points(np.random.default_rng(2).uniform(box[:2], box[2:], (POLYGONS, 2)))
    foot = np.full(len(lines), 4.5)
    for what, forward, backward in (("by foot", foot, foot), ("by car", ahead, back)):
        mode = net.impedance(forward[net.road], backward[net.road])
        snap = Snapper(mode)
        there = snap(places)
        rows = [ours(snap, there, outward=False)]
        rows += common_recipe(mode, net.tail[there.edge[there.on_network]])
        show(f"{POLYGONS} polygons at 15 minutes on {net.n_nodes:,} nodes, {what}", rows)


def on_real_roads() -> None:
    """As many polygons on the Liechtenstein extract, beside Valhalla on the same file."""
    if not EXTRACT.exists():
        print("\nno ../shared: the real extract is left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        config = valhalla_config(EXTRACT, Path(folder))  # its tiles are made by a program of its own
        built = time.perf_counter() - begin
        extract = read_extract(EXTRACT, township_level=8, station_tags=("amenity=pharmacy",), households_from="buildings")
        with Store.open(str(Path(folder) / "region.db")) as store:
            store.load(extract.frames, Provenance("bench", extract.sha256, "bench", extract.as_of))
            state = StoreState(store)
            here = travel.region(state)
            homes = store.read("households", columns=["id", "geometry"]).sample(POLYGONS, random_state=1)
            for mode, costing in ((Mode.WALK, "pedestrian"), (Mode.DRIVE, "auto")):
                snap = travel.snapper(state, mode)
                there = snap(here.metric(homes.geometry))
                rows = [ours(snap, there, outward=True, walk_kph=mode.access_kph)]
                if config is not None:
                    degrees = np.column_stack([homes.geometry.x, homes.geometry.y])
                    rows.append(by_valhalla(config, built, costing, degrees, snap, here.crs))
                rows += common_recipe(snap.impedance, here.network.tail[there.edge[there.on_network]])
                title = f"{POLYGONS} polygons at 15 minutes on the roads of Liechtenstein, {mode.value}"
                show(title, rows)


def by_valhalla(config: Path, built_s: float, costing: str, places: np.ndarray, snap: Snapper, crs: pyproj.CRS) -> Row:
    """Isochrones of Valhalla's own travel; honesty by its own matrix, to our nodes around ten of the places."""
    from valhalla import Actor

    actor = Actor(str(config))
    options = {"costing": costing, "costing_options": {"pedestrian": {"walking_speed": 4.5}}}
    asked = [
        json.dumps({
            **options, "locations": [{"lon": lon, "lat": lat}], "contours": [{"time": LIMIT_S / 60}], "polygons": True,
            "denoise": 0, "generalize": 0,
        })
        for lon, lat in places.tolist()
    ]  # fmt: skip
    actor.isochrone(asked[0])
    seconds, answers = timed(lambda: [actor.isochrone(one) for one in asked], RUNS)
    net = snap.impedance.network
    back = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    nodes = np.column_stack(back.transform(*net.nodes[used_nodes(snap.impedance)].T))
    rng = np.random.default_rng(3)
    judged = []
    for k in range(0, POLYGONS, POLYGONS // FEW):
        features = json.loads(answers[k])["features"]
        polygon = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in features])
        near_deg = 0.05 if costing == "pedestrian" else 9.0
        some = nodes[np.abs(nodes - places[k]).max(axis=1) < near_deg]
        some = some[rng.permutation(len(some))[:1000]]
        matrix = json.loads(actor.matrix(json.dumps({
            **options, "sources": [{"lon": places[k, 0], "lat": places[k, 1]}],
            "targets": [{"lon": lon, "lat": lat} for lon, lat in some.tolist()],
        })))  # fmt: skip
        times = np.array([math.inf if to["time"] is None else to["time"] for to in matrix["sources_to_targets"][0]])
        judged.append((polygon, some, times <= LIMIT_S))
    return Row("Valhalla", built_s, seconds / len(asked) * 1000, *honesty(judged), len(asked))


def on_the_county() -> None:
    """The whole command on the demonstration county: one point, every station, every catchment."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "county.db")
        command("demo", "--store", store)
        print()
        for arguments in (
            ("isochrone", "--at", "122.95,28.31"), ("isochrone", "--at", "122.95,28.31", "--mode", "drive"),
            ("isochrone",), ("isochrone", "--mode", "drive"), ("isochrone", "--mode", "drive", "--merged"),
            ("catchments",), ("catchments", "--mode", "drive"),
        ):  # fmt: skip
            seconds, peak = command(*arguments, "--json", "--store", store)
            report(f"rongtu {' '.join(arguments)}, whole process", f"{seconds:.1f} s, {peak:,.0f} MB", "1,500 MB")


def show(title: str, rows: list[Row]) -> None:
    """One table, with how much longer the others take."""
    table = pd.DataFrame(rows)
    table["times_ours"] = table["each_ms"] / table["each_ms"].iloc[0]
    print(f"\n{title}")
    formats = {"inside": "{:.2%}".format, "wrongly_in": "{:.2%}".format}
    print(table.to_string(index=False, formatters=formats, float_format=lambda v: f"{v:,.2f}"))


def main() -> None:
    """Print everything."""
    on_the_county()  # first: a child's peak counts what this process held when it was started
    on_the_grid()
    on_real_roads()
    print(f"\npeak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
