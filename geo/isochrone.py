"""Isochrones: polygons around what lies within a limit, honest about the nodes of the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.contours import Canvas, Contour
from geo.errors import ParameterError
from geo.rings import polygons
from geo.service_area import ServiceArea
from geo.service_search import ServiceAreas
from geo.snap import Snapped
from geo.surface import Surface

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
    canvas = Canvas(surface, search)
    found = search(facilities, limits[-1], merged=merged)
    while some := list(islice(found, canvas.layers)):
        with canvas.holding([area for _, area in some]):
            drawn = [canvas.contours(limit) for limit in limits]
            for layer, (position, area) in enumerate(some):
                contours = [at_limit[layer] for at_limit in drawn]
                smallest_m2 = min_area_m2
                for contour in contours:
                    smallest_m2 = _honest_area(canvas, layer, contour, smallest_m2)
                shapes = (polygons(c.xy, c.first, c.area_m2, min_area_m2=smallest_m2) for c in contours)
                yield position, Isochrones(area, limits, tuple(map(_valid, shapes)), smallest_m2)


def _honest_area(canvas: Canvas, layer: int, contour: Contour, min_area_m2: float) -> float:
    """The smallest area, lowered until what it leaves out misplaces few nodes, and is not all that there is."""
    min_area_m2 = min(min_area_m2, float(contour.area_m2.max(initial=0.0)) or min_area_m2)
    size = np.abs(contour.area_m2)
    small = np.flatnonzero(size < min_area_m2)
    small = small[np.argsort(size[small], kind="stable")]
    if not len(small):
        return min_area_m2
    ring, beyond = canvas.nodes_in(contour, layer, small)
    for side in (~beyond & (contour.area_m2[small][ring] > 0), beyond & (contour.area_m2[small][ring] < 0)):
        misplaced = np.cumsum(np.bincount(ring[side], minlength=len(small)))
        too_many = np.flatnonzero(misplaced > MISPLACED * contour.n_nodes)
        if len(too_many):
            min_area_m2 = min(min_area_m2, float(size[small[too_many[0]]]))
    return min_area_m2


def _valid(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """The shape; mended, as the last resort, where triangles are so slim that rounding made lines cross."""
    if shape.is_valid:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])
