"""Places and finer boundaries to villages."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
from osm_writer import OsmFile

from layers.intake.osm import Extract, read_extract


def town() -> OsmFile:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "青山镇")
    file.boundary(104.1, 30.0, 0.1, "柳河乡")
    file.line((104.01, 30.05), (104.19, 30.05), highway="tertiary")
    return file


def extract(file: OsmFile, tmp_path: Path) -> tuple[gpd.GeoDataFrame, Extract]:
    found = read_extract(file.write(tmp_path / "t.osm.pbf"))
    return found.frames["villages"].set_index("name"), found


def left_out(found: Extract) -> dict[str, tuple[str, ...]]:
    return {c.reason_en: c.names for c in found.left_out if c.what_en == "places"}


def test_places_that_people_live_in(tmp_path: Path) -> None:
    file = town()
    for k, place in enumerate(("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood")):
        file.node(104.01 + k / 100, 30.02, {"place": place, "name": place})
    villages, found = extract(file, tmp_path)
    assert villages["kind"].to_dict() == {
        "city": "shequ", "town": "shequ", "village": "cun", "hamlet": "cun", "suburb": "shequ", "quarter": "shequ",
        "neighbourhood": "shequ"}
    assert set(villages.geom_type) == {"Point"}
    assert left_out(found) == {}


def test_places_that_are_no_unit_or_nameless_or_outside(tmp_path: Path) -> None:
    file = town()
    for place in ("locality", "isolated_dwelling", "farm", "county", "island"):
        file.node(104.05, 30.05, {"place": place, "name": place})
    file.node(104.05, 30.05, {"place": "village"})
    file.node(104.05, 30.05, {"place": "village", "name": "旧村", "abandoned": "yes"})
    file.node(104.5, 30.05, {"place": "village", "name": "外村"})
    villages, found = extract(file, tmp_path)
    assert villages.empty
    assert left_out(found) == {
        "not a place of the size of a village or community": tuple(
            f"{p} ({p})" for p in ("locality", "isolated_dwelling", "farm", "county", "island")),
        "has no name": (), "abandoned": ("旧村",), "in none of the townships taken": ("外村",)}


def test_township_kind_code_and_duplicate_names(tmp_path: Path) -> None:
    file = town()
    a = file.node(104.05, 30.05, {"place": "hamlet", "name": "柳树社区", "ref": "511421100201"})
    b = file.node(104.15, 30.05, {"place": "suburb", "name": "新村"})
    c = file.node(104.16, 30.05, {"place": "village", "name": "新村", "ref": "511421100"})
    villages = read_extract(file.write(tmp_path / "t.osm.pbf")).frames["villages"].set_index("id")
    rows = villages.loc[[f"osm-n{n}" for n in (a, b, c)]]
    assert rows["township"].tolist() == ["osm-r1001", "osm-r1002", "osm-r1002"]
    assert rows["kind"].tolist() == ["shequ", "cun", "cun"]
    assert rows["code"].tolist()[0] == "511421100201"
    assert rows["code"].isna().tolist() == [False, True, True]


def test_finer_boundaries_are_villages_and_places_in_them_are_not(tmp_path: Path) -> None:
    file = town()
    area = file.boundary(104.0, 30.0, 0.05, "柳树村", 10)
    file.boundary(104.05, 30.0, 0.05, "杨树村", 10)
    file.boundary(104.0, 30.0, 0.04, "片区", 9)
    file.node(104.02, 30.02, {"place": "hamlet", "name": "王家湾"})
    file.node(104.02, 30.08, {"place": "hamlet", "name": "李家湾"})
    villages, found = extract(file, tmp_path)
    assert set(villages.index) == {"柳树村", "杨树村", "李家湾"}
    assert villages.loc["柳树村", "id"] == f"osm-r{area}"
    assert villages.geom_type.to_dict() == {"柳树村": "Polygon", "杨树村": "Polygon", "李家湾": "Point"}
    assert left_out(found) == {"lies in a village that has an area already": ("王家湾",)}


def test_place_areas_are_villages(tmp_path: Path) -> None:
    file = town()
    way = file.area(104.02, 30.02, 0.02, {"place": "village", "name": "柳树村"})
    file.node(104.03, 30.03, {"place": "village", "name": "柳树村"})
    file.area(104.025, 30.025, 0.002, {"place": "neighbourhood", "name": "内里"})
    villages, found = extract(file, tmp_path)
    assert villages["id"].to_dict() == {"柳树村": f"osm-w{way}"}
    assert set(left_out(found)["lies in a village that has an area already"]) == {"柳树村", "内里"}


def test_the_area_of_a_whole_town_gives_way_to_its_quarters(tmp_path: Path) -> None:
    file = town()
    file.area(104.0, 30.0, 0.08, {"place": "town", "name": "Big Town"})
    file.node(104.01, 30.01, {"place": "town", "name": "Big Town"})
    file.node(104.05, 30.05, {"place": "suburb", "name": "East Side"})
    villages, found = extract(file, tmp_path)
    assert villages.geom_type.to_dict() == {"Big Town": "Point", "East Side": "Point"}
    assert left_out(found) == {"the area of a whole town; the places in it are taken instead": ("Big Town",)}


def test_a_township_tagged_as_place_is_not_its_own_village(tmp_path: Path) -> None:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "Vaduz", place="town")
    file.line((104.01, 30.05), (104.09, 30.05), highway="tertiary")
    file.node(104.05, 30.05, {"place": "village", "name": "Ebenholz"})
    villages, _ = extract(file, tmp_path)
    assert list(villages.index) == ["Ebenholz"]


def test_ids_do_not_depend_on_what_else_is_there(tmp_path: Path) -> None:
    file = town()
    node = file.node(104.05, 30.05, {"place": "village", "name": "柳树村"})
    before, _ = extract(file, tmp_path)
    file.node(104.06, 30.05, {"place": "village", "name": "早村"})
    after, _ = extract(file, tmp_path)
    assert before.loc["柳树村", "id"] == after.loc["柳树村", "id"] == f"osm-n{node}"
