"""Ways cut at their junctions."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from osm_writer import OsmFile, one_township

from layers.intake.osm import Extract, read_extract


def extract(file: OsmFile, tmp_path: Path, **options: object) -> Extract:
    return read_extract(file.write(tmp_path / "t.osm.pbf"), **options)


def pieces(roads: gpd.GeoDataFrame, way: int) -> dict[str, list[tuple[float, float]]]:
    mine = roads[roads["id"].str.startswith(f"osm-w{way}-")]
    return {i: list(g.coords) for i, g in zip(mine["id"], mine.geometry, strict=True)}


def left_out(found: Extract) -> dict[tuple[str, str], int]:
    return {(c.what_en, c.reason_en): c.n for c in found.left_out}


def test_a_crossing_with_a_shared_node_cuts_both_ways(tmp_path: Path) -> None:
    file = one_township()
    a = file.line((104.01, 30.01), (104.02, 30.01), (104.03, 30.01), (104.04, 30.01), highway="residential")
    b = file.line((104.02, 30.02), (104.02, 30.01), (104.02, 30.0), highway="residential")
    roads = extract(file, tmp_path).frames["roads"]
    assert pieces(roads, a) == {
        f"osm-w{a}-1": [(104.01, 30.01), (104.02, 30.01)],
        f"osm-w{a}-2": [(104.02, 30.01), (104.03, 30.01), (104.04, 30.01)],
    }
    assert list(pieces(roads, b)) == [f"osm-w{b}-1", f"osm-w{b}-2"]


def test_a_bridge_without_a_shared_node_does_not_cut(tmp_path: Path) -> None:
    file = one_township()
    a = file.line((104.01, 30.01), (104.03, 30.01), highway="residential")
    file.line((104.02, 30.02), (104.02, 30.0), highway="residential", bridge="yes", layer="1")
    assert len(pieces(extract(file, tmp_path).frames["roads"], a)) == 1


def test_ways_that_are_not_taken_do_not_cut(tmp_path: Path) -> None:
    file = one_township()
    a = file.line((104.01, 30.01), (104.02, 30.01), (104.03, 30.01), highway="residential")
    file.line((104.02, 30.02), (104.02, 30.01), highway="proposed")
    file.line((104.02, 30.01), (104.02, 30.0), waterway="stream")
    assert len(pieces(extract(file, tmp_path).frames["roads"], a)) == 1


def test_end_to_end_joints_and_ferries_meet_at_nodes(tmp_path: Path) -> None:
    file = one_township()
    a = file.line((104.01, 30.01), (104.02, 30.01), highway="residential")
    b = file.line((104.02, 30.01), (104.03, 30.01), route="ferry")
    roads = extract(file, tmp_path).frames["roads"].set_index("id")
    assert roads.loc[f"osm-w{b}-1", "class"] == "ferry"
    assert roads.geometry[f"osm-w{a}-1"].coords[-1] == roads.geometry[f"osm-w{b}-1"].coords[0]


def test_a_roundabout_is_cut_where_roads_meet_it(tmp_path: Path) -> None:
    file = one_township()
    ring = file.line((104.01, 30.01), (104.02, 30.01), (104.02, 30.02), (104.01, 30.02), (104.01, 30.01),
                     highway="tertiary", junction="roundabout")
    file.line((104.02, 30.01), (104.03, 30.0), highway="tertiary")
    file.line((104.02, 30.02), (104.03, 30.03), highway="tertiary")
    roads = extract(file, tmp_path).frames["roads"]
    assert [len(p) for p in pieces(roads, ring).values()] == [2, 2, 3]
    assert set(roads.loc[roads["id"].str.startswith(f"osm-w{ring}-"), "oneway"]) == {"forward"}


def test_a_way_that_crosses_itself_is_cut_there(tmp_path: Path) -> None:
    file = one_township()
    eight = file.line((104.01, 30.01), (104.02, 30.02), (104.03, 30.02), (104.03, 30.01), (104.02, 30.02),
                      (104.01, 30.03), highway="track")
    assert [len(p) for p in pieces(extract(file, tmp_path).frames["roads"], eight).values()] == [2, 4, 2]


def test_a_lone_ring_is_one_piece(tmp_path: Path) -> None:
    file = one_township()
    ring = file.line((104.01, 30.01), (104.02, 30.01), (104.02, 30.02), (104.01, 30.01), highway="track")
    assert [len(p) for p in pieces(extract(file, tmp_path).frames["roads"], ring).values()] == [4]


def test_two_ways_over_the_same_nodes_are_cut_at_each(tmp_path: Path) -> None:
    file = one_township()
    corners = [(104.01, 30.01), (104.02, 30.01), (104.03, 30.01)]
    a, b = (file.line(*corners, highway="path") for _ in range(2))
    roads = extract(file, tmp_path).frames["roads"]
    assert len(pieces(roads, a)) == len(pieces(roads, b)) == 2


def test_missing_nodes_break_a_way(tmp_path: Path) -> None:
    file = one_township()
    inside = [file.at(104.01 + k / 100, 30.01) for k in range(3)]
    gone = file.node(104.05, 30.01)
    beyond = [file.at(104.06 + k / 100, 30.01) for k in range(2)]
    cut = file.way([*inside, gone, *beyond], {"highway": "residential"})
    end = file.way([inside[0], gone], {"highway": "residential"})
    path = file.write(tmp_path / "t.osm.pbf", without={gone})
    found = read_extract(path)
    assert [len(p) for p in pieces(found.frames["roads"], cut).values()] == [3, 2]
    assert pieces(found.frames["roads"], end) == {}
    reasons = left_out(found)
    assert reasons["road ways", "ways cut at the edge of the file: the part inside is taken"] == 1
    assert reasons["road ways", "fewer than two of its nodes are in the file"] == 1


def test_repeated_nodes_and_single_nodes(tmp_path: Path) -> None:
    file = one_township()
    a, b = file.at(104.01, 30.01), file.at(104.02, 30.01)
    twice = file.way([a, a, b, b], {"highway": "residential"})
    one = file.way([a], {"highway": "residential"})
    same = file.way([file.at(104.05, 30.01), file.node(104.05, 30.01)], {"highway": "residential"})
    found = extract(file, tmp_path)
    assert pieces(found.frames["roads"], twice) == {f"osm-w{twice}-1": [(104.01, 30.01), (104.02, 30.01)]}
    assert pieces(found.frames["roads"], one) == pieces(found.frames["roads"], same) == {}
    assert left_out(found)["road pieces", "no length"] == 1
    assert left_out(found)["road ways", "fewer than two of its nodes are in the file"] == 1


def test_attributes_follow_every_piece(tmp_path: Path) -> None:
    file = one_township()
    way = file.line((104.01, 30.01), (104.02, 30.01), (104.03, 30.01), highway="secondary", name="人民路", oneway="-1",
                    maxspeed="60", surface="asphalt", foot="no", bicycle="no")
    file.line((104.02, 30.01), (104.02, 30.02), highway="path")
    roads = extract(file, tmp_path).frames["roads"].set_index("id")
    for k in (1, 2):
        row = roads.loc[f"osm-w{way}-{k}"]
        assert row[["name", "class", "oneway", "surface", "access"]].tolist() == [
            "人民路", "county", "backward", "paved", "motor"]
        assert row["speed_kph"] == pytest.approx(48)


def test_roads_far_outside_are_left_out_and_near_ones_kept(tmp_path: Path) -> None:
    file = one_township()
    near = file.line((104.11, 30.05), (104.15, 30.05), highway="primary")
    across = file.line((104.15, 30.05), (104.5, 30.05), highway="primary")
    far = file.line((104.4, 30.2), (104.5, 30.2), highway="primary")
    found = extract(file, tmp_path)
    taken = {i.split("-")[1] for i in found.frames["roads"]["id"]}
    assert {f"w{near}", f"w{across}"} <= taken
    assert f"w{far}" not in taken
    assert left_out(found)["road pieces", "too far from the region (more than 10 km)"] == 1


def test_barriers_on_roads_are_said_not_to_be_held(tmp_path: Path) -> None:
    file = one_township()
    bollard = file.node(104.02, 30.01, {"barrier": "bollard"})
    open_gate = file.node(104.03, 30.01, {"barrier": "bollard", "motor_vehicle": "yes"})
    file.way([file.at(104.01, 30.01), bollard, open_gate, file.at(104.04, 30.01)], {"highway": "residential"})
    file.node(104.06, 30.01, {"barrier": "bollard"})
    assert left_out(extract(file, tmp_path))[
        "barriers (bollards)", "the roads layer does not hold barriers at nodes"] == 1


def test_left_out_ways_are_counted_by_reason(tmp_path: Path) -> None:
    file = one_township()
    for highway in ("construction", "proposed", "platform"):
        file.line((104.01, 30.01), (104.02, 30.01), highway=highway)
    file.area(104.03, 30.03, 0.001, {"highway": "pedestrian", "area": "yes"})
    found = extract(file, tmp_path)
    assert {c.reason_en: c.n for c in found.left_out if c.what_en == "road ways"} == {
        "under construction, planned or abandoned": 2, "an area, not a line": 1,
        "not a road to travel on (platform, rest area, raceway)": 1,
    }


def test_pieces_are_in_order_of_way_and_place(tmp_path: Path) -> None:
    file = one_township()
    corners = [(104.01 + k / 1000, 30.01) for k in range(12)]
    way = file.line(*corners, highway="residential")
    for lon, lat in corners[1:-1]:
        file.line((lon, lat), (lon, lat + 0.001), highway="path")
    ids = list(pieces(extract(file, tmp_path).frames["roads"], way))
    assert ids == [f"osm-w{way}-{k}" for k in range(1, 12)]
