"""Streets of the county town and of the other towns: bent grids on flat ground, with gaps and bridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage as ndi
from shapely.geometry.base import BaseGeometry

from data.demo.boundaries import Division
from data.demo.curves import Warp, label_polygons
from data.demo.grid import Bools, Floats, Objects, as_objects, spectral_noise
from data.demo.movement import QUEEN, CostGraph, Land
from data.demo.randomness import Step, stream
from data.demo.settlements import Places
from data.demo.size import CountySize

TOWN_M2 = 0.42e6
BRIDGE_M = 220.0


@dataclass(frozen=True, slots=True)
class Streets:
    """Street lines with their class and whether motor vehicles keep to the line's direction; built-up areas."""

    lines: Objects
    kind: Objects
    oneway: Bools
    built_up: tuple[BaseGeometry, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a grid is drawn: block sizes (m), how far it bends, every which line is an arterial, share left out."""

    blocks: tuple[float, float]
    bend: float
    arterial_every: int
    gap: float
    oneway_radius: float


def lay_streets(land: Land, places: Places, division: Division, size: CountySize, warp: Warp, seed: int) -> Streets:
    """Streets of all towns; those of the county town first."""
    rng = stream(seed, Step.STREETS)
    roughness = np.exp(0.5 * spectral_noise(land.landscape.grid.shape, 1.6, rng, lowest=12))
    graph = CostGraph(land, gentle=0.03, cap=40, roughness=roughness, toll=land.river_penalty * 0.8, moves=QUEEN)
    scale = (size.town_area_m2 / 9e6) ** 0.5
    county_town = _Pattern((190, 160), 38, 4, 0.05, 1500 * scale)
    market_town = _Pattern((120, 105), 16, 99, 0.12, 0)
    built = np.zeros(land.size, dtype=bool)
    lines: list[shapely.LineString] = []
    kinds: list[str] = []
    oneway: list[bool] = []
    areas = []
    centres = warp(land.places[places.seats])
    for k in [0, *range(size.subdistricts, places.townships)]:
        area_m2 = size.town_area_m2 if k == 0 else float(np.exp(rng.normal(np.log(TOWN_M2), 0.45)))
        mask = _built_up(land, places, division, graph, size, k, area_m2, built)
        built |= land.at(mask)
        pieces = np.asarray(ndi.label(mask)[0], dtype=np.int64) - 1
        area = shapely.union_all(list(label_polygons(pieces, land.landscape.grid, warp).values()))
        areas.append(area)
        angle = np.radians(rng.uniform(-18, 18)) if k == 0 else _valley_angle(land, int(places.seats[k]))
        for line, kind, one in _grid(centres[k], area, angle, county_town if k == 0 else market_town, rng):
            lines.append(line)
            kinds.append(kind)
            oneway.append(one)
    return Streets(as_objects(lines), as_objects(kinds), np.array(oneway), tuple(areas))


def _built_up(land: Land, places: Places, division: Division, graph: CostGraph, size: CountySize, seat: int,
              area_m2: float, built: Bools) -> Bools:
    """Flat dry cells that are the cheapest to reach from the seat, with room round every community's centre."""
    shape = land.landscape
    county_town = seat == 0
    members = _members(places, division, size, seat)
    cost = graph.costs_from(int(places.seats[seat]), limit=9000.0)
    free = (land.at(shape.above_stream) < 42) & (land.at(shape.slope) < 0.16) & ~built
    free &= land.at(land.river_penalty) == 0
    village = land.at(division.village)
    if not county_town:
        free &= np.isin(village, members)
    cost = np.where(free, cost, np.inf)
    cells = np.argsort(cost, kind="stable")[:int(area_m2 / shape.grid.cell**2)]
    chosen = np.zeros(land.size, dtype=bool)
    chosen[cells[np.isfinite(cost[cells])]] = True
    for centre in places.centres[members]:
        near = np.hypot(*(land.places - land.places[centre]).T) < 330
        chosen |= near & ~built & (land.at(land.river_penalty) == 0)
    mask = np.zeros(shape.grid.size, dtype=bool)
    mask[land.cells[chosen]] = True
    mask = mask.reshape(shape.grid.shape)
    tidy = ndi.binary_opening(ndi.binary_closing(mask), iterations=1)
    return np.asarray(tidy if tidy.sum() >= 12 else mask, dtype=bool)


def _members(places: Places, division: Division, size: CountySize, seat: int) -> Bools:
    """The communities that make up a town: its seat and those beside it."""
    if seat == 0:
        return places.is_urban(size.subdistricts)
    members = np.asarray(places.is_suburban() & (division.township_of == seat), dtype=bool)
    members[seat] = True
    return members


def _valley_angle(land: Land, node: int) -> float:
    """Direction of the valley at a node, radians: across the slope of the land around it."""
    row, column = divmod(int(land.cells[node]), land.landscape.grid.columns)
    window = slice(max(0, row - 15), row + 16), slice(max(0, column - 15), column + 16)
    down, right = np.gradient(land.smooth_height[window])
    return float(np.arctan2(-down.mean(), right.mean()))


def _grid(centre: Floats, area: BaseGeometry, angle: float, pattern: _Pattern, rng: np.random.Generator
          ) -> list[tuple[shapely.LineString, str, bool]]:
    """Two families of bent lines cut to the built-up area; arterials also bridge what is narrow."""
    west, south, east, north = area.bounds
    reach = max(1500.0, float(np.hypot(east - west, north - south)))
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    phase = rng.uniform(0, 6, 4)
    bridged = area.buffer(BRIDGE_M).buffer(-BRIDGE_M)
    steps = np.arange(-reach, reach, 30.0)
    found = []
    for first, second, block in ((along, across, pattern.blocks[0]), (across, along, pattern.blocks[1])):
        offset, k = -reach, 0
        while offset < reach:
            line = shapely.LineString(_bent(centre + offset * first + steps[:, None] * second, pattern.bend, phase))
            arterial = k % pattern.arterial_every == 0
            for part in shapely.get_parts(shapely.intersection(line, bridged if arterial else area)):
                if part.geom_type != "LineString" or part.length < 60 or rng.random() < pattern.gap:
                    continue
                core = float(np.hypot(*(shapely.get_coordinates(part.centroid)[0] - centre))) < pattern.oneway_radius
                one = core and not arterial and k % 3 == 1
                found.append((part.reverse() if k % 2 else part, "arterial" if arterial else "street", one))
            offset += block * rng.uniform(0.72, 1.25) * (0.62 + 0.62 * min(abs(offset) / 1500, 1.2))
            k += 1
    return found


def _bent(points: Floats, bend: float, phase: Floats) -> Floats:
    east, north = points.T
    return points + bend * np.column_stack([
        np.sin(north / 620 + phase[0]) + 0.5 * np.sin(east / 333 + phase[1]),
        np.sin(east / 700 + phase[2]) + 0.5 * np.sin(north / 410 + phase[3]),
    ])
