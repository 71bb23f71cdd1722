"""Boundary relations to townships."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import shapely
from osm_writer import OsmFile, one_township, square

from layers.errors import IntakeError
from layers.intake.osm import Extract, read_extract


def with_road(file: OsmFile) -> OsmFile:
    file.line((104.01, 30.01), (104.02, 30.01), highway="residential")
    return file


def reasons(found: Extract) -> dict[str, tuple[str, ...]]:
    return {c.reason_en: c.names for c in found.left_out if c.what_en.startswith("boundaries")}


def test_attributes(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    coded = file.boundary(104.0, 30.0, 0.1, "青山镇", ref="511421100")
    local = file.boundary(104.1, 30.0, 0.1, "Vaduz", **{"ref:INSEE": "09139"})
    towns = read_extract(file.write(tmp_path / "t.osm.pbf", stamp="2024-02-03T04:05:06Z")).frames["townships"]
    first, second = (towns[towns["id"] == f"osm-r{r}"].iloc[0] for r in (coded, local))
    assert first[["name", "code", "kind", "boundary_source"]].tolist() == ["青山镇", "511421100", "zhen", "OpenStreetMap"]
    assert first["boundary_date"].date() == dt.date(2024, 2, 3)
    assert shapely.equals(first.geometry, shapely.box(104.0, 30.0, 104.1, 30.1))
    assert second["kind"] == "other"
    assert towns["code"].isna().tolist() == [False, True]


def test_several_outers_and_inners(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    outer, exclave = file.area(104.0, 30.0, 0.1), file.area(104.2, 30.0, 0.05)
    hole, island = file.area(104.03, 30.03, 0.04), file.area(104.04, 30.04, 0.01)
    file.relation([("w", outer, "outer"), ("w", exclave, "outer"), ("w", hole, "inner"), ("w", island, "outer"),
                   ("n", file.node(104.01, 30.01), "admin_centre")],
                  {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "多块乡"})
    shape = read_extract(file.write(tmp_path / "t.osm.pbf")).frames["townships"].geometry.iloc[0]
    expected = shapely.union_all([
        shapely.difference(shapely.box(104.0, 30.0, 104.1, 30.1), shapely.box(104.03, 30.03, 104.07, 30.07)),
        shapely.box(104.2, 30.0, 104.25, 30.05), shapely.box(104.04, 30.04, 104.05, 30.05),
    ])
    assert shape.geom_type == "MultiPolygon"
    assert shapely.equals(shape, expected)


def test_multipolygon_relations_count_and_closed_ways_do_not(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    tags = {"boundary": "administrative", "admin_level": "8"}
    way = file.area(104.0, 30.0, 0.1, {**tags, "name": "a way"})
    file.relation([("w", way, "outer")], {"type": "multipolygon", **tags, "name": "甲镇"})
    file.relation([("w", way, "")], {"type": "multilinestring", **tags, "name": "a border line"})
    assert read_extract(file.write(tmp_path / "t.osm.pbf")).frames["townships"]["name"].tolist() == ["甲镇"]


def test_a_relation_with_a_missing_way_is_left_out(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1, "完整镇")
    cut = file.boundary(104.1, 30.0, 0.1, "邻县镇")
    empty = file.relation([("r", 1, "subarea")], {
        "type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "只有下级"})
    assert empty
    found = read_extract(file.write(tmp_path / "t.osm.pbf", without={file.ways_of(cut)[0]}))
    assert found.frames["townships"]["name"].tolist() == ["完整镇"]
    assert reasons(found) == {
        "boundary ways are missing from the file (cut at its edge)": ("邻县镇", "只有下级")}


def test_open_rings_missing_nodes_and_nameless_ones_are_left_out(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1, "完整镇")
    admin = {"type": "boundary", "boundary": "administrative", "admin_level": "8"}
    file.relation([("w", file.line(*square(104.1, 30.0, 0.1)[:4]), "outer")], {**admin, "name": "缺口镇"})
    file.boundary(104.2, 30.0, 0.1)
    gone = file.node(104.35, 30.0)
    corners = [file.at(*c) for c in square(104.3, 30.0, 0.1)]
    holed = file.way([corners[0], gone, *corners[1:]])
    file.relation([("w", holed, "outer")], {**admin, "name": "缺点镇"})
    found = read_extract(file.write(tmp_path / "t.osm.pbf", without={gone}))
    assert found.frames["townships"]["name"].tolist() == ["完整镇"]
    assert reasons(found) == {"its boundary does not close to an area": ("缺口镇", "缺点镇"),
                              "has no name": ("r1003",)}


def test_mostly_outside_the_file_is_left_out(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1, "里镇")
    file.boundary(104.1, 30.0, 0.1, "外镇")
    found = read_extract(file.write(tmp_path / "t.osm.pbf", box=(104.0, 30.0, 104.12, 30.1)))
    assert found.frames["townships"]["name"].tolist() == ["里镇"]
    assert reasons(found) == {"lies mostly outside the file's extent": ("外镇",)}


def _two_counties(file: OsmFile, *, home: int, abroad: int) -> int:
    """Townships of a county that is whole and of one whose boundary is cut; returns a way of the latter."""
    for k in range(home):
        file.boundary(104.0 + k / 10, 30.0, 0.1, f"本{k}镇")
    for k in range(abroad):
        file.boundary(104.0 + k / 10, 31.0, 0.1, f"邻{k}镇")
    file.boundary(104.0, 30.0, 0.9, "本县", 6)
    return file.ways_of(file.boundary(104.0, 31.0, 0.9, "邻县", 6))[0]


def test_whole_townships_of_a_neighbour_that_is_cut_are_left_out(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    cut = _two_counties(file, home=3, abroad=1)
    found = read_extract(file.write(tmp_path / "t.osm.pbf", without={cut}))
    assert found.frames["townships"]["name"].tolist() == ["本0镇", "本1镇", "本2镇"]
    assert reasons(found) == {
        "belongs to a neighbouring region that is not complete in the file": ("邻0镇",)}
    assert found.region_name == "本县"


def test_a_neighbour_that_is_whole_belongs_to_the_region(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    _two_counties(file, home=3, abroad=1)
    found = read_extract(file.write(tmp_path / "几县.osm.pbf"))
    assert len(found.frames["townships"]) == 4
    assert found.region_name == "几县"


def test_a_small_whole_county_does_not_drive_out_the_many_others(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    cut = _two_counties(file, home=1, abroad=3)
    assert len(read_extract(file.write(tmp_path / "t.osm.pbf", without={cut})).frames["townships"]) == 4


def test_another_level_can_be_chosen(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1, "Parish", 7)
    found = read_extract(file.write(tmp_path / "t.osm.pbf"), township_level=7)
    assert found.frames["townships"]["name"].tolist() == ["Parish"]
    assert found.taken[0].reason_en == "boundaries of level 7"


def test_absent_level_names_those_there_are(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1, "A", 7)
    cut = file.boundary(104.1, 30.0, 0.1, "B", 7)
    file.boundary(104.0, 30.0, 0.3, "C", 4)
    with pytest.raises(IntakeError) as error:
        read_extract(file.write(tmp_path / "t.osm.pbf", without={file.ways_of(cut)[0]}))
    text = str(error.value)
    assert "level 4: 1 (1 complete), level 7: 2 (1 complete)" in text
    assert "7 级 2 个（完整 1 个）" in text
    assert "--township-level" in text
    assert "\n" not in text


def test_all_cut_is_told_apart_from_absent(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    cut = file.boundary(104.0, 30.0, 0.1, "A")
    with pytest.raises(IntakeError, match="are all incomplete"):
        read_extract(file.write(tmp_path / "t.osm.pbf", without={file.ways_of(cut)[0]}))


def test_complete_but_useless_boundaries(tmp_path: Path) -> None:
    file = with_road(OsmFile())
    file.boundary(104.0, 30.0, 0.1)
    with pytest.raises(IntakeError, match="没有名称 1"):
        read_extract(file.write(tmp_path / "t.osm.pbf"))


def test_region_of_one_township_bears_its_name(tmp_path: Path) -> None:
    assert read_extract(one_township().write(tmp_path / "t.osm.pbf")).region_name == "青山镇"


def test_the_smallest_broader_boundary_names_the_region(tmp_path: Path) -> None:
    file = one_township()
    file.boundary(103.0, 29.0, 3.0, "某省", 4)
    file.boundary(103.9, 29.9, 0.5, "某县", 6)
    file.boundary(104.0, 30.0, 0.02, "一角", 6)
    assert read_extract(file.write(tmp_path / "t.osm.pbf")).region_name == "某县"
