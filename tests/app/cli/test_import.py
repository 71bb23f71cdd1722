"""``rongtu import``: answers, exit codes, the return workbook."""

from __future__ import annotations

import json
import stat

import openpyxl
import pytest
from office_sheets import CHECKED, sheet

from app.cli import main
from layers.store import Store

COLUMNS = {"姓名": ["甲一", "乙二", "丙三"], "身份证号": CHECKED[:3], "村": ["东村", "西村", "北村"], "人数": ["1", "2", "3"]}
BAD = {**COLUMNS, "身份证号": [CHECKED[0], CHECKED[1][:15] + "000", CHECKED[2]]}


@pytest.fixture
def run(run, county, tmp_path):
    """Runs the command on a workbook of these columns: exit code, answer, what was said."""

    def call(columns, *options, layer="households", name="册.xlsx"):
        (tmp_path / name).write_bytes(columns if isinstance(columns, bytes) else sheet(columns))
        code, out, err = run("import", layer, str(tmp_path / name), "--store", str(county), "--json", *options)
        return code, json.loads(out) if out else None, err

    return call


def counted(answer):
    return [answer[name] for name in ("rows_in", "stored", "unchanged", "rejected")]


def test_a_good_file_goes_in_once_and_the_exit_code_is_0(run):
    code, answer, _ = run(COLUMNS, "--as-of", "2026-10-01")
    assert (code, counted(answer), answer["issues"], answer["as_of"]) == (0, [3, 3, 0, 0], [], "2026-10-01")
    code, answer, _ = run(COLUMNS, "--as-of", "2026-10-01")
    assert (code, counted(answer)) == (0, [3, 0, 3, 0])


def test_a_faulty_file_is_refused_whole_unless_the_good_rows_are_asked_for(run, county):
    code, answer, _ = run(BAD)
    assert (code, counted(answer)) == (1, [3, 0, 0, 3])
    (issue,) = answer["issues"]
    assert (issue["row"], issue["column"], issue["value"], issue["rule"]) == (3, "身份证号", "***", "identity_damaged")
    assert issue["reason"]
    assert issue["hint_en"]
    code, answer, _ = run(BAD, "--mode", "good", "--dry-run")
    assert (code, counted(answer), answer["load"]) == (1, [3, 2, 0, 1], None)
    code, answer, _ = run(BAD, "--mode", "good")
    assert (code, counted(answer)) == (1, [3, 2, 0, 1])
    with Store.open(str(county)) as store:
        assert len(store.read("households", columns=["id"])) == 12


def test_the_return_workbook_is_for_its_owner_mended_it_goes_in(run, tmp_path):
    back = tmp_path / "back.xlsx"
    code, answer, _ = run(BAD, "--mode", "good", "--return", str(back))
    assert (code, answer["returned"]) == (1, str(back))
    assert stat.S_IMODE(back.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(back)
    page = book.active
    cell = next(c for row in page.iter_rows() for c in row if c.value == BAD["身份证号"][1])
    assert cell.fill.fill_type == "solid"
    cell.value = CHECKED[1]
    book.save(back)
    code, answer, _ = run(back.read_bytes())
    assert (code, counted(answer)) == (0, [3, 1, 2, 0])
    assert not (tmp_path / "none.xlsx").exists()
    assert run(COLUMNS, "--return", str(tmp_path / "none.xlsx"))[1]["returned"] is None
    assert not (tmp_path / "none.xlsx").exists()


def test_columns_and_values_can_be_said(run):
    columns = {"户编号": ["a"], "甲列": ["东村"], "电话": ["13800138000"]}
    code, answer, _ = run(columns, "--map", "village=甲列", "--map", "phone=", "--set", "persons=4")
    assert (code, counted(answer)) == (0, [1, 1, 0, 0])
    assert {c["heading"]: c["field"] for c in answer["columns"]} == {"户编号": "id", "甲列": "village", "电话": None}


@pytest.mark.parametrize(("options", "said"), [
    (["--map", "village=没有"], "没有列"), (["--map", "nothing=村"], "没有字段"), (["--map", "village"], "FIELD=VALUE"),
    (["--datum", "mars"], "坐标系"), (["--sheet", "没有"], "没有工作表"), (["--mode", "some"], "some"), (["--accept", "type"], "type"),
    (["--as-of", "2026-02-31"], "2026-02-31"), (["--return", "/nowhere/x.xlsx"], "退回表"), (["--set", "nothing=1"], "nothing"),
])  # fmt: skip
def test_what_cannot_be_meant_is_one_line_and_exit_code_2(run, options, said):
    code, answer, err = run(COLUMNS, *options)
    assert (code, answer) == (2, None)
    assert err.count("\n") == 1
    assert said in err


def test_no_number_of_a_person_gets_into_what_is_said(run, capsys, county, tmp_path):
    code, answer, err = run({**BAD, "身份证号": [CHECKED[0], CHECKED[0], CHECKED[2][:-1] + "Q"]})
    assert code == 1
    said = json.dumps(answer, ensure_ascii=False) + err
    with pytest.raises(SystemExit):
        main(["import", "households", str(tmp_path / "册.xlsx"), "--store", str(county)])
    said += capsys.readouterr().out
    assert "第 2 行" in said
    assert not any(number[:14] in said for number in CHECKED[:3])
    assert "甲一" not in said


def test_lists_of_two_villages_that_both_count_from_1_overwrite_nobody(run, county):
    people = {"姓名": ["甲一", "乙二"], "身份证号": CHECKED[:2], "村": ["东村", "东村"], "户号": ["1", "2"]}
    others = {"姓名": ["丙三", "丁四"], "身份证号": CHECKED[2:4], "村": ["西村", "西村"], "户号": ["1", "2"]}
    before = len(rows_of(county))
    for columns in (people, others):
        code, answer, _ = run(columns)
        assert (code, counted(answer)) == (0, [2, 2, 0, 0])
    names = rows_of(county)
    assert len(names) == before + 4
    assert {"甲一", "乙二", "丙三", "丁四"} <= set(names)
    assert counted(run(people)[1]) == [2, 0, 2, 0]


def test_two_members_under_one_number_of_their_list_both_go_in(run):
    columns = {"姓名": ["甲一", "乙二"], "身份证号": CHECKED[:2], "村": ["东村", "东村"], "户号": ["7", "7"]}
    code, answer, _ = run(columns, "--accept", "same_household")
    assert (code, counted(answer)) == (0, [2, 2, 0, 0])


def rows_of(county):
    with Store.open(str(county)) as store:
        return store.read("households", columns=["contact_name"], protected=True)["contact_name"].tolist()
