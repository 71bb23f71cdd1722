"""Ways to roads: one line from junction to junction."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.intake.osm.reader import MISSING_DEG, Feature, Line
from layers.intake.osm.report import Tally
from layers.intake.osm.road_tags import RoadTags, read_road
from layers.intake.osm.tags import display_name
from layers.schema import WGS84, Label

WAYS = Label("道路（线）", "road ways")
PIECES = Label("路段", "road pieces")
TOO_SHORT = Label("落在文件内的点不足两个", "fewer than two of its nodes are in the file")
CUT = Label("在文件边界处被截断的道路：只取文件内的部分", "ways cut at the edge of the file: the part inside is taken")
NO_LENGTH = Label("没有长度", "no length")
FAR_AWAY = Label("离本区域太远（超过 {km:g} 公里）", "too far from the region (more than {km:g} km)")

_BLOCKS_CARS = frozenset((
    "bollard", "block", "jersey_barrier", "log", "chain", "debris", "cycle_barrier", "kissing_gate", "stile",
    "turnstile", "motorcycle_barrier", "planter",
))


@dataclass
class RoadCollector:
    """Takes ways as they come and cuts them at their junctions once all are there."""

    left_out: Tally
    _numbers: list[int] = field(default_factory=list)
    _roads: list[RoadTags] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _nodes: list[NDArray[np.int64]] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _barriers: set[int] = field(default_factory=set)

    @property
    def n_ways(self) -> int:
        """Number of ways taken so far."""
        return len(self._numbers)

    def add(self, way: Line) -> None:
        """Take a way, or count why not; lines that are no roads at all are passed over."""
        if "highway" not in way.tags and way.tags.get("route") != "ferry":
            return
        road = read_road(way.tags, display_name(way.tags))
        if isinstance(road, Label):
            self.left_out.add(WAYS, road)
        elif len(way.nodes) < 2:
            self.left_out.add(WAYS, TOO_SHORT)
        else:
            self._numbers.append(way.number)
            self._roads.append(road)
            self._sizes.append(len(way.nodes))
            self._nodes.append(np.array(way.nodes, dtype=np.int64))
            self._lines.append(way.wkb)

    def add_node(self, node: Feature) -> None:
        """Remember a node that cars cannot pass."""
        if node.tags.get("barrier") in _BLOCKS_CARS and not {"yes", "permissive"} & {
            node.tags.get("access"), node.tags.get("motor_vehicle")
        }:
            self._barriers.add(node.number)

    def build(self) -> gpd.GeoDataFrame:
        """All pieces, ordered by way and place along it.

        Returns
        -------
        GeoDataFrame
            Columns of the roads layer that OpenStreetMap fills, WGS 84.
        """
        nodes = np.concatenate(self._nodes) if self._nodes else np.zeros(0, dtype=np.int64)
        xy = shapely.get_coordinates(shapely.from_wkb(self._lines))
        way = np.repeat(np.arange(self.n_ways), self._sizes)
        here = xy[:, 0] != MISSING_DEG
        run = _runs(way, here)
        keep = here & ~_repeats(nodes, run, here)
        nodes, xy, way, run = nodes[keep], xy[keep], way[keep], run[keep]
        self._report(here, np.repeat(np.arange(self.n_ways), self._sizes), nodes, way, run)
        start, stop = cut_at_junctions(nodes, run)
        lines = _lines_between(xy, start, stop)
        piece_way = way[start]
        long_enough = shapely.length(lines) > 0
        self.left_out.add(PIECES, NO_LENGTH, int((~long_enough).sum()))
        return self._frame(lines[long_enough], piece_way[long_enough])

    def _report(self, here: NDArray[np.bool_], way: NDArray[np.int64], nodes: NDArray[np.int64],
                kept_way: NDArray[np.int64], run: NDArray[np.int64]) -> None:
        longest = np.zeros(self.n_ways, dtype=np.int64)
        if len(run):
            first = np.flatnonzero(np.r_[True, run[1:] != run[:-1]])
            np.maximum.at(longest, kept_way[first], np.diff(np.r_[first, len(run)]))
        cut = np.unique(way[~here])
        self.left_out.add(WAYS, TOO_SHORT, int((longest < 2).sum()))
        self.left_out.add(WAYS, CUT, int((longest[cut] >= 2).sum()))
        barriers = len(self._barriers.intersection(nodes.tolist())) if self._barriers else 0
        self.left_out.add(Label("路障（车挡等）", "barriers (bollards)"),
                          Label("路网不表示节点上的路障", "the roads layer does not hold barriers at nodes"), barriers)

    def _frame(self, lines: NDArray[np.object_], way: NDArray[np.int64]) -> gpd.GeoDataFrame:
        first = np.r_[True, way[1:] != way[:-1]][: len(way)]
        along = np.arange(len(way)) - np.maximum.accumulate(np.where(first, np.arange(len(way)), 0)) + 1
        table = pd.DataFrame.from_records(self._roads, columns=RoadTags._fields).drop(columns="limit_unreadable")
        table = table.rename(columns={"road_class": "class"}).iloc[way].reset_index(drop=True)
        numbers = np.array(self._numbers, dtype=np.int64)[way]
        table.insert(0, "id", [f"osm-w{number}-{k}" for number, k in zip(numbers, along, strict=True)])
        order = np.lexsort((along, numbers))
        return gpd.GeoDataFrame(table, geometry=lines, crs=WGS84).iloc[order].reset_index(drop=True)

    def n_unreadable_limits(self) -> int:
        """Number of taken ways whose speed limit cannot be read."""
        return sum(road.limit_unreadable for road in self._roads)


def cut_at_junctions(nodes: NDArray[np.int64], run: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last vertex of each piece.

    Parameters
    ----------
    nodes
        Node of every vertex, ways one after the other, shape (n,). A node met more than once, by
        another way or again by the same, is a junction.
    run
        Number of the unbroken stretch that each vertex belongs to, ascending, shape (n,).

    Returns
    -------
    tuple of ndarray
        Positions in ``nodes``, shape (pieces,) each.
    """
    if not len(nodes):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    _, node, met = np.unique(nodes, return_inverse=True, return_counts=True)
    first = np.r_[True, run[1:] != run[:-1]]
    last = np.r_[first[1:], True]
    at = np.flatnonzero((met[node] > 1) | first | last)
    return at[~last[at]], at[~first[at]]


def _runs(way: NDArray[np.int64], here: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of the unbroken stretch of one way that each vertex lies in; a missing node breaks it."""
    begins = np.r_[True, way[1:] != way[:-1]][: len(way)] | np.r_[False, ~here[:-1]][: len(way)]
    return np.cumsum(begins)


def _repeats(nodes: NDArray[np.int64], run: NDArray[np.int64], here: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Vertices that only say again the node before them."""
    again = np.zeros(len(nodes), dtype=bool)
    again[1:] = (nodes[1:] == nodes[:-1]) & (run[1:] == run[:-1]) & here[:-1]
    return again


def _lines_between(xy: NDArray[np.float64], start: NDArray[np.intp], stop: NDArray[np.intp]) -> NDArray[np.object_]:
    size = stop - start + 1
    owner = np.repeat(np.arange(len(start)), size)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    lines: NDArray[np.object_] = shapely.linestrings(xy[np.repeat(start, size) + offset], indices=owner)
    return lines
