"""The places besides junctions that a surface over a network is made of: long roads, and the ground between roads."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import KDTree

from geo.network import Bools, Floats
from geo.snap import Snapped, Snapper

STEP_M = 100.0
"""Longest stretch of road between two vertices."""

LATTICE_M = 120.0
"""Distance between off-road vertices."""

NEAR_ROAD_M = 60.0
"""Ground nearer to a road than this has no vertex of its own."""

Window = tuple[float, float, float, float]
"""West, south, east, north in metres."""


def within(xy: Floats, window: Window | None) -> Bools:
    """Places in the window; all of them where there is none."""
    if window is None:
        return np.ones(len(xy), dtype=bool)
    west, south, east, north = window
    inside: Bools = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    return inside


def along(snapper: Snapper, edges: Bools) -> tuple[Snapped, Floats]:
    """Places that cut long edges into stretches, and where they are, shape (k, 2).

    Places on crumbs of network are joined to the roads as households there are: to a better one nearby.
    """
    net = snapper.impedance.network
    long = np.flatnonzero(edges & (net.length_m > STEP_M))
    pieces = np.ceil(net.length_m[long] / STEP_M).astype(np.int64)
    edge = np.repeat(long, pieces - 1)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(pieces - 1) - (pieces - 1), pieces - 1)
    fraction = (within + 1) / np.repeat(pieces, pieces - 1)
    access_m = np.zeros(len(edge))
    places = np.asarray(shapely.line_interpolate_point(net.line[edge], fraction, normalized=True))
    crumbs = np.flatnonzero(snapper.impedance.component_length_m[edge] < snapper.min_component_m)
    joined = snapper(places[crumbs])
    edge[crumbs], fraction[crumbs], access_m[crumbs] = joined.edge, joined.fraction, joined.access_m
    return Snapped(edge, fraction, access_m), shapely.get_coordinates(places)


def off_road(snapper: Snapper, road_xy: Floats, window: Window | None) -> tuple[Snapped, Floats]:
    """A lattice of ground between the roads, as far as it may be reached and one ring more."""
    if not len(road_xy):
        return Snapped(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)), np.zeros((0, 2))
    margin = snapper.max_access_m + 2 * LATTICE_M
    low, high = road_xy.min(axis=0) - margin, road_xy.max(axis=0) + margin
    x, y = (np.arange(a, b, LATTICE_M) for a, b in zip(low, high, strict=True))
    lattice = np.column_stack([part.ravel() for part in np.meshgrid(x, y)])
    # A little disorder: four corners of a square lie on one circle and leave the triangulation to chance.
    lattice += np.random.default_rng(0).uniform(-0.1, 0.1, lattice.shape) * LATTICE_M
    lattice = lattice[within(lattice, window)]
    tree = KDTree(road_xy)
    near, _ = tree.query(lattice, distance_upper_bound=margin + STEP_M)
    lattice = lattice[(near >= NEAR_ROAD_M) & np.isfinite(near)]
    snapped = snapper(np.asarray(shapely.points(lattice)))
    kept = np.flatnonzero((snapped.access_m >= NEAR_ROAD_M) & (snapped.access_m <= margin))
    return Snapped(snapped.edge[kept], snapped.fraction[kept], snapped.access_m[kept]), lattice[kept]
