"""``rongtu import`` of records: what they are about is found by id, number, name or person, else asked about."""

from __future__ import annotations

import json

import pytest
from office_sheets import CHECKED

from layers.store import Store


@pytest.fixture
def run(import_sheet):
    return import_sheet


def counted(answer):
    assert answer["rows_in"] == answer["stored"] + answer["unchanged"] + answer["rejected"]
    return [answer[name] for name in ("rows_in", "stored", "unchanged", "rejected")]


HOUSEHOLDS = {
    "户号": ["A-1", "A-2", "A-1", "B-9"], "姓名": ["甲一", "甲一", "乙二", "丙三"], "村": ["东村", "西村", "西村", "东村"],
    "身份证号": [CHECKED[0], CHECKED[1], CHECKED[2], ""], "电话": ["13800138000", "", "", "13900139000"],
}
PAID = {"走访日期": "2026.9.1", "方式": "入户", "结果": "完成"}


def visits(**columns):
    n = len(next(iter(columns.values())))
    return {**columns, **{name: [value] * n for name, value in PAID.items()}}


def visited(store_url):
    with Store.open(store_url) as store:
        people = store.read("households", protected=True).set_index("id")
        return sorted((people.loc[key, "village"], people.loc[key, "contact_name"]) for key in store.read("visits")["household"])


def test_a_visited_household_is_found_by_its_person_and_place(run, store_url):
    assert run("households", HOUSEHOLDS)[0] == 0
    columns = visits(姓名=["甲一", "甲一", "", "丙三"], 身份证号码=["", "", CHECKED[2], ""], 村=["东村", "西村村委会", "", ""],
                     联系电话=["", "", "", "139 0013 9000"])
    code, answer = run("visits", columns)
    assert (code, counted(answer), answer["issues"]) == (0, [4, 4, 0, 0], [])
    assert visited(store_url) == [("V1", "丙三"), ("V1", "甲一"), ("V2", "乙二"), ("V2", "甲一")]
    assert counted(run("visits", columns)[1]) == [4, 0, 4, 0]


def test_a_visited_household_is_found_by_id_and_by_the_number_of_its_village(run, store_url):
    assert run("households", HOUSEHOLDS)[0] == 0
    code, answer = run("visits", visits(户编号=["B-9", "A-1", "A-1"], 村=["", "东村", "西村"]))
    assert (code, counted(answer)) == (0, [3, 3, 0, 0])
    assert visited(store_url) == [("V1", "丙三"), ("V1", "甲一"), ("V2", "乙二")]


@pytest.mark.parametrize("columns", [
    {"姓名": ["甲一"]}, {"姓名": ["甲一"], "村": ["北村"]}, {"姓名": ["不在册"], "村": ["东村"]}, {"走访对象": ["甲一"]},
    {"姓名": ["甲一"], "村": ["东村"], "身份证号": [CHECKED[9]]}, {"户编号": ["甲一"]},
])  # fmt: skip
def test_a_household_that_is_not_surely_the_one_is_a_question_without_its_person_s_name(run, columns):
    assert run("households", HOUSEHOLDS)[0] == 0
    code, answer = run("visits", visits(**columns))
    assert code == 1
    (issue,) = answer["issues"]
    assert issue["rule"] == "reference"
    assert "甲一" not in json.dumps(answer, ensure_ascii=False)


MEMORIALS = {"编码": ["M-1", "M-2", "M-3"], "名称": ["烈士墓", "烈士墓", "纪念碑"], "类型": ["烈士墓", "烈士墓", "纪念碑"],
             "级别": ["零散"] * 3, "所在村": ["东村", "西村", "北村"], "备案号": ["备001", "", ""]}


def test_a_memorial_of_a_common_name_is_found_in_its_village(run, store_url):
    assert run("memorials", MEMORIALS, "--map", "id=编码")[0] == 0
    columns = {"设施名称": ["烈士墓", "烈士墓", "纪念碑", "备001", "M-2"], "乡镇": ["", "乙乡", "", "", ""], "村": ["东村", "", "", "", ""],
               "巡查日期": ["2026-9-1", "2026-9-1", "2026-9-2", "2026-9-3", "2026-9-4"], "状况": ["完好"] * 5}
    code, answer = run("inspections", columns)
    assert (code, counted(answer), answer["issues"]) == (0, [5, 5, 0, 0], [])
    with Store.open(store_url) as store:
        assert store.read("inspections").sort_values("date")["memorial"].tolist()[2:] == ["M-3", "M-1", "M-2"]
        assert set(store.read("inspections")["memorial"][:2]) <= {"M-1", "M-2", "M-3"}
    asked = {"设施名称": ["烈士墓", "烈士墓", "纪念碑"], "村": ["", "北村", "东村"], "巡查日期": ["2026-9-9"] * 3, "状况": ["完好"] * 3}
    code, answer = run("inspections", asked)
    assert (code, counted(answer)) == (1, [3, 0, 0, 3])
    assert [issue["rule"] for issue in answer["issues"]] == ["reference"] * 3
    assert "M-1" in answer["issues"][0]["hint"]


def test_the_only_station_of_a_village_needs_no_name(run, store_url):
    columns = {"乡镇": ["甲镇", "乙乡"], "村": ["东村", "西村"], "检查日期": ["2026-9-1"] * 2, "检查方式": ["随机抽查", "月度回头看"],
               "是否合格": ["是", "否"]}
    code, answer = run("station_checks", columns)
    assert (code, counted(answer), answer["issues"]) == (0, [2, 2, 0, 0], [])
    with Store.open(store_url) as store:
        assert sorted(store.read("station_checks")["station"]) == ["S1", "S2"]
