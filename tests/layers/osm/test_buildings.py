"""Buildings to households for planning."""

from __future__ import annotations

from pathlib import Path

import pytest
from osm_writer import OsmFile, one_township

from geo.errors import ParameterError
from layers.intake.osm import Extract, read_extract

HOUSE = 0.0001  # about 10 by 11 metres


def extract(file: OsmFile, tmp_path: Path) -> Extract:
    return read_extract(file.write(tmp_path / "t.osm.pbf"), households_from="buildings")


def left_out(found: Extract) -> dict[str, int]:
    return {c.reason_en: c.n for c in found.left_out if c.what_en == "buildings"}


def test_only_when_asked(tmp_path: Path) -> None:
    file = one_township()
    file.area(104.02, 30.02, HOUSE, {"building": "house"})
    assert "households" not in read_extract(file.write(tmp_path / "t.osm.pbf")).frames
    with pytest.raises(ParameterError):
        read_extract(tmp_path / "t.osm.pbf", households_from="people")


def test_dwellings(tmp_path: Path) -> None:
    file = one_township()
    house = file.area(104.02, 30.02, HOUSE, {"building": "house"})
    plain = file.area(104.03, 30.02, HOUSE, {"building": "yes"})
    flats = file.area(104.04, 30.02, HOUSE, {"building": "apartments", "building:levels": "4"})
    node = file.node(104.05, 30.02, {"building": "house"})
    ring = [("w", file.area(104.06, 30.02, HOUSE), "outer")]
    multi = file.relation(ring, {"type": "multipolygon", "building": "residential"})
    households = extract(file, tmp_path).frames["households"].set_index("id")
    assert households["persons"].to_dict() == {
        f"osm-b{house}": 1, f"osm-b{plain}": 1, f"osm-b{flats}": 8, f"osm-bn{node}": 1, f"osm-br{multi}": 1}
    assert set(households["precision"]) == {"building"}
    assert households["categories"].tolist() == [()] * 5
    assert households[["contact_name", "phone", "identity_no"]].isna().all(axis=None)


def test_other_buildings_are_counted_by_reason(tmp_path: Path) -> None:
    file = one_township()
    for k, value in enumerate(("garage", "shed", "church", "industrial", "school")):
        file.area(104.02 + k / 1000, 30.02, HOUSE, {"building": value})
    file.area(104.03, 30.02, HOUSE, {"building": "yes", "amenity": "school"})
    file.area(104.04, 30.02, HOUSE / 3, {"building": "yes"})
    file.area(104.05, 30.02, 0.001, {"building": "yes"})
    file.area(104.06, 30.02, 0.01, {"landuse": "industrial"})
    file.area(104.065, 30.025, HOUSE, {"building": "yes"})
    inside = file.area(104.066, 30.025, HOUSE, {"building": "house"})
    file.area(104.5, 30.02, HOUSE, {"building": "yes"})
    file.area(104.08, 30.02, HOUSE, {"building": "no"})
    shop = file.area(104.085, 30.02, HOUSE, {"building": "house", "shop": "convenience"})
    found = extract(file, tmp_path)
    assert set(found.frames["households"]["id"]) == {f"osm-b{inside}", f"osm-b{shop}"}
    assert left_out(found) == {
        "not a dwelling (garage, shed, industry, church)": 5, "tagged with another use (school, shop, office)": 1,
        "footprint unlike a house (under 25 or over 2,000 square metres)": 2,
        "on industrial, commercial or similar land": 1, "in none of the townships taken": 1}


def test_nearest_village_of_the_same_township(tmp_path: Path) -> None:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "西镇")
    file.boundary(104.1, 30.0, 0.1, "东镇")
    file.line((104.01, 30.05), (104.19, 30.05), highway="tertiary")
    far_west = file.node(104.01, 30.05, {"place": "village", "name": "远村"})
    mid_west = file.node(104.06, 30.05, {"place": "village", "name": "中村"})
    east = file.node(104.11, 30.05, {"place": "village", "name": "东村"})
    by_border = file.area(104.099, 30.05, HOUSE, {"building": "house"})
    by_far = file.area(104.02, 30.05, HOUSE, {"building": "house"})
    in_east = file.area(104.19, 30.05, HOUSE, {"building": "house"})
    village = extract(file, tmp_path).frames["households"].set_index("id")["village"]
    assert village[f"osm-b{by_border}"] == f"osm-n{mid_west}"
    assert village[f"osm-b{by_far}"] == f"osm-n{far_west}"
    assert village[f"osm-b{in_east}"] == f"osm-n{east}"


def test_nearest_is_measured_on_the_ground(tmp_path: Path) -> None:
    """At 60 degrees north a degree of longitude is half a degree of latitude."""
    file = OsmFile()
    file.boundary(20.0, 60.0, 0.5, "North")
    file.line((20.01, 60.05), (20.19, 60.05), highway="tertiary")
    across = file.node(20.15, 60.2, {"place": "village", "name": "across"})
    file.node(20.3, 60.29, {"place": "village", "name": "up"})
    house = file.area(20.3, 60.2, HOUSE, {"building": "house"})
    village = extract(file, tmp_path).frames["households"].set_index("id")["village"]
    assert village[f"osm-b{house}"] == f"osm-n{across}"


def test_the_village_area_that_holds_it_wins(tmp_path: Path) -> None:
    file = one_township()
    area = file.boundary(104.0, 30.0, 0.04, "甲村", 10)
    near = file.node(104.041, 30.02, {"place": "hamlet", "name": "乙湾"})
    inside = file.area(104.039, 30.02, HOUSE, {"building": "house"})
    outside = file.area(104.0405, 30.02, HOUSE, {"building": "house"})
    village = extract(file, tmp_path).frames["households"].set_index("id")["village"]
    assert village[f"osm-b{inside}"] == f"osm-r{area}"
    assert village[f"osm-b{outside}"] == f"osm-n{near}"


def test_a_township_without_places_stands_in_as_its_village(tmp_path: Path) -> None:
    file = one_township()
    empty = file.boundary(104.1, 30.0, 0.1, "无村乡")
    silent = file.boundary(104.2, 30.0, 0.1, "无户乡")
    house = file.area(104.15, 30.02, HOUSE, {"building": "house"})
    found = extract(file, tmp_path)
    villages = found.frames["villages"].set_index("id")
    assert found.frames["households"].set_index("id")["village"][f"osm-b{house}"] == f"osm-r{empty}-seat"
    assert villages.loc[f"osm-r{empty}-seat", ["name", "township"]].tolist() == ["无村乡", f"osm-r{empty}"]
    assert f"osm-r{silent}-seat" not in villages.index
    assert [c.n for c in found.taken if "stands in" in c.reason_en] == [1]


def test_no_buildings(tmp_path: Path) -> None:
    found = extract(one_township(), tmp_path)
    assert found.frames["households"].empty
