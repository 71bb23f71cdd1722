"""What the tags of a way say about the road: class, direction, speed, surface, who may use it.

Driving speed is 0.8 of the posted limit, which is about what is kept to over a whole stretch with
its bends and junctions; without a limit it is left empty and the layer's default for the class
holds. On lanes and tracks a limit can only lower that default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from layers.intake.osm.tags import Tags, is_gone
from layers.roads import CLASS_DEFAULTS
from layers.schema import Label

LIMIT_FACTOR = 0.8
_TOP_KPH = 130.0
_HIGHEST_LIMIT_KPH = 160.0
_URBAN_LIMIT_KPH = 50.0

CLASSES: Mapping[str, str] = {
    "motorway": "motorway", "motorway_link": "motorway",
    "trunk": "trunk", "trunk_link": "trunk",
    "primary": "trunk", "primary_link": "trunk",
    "secondary": "county", "secondary_link": "county",
    "tertiary": "township", "tertiary_link": "township",
    "unclassified": "village", "road": "village",
    "residential": "street",
    "living_street": "lane", "service": "lane", "pedestrian": "lane",
    "track": "track",
    "path": "path", "footway": "path", "cycleway": "path", "bridleway": "path",
    "steps": "steps",
}
"""Value of ``highway`` to road class. A primary road whose limit is urban is an arterial instead."""

_NO_CARS = {"pedestrian", "path", "footway", "cycleway", "bridleway", "steps"}
_NO_BIKES = {"pedestrian", "footway", "bridleway", "steps", "motorway", "motorway_link"}
_NO_FEET = {"motorway", "motorway_link"}

NOT_BUILT = Label("在建、规划或已废弃", "under construction, planned or abandoned")
AN_AREA = Label("是面而不是线（广场等）", "an area, not a line")
NO_ROAD = Label("不是可通行的道路（站台、服务区、赛道等）", "not a road to travel on (platform, rest area, raceway)")
_UNBUILT = {"construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished", "removed", "no"}

_SHUT = {"no", "private", "agricultural", "forestry", "military", "emergency", "delivery", "permit", "restricted",
         "use_sidepath", "dismount", "employees", "psv", "bus", "hov"}

_SURFACES = {
    "paved": ("paved", "asphalt", "concrete", "paving_stones", "sett", "cobblestone", "unhewn_cobblestone", "bricks",
              "chipseal", "metal", "wood", "tartan", "concrete:plates", "concrete:lanes", "cement", "tarmac"),
    "gravel": ("gravel", "fine_gravel", "compacted", "pebblestone", "unpaved", "rock", "stone", "shells"),
    "earth": ("ground", "dirt", "earth", "mud", "sand", "grass", "clay", "soil", "grass_paver", "woodchips", "snow"),
}
_SURFACE = {value: code for code, values in _SURFACES.items() for value in values}
_GRADE = {"grade1": "paved", "grade2": "gravel", "grade3": "earth", "grade4": "earth", "grade5": "earth"}

_NAMED_LIMITS = {"urban": 50.0, "rural": 80.0, "trunk": 100.0, "motorway": 120.0, "living_street": 10.0,
                 "bicycle_road": 30.0, "walk": 7.0, "walking_pace": 7.0}
_UNLIMITED = {"none", "no", "unlimited", "signals", "variable", "implicit", "default"}
_TO_KPH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/]*)")


class RoadTags(NamedTuple):
    """A road's attributes in the words of the layer; None leaves the class default."""

    name: str | None
    road_class: str
    oneway: str | None
    speed_kph: float | None
    surface: str | None
    access: str | None
    limit_unreadable: bool


def read_road(tags: Tags, name: str | None) -> RoadTags | Label:
    """Attributes of the road that ``tags`` describe, or why it is none."""
    highway = tags.get("highway", "")
    if highway in _UNBUILT or is_gone(tags) or (highway and tags.get("construction") == "yes"):
        return NOT_BUILT
    if highway and tags.get("area") in ("yes", "true", "1"):
        return AN_AREA
    road_class = "ferry" if not highway and tags.get("route") == "ferry" else CLASSES.get(highway)
    if road_class is None:
        return NO_ROAD
    limit, readable = posted_limit(tags)
    if highway.startswith("primary") and _is_urban(tags, limit):
        road_class = "arterial"
    drivable = CLASS_DEFAULTS[road_class].drive_kph > 0 and highway not in _NO_CARS
    return RoadTags(
        name=name or tags.get("ref", "").strip() or None,
        road_class=road_class,
        oneway=oneway(tags) if drivable else None,
        speed_kph=_driving_speed(limit, road_class) if drivable and limit else None,
        surface=_SURFACE.get(tags.get("surface", "")) or _GRADE.get(tags.get("tracktype", "")),
        access=access(tags, road_class),
        limit_unreadable=not readable,
    )


def oneway(tags: Tags) -> str:
    """Direction that motor vehicles must keep: no, forward or backward.

    The tag for the narrowest group of vehicles wins (``oneway:motorcar``, ``:motor_vehicle``,
    ``:vehicle``, then ``oneway``); exceptions for bicycles and buses do not bind cars. Without a
    tag, roundabouts and motorways are one-way. Reversible roads count as both ways.
    """
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"):
        value = tags.get(key, "").strip().lower()
        if value in ("yes", "true", "1"):
            return "forward"
        if value in ("-1", "reverse"):
            return "backward"
        if value in ("no", "false", "0", "reversible", "alternating"):
            return "no"
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return "forward" if implied else "no"


def posted_limit(tags: Tags) -> tuple[float | None, bool]:
    """Speed limit in km/h, None without a number; and False when there is a tag that cannot be read.

    Of several limits (per direction, per lane, per vehicle) the lowest counts.
    """
    value = tags.get("maxspeed") or ";".join(tags.get(f"maxspeed:{way}", "") for way in ("forward", "backward"))
    parts = [part.strip().lower() for part in re.split(r"[;,|]", value)]
    limits = [_one_limit(part) for part in parts if part and part not in _UNLIMITED]
    if any(limit is None for limit in limits):
        return None, False
    return min((limit for limit in limits if limit is not None), default=None), True


def _one_limit(value: str) -> float | None:
    place, _, named = value.rpartition(":")
    if named in _NAMED_LIMITS:
        return _NAMED_LIMITS[named]
    if zone := re.fullmatch(r"(?:[a-z]{2}:)?zone:?(\d+)", value):
        named = zone[1]
    elif place:
        return None
    found = _NUMBER.fullmatch(named)
    if not found or found[2] not in _TO_KPH:
        return None
    kph = float(found[1]) * _TO_KPH[found[2]]
    return kph if 0 < kph <= _HIGHEST_LIMIT_KPH else None


def _driving_speed(limit_kph: float, road_class: str) -> float:
    speed = limit_kph * LIMIT_FACTOR
    if road_class in ("lane", "track"):
        speed = min(speed, CLASS_DEFAULTS[road_class].drive_kph)
    return round(min(max(speed, 1.0), _TOP_KPH), 1)


def _is_urban(tags: Tags, limit_kph: float | None) -> bool:
    zones = (tags.get(key, "") for key in ("maxspeed:type", "source:maxspeed", "zone:traffic", "zone:maxspeed"))
    return (limit_kph is not None and limit_kph <= _URBAN_LIMIT_KPH) or any("urban" in zone for zone in zones)


def access(tags: Tags, road_class: str) -> str | None:
    """Who may use the road, None when that is as usual for its class.

    The layer has no word for "cars and feet but no bicycles" (taken as all: a bicycle can be
    pushed) and for "bicycles only" (taken as no motor vehicles).
    """
    usual = CLASS_DEFAULTS[road_class]
    highway = tags.get("highway", "")
    fast = tags.get("motorroad") == "yes"
    motor = _may(tags, ("access", "vehicle", "motor_vehicle", "motorcar"), highway not in _NO_CARS)
    bike = _may(tags, ("access", "vehicle", "bicycle"), highway not in _NO_BIKES and not fast)
    foot = _may(tags, ("access", "foot"), highway not in _NO_FEET and not fast)
    motor = motor and usual.drive_kph > 0
    code = {
        (True, True, True): "all", (True, False, True): "all",
        (True, True, False): "no_foot", (True, False, False): "motor",
        (False, True, True): "no_motor", (False, True, False): "no_motor",
        (False, False, True): "foot", (False, False, False): "none",
    }[motor, bike, foot]
    return None if (motor, bike, foot) == (usual.drive_kph > 0, usual.by_ebike, usual.on_foot) else code


def _may(tags: Tags, keys: tuple[str, ...], usual: bool) -> bool:
    """Whether a mode may pass: the last of ``keys``, from the widest to the narrowest, decides."""
    for key in reversed(keys):
        if value := tags.get(key, "").strip().lower():
            return not all(part.strip() in _SHUT for part in value.split(";"))
    return usual
