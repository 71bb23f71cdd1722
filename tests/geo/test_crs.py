"""One metric coordinate system for a region, against distances on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geo.crs import metric_crs, project
from geo.errors import ExtentError


@pytest.mark.parametrize("west", [5.5, 119.6, 125.7, -0.4, 179.1 - 0.9])  # across borders of UTM zones and Greenwich
@pytest.mark.parametrize("south", [-33.0, 0.0, 28.3, 47.0, 60.0])
def test_distances_are_true_wherever_a_county_lies(west, south):
    bounds = (west, south, west + 0.9, south + 0.7)
    rng = np.random.default_rng(3)
    places = rng.uniform(bounds[:2], bounds[2:], (40, 2))
    metres = project(places, metric_crs(bounds))
    _, _, true = Geod(ellps="WGS84").inv(*places[:-1].T, *places[1:].T)
    measured = np.hypot(*np.diff(metres, axis=0).T)
    assert np.abs(measured / true - 1).max() < 5e-5


def test_nothing_happens_at_a_zone_border():
    """Two places 2 m apart on either side of 126° E, where UTM zones 51 and 52 meet."""
    metres = project(np.array([[125.99999, 43.0], [126.00001, 43.0]]), metric_crs((125.5, 42.5, 126.5, 43.5)))
    assert np.hypot(*np.diff(metres, axis=0)[0]) == pytest.approx(1.63, abs=0.02)


@pytest.mark.parametrize(
    "bounds",
    [(np.nan, 0, 1, 1), (0, 0, 181, 1), (500000, 3300000, 560000, 3360000), (2, 0, 1, 1), (0, -91, 1, 1)],
)
def test_bounds_that_are_no_degrees(bounds):
    with pytest.raises(ExtentError, match="坐标"):
        metric_crs(bounds)


def test_a_region_too_wide_to_be_measured_truly():
    with pytest.raises(ExtentError, match="跨度"):
        metric_crs((100, 20, 120, 30))
    assert metric_crs((100, 70, 120, 72))  # there 20 degrees are 760 km


def test_no_points():
    assert project(np.zeros((0, 2)), metric_crs((0, 0, 1, 1))).shape == (0, 2)
