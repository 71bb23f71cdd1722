"""Ways to read a headline figure: which objects it counts, or what it adds up, each with its printed definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from app.services.claims.material import Material
from layers.schema import Label


@dataclass(frozen=True, slots=True)
class Reading:
    """One definition and what it counts.

    Attributes
    ----------
    definition
        What is counted, in words fit to be printed beside the figure.
    layer
        Layer of the objects.
    objects
        ``id`` and, where there is one, ``name`` of what is counted.
    total
        What the objects add up to; None: their number.
    """

    definition: Label
    layer: str
    objects: pd.DataFrame
    total: float | None = None

    @property
    def value(self) -> float:
        """The figure."""
        return float(len(self.objects)) if self.total is None else self.total

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the objects."""
        return frozenset(self.objects["id"])


@dataclass(frozen=True, slots=True)
class Doubt:
    """Objects that make a figure differ from what people expect, such as villages without a station."""

    label: Label
    layer: str
    objects: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Indicator:
    """A headline figure: how it is counted, how else it may have been read, and what may explain a difference.

    Attributes
    ----------
    code
        What a claim's ``indicator`` says.
    names
        What else it may say.
    readings
        The definition first, then others that a figure may have come from; none where nothing can be counted.
    sensitive
        True where single households are counted.
    """

    code: str
    label: Label
    unit: str
    readings: Callable[[Material], list[Reading]]
    doubts: Callable[[Material], list[Doubt]] = lambda _: []
    names: tuple[str, ...] = ()
    sensitive: bool = False


def stations_read(level: str | None) -> Callable[[Material], list[Reading]]:
    """Stations of a level (None: of every one): in operation; or planned as well; or all that are listed."""

    def readings(material: Material) -> list[Reading]:
        those = _of_level(material.stations, level)
        return [
            Reading(Label("在运行的服务站", "stations in operation"), "stations", those[those["status"] == "open"]),
            Reading(Label("未停办的服务站，含筹建", "stations not closed, planned ones included"), "stations",
                    those[those["status"] != "closed"]),
            Reading(Label("登记过的服务站，含筹建和停办", "all stations listed, planned and closed ones included"), "stations",
                    those),
        ]

    return readings


def stations_doubted(level: str | None) -> Callable[[Material], list[Doubt]]:
    """Planned and closed stations; and of a level with units, the units without a station in operation."""

    def doubts(material: Material) -> list[Doubt]:
        those = _of_level(material.stations, level)
        found = [
            Doubt(Label("筹建中的服务站", "planned stations"), "stations", those[those["status"] == "planned"]),
            Doubt(Label("已停办的服务站", "closed stations"), "stations", those[those["status"] == "closed"]),
        ]
        if level in (None, "village"):
            found.append(Doubt(Label("没有在运行服务站的村（社区）", "villages without a station in operation"), "villages",
                               without_station(material, material.villages)))
        if level in (None, "township"):
            found.append(Doubt(Label("没有在运行服务站的乡镇（街道）", "townships without a station in operation"), "townships",
                               without_station(material, material.townships)))
        return found

    return doubts


def without_station(material: Material, units: pd.DataFrame) -> pd.DataFrame:
    """Units that no station in operation serves."""
    stations = material.stations
    return units[~units["id"].isin(stations.loc[stations["status"] == "open", "unit"])]


def graded_read(level: str | None, grade: str) -> Callable[[Material], list[Reading]]:
    """Stations with a grade: in force and in operation; or awarded at any time; or all in operation."""

    def readings(material: Material) -> list[Reading]:
        those = _of_level(material.stations, level)
        awarded = material.grades[material.grades["grade"] == grade]
        is_open = those["status"] == "open"
        held = those["id"].isin(awarded.loc[awarded["in_force"], "station"])
        return [
            Reading(Label("在运行且等级在有效期内的服务站", "stations in operation whose grade is in force"), "stations",
                    those[is_open & held]),
            Reading(Label("等级在有效期内的服务站，含筹建和停办", "stations whose grade is in force, in operation or not"),
                    "stations", those[held]),
            Reading(Label("曾获此等级的服务站，含已过期", "stations ever awarded the grade, expired ones included"), "stations",
                    those[those["id"].isin(awarded["station"])]),
            Reading(Label("在运行的全部服务站，不论等级", "all stations in operation, whatever their grade"), "stations",
                    those[is_open]),
        ]

    return readings


def graded_doubted(level: str | None, grade: str) -> Callable[[Material], list[Doubt]]:
    """Stations whose grade expired, and those in operation that were never awarded it."""

    def doubts(material: Material) -> list[Doubt]:
        those = _of_level(material.stations, level)
        awarded = material.grades[material.grades["grade"] == grade]
        held = those["id"].isin(awarded.loc[awarded["in_force"], "station"])
        ever = those["id"].isin(awarded["station"])
        return [
            Doubt(Label("等级已过期的服务站", "stations whose grade has expired"), "stations", those[ever & ~held]),
            Doubt(Label("有等级而不在运行的服务站", "stations with the grade that are not in operation"), "stations",
                  those[held & (those["status"] != "open")]),
            Doubt(Label("在运行而没有此等级的服务站", "stations in operation without the grade"), "stations",
                  those[~ever & (those["status"] == "open")]),
        ]

    return doubts


def _of_level(stations: pd.DataFrame, level: str | None) -> pd.DataFrame:
    return stations if level is None else stations[stations["level"] == level]
