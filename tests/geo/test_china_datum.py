"""GCJ-02 and BD-09 against a plain scalar writing of the formula, published pairs, and themselves there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.china_datum import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from geo.errors import ParameterError

GEOD = Geod(ellps="WGS84")
CENTIMETRE = 0.01
BOTH = pytest.mark.parametrize(
    ("there", "back"), [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)], ids=["gcj02", "bd09"]
)
IN_CHINA = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))


def metres(one, other) -> np.ndarray:
    return GEOD.inv(*map(np.atleast_1d, one), *map(np.atleast_1d, other))[2]


def scalar_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The formula as it has been passed on since 2010, one place at a time."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    d_lat += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    d_lat += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * pi) + 320 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    d_lon += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    d_lon += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    d_lon += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, ee = 6378245.0, 0.00669342162296594323
    rad = lat / 180.0 * pi
    magic = 1 - ee * math.sin(rad) ** 2
    d_lat = d_lat * 180.0 / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * pi)
    d_lon = d_lon * 180.0 / (a / math.sqrt(magic) * math.cos(rad) * pi)
    return lon + d_lon, lat + d_lat


def scalar_bd09(lon: float, lat: float) -> tuple[float, float]:
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    x, y = scalar_gcj02(lon, lat)
    x_pi = 3.14159265358979324 * 3000.0 / 180.0
    z = math.sqrt(x * x + y * y) + 0.00002 * math.sin(y * x_pi)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * x_pi)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


@given(IN_CHINA)
@settings(deadline=None)
def test_the_arrays_say_what_the_plain_formula_says(place):
    assert metres(wgs84_to_gcj02(*place), scalar_gcj02(*place)) < 1e-6
    assert metres(wgs84_to_bd09(*place), scalar_bd09(*place)) < 1e-6


@pytest.mark.parametrize(
    ("convert", "place", "expected"),
    [
        # Values that the usual open converters print in their own tests and introductions.
        (wgs84_to_gcj02, (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        (wgs84_to_gcj02, (113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        (wgs84_to_gcj02, (116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
        (wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        (gcj02_to_wgs84, (121.531541859215, 31.17530398364597), (121.5272106, 31.1774276)),
        (gcj02_to_wgs84, (116.41024449916938, 39.91640428150164), (116.404, 39.915)),
    ],
)
def test_published_pairs(convert, place, expected):
    assert metres(convert(*place), expected) < 0.001


def test_published_pair_of_bd09():
    shown = (116.41036949371029, 39.92133699351021)  # of the place that GCJ-02 calls 116.404, 39.915
    assert metres(bd09_to_wgs84(*shown), gcj02_to_wgs84(116.404, 39.915)) < 0.001
    assert metres(wgs84_to_bd09(*gcj02_to_wgs84(116.404, 39.915)), shown) < 0.001


@BOTH
@given(place=IN_CHINA)
@settings(deadline=None)
def test_there_and_back_is_within_a_centimetre_everywhere_in_china(there, back, place):
    assert metres(back(*there(*place)), place) < CENTIMETRE


@BOTH
@given(place=IN_CHINA)
@settings(deadline=None)
def test_back_and_there_is_within_a_centimetre_where_there_is_a_way_back(there, back, place):
    found = back(*place)
    inside = WEST + 0.05 < place[0] < EAST - 0.05 and SOUTH + 0.05 < place[1] < NORTH - 0.05
    if inside:
        assert metres(there(*found), place) < CENTIMETRE


@BOTH
def test_a_fine_grid_over_the_whole_box_comes_back(there, back):
    lon, lat = np.meshgrid(np.linspace(WEST, EAST, 700), np.linspace(SOUTH, NORTH, 600))
    shown = there(lon, lat)
    assert metres(back(*shown), (lon, lat)).max() < CENTIMETRE
    shift = metres(shown, (lon, lat))
    assert shift.max() > 300
    assert shown[0].shape == lon.shape


@BOTH
@given(along=st.floats(0, 1), side=st.sampled_from(["west", "east", "south", "north"]), step=st.floats(0, 0.02))
@settings(deadline=None)
def test_at_the_border_of_the_box_what_was_inside_comes_back(there, back, along, side, step):
    lon, lat = WEST + along * (EAST - WEST), SOUTH + along * (NORTH - SOUTH)
    place = {
        "west": (WEST + step, lat), "east": (EAST - step, lat), "south": (lon, SOUTH + step), "north": (lon, NORTH - step)
    }[side]
    assert metres(back(*there(*place)), place) < CENTIMETRE


@BOTH
@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
@settings(deadline=None)
def test_outside_china_nothing_moves(there, back, lon, lat):
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        assert there(lon, lat) == (lon, lat)
    if not (WEST - 0.05 <= lon <= EAST + 0.05 and SOUTH - 0.05 <= lat <= NORTH + 0.05):
        assert back(lon, lat) == (lon, lat)


@BOTH
def test_what_is_no_place_comes_back_as_it_is(there, back):
    lon, lat = np.array([np.nan, np.inf, 4e7, 113.0]), np.array([30.0, 30.0, 3e6, np.nan])
    for convert in (there, back):
        x, y = convert(lon, lat)
        np.testing.assert_array_equal(x, lon)
        np.testing.assert_array_equal(y, lat)


@BOTH
def test_the_input_is_left_alone_and_may_be_empty(there, back):
    lon, lat = np.array([113.0]), np.array([30.0])
    for convert in (there, back):
        convert(lon, lat)
        assert (lon[0], lat[0]) == (113.0, 30.0)
        assert convert([], [])[0].shape == (0,)


def test_shapes_must_agree():
    with pytest.raises(ParameterError, match="shape"):
        gcj02_to_wgs84([113.0, 114.0], [30.0])
