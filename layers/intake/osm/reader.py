"""Passing over the file: what osmium hands over, in the plain shapes that the rest works with."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import osmium
import shapely

from layers.errors import IntakeError

MISSING_DEG = 999.0
"""Longitude and latitude of a node that a way names and the file does not hold."""

Box = tuple[float, float, float, float]


class Feature(NamedTuple):
    """A node, or a closed way or relation as an area; ``kind`` is n, w or r; ``wkb`` is empty without a shape."""

    kind: str
    number: int
    tags: dict[str, str]
    wkb: str


class Line(NamedTuple):
    """A way: its nodes in order and a line with one vertex a node, ``MISSING_DEG`` where the file lacks the node."""

    number: int
    tags: dict[str, str]
    nodes: list[int]
    wkb: str


class Relation(NamedTuple):
    """A relation without geometry; ``ways`` are its boundary members, ``missing`` those not in the file."""

    number: int
    tags: dict[str, str]
    ways: tuple[int, ...]
    missing: int


class Header(NamedTuple):
    """What the file says of itself; either may be absent."""

    box: Box | None
    as_of: dt.date | None


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn osmium's complaints about the file into one clear line."""
    try:
        yield
    except (RuntimeError, UnicodeDecodeError) as error:
        if isinstance(error, NotImplementedError | RecursionError):
            raise
        msg = (
            f"无法读取“{path.name}”：文件不完整、已损坏，或不是 OpenStreetMap 数据（.osm.pbf），请重新下载 "
            f"(cannot read {path.name}: it is cut off, damaged or not OpenStreetMap data; download it again. {error})"
        )
        raise IntakeError(msg) from error


def check_file(path: Path) -> str:
    """Digest of a file that is there and holds something.

    Raises
    ------
    IntakeError
        When it is missing, a folder, empty or not readable.
    """
    if not path.is_file():
        msg = f"找不到文件“{path}”，请检查路径 (no such file: {path})"
        raise IntakeError(msg)
    if path.stat().st_size == 0:
        msg = f"文件“{path.name}”是空的，请重新下载 ({path.name} is empty; download it again)"
        raise IntakeError(msg)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"无法打开“{path}”：{error.strerror}，请检查权限 (cannot open {path}: {error.strerror})"
        raise IntakeError(msg) from error


def read_header(path: Path) -> Header:
    """Bounding box and day of the extract, where its header has them.

    Raises
    ------
    IntakeError
        When the file cannot be read, or holds several versions of its objects (a history or a change file).
    """
    with readable(path), osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
    if header.has_multiple_object_versions:
        msg = (
            f"“{path.name}”是历史或变更文件，请改用某一天的区域数据 "
            f"({path.name} is a history or change file; use an extract of one day)"
        )
        raise IntakeError(msg)
    box = header.box()
    corners = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat) if box.valid() else None
    stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    try:
        day = dt.datetime.fromisoformat(stamp).date() if stamp else None
    except ValueError:
        day = None
    return Header(corners, day)


def read_boundaries(path: Path) -> list[Relation]:
    """Administrative boundary relations, and how many of their ways the file lacks."""
    with readable(path):
        found = [
            (r.id, dict(r.tags), tuple(m.ref for m in r.members if m.type == "w" and m.role in ("", "outer", "inner")))
            for r in osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
                osmium.filter.TagFilter(("boundary", "administrative")))
            if isinstance(r, osmium.osm.Relation) and r.tags.get("type") in ("boundary", "multipolygon")
        ]
        wanted = {way for _, _, ways in found for way in ways}
        present = {w.id for w in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(
            osmium.filter.IdFilter(wanted))} if wanted else set()
    return [Relation(number, tags, ways, len(set(ways) - present)) for number, tags, ways in found]


def stream(path: Path, keys: Collection[str]) -> Iterator[Feature | Line]:
    """Nodes, areas and road ways that carry one of ``keys``, one after the other.

    Closed ways and multipolygon relations come as areas, ways with ``highway`` or ``route`` as lines.
    Ways and relations of which no area can be made come last, without geometry.
    """
    factory = osmium.geom.WKBFactory()
    area_keys = {key for key in keys if key not in _LINE_KEYS}
    shapeless: dict[tuple[str, int], dict[str, str]] = {}
    made: set[tuple[str, int]] = set()  # areas that came before the object that they are made of
    with readable(path):
        for thing in _objects(path, keys):
            if isinstance(thing, osmium.osm.Area):
                whole = thing.num_rings()[0] > 0
                kind, number = "w" if thing.from_way() else "r", thing.orig_id()
                tags = dict(thing.tags)
                if shapeless.pop((kind, number), None) is None:
                    made.add((kind, number))
                yield Feature(kind, number, tags, factory.create_multipolygon(thing) if whole else "")
            elif isinstance(thing, osmium.osm.Node):
                if thing.location.valid():
                    yield Feature("n", thing.id, dict(thing.tags), factory.create_point(thing))
            elif isinstance(thing, osmium.osm.Way | osmium.osm.Relation):
                tags = dict(thing.tags)
                if isinstance(thing, osmium.osm.Way) and ("highway" in tags or "route" in tags):
                    nodes = [node.ref for node in thing.nodes]
                    yield Line(thing.id, tags, nodes, _line(thing, factory) if len(nodes) > 1 else "")
                elif (thing.type_str(), thing.id) in made:
                    made.discard((thing.type_str(), thing.id))
                elif not area_keys.isdisjoint(tags) and tags.get("boundary") != "administrative":
                    shapeless[thing.type_str(), thing.id] = tags
    for (kind, number), tags in shapeless.items():
        yield Feature(kind, number, tags, "")


_LINE_KEYS = ("highway", "route", "boundary", "barrier")


def _objects(path: Path, keys: Collection[str]) -> osmium.FileProcessor:
    return (
        osmium.FileProcessor(str(path))
        .with_locations("flex_mem")
        .with_areas(osmium.filter.KeyFilter(*(key for key in keys if key not in ("highway", "route", "barrier"))))
        .with_filter(osmium.filter.KeyFilter(*keys))
    )


def newest_day(path: Path) -> dt.date | None:
    """Day of the newest way or relation, for files whose header does not say; None when they carry no time."""
    with readable(path):
        ways_and_relations = osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.RELATION)
        newest = max((thing.timestamp for thing in ways_and_relations
                      if isinstance(thing, osmium.osm.Way | osmium.osm.Relation)), default=None)
    return newest.date() if newest is not None and newest.year > 1970 else None


def _line(way: osmium.osm.Way, factory: osmium.geom.WKBFactory) -> str:
    try:
        return factory.create_linestring(way, osmium.geom.ALL)
    except osmium.InvalidLocationError:
        places = [(n.lon, n.lat) if n.location.valid() else (MISSING_DEG, MISSING_DEG) for n in way.nodes]
        return shapely.to_wkb(shapely.linestrings(places), hex=True)
