"""Support points: clinics and hospitals first, then shops, posts and windows where people pass."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from shapely import ops

from data.demo.areas import Areas
from data.demo.frames import days_before, layer_frame, to_wgs84
from data.demo.grid import Floats, Ints, Objects, as_objects
from data.demo.ground import Ground, village_of
from data.demo.names import COUNTY, shop_names
from data.demo.people import People, beside
from data.demo.randomness import labels
from data.demo.stations import Stations

KINDS = {"merchant": 0.865, "post": 0.03, "window": 0.05, "employment": 0.03, "honour": 0.025}
MERCHANTS = {"shopping": 0.25, "catering": 0.22, "medical": 0.09, "household": 0.07, "telecom": 0.07, "finance": 0.06,
             "lodging": 0.06, "transport": 0.05, "culture": 0.04, "education": 0.04, "elderly": 0.03, "legal": 0.02}
WINDOWS = {"finance": 0.4, "medical": 0.2, "telecom": 0.2, "transport": 0.2}
SHOPS = {
    "medical": ("药房", "诊所", "口腔门诊"), "elderly": ("养老服务站", "康养中心"), "transport": ("汽修", "驾校", "客运服务点"),
    "culture": ("影院", "书店", "农家乐园"), "catering": ("饭店", "面馆", "早餐店", "茶餐厅"), "lodging": ("宾馆", "民宿", "旅社"),
    "shopping": ("超市", "便利店", "五金店", "服装店"), "finance": ("金融服务点", "保险服务点"), "telecom": ("手机店", "通信营业厅"),
    "education": ("职业培训学校", "文化培训班"), "legal": ("法律服务所", "律师事务所"), "household": ("家政服务部", "洗衣店", "家电维修部"),
}
OFFERS = {
    "medical": ("免普通挂号费", "优先就诊"), "elderly": ("床位费九折", "免费体检一次"), "transport": ("工时费八折", "优先购票"),
    "culture": ("门票免费", "门票半价"), "catering": ("消费九折", "赠菜一份"), "lodging": ("房价八五折", "房价八折"),
    "shopping": ("满百减十", "九五折", "送货上门"), "finance": ("优先办理", "免开户手续费"), "telecom": ("套餐八折", "免手续费"),
    "education": ("学费九折", "免费试听"), "legal": ("免费咨询", "代理费八折"), "household": ("上门费减免", "服务费九折"),
}
WINDOW_NAMES = {"finance": "银行网点优先窗口", "medical": "卫生院优先窗口", "telecom": "营业厅优先窗口", "transport": "车站优先窗口"}
STREETS = 3
PASSABLE = ("trunk", "county", "township", "village", "street", "arterial")


def make_support_points(ground: Ground, areas: Areas, people: People, stations: Stations, rng: np.random.Generator
                        ) -> pd.DataFrame:
    """A clinic for every village, a hospital for every township, the rest by households, three streets."""
    size = ground.size
    streets = _streets(ground)
    left = size.support_points - size.villages - size.townships - len(streets)
    places = np.r_[stations.village_places + rng.normal(0, 40, (size.villages, 2)),
                   stations.township_places + rng.normal(0, 150, (size.townships, 2)),
                   _along_roads(ground, people, left, rng)]
    places = np.round(places, 2)
    village = village_of(ground, np.r_[places, [shapely.get_coordinates(s.centroid)[0] for s in streets]])
    kind = np.r_[np.full(size.villages, "health"), np.full(size.townships, "window"), labels(rng, KINDS, left),
                 np.full(len(streets), "street")].astype(object)
    business = _business(kind, size.villages, size.townships, rng)
    names = _names(areas, village, kind, business, rng)
    offer = _offers(kind, business, rng)
    begins, ends = _agreements(kind, rng)
    shapes = np.r_[shapely.points(places), streets]
    return layer_frame("support_points", {
        "id": [f"sp-{k:05d}" for k in range(1, len(shapes) + 1)], "name": names, "kind": kind, "business": business,
        "offer": offer, "agreement_from": begins, "agreement_to": ends,
        "address": [COUNTY + areas.address(int(v)) for v in village],
        "precision": np.where(rng.random(len(shapes)) < 0.8, "door", "building"),
    }, to_wgs84(shapes))


def _streets(ground: Ground) -> Objects:
    """Stretches of arterials of the county town, one each of the longest."""
    arterial = ground.streets.lines[ground.streets.kind == "arterial"]
    longest = arterial[np.argsort(-shapely.length(arterial), kind="stable")[:STREETS]]
    return as_objects([ops.substring(line, 0.35, 0.65, normalized=True) for line in longest])


def _along_roads(ground: Ground, people: People, count: int, rng: np.random.Generator) -> Floats:
    """Beside roads near the villages' centres (anywhere in the county town's communities)."""
    size, edges = ground.size, ground.network.edges
    weight = np.bincount(people.village, minlength=size.villages).astype(float)
    weight[size.subdistricts:size.townships] *= 4
    numbers = rng.multinomial(count, weight / weight.sum())
    roads = np.flatnonzero(np.isin(edges.kind, PASSABLE))
    middles = edges.middles()[roads]
    owner = village_of(ground, middles)
    urban = ground.places.is_urban(size.subdistricts)
    places = []
    for village in np.flatnonzero(numbers).tolist():
        mine = np.flatnonzero(owner == village)
        if not urban[village]:
            distance = np.hypot(*(middles[mine] - ground.centres[village]).T)
            mine = mine[np.argsort(distance, kind="stable")[:max(6, len(mine) // 3)]]
        number = int(numbers[village])
        if len(mine):
            places.append(beside(edges.lines[roads[mine]], number, rng, 7, 16))
        else:
            places.append(ground.centres[village] + rng.normal(0, 100, (number, 2)))
    return np.concatenate(places)


def _business(kind: Objects, clinics: int, hospitals: int, rng: np.random.Generator) -> Objects:
    business = np.full(len(kind), None, dtype=object)
    for of_kind, shares in (("merchant", MERCHANTS), ("window", WINDOWS)):
        business[kind == of_kind] = labels(rng, shares, int((kind == of_kind).sum()))
    business[:clinics + hospitals] = "medical"
    business[kind == "honour"] = "culture"
    business[kind == "employment"] = "education"
    return business


def _names(areas: Areas, village: Ints, kind: Objects, business: Objects, rng: np.random.Generator) -> list[str]:
    shops = shop_names(rng, len(kind))
    pick = rng.integers(0, 12, len(kind))
    names = []
    for k, (of_kind, of_business) in enumerate(zip(kind.tolist(), business.tolist(), strict=True)):
        stem = areas.village_stems[village[k]]
        if of_kind == "merchant":
            nouns = SHOPS[of_business]
            names.append(shops[k] + nouns[pick[k] % len(nouns)])
        elif of_kind == "window":
            names.append(stem + WINDOW_NAMES[of_business])
        elif of_kind == "street":
            names.append(f"{shops[k]}路双拥街")
        else:
            names.append(stem + {"health": "健康关爱站", "post": "退役军人驿站", "employment": "就业创业服务点",
                                 "honour": "荣誉墙"}[of_kind])
    return names


def _offers(kind: Objects, business: Objects, rng: np.random.Generator) -> Objects:
    pick = rng.integers(0, 12, len(kind))
    stated = (kind == "merchant") & (rng.random(len(kind)) < 0.92)
    return as_objects([OFFERS[b][p % len(OFFERS[b])] if s else None
                       for b, p, s in zip(business.tolist(), pick.tolist(), stated, strict=True)])


def _agreements(kind: Objects, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First and last day: most run on for long, some end within 90 days, some have lapsed, some are unwritten."""
    count = len(kind)
    state = labels(rng, {"long": 0.73, "soon": 0.07, "lapsed": 0.12, "none": 0.08}, count)
    left = np.select([state == "long", state == "soon", state == "lapsed"],
                     [rng.integers(91, 1000, count), rng.integers(0, 91, count), -rng.integers(1, 600, count)], 0
                     ).astype(float)
    left[(state == "none") | ~np.isin(kind, ["merchant", "window", "post"])] = np.nan
    term = rng.choice([365, 730, 1096], count)
    term = np.where(term > np.nan_to_num(left) + 30, term, 1096)
    return days_before(term - left), days_before(-left)
