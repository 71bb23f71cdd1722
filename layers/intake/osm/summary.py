"""What was taken, in words: the counts with the rule by which each came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd

from layers.intake.osm.buildings import BUILDINGS
from layers.intake.osm.point_tags import DEFAULT_STATION_TAGS, TagPattern
from layers.intake.osm.report import Count, Tally
from layers.intake.osm.road_tags import LIMIT_FACTOR
from layers.registry import LAYERS
from layers.schema import Label, Vocabulary


def taken(frames: Mapping[str, gpd.GeoDataFrame], *, patterns: Sequence[TagPattern], level: int, n_ways: int,
          n_unreadable: int) -> list[Count]:
    """Counts of every layer, by sort."""
    tally = Tally()
    tally.add(LAYERS["townships"].label, Label(f"{level} 级行政边界", f"boundaries of level {level}"),
              len(frames["townships"]))
    _villages(tally, frames["villages"])
    _stations(tally, frames["stations"], patterns)
    _by(tally, frames, "support_points", "business")
    _by(tally, frames, "memorials", "type")
    _roads(tally, frames["roads"], n_ways, n_unreadable)
    if "households" in frames:
        _households(tally, frames["households"])
    return tally.counts()


def _villages(tally: Tally, frame: gpd.GeoDataFrame) -> None:
    what = LAYERS["villages"].label
    seat = frame["id"].str.endswith("-seat").to_numpy(dtype=bool)
    point = (frame.geom_type == "Point").to_numpy() & ~seat
    tally.add(what, Label("地名点", "place nodes"), int(point.sum()))
    tally.add(what, Label("边界面或地名面", "boundary or place areas"), int((~point & ~seat).sum()))
    stand_in = Label("乡镇内没有地名，以乡镇本身代替", "the township has no place on the map and stands in itself")
    tally.add(what, stand_in, int(seat.sum()))


def _stations(tally: Tally, frame: gpd.GeoDataFrame, patterns: Sequence[TagPattern]) -> None:
    rule = ", ".join(f"{key}={value}" for key, value in patterns or DEFAULT_STATION_TAGS)
    what = LAYERS["stations"].label
    if frame.empty:
        # Not a count of objects, yet the first thing to say: without stations nothing can be reached.
        tally.note(what, Label(f"没有符合 {rule} 的对象；请用 --station-tags 另选，如 amenity=post_office",
                               f"nothing matches {rule}; choose others with --station-tags, e.g. amenity=post_office"))
    _by(tally, {"stations": frame}, "stations", "level", suffix=f" · {rule}")


def _by(tally: Tally, frames: Mapping[str, gpd.GeoDataFrame], layer: str, column: str, *, suffix: str = "") -> None:
    vocabulary = LAYERS[layer][column].vocabulary or Vocabulary(column, {})
    counts = frames[layer][column].value_counts()
    for code in vocabulary:
        label = vocabulary.label(code)
        tally.add(LAYERS[layer].label, Label(label.zh + suffix, label.en + suffix), int(counts.get(code, 0)))


def _roads(tally: Tally, frame: gpd.GeoDataFrame, n_ways: int, n_unreadable: int) -> None:
    _by(tally, {"roads": frame}, "roads", "class")
    tally.add(Label("其中：道路（线）", "of which: road ways"), Label("在路口处切分为路段", "cut at their junctions"),
              n_ways)
    tally.add(Label("其中：有限速的路段", "of which: pieces with a speed limit"),
              Label(f"行车速度取限速的 {LIMIT_FACTOR:g} 倍，其余按等级取默认值",
                    f"driving speed is {LIMIT_FACTOR:g} of the limit; the rest have their class default"),
              int(frame["speed_kph"].notna().sum()))
    tally.add(Label("其中：限速无法识别的道路", "of which: ways with an unreadable limit"),
              Label("按等级取默认值", "have their class default"), n_unreadable)


def _households(tally: Tally, frame: gpd.GeoDataFrame) -> None:
    what = LAYERS["households"].label
    tally.add(what, Label(f"由{BUILDINGS.zh}推算，一栋一户", "one for each building that looks lived in"), len(frame))
    tally.add(Label("其中：住所数（记为人数）", "of which: dwellings (as persons)"),
              Label("有户数标签取标签；公寓按每层 2 户（无层数按 3 层）；其余为 1",
                    "as tagged; apartments 2 a storey (3 storeys unless tagged); else 1"),
              int(frame["persons"].sum()))
