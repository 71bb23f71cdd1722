"""Places to villages, and which township and village a thing lies in.

Taken are the places that people live in as a community: city, town, village, hamlet, suburb,
quarter and neighbourhood. Isolated dwellings, farms, allotments, blocks and plots are too small to
be a unit; localities are names without inhabitants; municipalities, counties and the like are
larger than a village.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import metric_crs
from layers.intake.osm.boundaries import Shapes, level_of, polygonal
from layers.intake.osm.reader import Feature, Relation
from layers.intake.osm.report import IN_NO_TOWNSHIP, NO_SHAPE, Tally
from layers.intake.osm.tags import display_name, division_code, is_gone
from layers.schema import WGS84, Label

PLACES = Label("聚落（place）", "places")
NO_NAME = Label("没有名称", "has no name")
NOT_A_UNIT = Label("不是村（社区）一级的聚落", "not a place of the size of a village or community")
GONE = Label("已废弃", "abandoned")
HAS_POLYGON = Label("所在村已有边界面", "lies in a village that has an area already")
SWALLOWS = Label("是整个城镇的范围，其中的聚落另行取用", "the area of a whole town; the places in it are taken instead")

_RURAL = ("village", "hamlet")
_URBAN = ("city", "town", "suburb", "quarter", "neighbourhood")

_BOUNDARY, _SETTLEMENT, _WHOLE_TOWN = 0, 1, 2

Ids = NDArray[np.object_]


class _Place(NamedTuple):
    id: str
    name: str
    code: str | None
    kind: str
    shape: Any
    rank: int


def make_villages(
    places: Sequence[Feature], relations: Sequence[Relation], shapes: Shapes, townships: gpd.GeoDataFrame,
    *, level: int, left_out: Tally,
) -> gpd.GeoDataFrame:
    """Villages and communities in the townships: areas where there are any, else points.

    Areas are the complete boundaries of the one finer level that has most of them, and places
    mapped as an area; a place within a larger area that is taken already is left out.
    """
    boundaries = {r.number for r in relations}
    mapped = [p for p in places if not (p.kind == "r" and p.number in boundaries)]
    points = _named(mapped, "n", left_out)
    areas = [*_finer_boundaries(relations, shapes, townships, level), *_named(mapped, "wr", left_out)]
    found = [*_disjoint(areas, points, left_out), *points]
    inner = shapely.point_on_surface(np.array([p.shape for p in found], dtype=object))
    township = Locator(townships, None).township_of(inner)
    is_point = np.array([p.shape.geom_type == "Point" for p in found], dtype=bool)
    outside = pd.isna(township)
    areas_taken = [p.shape for p, skip in zip(found, is_point | outside, strict=True) if not skip]
    covered = is_point & _covered(inner, areas_taken)
    for reason, where in ((IN_NO_TOWNSHIP, outside), (HAS_POLYGON, covered & ~outside)):
        names = [p.name for p, out in zip(found, where, strict=True) if out]
        left_out.add(PLACES, reason, len(names), names=names)
    keep = [(p, t) for p, t, c in zip(found, township, covered, strict=True) if t is not None and not c]
    keep.sort(key=lambda pair: pair[0].id)
    return gpd.GeoDataFrame({
        "id": [p.id for p, _ in keep],
        "code": [p.code for p, _ in keep],
        "name": [p.name for p, _ in keep],
        "kind": [p.kind for p, _ in keep],
        "township": [t for _, t in keep],
    }, geometry=[p.shape for p, _ in keep], crs=WGS84)


def stand_in_villages(
    villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, needed: Sequence[str]
) -> gpd.GeoDataFrame:
    """``villages`` and, for each township ``needed``, a point in it that bears its name.

    Households are counted by village: where the map has no place in a township, the township
    itself stands in, so that the shares of townships and villages add up.
    """
    extra = townships[townships["id"].isin(needed)]
    points = gpd.GeoDataFrame({
        "id": extra["id"] + "-seat", "code": None, "name": extra["name"], "kind": "other", "township": extra["id"],
    }, geometry=extra.geometry.representative_point(), crs=WGS84)
    return gpd.GeoDataFrame(pd.concat([villages, points], ignore_index=True), geometry="geometry", crs=WGS84)


class Locator:
    """Which township and which village points lie in.

    Parameters
    ----------
    townships, villages
        Frames of the layers, WGS 84. Without villages only townships can be asked for.
    """

    def __init__(self, townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame | None) -> None:
        self._townships = townships
        self._villages = villages
        self._names = dict(zip(townships["id"], townships["name"], strict=True))
        self._crs = metric_crs(tuple(townships.total_bounds))

    def township_name(self, township: str | None) -> str:
        """Name of a township, empty for None."""
        return "" if township is None else str(self._names[township])

    def township_of(self, points: NDArray[np.object_]) -> Ids:
        """Id of the township that each point lies in, None outside; of several the smallest."""
        return _containing(points, self._townships)

    def village_of(self, points: NDArray[np.object_], township: Ids) -> Ids:
        """Id of the village whose area holds each point, else of the nearest one in its township.

        None where the township has no village, or the point no township.
        """
        if self._villages is None or self._villages.empty:
            return np.full(len(points), None, dtype=object)
        areas = self._villages[self._villages.geom_type != "Point"]
        found = _containing(points, areas)
        metric = self._villages.to_crs(self._crs).sort_values("id")
        projected = gpd.GeoSeries(points, crs=WGS84).to_crs(self._crs).to_numpy()
        for unit, members in metric.groupby("township", sort=False):
            asked = np.flatnonzero((township == unit) & pd.isna(found))
            if len(asked):
                which, nearest = shapely.STRtree(members.geometry.to_numpy()).query_nearest(projected[asked])
                # Ties come one after the other; writing them backwards leaves the lowest id.
                order = np.lexsort((-nearest, which))
                found[asked[which[order]]] = members["id"].to_numpy(dtype=object)[nearest[order]]
        return found


def _containing(points: NDArray[np.object_], areas: gpd.GeoDataFrame) -> Ids:
    found = np.full(len(points), None, dtype=object)
    if areas.empty or not len(points):
        return found
    shapes = areas.geometry.to_numpy()
    point, area = shapely.STRtree(shapes).query(points, predicate="intersects")
    # Largest first, so that the smallest is written last.
    order = np.argsort(-shapely.area(shapes)[area], kind="stable")
    found[point[order]] = areas["id"].to_numpy(dtype=object)[area[order]]
    return found


def _covered(points: NDArray[np.object_], areas: Sequence[Any]) -> NDArray[np.bool_]:
    covered = np.zeros(len(points), dtype=bool)
    if areas and len(points):
        covered[shapely.STRtree(areas).query(points, predicate="intersects")[0]] = True
    return covered


def _named(places: Sequence[Feature], kinds: str, left_out: Tally) -> list[_Place]:
    taken = []
    for place in places:
        if place.kind not in kinds:
            continue
        value = place.tags.get("place", "")
        name = display_name(place.tags)
        if value not in _RURAL + _URBAN:
            left_out.add(PLACES, NOT_A_UNIT, names=[f"{name} ({value})"] if name else [])
        elif is_gone(place.tags):
            left_out.add(PLACES, GONE, names=[name or ""])
        elif not name:
            left_out.add(PLACES, NO_NAME)
        elif not place.wkb:
            left_out.add(PLACES, NO_SHAPE, names=[name])
        else:
            shape = shapely.from_wkb(place.wkb)
            taken.append(_Place(f"osm-{place.kind}{place.number}", name, division_code(place.tags, (12,)),
                                _kind(name, value), shape if place.kind == "n" else polygonal(shape),
                                _WHOLE_TOWN if value in ("city", "town") else _SETTLEMENT))
    return taken


def _kind(name: str, place: str) -> str:
    if name.endswith(("社区", "居委会", "居民委员会")):
        return "shequ"
    return "cun" if name.endswith(("村", "村委会", "嘎查")) or place in _RURAL else "shequ"


def _finer_boundaries(relations: Sequence[Relation], shapes: Shapes, townships: gpd.GeoDataFrame,
                      level: int) -> list[_Place]:
    inside = [
        r for r in relations
        if (level_of(r) or 0) > level and r.number in shapes and not r.missing and display_name(r.tags)
    ]
    if not inside:
        return []
    points = shapely.point_on_surface(np.array([shapes[r.number] for r in inside], dtype=object))
    inside = [r for r, t in zip(inside, _containing(points, townships), strict=True) if t is not None]
    counts = pd.Series([level_of(r) for r in inside]).value_counts()
    if counts.empty:
        return []
    chosen = min(counts[counts == counts.max()].index)
    return [
        _Place(f"osm-r{r.number}", name := display_name(r.tags) or "", division_code(r.tags, (12,)),
               _kind(name, "suburb"), shapes[r.number], _BOUNDARY)
        for r in inside if level_of(r) == chosen
    ]


def _disjoint(areas: Sequence[_Place], points: Sequence[_Place], left_out: Tally) -> list[_Place]:
    """Areas none of which lies in another: boundaries first, then the larger.

    The area of a whole town or city counts only where no other place lies in it: otherwise it
    would swallow the quarters that are the units there.
    """
    ranked = sorted(areas, key=lambda place: (place.rank, -shapely.area(place.shape), place.id))
    kept: list[_Place] = []
    for place in ranked:
        within = shapely.point_on_surface(place.shape)
        others = [p.shape for p in (*kept, *points) if p.name != place.name]
        if _covered(np.array([within]), [k.shape for k in kept])[0]:
            left_out.add(PLACES, HAS_POLYGON, names=[place.name])
        elif place.rank == _WHOLE_TOWN and shapely.contains(place.shape, shapely.point_on_surface(others)).any():
            left_out.add(PLACES, SWALLOWS, names=[place.name])
        else:
            kept.append(place)
    return kept
