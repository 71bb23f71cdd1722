"""Two real regions, held against a plain second reading of the same files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import osmium
import pyproj
import pytest
import shapely

from layers.errors import IntakeError
from layers.intake.osm import Extract, read_extract
from layers.references import check_references
from layers.registry import LAYERS

NOT_TAKEN = {"construction", "proposed", "rest_area", "platform", "corridor", "elevator", "raceway", "services",
             "bus_stop", "abandoned", "planned", "crossing"}


class Region(NamedTuple):
    file: str
    level: int
    name: str
    townships: int
    area_km2: float  # official figures of the townships taken


REGIONS = {
    "liechtenstein": Region("liechtenstein.osm.pbf", 8, "Liechtenstein", 11, 160.5),
    "andorra": Region("andorra.osm.pbf", 7, "andorra", 6, 347.0),  # seven parishes, one of them cut at the edge
}


class Plain(osmium.SimpleHandler):
    """Everything in dictionaries, one object at a time, as simply as can be."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[int, tuple[float, float]] = {}
        self.roads: dict[int, list[int]] = {}
        self.length_m = 0.0
        self.ways: set[int] = set()
        self.boundaries: dict[int, tuple[dict[str, str], set[int]]] = {}
        self.places: list[tuple[str, float, float]] = []
        self.tags: Counter[tuple[str, str]] = Counter()

    def node(self, n: osmium.osm.Node) -> None:
        self.nodes[n.id] = (n.lon, n.lat)
        self.tags.update((t.k, t.v) for t in n.tags)
        if n.tags.get("place") and n.tags.get("name"):
            self.places.append((n.tags["place"], n.lon, n.lat))

    def way(self, w: osmium.osm.Way) -> None:
        self.ways.add(w.id)
        tags = dict(w.tags)
        self.tags.update(tags.items())
        highway = tags.get("highway") or ("ferry" if tags.get("route") == "ferry" else None)
        if highway and highway not in NOT_TAKEN and tags.get("area") != "yes" and tags.get("abandoned") != "yes":
            self.roads[w.id] = [n.ref for n in w.nodes]
            self.length_m += osmium.geom.haversine_distance(w.nodes)

    def relation(self, r: osmium.osm.Relation) -> None:
        self.tags.update((t.k, t.v) for t in r.tags)
        if r.tags.get("boundary") == "administrative" and r.tags.get("type") in ("boundary", "multipolygon"):
            self.boundaries[r.id] = (dict(r.tags), {m.ref for m in r.members if m.type == "w"})


@pytest.fixture(scope="module", params=list(REGIONS))
def region(request: pytest.FixtureRequest) -> Region:
    return REGIONS[request.param]


@pytest.fixture(scope="module")
def path(region: Region, shared_data: Path) -> Path:
    return shared_data / "osm" / region.file


@pytest.fixture(scope="module")
def extract(path: Path, region: Region) -> Extract:
    return read_extract(path, township_level=region.level, households_from="buildings")


@pytest.fixture(scope="module")
def plain(path: Path) -> Plain:
    handler = Plain()
    handler.apply_file(str(path), locations=True)
    return handler


def test_nothing_that_a_layer_would_refuse(extract: Extract) -> None:
    for name, frame in extract.frames.items():
        assert LAYERS[name].check(frame).issues == ()
    assert check_references(extract.frames).issues == ()
    refused = [c for c in extract.left_out if c.what_en in {layer.label.en for layer in LAYERS.values()}]
    assert refused == []  # nothing had to be taken out at the last look


def test_townships_are_the_named_boundaries_with_all_their_ways(extract: Extract, plain: Plain, region: Region) -> None:
    whole = {
        f"osm-r{number}" for number, (tags, ways) in plain.boundaries.items()
        if tags.get("admin_level") == str(region.level) and tags.get("name") and ways and ways <= plain.ways
    }
    assert set(extract.frames["townships"]["id"]) == whole
    assert len(whole) == region.townships
    cut = sum(tags.get("admin_level") == str(region.level) for tags, _ in plain.boundaries.values()) - len(whole)
    assert sum(c.n for c in extract.left_out if c.what_en.startswith("boundaries")) == cut


def test_township_areas_are_those_of_the_yearbook(extract: Extract, region: Region) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    areas = [abs(geod.geometry_area_perimeter(g)[0]) / 1e6 for g in extract.frames["townships"].geometry]
    assert sum(areas) == pytest.approx(region.area_km2, rel=0.03)
    shapes = extract.frames["townships"].geometry.to_numpy()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(shapely.union_all(shapes)), rel=1e-6)


def test_roads_have_the_edges_and_the_length_of_a_plain_reading(extract: Extract, plain: Plain) -> None:
    met = Counter(node for nodes in plain.roads.values() for node in nodes)
    edges = sum(
        1 + sum(met[node] > 1 for node in nodes[1:-1]) for nodes in plain.roads.values() if len(nodes) > 1
    )
    roads = extract.frames["roads"]
    assert len(roads) == edges
    geod = pyproj.Geod(ellps="sphere")
    length = sum(geod.geometry_length(line) for line in roads.geometry)
    assert length == pytest.approx(plain.length_m, rel=0.002)
    assert roads["id"].str.extract(r"osm-w(\d+)-")[0].astype(int).nunique() == len(plain.roads)


def test_ends_of_pieces_are_ends_or_junctions_of_ways(extract: Extract, plain: Plain) -> None:
    met = Counter(node for nodes in plain.roads.values() for node in nodes)
    ends = {nodes[k] for nodes in plain.roads.values() for k in (0, -1)}
    allowed = {plain.nodes[node] for node in ends | {node for node, n in met.items() if n > 1}}
    stacked = {place for place, n in Counter(plain.nodes[node] for node in met).items() if n > 1}
    for line in extract.frames["roads"].geometry:
        assert line.coords[0] in allowed
        assert line.coords[-1] in allowed
        assert not (allowed - stacked).intersection(line.coords[1:-1])


def test_villages_are_the_named_places_in_the_townships(extract: Extract, plain: Plain) -> None:
    inside = shapely.union_all(extract.frames["townships"].geometry.to_numpy())
    shapely.prepare(inside)
    lived_in = ("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood")
    expected = sum(p in lived_in and shapely.intersects_xy(inside, lon, lat) for p, lon, lat in plain.places)
    villages = extract.frames["villages"]
    assert len(villages[~villages["id"].str.endswith("-seat")]) == expected


def test_every_household_has_a_village_of_its_township(extract: Extract) -> None:
    households, villages = extract.frames["households"], extract.frames["villages"].set_index("id")
    towns = extract.frames["townships"].set_index("id")
    assert len(households) > 200
    assert households["village"].notna().all()
    home = towns.geometry.loc[villages.loc[households["village"], "township"]].to_numpy()
    assert shapely.intersects(home, households.geometry.to_numpy()).all()


def test_every_object_is_accounted_for(extract: Extract, plain: Plain) -> None:
    taken = sum(c.n for c in extract.taken if c.what_en == "Veteran households")
    left = sum(c.n for c in extract.left_out if c.what_en == "buildings")
    on_map = sum(n for (key, value), n in plain.tags.items() if key == "building" and value != "no")
    assert taken + left == on_map
    assert all(c.n > 0 and c.reason_zh and c.reason_en for c in extract.left_out)


def test_region_and_day(extract: Extract, region: Region) -> None:
    assert extract.region_name == region.name
    assert str(extract.as_of) == {"liechtenstein": "2015-07-27", "andorra": "2013-05-28"}[region.file.split(".")[0]]


def test_stations_by_chosen_tag(path: Path, region: Region) -> None:
    found = read_extract(path, township_level=region.level, station_tags=["amenity=pharmacy,amenity=bank"])
    stations = found.frames["stations"]
    assert len(stations) > 2
    assert set(stations["unit"]) <= set(found.frames["villages"]["id"])
    assert not set(stations["id"]) & set(found.frames["support_points"]["id"])


def test_a_level_that_only_neighbours_have(shared_data: Path) -> None:
    with pytest.raises(IntakeError, match=r"level 7: 12 \(6 complete\)"):
        read_extract(shared_data / "osm" / "andorra.osm.pbf")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_cut_files_are_refused(path: Path, region: Region, share: float, tmp_path: Path) -> None:
    cut = tmp_path / "cut.osm.pbf"
    data = path.read_bytes()
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(IntakeError):
        read_extract(cut, township_level=region.level)
