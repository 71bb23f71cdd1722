"""Features to stations, support points and memorials."""

from __future__ import annotations

from pathlib import Path

import pytest
from osm_writer import OsmFile, one_township

from geo.errors import ParameterError
from layers.intake.osm import Extract, read_extract


def extract(file: OsmFile, tmp_path: Path, *station_tags: str) -> Extract:
    return read_extract(file.write(tmp_path / "t.osm.pbf"), station_tags=station_tags)


def counts(found: Extract, what: str) -> dict[str, int]:
    return {c.reason_en: c.n for c in found.left_out if c.what_en == what}


def test_station_attributes(tmp_path: Path) -> None:
    file = one_township()
    hall = file.node(104.02, 30.02, {"amenity": "townhall", "name": "青山镇人民政府", "phone": "028-1234",
                                     "addr:street": "人民路", "addr:housenumber": "1"})
    centre = file.area(104.06, 30.06, 0.001, {"amenity": "community_centre", "name": "柳树村活动中心"})
    county = file.node(104.03, 30.03, {"name": "仁寿县退役军人服务中心", "office": "government"})
    stations = extract(file, tmp_path).frames["stations"].set_index("id")
    row = stations.loc[f"osm-n{hall}"]
    assert row[["level", "status", "unit", "address", "phone", "precision"]].tolist() == [
        "township", "open", "osm-r1001", "人民路 1", "028-1234", "door"]
    row = stations.loc[f"osm-w{centre}"]
    assert row[["level", "precision"]].tolist() == ["village", "building"]
    assert row["unit"].startswith("osm-n")
    assert row.geometry.geom_type == "Point"
    row = stations.loc[f"osm-n{county}"]
    assert row["level"] == "county"
    assert row.isna()["unit"]


def test_a_village_station_without_villages_serves_the_township(tmp_path: Path) -> None:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "青山镇")
    file.line((104.02, 30.05), (104.05, 30.05), highway="tertiary")
    file.node(104.02, 30.02, {"amenity": "community_centre", "name": "c"})
    found = extract(file, tmp_path)
    assert found.frames["stations"]["unit"].tolist() == ["osm-r1001"]
    assert found.frames["villages"].empty


def test_no_station_says_how_to_choose(tmp_path: Path) -> None:
    found = extract(one_township(), tmp_path)
    assert found.frames["stations"].empty
    said = next(c for c in found.taken if c.what_en == "Service stations")
    assert said.n == 0
    assert "--station-tags" in said.reason_zh
    assert "amenity=townhall" in said.reason_en


def test_chosen_tags_replace_the_default_and_are_not_support_points(tmp_path: Path) -> None:
    file = one_township()
    file.node(104.02, 30.02, {"amenity": "townhall", "name": "h"})
    post = file.node(104.03, 30.03, {"amenity": "post_office", "name": "p"})
    odd = file.node(104.04, 30.04, {"club": "veterans", "name": "v"})
    found = extract(file, tmp_path, "amenity=post_office,club=*")
    assert set(found.frames["stations"]["id"]) == {f"osm-n{post}", f"osm-n{odd}"}
    assert found.frames["support_points"].empty
    assert any("amenity=post_office, club=*" in c.reason_en for c in found.taken)


@pytest.mark.parametrize("text", ["townhall", "=x", "amenity=", "amenity=townhall,post_office"])
def test_station_tags_that_are_not_tags(text: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="key=value"):
        extract(one_township(), tmp_path, text)


def test_support_points(tmp_path: Path) -> None:
    file = one_township()
    file.node(104.02, 30.02, {"amenity": "pharmacy", "name": "同仁堂"})
    file.node(104.03, 30.02, {"amenity": "atm", "operator": "农业银行"})
    file.node(104.04, 30.02, {"amenity": "restaurant"})
    file.node(104.05, 30.02, {"amenity": "fuel", "name": "x", "disused": "yes"})
    file.node(104.5, 30.02, {"amenity": "fuel", "name": "outside"})
    found = extract(file, tmp_path)
    points = found.frames["support_points"]
    assert points["name"].tolist() == ["同仁堂", "农业银行", "青山镇 餐饮 Catering"]
    assert points["business"].tolist() == ["medical", "finance", "catering"]
    assert set(points["kind"]) == {"merchant"}
    assert counts(found, "support points") == {
        "disused or abandoned": 1, "in none of the townships taken": 1}


def test_a_relation_can_be_a_feature(tmp_path: Path) -> None:
    file = one_township()
    outer, inner = file.area(104.02, 30.02, 0.01), file.area(104.024, 30.024, 0.004)
    number = file.relation([("w", outer, "outer"), ("w", inner, "inner")],
                           {"type": "multipolygon", "amenity": "hospital", "name": "医院"})
    points = extract(file, tmp_path).frames["support_points"]
    assert points["id"].tolist() == [f"osm-r{number}"]
    point = points.geometry.iloc[0]
    assert 104.02 < point.x < 104.03
    assert not (104.024 < point.x < 104.028 and 30.024 < point.y < 30.028)


def test_a_thing_mapped_as_point_and_area_counts_once(tmp_path: Path) -> None:
    file = one_township()
    for k, (area, point) in enumerate((("A", "A"), ("", "B"), ("C", ""), ("D", "E"))):
        west = 104.02 + k / 100
        tags = {"amenity": "restaurant"}
        file.area(west, 30.02, 0.002, {**tags, "name": area} if area else tags)
        file.node(west + 0.001, 30.021, {**tags, "name": point} if point else tags)
    file.node(104.021, 30.0215, {"amenity": "bank", "name": "A"})
    found = extract(file, tmp_path)
    assert sorted(found.frames["support_points"]["name"]) == sorted(
        ["A", "A", "B", "青山镇 餐饮 Catering", "D", "E"])
    assert counts(found, "support points") == {"mapped twice, as a point and as an area; one is taken": 3}


def test_memorials(tmp_path: Path) -> None:
    file = one_township()
    file.node(104.02, 30.02, {"historic": "memorial", "memorial": "war_memorial", "name": "英雄碑",
                              "start_date": "1951", "material": "granite"})
    yard = file.area(104.03, 30.03, 0.002, {"landuse": "cemetery"})
    file.node(104.04, 30.04, {"historic": "memorial", "memorial": "stolperstein", "name": "somebody"})
    found = extract(file, tmp_path)
    memorials = found.frames["memorials"].set_index("type")
    assert memorials["level"].tolist() == ["ungraded", "ungraded"]
    stone, cemetery = memorials.loc["monument"], memorials.loc["cemetery"]
    assert stone[["name", "built", "material", "precision"]].tolist() == ["英雄碑", 1951, "granite", "door"]
    assert cemetery[["id", "name", "precision"]].tolist() == [f"osm-w{yard}", "青山镇 墓地 cemetery", "building"]
    assert memorials["village"].notna().all()
    assert counts(found, "memorials") == {"marks for single persons (stolperstein, ghost bike, bench)": 1}


def test_one_feature_may_be_in_two_layers(tmp_path: Path) -> None:
    file = one_township()
    number = file.node(104.02, 30.02, {"historic": "monument", "tourism": "museum", "name": "纪念馆"})
    frames = extract(file, tmp_path).frames
    assert frames["memorials"]["id"].tolist() == frames["support_points"]["id"].tolist() == [f"osm-n{number}"]
    assert frames["memorials"]["type"].tolist() == ["hall"]


def test_outlines_that_do_not_close_are_counted(tmp_path: Path) -> None:
    file = one_township()
    file.line((104.02, 30.02), (104.03, 30.02), (104.03, 30.03), amenity="restaurant", name="open")
    file.line((104.02, 30.02), (104.03, 30.02), (104.03, 30.03), landuse="cemetery", name="yard")
    lost = file.area(104.05, 30.05, 0.01)
    file.relation([("w", lost, "outer")], {"type": "multipolygon", "amenity": "hospital", "name": "cut"})
    gone = file.node(104.07, 30.07)
    file.way([gone, *(file.at(104.07 + k / 100, 30.08) for k in range(2)), gone], {"amenity": "bank", "name": "b"})
    found = read_extract(file.write(tmp_path / "t.osm.pbf", without={lost, gone}))
    assert found.frames["support_points"].empty
    assert counts(found, "support points") == {"its outline is incomplete or does not close": 3}
    assert counts(found, "memorials") == {"its outline is incomplete or does not close": 1}
