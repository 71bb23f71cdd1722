"""Speeds by mode: what a road's class, signs and state allow."""

from __future__ import annotations

import pandas as pd
import pytest

from app.services.county.roads import road_speeds
from geo.speeds import Mode
from layers.roads import CLASS_DEFAULTS
from layers.vocabulary import ROAD_ACCESS, ROAD_CLASS


def roads(**columns):
    empty = {"class": "county", "oneway": None, "speed_kph": float("nan"), "access": None, "open": None}
    return pd.DataFrame([{**empty, **columns}])


def speeds(mode, **columns):
    return tuple(float(kph[0]) for kph in road_speeds(roads(**columns), Mode(mode)))


def test_every_class_and_access_is_decided():
    assert set(CLASS_DEFAULTS) == set(ROAD_CLASS)
    for access in ROAD_ACCESS:
        walk, bike, drive = (speeds(mode, access=access) for mode in ("walk", "ebike", "drive"))
        assert (walk > (0, 0), bike > (0, 0), drive > (0, 0)) == {
            "all": (True, True, True), "no_motor": (True, True, False), "foot": (True, False, False),
            "motor": (False, False, True), "no_foot": (False, True, True), "none": (False, False, False),
        }[access]  # fmt: skip


@pytest.mark.parametrize(("mode", "expected"), [("walk", 4.5), ("elder_walk", 3.0), ("ebike", 15.0), ("drive", 45.0)])
def test_default_speeds(mode, expected):
    assert speeds(mode) == (expected, expected)
    assert speeds(mode, open=False) == (0, 0)
    assert speeds(mode, open=True) == (expected, expected)


def test_one_way_binds_motor_vehicles_only():
    assert speeds("drive", oneway="forward") == (45, 0)
    assert speeds("drive", oneway="backward") == (0, 45)
    assert speeds("drive", oneway="no") == (45, 45)
    assert speeds("ebike", oneway="forward") == (15, 15)
    assert speeds("walk", oneway="backward") == (4.5, 4.5)


def test_a_road_s_own_speed_is_for_driving():
    assert speeds("drive", speed_kph=70.0) == (70, 70)
    assert speeds("walk", speed_kph=70.0) == (4.5, 4.5)
    assert speeds("drive", **{"class": "path", "speed_kph": 70.0}) == (0, 0)


def test_classes_that_a_mode_may_not_use():
    assert speeds("walk", **{"class": "motorway"}) == (0, 0)
    assert speeds("ebike", **{"class": "steps"}) == (0, 0)
    assert speeds("walk", **{"class": "steps"}) == (4.5, 4.5)
    assert speeds("drive", **{"class": "unheard of"}) == (0, 0)
