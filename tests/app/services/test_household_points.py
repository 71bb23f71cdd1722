"""Households as points: what a point says, what it never says, and to whom."""

from __future__ import annotations

import json
import struct

import numpy as np
import pandas as pd
import pytest
import shapely
from fastapi.testclient import TestClient
from small_county import PROVENANCE, at, frame, frames

from app.api import create_api
from app.maps.pieces.theme import MINUTE_BREAKS
from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.answers.about import About
from app.services.county.facilities import FacilityChoice
from app.services.coverage.points import POINT_STATUS, household_points
from app.services.coverage.service import household_times
from geo.errors import ParameterError
from layers.schema import Label
from layers.store import Store

PERSONAL = {"contact_name": "王建国", "phone": "13800000000", "identity_no": "11010519491231002X"}


@pytest.fixture(scope="module")
def store(shared_url):
    given = frames()
    given["households"] = given["households"].assign(**PERSONAL, categories=[["martyr_kin"]] * 10)
    with Store.open(shared_url) as opened:
        opened.load(given, PROVENANCE)
        yield opened


def unpacked(content: bytes) -> tuple[dict, pd.DataFrame]:
    """The answer as a browser reads it."""
    (size,) = struct.unpack_from("<I", content)
    head, at = json.loads(content[4 : 4 + size]), 4 + size
    assert at % 4 == 0  # typed arrays begin at whole words
    columns = {}
    for name, kind in (("lng", "<i4"), ("lat", "<i4"), ("tenths", "<u2"), ("facility", "<u2"), ("status", "u1")):
        columns[name] = np.frombuffer(content, kind, head["count"], at)
        at += columns[name].nbytes
    assert at == len(content)
    return head, pd.DataFrame(columns)


def told(store, **asked):
    """What is told of the place of each household that has one, by place."""
    points = household_points(LOCAL_STEWARD, store, **asked)
    return {
        (round(float(lng), 6), round(float(lat), 6)): (
            None if np.isnan(minutes) else float(minutes), points.facilities[k] if k >= 0 else None,
            list(POINT_STATUS)[status],
        )
        for lng, lat, minutes, k, status in zip(
            points.lng, points.lat, points.minutes, points.facility, points.status, strict=True)
    }


def place(x, y):
    lng, lat = shapely.get_coordinates(at(x, y))[0]
    return round(lng, 6), round(lat, 6)


def test_every_household_with_a_place_is_a_point(store):
    points = told(store)
    assert len(points) == 9  # h07's place is not known
    assert points[place(2000, 0)] == (pytest.approx(1000 / 75, abs=0.01), "东村站", "timed")
    assert points[place(5000, 100)] == (pytest.approx(4100 / 75, abs=0.02), "东村站", "timed")
    assert points[place(4000, 0)] == (pytest.approx(40, abs=0.02), "东村站", "imprecise")
    assert points[place(1000, 3010)] == (None, None, "no_way")
    assert points[place(1000, 3800)] == (None, None, "off_network")


def test_points_agree_with_the_households_own_times(store):
    for asked in ({}, {"mode": "drive"}, {"choice": FacilityChoice(support_kind="street")}):
        times = household_times(LOCAL_STEWARD, store, **asked).set_index("id")["minutes"]
        points = household_points(LOCAL_STEWARD, store, **asked)
        known = times.drop("h07").dropna().sort_values()
        assert np.sort(points.minutes[~np.isnan(points.minutes)]) == pytest.approx(known.to_numpy(), abs=0.006)


def test_the_order_says_nothing_of_who_is_who(store):
    points = household_points(LOCAL_STEWARD, store)
    assert (np.diff(points.lng) >= 0).all()


def test_only_households_in_reach_are_points(store):
    viewer = Viewer(Role.STEWARD, townships=frozenset({"990001001"}), points=True)
    assert len(household_points(viewer, store).lng) == 4


def test_a_slip_of_the_pen_is_off_the_network_or_not_drawn(tmp_path):
    spots = [(-57, -28.5), (28.5, 89.9), (0, 0), (-57.02, -28.5)]
    lost = frame([{"id": f"x{k}", "persons": 1, "precision": "door", "geometry": shapely.Point(spot)}
                  for k, spot in enumerate(spots)])  # fmt: skip
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        store.load({"households": lost}, PROVENANCE)
        points = household_points(LOCAL_STEWARD, store)
        strays = np.flatnonzero(np.abs(points.lng - 123) > 1)
        assert {(round(x, 2), round(y, 2)) for x, y in zip(points.lng[strays], points.lat[strays], strict=True)} <= set(spots)
        assert {list(POINT_STATUS)[k] for k in points.status[strays]} <= {"off_network"}
        assert len(points.lng) - len(strays) == 9


def test_counts_only_means_no_points(store):
    with pytest.raises(NotPermittedError):
        household_points(SERVER, store)
    with TestClient(create_api(store, SERVER)) as client:
        answer = client.get("/households/points")
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert "--points" in answer.json()["detail"]


def test_what_cannot_be_meant_is_refused(store):
    with pytest.raises(ParameterError):
        household_points(LOCAL_STEWARD, store, mode="fly")
    with TestClient(create_api(store, LOCAL_STEWARD)) as client:
        for query in ("mode=fly", "level=city", "id=h01", "level=village&kind=street"):
            assert client.get(f"/households/points?{query}").status_code == 422


def test_the_wire_holds_places_and_times_and_nothing_of_persons(store):
    with TestClient(create_api(store, LOCAL_STEWARD)) as client:
        answer = client.get("/households/points?mode=walk")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"] == "application/octet-stream"
    head, points = unpacked(answer.content)
    assert set(head) == {"count", "per_degree", "none", "statuses", "facilities", "as_of"}
    assert (head["count"], head["as_of"], head["statuses"]) == (9, "2026-10-31", list(POINT_STATUS))
    assert head["facilities"] == ["东村站", "甲镇站"]
    for word in (*PERSONAL.values(), "martyr", "h01", "h0", "veteran"):
        assert word.encode() not in answer.content
    true = household_points(LOCAL_STEWARD, store)
    assert (points["lng"] / head["per_degree"]).to_numpy() == pytest.approx(true.lng, abs=1e-9)
    assert (points["lat"] / head["per_degree"]).to_numpy() == pytest.approx(true.lat, abs=1e-9)
    known = points["tenths"] != head["none"]
    beyond = points["tenths"][known].to_numpy() / 10 - true.minutes[known]
    assert ((beyond > -1e-6) & (beyond < 0.1)).all()
    assert (points["facility"][~known] == head["none"]).all()
    assert points["status"].tolist() == true.status.tolist()


def test_a_point_has_the_same_class_on_the_wire_as_in_the_table():
    from app.api.household_points import tenths_up

    seconds = np.arange(0, 40 * 60 * 1024) / 1024  # every time that there can be, by ticks
    minutes = seconds / 60
    on_the_wire = np.searchsorted([10 * limit for limit in MINUTE_BREAKS], tenths_up(minutes))
    assert (on_the_wire == np.searchsorted(MINUTE_BREAKS, minutes)).all()
    noisy = np.nextafter(np.array(MINUTE_BREAKS, float), np.inf)
    assert tenths_up(noisy).tolist() == [10 * limit for limit in MINUTE_BREAKS]
    assert tenths_up(np.array([15.02, 15.0, 0.0, 14.94])).tolist() == [151, 150, 0, 150]


def test_the_table_to_take_home_names_nobody(store):
    points = household_points(LOCAL_STEWARD, store, mode="ebike")
    rows = points.table().records()
    assert [row["id"] for row in rows[:2]] == ["000001", "000002"]
    assert set(rows[0]) == {"id", "minutes", "facility", "status"}
    assert sum(row["facility"] == "东村站" for row in rows) == 7
    assert sorted(row["status"] for row in rows) == ["imprecise", "no_way", "off_network", *["timed"] * 6]
    assert "电动自行车到最近一处各级在运行的服务站的用时，15 公里/小时" in points.about.rule.zh


def test_twenty_thousand_points_are_a_quarter_of_a_megabyte():
    from app.api.household_points import packed
    from app.services.coverage.points import HouseholdPoints

    n = 20_000
    many = HouseholdPoints(
        np.linspace(100, 101, n), np.full(n, 30.0), np.linspace(0, 9000, n), np.zeros(n, np.int64),
        np.zeros(n, np.uint8), ("站",), About(Label("", ""), PROVENANCE.as_of, Label("", ""), fictional=True),
    )
    content = packed(many)
    assert len(content) < 270_000
    head, points = unpacked(content)
    assert points["tenths"].max() == head["none"]  # nobody walks for six days; it is not wrapped round
    assert points["tenths"].is_monotonic_increasing


def test_soldiers_and_martyrs_families_are_points_for_stewards_only(store_url):
    given = frames()
    kinds = [["martyr_kin"], ["veteran", "active_family"], ["veteran"], [], None, *[["disabled"]] * 5]
    given["households"] = given["households"].assign(categories=kinds)
    with Store.open(store_url) as opened:
        opened.load(given, PROVENANCE)
        steward, planner = (
            household_points(viewer, opened) for viewer in (LOCAL_STEWARD, Viewer(Role.PLANNER, points=True))
        )
    assert (len(steward.lng), len(planner.lng)) == (9, 7)
    assert steward.about.notes == ()
    assert "烈士遗属的单户只有数据管理员能看" in planner.about.notes[0].zh
    assert not any(letter.isdigit() for letter in planner.about.notes[0].zh)  # how many could be how many are one household
    withheld = {tuple(np.round(at(*place).coords[0], 6)) for place in ((1000, 50), (2000, 0))}
    seen = set(zip(planner.lng.round(6), planner.lat.round(6), strict=True))
    assert not withheld & seen
    assert len(seen) == 7
