"""The land: a river tree first, then the heights that such rivers would have cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from data.demo.grid import Floats, Grid, Ints, spectral_noise
from data.demo.hydrology import Drainage, cheapest_receivers, steepest_receivers

COARSEN = 4
STEEPNESS = 21.0
CONCAVITY = 0.45
OUTLET_HEIGHT = 22.0
FLOORS = ((4e6, 110.0), (25e6, 230.0), (120e6, 480.0), (450e6, 900.0), (1000e6, 1300.0))
"""Width in metres that a valley floor reaches beside a stream with at least such a catchment (m2)."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """Heights (m) and catchments (m2), both rasters, and the drainage that made them."""

    grid: Grid
    height: Floats
    catchment: Floats
    drainage: Drainage


@dataclass(frozen=True, slots=True)
class _Relief:
    """Coarse fields that steer the rest: uplift, cost of a river's way, and a slow noise."""

    uplift: Floats
    way_cost: Floats
    erodibility: Floats
    slow: Floats
    outlet: int


def make_terrain(grid: Grid, rng: np.random.Generator) -> Terrain:
    """A hill country with one main river that leaves it in the north."""
    coarse = Grid(grid.rows // COARSEN, grid.columns // COARSEN, grid.cell * COARSEN)
    relief = _relief(coarse, rng)
    rough, water = _coarse_heights(coarse, relief)
    return _refined(grid, relief, rough, water, rng)


def _relief(grid: Grid, rng: np.random.Generator) -> _Relief:
    """Uplift low in a middle basin and high in a ring; main valleys that meet in the middle."""
    rows, columns = np.mgrid[0:grid.rows, 0:grid.columns]
    across = (columns - grid.columns * 0.5) / grid.columns
    along = (rows - grid.rows * 0.5) / grid.rows
    bend, slow, warp = (spectral_noise(grid.shape, beta, rng) for beta in (3.2, 2.4, 3.0))
    radius = np.hypot(across * 1.05 + 0.10 * warp, along + 0.10 * bend)
    uplift = 0.62 + 0.55 / (1 + np.exp(-(radius - 0.27) / 0.05)) + 0.24 * bend
    uplift = np.clip(uplift, 0.35, None) * np.exp(0.22 * slow)
    outlet = int(grid.columns * rng.uniform(0.38, 0.62))
    gorge = np.exp(-(((across - (outlet / grid.columns - 0.5) - 0.05 * warp) / 0.08) ** 2)) * (along < 0)
    uplift *= 1 - 0.35 * gorge
    across_warped = across + 0.055 * warp + 0.03 * slow
    along_warped = along + 0.055 * bend - 0.03 * slow
    valleys = np.zeros(grid.shape)
    for arm in _arms(rng, np.array([across_warped[0, outlet], along_warped[0, outlet]])):
        part = np.clip((across_warped * arm[0] + along_warped * arm[1]) / (arm**2).sum(), 0, 1)
        distance = np.hypot(across_warped - part * arm[0], along_warped - part * arm[1])
        valleys = np.maximum(valleys, np.exp(-((distance / 0.012) ** 2)))
    obstacles = spectral_noise(grid.shape, 2.0, rng)
    way_cost = np.exp(1.5 * obstacles + 0.45 * bend + 0.25 * rng.standard_normal(grid.shape)
                      + 1.2 * (radius - 0.3) - 2.0 * valleys)
    erodibility = np.exp(0.30 * spectral_noise(grid.shape, 1.8, rng))
    return _Relief(uplift, way_cost, erodibility, slow, outlet)


def _arms(rng: np.random.Generator, exit_arm: Floats) -> list[Floats]:
    """Ends of the main valleys from the middle, in parts of the raster's side."""
    turn = rng.uniform(-20, 20)
    arms = [exit_arm]
    for bearing, spread in ((70, 12), (135, 15), (200, 15), (275, 15)):
        length = rng.uniform(0.40, 0.55)
        angle = np.radians(turn + bearing + rng.uniform(-spread, spread))
        arms.append(length * np.array([np.sin(angle), -np.cos(angle)]))
    return arms


def _coarse_heights(grid: Grid, relief: _Relief) -> tuple[Floats, Floats]:
    """Heights in balance with uplift, and water (cells), after letting the streams join early.

    Carrying more water makes a cell cheaper, so that each round draws the ways together: the
    branching of an optimal channel network.
    """
    flat_land = np.zeros(grid.shape)
    outlets = np.array([relief.outlet])
    receiver = cheapest_receivers(relief.way_cost, flat_land, outlets, cell=grid.cell, rise=0.0)
    for power in (0.20, 0.30, 0.35, 0.35):
        water = Drainage.of(receiver).accumulate(np.ones(grid.size))
        water = ndi.gaussian_filter(water.reshape(grid.shape), 0.6)
        cost = relief.way_cost * np.maximum(water, 1.0) ** -power
        receiver = cheapest_receivers(cost, flat_land, outlets, cell=grid.cell, rise=0.0)
    steepness = STEEPNESS * (relief.uplift * relief.erodibility).ravel()
    height, catchment, _ = _balance(grid, receiver, steepness, outlets, steepest=0.45)
    return height, catchment / grid.cell**2


def _balance(grid: Grid, receiver: Ints, steepness: Floats, outlets: Ints, *,
             steepest: float) -> tuple[Floats, Floats, Drainage]:
    """Heights of steady stream power, three rounds: slope = steepness x catchment ** -concavity."""
    is_outlet = np.zeros(grid.size, dtype=bool)
    is_outlet[outlets] = True
    base = np.where(is_outlet, OUTLET_HEIGHT, 0.0)
    own = np.arange(grid.size)
    for turn in range(3):
        drainage = Drainage.of(receiver)
        catchment = drainage.accumulate(np.full(grid.size, grid.cell**2))
        step = np.abs(receiver - own)
        distance = np.where((step == 1) | (step == grid.columns), grid.cell, grid.cell * 2**0.5)
        slope = np.minimum(steepness * catchment**-CONCAVITY, steepest)
        height = drainage.climb(base, slope * distance).reshape(grid.shape)
        if turn < 2:
            receiver = steepest_receivers(height, is_outlet)
    return height, catchment.reshape(grid.shape), drainage


def _refined(grid: Grid, relief: _Relief, rough: Floats, water: Floats, rng: np.random.Generator) -> Terrain:
    """The same land on the fine raster: details, a new tree, valley floors.

    Streams keep to the coarse valleys because water makes a way cheap; without it the fine tree
    would run straight to the outlet and fan out from it.
    """
    detail = spectral_noise(grid.shape, 2.6, rng, lowest=12 * max(grid.shape) / 1040)
    start = ndi.zoom(rough, COARSEN, order=3, mode="nearest", grid_mode=True) + detail * 14
    first = relief.outlet * COARSEN
    outlets = np.array([first + int(start[0, first:first + COARSEN].argmin())])
    guide = np.log(relief.way_cost * ndi.gaussian_filter(water, 0.6) ** -0.45)
    cost = np.exp(_zoomed(guide, grid) + 0.35 * rng.standard_normal(grid.shape))
    receiver = cheapest_receivers(cost, start, outlets, cell=grid.cell, rise=60.0)
    uplift = _zoomed(relief.uplift, grid)
    steepness = STEEPNESS * (uplift * np.exp(0.25 * spectral_noise(grid.shape, 2.2, rng))).ravel()
    height, catchment, drainage = _balance(grid, receiver, steepness, outlets, steepest=0.60)
    height = _with_floors(grid, height, catchment, _zoomed(relief.slow, grid))
    smooth = ndi.gaussian_filter(height, 1.1)
    nearest = ndi.distance_transform_edt(catchment < 2e6, return_distances=False, return_indices=True)
    above = smooth - smooth[nearest[0], nearest[1]]
    return Terrain(grid, smooth + detail * np.clip(above / 60, 0, 1) * 4, catchment, drainage)


def _with_floors(grid: Grid, height: Floats, catchment: Floats, slow: Floats) -> Floats:
    """Flatten the land beside streams, the wider the larger the stream."""
    for least, width in FLOORS:
        if not (catchment >= least).any():
            break
        distance, nearest = ndi.distance_transform_edt(catchment < least, sampling=grid.cell, return_indices=True)
        stream = height[nearest[0], nearest[1]]
        reach = 2.2 * width * np.exp(0.45 * slow)
        part = np.clip(distance / reach, 0, 1)
        kept = 0.06 + 0.94 * part * part * (3 - 2 * part)
        height = np.where(distance < reach, stream + np.maximum(height - stream, 0) * kept, height)
    return height


def _zoomed(field: Floats, grid: Grid) -> Floats:
    zoom = grid.rows / field.shape[0], grid.columns / field.shape[1]
    return np.asarray(ndi.zoom(field, zoom, order=1, mode="nearest", grid_mode=True))
