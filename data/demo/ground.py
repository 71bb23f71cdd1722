"""Everything that has a place before anybody lives there: land, villages, townships, roads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely

from data.demo.boundaries import Division, divide, in_one_piece
from data.demo.curves import Warp, label_polygons
from data.demo.grid import Floats, Grid, Ints, Objects, as_objects
from data.demo.hamlets import Hamlets, lay_lanes, make_hamlets
from data.demo.movement import Land
from data.demo.network import Network, make_network
from data.demo.outline import make_landscape
from data.demo.randomness import Step, stream
from data.demo.roads import lay_roads, road_lines
from data.demo.settlements import Places, settle, settle_hamlets
from data.demo.size import CountySize
from data.demo.streets import Streets, lay_streets
from data.demo.terrain import make_terrain


@dataclass(frozen=True, slots=True)
class Ground:
    """The county without people, in projected metres.

    ``node_places`` tells where each node of the land came to lie, ``centres`` the villages' centres,
    ``hamlet_centres`` those of the hamlets; ``routes`` are the named roads (class and the two
    villages that they join, -1 for the county's edge).
    """

    size: CountySize
    land: Land
    places: Places
    division: Division
    villages: Objects
    townships: Objects
    node_places: Floats
    centres: Floats
    hamlets: Hamlets
    hamlet_centres: Floats
    streets: Streets
    network: Network
    routes: tuple[tuple[str, int, int], ...]


def make_ground(size: CountySize, seed: int, progress: Callable[[str, float], None]) -> Ground:
    """Make the land, settle it, divide it and lay its roads."""
    grid = Grid(size.rows, size.columns)
    progress("地形与水系 Terrain and rivers", 0.0)
    landscape = make_landscape(make_terrain(grid, stream(seed, Step.TERRAIN)), size, seed)
    progress("聚落与界线 Settlements and boundaries", 0.18)
    land = Land.of(landscape)
    places = settle(land, size, stream(seed, Step.PLACES))
    division = divide(land, places, size, seed)
    warp = Warp(grid, stream(seed, Step.WARP))
    areas = label_polygons(division.village, grid, warp)
    villages = as_objects([areas[k] for k in range(size.villages)])
    division = replace(division, township_of=in_one_piece(division.township_of, villages))
    townships = as_objects([shapely.coverage_union_all(villages[division.township_of == k])
                            for k in range(size.townships)])
    nodes = settle_hamlets(land, size, places, stream(seed, Step.HAMLETS))
    progress("道路 Roads", 0.32)
    bed = lay_roads(land, places, nodes, size, seed)
    roads, at = road_lines(bed, land, places.centres, nodes, warp, stream(seed, Step.LINES))
    progress("街巷 Streets and lanes", 0.50)
    streets = lay_streets(land, places, division, size, warp, seed)
    built_up = shapely.union_all(list(streets.built_up))
    hamlets = make_hamlets(land, places, nodes, division, built_up, at[nodes], bed, size, stream(seed, Step.ISLANDS))
    lanes = lay_lanes(land, hamlets, at[nodes], stream(seed, Step.LANES))
    progress("路网 Road network", 0.58)
    network = make_network(roads, streets, lanes, hamlets, at[nodes], size.islands, seed)
    village_at = {int(node): k for k, node in enumerate(places.centres)}
    routes = tuple((kind, village_at.get(a, -1), village_at.get(b, -1)) for kind, a, b in bed.routes)
    return Ground(size, land, places, division, villages, townships, at, at[places.centres], hamlets, at[nodes],
                  streets, network, routes)


def village_of(ground: Ground, points: Floats) -> Ints:
    """Village that holds each point, shape (n, 2); the nearest for points outside all."""
    tree = shapely.STRtree(ground.villages)
    shapes = np.asarray(shapely.points(points))
    village = np.full(len(points), -1, dtype=np.int64)
    point, area = tree.query(shapes, predicate="within")
    village[point] = area
    village[village < 0] = tree.nearest(shapes[village < 0])
    return village
