"""``rongtu import`` of rows without coordinates: each lies as exactly as the file and the store allow, and says so."""

from __future__ import annotations

import pytest
from office_sheets import CHECKED
from small_county import at

from layers.store import Store


@pytest.fixture
def run(import_sheet):
    """Runs the command on a workbook of these columns: exit code and answer."""
    return lambda columns, *options, layer="households": import_sheet(layer, columns, *options)


def counted(answer):
    assert answer["rows_in"] == answer["stored"] + answer["unchanged"] + answer["rejected"]
    return [answer[name] for name in ("rows_in", "stored", "unchanged", "rejected")]


def people(store_url):
    with Store.open(store_url) as store:
        found = store.read("households", protected=True)
    return found[found["contact_name"].notna()].set_index("contact_name")


def lonlat(*places):
    points = [at(*place) if place else None for place in places]
    return {"经度": ["" if p is None else f"{p.x:.6f}" for p in points], "纬度": ["" if p is None else f"{p.y:.6f}" for p in points]}


GROUPS = {
    "姓名": ["甲一", "甲二", "甲三", "甲四", "乙一", "丙一", "丁一"],
    "村": ["东村", "东村村委会", "东村", "甲镇东村三组", "东村", "西村", "东村"],
    "组": ["三组", "第三村民小组", "3组", "", "五组", "三组", ""],
    **lonlat((1000, 100), (1040, 180), (1500, 400), None, None, None, None),
}


def test_a_row_lies_in_its_group_where_others_of_the_file_tell_where_that_is(run, store_url):
    code, answer = run(GROUPS)
    assert (code, counted(answer), answer["issues"]) == (0, [7, 7, 0, 0], [])
    found = people(store_url)
    assert found["precision"].to_dict() == {
        "甲一": "building", "甲二": "building", "甲三": "building", "甲四": "group",
        "乙一": "village", "丙一": "village", "丁一": "village"}
    middle = at(1040, 180)  # the median of each axis, worked out by hand
    assert found.loc["甲四", "geometry"].distance(middle) < 2e-6
    assert found.loc["甲四", "group_name"] == "三组"
    assert counted(run(GROUPS)[1]) == [7, 0, 7, 0]


def test_a_row_lies_in_its_group_where_the_store_tells_where_that_is(run, store_url):
    assert run({name: values[:3] for name, values in GROUPS.items()})[0] == 0
    code, answer = run({"姓名": ["戊一", "戊二"], "村": ["东村", "西村"], "组": ["3", "3"]})
    assert (code, counted(answer)) == (0, [2, 2, 0, 0])
    found = people(store_url)
    assert found["precision"][["戊一", "戊二"]].tolist() == ["group", "village"]
    assert found.loc["戊一", "geometry"].distance(at(1040, 180)) < 2e-6


def test_a_group_is_not_looked_for_far_from_its_village(run, store_url):
    columns = {"姓名": ["甲一", "甲二"], "村": ["东村"] * 2, "组": ["三组"] * 2, **lonlat((6900, 1900), None)}
    code, _ = run(columns, "--accept", "far_from_village")
    assert code == 0
    assert people(store_url).loc["甲二", "precision"] == "village"


ADDRESSES = {
    "姓名": ["甲一", "乙一", "丙一", "丁一"],
    "身份证号": CHECKED[:4],
    "家庭住址": ["某省某市某县甲镇东村二组12号", "乙乡西村李家湾", "北村", "外省某市幸福路3号"],
}


def test_an_address_alone_tells_the_village_and_the_group_or_is_a_question(run, store_url):
    code, answer = run(ADDRESSES)
    assert code == 1
    (issue,) = answer["issues"]
    assert (issue["row"], issue["rule"], issue["value"], issue["doubt"]) == (5, "unplaced", "***", True)
    code, answer = run(ADDRESSES, "--accept", "unplaced")
    assert (code, counted(answer)) == (0, [4, 4, 0, 0])
    found = people(store_url)
    assert found["village"].fillna("").to_dict() == {"甲一": "V1", "乙一": "V2", "丙一": "V3", "丁一": ""}
    assert found["precision"].to_dict() == {"甲一": "village", "乙一": "village", "丙一": "village", "丁一": "unknown"}
    assert found.loc["甲一", "group_name"] == "二组"
    assert counted(run(ADDRESSES)[1]) == [4, 0, 4, 0]


def test_a_station_serves_what_its_list_says_not_where_it_stands(run, store_url):
    columns = {"服务站名称": ["甲镇退役军人服务站"], "乡镇": ["甲镇"], "地址": ["甲镇东村1号"], **lonlat((900, 500))}
    code, _ = run(columns, layer="stations")
    assert code == 0
    with Store.open(store_url) as store:
        found = store.read("stations").set_index("name").loc["甲镇退役军人服务站"]
    assert (found["unit"], found["level"]) == ("990001001", "township")
