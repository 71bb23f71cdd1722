"""Datums and projections against a plain series of the projection, and the evidence for the likeliest one."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.china_datum import wgs84_to_bd09, wgs84_to_gcj02
from geo.crs import Bounds
from geo.errors import ParameterError
from layers.intake.positions.datum import (
    BD09,
    CGCS2000,
    GCJ02,
    WGS84,
    Datum,
    candidates,
    find_datum,
    gauss_kruger,
    locate,
    to_wgs84,
)
from layers.intake.positions.datum_evidence import COUNTY, SAMPLE, likeliest

A, F = 6378137.0, 1 / 298.257222101
CM_IN_DEG = 0.01 / 111_320


def series_gauss_kruger(lon: float, lat: float, meridian: float) -> tuple[float, float]:
    """Easting and northing by the textbook series (to the sixth power), nothing shared with PROJ."""
    e2 = F * (2 - F)
    phi, d = math.radians(lat), math.radians(lon - meridian)
    n = A / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    t, eta2 = math.tan(phi), e2 / (1 - e2) * math.cos(phi) ** 2
    m, c = d * math.cos(phi), np.polynomial.legendre.leggauss(60)
    nodes, weights = phi / 2 * (c[0] + 1), phi / 2 * c[1]
    arc = float(np.sum(weights * A * (1 - e2) / (1 - e2 * np.sin(nodes) ** 2) ** 1.5))
    north = arc + n * t * (
        m**2 / 2 + (5 - t**2 + 9 * eta2 + 4 * eta2**2) * m**4 / 24 + (61 - 58 * t**2 + t**4) * m**6 / 720
    )
    east = n * (
        m + (1 - t**2 + eta2) * m**3 / 6 + (5 - 18 * t**2 + t**4 + 14 * eta2 - 58 * eta2 * t**2) * m**5 / 120
    )
    return east + 500_000, north


def apart(lon, lat, place) -> float:
    return max(abs(float(lon[0]) - place[0]), abs(float(lat[0]) - place[1]))


PLACE = st.tuples(st.floats(74, 134), st.floats(18, 53))


@given(PLACE)
@settings(deadline=None)
def test_three_degree_zones_with_and_without_number(place):
    zone = round(place[0] / 3)
    x, y = series_gauss_kruger(*place, 3 * zone)
    led = zone * 1e6 + x
    numbered, plain = find_datum(f"EPSG:{4513 + zone - 25}"), find_datum(f"EPSG:{4534 + zone - 25}")
    for datum, given_x in [(numbered, led), (plain, x), (numbered, x), (plain, led), (CGCS2000, led), (CGCS2000, x)]:
        lon, lat = to_wgs84([given_x], [y], datum, longitude=3 * zone + 0.2)
        assert apart(lon, lat, place) < CM_IN_DEG
    assert gauss_kruger(place[0]) == plain
    # Northing first is as common: it is the order of the definition.
    for datum, given_x in [(numbered, led), (plain, x), (CGCS2000, led), (CGCS2000, x)]:
        found = locate([y], [given_x], datum, around=Bounds(3 * zone - 1.5, place[1] - 1, 3 * zone + 1.5, place[1] + 1))
        assert apart(found.lon, found.lat, place) < CM_IN_DEG
        assert found.swapped.all()


@given(PLACE)
@settings(deadline=None)
def test_six_degree_zones_are_known_by_their_number(place):
    zone = int(place[0] // 6) + 1
    x, y = series_gauss_kruger(*place, 6 * zone - 3)
    lon, lat = to_wgs84([zone * 1e6 + x], [y], CGCS2000)
    assert apart(lon, lat, place) < 5 * CM_IN_DEG  # the series is at its end three degrees off


@given(st.tuples(st.floats(-179, 179), st.floats(-80, 80)))
@settings(deadline=None)
def test_web_mercator(place):
    x = math.radians(place[0]) * 6378137
    y = math.log(math.tan(math.pi / 4 + math.radians(place[1]) / 2)) * 6378137
    lon, lat = to_wgs84([x], [y], find_datum("EPSG:3857"))
    assert apart(lon, lat, place) < CM_IN_DEG


@given(PLACE)
@settings(deadline=None)
def test_web_map_coordinates_come_back(place):
    for datum, there in ((GCJ02, wgs84_to_gcj02), (BD09, wgs84_to_bd09)):
        shown = there(*place)
        assert apart(*to_wgs84([shown[0]], [shown[1]], datum), place) < CM_IN_DEG
    for datum in (WGS84, CGCS2000):
        assert apart(*to_wgs84([place[0]], [place[1]], datum), place) == 0


@pytest.mark.parametrize(("text", "expected"), [
    ("wgs84", WGS84), ("WGS 84", WGS84), ("epsg:4326", WGS84), ("4326", WGS84), ("CGCS2000", CGCS2000), ("EPSG:4490", CGCS2000),
    ("GCJ-02", GCJ02), ("高德", GCJ02), ("bd_09", BD09), ("百度", BD09),
])  # fmt: skip
def test_names_of_datums(text, expected):
    assert find_datum(text) == expected


def test_a_number_is_described_and_what_is_inexact_says_so():
    assert "38" in find_datum("EPSG:4526").label.zh
    assert "114°" in find_datum("4547").label.zh
    assert find_datum("EPSG:4526").note == find_datum("EPSG:32650").note == ("", "")
    assert find_datum("EPSG:2326").epsg == 2326
    assert "偏差" in find_datum("EPSG:2343").note.zh  # Xian 1980


@pytest.mark.parametrize("text", ["", "wgs85", "EPSG:99999", "EPSG:", "东经", "EPSG:１２３４"])
def test_unknown_datums_are_refused(text):
    with pytest.raises(ParameterError, match="EPSG"):
        find_datum(text)


@pytest.mark.parametrize(("x", "y", "datum"), [
    (181.0, 30.0, WGS84), (113.0, 91.0, GCJ02), (512345.0, 3377123.0, WGS84), (113.2, 30.5, find_datum("EPSG:4547")),
    (39512345.0, 3377123.0, find_datum("EPSG:4526")),  # zone 39 where 38 was declared
    (512345.0, 3377123.0, CGCS2000),  # no zone, and nobody knows the region
    (3377123.0, 512345.0, find_datum("EPSG:4547")), (float("nan"), 30.0, WGS84), (float("inf"), 30.0, find_datum("EPSG:3857")),
    (1e300, 1e300, CGCS2000), (1e300, 1e300, find_datum("EPSG:32650")),
])  # fmt: skip
def test_numbers_that_cannot_be_meant_are_no_place(x, y, datum):
    lon, lat = to_wgs84([x], [y], datum)
    assert np.isnan(lon[0])
    assert np.isnan(lat[0])


AROUND = Bounds(113.0, 30.0, 113.8, 30.6)


def test_swapped_rows_are_mended_one_by_one():
    x, y = [113.2, 30.5, 113.9, 99.0, np.nan, 31.0], [30.5, 113.2, 30.7, 25.0, np.nan, 113.1]
    found = locate(x, y, WGS84, around=AROUND)
    assert found.swapped.tolist() == [False, True, False, False, False, True]
    assert found.lon[:4].tolist() == [113.2, 113.2, 113.9, 99.0]
    assert found.lat[:4].tolist() == [30.5, 30.5, 30.7, 25.0]
    # Without a region only the impossible is known: 113.2 is no latitude.
    assert locate(x, y, WGS84).swapped.tolist() == [False, True, False, False, False, True]
    # In the Alps a latitude may be a longitude: only the region tells.
    alps = Bounds(9.4, 47.0, 9.7, 47.3)
    assert locate([47.1], [9.5], WGS84, around=alps).swapped.all()
    assert not locate([47.1], [9.5], WGS84).swapped.any()
    assert not locate([47.1], [9.5], WGS84, around=alps, told=np.array([True])).swapped.any()


def test_candidates_by_the_size_of_the_numbers():
    assert candidates([113.2, np.nan], [30.5, 1.0]) == (WGS84, GCJ02, BD09)
    assert [datum.code for datum in candidates([38512345.0], [3377123.0])] == ["EPSG:4526", "EPSG:3857"]
    assert [datum.code for datum in candidates([3377123.0], [19512345.0])] == ["EPSG:4497", "EPSG:3857"]
    assert candidates([38512345.0, 19512345.0], [3377123.0] * 2)[2] == CGCS2000  # it takes them side by side
    near_border = candidates([512345.0], [3377123.0], longitude=115.4)
    assert [datum.code for datum in near_border] == ["EPSG:4547", "EPSG:4546", "EPSG:4548", "EPSG:3857"]
    assert candidates([np.nan], [np.nan]) == ()


def villages(side_deg: float, n: int = 12) -> gpd.GeoDataFrame:
    shapes = [shapely.box(113 + i * side_deg, 30 + j * side_deg, 113 + (i + 1) * side_deg, 30 + (j + 1) * side_deg)
              for i in range(n) for j in range(n)]
    return gpd.GeoDataFrame({"id": [f"v{k}" for k in range(len(shapes))]}, geometry=shapes, crs=4326)


NO_TOWNSHIPS = gpd.GeoDataFrame({"id": []}, geometry=[], crs=4326)


def scattered(units: gpd.GeoDataFrame, per: int, seed: int = 1):
    random = np.random.default_rng(seed)
    bounds = units.geometry.bounds.to_numpy().repeat(per, axis=0)
    lon = random.uniform(bounds[:, 0], bounds[:, 2])
    lat = random.uniform(bounds[:, 1], bounds[:, 3])
    return lon, lat, list(units["id"].repeat(per))


@pytest.mark.parametrize(("datum", "there"), [(WGS84, lambda x, y: (x, y)), (GCJ02, wgs84_to_gcj02), (BD09, wgs84_to_bd09)])
@pytest.mark.parametrize("by", ["village", "township"])
def test_the_true_datum_is_the_likeliest(datum: Datum, there, by):
    units = villages(0.02)
    lon, lat, names = scattered(units, 3)
    x, y = there(lon, lat)
    nobody = [None] * len(names)
    if by == "village":
        evidence = likeliest(x, y, names, nobody, units, NO_TOWNSHIPS, candidates(x, y))
    else:
        points = units.assign(geometry=units.representative_point())
        evidence = likeliest(x, y, names, names, points, units, candidates(x, y))
    assert evidence.likeliest == datum
    best = evidence.lines[0]
    assert (best.datum, best.inside, best.tested, best.off_m) == (datum, len(names), len(names), 0)
    # Plain counting in degrees says the same of every line.
    lookup = dict(zip(units["id"], units.geometry, strict=True))
    for line in evidence.lines:
        as_read = to_wgs84(x, y, line.datum)
        inside = sum(lookup[name].distance(shapely.Point(p)) < 1e-9 for name, *p in zip(names, *as_read, strict=True))
        assert line.inside == inside
        assert line.off_m == 0 or line.datum != datum


def test_projected_metres_are_told_by_their_zone():
    units = villages(0.02)
    lon, lat, names = scattered(units, 1)
    x, y = np.array([series_gauss_kruger(*place, 114) for place in zip(lon, lat, strict=True)]).T
    middle = 113.2
    evidence = likeliest(x, y, names, [None] * len(x), units, NO_TOWNSHIPS, candidates(x, y, longitude=middle))
    assert evidence.likeliest == find_datum("EPSG:4547")


def test_too_little_evidence_is_said():
    units = villages(0.02)
    lon, lat, names = scattered(units, 1)
    few = slice(0, 2)
    points = units.assign(geometry=units.representative_point())
    for given_names, given_units, rows in [
        ([None] * len(names), units, slice(None)), (names, points, slice(None)), (names, units, few),
        (["nowhere"] * len(names), units, slice(None)),
    ]:
        evidence = likeliest(lon[rows], lat[rows], given_names[rows], [None] * len(lon[rows]), given_units, NO_TOWNSHIPS,
                             (WGS84, GCJ02))
        assert evidence.likeliest is None
        assert all(line.tested <= 2 for line in evidence.lines)
        assert "依据不足" in evidence.reason.zh


@pytest.mark.parametrize(("meridian", "led", "swapped", "code"), [
    (114, 0, False, "EPSG:4547"), (114, 38e6, False, "EPSG:4526"), (111, 19e6, True, "EPSG:4497"), (111, 0, True, "EPSG:4546"),
])  # fmt: skip
def test_metres_without_any_name_are_told_by_the_county(meridian, led, swapped, code):
    units = villages(0.02)
    lon, lat, _ = scattered(units, 1)
    x, y = np.array([series_gauss_kruger(*place, meridian) for place in zip(lon, lat, strict=True)]).T
    x = x + led
    if swapped:
        x, y = y, x
    around = Bounds(*units.total_bounds.tolist())
    nobody = [None] * len(x)
    evidence = likeliest(x, y, nobody, nobody, NO_TOWNSHIPS, units, candidates(x, y, longitude=112.6), around=around)
    assert (evidence.likeliest, evidence.ground, evidence.metres) == (find_datum(code), COUNTY, True)
    assert evidence.lines[0].inside == len(x)


def test_villages_too_large_to_tell_do_not_decide():
    units = villages(2.0, n=2)
    middle = units.representative_point().repeat(30)
    evidence = likeliest(middle.x, middle.y, list(units["id"].repeat(30)), [None] * 120, units, NO_TOWNSHIPS, (WGS84, GCJ02, BD09))
    assert evidence.likeliest is None
    assert [line.inside for line in evidence.lines] == [120, 120, 120]
    assert "分不清" in evidence.reason.zh


def test_wrong_names_do_not_make_evidence():
    units = villages(0.02)
    lon, lat, names = scattered(units, 2)
    np.random.default_rng(3).shuffle(names)
    evidence = likeliest(lon, lat, names, [None] * len(names), units, NO_TOWNSHIPS, (WGS84, GCJ02, BD09))
    assert evidence.likeliest is None
    assert "不到一半" in evidence.reason.zh


def test_a_long_file_is_sampled_and_stray_rows_do_not_rule():
    units = villages(0.02)
    lon, lat, names = scattered(units, 40)
    x, y = wgs84_to_gcj02(lon, lat)
    x[::10], y[::10] = 20.0, 20.0
    evidence = likeliest(x, y, names, [None] * len(names), units, NO_TOWNSHIPS, (WGS84, GCJ02, BD09))
    assert evidence.likeliest == GCJ02
    assert evidence.lines[0].tested == SAMPLE
    assert evidence.lines[0].inside == pytest.approx(0.9 * SAMPLE, rel=0.05)


def test_on_a_real_county(shared_data):
    townships = gpd.read_file(shared_data / "townships" / "renshou.geojson")
    townships["id"] = [f"t{k}" for k in range(len(townships))]
    lon, lat = shapely.get_coordinates(townships.sample_points(40, rng=5).explode().to_numpy()).T
    names = list(townships["id"].repeat(40))
    none = gpd.GeoDataFrame({"id": []}, geometry=[], crs=4326)
    for datum, there in ((WGS84, lambda x, y: (x, y)), (GCJ02, wgs84_to_gcj02), (BD09, wgs84_to_bd09)):
        x, y = there(lon, lat)
        evidence = likeliest(x, y, [None] * len(x), names, none, townships, (WGS84, GCJ02, BD09))
        assert evidence.likeliest == datum
        assert evidence.lines[0].inside == evidence.lines[0].tested
