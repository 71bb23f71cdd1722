"""Small OpenStreetMap files, written object by object, for the tests of the reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

Tags = Mapping[str, str]
Corner = tuple[float, float]


class OsmFile:
    """Collects nodes, ways and relations and writes them in the order that the format asks for."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._ways: list[Way] = []
        self._relations: list[Relation] = []
        self._at: dict[Corner, int] = {}
        self.when = "2024-05-06T07:08:09Z"

    def node(self, lon: float, lat: float, tags: Tags | None = None) -> int:
        """Add a node and return its id."""
        number = len(self._nodes) + 1
        self._nodes.append(Node(id=number, location=(lon, lat), tags=dict(tags or {}), version=1, timestamp=self.when))
        return number

    def at(self, lon: float, lat: float) -> int:
        """Id of the one plain node at this place; it is made the first time."""
        if (lon, lat) not in self._at:
            self._at[lon, lat] = self.node(lon, lat)
        return self._at[lon, lat]

    def way(self, nodes: Sequence[int], tags: Tags | None = None) -> int:
        """Add a way and return its id."""
        number = len(self._ways) + 101
        self._ways.append(Way(id=number, nodes=list(nodes), tags=dict(tags or {}), version=1, timestamp=self.when))
        return number

    def line(self, *corners: Corner, **tags: str) -> int:
        """Add a way through plain nodes; a corner used twice is the same node."""
        return self.way([self.at(*corner) for corner in corners], tags)

    def area(self, west: float, south: float, size: float, tags: Tags | None = None) -> int:
        """Add a closed way around a square and return its id."""
        return self.way([self.at(*corner) for corner in square(west, south, size)], tags)

    def relation(self, members: Sequence[tuple[str, int, str]], tags: Tags) -> int:
        """Add a relation and return its id."""
        number = len(self._relations) + 1001
        self._relations.append(Relation(id=number, members=list(members), tags=dict(tags), version=1,
                                        timestamp=self.when))
        return number

    def boundary(self, west: float, south: float, size: float, name: str = "", level: int = 8, **tags: str) -> int:
        """Add an administrative boundary around a square, made of two ways, and return its relation's id."""
        corners = square(west, south, size)
        ways = [self.line(*corners[:3]), self.line(*corners[2:])]
        given = {"type": "boundary", "boundary": "administrative", "admin_level": str(level), **tags}
        if name:
            given["name"] = name
        return self.relation([("w", way, "outer") for way in ways], given)

    def ways_of(self, relation: int) -> list[int]:
        """Ids of the ways that a relation is made of."""
        members = next(r.members for r in self._relations if r.id == relation)
        return [number for kind, number, _ in members if kind == "w"]

    def write(self, path: Path, *, box: tuple[float, float, float, float] | None = None, stamp: str | None = None,
              without: Collection[int] = ()) -> Path:
        """Write everything except the objects whose ids are ``without``."""
        header = osmium.io.Header()
        if box is not None:
            header.add_box(osmium.osm.Box(*box))
        if stamp is not None:
            header.set("osmosis_replication_timestamp", stamp)
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
            for things in (self._nodes, self._ways, self._relations):
                for thing in things:
                    if thing.id not in without:
                        writer.add(thing)
        return path


def square(west: float, south: float, size: float) -> list[Corner]:
    """Corners of a square, closed."""
    east, north = round(west + size, 7), round(south + size, 7)
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def one_township() -> OsmFile:
    """A township of about 10 by 11 km with one village and one road."""
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "青山镇")
    file.node(104.05, 30.05, {"place": "village", "name": "柳树村"})
    file.line((104.02, 30.05), (104.05, 30.05), (104.08, 30.05), highway="tertiary")
    return file
