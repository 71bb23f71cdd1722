"""Catchments as polygons: the ground that is nearest to each facility, without gaps or overlap between them.

Every vertex of the surface has its nearest facility, as a household there would. A triangle whose
corners disagree is split between them: two facilities share a line across it, three meet in its
middle. Neighbours therefore share their border to the last digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.catchment import nearest_facility
from geo.network import Bools, Floats, Impedance, Ints
from geo.rings import areas, polygons, trace
from geo.service_area import entries
from geo.snap import WALK_KPH, Snapped
from geo.surface import Surface, crossings, kept_apart, side_left


def catchment_polygons(
    surface: Surface,
    impedance: Impedance,
    facilities: Snapped,
    *,
    walk_kph: float = WALK_KPH,
    max_travel_time_s: float = np.inf,
) -> tuple[shapely.MultiPolygon, ...]:
    """The ground from which each facility is the nearest.

    Parameters
    ----------
    surface
        Over the whole network.
    impedance, facilities
        The mode, and facilities snapped to it.
    walk_kph
        Speed of the access legs.
    max_travel_time_s
        Only ground within this limit, included.

    Returns
    -------
    tuple of MultiPolygon
        In metres, aligned to ``facilities``; empty where a facility is nobody's nearest. Ground that
        is too far from any road, from which no way leads to a facility, or beyond the limit is in none.
    """
    nearest = nearest_facility(impedance, surface.vertices, facilities, walk_kph=walk_kph)
    label = np.where(nearest.seconds <= max_travel_time_s, nearest.facility, -1)
    triangle, own, inside, three = _shares(surface, label)
    a, b, following = side_left(surface, triangle, inside)
    key = triangle * (len(facilities.edge) + 1) + own
    order, first = trace(np.searchsorted(key, following * (len(facilities.edge) + 1) + own))
    shared = _shared(surface.xy, nearest.seconds, _pace(surface, impedance, walk_kph), a, b)
    outer = crossings(surface, a, b, nearest.seconds[a], nearest.seconds[b], max_travel_time_s, walk_kph)
    side = np.where((label[b] >= 0)[:, None], shared, outer)
    # Where three meet, each comes to the middle before it leaves the triangle.
    corners = 1 + three[order]
    xy = np.empty((corners.sum(), 2))
    end = np.cumsum(corners)
    xy[end - 1] = side[order]
    xy[end[three[order]] - 2] = surface.xy[surface.triangles[:, triangle[order[three[order]]]]].mean(axis=0)
    return _by_facility(xy, np.r_[0, end][first], own[order[first[:-1]]], len(facilities.edge))


def _shares(surface: Surface, label: Ints) -> tuple[Ints, Ints, Bools, Bools]:
    """Every facility's share of every triangle that it does not have to itself.

    Returns
    -------
    triangle, own : ndarray, shape (k,)
        Triangle and facility, ascending.
    inside : ndarray, shape (3, k)
        Corners that are the facility's.
    three : ndarray, shape (k,)
        Whether all three corners of the triangle differ.
    """
    corner = label[surface.triangles]
    mixed = np.flatnonzero((corner[0] != corner[1]) | (corner[1] != corner[2]))
    corner = corner[:, mixed]
    three = (corner[0] != corner[1]) & (corner[1] != corner[2]) & (corner[0] != corner[2])
    claim = np.unique(np.stack([np.tile(np.arange(len(mixed)), 3), corner.ravel()]), axis=1)
    which, own = claim[:, claim[1] >= 0]
    return mixed[which], own, corner[:, which] == own, three[which]


def _shared(xy: Floats, seconds: Floats, pace: Floats, a: Ints, b: Ints) -> Floats:
    """Where both sides' facilities are equally near, between vertices of two facilities; shape (k, 2)."""
    low, high = np.minimum(a, b), np.maximum(a, b)  # both neighbours must find the same place
    between_m = np.hypot(*(xy[high] - xy[low]).T)
    between_s = between_m * np.maximum(pace[low], pace[high])
    with np.errstate(invalid="ignore"):
        share = kept_apart(0.5 + (seconds[high] - seconds[low]) / (2 * between_s), between_m)
    shared: Floats = xy[low] + share[:, None] * (xy[high] - xy[low])
    return shared


def _pace(surface: Surface, impedance: Impedance, walk_kph: float) -> Floats:
    """Seconds a metre at every vertex: along the quickest road there, or at a walk off it; shape (v,)."""
    net, on_foot = impedance.network, 3.6 / walk_kph
    along = np.minimum(impedance.forward_s, impedance.backward_s) / net.length_m
    pace = np.where(surface.vertices.access_m > 0, on_foot, along[surface.vertices.edge])
    at_node = np.full(net.n_nodes, np.inf)
    for end in (net.tail, net.head):
        np.minimum.at(at_node, end, along)
    known = surface.vertex_of_node >= 0
    pace[surface.vertex_of_node[known]] = at_node[known]
    return pace


def _by_facility(xy: Floats, first: Ints, own: Ints, n: int) -> tuple[shapely.MultiPolygon, ...]:
    order, area = np.argsort(own, kind="stable"), areas(xy, first)
    split = np.searchsorted(own[order], np.arange(n + 1))
    shapes = []
    for facility in range(n):
        rings = order[split[facility] : split[facility + 1]]
        count = np.diff(first)[rings]
        shapes.append(polygons(xy[entries(first, rings)[0]], np.r_[0, np.cumsum(count)], area[rings], min_area_m2=0.0))
    return tuple(shapes)


def straight_catchments(
    points: NDArray[Any], *, within: shapely.Geometry, reach_m: float = np.inf
) -> tuple[shapely.MultiPolygon, ...]:
    """The ground that is nearest to each facility as the crow flies: an estimate for regions without roads.

    Parameters
    ----------
    points
        Shapely Points in metres, shape (n,); None where a place is unknown.
    within
        Only ground in this.
    reach_m
        Only ground so near to its facility.

    Returns
    -------
    tuple of MultiPolygon
        Aligned to ``points``; of several at one place all but the first are empty.
    """
    placed = np.flatnonzero(~(shapely.is_missing(points) | shapely.is_empty(points)))
    _, first = np.unique(shapely.get_coordinates(points[placed]), axis=0, return_index=True)
    open_ = placed[np.sort(first)]
    if len(open_) > 1:
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.MultiPoint(list(points[open_])), extend_to=within, ordered=True)
        )
    else:
        cells = np.array([shapely.envelope(within).buffer(1e7)] * len(open_), dtype=object)
    shapes: list[shapely.MultiPolygon] = [shapely.MultiPolygon()] * len(points)
    for facility, cell in zip(open_, cells, strict=True):
        ground = shapely.intersection(cell, within)
        if np.isfinite(reach_m):
            ground = shapely.intersection(ground, shapely.buffer(points[facility], reach_m))
        parts = [part for part in shapely.get_parts(ground) if isinstance(part, shapely.Polygon)]
        shapes[facility] = shapely.MultiPolygon(parts)
    return tuple(shapes)
