"""Surfaces over a store's roads to draw polygons on, and polygons brought to degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from app.services.county.roads import Region, snapper
from app.services.county.state import StoreState, kept
from geo.service_search import ServiceAreas
from geo.snap import Snapped
from geo.speeds import Mode
from geo.surface import Surface

_DEGREES = 1e-7
"""Corners of polygons in degrees are whole multiples of this: a centimetre."""

_MARGIN_M = 1_000.0
"""A window goes so much farther than its searches: its rim is never where a limit is drawn."""

_WINDOW_SHARE = 0.25
"""A window larger than this share of the region saves nothing."""


@kept(4)
def surface(state: StoreState, mode: Mode) -> Surface:
    """The surface over all roads of a mode.

    Raises
    ------
    NoDataError
        When there are no roads.
    """
    return Surface.over(snapper(state, mode))


def surface_around(state: StoreState, mode: Mode, search: ServiceAreas, places: Snapped, limit_s: float) -> Surface:
    """A surface wide enough for some searches: a small one of their own where they are near to each other.

    Raises
    ------
    NoDataError
        When there are no roads.
    """
    net, edge = search.network, places.edge[places.on_network]
    if not len(edge):
        return surface(state, mode)
    ends = net.nodes[np.concatenate([net.tail[edge], net.head[edge]])]
    reach_m = search.reach_m(limit_s) + _MARGIN_M
    low, high = ends.min(axis=0) - reach_m, ends.max(axis=0) + reach_m
    if np.prod(high - low) > _WINDOW_SHARE * np.prod(np.ptp(net.nodes, axis=0)):
        return surface(state, mode)
    return Surface.over(snapper(state, mode), window=(low[0], low[1], high[0], high[1]))


def in_degrees(here: Region, polygons: NDArray[Any]) -> NDArray[Any]:
    """Polygons in WGS 84 with rounded corners, valid like those in metres; shape (n,)."""
    exact = here.degrees(polygons)
    rounded: NDArray[Any] = shapely.transform(exact, lambda xy: np.round(xy / _DEGREES) * _DEGREES)
    bent = np.flatnonzero(~shapely.is_valid(rounded))
    rounded[bent] = shapely.set_precision(exact[bent], _DEGREES)
    return rounded
