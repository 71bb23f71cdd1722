"""Roads laid over the raster, the greater first, each round along least-cost ways that reuse the last."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import minimum_spanning_tree

from data.demo.curves import Warp, chains, rounded, run_nodes, simplified
from data.demo.grid import Bools, Floats, Ints, spectral_noise
from data.demo.movement import Allocation, CostGraph, Crossings, Land, relative_neighbours, trace
from data.demo.randomness import Step, stream
from data.demo.settlements import Places, Settler
from data.demo.size import CountySize

CLASSES = ("trunk", "county", "township", "village", "track", "path")
DISCOUNT = (0.38, 0.42, 0.48, 0.55, 0.75, 0.80)
"""What moving along a road costs, beside moving over open land, by class."""


@dataclass(slots=True)
class Roadbed:
    """Moves that carry a road: their nodes (n, 2), class (index into CLASSES) and named route (-1: none)."""

    graph: CostGraph
    pairs: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    rank: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    route: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    routes: list[tuple[str, int, int]] = field(default_factory=list)

    def lay(self, pairs: Ints, road_class: str, route: int = -1) -> None:
        """Lay a road of a class where there is none yet."""
        wanted = np.unique(np.sort(pairs, axis=1), axis=0)
        size = self.graph.matrix.shape[0]
        new = wanted[~np.isin(wanted @ [size, 1], self.pairs @ [size, 1])]
        rank = CLASSES.index(road_class)
        self.pairs = np.r_[self.pairs, new]
        self.rank = np.r_[self.rank, np.full(len(new), rank)]
        self.route = np.r_[self.route, np.full(len(new), route)]
        self.graph.cheapen(new, DISCOUNT[rank])

    def name_route(self, road_class: str, first: int, second: int) -> int:
        """Number of a new named route between two nodes."""
        self.routes.append((road_class, first, second))
        return len(self.routes) - 1


def lay_roads(land: Land, places: Places, hamlets: Ints, size: CountySize, seed: int) -> Roadbed:
    """Trunk roads to the county's edge, then county, township and village roads, then tracks and paths."""
    shape = land.landscape
    noise = np.exp(0.35 * spectral_noise(shape.grid.shape, 1.2, stream(seed, Step.ROUGHNESS), lowest=30))
    roughness = (1 + 1.2 * np.clip(shape.slope / 0.3, 0, 1.5)) * noise
    bed = Roadbed(CostGraph(land, gentle=0.085, cap=22, roughness=roughness, toll=land.river_penalty))
    rng = stream(seed, Step.ROADS)
    gates = _lay_trunk(bed, land, int(places.centres[0]), rng)
    _connect(bed, np.unique(np.r_[places.seats, gates]), "county", 0.80, named=True)
    _connect(bed, np.unique(places.centres), "township", 0.98, kept=(0.85, rng))
    _connect(bed, np.unique(hamlets), "village", 0.98, kept=(0.38, rng))
    _lay_tracks(bed, land, hamlets, size, rng)
    return bed


def _lay_trunk(bed: Roadbed, land: Land, town: int, rng: np.random.Generator) -> Ints:
    """From the town down the river and to up to three other gates well apart; returns all gates."""
    allocation = bed.graph.allocate(np.array([town]))
    offset = land.places - land.places[town]
    bearing = np.arctan2(offset[:, 0], offset[:, 1])
    rim = np.flatnonzero((land.at(land.landscape.edge_distance) < 130) & np.isfinite(allocation.cost))
    sector = np.floor((bearing[rim] / (2 * np.pi) + 0.5 + rng.random()) * 6).astype(int) % 6
    gates = [int(rim[sector == k][allocation.cost[rim[sector == k]].argmin()]) for k in np.unique(sector)]
    way_out = int(rim[land.at(land.smooth_height)[rim].argmin()])
    trunk = [way_out]
    for gate in sorted(gates, key=lambda g: float(allocation.cost[g])):
        turns = [abs((bearing[gate] - bearing[other] + np.pi) % (2 * np.pi) - np.pi) for other in trunk]
        if len(trunk) < 4 and min(turns) > np.radians(62):
            trunk.append(gate)
    for gate in trunk:
        bed.lay(trace(allocation.before, np.array([gate])), "trunk", bed.name_route("trunk", town, gate))
    return np.array(sorted({*gates, way_out}), dtype=np.int64)


def _connect(bed: Roadbed, sources: Ints, road_class: str, beta: float, *,
             kept: tuple[float, np.random.Generator] | None = None, named: bool = False) -> None:
    """Join neighbouring sources over the cheapest pass between them.

    Links that a third source undercuts are dropped; ``kept`` is the share of the others kept beyond
    those that hold everything together.
    """
    allocation = bed.graph.allocate(sources)
    links = bed.graph.crossings(allocation)
    keep = relative_neighbours(links, beta)
    if kept is not None:
        share, rng = kept
        keep &= _spanning(links, keep, sources) | (rng.random(len(keep)) < share)
    chosen = np.flatnonzero(keep)
    if named:
        for k in chosen.tolist():
            one = np.array([k])
            route = bed.name_route(road_class, int(links.first[k]), int(links.second[k]))
            bed.lay(_ways(allocation, links, one), road_class, route)
    else:
        bed.lay(_ways(allocation, links, chosen), road_class)


def _ways(allocation: Allocation, links: Crossings, chosen: Ints) -> Ints:
    step_from, step_to = links.step_from[chosen], links.step_to[chosen]
    passes = np.column_stack([step_from, step_to])
    return np.concatenate([trace(allocation.before, np.r_[step_from, step_to]), passes])


def _spanning(links: Crossings, keep: Bools, sources: Ints) -> Bools:
    """Which links belong to the minimum spanning tree of those kept."""
    first, second = np.searchsorted(sources, links.first), np.searchsorted(sources, links.second)
    count = len(sources)
    graph = sp.csr_matrix((links.cost[keep], (first[keep], second[keep])), shape=(count, count))
    tree = minimum_spanning_tree(graph).tocoo()
    low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
    return np.isin(first * count + second, low.astype(np.int64) * count + high)


def _lay_tracks(bed: Roadbed, land: Land, hamlets: Ints, size: CountySize, rng: np.random.Generator) -> None:
    """Field ends joined to the nearest road: tracks on gentle ground, paths on steep."""
    settler = Settler(land, rng)
    usable = (settler.slope < 0.30) & (settler.above < 150) & settler.dry & (settler.edge > 100)
    weight = np.where(usable, np.exp(-settler.slope / 0.2), 0)
    ends = np.array(settler.pick(weight, size.field_ends, 165.0, np.unique(hamlets).tolist(), tries=120_000))
    allocation = bed.graph.allocate(np.unique(bed.pairs))
    near = np.isfinite(allocation.cost[ends]) & (allocation.cost[ends] < 2600)
    steep = settler.slope[ends] >= 0.14
    bed.lay(trace(allocation.before, ends[near & ~steep]), "track")
    bed.lay(trace(allocation.before, ends[near & steep]), "path")


@dataclass(frozen=True, slots=True)
class RoadLines:
    """Lines in projected metres with the class and named route of each."""

    lines: np.ndarray
    kind: np.ndarray
    route: Ints


def road_lines(bed: Roadbed, land: Land, fixed: Ints, joints: Ints, warp: Warp, rng: np.random.Generator
               ) -> tuple[RoadLines, Floats]:
    """Smooth lines of the roads, and where every node of the land comes to lie.

    ``fixed`` nodes (villages' centres) stay in the middle of their cell, others are shaken off the
    raster; lines end at ``joints`` (hamlets) and wherever roads meet or change.
    """
    shaken = land.places + rng.uniform(-20, 20, (land.size, 2))
    shaken[fixed] = land.places[fixed]
    places = warp(shaken)
    start, end = bed.pairs[:, 0], bed.pairs[:, 1]
    stop = np.bincount(bed.pairs.ravel(), minlength=land.size) != 2
    stop[joints] = True
    lines, kinds, routes = [], [], []
    for rank, route in np.unique(np.column_stack([bed.rank, bed.route]), axis=0).tolist():
        chosen = (bed.rank == rank) & (bed.route == route)
        for run in chains(start[chosen], end[chosen], stop):
            points = places[run_nodes(run, start[chosen], end[chosen])]
            if len(points) > 2:
                points = simplified(rounded(simplified(points, 24 if rank < 3 else 18)), 2)
            lines.append(shapely.LineString(points))
            kinds.append(CLASSES[rank])
            routes.append(route)
    return RoadLines(np.array(lines), np.array(kinds, dtype=object), np.array(routes, dtype=np.int64)), places
