"""What may be written in a scenario, and how what may not is refused."""

from __future__ import annotations

import json

import pytest

from app.services.scenarios.definition import Scenario, ScenarioError, read_scenario

WHOLE = {
    "version": 1,
    "name": "防汛预案",
    "note": "东河涨水",
    "mode": "drive",
    "minutes": 20.0,
    "changes": [
        {"change": "add_station", "name": "新站", "at": [123.0, 28.5], "level": "village", "staff": 2},
        {"change": "move_station", "station": "S1", "at": [123.01, 28.5]},
        {"change": "close_station", "station": "S4"},
        {"change": "close_roads", "roads": ["r1", "r2"]},
        {"change": "close_roads", "shape": {"type": "LineString", "coordinates": [[123, 28], [123.1, 28]]}},
        {"change": "close_roads",
         "shape": {"type": "Polygon", "coordinates": [[[123, 28], [123.1, 28], [123.1, 28.1], [123, 28]]]}},
        {"change": "speeds", "mode": "drive", "classes": ["village"], "factor": 0.5},
        {"change": "speeds", "mode": "walk", "kph": 3},
    ],
    "people": {"file": "households-2025.gpkg"},
    "made_for": {"region": "小县", "stamp": "3-20260101", "as_of": "2026-10-31"},
}  # fmt: skip


def test_what_is_written_is_read_back_the_same():
    scenario = read_scenario(json.dumps(WHOLE))
    assert read_scenario(scenario.to_json()) == scenario
    assert {**WHOLE, **scenario.to_dict(), "changes": WHOLE["changes"]} == {
        **scenario.to_dict(), "changes": WHOLE["changes"]
    }  # fmt: skip
    for given, written in zip(WHOLE["changes"], scenario.to_dict()["changes"], strict=True):
        assert {name: written[name] for name in given} == given
    assert hash(scenario) == hash(read_scenario(scenario.to_json()))


def test_blanks_around_a_name_are_none_of_it():
    assert read_scenario('{"name": " 新站　"}').name == Scenario(name="新站 ").name == "新站"
    assert read_scenario('{"name": "新 站"}').name == "新 站"


def test_the_least_scenario_is_a_name():
    scenario = read_scenario('{"name": "现状"}')
    assert (scenario.mode, scenario.minutes, scenario.changes, scenario.people) == (None, None, (), None)


def polygon(*ring):
    return {"change": "close_roads", "shape": {"type": "Polygon", "coordinates": [list(ring)]}}


BOW_TIE = polygon([123, 28], [124, 29], [124, 28], [123, 29], [123, 28])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "不是有效的 JSON"),
        ("[" * 100_000, "不是有效的 JSON"),
        ("[]", "应是一个对象"),
        ({"name": "x", "nam": 1}, "nam 没有这一项 .*there is no such part"),
        ({}, "name 缺少"),
        ({"name": ""}, "name 不能为空"),
        ({"name": " \u3000"}, "^方案格式有误：方案名称“”不能用"),
        ({"name": ".."}, "“..”不能用"),
        ({"name": " . "}, "“.”不能用"),
        ({"name": "a/b"}, "不能含 /"),
        ({"name": "a\x00b"}, "控制字符"),
        ({"name": "a\nb"}, "控制字符"),
        ({"name": "x" * 81}, "name 最多 80 个字"),
        ({"name": "x", "version": 2}, "格式版本是 2.*update the program"),
        ({"name": "x", "mode": "fly"}, "mode 不在允许的取值中"),
        ({"name": "x", "minutes": 0}, "minutes 须大于 0"),
        ({"name": "x", "minutes": 1e9}, "minutes 须不大于 1440"),
        ({"name": "x", "changes": [{"change": "fly"}]}, r"changes\[0\] 没有这一种"),
        ({"name": "x", "changes": [{"station": "S1"}]}, r"changes\[0\] 没有说明是哪一种"),
        ({"name": "x", "changes": [{"change": "close_station", "station": "a", "why": 1}]}, r"changes\[0\].why 没有这一项"),
        ({"name": "x", "changes": [{"change": "close_station"}]}, r"changes\[0\].station 缺少"),
        ({"name": "x", "changes": [{"change": "add_station", "name": "n", "at": [28.5, 123]}]}, r"\.at\[1\] 须不大于 90"),
        ({"name": "x", "changes": [{"change": "add_station", "name": "n", "at": [1, 2], "staff": -1}]}, "staff 须不小于 0"),
        ({"name": "x", "changes": [{"change": "add_station", "name": "n", "at": [1, 2], "level": "city"}]}, "level 不在允许"),
        ({"name": "x", "changes": [BOW_TIE]}, r"changes\[0\].shape：多边形与自己相交，在经纬度 123.5 28.5 处"),
        ({"name": "x", "changes": [polygon([0, 0], [1, 0], [1, 1], [0, 1])]}, "没有闭合"),
        ({"name": "x", "changes": [{"change": "close_roads"}]}, "之一"),
        ({"name": "x", "changes": [{"change": "close_roads", "roads": ["a"], "shape": BOW_TIE["shape"]}]}, "相交"),
        ({"name": "x", "changes": [{"change": "speeds", "mode": "drive"}]}, "之一"),
        ({"name": "x", "changes": [{"change": "speeds", "mode": "drive", "factor": 0}]}, "factor 须不小于 0.05"),
        ({"name": "x", "people": {}}, "people：people 须写.*the scenario: people: give one of"),
        ({"name": "x", "people": {"as_of": "2025-10-31", "file": "a.csv"}}, "people：people 须写"),
        ({"name": "x", "people": {"as_of": "2025-13-01"}}, "people.as_of：须是日期，如"),
        ({"name": "x", "changes": [BOW_TIE]}, r"\(the scenario: changes\[0\].shape: the polygon crosses itself"),
        ('{"name": "x", "changes": [{"change": "add_station", "name": "n", "at": [NaN, 2]}]}', r"at\[0\] 不是有效的数 .*not a number"),
        ('{"name": "x", "changes": [{"change": "add_station", "name": "n", "at": [1, 1e999]}]}', r"at\[1\] 不是有效的数"),
        ('{"name": "x", "minutes": -Infinity}', "minutes 不是有效的数"),
        ('{"name": "x", "changes": [{"change": "close_station", "station": "a", "station": "b"}]}',
         '^方案中同一处写了两个 "station"；请只留一个'),
        ({"name": "x", "people": {"store": "postgresql://u:secret@h/db"}}, "不能写数据库密码"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(given, said):
    with pytest.raises(ScenarioError, match=said) as caught:
        read_scenario(given if isinstance(given, str) else json.dumps(given))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_not_a_number_is_no_number():
    with pytest.raises(ScenarioError, match="minutes"):
        read_scenario('{"name": "x", "minutes": NaN}')
