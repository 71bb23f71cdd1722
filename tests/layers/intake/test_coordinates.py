"""Coordinates as people write them: every spelling says the same place, and what cannot be read says why."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.fields import Label
from layers.intake.positions import coordinates
from layers.intake.positions.coordinates import read_columns, read_pairs


def one(x: str, y: str) -> tuple[float, float]:
    read = read_columns(pd.Series([x], dtype=object), pd.Series([y], dtype=object))
    assert read.problem[0] is None, read.problem[0]
    return float(read.x[0]), float(read.y[0])


def why(x: str, y: str = "30.5") -> Label | None:
    read = read_columns(pd.Series([x], dtype=object), pd.Series([y], dtype=object))
    assert math.isnan(read.x[0])
    assert math.isnan(read.y[0])
    return read.problem[0]


LON = 113 + 14 / 60 + 4.5 / 3600
LAT = 30 + 5 / 60 + 59 / 3600


@pytest.mark.parametrize("x", [
    "113°14′4.5″", "113°14'4.5\"", "113度14分4.5秒", "113º14’4.5”", "113゜14′4.5″", "113°14'4.5''", "113:14:4.5", "113 14 4.5",
    "113-14-4.5", "东经113°14′4.5″", "東經113度14分4.5秒", "E113°14′4.5″", "113°14′4.5″E", "１１３°１４′４．５″",
    " 113 ° 14 ′ 4.5 ″ ", "113° 14′ 4.5″ E", "经度：113°14′4.5″", "113°14.075′", "113。2345833333333",
    "113.2345833333333°", "+113.2345833333333", "\ufeff113°14′4.5″\u200b", "1.132345833333333E+02", "E 113 14 4.5",
])  # fmt: skip
def test_one_longitude_in_all_its_spellings(x):
    assert one(x, "30.0997222222")[0] == pytest.approx(LON, abs=1e-9)


@pytest.mark.parametrize("both", [
    "113.2345833333333,30.099722222222223", "113.2345833333333，30.099722222222223", "(113.2345833333333 30.099722222222223)",
    "113.2345833333333、30.099722222222223", "113.2345833333333;30.099722222222223", "［113.2345833333333，30.099722222222223］",
    "POINT (113.2345833333333 30.099722222222223)", "113°14′4.5″ 30°5′59″", "113°14′4.5″30°5′59″", "113 14 4.5 30 5 59",
    "30°5′59″N 113°14′4.5″E", "N30°5′59″E113°14′4.5″", "北纬30度5分59秒，东经113度14分4.5秒", "东经113°14′4.5″北纬30°5′59″",
    "经度:113.2345833333333 纬度:30.099722222222223", "纬度30.099722222222223/经度113.2345833333333",
    "lat: 30.099722222222223, lon: 113.2345833333333", "１１３．２３４５８３３３３３３３３，３０．０９９７２２２２２２２２２２３",
])  # fmt: skip
def test_one_place_in_one_cell(both):
    read = read_pairs(pd.Series([both]))
    assert read.problem[0] is None
    assert (read.x[0], read.y[0]) == pytest.approx((LON, LAT), abs=1e-9)


def test_metres_with_and_without_thousands():
    assert one("38512345.123", "3377123.4") == (38512345.123, 3377123.4)
    assert one("512,345.123", "3,377,123.4米") == (512345.123, 3377123.4)


@pytest.mark.parametrize(("x", "reason"), [
    ("abc", coordinates.NOT_READABLE), ("113.2.3", coordinates.NOT_READABLE), ("12345678901234", None),
    ("1e400", coordinates.NOT_FINITE), ("NaN", coordinates.NOT_FINITE), ("-inf", coordinates.NOT_FINITE),
    ("113°60′", coordinates.SIXTY), ("113:14:60", coordinates.SIXTY), ("113.5°12′", coordinates.FRACTION),
    ("113°12.5′30″", coordinates.FRACTION), ("E113W", coordinates.TWO_SIDES), ("-113W", coordinates.TWO_SIDES),
    ("N30", coordinates.SAME_AXIS), ("", coordinates.HALF), ("无", coordinates.HALF), ("9" * 500, coordinates.NOT_READABLE),
    ("\ud800", coordinates.NOT_READABLE), ("\0", coordinates.NOT_READABLE), ("=1+1", coordinates.NOT_READABLE),
])  # fmt: skip
def test_what_cannot_be_read_says_why(x, reason):
    if reason is None:
        assert one(x, "30.5")[0] == float(x)
    else:
        assert why(x, "N30.5") == reason


@pytest.mark.parametrize(("both", "reason"), [
    ("113.2", coordinates.HALF), ("113 12 30 30", coordinates.AMBIGUOUS), ("1,2,3", coordinates.NOT_READABLE),
    ("E113.2,E30.5", coordinates.SAME_AXIS), ("0,0", coordinates.PLACEHOLDER), ("113.2,nan", coordinates.NOT_FINITE),
    ("东门外第二棵树", coordinates.NOT_READABLE), ("1 " * 500, coordinates.NOT_READABLE),
])  # fmt: skip
def test_a_pair_that_cannot_be_read_says_why(both, reason):
    read = read_pairs(pd.Series([both]))
    assert read.problem[0] == reason
    assert np.isnan(read.x[0])


def test_empty_is_no_problem_and_zero_zero_is():
    read = read_columns(pd.Series(["", None, "/", "0", "0.0"]), pd.Series(["", np.nan, "无", "0", "0.00"]))
    assert read.empty.tolist() == [True, True, True, False, False]
    assert [problem is None for problem in read.problem] == [True, True, True, False, False]
    assert np.isnan(read.x).all()


def test_values_that_name_their_side_go_where_they_belong():
    read = read_columns(pd.Series(["北纬30.5", "113.2", "W3.5"]), pd.Series(["东经113.2", "30.5", "S20"]))
    assert list(zip(read.x, read.y, strict=True)) == [(113.2, 30.5), (113.2, 30.5), (-3.5, -20)]
    assert read.told.tolist() == [True, False, True]


@given(st.floats(-180, 180).map(lambda v: round(v, 7)))
@settings(deadline=None)
def test_decimals_come_back_exactly(value):
    assert one(f"{value:.7f}", "1")[0] == value


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999), st.sampled_from(["EW", "东经西经"]), st.booleans())
@settings(deadline=None)
def test_angles_come_back(degrees, minutes, hundredths, sides, west):
    side = sides[len(sides) // 2:] if west else sides[:len(sides) // 2]
    expected = (degrees * 360_000 + minutes * 6_000 + hundredths) / 360_000 * (-1 if west else 1)
    text = f"{side}{degrees}°{minutes}′{hundredths // 100}.{hundredths % 100:02d}″"
    assert one(text, "1")[0] == pytest.approx(expected, abs=1e-10)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_read_empty_or_explained(x, y):
    for read in (read_columns(pd.Series([x], dtype=object), pd.Series([y], dtype=object)),
                 read_pairs(pd.Series([x], dtype=object))):
        states = [bool(np.isfinite(read.x[0]) and np.isfinite(read.y[0])), read.problem[0] is not None, bool(read.empty[0])]
        assert sum(states) == 1
