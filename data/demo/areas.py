"""Townships and villages: codes, names, polygons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage as ndi

from data.demo.frames import AS_OF, layer_frame, to_wgs84
from data.demo.grid import Ints
from data.demo.ground import Ground
from data.demo.names import COUNTY_CODE, township_names, village_names

HILL_SHARE = 3 / 11
"""Share of the towns beyond the county town that are 乡, and as many 镇 again have names of the hills."""
SINCE = dt.date(2012, 1, 1)


@dataclass(frozen=True, slots=True)
class Areas:
    """Frames of townships and villages, with ids and full names in the order of the ground's arrays."""

    townships: pd.DataFrame
    villages: pd.DataFrame
    township_ids: list[str]
    township_names: list[str]
    village_ids: list[str]
    village_names: list[str]
    village_stems: list[str]
    township_of: Ints

    def address(self, village: int) -> str:
        """Township and village in words."""
        return self.township_names[int(self.township_of[village])] + self.village_names[village]


def make_areas(ground: Ground, rng: np.random.Generator) -> Areas:
    """Name and number the townships and villages."""
    kinds, in_basin = _township_kinds(ground)
    names = township_names(rng, kinds, in_basin)
    ids = _township_ids(kinds)
    size, places, township_of = ground.size, ground.places, ground.division.township_of
    community = places.is_urban(size.subdistricts) | places.is_suburban()
    community[:size.townships] = True
    stems = village_names(rng, community.tolist(), names)
    full = [stem + ("社区" if c else "村") for stem, c in zip(stems, community, strict=True)]
    village_ids = _village_ids(township_of, community, ids)
    shapes = to_wgs84(ground.villages)
    whole = np.array([shapely.coverage_union_all(shapes[township_of == k]) for k in range(size.townships)])
    townships = layer_frame("townships", {
        "id": ids, "code": ids, "name": names, "kind": kinds, "valid_from": pd.Timestamp(SINCE),
        "boundary_source": "按种子生成的虚构数据", "boundary_date": pd.Timestamp(AS_OF),
    }, whole)
    villages = layer_frame("villages", {
        "id": village_ids, "code": village_ids, "name": full, "kind": np.where(community, "shequ", "cun"),
        "township": [ids[k] for k in township_of], "valid_from": pd.Timestamp(SINCE),
    }, shapes)
    return Areas(townships, villages, ids, names, village_ids, full, stems, township_of)


def _township_kinds(ground: Ground) -> tuple[list[str], list[bool]]:
    """Kind of each township, and whether its name speaks of valleys: the steepest are 乡 and of the hills."""
    size = ground.size
    slope = ground.land.at(ndi.gaussian_filter(ground.land.landscape.slope, 25))[ground.places.seats]
    order = size.subdistricts + np.argsort(-slope[size.subdistricts:], kind="stable")
    rural = max(1, round(size.towns * HILL_SHARE))
    kinds = ["jiedao"] * size.subdistricts + ["zhen"] * size.towns
    for k in order[:rural]:
        kinds[k] = "xiang"
    hills = set(order[:2 * rural].tolist())
    return kinds, [k not in hills for k in range(size.townships)]


def _township_ids(kinds: list[str]) -> list[str]:
    first = {"jiedao": 1, "zhen": 100, "xiang": 200}
    counted = dict.fromkeys(first, 0)
    ids = []
    for kind in kinds:
        ids.append(f"{COUNTY_CODE}{first[kind] + counted[kind]:03d}")
        counted[kind] += 1
    return ids


def _village_ids(township_of: Ints, community: np.ndarray, ids: list[str]) -> list[str]:
    counted: dict[tuple[int, bool], int] = {}
    found = []
    for township, is_community in zip(township_of.tolist(), community.tolist(), strict=True):
        key = township, is_community
        counted[key] = counted.get(key, -1) + 1
        found.append(f"{ids[township]}{(1 if is_community else 200) + counted[key]:03d}")
    return found
