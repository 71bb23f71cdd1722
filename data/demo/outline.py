"""The county cut out of the land along its divides, its town, and its reservoirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from data.demo.grid import Bools, Floats, Grid, Ints, spectral_noise
from data.demo.hydrology import Drainage
from data.demo.randomness import Step, stream
from data.demo.size import CountySize
from data.demo.terrain import Terrain

RIVER_M2 = 60e6


@dataclass(frozen=True, slots=True)
class Landscape:
    """The county's land: rasters of the grid's shape, and the cell of the county town.

    ``above_stream`` is the height above the nearest stream, ``river_distance`` in metres,
    ``edge_distance`` metres to the county's outline, ``land`` the county without its lakes.
    """

    grid: Grid
    height: Floats
    slope: Floats
    catchment: Floats
    above_stream: Floats
    river_distance: Floats
    edge_distance: Floats
    county: Bools
    lake: Bools
    drainage: Drainage
    town: int

    @property
    def land(self) -> Bools:
        """The county's dry cells."""
        return self.county & ~self.lake


def make_landscape(terrain: Terrain, size: CountySize, seed: int) -> Landscape:
    """Choose the town, draw the county round it, flood the reservoirs."""
    grid = terrain.grid
    slope = slopes(terrain)
    nearest = ndi.distance_transform_edt(terrain.catchment < 3e6, return_distances=False, return_indices=True)
    above = np.maximum(terrain.height - terrain.height[nearest[0], nearest[1]], 0)
    river_distance = ndi.distance_transform_edt(terrain.catchment <= RIVER_M2, sampling=grid.cell)
    town = _town_site(terrain, slope, above, river_distance)
    county = _county(terrain, size, town, stream(seed, Step.OUTLINE))
    lake, height = _reservoirs(terrain, size, county, slope, town, stream(seed, Step.RESERVOIRS))
    return Landscape(
        grid=grid, height=height, slope=slope, catchment=terrain.catchment, above_stream=above,
        river_distance=np.asarray(river_distance), county=county, lake=lake, drainage=terrain.drainage, town=town,
        edge_distance=np.asarray(ndi.distance_transform_edt(county, sampling=grid.cell)),
    )


def slopes(terrain: Terrain) -> Floats:
    """Slope of the smoothed land, rise over run."""
    down, right = np.gradient(ndi.gaussian_filter(terrain.height, 1.0), terrain.grid.cell)
    return np.asarray(np.hypot(down, right))


def _town_site(terrain: Terrain, slope: Floats, above: Floats, river_distance: Floats) -> int:
    """Flat ground beside the big river, near the middle, where valleys meet."""
    grid = terrain.grid
    rows, columns = np.mgrid[0:grid.rows, 0:grid.columns]
    flat = ndi.uniform_filter(((slope < 0.07) & (above < 30)).astype(float), int(2400 / grid.cell))
    middle = np.exp(-((np.hypot(rows / grid.rows - 0.5, columns / grid.columns - 0.5) / 0.10) ** 2))
    big_river = ndi.maximum_filter(terrain.catchment, 41) > 0.08 * grid.size * grid.cell**2
    score = flat * middle * np.exp(-(((river_distance - 500) / 500) ** 2)) * (0.02 + big_river)
    return int(score.argmax())


def _county(terrain: Terrain, size: CountySize, town: int, rng: np.random.Generator) -> Bools:
    """Whole basins, nearest to the town first (the noise makes the outline ragged), to the county's area.

    Opening and closing trim tentacles one valley wide; the area asked for is corrected for what
    that removes, and the outline is then moved back to the divides of small basins.
    """
    grid, drainage = terrain.grid, terrain.drainage
    basins = drainage.basins(terrain.catchment.ravel(), 0.9e6)
    small = drainage.basins(terrain.catchment.ravel(), 0.22e6)
    remoteness = _remoteness(grid, size, town, rng)
    cells = np.bincount(basins)
    order = np.argsort(np.bincount(basins, remoteness.ravel()) / np.maximum(cells, 1), kind="stable")
    gathered = np.cumsum(cells[order]) * grid.cell**2
    wanted = size.area_m2
    for _ in range(5):
        taken = np.zeros(len(cells), dtype=bool)
        taken[order[:np.searchsorted(gathered, wanted)]] = True
        rough = _opened_and_closed(taken[basins].reshape(grid.shape))
        inside = np.bincount(small, rough.ravel()) / np.bincount(small)
        smooth = ndi.median_filter((inside > 0.5)[small].reshape(grid.shape).astype(np.uint8), 7) > 0
        pieces, _ = ndi.label(smooth)
        county = ndi.binary_fill_holes(pieces == pieces.ravel()[town])
        found = float(county.sum()) * grid.cell**2
        if abs(found - size.area_m2) < 0.003 * size.area_m2:
            break
        wanted += size.area_m2 - found
    return np.asarray(county)


def _remoteness(grid: Grid, size: CountySize, town: int, rng: np.random.Generator) -> Floats:
    rows, columns = np.mgrid[0:grid.rows, 0:grid.columns]
    row, column = divmod(town, grid.columns)
    radius = np.hypot(rows - row, (columns - column) * 0.95) * grid.cell
    remoteness = radius * (1 + 0.17 * spectral_noise(grid.shape, 2.9, rng))
    typical = (size.area_m2 / np.pi) ** 0.5
    remoteness += np.maximum(0, np.hypot(rows - row, columns - column) * grid.cell - 1.13 * typical) * 1.2
    margin = np.minimum(np.minimum(rows, grid.rows - 1 - rows), np.minimum(columns, grid.columns - 1 - columns))
    return np.asarray(remoteness + np.maximum(0, 45 - margin) * 900.0)


def _opened_and_closed(mask: Bools) -> Bools:
    for keep, cells in ((True, 10), (False, 10), (False, 7), (True, 7)):
        mask = ndi.distance_transform_edt(mask) > cells if keep else ndi.distance_transform_edt(~mask) <= cells
    return mask


def _reservoirs(terrain: Terrain, size: CountySize, county: Bools, slope: Floats, town: int,
                rng: np.random.Generator) -> tuple[Bools, Floats]:
    """Valleys flooded behind dams 16-34 m high; the lakes, and the heights with their level."""
    grid = terrain.grid
    height, catchment = terrain.height.ravel().copy(), terrain.catchment.ravel()
    lake = np.zeros(grid.size, dtype=bool)
    where = grid.centres(np.arange(grid.size))
    far = np.hypot(*(where - where[town]).T) > 0.8 * size.spacing_m
    sites = np.flatnonzero((catchment > 22e6) & (catchment < 110e6) & county.ravel() & far & (slope.ravel() < 0.3))
    dams: list[int] = []
    for site in rng.permutation(sites)[:40].tolist():
        if len(dams) == size.reservoirs:
            break
        level = height[site] + rng.uniform(16, 34)
        water = _pool(terrain.drainage.upstream(site) & (height < level) & county.ravel(), grid)
        if not 0.9e6 < water.sum() * grid.cell**2 < 4.5e6:
            continue
        if all(np.hypot(*(where[site] - where[dam])) > 0.8 * size.spacing_m for dam in dams):
            lake |= water
            dams.append(site)
            height[water] = height[water].max()
    return lake.reshape(grid.shape), height.reshape(grid.shape)


def _pool(water: Ints | Bools, grid: Grid) -> Bools:
    """The largest piece of ``water`` without its threads."""
    tidy = ndi.binary_opening(ndi.binary_closing(water.reshape(grid.shape)))
    pieces, count = ndi.label(tidy)
    if not count:
        return np.zeros(grid.size, dtype=bool)
    largest = np.bincount(pieces[pieces > 0]).argmax()
    return np.asarray((pieces == largest).ravel())
