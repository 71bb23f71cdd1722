"""Roads: the lines that travel times run along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from layers.schema import Field, Kind, Label, Layer
from layers.vocabulary import ONEWAY, ROAD_ACCESS, ROAD_CLASS, SURFACE, identifier, name

ROADS = Layer(
    name="roads",
    label=Label("道路", "Roads"),
    geometry=("LineString",),
    fields=(
        identifier(),
        name(required=False),
        Field(name="class", label=Label("等级", "Class"), kind=Kind.CHOICE, required=True, vocabulary=ROAD_CLASS),
        Field(name="oneway", label=Label("单行", "One-way"), kind=Kind.CHOICE, vocabulary=ONEWAY,
              note=Label("只约束机动车；空为双向", "binds motor vehicles only; empty means both ways")),
        Field(name="speed_kph", label=Label("车速", "Speed"), kind=Kind.NUMBER, minimum=1, maximum=130,
              unit="km/h", note=Label("空则按道路等级取默认值", "empty: the default of the class")),
        Field(name="surface", label=Label("路面", "Surface"), kind=Kind.CHOICE, vocabulary=SURFACE),
        Field(name="access", label=Label("通行", "Access"), kind=Kind.CHOICE, vocabulary=ROAD_ACCESS,
              note=Label("空则按道路等级", "empty: as usual for the class")),
        Field(name="open", label=Label("开放", "Open"), kind=Kind.BOOLEAN,
              note=Label("空视为开放", "empty counts as open")),
    ),
)


class ClassDefaults(NamedTuple):
    """What is usual on a class of road: driving speed (km/h, 0 = no cars), and who may use it."""

    drive_kph: float
    on_foot: bool
    by_ebike: bool


CLASS_DEFAULTS: Mapping[str, ClassDefaults] = {
    "motorway": ClassDefaults(80, False, False),
    "trunk": ClassDefaults(60, True, True),
    "county": ClassDefaults(45, True, True),
    "arterial": ClassDefaults(35, True, True),
    "township": ClassDefaults(32, True, True),
    "street": ClassDefaults(25, True, True),
    "village": ClassDefaults(20, True, True),
    "lane": ClassDefaults(20, True, True),
    "track": ClassDefaults(20, True, True),
    "path": ClassDefaults(0, True, True),
    "steps": ClassDefaults(0, True, False),
    "ferry": ClassDefaults(0, True, True),
}
"""Defaults within the 20-80 km/h that the rules print; a road's own ``speed_kph`` wins."""
