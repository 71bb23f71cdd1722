"""Service stations: the county centre, one a township, one a village; their grades and checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from data.demo.areas import Areas
from data.demo.frames import AS_OF, days_before, days_between, layer_frame, points, to_wgs84
from data.demo.grid import Floats, Ints
from data.demo.ground import Ground, village_of
from data.demo.names import COUNTY, COUNTY_CODE
from data.demo.people import People
from data.demo.randomness import exact_share

CLOSED, PLANNED = 2, 4
MODEL_PERSONS = 300
"""Served persons from which a village station is to be a model one."""
MOTOR = ("trunk", "county", "township", "village", "street", "arterial", "lane")
FINDINGS = ("台账更新不及时", "值班人员不在岗", "政策公开栏内容过期", "走访记录缺失", "站牌破损", "无障碍设施被占用")


@dataclass(frozen=True, slots=True)
class Stations:
    """Frames of stations, grades and checks; where the village stations stand (projected metres)."""

    stations: pd.DataFrame
    grades: pd.DataFrame
    checks: pd.DataFrame
    village_places: Floats
    township_places: Floats


def make_stations(ground: Ground, areas: Areas, people: People, rng: np.random.Generator,
                  checks_rng: np.random.Generator) -> Stations:
    """Stations beside roads of the great component, inside the unit that they serve."""
    size = ground.size
    wanted = np.r_[ground.centres[:1] + np.array([260.0, 180.0]),
                   ground.centres[:size.townships] + rng.normal(0, 120, (size.townships, 2)),
                   ground.centres + rng.normal(0, 25, (size.villages, 2))]
    home = np.r_[0, np.arange(size.townships), np.arange(size.villages)]
    places = _beside_roads(ground, wanted, home, rng)
    stations = _station_frame(ground, areas, home, places, rng)
    first = 1 + size.townships
    served = np.bincount(people.village, people.persons, minlength=size.villages).astype(np.float64)
    return Stations(stations, _grades(stations, first, served, checks_rng), _checks(stations, checks_rng),
                    places[first:], places[1:first])


def _beside_roads(ground: Ground, wanted: Floats, home: Ints, rng: np.random.Generator) -> Floats:
    """A few metres from the nearest junction that lies in the village; drawn again until it is inside."""
    network = ground.network
    edges = np.isin(network.edges.kind, MOTOR)
    nodes = np.unique(np.r_[network.topology.start[edges], network.topology.end[edges]])
    nodes = nodes[network.component[nodes] == network.giant]
    at = network.topology.places[nodes]
    village = village_of(ground, at)
    places = wanted.copy()
    for k, target in enumerate(wanted):
        near = at[village == home[k]]
        area = ground.villages[home[k]].buffer(-1)
        shapely.prepare(area)
        junction = near[np.hypot(*(near - target).T).argmin()] if len(near) else ground.centres[home[k]]
        places[k] = junction
        for _ in range(12):
            moved = np.round(junction + rng.uniform(-14, 14, 2), 2)
            if area.contains(shapely.Point(moved)):
                places[k] = moved
                break
    return places


def _station_frame(ground: Ground, areas: Areas, home: Ints, places: Floats, rng: np.random.Generator
                   ) -> pd.DataFrame:
    size, count = ground.size, len(places)
    first = 1 + size.townships
    level = np.array(["county"] + ["township"] * size.townships + ["village"] * size.villages, dtype=object)
    ids = [f"st-{COUNTY_CODE}"] + [f"st-{i}" for i in areas.township_ids + areas.village_ids]
    names = [f"{COUNTY}退役军人服务中心"] + [f"{n}退役军人服务站" for n in areas.township_names + areas.village_names]
    parents = [None] + [ids[0]] * size.townships + [ids[1 + t] for t in areas.township_of]
    rural = (level == "village") & (np.r_[0, np.arange(size.townships), np.arange(size.villages)] >= size.townships)
    closed = exact_share(rng, rural, CLOSED)
    planned = exact_share(rng, rural & ~closed, PLANNED)
    opened = rng.integers(days_between(dt.date(2021, 6, 30)), days_between(dt.date(2019, 3, 1)), count).astype(float)
    opened[planned] = np.nan
    ended = np.where(closed, rng.integers(60, 500, count), np.nan)
    staff = np.where(level == "village", rng.integers(1, 3, count), rng.integers(3, 7, count))
    staff[0] = 18
    staff[closed | planned] = 0
    return layer_frame("stations", {
        "id": ids, "name": names, "level": level,
        "status": np.where(closed, "closed", np.where(planned, "planned", "open")),
        "parent": parents, "unit": [None, *areas.township_ids, *areas.village_ids],
        "address": [COUNTY + areas.address(int(v)) for v in home],
        "phone": [f"000-{7_000_000 + k}" for k in range(count)],
        "staff": staff, "opened": days_before(opened), "closed": days_before(ended),
        "precision": np.where(np.arange(count) < first, "door", "building"),
    }, to_wgs84(points(places)))


def _grades(stations: pd.DataFrame, first: int, served: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Model grades for all townships but two (one of them lapsed); villages by persons served, stars by lot."""
    rows = []
    townships = stations["id"].iloc[1:first].tolist()
    model = max(1, len(townships) - 2)
    chosen = rng.permutation(len(townships))
    for place, k in enumerate(chosen.tolist()):
        awarded = int(rng.integers(200, 900))
        if place == 0:
            awarded = 3 * 365 + int(rng.integers(20, 90))
        grade = "model" if place < model else "star4"
        rows.append((townships[k], "省级服务站评定办法（虚构）", grade, "省级主管部门", awarded, 3 * 365))
    rows.append((stations["id"].iloc[0], "省级服务站评定办法（虚构）", "model", "省级主管部门", 420, 3 * 365))
    is_open = (stations["status"].iloc[first:] == "open").to_numpy()
    villages = stations["id"].iloc[first:].to_numpy()
    many = is_open & (served >= MODEL_PERSONS)
    for k in np.flatnonzero(is_open):
        graded = rng.random()
        awarded = int(rng.integers(60, 1200))
        if many[k] and graded < 0.75:
            rows.append((villages[k], "市级示范型站创建办法（虚构）", "model", "市级主管部门", awarded, 3 * 365))
        elif graded < 0.55:
            grade = str(rng.choice(["star5", "star4", "star3", "standard"], p=[0.06, 0.2, 0.34, 0.4]))
            rows.append((villages[k], "县级星级评定办法（虚构）", grade, "县退役军人事务局（虚构）", awarded, 2 * 365))
    frame = pd.DataFrame(rows, columns=["station", "scheme", "grade", "awarded_by", "age", "term"])
    age = frame.pop("age").to_numpy()
    frame["awarded"] = days_before(age)
    frame["valid_to"] = days_before(age - frame.pop("term").to_numpy())
    frame.insert(0, "id", [f"grade-{k:04d}" for k in range(1, len(frame) + 1)])
    return layer_frame("station_grades", frame)


def _checks(stations: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A monthly look back at every open station over half a year, some left out, and random checks besides."""
    found = stations.loc[stations["status"] == "open", "id"].to_numpy(dtype=object)
    parts = []
    for month in range(6):
        done = rng.random(len(found)) < 0.93
        day = 30 * month + rng.integers(2, 26, int(done.sum()))
        parts.append(pd.DataFrame({"station": found[done], "day": day, "kind": "monthly"}))
    random = min(26, len(found))
    parts.append(pd.DataFrame({"station": rng.permutation(found)[:random], "day": rng.integers(1, 183, random),
                               "kind": "random"}))
    frame = pd.concat(parts, ignore_index=True)
    passed = rng.random(len(frame)) >= np.where(frame["kind"] == "random", 0.15, 0.05)
    frame["passed"] = passed
    found_wrong = rng.choice(FINDINGS, len(frame)).astype(object)
    found_wrong[passed] = None
    frame["findings"] = found_wrong
    frame["date"] = days_before(frame["day"].to_numpy(), AS_OF)
    frame = frame.sort_values(["date", "station", "kind"], kind="stable")
    frame["id"] = [f"check-{k:05d}" for k in range(1, len(frame) + 1)]
    return layer_frame("station_checks", frame)
