"""Martyr memorials: where they stand, what they are, in what state, and their protection ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.demo.areas import Areas
from data.demo.frames import layer_frame, points, to_wgs84
from data.demo.grid import Bools, Floats, Ints, Objects, as_objects
from data.demo.ground import Ground, village_of
from data.demo.names import COUNTY
from data.demo.randomness import labels
from data.demo.settlements import Settler
from data.demo.stations import Stations
from layers.vocabulary import COMPLETENESS, CONDITION

CONDITIONS = tuple(CONDITION)
LEVELS = ("provincial", "county", "county", "county", "township", "township", "township")
"""Of the graded ones; the others, about nine in ten, are ungraded."""
HIGH_SHARE = 0.2
NOUNS = {"cemetery": "烈士陵园", "hall": "革命纪念馆", "monument": "革命烈士纪念碑", "tower": "烈士纪念塔", "statue": "英烈塑像",
         "square": "英烈纪念广场", "columbarium": "烈士骨灰堂", "grave": "烈士墓", "wall": "烈士英名墙"}
BY_SEAT = {"monument": 0.42, "hall": 0.14, "tower": 0.09, "square": 0.12, "cemetery": 0.12, "columbarium": 0.05,
           "wall": 0.06}
ON_HEIGHTS = {"grave": 0.86, "monument": 0.14}
IN_VILLAGES = {"grave": 0.70, "monument": 0.16, "wall": 0.08, "statue": 0.06}
MATERIALS = {"花岗岩": 0.30, "青石": 0.22, "混凝土": 0.26, "砖砌": 0.12, "土冢": 0.10}


@dataclass(frozen=True, slots=True)
class Memorials:
    """The frame, with places in projected metres, base outlines (width, depth in metres) and who are graded."""

    frame: pd.DataFrame
    places: Floats
    outline: Floats
    graded: Bools
    township: Ints


def make_memorials(ground: Ground, areas: Areas, stations: Stations, rng: np.random.Generator) -> Memorials:
    """One row a memorial."""
    places, site = _sites(ground, stations, rng)
    count = len(places)
    village = village_of(ground, places)
    kind = np.where(site == "seat", labels(rng, BY_SEAT, count),
                    np.where(site == "height", labels(rng, ON_HEIGHTS, count), labels(rng, IN_VILLAGES, count)))
    kind[0] = "cemetery"
    level = np.full(count, "ungraded", dtype=object)
    graded = np.arange(count) < round(count * 0.1)
    level[graded] = LEVELS[:int(graded.sum())]
    scores = _scores(site, graded, rng)
    completeness, causes = _completeness_and_causes(scores, site, graded, rng)
    outline = _outlines(kind, rng)
    township = areas.township_of[village]
    frame = layer_frame("memorials", {
        "id": [f"mem-{k:03d}" for k in range(1, count + 1)], "name": _names(areas, village, kind, site),
        "type": kind, "level": level, "village": np.array(areas.village_ids, dtype=object)[village],
        "built": np.where(graded, rng.integers(1952, 1990, count), rng.integers(1936, 2012, count)),
        "material": np.where(kind == "grave", labels(rng, MATERIALS, count),
                             rng.choice(["花岗岩", "青石", "混凝土"], count)),
        "size": [f"长{w:.1f}米，宽{d:.1f}米" for w, d in outline],
        "martyrs": _martyrs(kind, rng),
        "protecting_unit": [_protector(areas, int(v), one) for v, one in zip(village, level, strict=True)],
        "condition": conditions(scores),
        "structure_score": scores[:, 0], "inscription_score": scores[:, 1], "surroundings_score": scores[:, 2],
        "causes": causes, "completeness": completeness, **_papers(kind, graded, rng),
        "precision": np.where(site == "height", "group", np.where(rng.random(count) < 0.7, "door", "building")),
    }, to_wgs84(points(places)))
    return Memorials(frame, places, outline, graded, township)


def conditions(scores: Ints) -> Objects:
    """Condition that goes with scores, shape (n, 3): their mean, but at most a step better than the worst."""
    step = np.maximum(np.round(scores.mean(axis=1)).astype(int), scores.max(axis=1) - 1)
    return np.asarray(np.array(CONDITIONS, dtype=object)[step - 1])


def _sites(ground: Ground, stations: Stations, rng: np.random.Generator) -> tuple[Floats, Objects]:
    """A hill by the county town, slopes by the seats, high ground, and places near villages' centres."""
    size, settler = ground.size, Settler(ground.land, rng)
    nodes = [*_slope_near(settler, int(ground.places.centres[0]), (900, 3800), (35, 110))]
    for seat in ground.places.seats[1:].tolist():
        nodes += _slope_near(settler, seat, (250, 1500), (12, 90))
    by_seat = len(nodes)
    high = np.where((settler.above > 60) & (settler.edge > 300),
                    np.exp(-settler.slope / 0.2) * np.clip(settler.above / 250, 0, 2), 0)
    nodes += settler.pick(high, round(size.memorials * HIGH_SHARE), 0.23 * size.spacing_m, nodes)
    left = size.memorials - len(nodes)
    rural = np.arange(size.townships, size.villages)
    near = stations.village_places[rng.choice(rural, left, replace=False)] + rng.normal(0, 110, (left, 2))
    places = np.asarray(np.round(np.r_[ground.node_places[nodes], near], 2), dtype=np.float64)
    return places, np.array(["seat"] * by_seat + ["height"] * (len(nodes) - by_seat) + ["village"] * left, dtype=object)


def _slope_near(settler: Settler, seat: int, ring: tuple[int, int], above: tuple[int, int]) -> list[int]:
    distance = settler.distance(seat)
    fit = (distance > ring[0]) & (distance < ring[1]) & (settler.above > above[0]) & (settler.above < above[1])
    return settler.pick(fit.astype(float), 1, 0.0)


def _scores(site: Objects, graded: Bools, rng: np.random.Generator) -> Ints:
    """Structure, inscription, surroundings from 1 (intact) to 5 (ruined): the graded well kept, the remote less so."""
    state = rng.normal(2.65, 1.05, len(site)) + 0.8 * (site == "height") - 1.3 * graded
    scores = np.round(state[:, None] + rng.normal(0, 0.7, (len(site), 3)))
    return np.asarray(np.clip(scores, 1, 5), dtype=np.int64)


def _completeness_and_causes(scores: Ints, site: Objects, graded: Bools, rng: np.random.Generator
                             ) -> tuple[Objects, Objects]:
    """The six that should be there, and what is wrong, in agreement with each other and with the scores."""
    completeness, causes = [], []
    for (structure, inscription, surroundings), where, is_graded in zip(scores.tolist(), site, graded, strict=True):
        worst = max(structure, inscription, surroundings)
        there = {item for item in COMPLETENESS if rng.random() < (0.98 if is_graded else 1.02 - 0.13 * worst)}
        found = []
        if structure >= 3:
            found += ["crack"] if rng.random() < 0.75 else []
            found += ["subsidence"] if rng.random() < 0.35 or not found else []
        if inscription >= 3:
            found.append("illegible")
            there.discard("stele") if inscription == 5 else None
        if surroundings >= 3:
            found.append("weeds")
            blocked = where == "height" and rng.random() < 0.5
            found += ["path_blocked"] if blocked else []
            found += [c for c, p in (("encroachment", 0.12), ("construction", 0.08), ("unlit", 0.2)) if rng.random() < p]
            if blocked:
                there.discard("road")
        if "sign" not in there:
            found.append("no_sign")
        completeness.append(tuple(item for item in COMPLETENESS if item in there))
        causes.append(tuple(found))
    return as_objects(completeness), as_objects(causes)


def _outlines(kind: Objects, rng: np.random.Generator) -> Floats:
    """Width and depth of what is protected, metres."""
    typical = {"cemetery": (70, 45), "hall": (28, 16), "monument": (9, 7), "tower": (12, 12), "statue": (4, 4),
               "square": (40, 30), "columbarium": (14, 9), "grave": (3.2, 2.4), "wall": (12, 2.5)}
    sides = np.array([typical[k] for k in kind], dtype=float)
    return np.round(sides * np.exp(rng.normal(0, 0.22, sides.shape)), 1)


def _names(areas: Areas, village: Ints, kind: Objects, site: Objects) -> list[str]:
    """After the township at its seat, else after the village; a second one of a name is numbered."""
    names: list[str] = []
    for k, v in enumerate(village.tolist()):
        stem = areas.township_names[areas.township_of[v]][:2] if site[k] == "seat" else areas.village_stems[v]
        name = (COUNTY if k == 0 else stem) + NOUNS[kind[k]]
        same = sum(other.startswith(name) for other in names)
        names.append(f"{name}（{same + 1}号）" if same else name)
    return names


def _martyrs(kind: Objects, rng: np.random.Generator) -> Ints:
    many = np.isin(kind, ["cemetery", "hall", "monument", "tower", "square", "columbarium", "wall"])
    return np.where(many, np.round(np.exp(rng.normal(3.2, 0.9, len(kind)))), rng.choice([1, 1, 1, 2, 3, 5], len(kind))
                    ).astype(np.int64)


def _protector(areas: Areas, village: int, level: str) -> str:
    if level in ("provincial", "county"):
        return f"{COUNTY}退役军人事务局（虚构）"
    if level == "township":
        return areas.township_names[int(areas.township_of[village])] + "政府（虚构）"
    return areas.village_names[village] + ("居委会" if areas.village_names[village].endswith("社区") else "村委会")


def _papers(kind: Objects, graded: Bools, rng: np.random.Generator) -> dict[str, Any]:
    count = len(kind)
    filed = graded | (rng.random(count) < 0.55)
    titled = graded | (rng.random(count) < 0.2)
    staffed = np.isin(kind, ["hall", "cemetery", "columbarium"])
    return {
        "filing_no": [f"岚退烈备〔{2020 + k % 6}〕{k + 1}号" if f else None for k, f in enumerate(filed)],
        "title_no": [f"岚不动产权第{9900 + k}号" if t else None for k, t in enumerate(titled)],
        "opening_hours": ["08:30-17:00" if s else None if k == "grave" else "全天"
                          for s, k in zip(staffed, kind, strict=True)],
    }
