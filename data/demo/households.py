"""The households layer: who they are, how they live, when they were last seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.demo.areas import Areas
from data.demo.frames import AS_OF, layer_frame, points, to_wgs84
from data.demo.grid import Bools, Ints, Objects, as_objects
from data.demo.ground import Ground
from data.demo.names import person_names, phone_numbers
from data.demo.people import People
from data.demo.randomness import exact_share, labels

# Shares of all households, after the public reports of such counties.
ACTIVE = 0.066
ACTIVE_IN_HARDSHIP = 33 / 1329
EMPTY_NEST = 0.020
ADAPTED = 105 / 20_000
VILLAGE_PRECISION, UNKNOWN_PRECISION = 0.031, 0.0021
TEAM_SIZE = 70
UNPAIRED = 0.06


def make_households(ground: Ground, areas: Areas, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """One row a household; visits are added by another step."""
    count = len(people.places)
    order = np.lexsort((people.places[:, 0], people.hamlet, people.village))
    village, persons, urban = people.village[order], people.persons[order], people.urban[order]
    born = _birth_years(count, rng)
    traits = _traits(born, urban, rng)
    precision = _precisions(people.hamlet[order], urban, rng)
    places = np.where((precision == "village")[:, None], ground.centres[village], people.places[order])
    shapes = to_wgs84(points(places))
    shapes[precision == "unknown"] = None
    return layer_frame("households", {
        "id": [f"hh-{k:05d}" for k in range(1, count + 1)],
        "village": np.array(areas.village_ids, dtype=object)[village],
        "group_name": _groups(people.hamlet[order], village, urban),
        "persons": persons, "eldest_birth_year": born, **traits,
        "pairing": _pairings(areas, village, rng),
        "last_contact": pd.NaT, "last_visit": pd.NaT,
        "contact_name": person_names(rng, count), "phone": phone_numbers(rng, count), "identity_no": None,
        "precision": precision,
    }, shapes)


def _birth_years(count: int, rng: np.random.Generator) -> Ints:
    """Of the eldest: the long-served, the many of the sixties and seventies, the young."""
    wave = rng.choice(4, count, p=[0.06, 0.36, 0.38, 0.20])
    middle, spread = np.array([1938, 1955, 1971, 1988])[wave], np.array([5, 6, 7, 7])[wave]
    return np.clip(np.round(rng.normal(middle, spread)), 1924, 2006).astype(np.int64)


def _traits(born: Ints, urban: Bools, rng: np.random.Generator) -> dict[str, Any]:
    """Categories (many at once), living alone, difficulty, plaque and adaptation, in agreement with each other."""
    count = len(born)
    every = np.ones(count, dtype=bool)
    age = AS_OF.year - born

    def some(among: Bools, share: float) -> Bools:
        return exact_share(rng, among, round(share * count))

    active = some(age < 62, ACTIVE)
    kin = {"martyr_kin": some(age >= 40, 0.014), "duty_kin": some(every, 0.003), "illness_kin": some(age >= 45, 0.007)}
    bereaved = kin["martyr_kin"] | kin["duty_kin"] | kin["illness_kin"]
    veteran = ~bereaved & ~(active & (rng.random(count) < 0.7)) | (rng.random(count) < 0.1)
    held: dict[str, Bools] = {
        "veteran": veteran, "disabled": some(veteran, 0.026), **kin, "active_family": active,
        "demobilised": some(veteran & (born <= 1937), 0.008), "ill_returned": some(veteran & ~urban, 0.015),
        "combat": some(veteran & (born >= 1935) & (born <= 1966), 0.075),
        "rural_60": veteran & ~urban & (age >= 60) & (rng.random(count) < 0.82),
        "martyr_child": some(kin["martyr_kin"] & (age >= 60), 0.006),
    }
    empty = some(veteran & (age >= 65), EMPTY_NEST)
    alone = (empty & (rng.random(count) < 0.45)) | ((age >= 60) & (rng.random(count) < 0.05))
    hard_active = exact_share(rng, active, round(ACTIVE_IN_HARDSHIP * int(active.sum())))
    hard = hard_active | exact_share(rng, ~active, round(0.024 * count))
    held["empty_nest"], held["hardship"] = empty, hard
    kinds = labels(rng, {"minimum": 0.30, "edge": 0.22, "illness": 0.24, "disability": 0.16, "sudden": 0.08}, count)
    entitled = veteran | active | kin["martyr_kin"]
    return {
        "categories": _categories(held, count),
        "lives_alone": alone,
        "difficulty": np.where(hard, kinds, "none"),
        "plaque_hung": np.where(entitled, rng.random(count) < np.where(urban, 0.965, 0.985), False),
        **_adaptation(exact_share(rng, (empty | held["disabled"]) & (age >= 60), round(ADAPTED * count)), rng),
    }


def _categories(held: dict[str, Bools], count: int) -> Objects:
    names = list(held)
    table = np.column_stack([held[name] for name in names])
    table[~table.any(axis=1), 0] = True
    return as_objects([tuple(names[k] for k in np.flatnonzero(row)) for row in table[:count]])


def _adaptation(listed: Bools, rng: np.random.Generator) -> dict[str, Any]:
    """State and cost of adaptation works: most cost 3,000 yuan or more, a few less."""
    state = np.full(len(listed), "none", dtype=object)
    state[listed] = labels(rng, {"listed": 0.25, "working": 0.15, "done": 0.60}, int(listed.sum()))
    cost = np.round(rng.gamma(6, 750, len(listed)) / 100) * 100
    cost = np.where(rng.random(len(listed)) < 0.94, np.maximum(cost, 3000), np.clip(cost, 1800, 2800))
    return {"adaptation": state, "adaptation_yuan": np.where(np.isin(state, ["working", "done"]), cost, np.nan)}


def _precisions(hamlet: Ints, urban: Bools, rng: np.random.Generator) -> Objects:
    """Buildings in towns, doors and groups in the country; some known to the village only, a few not at all."""
    count = len(hamlet)
    draw = rng.random(count)
    precision = np.where(urban | (hamlet < 0), np.where(draw < 0.55, "building", "door"),
                         np.where(draw < 0.62, "door", "group")).astype(object)
    vague = exact_share(rng, np.ones(count, dtype=bool), round(VILLAGE_PRECISION * count))
    precision[vague] = "village"
    precision[exact_share(rng, ~vague, round(UNKNOWN_PRECISION * count))] = "unknown"
    return precision


def _groups(hamlet: Ints, village: Ints, urban: Bools) -> Objects:
    """第几组 of the village: its hamlets in order; blocks of a community are 网格."""
    names = np.full(len(hamlet), None, dtype=object)
    for v in np.unique(village):
        mine = np.flatnonzero(village == v)
        known = np.unique(hamlet[mine][hamlet[mine] >= 0])
        group = np.searchsorted(known, hamlet[mine]) + 1
        names[mine] = [f"第{g}组" if h >= 0 else None for g, h in zip(group, hamlet[mine], strict=True)]
        streets = mine[(hamlet[mine] < 0) & urban[mine]]
        names[streets] = [f"第{1 + k // 40}网格" for k in range(len(streets))]
    return names


def _pairings(areas: Areas, village: Ints, rng: np.random.Generator) -> Objects:
    """The volunteer team that looks after each household: teams of a township, neighbours together."""
    pairing = np.full(len(village), None, dtype=object)
    township = areas.township_of[village]
    for k, code in enumerate(areas.township_ids):
        mine = np.flatnonzero(township == k)
        pairing[mine] = [f"team-{code}-{1 + place // TEAM_SIZE:02d}" for place in range(len(mine))]
    pairing[exact_share(rng, np.ones(len(village), dtype=bool), round(UNPAIRED * len(village)))] = None
    return pairing
