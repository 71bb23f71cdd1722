"""Which village and which township every cell of the county belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import shapely
from scipy import ndimage as ndi
from scipy.sparse.csgraph import connected_components, dijkstra

from data.demo.grid import Bools, Floats, Ints, Objects, shifts, spectral_noise
from data.demo.movement import Allocation, CostGraph, Crossings, Land
from data.demo.randomness import Step, stream
from data.demo.settlements import Places
from data.demo.size import CountySize

MOVES = 60
SUBDISTRICT_SHARE = 0.34
"""Area of a typical subdistrict beside that of a typical town."""


@dataclass(frozen=True, slots=True)
class Division:
    """The village (index into the places' centres) of every cell, -1 outside, and the villages' townships."""

    village: Ints
    township_of: Ints


def divide(land: Land, places: Places, size: CountySize, seed: int) -> Division:
    """Give every cell to the village it is cheapest to reach from, then group villages into townships.

    Crossing a divide or a large river costs extra, so boundaries follow them.
    """
    shape = land.landscape
    noise = np.exp(0.55 * spectral_noise(shape.grid.shape, 1.5, stream(seed, Step.BOUNDARIES), lowest=14))
    toll = np.where(_divides(land), 170.0, 0) + np.where(ndi.binary_dilation(shape.catchment > 60e6), 420.0, 0)
    graph = CostGraph(land, gentle=0.12, cap=14, roughness=noise, toll=toll + land.river_penalty * 0.2)
    allocation = graph.allocate(places.centres)
    village = _village_raster(land, places, allocation)
    cells = np.bincount(village[village >= 0], minlength=len(places.centres))
    areas = cells.astype(np.float64) * shape.grid.cell**2
    township_of = _townships(graph.crossings(allocation), places, areas, size, stream(seed, Step.TOWNSHIPS))
    return Division(village, township_of)


def _divides(land: Land) -> Bools:
    shape = land.landscape
    basins = shape.drainage.basins(shape.catchment.ravel(), 0.5e6).reshape(shape.grid.shape)
    divides = np.zeros(shape.grid.shape, dtype=bool)
    for down, right in ((0, 1), (1, 0)):
        here, there = shifts(shape.grid.shape, down, right)
        divides[here] |= basins[here] != basins[there]
    return divides


def _village_raster(land: Land, places: Places, allocation: Allocation) -> Ints:
    """Village of every cell; lakes, stranded cells and split-off crumbs go to the nearest village."""
    shape = land.landscape
    number = np.full(land.size, -1, dtype=np.int64)
    number[places.centres] = np.arange(len(places.centres))
    village = np.full(shape.grid.size, -1, dtype=np.int64)
    reached = np.isfinite(allocation.cost)
    village[land.cells[reached]] = number[allocation.source[reached]]
    raster = _filled(village.reshape(shape.grid.shape), shape.county)
    for _ in range(2):
        windows = ndi.find_objects(raster + 1)
        for k, (centre, window) in enumerate(zip(land.cells[places.centres].tolist(), windows, strict=True)):
            pieces, count = ndi.label(raster[window] == k)
            if count > 1:
                row, column = divmod(centre, shape.grid.columns)
                own = pieces[row - window[0].start, column - window[1].start]
                raster[window][(pieces > 0) & (pieces != own)] = -1
        raster = _filled(raster, shape.county)
    return raster


def _filled(raster: Ints, county: Bools) -> Ints:
    nearest = ndi.distance_transform_edt(raster < 0, return_distances=False, return_indices=True)
    return np.where(county, raster[nearest[0], nearest[1]], -1)


def _townships(crossings: Crossings, places: Places, areas: Floats, size: CountySize,
               rng: np.random.Generator) -> Ints:
    """Township of every village: a forest of shortest ways over the graph of villages, one tree a seat.

    A tree is always in one piece. Each seat has a handicap, and the handicaps are moved until the
    areas come near targets drawn from a log-normal, so that sizes differ as much as real ones do.
    """
    count, seats = len(places.centres), places.townships
    place = {int(node): k for k, node in enumerate(places.centres)}
    first = np.array([place[int(node)] for node in crossings.first])
    second = np.array([place[int(node)] for node in crossings.second])
    ways = sp.csr_matrix((crossings.cost, (first, second)), shape=(count, count))
    apart = dijkstra(ways, directed=False, indices=np.arange(seats))[:, :seats]
    small = np.exp(rng.normal(np.log(SUBDISTRICT_SHARE), 0.35, size.subdistricts))
    targets = np.r_[small, np.exp(rng.normal(0, 0.60, size.towns))]
    targets *= areas.sum() / targets.sum()
    handicap = np.zeros(seats)
    best, owner = np.inf, np.zeros(count, dtype=np.int64)
    for _ in range(MOVES):
        tried = _forest(first, second, crossings.cost, handicap - handicap.min(), count)
        found = np.bincount(tried, areas, minlength=seats)[:seats]
        miss = np.log(np.maximum(found, 1e6) / targets)
        if (worst := float((miss**2).sum())) < best and len(np.unique(tried)) == seats:
            best, owner = worst, tried
        handicap = handicap + 700 * np.clip(miss, -1, 1)
        for _ in range(seats):  # a seat must stay the cheapest for itself
            handicap = np.minimum(handicap, (handicap[:, None] + 0.75 * apart).min(axis=0))
    return owner


def _forest(first: Ints, second: Ints, cost: Floats, handicap: Floats, count: int) -> Ints:
    """Seat whose tree each village belongs to, with a root above the seats at the handicaps' cost."""
    seats = len(handicap)
    weights = np.maximum(np.r_[cost, handicap], 1e-6)
    heads = np.r_[first, np.full(seats, count)]
    graph = sp.csr_matrix((weights, (heads, np.r_[second, np.arange(seats)])), shape=(count + 1, count + 1))
    before = dijkstra(graph, directed=False, indices=[count], return_predecessors=True)[1][0]
    owner = np.where(before[:count] == count, np.arange(count), before[:count])
    for _ in range(12):
        owner = owner[owner]
    return owner.astype(np.int64)


def in_one_piece(township_of: Ints, polygons: Objects) -> Ints:
    """The villages' townships, changed where a township's polygons would fall apart.

    A part without the seat goes village by village to the neighbour with the longest common boundary.
    """
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.length(shapely.intersection(polygons[first], polygons[second]))
    first, second, common = first[common > 1], second[common > 1], common[common > 1]
    owner = township_of.copy()
    count = len(polygons)
    for _ in range(20):
        same = owner[first] == owner[second]
        graph = sp.csr_matrix((np.ones(int(same.sum())), (first[same], second[same])), shape=(count, count))
        part = connected_components(graph, directed=False)[1]
        stray = np.flatnonzero(part != part[owner])
        if not stray.size:
            break
        for village in stray.tolist():
            here = (first == village) | (second == village)
            neighbour = np.where(first[here] == village, second[here], first[here])
            settled = part[neighbour] == part[owner[neighbour]]
            if settled.any():
                owner[village] = owner[neighbour[settled][common[here][settled].argmax()]]
    return owner
