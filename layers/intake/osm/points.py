"""Mapped features to stations, support points and memorials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import ParameterError
from layers.intake.osm import businesses
from layers.intake.osm.businesses import business_of
from layers.intake.osm.places import Locator
from layers.intake.osm.reader import Feature
from layers.intake.osm.report import NO_SHAPE, Tally
from layers.intake.osm.tags import Tags, address, display_name, is_gone, year
from layers.schema import WGS84, Label
from layers.vocabulary import BUSINESS

TagPattern = tuple[str, str]
"""Key and value, the value ``*`` for any."""

DEFAULT_STATION_TAGS: tuple[TagPattern, ...] = (
    ("amenity", "townhall"), ("amenity", "community_centre"), ("amenity", "social_facility"), ("office", "government"),
)
"""Where a bureau's stations sit: with the township government, the community centre, the social services."""

VETERANS_STATION = "退役军人服务"
"""A named veterans' service station counts whatever its tags, unless tags were chosen."""

_HOMES = frozenset(("nursing_home", "assisted_living", "group_home", "hospice", "shelter", "soup_kitchen", "food_bank",
                    "clothing_bank", "dairy_kitchen", "day_care"))
_NO = ("", "no", "vacant")

STATIONS = Label("服务站", "stations")
SUPPORT = Label("服务点（商户等）", "support points")
MEMORIALS = Label("纪念设施", "memorials")
IN_NO_TOWNSHIP = Label("不在任何取用的乡镇内", "in none of the townships taken")
TWICE = Label("同一处既有点又有面，只取一个", "mapped twice, as a point and as an area; one is taken")
GONE = Label("已停用或废弃", "disused or abandoned")
PERSONAL = Label("个人纪念物（绊脚石、幽灵单车、长椅等）", "marks for single persons (stolperstein, ghost bike, bench)")


def parse_station_tags(chosen: Sequence[str]) -> tuple[TagPattern, ...]:
    """Patterns of ``key=value`` texts; one text may hold several with commas, and ``key=*`` takes any value.

    Raises
    ------
    ParameterError
        When a text is not of that form.
    """
    patterns = []
    for text in (part.strip() for item in chosen for part in item.split(",")):
        if not text:
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            msg = (
                f"服务站标签“{text}”写法不对，应为 键=值，如 amenity=townhall，任意值写 键=* "
                f"(station tag {text!r} is not key=value, such as amenity=townhall, or key=*)"
            )
            raise ParameterError(msg)
        patterns.append((key, value))
    return tuple(patterns)


def is_station(tags: Tags, patterns: Sequence[TagPattern]) -> bool:
    """Whether the feature is one of the chosen stations; without a choice, of the default ones."""
    if patterns:
        return _matches(tags, patterns)
    if VETERANS_STATION in (display_name(tags) or ""):
        return True
    return _matches(tags, DEFAULT_STATION_TAGS) and tags.get("social_facility") not in _HOMES


def station_level(tags: Tags) -> str:
    """Level by the last word for a unit in a Chinese name, else by what the feature is.

    Town halls and government offices serve a township, everything else a village or community.
    """
    units = re.findall(r"社区|小区|园区|村|街道|镇|乡|县|区|市|旗", display_name(tags) or "")
    if units:
        word = units[-1]
        return {"镇": "township", "乡": "township", "街道": "township",
                "县": "county", "区": "county", "市": "county", "旗": "county"}.get(word, "village")
    return "township" if tags.get("amenity") == "townhall" or tags.get("office") == "government" else "village"


def memorial_type(tags: Tags) -> str | Label | None:
    """Type of memorial, why it is not taken, or None when it is none."""
    if tags.get("landuse") == "cemetery" or tags.get("amenity") == "grave_yard":
        return "cemetery"
    if tags.get("historic") not in ("memorial", "monument") and tags.get("memorial", "no") in _NO:
        return None
    values = set(tags.get("memorial", "").split(";")) | set(tags.get("memorial:type", "").split(";"))
    if values & _PERSONAL:
        return PERSONAL
    for code, words in _MEMORIAL_WORDS.items():
        if values & words or (code == "tower" and tags.get("man_made") == "tower"):
            return code
    if tags.get("tourism") == "museum" or tags.get("building", "no") not in _NO:
        return "hall"
    return "square" if tags.get("place") == "square" or tags.get("leisure") in ("park", "garden") else "monument"


_PERSONAL = frozenset(("stolperstein", "stolperschwelle", "ghost_bike", "bench", "blue_plaque", "tree", "grave_marker"))
_MEMORIAL_WORDS: Mapping[str, frozenset[str]] = {
    "statue": frozenset(("statue", "bust", "sculpture", "equestrian_statue")),
    "wall": frozenset(("wall", "wall_of_names")),
    "grave": frozenset(("grave", "war_grave", "tomb", "mass_grave")),
    "tower": frozenset(("tower", "shrine", "pagoda")),
    "columbarium": frozenset(("columbarium",)),
    "square": frozenset(("square", "garden", "park")),
    "hall": frozenset(("building", "hall", "museum")),
}


def point_keys(patterns: Sequence[TagPattern]) -> tuple[str, ...]:
    """Keys of which a feature needs one to be looked at."""
    chosen = (key for key, _ in (*patterns, *DEFAULT_STATION_TAGS))
    return tuple(dict.fromkeys(("historic", "memorial", "landuse", *businesses.KEYS, *chosen)))


class _Found(NamedTuple):
    feature: Feature
    sort: str
    name: str | None


class Gatherer:
    """Sorts features into stations, support points and memorials as they come."""

    def __init__(self, patterns: Sequence[TagPattern], left_out: Tally) -> None:
        self._patterns = patterns
        self._keys = frozenset(point_keys(patterns))
        self._left_out = left_out
        self._stations: list[_Found] = []
        self._support: list[_Found] = []
        self._memorials: list[_Found] = []

    def add(self, feature: Feature) -> None:
        """Take a feature for each layer that it belongs to; a station is not a support point as well."""
        tags = feature.tags
        if self._keys.isdisjoint(tags):
            return
        memorial = memorial_type(tags)
        station = is_station(tags, self._patterns)
        business = None if station else business_of(tags)
        if not (memorial or station or business):
            return
        name = display_name(tags)
        for what, sort, taken in (
            (STATIONS, station_level(tags) if station else None, self._stations),
            (SUPPORT, business, self._support),
            (MEMORIALS, memorial, self._memorials),
        ):
            if isinstance(sort, Label):
                self._left_out.add(what, sort)
            elif sort and is_gone(tags):
                self._left_out.add(what, GONE, names=[name] if name else [])
            elif sort and not feature.wkb:
                self._left_out.add(what, NO_SHAPE, names=[name] if name else [])
            elif sort:
                taken.append(_Found(feature, sort, name))

    def stations(self, locator: Locator) -> gpd.GeoDataFrame:
        """Stations with the township or village that they serve."""
        table = self._located(STATIONS, self._stations, locator, _station_word)
        unit = table["village"].where(table["sort"] == "village").fillna(table["township"])
        unit = unit.where(table["sort"] != "county", None)
        phones = [t.get("phone") or t.get("contact:phone") for t in table["tags"]]
        return _frame(table, level=table["sort"], status="open", unit=unit, phone=phones)

    def support_points(self, locator: Locator) -> gpd.GeoDataFrame:
        """Support points; all count as merchants, the only kind that a map can show."""
        table = self._located(SUPPORT, self._support, locator, lambda found: BUSINESS.label(found.sort))
        return _frame(table, kind="merchant", business=table["sort"])

    def memorials(self, locator: Locator) -> gpd.GeoDataFrame:
        """Memorials and cemeteries, none of them graded."""
        table = self._located(MEMORIALS, self._memorials, locator, _memorial_word)
        tags = list(table["tags"])
        return _frame(table, type=table["sort"], level="ungraded", built=[year(t) for t in tags],
                      material=[t.get("material") for t in tags], protecting_unit=[t.get("operator") for t in tags],
                      opening_hours=[t.get("opening_hours") for t in tags])

    def _located(self, what: Label, found: list[_Found], locator: Locator, word: Any) -> pd.DataFrame:
        found = sorted(found, key=lambda f: (f.feature.kind, f.feature.number))
        shapes = shapely.from_wkb([f.feature.wkb for f in found])
        twice = _mapped_twice(found, shapes)
        self._left_out.add(what, TWICE, int(twice.sum()))
        points = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes))
        township = locator.township_of(points)
        outside = pd.isna(township) & ~twice
        self._left_out.add(what, IN_NO_TOWNSHIP, int(outside.sum()),
                           names=[f.name for f, out in zip(found, outside, strict=True) if out and f.name])
        table = pd.DataFrame({
            "id": [f"osm-{f.feature.kind}{f.feature.number}" for f in found],
            "sort": [f.sort for f in found],
            "tags": [f.feature.tags for f in found],
            "township": township,
            "village": locator.village_of(points, township),
            "precision": ["door" if f.feature.kind == "n" else "building" for f in found],
            "geometry": points,
        })
        names = [f.name or _stand_in_name(f, t, word(f), locator) for f, t in zip(found, township, strict=True)]
        table.insert(1, "name", names)
        return table[~(outside | twice)].reset_index(drop=True)


def _station_word(_found: _Found) -> Label:
    return Label("服务站", "station")


def _memorial_word(found: _Found) -> Label:
    return Label("墓地", "cemetery") if found.sort == "cemetery" else Label("纪念设施", "memorial")


def _stand_in_name(found: _Found, township: str | None, word: Label, locator: Locator) -> str:
    """Brand or operator, else the township and what it is: things without a name are many."""
    given = found.feature.tags.get("brand", "").strip() or found.feature.tags.get("operator", "").strip()
    place = locator.township_name(township)
    return given or f"{place} {word.zh} {word.en}".strip()


def _mapped_twice(found: Sequence[_Found], shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Areas that hold a point of the same sort with the same name, or where one of the two has none."""
    twice = np.zeros(len(found), dtype=bool)
    areas = np.flatnonzero(shapely.get_type_id(shapes) > 0)
    points = np.flatnonzero(shapely.get_type_id(shapes) == 0)
    if len(areas) and len(points):
        area, point = shapely.STRtree(shapes[points]).query(shapes[areas], predicate="intersects")
        for a, p in zip(areas[area], points[point], strict=True):
            one, other = found[a], found[p]
            twice[a] |= one.sort == other.sort and (not one.name or not other.name or one.name == other.name)
    return twice


def _frame(table: pd.DataFrame, **columns: Any) -> gpd.GeoDataFrame:
    addresses = pd.Series([address(tags) for tags in table["tags"]], index=table.index, dtype=object)
    plain = table.drop(columns=["sort", "tags", "township"]).assign(address=addresses, **columns)
    return gpd.GeoDataFrame(plain, geometry="geometry", crs=WGS84)


def _matches(tags: Tags, patterns: Sequence[TagPattern]) -> bool:
    for key, wanted in patterns:
        values = [value.strip() for value in tags.get(key, "").split(";")]
        if wanted in values or (wanted == "*" and values[0] not in _NO):
            return True
    return False
