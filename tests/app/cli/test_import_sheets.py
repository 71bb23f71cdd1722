"""A workbook with one sheet a township, all under one heading, is one list."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
import xlsxwriter
from small_county import PROVENANCE, frames

from layers.intake.files.headings import IGNORED_HEADING
from layers.store import Store

HEAD = ["姓名", "村", "人数", "身份证号"]
FIRST = [["甲镇花名册"], HEAD, ["甲一", "东村", "2", ""], ["乙二", "东村", "两个半", ""], ["合计", "", "4", ""]]
SECOND = [HEAD, ["丙三", "西村", "3", ""], ["丁四", "西村", "1", ""], ["丁四", "西村", "1", ""]]
NOTES = [["填表说明"], ["一、本表由乡镇填写。"]]


def book(**sheets: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            page = workbook.add_worksheet(name)
            for k, row in enumerate(rows):
                page.write_row(k, 0, row)
    return buffer.getvalue()


@pytest.fixture
def given(store_url, tmp_path):
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
    path = tmp_path / "册.xlsx"
    path.write_bytes(book(甲镇=FIRST, 说明=NOTES, 乙乡=SECOND))
    return store_url, path


def imported(run, given, *more):
    store, path = given
    code, out, err = run("import", "households", path, "--store", store, "--json", "--mode", "good", "--as-of", "2026-10-01", *more)
    return code, json.loads(out or err)


def test_sheets_of_one_heading_are_read_together_and_every_row_tells_its_sheet(run, given, tmp_path):
    code, answer = imported(run, given, "--return", str(tmp_path / "退回.xlsx"))
    assert code == 1
    assert answer["rows_in"] == 5
    assert answer["rows_in"] == answer["stored"] + answer["unchanged"] + answer["rejected"]
    assert [(issue["sheet"], issue["row"], issue["field"]) for issue in answer["issues"]] == [
        ("甲镇", 4, "persons"), ("乙乡", 4, "contact_name")]
    assert "“乙乡”第 3 行" in answer["issues"][1]["reason"]
    assert {(left["sheet"], left["row"]) for left in answer["left_out"]} == {("甲镇", 1), ("甲镇", 5)}
    assert "2 张工作表表头相同，合在一起读取（5 行）" in answer["notes"][0]["zh"]
    with Store.open(given[0]) as store:
        found = store.read("households", protected=True).set_index("contact_name")["village"]
    assert found.loc[["甲一", "丙三", "丁四"]].tolist() == ["V1", "V2", "V2"]
    returned = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    assert returned.sheetnames == ["甲镇", "说明", "乙乡"]
    assert [returned["甲镇"].cell(row, 5).value is not None for row in (2, 3, 4, 5)] == [True, False, True, False]
    assert [returned["乙乡"].cell(row, 5).value is not None for row in (1, 2, 3, 4)] == [True, False, False, True]
    assert returned["乙乡"]["E1"].value == IGNORED_HEADING


def test_a_mended_return_of_several_sheets_is_loaded_whole(run, given, tmp_path):
    imported(run, given, "--return", str(tmp_path / "退回.xlsx"))
    returned = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    returned["甲镇"]["C4"] = "2"
    returned["乙乡"].delete_rows(4)
    returned.save(tmp_path / "改好.xlsx")
    code, answer = imported(run, (given[0], tmp_path / "改好.xlsx"))
    assert code == 0
    assert (answer["rows_in"], answer["rejected"], answer["issues"]) == (4, 0, [])


def test_a_sheet_that_is_named_is_read_alone(run, given):
    code, answer = imported(run, given, "--sheet", "甲镇")
    assert (code, answer["rows_in"], answer["sheet"]) == (1, 2, "甲镇")
    assert [(issue["sheet"], issue["row"]) for issue in answer["issues"]] == [("", 4)]


def test_sheets_called_after_townships_tell_villages_of_one_name_apart(run, store_url, tmp_path):
    small = frames()
    small["villages"] = small["villages"].assign(name="东村")
    with Store.open(store_url) as store:
        store.load(small, PROVENANCE)
    path = tmp_path / "册.xlsx"
    rows = [["姓名", "村"], ["甲一", "东村"]]
    other = [["姓名", "村"], ["乙二", "东村"]]
    path.write_bytes(book(Sheet1=rows, Sheet2=other))
    assert {issue["rule"] for issue in imported(run, (store_url, path))[1]["issues"]} == {"village"}, "either may be meant"
    path.write_bytes(book(甲镇=rows, 乙乡=other))
    code, answer = imported(run, (store_url, path))
    assert (code, answer["issues"]) == (0, [])
    assert "以工作表名作为乡镇" in " ".join(note["zh"] for note in answer["notes"])
    with Store.open(store_url) as store:
        found = store.read("households", protected=True).set_index("contact_name")["village"]
    assert found.loc[["甲一", "乙二"]].tolist() == ["V1", "V2"]
