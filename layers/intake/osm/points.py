"""Mapped features to stations, support points and memorials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.intake.osm.businesses import business_of
from layers.intake.osm.places import Locator
from layers.intake.osm.point_tags import TagPattern, is_station, memorial_type, point_keys, station_level
from layers.intake.osm.reader import Feature
from layers.intake.osm.report import IN_NO_TOWNSHIP, NO_SHAPE, Tally
from layers.intake.osm.tags import address, display_name, is_gone, year
from layers.schema import WGS84, Label
from layers.vocabulary import BUSINESS

STATIONS = Label("服务站", "stations")
SUPPORT = Label("服务点（商户等）", "support points")
MEMORIALS = Label("纪念设施", "memorials")
TWICE = Label("同一处既有点又有面，只取一个", "mapped twice, as a point and as an area; one is taken")
GONE = Label("已停用或废弃", "disused or abandoned")


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
