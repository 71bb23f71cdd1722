"""``rongtu import`` of lists with one row a person: households are stored, rows of the file are counted."""

from __future__ import annotations

import pytest
from office_sheets import CHECKED, sheet

from app.roles import LOCAL_STEWARD
from app.services.importing import Upload, preview
from layers.store import Store


@pytest.fixture
def run(import_sheet):
    """Runs the command on a workbook of these columns: exit code and answer."""
    return lambda columns, *options, layer="households": import_sheet(layer, columns, *options)


def counted(answer):
    assert answer["rows_in"] == answer["stored"] + answer["unchanged"] + answer["rejected"]
    return [answer[name] for name in ("rows_in", "stored", "unchanged", "rejected")]


def households(store_url, *names):
    with Store.open(store_url) as store:
        found = store.read("households", protected=True)
    found = found[found["contact_name"].isin(names)].set_index("contact_name")
    return found.loc[list(names)]


def ledger(store_url):
    with Store.open(store_url) as store:
        done = store.loads()[0].layers["households"]
    return [done.rows_in, done.stored, done.unchanged, done.rejected]


FAMILIES = {
    "户号": ["A-07", "A-07", "A-07", "A-08", "A-09", "A-09"],
    "姓名": ["甲妻", "甲一", "甲子", "乙二", "丙三", "丙妻"],
    "与户主关系": ["配偶", "户主", "子", "户主", "户主", "妻"],
    "身份证号": CHECKED[:6],
    "村": ["东村", "东村", "东村", "东村", "西村", "西村"],
    "出生年月": ["1941.3", "1940.1", "196803", "1950年2月", "1938-1-1", "1930"],
    "人员类别": ["", "退役军人", "", "烈属", "参战", "军属"],
    "光荣牌": ["", "是", "", "否", "", "是"],
}


def test_rows_of_one_household_become_one_and_each_is_accounted_for(run, store_url):
    code, answer = run(FAMILIES)
    assert (code, counted(answer), answer["issues"]) == (0, [6, 6, 0, 0], [])
    assert any("6 行是 3 户" in note["zh"] for note in answer["notes"])
    found = households(store_url, "甲一", "乙二", "丙三")
    assert found["id"].tolist() == ["A-07", "A-08", "A-09"]
    assert found["persons"].tolist() == [3, 1, 2]
    assert found["eldest_birth_year"].tolist() == [1940, 1950, 1930]
    assert found["identity_no"].tolist() == [CHECKED[1], CHECKED[3], CHECKED[4]]
    assert set(found["categories"]["丙三"]) == {"wartime", "active_kin"} or len(found["categories"]["丙三"]) == 2
    assert [bool(hung) for hung in found["plaque_hung"]] == [True, False, True]
    assert ledger(store_url) == [6, 6, 0, 0]
    assert counted(run(FAMILIES)[1]) == [6, 0, 6, 0]
    changed = {**FAMILIES, "光荣牌": ["", "是", "", "否", "否", "否"]}
    assert counted(run(changed)[1]) == [6, 2, 4, 0]
    assert ledger(store_url) == [6, 2, 4, 0]


def test_a_household_of_which_one_person_is_faulty_is_refused_whole(run, store_url):
    bad = {**FAMILIES, "身份证号": [*CHECKED[:2], CHECKED[2][:15] + "000", *CHECKED[3:6]]}
    code, answer = run(bad, "--mode", "good")
    assert (code, counted(answer)) == (1, [6, 3, 0, 3])
    assert {(issue["row"], issue["rule"]) for issue in answer["issues"]} == {
        (2, "household"), (3, "household"), (4, "identity_damaged")}
    assert ledger(store_url) == [6, 3, 0, 3]


def test_a_person_twice_in_a_household_is_a_duplicate(run):
    twice = {name: [*values, values[2]] for name, values in FAMILIES.items()}
    code, answer = run(twice)
    assert code == 1
    assert {(issue["row"], issue["rule"]) for issue in answer["issues"] if issue["rule"] != "household"} == {(8, "same_person")}
    del twice["身份证号"]
    _, answer = run(twice)
    assert {(issue["row"], issue["rule"]) for issue in answer["issues"] if issue["rule"] != "household"} == {(8, "same_person")}


def test_numbers_that_two_villages_both_use_are_households_of_their_own(run, store_url):
    columns = {"户号": ["A-1", "A-1", "A-1", "A-1"], "姓名": ["甲一", "甲二", "乙一", "乙二"], "村": ["东村", "东村", "西村", "西村"],
               "身份证号": CHECKED[:4]}
    code, answer = run(columns)
    assert (code, counted(answer), answer["issues"]) == (0, [4, 4, 0, 0], [])
    found = households(store_url, "甲一", "乙一")
    assert found["village"].tolist() == ["V1", "V2"]
    assert found["persons"].tolist() == [2, 2]
    assert found["id"].nunique() == 2
    assert counted(run(columns)[1]) == [4, 0, 4, 0]


@pytest.mark.parametrize("number", ["户号", "家庭编号"])
def test_bare_numbers_gather_persons_but_name_no_household(run, store_url, number):
    columns = {number: ["1", "1", "2"], "姓名": ["甲一", "甲二", "乙一"], "村": ["东村"] * 3, "关系": ["户主", "之子", "本人"]}
    code, answer = run(columns)
    assert (code, counted(answer)) == (0, [3, 3, 0, 0])
    found = households(store_url, "甲一", "乙一")
    assert found["persons"].tolist() == [2, 1]
    assert not {"1", "2"} & set(found["id"])
    assert counted(run(columns)[1]) == [3, 0, 3, 0]


def test_head_and_address_gather_persons_too(run, store_url):
    columns = {"户主姓名": ["甲一", "甲一", "乙二", "甲一"], "成员姓名": ["甲一", "甲妻", "乙二", "甲一"],
               "住址": ["东村二组3号", "东村二组3号", "东村二组4号", "东村五组1号"], "所在村": ["东村"] * 4,
               "身份证号码": CHECKED[:4]}
    code, answer = run(columns, "--accept", "same_household")
    assert (code, counted(answer), answer["issues"]) == (0, [4, 4, 0, 0], [])
    with Store.open(store_url) as store:
        found = store.read("households", protected=True)
    assert sorted(found.loc[found["contact_name"] == "甲一", "persons"]) == [1, 2]
    assert counted(run(columns)[1]) == [4, 0, 4, 0]


def test_rows_below_a_head_are_asked_about_and_the_person_decides(run, store_url):
    columns = {"姓名": ["甲一", "甲妻", "乙二", "丙三", "丙子"], "与户主关系": ["户主", "配偶", "户主", "户主", "长子"], "村": ["东村"] * 5}
    code, answer = run(columns)
    assert (code, counted(answer)) == (1, [5, 0, 0, 5])
    asked = [issue for issue in answer["issues"] if issue["doubt"]]
    assert [(issue["row"], issue["rule"]) for issue in asked] == [(3, "one_household"), (6, "one_household")]
    code, answer = run(columns, "--accept", "one_household")
    assert (code, counted(answer)) == (0, [5, 5, 0, 0])
    assert households(store_url, "甲一", "乙二", "丙三")["persons"].tolist() == [2, 1, 2]


def test_columns_taken_for_nothing_leave_every_row_a_household(run, store_url):
    code, answer = run(FAMILIES, "--map", "id=", "--map", "relation=", "--set", "persons=1")
    assert (code, counted(answer)) == (0, [6, 6, 0, 0])
    assert households(store_url, "甲妻", "甲一", "甲子")["persons"].tolist() == [1, 1, 1]


def test_ids_of_a_list_with_one_row_a_household_must_still_be_unique(run):
    columns = {"编号": ["H-1", "H-1"], "姓名": ["甲一", "乙二"], "村": ["东村"] * 2, "人数": ["1", "2"]}
    code, answer = run(columns)
    assert code == 1
    assert [(issue["row"], issue["rule"]) for issue in answer["issues"]] == [(3, "duplicate")]


def test_a_count_of_people_that_is_not_read_is_pointed_at(run):
    columns = {"姓名": ["甲一", "乙二"], "村": ["东村"] * 2, "家庭人口数": ["4", "5"]}
    _, answer = run(columns)
    assert any("家庭人口数" in note["zh"] for note in answer["notes"])
    assert any("按 1 人计" in note["zh"] for note in answer["notes"])


def test_the_preview_says_what_persons_would_become_and_shows_none(store_url, run):
    content = sheet({**FAMILIES, "户主姓名": ["甲一"] * 3 + ["乙二"] + ["丙三"] * 2})
    with Store.open(store_url) as store:
        seen = preview(LOCAL_STEWARD, store, "households", Upload("册.xlsx", content))
        assert any("6 行是 3 户" in note.zh for note in seen.notes)
        assert not any(name in repr(seen.sample) for name in ("甲一", "乙二", CHECKED[0]))
        alone = sheet({name: values[3:5] for name, values in FAMILIES.items()})
        assert preview(LOCAL_STEWARD, store, "households", Upload("册.xlsx", alone)).notes == ()
