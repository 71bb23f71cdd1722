"""What the changes of a scenario come to in the county as it is; those that make no sense in it are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from app.services.county.facilities import FacilityChoice
from app.services.county.modes import MODE_LABELS
from app.services.county.roads import FAR_AWAY_M, road_speeds
from app.services.county.state import StoreState
from app.services.scenarios.definition import (
    AddStation,
    Change,
    CloseRoads,
    CloseStation,
    Line,
    MoveStation,
    Polygon,
    Position,
    Scenario,
    Speeds,
)
from app.services.scenarios.present import Present, Roads, edge_tree, edges_of_roads, road_positions
from app.services.scenarios.report import Outcome
from app.services.scenarios.roads import road_label
from geo.crs import project
from geo.network import Bools, Floats, Impedance, Ints
from geo.overlay import closed as shut
from geo.overlay import with_seconds
from layers.roads import CLASS_DEFAULTS
from layers.schema import Label
from layers.vocabulary import ROAD_CLASS, STATION_LEVEL, STATION_STATUS

Told = tuple[Label, bool, Label | None]

ADDED = "new:"
"""The id of an added station begins with this; its number in the scenario follows."""

_SHOWN = 5
_OUTSIDE = Label("位置不在本区域内，请检查经纬度", "outside the region; check longitude and latitude")
_ALL_CLOSED = Label(
    "500 米内的道路都被本方案封闭，没有人能到达",
    "this scenario closes every road within 500 m: nobody can reach it",
)
_CLOSED_BEFORE = Label("本方案已撤销该站", "this scenario closed it before")
_LISTED = Label("所列道路", "those listed")
_DRAWN = {
    "LineString": Label("画出的线穿过的", "what the drawn line crosses"),
    "Polygon": Label("画出的区域碰到的", "what the drawn area touches"),
}


@dataclass
class Tried:
    """The stations and roads after the changes.

    Attributes
    ----------
    points
        Place of every station in metres, those of the present first; None for one that is closed.
    added
        The stations that are new, in order.
    fate
        ``moved`` or ``closed`` by position of a present station.
    places
        Longitude and latitude of those that moved.
    closed
        Edges that nobody passes.
    speeds
        Speed factors or km/h that concern the mode.
    outcomes
        One for each change.
    """

    points: list[Any]
    added: list[AddStation] = field(default_factory=list)
    fate: dict[int, str] = field(default_factory=dict)
    places: dict[int, Position] = field(default_factory=dict)
    closed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    speeds: list[Speeds] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


def tried(state: StoreState, known: Present, scenario: Scenario, choice: FacilityChoice) -> Tried:
    """Apply the changes of ``scenario`` one after the other."""
    found = Tried(points=list(known.points))
    trial = _Trial(state, known, choice, found)
    for number, change in enumerate(scenario.changes, start=1):
        label, applied, remark = trial.apply[type(change)](change)
        found.outcomes.append(Outcome(number, change.change, label, applied, remark))
    # Only now, when all closures are known: the order of the changes makes no difference to who can be reached.
    found.outcomes = [trial.reachable(*told) for told in zip(scenario.changes, found.outcomes, strict=True)]
    return found


class _Trial:
    """Applies changes; each tells what it is in words, whether it was applied, and why not or what is to be noted."""

    def __init__(self, state: StoreState, known: Present, choice: FacilityChoice, found: Tried) -> None:
        self.state, self.known, self.choice, self.found = state, known, choice, found
        self.apply: Mapping[type, Callable[[Any], Told]] = {
            AddStation: self.add, MoveStation: self.move, CloseStation: self.close,
            CloseRoads: self.close_roads, Speeds: self.other_speeds,
        }  # fmt: skip

    def add(self, change: AddStation) -> Told:
        level = STATION_LEVEL.label(change.level)
        label = Label(f"新增{level.zh}“{change.name}”", f"add {level.en.lower()} {change.name}")
        point = self._metric(change.at)
        if (outside := self._outside(point, change.at)) is not None:
            return label, False, outside
        if (self.choice.levels and change.level not in self.choice.levels) or self.choice.grade is not None:
            return label, False, Label("不属于本次计入的站（站级或等级不符）", "not among the stations that count here (level or grade)")
        self.found.added.append(change)
        self.found.points.append(point)
        return label, True, None

    def move(self, change: MoveStation) -> Told:
        label = self._named("迁移", "move", change.station)
        if (missing := self._missing(change.station)) is not None:
            return label, False, missing
        point = self._metric(change.at)
        if (outside := self._outside(point, change.at)) is not None:
            return label, False, outside
        k = self.known.position[change.station]
        if self.found.fate.get(k) == "closed":
            return label, False, _CLOSED_BEFORE
        self.found.points[k], self.found.places[k], self.found.fate[k] = point, change.at, "moved"
        return label, True, None

    def close(self, change: CloseStation) -> Told:
        label = self._named("撤销", "close", change.station)
        if (missing := self._missing(change.station)) is not None:
            return label, False, missing
        k = self.known.position[change.station]
        if self.found.fate.get(k) == "closed":
            return label, False, _CLOSED_BEFORE
        self.found.points[k], self.found.fate[k] = None, "closed"
        return label, True, None

    def close_roads(self, change: CloseRoads) -> Told:
        network = self.known.region.network
        if network is None:
            return Label("封路", "close roads"), False, Label("库中没有道路", "there are no roads in the store")
        edges, remark = self._listed(change) if change.shape is None else self._drawn(change.shape)
        what = self._called(change.roads) if change.shape is None else _DRAWN[change.shape.type]
        roads = len(np.unique(network.road[edges]))
        label = Label(
            f"封路：{what.zh}，{roads} 条道路的 {len(edges)} 段",
            f"close roads: {what.en}, {len(edges)} pieces of {roads} roads",
        )
        self.found.closed = np.union1d(self.found.closed, edges)
        return label, len(edges) > 0, remark

    def other_speeds(self, change: Speeds) -> Told:
        said = MODE_LABELS[change.mode]
        pace = "速度" if change.mode.on_foot else "车速"
        by = (f"×{change.factor:g}", f"x {change.factor:g}") if change.factor else (
            f"{change.kph:g} 公里/小时", f"{change.kph:g} km/h")  # fmt: skip
        unknown = [name for name in change.classes if name not in CLASS_DEFAULTS]
        classes = [ROAD_CLASS.label(name) for name in change.classes]
        label = Label(
            f"{said.zh}{pace}{by[0]}：{'、'.join(c.zh for c in classes) or '各级道路'}",
            f"speed of {said.en} {by[1]}: {', '.join(c.en.lower() for c in classes) or 'every class of road'}",
        )
        if unknown:
            named = "、".join(unknown)
            return label, False, Label(f"没有道路等级“{named}”，可用：{'、'.join(ROAD_CLASS)}", f"no such class of road: {named}")
        if self.known.roads is None:
            return label, False, Label("库中没有道路", "there are no roads in the store")
        if change.mode is not self.known.mode:
            asked = MODE_LABELS[self.known.mode]
            return label, False, Label(f"本次按{asked.zh}计算，与此无关", f"this answer is about {asked.en}")
        self.found.speeds.append(change)
        return label, True, None

    def reachable(self, change: Change, outcome: Outcome) -> Outcome:
        """The outcome, with a remark where a new place is near no road but those that the scenario closes."""
        roads, closed = self.known.roads, self.found.closed
        if roads is None or not len(closed) or not outcome.applied or not isinstance(change, AddStation | MoveStation):
            return outcome
        if roads.snapper.can_join(self._metric(change.at), closed=closed):
            return outcome
        return replace(outcome, remark=_ALL_CLOSED)

    def _metric(self, at: Position) -> shapely.Point:
        metres = project(np.array([at]), self.known.region.crs)[0]
        return shapely.Point(metres if np.isfinite(metres).all() else (FAR_AWAY_M, FAR_AWAY_M))

    def _outside(self, point: shapely.Point, at: Position) -> Label | None:
        """Why nobody could go there: it is in no area of the county and near no road of it."""
        roads = self.known.roads
        if roads is not None and roads.snapper.can_join(point, closed=self.found.closed[:0]):
            return None
        inside = any(
            shapely.intersects(frame.geometry.to_numpy(), shapely.Point(at)).any()
            for frame in (self.known.homes.areas.townships, self.known.homes.areas.villages)
        )
        if inside and roads is None:
            return None
        if inside:
            said = MODE_LABELS[self.known.mode]
            return Label(
                f"离{said.zh}可走的道路超过 500 米，没有人能到达",
                f"farther than 500 m from any road open to this mode ({said.en}): nobody could reach it",
            )
        return _OUTSIDE

    def _named(self, zh: str, en: str, station: str) -> Label:
        k = self.known.position.get(station)
        name = station if k is None else self.known.listed[k].name
        return Label(f"{zh}“{name}”", f"{en} {name}")

    def _missing(self, station: str) -> Label | None:
        if station in self.known.position:
            return None
        status = self.known.others.get(station)
        if status is None:
            return Label(
                f"没有编号为“{station}”的站（可能在重新装入后消失）",
                f"there is no station {station} (a later load may have removed it)",
            )
        if status != "open":
            said = STATION_STATUS.label(status)
            return Label(f"该站不在运行（{said.zh}）", f"the station is not open ({said.en.lower()})")
        return Label("该站不在本次计入之列", "the station is not among those that count here")

    def _called(self, roads: Sequence[str]) -> Label:
        """A few roads by their names."""
        if len(roads) > _SHOWN:
            return _LISTED
        labels = [road_label(self.state, road) for road in roads]
        return Label("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))

    def _listed(self, change: CloseRoads) -> tuple[Ints, Label | None]:
        at = road_positions(self.state).reindex(list(change.roads))
        gone = at.index[at.isna()].tolist()
        edges = edges_of_roads(self.known.region, at.dropna().to_numpy(dtype=np.int64))
        if not gone:
            return edges, None
        shown = "、".join(gone[:_SHOWN]) + ("……" if len(gone) > _SHOWN else "")
        return edges, Label(
            f"{len(gone)} 条道路已不在库中（可能在重新装入后消失）：{shown}",
            f"{len(gone)} roads are no longer there (a later load may have removed them): {shown}",
        )

    def _drawn(self, shape: Line | Polygon) -> tuple[Ints, Label | None]:
        drawn = (
            shapely.Polygon(shape.coordinates[0], shape.coordinates[1:])
            if isinstance(shape, Polygon)
            else shapely.LineString(shape.coordinates)
        )
        metres = shapely.transform(drawn, lambda xy: project(xy, self.known.region.crs))
        if not np.isfinite(shapely.get_coordinates(metres)).all():
            return np.zeros(0, dtype=np.int64), _OUTSIDE
        edges = np.sort(edge_tree(self.state).query(metres, predicate="intersects")).astype(np.int64)
        return edges, None if len(edges) else Label(
            "没有碰到任何道路，请检查位置", "it touches no road; check where it lies"
        )


def _other(kph: Floats, chosen: Bools, change: Speeds) -> Floats:
    """Speeds with the change made where the mode may go at all."""
    new = kph * (change.factor or 1.0) if change.kph is None else np.full(len(kph), change.kph)
    return np.where(chosen & (kph > 0), new, kph)


def roads_after(roads: Roads, speeds: Sequence[Speeds], closed: Ints) -> Impedance:
    """The mode with other speeds, and with nobody passing the edges that are ``closed``."""
    mode = roads.snapper.impedance
    net = mode.network
    if speeds:
        ahead, back = road_speeds(roads.table, roads.mode)
        for change in speeds:
            chosen = roads.table["class"].isin(list(change.classes) or list(ROAD_CLASS)).to_numpy()
            ahead, back = (_other(kph, chosen, change) for kph in (ahead, back))
        other = net.impedance(ahead[net.road], back[net.road])
        edges = np.flatnonzero((other.forward_s != mode.forward_s) | (other.backward_s != mode.backward_s))
        mode = with_seconds(mode, edges, other.forward_s[edges], other.backward_s[edges])
    return shut(mode, closed) if len(closed) else mode
