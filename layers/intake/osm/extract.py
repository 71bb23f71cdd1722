"""An OpenStreetMap extract of a region to the layers that it can fill."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import metric_crs
from geo.errors import ParameterError
from layers.errors import IntakeError
from layers.intake.osm import boundaries, places, reader, roads
from layers.intake.osm.buildings import BuildingCollector
from layers.intake.osm.places import Locator
from layers.intake.osm.point_tags import TagPattern, parse_station_tags, point_keys
from layers.intake.osm.points import Gatherer
from layers.intake.osm.reader import Feature, Relation
from layers.intake.osm.report import Extract, Tally
from layers.intake.osm.roads import RoadCollector
from layers.intake.osm.summary import taken
from layers.intake.osm.tidy import tidy
from layers.schema import WGS84, Label

ROAD_BUFFER_KM = 10.0
"""Roads this far outside the townships are kept: the quickest way may leave the region and come back."""

_BYTES_PER_OBJECT = 200  # of those that are looked at, roughly; only the progress bar goes by it

Progress = Callable[[str, float], None]


def read_extract(
    path: str | Path,
    *,
    township_level: int = 8,
    station_tags: Sequence[str] = (),
    households_from: Literal["buildings"] | None = None,
    progress: Progress | None = None,
) -> Extract:
    """Fill the layers from an OpenStreetMap extract.

    Parameters
    ----------
    path
        ``.osm.pbf``, or another format of one day's OpenStreetMap data.
    township_level
        ``admin_level`` of the boundaries that are the townships, 2 to 11.
    station_tags
        Which features are the stations: ``key=value`` texts, several with commas, ``key=*`` for any
        value. Empty: town halls, community centres, social facilities, government offices.
    households_from
        ``"buildings"`` makes one anonymous household for planning of every building that looks lived in.
    progress
        Called with what is being done and the share of the work behind it, 0 to 1.

    Returns
    -------
    Extract
        Frames that pass their layer's check, with a count of everything taken and left out.

    Raises
    ------
    IntakeError
        When the file is missing, empty, cut off or no OpenStreetMap data, or has no roads or no
        complete boundary of the chosen level.
    ParameterError
        When an option lies outside what is defined.
    """
    _check_options(township_level, households_from)
    patterns = parse_station_tags(station_tags)
    path = Path(path)
    say = progress or (lambda _text, _share: None)
    say("检查文件 Checking the file", 0.0)
    digest = reader.check_file(path)
    header = reader.read_header(path)
    say("读取边界 Reading boundaries", 0.05)
    relations = reader.read_boundaries(path)
    boundaries.require_level(path, relations, township_level)
    raw = _Raw(patterns, with_buildings=households_from == "buildings")
    expected = path.stat().st_size / _BYTES_PER_OBJECT
    for n, item in enumerate(reader.stream(path, raw.keys)):
        raw.add(item)
        if n % 10_000 == 0:
            say("读取道路与地点 Reading roads and places", 0.15 + 0.35 * min(n / expected, 1.0))
    _require_roads(path, raw.roads.n_ways)
    day = header.as_of or reader.newest_day(path) or _file_day(path)
    say("划分乡镇与村 Making townships and villages", 0.5)
    townships = boundaries.make_townships(
        relations, raw.shapes, level=township_level, box=header.box, day=day, left_out=raw.left_out)
    if townships.empty:
        reasons = "；".join(f"{c.reason_zh} {c.n}" for c in raw.left_out.counts())
        msg = (
            f"“{path.name}”里 {township_level} 级行政边界没有一个可用（{reasons}），请换一级或换更大的区域 "
            f"(no boundary of level {township_level} in {path.name} can be used; try another level or a larger extract)"
        )
        raise IntakeError(msg)
    frames = _frames(raw, relations, townships, township_level, say)
    say("核对 Checking", 0.95)
    frames = tidy(frames, raw.left_out)
    _require_roads(path, len(frames["roads"]))  # ways may be there while all their nodes are missing
    name = boundaries.region_name(relations, raw.shapes, townships, township_level) or path.name.split(".")[0]
    say("完成 Done", 1.0)
    took = taken(frames, patterns=patterns, level=township_level, n_ways=raw.roads.n_ways,
                 n_unreadable=raw.roads.n_unreadable_limits())
    return Extract(frames, name, took, raw.left_out.counts(), day, digest)


def _require_roads(path: Path, n: int) -> None:
    if not n:
        msg = (
            f"“{path.name}”里没有可用的道路（highway），无法计算出行时间；文件可能被截断，或导出时没有带上道路 "
            f"({path.name} has no roads to travel on; it may be cut off or exported without roads)"
        )
        raise IntakeError(msg)


class _Raw:
    """What one pass over the file yields, sorted to those who make layers of it."""

    def __init__(self, patterns: Sequence[TagPattern], *, with_buildings: bool) -> None:
        self.left_out = Tally()
        self.roads = RoadCollector(self.left_out)
        self.points = Gatherer(patterns, self.left_out)
        self.buildings = BuildingCollector(self.left_out) if with_buildings else None
        self.places: list[Feature] = []
        self.shapes: dict[int, Any] = {}
        self.keys = tuple(dict.fromkeys((
            "highway", "route", "boundary", "place", "barrier", *point_keys(patterns),
            *(("building",) if with_buildings else ()),
        )))

    def add(self, item: reader.Feature | reader.Line) -> None:
        """Hand ``item`` on; one object can be several things."""
        if isinstance(item, reader.Line):
            self.roads.add(item)
            return
        if item.kind == "r" and item.wkb and item.tags.get("boundary") == "administrative":
            shape = boundaries.polygonal(shapely.from_wkb(item.wkb))
            if not shapely.is_empty(shape):
                self.shapes[item.number] = shape
        if "place" in item.tags:
            self.places.append(item)
        if item.kind == "n" and "barrier" in item.tags:
            self.roads.add_node(item)
        if self.buildings is not None:
            self.buildings.add(item)
        self.points.add(item)


def _check_options(township_level: int, households_from: str | None) -> None:
    if not 2 <= township_level <= 11:
        msg = f"行政级别应为 2 至 11，不能是 {township_level} (the township level is 2 to 11, not {township_level})"
        raise ParameterError(msg)
    if households_from not in (None, "buildings"):
        msg = f"户只能来自 buildings（建筑物），而不是“{households_from}” (households can only come from buildings)"
        raise ParameterError(msg)


def _file_day(path: Path) -> dt.date:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()


def _frames(raw: _Raw, relations: Sequence[Relation], townships: gpd.GeoDataFrame, level: int,
            say: Progress) -> dict[str, gpd.GeoDataFrame]:
    villages = places.make_villages(
        raw.places, relations, raw.shapes, townships, level=level, left_out=raw.left_out)
    households = None
    if raw.buildings is not None:
        say("由建筑物推算户 Making households of buildings", 0.6)
        households = raw.buildings.build(Locator(townships, villages))
        homeless = sorted(households.loc[households["village"].isna(), "township"].unique())
        if homeless:
            villages = places.stand_in_villages(villages, townships, homeless)
            households["village"] = households["village"].fillna(households["township"] + "-seat")
    locator = Locator(townships, villages)
    say("划分路段 Cutting roads at junctions", 0.75)
    frames = {
        "townships": townships,
        "villages": villages,
        "stations": raw.points.stations(locator),
        "support_points": raw.points.support_points(locator),
        "memorials": raw.points.memorials(locator),
    }
    if households is not None:
        frames["households"] = households
    frames["roads"] = _near(raw.roads.build(), townships, raw.left_out)
    return frames


def _near(lines: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, left_out: Tally) -> gpd.GeoDataFrame:
    """Roads in the townships and within a buffer around them."""
    crs = metric_crs(tuple(townships.total_bounds))
    around = townships.to_crs(crs).union_all().simplify(50).buffer(ROAD_BUFFER_KM * 1000)
    here = gpd.GeoSeries([around], crs=crs).to_crs(WGS84).iloc[0]
    shapely.prepare(here)
    near = shapely.intersects(here, lines.geometry.to_numpy())
    reason = Label(*(text.format(km=ROAD_BUFFER_KM) for text in roads.FAR_AWAY))
    left_out.add(roads.PIECES, reason, int(np.count_nonzero(~near)))
    return lines[near].reset_index(drop=True)
