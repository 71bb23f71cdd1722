"""What single tags mean, one line a case."""

from __future__ import annotations

import pytest

from layers.intake.osm.buildings import homes
from layers.intake.osm.businesses import business_of
from layers.intake.osm.point_tags import PERSONAL, is_station, memorial_type, parse_station_tags, station_level
from layers.intake.osm.road_tags import (
    AN_AREA,
    CLASSES,
    NO_ROAD,
    NOT_BUILT,
    RoadTags,
    access,
    oneway,
    posted_limit,
    read_road,
)
from layers.intake.osm.tags import address, display_name, division_code, is_gone, township_kind, year
from layers.schema import Label
from layers.vocabulary import BUSINESS, ROAD_CLASS


def road(**tags: str) -> RoadTags | Label:
    return read_road(tags, None)


@pytest.mark.parametrize(("highway", "road_class"), [
    ("motorway", "motorway"), ("motorway_link", "motorway"), ("trunk", "trunk"), ("primary", "trunk"),
    ("secondary", "county"), ("tertiary_link", "township"), ("unclassified", "village"), ("residential", "street"),
    ("living_street", "lane"), ("service", "lane"), ("pedestrian", "lane"), ("track", "track"), ("footway", "path"),
    ("cycleway", "path"), ("bridleway", "path"), ("path", "path"), ("steps", "steps"),
])
def test_road_class(highway: str, road_class: str) -> None:
    assert road(highway=highway).road_class == road_class


def test_classes_are_in_the_vocabulary() -> None:
    assert set(CLASSES.values()) <= set(ROAD_CLASS)


def test_a_primary_road_with_an_urban_limit_is_an_arterial() -> None:
    assert road(highway="primary", maxspeed="50").road_class == "arterial"
    assert road(highway="primary", maxspeed="80").road_class == "trunk"
    assert road(highway="primary", **{"source:maxspeed": "AT:urban"}).road_class == "arterial"
    assert road(highway="secondary", maxspeed="50").road_class == "county"


def test_ferry() -> None:
    assert road(route="ferry").road_class == "ferry"


@pytest.mark.parametrize(("tags", "reason"), [
    ({"highway": "construction"}, NOT_BUILT), ({"highway": "proposed"}, NOT_BUILT),
    ({"highway": "abandoned"}, NOT_BUILT), ({"highway": "track", "abandoned": "yes"}, NOT_BUILT),
    ({"highway": "residential", "construction": "yes"}, NOT_BUILT), ({"highway": "pedestrian", "area": "yes"}, AN_AREA),
    ({"highway": "platform"}, NO_ROAD), ({"highway": "rest_area"}, NO_ROAD), ({"highway": "raceway"}, NO_ROAD),
    ({"highway": "gibberish"}, NO_ROAD), ({"route": "hiking"}, NO_ROAD),
])
def test_no_road(tags: dict[str, str], reason: Label) -> None:
    assert read_road(tags, None) == reason


@pytest.mark.parametrize(("tags", "expected"), [
    ({}, "no"), ({"oneway": "yes"}, "forward"), ({"oneway": "1"}, "forward"), ({"oneway": "true"}, "forward"),
    ({"oneway": "-1"}, "backward"), ({"oneway": "reverse"}, "backward"), ({"oneway": "no"}, "no"),
    ({"oneway": "reversible"}, "no"), ({"oneway": "maybe"}, "no"),
    ({"junction": "roundabout"}, "forward"), ({"junction": "circular"}, "forward"),
    ({"junction": "roundabout", "oneway": "no"}, "no"), ({"junction": "roundabout", "oneway": "-1"}, "backward"),
    ({"highway": "motorway"}, "forward"), ({"highway": "motorway", "oneway": "no"}, "no"),
    ({"highway": "motorway_link"}, "no"),
    ({"oneway": "yes", "oneway:bicycle": "no"}, "forward"), ({"oneway": "yes", "oneway:bus": "no"}, "forward"),
    ({"oneway": "yes", "oneway:motor_vehicle": "no"}, "no"), ({"oneway:vehicle": "yes"}, "forward"),
    ({"oneway": "no", "oneway:motorcar": "-1"}, "backward"),
])
def test_oneway(tags: dict[str, str], expected: str) -> None:
    assert oneway({"highway": "residential", **tags}) == expected


def test_oneway_does_not_bind_walkers() -> None:
    assert road(highway="cycleway", oneway="yes").oneway is None
    assert road(highway="steps", oneway="yes").oneway is None


@pytest.mark.parametrize(("value", "kph"), [
    ("50", 50), ("50 km/h", 50), ("50km/h", 50), ("30 mph", 48.28), ("30mph", 48.28), ("DE:urban", 50), ("urban", 50),
    ("AT:rural", 80), ("walk", 7), ("DE:walk", 7), ("FR:zone30", 30), ("DE:zone:20", 20), ("50;30", 30),
    ("100|80", 80), ("7.5", 7.5), ("50; signals", 50),
])
def test_posted_limit(value: str, kph: float) -> None:
    limit, readable = posted_limit({"maxspeed": value})
    assert limit == pytest.approx(kph, abs=0.01)
    assert readable


@pytest.mark.parametrize("value", ["none", "signals", "variable", "no"])
def test_no_number_is_no_mistake(value: str) -> None:
    assert posted_limit({"maxspeed": value}) == (None, True)


@pytest.mark.parametrize("value", ["fast", "-20", "0", "999", "50 furlongs", "XX:moon", "5O", "50 ; oops"])
def test_unreadable_limits(value: str) -> None:
    assert posted_limit({"maxspeed": value}) == (None, False)


def test_the_lower_of_two_directions_counts() -> None:
    assert posted_limit({"maxspeed:forward": "60", "maxspeed:backward": "40"}) == (40, True)
    assert posted_limit({"maxspeed": "70", "maxspeed:forward": "60"}) == (70, True)


def test_driving_speed_is_below_the_limit() -> None:
    assert road(highway="secondary", maxspeed="80").speed_kph == pytest.approx(64)
    assert road(highway="motorway", maxspeed="160").speed_kph == pytest.approx(128)
    assert road(highway="secondary").speed_kph is None
    assert road(highway="secondary", maxspeed="none").speed_kph is None
    assert road(highway="footway", maxspeed="50").speed_kph is None


def test_a_limit_never_makes_a_lane_or_track_fast() -> None:
    assert road(highway="track", maxspeed="100").speed_kph == pytest.approx(20)
    assert road(highway="service", maxspeed="10").speed_kph == pytest.approx(8)


def test_unreadable_limit_is_counted_and_leaves_the_default() -> None:
    read = road(highway="secondary", maxspeed="fast")
    assert (read.speed_kph, read.limit_unreadable) == (None, True)


@pytest.mark.parametrize(("tags", "expected"), [
    ({"highway": "residential"}, None), ({"highway": "path"}, None), ({"highway": "cycleway"}, None),
    ({"highway": "steps"}, None), ({"highway": "motorway"}, None),
    ({"highway": "footway"}, "foot"), ({"highway": "footway", "bicycle": "yes"}, None),
    ({"highway": "pedestrian"}, "foot"), ({"highway": "pedestrian", "bicycle": "yes"}, "no_motor"),
    ({"highway": "residential", "access": "private"}, "none"), ({"highway": "residential", "access": "no"}, "none"),
    ({"highway": "residential", "access": "destination"}, None),
    ({"highway": "residential", "motor_vehicle": "no"}, "no_motor"),
    ({"highway": "residential", "motor_vehicle": "destination"}, None),
    ({"highway": "residential", "vehicle": "no"}, "foot"),
    ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, "no_motor"),
    ({"highway": "residential", "access": "no", "foot": "yes"}, "foot"),
    ({"highway": "residential", "access": "no", "foot": "yes", "bicycle": "yes"}, "no_motor"),
    ({"highway": "track", "motor_vehicle": "agricultural;forestry"}, "no_motor"),
    ({"highway": "track", "motor_vehicle": "agricultural;yes"}, None),
    ({"highway": "trunk", "motorroad": "yes"}, "motor"), ({"highway": "trunk", "foot": "no", "bicycle": "no"}, "motor"),
    ({"highway": "secondary", "bicycle": "no"}, "all"), ({"highway": "secondary", "foot": "no"}, "no_foot"),
    ({"highway": "motorway", "access": "private"}, "none"),
    ({"highway": "service", "service": "parking_aisle"}, None),
    ({"highway": "service", "access": "no", "psv": "yes"}, "none"),
    ({"highway": "path", "motor_vehicle": "yes"}, None),
])
def test_access(tags: dict[str, str], expected: str | None) -> None:
    assert access(tags, CLASSES[tags["highway"]]) == expected


@pytest.mark.parametrize(("tags", "expected"), [
    ({"surface": "asphalt"}, "paved"), ({"surface": "gravel"}, "gravel"), ({"surface": "dirt"}, "earth"),
    ({"surface": "unpaved"}, "gravel"), ({"surface": "???"}, None), ({}, None),
    ({"tracktype": "grade1"}, "paved"), ({"tracktype": "grade5"}, "earth"),
    ({"surface": "asphalt", "tracktype": "grade5"}, "paved"),
])
def test_surface(tags: dict[str, str], expected: str | None) -> None:
    assert road(highway="track", **tags).surface == expected


def test_a_road_without_a_name_takes_its_number() -> None:
    assert road(highway="trunk", ref="G318").name == "G318"
    assert read_road({"highway": "trunk", "ref": "G318"}, "成渝路").name == "成渝路"
    assert road(highway="trunk").name is None


def test_display_name() -> None:
    assert display_name({"name": "Vaduz", "name:zh": "瓦杜兹", "name:en": "V"}) == "瓦杜兹"
    assert display_name({"name": "  A \n B ", "name:en": "V"}) == "A B"
    assert display_name({"name:en": "V"}) == "V"
    assert display_name({"name": "  "}) is None


@pytest.mark.parametrize(("tags", "digits", "code"), [
    ({"ref": "511421100"}, (9, 12), "511421100"), ({"ref": "511421100000"}, (9, 12), "511421100000"),
    ({"ref": "511421100"}, (12,), None), ({"ref": "991421100"}, (9, 12), None), ({"ref": "09139"}, (9, 12), None),
    ({"postal_code": "511421100"}, (9, 12), None), ({"ref": "５１１４２１１００"}, (9, 12), None),
    ({"gb:code": "511421100"}, (9, 12), "511421100"),
])
def test_division_code(tags: dict[str, str], digits: tuple[int, ...], code: str | None) -> None:
    assert division_code(tags, digits) == code


@pytest.mark.parametrize(("name", "kind"), [
    ("青山镇", "zhen"), ("柳河乡", "xiang"), ("城东街道", "jiedao"), ("城东街道办事处", "jiedao"),
    ("高新开发区", "zone"), ("红星农场", "zone"), ("Vaduz", "other"), ("镇海", "other"),
])
def test_township_kind(name: str, kind: str) -> None:
    assert township_kind(name) == kind


def test_year_and_address() -> None:
    assert year({"start_date": "1952-10-01"}) == 1952
    assert year({"start_date": "~1952"}) == 1952
    assert year({"start_date": "1650"}) is None
    assert year({"start_date": "early 20th century"}) is None
    assert address({"addr:street": "人民路", "addr:housenumber": "5", "addr:city": "青山"}) == "青山 人民路 5"
    assert address({"addr:full": "人民路5号", "addr:city": "青山"}) == "人民路5号"
    assert address({}) is None
    assert is_gone({"disused": "yes"})
    assert not is_gone({"disused": "no"})


@pytest.mark.parametrize(("tag", "business"), [
    ("amenity=pharmacy", "medical"), ("amenity=hospital", "medical"), ("healthcare=clinic", "medical"),
    ("amenity=bank", "finance"), ("amenity=atm", "finance"), ("shop=supermarket", "shopping"),
    ("shop=convenience", "shopping"), ("amenity=restaurant", "catering"), ("tourism=hotel", "lodging"),
    ("amenity=post_office", "telecom"), ("shop=mobile_phone", "telecom"), ("amenity=bus_station", "transport"),
    ("amenity=fuel", "transport"), ("tourism=museum", "culture"), ("amenity=school", "education"),
    ("amenity=library", "education"), ("office=lawyer", "legal"), ("amenity=nursing_home", "elderly"),
    ("social_facility=nursing_home", "elderly"), ("shop=laundry", "household"), ("amenity=cafe;bar", "catering"),
    ("amenity=bench", None), ("shop=vacant", None), ("highway=bus_stop", None),
])
def test_business(tag: str, business: str | None) -> None:
    key, value = tag.split("=")
    assert business_of({key: value}) == business


def test_every_kind_of_business_can_be_found() -> None:
    from layers.intake.osm.businesses import _BUSINESSES

    assert set(_BUSINESSES) == set(BUSINESS)


@pytest.mark.parametrize(("tags", "kind"), [
    ({"historic": "memorial"}, "monument"), ({"historic": "monument"}, "monument"),
    ({"historic": "memorial", "memorial": "war_memorial"}, "monument"), ({"memorial": "statue"}, "statue"),
    ({"historic": "memorial", "memorial": "bust"}, "statue"), ({"historic": "memorial", "memorial": "wall"}, "wall"),
    ({"historic": "memorial", "building": "yes"}, "hall"), ({"historic": "monument", "tourism": "museum"}, "hall"),
    ({"historic": "memorial", "leisure": "park"}, "square"), ({"historic": "memorial", "man_made": "tower"}, "tower"),
    ({"landuse": "cemetery"}, "cemetery"), ({"amenity": "grave_yard"}, "cemetery"),
    ({"historic": "memorial", "memorial": "grave"}, "grave"),
    ({"historic": "memorial", "memorial": "stolperstein"}, PERSONAL), ({"memorial": "ghost_bike"}, PERSONAL),
    ({"historic": "castle"}, None), ({"memorial": "no"}, None), ({"landuse": "forest"}, None),
])
def test_memorial_type(tags: dict[str, str], kind: str | Label | None) -> None:
    assert memorial_type(tags) == kind


@pytest.mark.parametrize(("tags", "level"), [
    ({"amenity": "townhall"}, "township"), ({"office": "government"}, "township"),
    ({"amenity": "community_centre"}, "village"), ({"amenity": "post_office"}, "village"),
    ({"name": "青山镇人民政府", "office": "government"}, "township"),
    ({"name": "高村镇退役军人服务站"}, "township"), ({"name": "城关镇东街社区服务中心"}, "village"),
    ({"name": "柳树村村委会", "amenity": "townhall"}, "village"), ({"name": "幸福小区服务站"}, "village"),
    ({"name": "仁寿县退役军人服务中心"}, "county"), ({"name": "东坡区人民政府", "amenity": "townhall"}, "county"),
    ({"name": "城东街道办事处"}, "township"), ({"name": "Rathaus", "amenity": "townhall"}, "township"),
])
def test_station_level(tags: dict[str, str], level: str) -> None:
    assert station_level(tags) == level


def test_default_stations() -> None:
    assert is_station({"amenity": "townhall"}, ())
    assert is_station({"amenity": "social_facility"}, ())
    assert not is_station({"amenity": "social_facility", "social_facility": "nursing_home"}, ())
    assert is_station({"name": "柳树村退役军人服务站"}, ())
    assert not is_station({"amenity": "pub", "name": "Rathaus"}, ())


def test_chosen_stations() -> None:
    chosen = parse_station_tags(["amenity=post_office, office=*", "shop=convenience"])
    assert chosen == (("amenity", "post_office"), ("office", "*"), ("shop", "convenience"))
    assert is_station({"amenity": "post_office"}, chosen)
    assert is_station({"amenity": "bank;post_office"}, chosen)
    assert is_station({"office": "anything"}, chosen)
    assert not is_station({"office": "no"}, chosen)
    assert not is_station({"amenity": "townhall"}, chosen)
    assert is_station({"amenity": "social_facility", "social_facility": "nursing_home"},
                      parse_station_tags(["amenity=social_facility"]))


@pytest.mark.parametrize(("tags", "n"), [
    ({"building": "house"}, 1), ({"building": "house", "building:levels": "9"}, 1),
    ({"building": "apartments"}, 6), ({"building": "apartments", "building:levels": "5"}, 10),
    ({"building": "apartments", "building:flats": "12"}, 12), ({"building": "yes", "building:flats": "4"}, 4),
    ({"building": "apartments", "building:levels": "40"}, 50), ({"building": "apartments", "building:levels": "x"}, 6),
    ({"building": "house", "building:flats": "0"}, 1),
])
def test_homes_in_a_building(tags: dict[str, str], n: int) -> None:
    assert homes(tags) == n
