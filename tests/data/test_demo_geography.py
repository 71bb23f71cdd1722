from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from road_graph import RoadGraph, road_graph
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from data.demo import FULL, SMALL, County, CountySize
from data.demo.grid import Grid
from data.demo.outline import make_landscape, slopes
from data.demo.randomness import Step, stream
from data.demo.terrain import make_terrain

METRIC = 4550


def metric(county: County, name: str) -> gpd.GeoDataFrame:
    frame = county.frames[name]
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame.to_crs(METRIC)


def places(frame: gpd.GeoDataFrame) -> np.ndarray:
    return shapely.get_coordinates(frame.geometry.to_numpy())


@pytest.fixture(scope="module")
def graph(full_county: County) -> RoadGraph:
    return road_graph(full_county.frames["roads"])


def assert_areas_hold_together(county: County) -> None:
    villages, townships = county.frames["villages"], county.frames["townships"]
    assert villages.geometry.is_valid.all()
    assert townships.geometry.is_valid.all()
    assert (villages.geom_type == "Polygon").all()
    assert (townships.geom_type == "Polygon").all()
    assert shapely.coverage_is_valid(villages.geometry.to_numpy())
    assert shapely.coverage_is_valid(townships.geometry.to_numpy())
    for township in townships.itertuples():
        members = villages.geometry[villages["township"] == township.id].to_numpy()
        assert shapely.coverage_union_all(members).symmetric_difference(township.geometry).area == 0


def test_townships_are_the_unions_of_their_villages(full_county: County) -> None:
    assert_areas_hold_together(full_county)


def test_areas_hold_together_for_other_seeds(small_county: County) -> None:
    assert_areas_hold_together(small_county)


def test_sizes_of_townships_differ_as_real_ones_do(full_county: County) -> None:
    area = metric(full_county, "townships").area
    assert 1.7e9 < area.sum() < 1.85e9
    assert area.max() / area.median() > 2
    assert area.std() / area.mean() > 0.4


def assert_all_lie_where_they_say(county: County) -> None:
    villages = county.frames["villages"].set_index("id").geometry
    households = county.frames["households"]
    known = households[households.geometry.notna()]
    assert shapely.contains(villages.loc[known["village"]].to_numpy(), known.geometry.to_numpy()).all()
    stations = county.frames["stations"]
    units = villages.to_dict() | county.frames["townships"].set_index("id").geometry.to_dict()
    for station in stations[stations["unit"].notna()].itertuples():
        assert units[station.unit].contains(station.geometry), station.id
    memorials = county.frames["memorials"]
    assert shapely.contains(villages.loc[memorials["village"]].to_numpy(), memorials.geometry.to_numpy()).all()


def test_everything_lies_in_the_village_that_it_names(full_county: County) -> None:
    assert_all_lie_where_they_say(full_county)


def test_everything_lies_in_its_village_for_other_seeds(small_county: County) -> None:
    assert_all_lie_where_they_say(small_county)


def test_every_village_and_community_has_people(full_county: County) -> None:
    persons = full_county.frames["households"].groupby("village")["persons"].sum()
    assert len(persons) == 273
    assert persons.min() >= 5
    assert persons.max() > 300, "some villages pass the threshold for a model station"


def test_the_road_network_is_one_with_a_few_islands(graph: RoadGraph) -> None:
    nodes = np.bincount(graph.component)
    length = np.bincount(graph.component[graph.start], graph.length)
    assert nodes.max() / nodes.sum() > 0.98
    assert 4 <= len(nodes) - 1 <= 25
    assert length.min() > 990, "an island is a network of at least a kilometre (990 m after rounding)"


def test_islands_have_people(full_county: County, graph: RoadGraph) -> None:
    people = cKDTree(places(metric(full_county, "households").loc[lambda h: h["precision"] != "unknown"]))
    for island in set(np.unique(graph.component)) - {graph.giant}:
        nearest, _ = people.query(graph.places[graph.component == island])
        assert nearest.min() < 60


def test_roads_meet_as_real_ones_do(graph: RoadGraph) -> None:
    share = np.bincount(graph.degree) / len(graph.degree)
    assert share[4:].sum() <= 0.12
    assert share[2] <= 0.03, "nodes that only pass through are merged"
    assert 0.12 < share[1] < 0.30


def test_ways_are_longer_than_the_crow_flies_by_a_hill_county_factor(full_county: County, graph: RoadGraph) -> None:
    stations = metric(full_county, "stations")
    township_of = full_county.frames["villages"].set_index("id")["township"]
    main = np.flatnonzero(graph.component == graph.giant)
    tree = cKDTree(graph.places[main])
    towns = stations[stations["level"] == "township"].set_index("unit")
    ways = dijkstra(graph.matrix(), indices=main[tree.query(places(towns))[1]])
    rank = {unit: k for k, unit in enumerate(towns.index)}
    villages = stations[stations["level"] == "village"]
    node = main[tree.query(places(villages))[1]]
    own = np.array([rank[township_of[unit]] for unit in villages["unit"]])
    straight = np.hypot(*(places(towns)[own] - places(villages)).T)
    far = straight > 500
    detour = ways[own, node][far] / straight[far]
    assert 1.15 < np.median(detour) < 1.6
    assert np.quantile(detour, 0.95) < 3


def test_a_few_households_live_far_from_any_road(full_county: County) -> None:
    households = metric(full_county, "households")
    exact = households[~households["precision"].isin(["village", "unknown"])].geometry.to_numpy()
    roads = shapely.STRtree(metric(full_county, "roads").geometry.to_numpy())
    _, distance = roads.query_nearest(exact, return_distance=True, all_matches=False)
    assert 4 <= (distance > 500).sum() <= 60
    assert np.median(distance) < 40


def test_no_road_or_house_or_station_lies_in_a_lake(full_county: County) -> None:
    grid = Grid(FULL.rows, FULL.columns)
    landscape = make_landscape(make_terrain(grid, stream(7, Step.TERRAIN)), FULL, 7)
    lake = landscape.lake.ravel()
    assert lake.sum() > 200
    for name in ("stations", "households"):
        frame = metric(full_county, name)
        wet = lake[grid.cells(places(frame[frame.geometry.notna()]))]
        assert wet.mean() < 0.001, name


@pytest.mark.parametrize("kind", ["trunk", "county", "village"])
def test_roads_follow_the_gentle_land(small_county: County, kind: str) -> None:
    slope, grid, inside = _slope(SMALL, small_county.seed)
    roads = metric(small_county, "roads")
    lines = roads.geometry[roads["class"] == kind].segmentize(30).to_numpy()
    along = slope[grid.cells(shapely.get_coordinates(lines))]
    assert along.mean() < 0.8 * slope[inside].mean()


def test_people_live_in_the_valleys(small_county: County) -> None:
    slope, grid, inside = _slope(SMALL, small_county.seed)
    households = metric(small_county, "households")
    here = slope[grid.cells(places(households[households.geometry.notna()]))]
    assert here.mean() < 0.75 * slope[inside].mean()


def _slope(size: CountySize, seed: int) -> tuple[np.ndarray, Grid, np.ndarray]:
    grid = Grid(size.rows, size.columns)
    terrain = make_terrain(grid, stream(seed, Step.TERRAIN))
    inside = make_landscape(terrain, size, seed).county.ravel()
    return slopes(terrain).ravel(), grid, inside


def test_roads_have_their_attributes(full_county: County) -> None:
    roads = full_county.frames["roads"]
    great = roads[roads["class"].isin(["trunk", "county"])]
    assert great["name"].notna().all()
    assert great["name"].nunique() > 15
    assert roads.loc[~roads["class"].isin(["trunk", "county"]), "name"].isna().all()
    assert {"trunk", "county", "township", "village", "arterial", "street", "lane", "track", "path"} == set(roads["class"])
    assert set(roads["surface"]) == {"paved", "gravel", "earth"}
    assert 0 < (~roads["open"].astype(bool)).sum() < 10


def test_one_way_streets_lie_in_the_town_and_trap_nobody(full_county: County, graph: RoadGraph) -> None:
    roads = full_county.frames["roads"]
    one = (roads["oneway"] != "no").to_numpy()
    assert one.sum() >= 60
    assert {"forward", "backward"} <= set(roads["oneway"])
    assert set(roads.loc[one, "class"]) == {"street"}
    centre = places(metric(full_county, "stations").loc[lambda s: s["level"] == "county"])[0]
    assert np.hypot(*(graph.places[graph.start[one]] - centre).T).max() < 4000
    assert _trapped(graph, roads["oneway"].to_numpy()) == 0


def _trapped(graph: RoadGraph, oneway: np.ndarray) -> int:
    import networkx as nx

    forward, backward = oneway != "backward", oneway != "forward"
    net = nx.DiGraph()
    net.add_edges_from(zip(graph.start[forward], graph.end[forward], strict=True))
    net.add_edges_from(zip(graph.end[backward], graph.start[backward], strict=True))
    strong = max(nx.strongly_connected_components(net), key=len)
    return sum(graph.component[node] == graph.giant and node not in strong for node in net)
