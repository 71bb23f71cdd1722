"""Geometry cut down to a screen: smaller, and still the same map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from app.maps.pieces.simplify import DECIMALS, label_point, lines, pixel_degrees, polygons


@pytest.fixture
def coverage() -> gpd.GeoSeries:
    """Nine cells of a wavy grid whose neighbours share their borders vertex by vertex."""
    t = np.linspace(0, 1, 61)
    wave = 0.04 * np.sin(6 * np.pi * t)
    wave[[0, -1]] = 0
    edges = [shapely.linestrings(np.c_[j + t, i + wave]) for i in range(4) for j in range(3)]
    edges += [shapely.linestrings(np.c_[i + wave, j + t]) for i in range(4) for j in range(3)]
    cells = shapely.get_parts(shapely.polygonize(edges))
    assert len(cells) == 9
    return gpd.GeoSeries(cells, crs=4326)


def test_neighbours_keep_their_common_border(coverage):
    assert shapely.coverage_is_valid(coverage.array)
    small = polygons(coverage, 0.01)
    assert shapely.coverage_is_valid(small.array)
    assert shapely.get_num_coordinates(small.array).sum() < shapely.get_num_coordinates(coverage.array).sum() / 2
    assert shapely.area(small.array).sum() == pytest.approx(shapely.area(coverage.array).sum(), rel=0.02)
    assert list(small.index) == list(coverage.index)


def test_overlapping_polygons_are_simplified_one_by_one():
    wavy = Polygon([(x, 0.001 * (k % 2)) for k, x in enumerate(np.linspace(0, 1, 50))] + [(1, 1), (0, 1)])
    small = polygons(gpd.GeoSeries([wavy, box(0.5, 0, 1.5, 1)], crs=4326), 0.01)
    assert shapely.get_num_coordinates(small[0]) < 10
    assert small[1].equals(box(0.5, 0, 1.5, 1))


def test_a_shape_that_would_vanish_stays():
    tiny = box(0, 0, 0.0004, 0.0004)
    small = polygons(gpd.GeoSeries([tiny, box(0, 0, 1, 1), box(2, 2, 3, 3)], crs=4326), 0.1)
    assert not small.is_empty.any()
    assert small[0].area > 0


def test_points_and_missing_shapes_pass():
    given = gpd.GeoSeries([Point(1.23456789, 2), None, box(0, 0, 1, 1)], index=["a", "b", "c"], crs=4326)
    small = polygons(given, 0.1)
    assert small["a"].equals(Point(1.23457, 2))
    assert small["b"] is None


def test_coordinates_are_rounded(coverage):
    xy = shapely.get_coordinates(polygons(coverage, 0.01).array)
    assert np.array_equal(xy, np.round(xy, DECIMALS))


def test_lines_are_joined_and_specks_left_out():
    pieces = [LineString([(0, 0), (1, 0)]), LineString([(1, 0), (2, 0)]), LineString([(5, 5), (5, 5.001)])]
    joined = lines(gpd.GeoSeries(pieces, crs=4326), 0.01)
    assert [list(part.coords) for part in joined.geoms] == [[(0, 0), (2, 0)]]


def test_a_label_lies_inside_the_widest_part():
    boomerang = Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (0, 10)])
    assert boomerang.contains(Point(label_point(boomerang)))
    parts = MultiPolygon([box(0, 0, 1, 1), box(5, 5, 9, 9)])
    assert label_point(parts) == pytest.approx((7, 7), abs=0.2)
    assert label_point(Point(3, 4)) == (3, 4)


def test_a_pixel_is_a_share_of_the_longer_side():
    assert pixel_degrees((0, 0, 1.4, 0.2)) == pytest.approx(0.001)
