"""Buildings that look lived in, to anonymous households for planning.

OpenStreetMap knows buildings, not who lives in them: every building becomes one household whose
``persons`` is the number of dwellings it is thought to hold, so that reach can be planned before
the real register is loaded. A building counts when its tag names a dwelling; ``building=yes``
counts when nothing says otherwise: no other use is tagged, it is not on industrial or similar
land, and its footprint is that of a house (25 to 2,000 square metres).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import metric_crs
from layers.intake.osm.places import Locator
from layers.intake.osm.reader import Feature
from layers.intake.osm.report import IN_NO_TOWNSHIP, NO_SHAPE, Tally
from layers.intake.osm.tags import Tags, is_gone
from layers.schema import WGS84, Label

BUILDINGS = Label("建筑物", "buildings")
OTHER_USE = Label("不是住宅（车库、棚屋、厂房、教堂等）", "not a dwelling (garage, shed, industry, church)")
TAGGED_USE = Label("标有其他用途（学校、商铺、办公等）", "tagged with another use (school, shop, office)")
TOO_SMALL_OR_LARGE = Label("占地不像住宅（小于 25 或大于 2000 平方米）",
                           "footprint unlike a house (under 25 or over 2,000 square metres)")
ON_OTHER_LAND = Label("位于工业、商业、农场等用地", "on industrial, commercial or similar land")

OTHER_LAND = frozenset((
    "industrial", "commercial", "retail", "farmyard", "railway", "quarry", "military", "landfill", "port", "depot",
    "greenhouse_horticulture", "construction", "cemetery", "allotments", "brownfield", "plant_nursery",
))
"""Values of ``landuse`` where a building of unknown use is not taken for a dwelling."""

_DWELLINGS = frozenset((
    "house", "residential", "detached", "semidetached_house", "semi", "terrace", "apartments", "bungalow", "villa",
    "farm", "dormitory", "static_caravan", "houseboat", "ger", "tulou", "cabin",
))
_MANY_HOMES = frozenset(("apartments", "dormitory"))
_OTHER_USES = ("amenity", "shop", "office", "craft", "industrial", "man_made", "tourism", "leisure", "power", "railway",
               "aeroway", "public_transport", "military", "religion", "historic", "telecom", "healthcare", "emergency",
               "barrier", "parking", "sport", "club", "landuse")
_SMALLEST_M2, _LARGEST_M2 = 25.0, 2000.0
_HOMES_PER_LEVEL = 2
_USUAL_LEVELS = 3
_MOST_PERSONS = 50


class BuildingCollector:
    """Takes buildings as they come and makes households of them once all are there."""

    def __init__(self, left_out: Tally) -> None:
        self._left_out = left_out
        self._ids: list[str] = []
        self._persons: list[int] = []
        self._unknown_use: list[bool] = []
        self._shapes: list[str] = []
        self._other_land: list[str] = []

    def add(self, feature: Feature) -> None:
        """Take a building that looks lived in, or land on which others do not; count the rest."""
        if feature.kind != "n" and feature.wkb and feature.tags.get("landuse") in OTHER_LAND:
            self._other_land.append(feature.wkb)
        value = feature.tags.get("building", "no")
        if value in ("no", ""):
            return
        if value not in _DWELLINGS | {"yes"} or is_gone(feature.tags):
            self._left_out.add(BUILDINGS, OTHER_USE)
        elif value == "yes" and any(feature.tags.get(key, "no") != "no" for key in _OTHER_USES):
            self._left_out.add(BUILDINGS, TAGGED_USE)
        elif not feature.wkb:
            self._left_out.add(BUILDINGS, NO_SHAPE)
        else:
            self._ids.append(f"osm-b{'' if feature.kind == 'w' else feature.kind}{feature.number}")
            self._persons.append(homes(feature.tags))
            self._unknown_use.append(value == "yes")
            self._shapes.append(feature.wkb)

    def build(self, locator: Locator) -> gpd.GeoDataFrame:
        """Households with their village, ordered by id."""
        shapes = shapely.from_wkb(self._shapes)
        points = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes))
        township = locator.township_of(points)
        unknown_use = np.array(self._unknown_use, dtype=bool)
        keep = np.ones(len(points), dtype=bool)
        tests: tuple[tuple[Label, Callable[[NDArray[np.intp]], NDArray[np.bool_]]], ...] = (
            (IN_NO_TOWNSHIP, lambda at: pd.isna(township[at])),
            (TOO_SMALL_OR_LARGE, lambda at: unknown_use[at] & _odd_size(shapes[at])),
            (ON_OTHER_LAND, lambda at: unknown_use[at] & self._on_other_land(points[at])),
        )
        for reason, fails in tests:
            asked = np.flatnonzero(keep)
            out = asked[fails(asked)]
            keep[out] = False
            self._left_out.add(BUILDINGS, reason, len(out))
        frame = gpd.GeoDataFrame({
            "id": np.array(self._ids, dtype=object)[keep],
            "village": locator.village_of(points[keep], township[keep]),
            "township": township[keep],
            "persons": np.array(self._persons, dtype=np.int64)[keep],
            "precision": "building",
        }, geometry=points[keep], crs=WGS84)
        return frame.sort_values("id", ignore_index=True)

    def _on_other_land(self, points: NDArray[np.object_]) -> NDArray[np.bool_]:
        there = np.zeros(len(points), dtype=bool)
        if self._other_land and len(points):
            land = shapely.from_wkb(self._other_land)
            there[shapely.STRtree(land).query(points, predicate="intersects")[0]] = True
        return there


def _odd_size(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Areas too small or too large for a house; points have no size and pass."""
    outlines = gpd.GeoSeries(shapes, crs=WGS84)
    if outlines.empty:
        return np.zeros(0, dtype=bool)
    area = outlines.to_crs(metric_crs(tuple(outlines.total_bounds))).area.to_numpy()
    odd: NDArray[np.bool_] = (shapely.get_type_id(shapes) > 0) & ((area < _SMALLEST_M2) | (area > _LARGEST_M2))
    return odd


def homes(tags: Tags) -> int:
    """Dwellings in a building: as tagged, else two a storey for apartments (three storeys unless tagged), else one."""
    flats = _whole(tags.get("building:flats", ""))
    if flats is None and tags.get("building") in _MANY_HOMES:
        flats = _HOMES_PER_LEVEL * (_whole(tags.get("building:levels", "")) or _USUAL_LEVELS)
    return min(max(flats or 1, 1), _MOST_PERSONS)


def _whole(value: str) -> int | None:
    found = re.match(r"\s*(\d{1,4})(?:\.\d+)?\s*$", value)
    return int(found[1]) if found else None
