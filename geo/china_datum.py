"""The shifted coordinates of Chinese web maps: GCJ-02 and BD-09 to and from WGS 84.

GCJ-02 moves a place inside China by 300 to 600 m with a smooth, published-by-use formula on the
Krasovsky 1940 ellipsoid; BD-09 twists the result a little further. Neither moves a place outside a
box around China. There is no closed inverse: it is found by iteration, to far below a centimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ParameterError

Floats = NDArray[np.float64]
LonLat = tuple[Floats, Floats]

WEST: Final = 72.004
EAST: Final = 137.8347
SOUTH: Final = 0.8293
NORTH: Final = 55.8271
"""The box, in degrees of WGS 84: outside it nothing is shifted."""

_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY2: Final = 0.00669342162296594323
_TWIST: Final = np.pi * 3000 / 180
_REACH_DEG: Final = 0.05  # several times the greatest shift
_CLOSE_DEG: Final = 1e-11  # a thousandth of a millimetre
_ROUNDS: Final = 20  # each gains nearly two digits


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """WGS 84 to GCJ-02 (高德, 腾讯).

    Parameters
    ----------
    lon, lat
        Degrees, of one shape. What is outside China or not finite comes back as it is.

    Returns
    -------
    tuple of ndarray
        Longitude and latitude, of the same shape.

    Raises
    ------
    ParameterError
        When the shapes differ.
    """
    return _forward(_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """GCJ-02 to WGS 84, the inverse of :func:`wgs84_to_gcj02`.

    Just outside the box there are places that two places of WGS 84 are shown at, one of them inside
    it: that one is meant, for the file says that it is about China.
    """
    return _inverse(_gcj02, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """WGS 84 to BD-09 (百度); parameters as in :func:`wgs84_to_gcj02`."""
    return _forward(_bd09, lon, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """BD-09 to WGS 84, the inverse of :func:`wgs84_to_bd09`; at the box as in :func:`gcj02_to_wgs84`."""
    return _inverse(_bd09, lon, lat)


_Shift = Callable[[Floats, Floats], LonLat]


def _forward(shift: _Shift, lon: ArrayLike, lat: ArrayLike) -> LonLat:
    x, y = _pair(lon, lat)
    inside = _in_box(x, y, 0.0)
    x[inside], y[inside] = shift(x[inside], y[inside])
    return x, y


def _inverse(shift: _Shift, lon: ArrayLike, lat: ArrayLike) -> LonLat:
    x, y = _pair(lon, lat)
    near = _in_box(x, y, _REACH_DEG)
    goal_x, goal_y = x[near], y[near]
    found_x, found_y = goal_x.copy(), goal_y.copy()
    for _ in range(_ROUNDS):
        shown_x, shown_y = shift(found_x, found_y)
        off_x, off_y = goal_x - shown_x, goal_y - shown_y
        found_x, found_y = found_x + off_x, found_y + off_y
        if not len(off_x) or max(np.abs(off_x).max(), np.abs(off_y).max()) < _CLOSE_DEG:
            break
    # The formula was followed past the box; what came from outside it was never shifted. The last digits are rounded.
    was_inside = _in_box(found_x, found_y, 10 * _CLOSE_DEG)
    x[near] = np.where(was_inside, found_x, goal_x)
    y[near] = np.where(was_inside, found_y, goal_y)
    return x, y


def _pair(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if x.shape != y.shape:
        msg = f"经度和纬度的个数不同：{x.shape} 与 {y.shape} (longitudes and latitudes differ in shape)"
        raise ParameterError(msg)
    return x, y


def _in_box(x: Floats, y: Floats, margin: float) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (
        (x >= WEST - margin) & (x <= EAST + margin) & (y >= SOUTH - margin) & (y <= NORTH + margin)
    )
    return inside


def _gcj02(lon: Floats, lat: Floats) -> LonLat:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + (ripple + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)
           + 160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    )
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + (ripple + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)
           + 150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    )
    flat = 1 - _ECCENTRICITY2 * np.sin(np.radians(lat)) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY2) / flat**1.5
    parallel_m = _AXIS_M / np.sqrt(flat) * np.cos(np.radians(lat))
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)


def _bd09(lon: Floats, lat: Floats) -> LonLat:
    x, y = _gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _TWIST)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _TWIST)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
