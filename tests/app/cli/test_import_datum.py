"""``rongtu import`` of files in the coordinate systems that offices have: told, asked about, or said to be assumed."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer
from small_county import at

from geo.china_datum import wgs84_to_bd09, wgs84_to_gcj02
from layers.store import Store

PLACES = [(600 + 150 * k, 300 + 37 * k) for k in range(8)]
"""Within 东村, which is 2.6 km wide."""
EDGE = [(2020 - 12 * k, 300 + 90 * k) for k in range(14)]
"""Within 东村, near its eastern edge: moved by the shift of a map's datum, they fall into 西村."""

OTHER_EDGE = [(-490 + 10 * k, 300 + 90 * k) for k in range(14)]
"""Near its western edge, from where the inverse shift takes them out of it."""


@pytest.fixture
def run(import_sheet):
    """Runs the command on a workbook of these columns: exit code, answer or what was said."""
    return lambda columns, *options, layer="support_points": import_sheet(layer, columns, *options)


def shops(lon, lat, village="东村"):
    n = len(lon)
    names = [f"{sign}店" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯"[:n]]
    return {"商户名称": names, "类别": ["商户"] * n, "业态": ["餐饮"] * n, "村": [village] * n,
            "经度": [f"{x:.7f}" for x in lon], "纬度": [f"{y:.7f}" for y in lat]}


def degrees(places):
    points = [at(*place) for place in places]
    return np.array([p.x for p in points]), np.array([p.y for p in points])


def off_m(store_url, places):
    """How far the stored shops lie from where they are, in metres."""
    with Store.open(store_url) as store:
        found = store.read("support_points").set_index("name")
    found = found[found.index.str.fullmatch("[甲乙丙丁戊己庚辛壬癸子丑寅卯]店")]
    order = [f"{sign}店" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯"[:len(places)]]
    stored = found.loc[order, "geometry"]
    return max(point.distance(at(*place)) * 111_320 for point, place in zip(stored, places, strict=True))


def test_a_file_in_bd09_is_asked_about_and_lands_where_it_is_once_said(run, store_url):
    columns = shops(*wgs84_to_bd09(*degrees(EDGE)))
    code, said = run(columns)
    assert (code, "bd09" in said, "14/14" in said) == (2, True, True)
    with Store.open(store_url) as store:
        assert len(store.read("support_points")) == 3  # those that were there
    code, answer = run(columns, "--datum", "bd09")
    assert (code, answer["stored"], answer["datum"]) == (0, 14, "bd09")
    assert off_m(store_url, EDGE) < 0.02


@pytest.mark.parametrize("heading", ["百度经度", "经度（BD-09）"])
def test_a_heading_that_names_the_datum_is_asked_about_even_where_points_cannot_tell(run, heading):
    columns = shops(*wgs84_to_bd09(*degrees(PLACES)))
    columns = {heading if name == "经度" else name: values for name, values in columns.items()}
    code, said = run(columns)
    assert (code, "bd09" in said) == (2, True)


def test_few_points_deep_in_a_large_village_pass_with_a_note_of_what_was_assumed(run):
    code, answer = run(shops(*wgs84_to_gcj02(*degrees(PLACES[2:5]))), "--dry-run")
    assert (code, answer["datum"]) == (0, "wgs84")
    assert any("坐标系无法由点位判断" in note["zh"] and "WGS 84" in note["zh"] for note in answer["notes"])
    code, answer = run(shops(*degrees(PLACES[2:5]), village=""), "--dry-run")
    assert any("坐标系无法由点位判断" in note["zh"] for note in answer["notes"])
    code, answer = run(shops(*degrees(PLACES[2:5])), "--dry-run", "--datum", "wgs84")
    assert not any("坐标系" in note["zh"] for note in answer["notes"])


def test_points_that_confirm_the_datum_need_no_note(run, store_url):
    code, answer = run(shops(*degrees(OTHER_EDGE)))
    assert (code, answer["stored"]) == (0, 14)
    assert not any("坐标系" in note["zh"] for note in answer["notes"])
    assert off_m(store_url, OTHER_EDGE) < 0.02


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("led", [True, False])
@pytest.mark.parametrize("village", ["东村", ""])
def test_metres_of_a_table_are_asked_about_with_their_zone(run, store_url, led, swapped, village):
    lon, lat = degrees(PLACES)
    zone = round(float(lon[0]) / 3)
    number = 4513 + zone - 25 if led else 4534 + zone - 25
    x, y = Transformer.from_crs(4326, number, always_xy=True).transform(lon, lat)
    columns = shops(*((y, x) if swapped else (x, y)), village=village)
    code, said = run(columns)
    assert (code, f"EPSG:{number}" in said, "8/8" in said, f"第 {zone} 带" in said) == (2, True, True, True)
    assert said.count("\n") == 1
    code, answer = run(columns, "--datum", f"EPSG:{number}")
    assert (code, answer["stored"]) == (0, 8)
    assert off_m(store_url, PLACES) < 0.02
