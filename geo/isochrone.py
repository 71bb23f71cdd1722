"""Isochrones: polygons around what lies within a limit, drawn on a surface over the network.

Marching triangles: every triangle with corners on both sides of the limit is crossed by one line,
and the lines close to rings. Where the time beyond is known (along an edge that is reached
part-way) the line crosses at the limit; elsewhere the ground is walked over as long as time is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.network import Bools, Floats, Ints
from geo.rings import areas, loops, polygons, trace
from geo.service_area import ServiceArea, entries
from geo.service_search import ServiceAreas
from geo.snap import Snapped
from geo.surface import Surface, crossings, side_left

MIN_AREA_M2 = 2_500.0
"""Islands and holes smaller than this are left out where nothing else is asked."""

MISPLACED = 0.005
"""Nodes that leaving out islands, and those that filling holes, may put on the wrong side, of those within."""

MAX_LIMITS = 12


@dataclass(frozen=True)
class Isochrones:
    """The polygons of one source, within each limit.

    Attributes
    ----------
    area : ServiceArea
        What they were drawn around; count from this, not from the polygons.
    limits_s : tuple of float
        Ascending.
    polygons : tuple of MultiPolygon
        In metres, one for each limit, each within the next; empty where nothing is reached.
    min_area_m2 : float
        Islands and holes larger than this are all there.
    """

    area: ServiceArea
    limits_s: tuple[float, ...]
    polygons: tuple[shapely.MultiPolygon, ...]
    min_area_m2: float


def without_overlap(nested: Sequence[shapely.MultiPolygon]) -> tuple[shapely.MultiPolygon, ...]:
    """Nested polygons as bands: each without what the one before it covers."""
    before = (shapely.MultiPolygon(), *nested[:-1])
    return tuple(
        shapely.MultiPolygon([part for part in shapely.get_parts(rest) if isinstance(part, shapely.Polygon)])
        for rest in (shapely.difference(outer, inner) for outer, inner in zip(nested, before, strict=True))
    )


def straight_isochrones(
    points: NDArray[Any], limits_s: Sequence[float], *, kph: float, factor: float
) -> tuple[shapely.MultiPolygon, ...]:
    """An estimate for regions without roads: circles around all the points together, one shape for each limit.

    Parameters
    ----------
    points
        Shapely Points in metres, none missing.
    limits_s
        Seconds, ascending.
    kph, factor
        As for :func:`geo.catchment.nearest_straight`: speed, and how much longer the way is than the straight line.
    """
    circles = (shapely.union_all(shapely.buffer(points, limit * kph / 3.6 / factor)) for limit in limits_s)
    return tuple(
        shapely.MultiPolygon([part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)])
        for shape in circles
    )


def check_limits(limits_s: Sequence[float]) -> tuple[float, ...]:
    """Limits in ascending order, each once.

    Raises
    ------
    ParameterError
        When one of them is not above 0 and finite, there is none, or there are too many.
    """
    limits = tuple(sorted({float(limit) for limit in limits_s}))
    if not (0 < len(limits) <= MAX_LIMITS and all(0 < limit < np.inf for limit in limits)):
        msg = f"时限须有 1 到 {MAX_LIMITS} 个，且大于 0 (give 1 to {MAX_LIMITS} limits, each above 0)"
        raise ParameterError(msg)
    return limits


def isochrones(
    surface: Surface,
    search: ServiceAreas,
    facilities: Snapped,
    limits_s: Sequence[float],
    *,
    merged: bool = False,
    min_area_m2: float = MIN_AREA_M2,
) -> Iterator[tuple[int, Isochrones]]:
    """Draw the isochrones of every facility, or of all together.

    Parameters
    ----------
    surface
        Of the same mode as the search, and as wide as it may reach.
    search
        Mode, direction and walking speed.
    facilities
        Snapped to the same mode; those off the network are passed over.
    limits_s
        Seconds, included.
    merged
        One set of polygons around all facilities together.
    min_area_m2
        Islands and holes that enclose less are left out, the smallest first, as long as that puts no more
        than :data:`MISPLACED` of the nodes within the limit on the wrong side.

    Yields
    ------
    position : int
        Of the facility; 0 for the merged ones. In the order of the search.
    isochrones : Isochrones

    Raises
    ------
    ParameterError
        As :func:`check_limits`, or when the smallest area is negative.
    """
    limits = check_limits(limits_s)
    if not 0 <= min_area_m2 < np.inf:
        msg = f"最小面积须不小于 0，得到 {min_area_m2:g} 平方米 (the smallest area must not be negative)"
        raise ParameterError(msg)
    seconds = np.full(surface.n_vertices, np.inf)
    for position, area in search(facilities, limits[-1], merged=merged):
        touched = fill(seconds, surface, search, area)
        drawn, smallest_m2 = _draw(surface, seconds, touched, limits, search.walk_kph, min_area_m2)
        seconds[touched] = np.inf
        yield position, Isochrones(area, limits, drawn, smallest_m2)


def fill(seconds: Floats, surface: Surface, search: ServiceAreas, area: ServiceArea) -> Ints:
    """Write the time of every vertex of the area, and of the first ones beyond, into ``seconds``.

    Returns
    -------
    ndarray
        Vertices that were written, in no order; a few may come twice.
    """
    net = search.network
    nodes = surface.vertex_of_node[area.node]
    seconds[nodes] = area.node_s
    beyond, beyond_s = area.beyond(net.tail, net.head)
    beyond = surface.vertex_of_node[beyond]
    np.minimum.at(seconds, beyond, beyond_s)
    ground, ground_s = area.times(surface.ground, search.walk_kph)
    ground += surface.n_nodes
    seconds[ground] = ground_s
    return np.concatenate([nodes, beyond, ground])


@dataclass(frozen=True)
class _Rings:
    """The lines at one limit: corners ring after ring, where each ring begins, and what each encloses."""

    xy: Floats
    first: Ints
    area_m2: Floats


def _draw(
    surface: Surface, seconds: Floats, touched: Ints, limits_s: tuple[float, ...], walk_kph: float, min_area_m2: float
) -> tuple[tuple[shapely.MultiPolygon, ...], float]:
    """The polygons, and the smallest area of their islands and holes."""
    drawn = [_rings(surface, seconds, touched, limit, walk_kph) for limit in limits_s]
    for rings, limit in zip(drawn, limits_s, strict=True):
        min_area_m2 = _honest_area(surface, seconds, touched, rings, limit, min_area_m2)
    shapes = [polygons(rings.xy, rings.first, min_area_m2=min_area_m2) for rings in drawn]
    return tuple(shape if shape.is_valid else _mended(shape) for shape in shapes), min_area_m2


def _rings(surface: Surface, seconds: Floats, touched: Ints, limit_s: float, walk_kph: float) -> _Rings:
    crossed, inside = _crossed(surface, seconds, touched, limit_s)
    a, b, following = side_left(surface, crossed, inside)
    order, first = trace(np.searchsorted(crossed, following))
    xy = crossings(surface, seconds, a[order], b[order], limit_s, walk_kph)
    return _Rings(xy, first, areas(xy, first))


def _honest_area(
    surface: Surface, seconds: Floats, touched: Ints, rings: _Rings, limit_s: float, min_area_m2: float
) -> float:
    """The smallest area, lowered until what it leaves out misplaces few nodes, and is not all that there is."""
    min_area_m2 = min(min_area_m2, float(rings.area_m2.max(initial=0.0)) or min_area_m2)
    small = np.flatnonzero(np.abs(rings.area_m2) < min_area_m2)
    small = small[np.argsort(np.abs(rings.area_m2[small]), kind="stable")]
    if not len(small):
        return min_area_m2
    spare = MISPLACED * np.count_nonzero(seconds[touched[touched < surface.n_nodes]] <= limit_s)
    shapes = shapely.polygons(loops(rings.xy, rings.first, small))
    which, node = surface.node_tree.query(shapes, predicate="intersects")
    within = seconds[node] <= limit_s
    for side in (within & (rings.area_m2[small][which] > 0), ~within & (rings.area_m2[small][which] < 0)):
        misplaced = np.cumsum(np.bincount(which[side], minlength=len(small)))
        too_many = np.flatnonzero(misplaced > spare)
        if len(too_many):
            min_area_m2 = min(min_area_m2, float(np.abs(rings.area_m2[small[too_many[0]]])))
    return min_area_m2


def _crossed(surface: Surface, seconds: Floats, touched: Ints, limit_s: float) -> tuple[Ints, Bools]:
    """Triangles with corners on both sides of the limit, ascending, and which corners are within, shape (3, k)."""
    inside = seconds <= limit_s
    within = touched[inside[touched]]
    begin, triangle = surface.triangles_of
    n_triangles = surface.triangles.shape[1]
    if (begin[within + 1] - begin[within]).sum() > n_triangles:  # quicker to look at all than at those around
        around = np.arange(n_triangles)
    else:
        around = triangle[entries(begin, within)[0]]
    first, second, third = (inside[corner[around]] for corner in surface.triangles)
    crossed = np.unique(around[(first != second) | (second != third)])
    return crossed, inside[surface.triangles[:, crossed]]


def _mended(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """The last resort where triangles are so slim that rounding makes lines cross."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])
