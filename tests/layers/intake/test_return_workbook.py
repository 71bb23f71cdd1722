"""The return workbook: the sender's own file with its faults marked, ready to be mended and sent again."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from broken_files import geojson
from office_files import xls, xlsx
from openpyxl.styles import Font

from layers.fields import Label
from layers.intake.examination.problems import MASK, Problem
from layers.intake.files import find_table, read_file
from layers.intake.files.headings import IGNORED_HEADING
from layers.intake.workbooks import returned as returning
from layers.intake.workbooks.return_marks import FAULTY

ROWS = [["某镇名册", "", "", ""], ["姓名", "电话", "村", "人数"], ["钱一", "+86139", "东风村", "x"],
        ["=1+1", "013900000000", "", "2"], ["孙二", "139", "红旗村", "3"]]
PROBLEMS = [
    Problem(3, "人数", "persons", "type", "x", Label("不是整数", "not a whole number"), Label("请改成数字", "write a number")),
    Problem(3, "电话", "phone", "pattern", MASK, Label("号码不对", "no such number"), Label("请核对", "check it")),
    Problem(4, "村", "village", "required", "", Label("必填", "required"), Label("请补上", "fill it in")),
    Problem(4, "", "geometry", "geometry_missing", "", Label("没有坐标", "no coordinates"), Label("", "")),
]


def returned(content: bytes, name: str, path: Path, problems: list[Problem] = PROBLEMS) -> openpyxl.worksheet.worksheet.Worksheet:
    file = read_file(content, name=name)
    returning.write_return(content, file, find_table(file), problems, path)
    return openpyxl.load_workbook(path).active


def faulty(sheet: openpyxl.worksheet.worksheet.Worksheet) -> set[str]:
    return {cell.coordinate for row in sheet.iter_rows() for cell in row
            if cell.fill.fill_type == "solid" and cell.fill.start_color.rgb.endswith(FAULTY)}


def as_csv() -> bytes:
    return "\n".join(map(",".join, ROWS)).encode("gb18030")


@pytest.mark.parametrize(("make", "name"), [
    (lambda: xlsx(ROWS, merged=[(0, 0, 1, 4)]), "a.xlsx"), (lambda: xls(ROWS), "a.xls"), (as_csv, "a.csv")])
def test_faulty_cells_are_marked_with_the_reason_beside(make: object, name: str, tmp_path: Path) -> None:
    sheet = returned(make(), name, tmp_path / "r.xlsx")  # type: ignore[operator]
    assert faulty(sheet) == {"D3", "B3", "C4"}
    assert sheet["E2"].value == IGNORED_HEADING
    assert sheet["E3"].value.splitlines() == [
        "人数：不是整数；请改成数字 (not a whole number; write a number)", "电话：号码不对；请核对 (no such number; check it)"]
    assert sheet["E4"].value.splitlines()[1] == "没有坐标 (no coordinates)"
    assert sheet["E5"].value is None
    assert [[cell.value or "" for cell in row[:4]] for row in sheet.iter_rows()] == ROWS
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}, "nothing runs as a formula"


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_it_is_loaded_again_as_the_same_table(name: str, tmp_path: Path) -> None:
    content = xlsx(ROWS, merged=[(0, 0, 1, 4)]) if name == "a.xlsx" else as_csv()
    before = find_table(read_file(content, name=name))
    for again in range(3):  # sent back and forth
        path = tmp_path / f"r{again}.xlsx"
        returned(content, name, path, PROBLEMS[again:])
        content, name = path.read_bytes(), path.name
        after = find_table(read_file(content, name=name))
        assert after.frame.equals(before.frame)
        assert after.header_rows == before.header_rows
        sheet = openpyxl.load_workbook(path).active
        assert len(faulty(sheet)) == [3, 2, 1][again], "mended cells lose their colour"
        assert [cell.value for cell in sheet[2]].count(IGNORED_HEADING) == 1
        assert sum(sheet.cell(row, 5).value is not None for row in (3, 4, 5)) == (1 if again == 2 else 2)


def test_formats_formulas_and_other_sheets_stay(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("说明")
    first.append(["姓名", "人数", "合"])
    first.append(["钱一", "x", "=1+1"])
    first["A1"].font = Font(bold=True, color="FF0000FF")
    first.column_dimensions["A"].width = 33
    second["B2"] = "别删"
    content = io.BytesIO()
    book.save(content)
    problem = Problem(2, "人数", "persons", "type", "x", Label("错", "wrong"), Label("", ""))
    sheet = returned(content.getvalue(), "a.xlsx", tmp_path / "r.xlsx", [problem])
    assert sheet["A1"].font.color.rgb == "FF0000FF"
    assert sheet.column_dimensions["A"].width == 33
    assert sheet["C2"].value == "=1+1"
    assert sheet.parent["说明"]["B2"].value == "别删"
    assert faulty(sheet) == {"B2"}


def test_a_large_workbook_comes_back_as_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "_MOST_CELLS", 5)
    sheet = returned(xlsx(ROWS), "a.xlsx", tmp_path / "r.xlsx")
    assert faulty(sheet) == {"D3", "B3", "C4"}
    assert [[cell.value or "" for cell in row[:4]] for row in sheet.iter_rows()] == ROWS


def test_two_rows_of_headings_keep_the_column_of_reasons_apart(tmp_path: Path) -> None:
    rows = [["姓名", "家庭", ""], ["", "人数", "独居"], ["钱一", "x", "是"]]
    content = xlsx(rows, merged=[(0, 0, 2, 1), (0, 1, 1, 2)])
    problem = Problem(3, "家庭/人数", "persons", "type", "x", Label("错", "wrong"), Label("", ""))
    sheet = returned(content, "a.xlsx", tmp_path / "r.xlsx", [problem])
    assert faulty(sheet) == {"B3"}
    table = find_table(read_file(tmp_path / "r.xlsx"))
    assert list(table.frame.columns) == ["姓名", "家庭/人数", "家庭/独居"]


def test_shapes_come_back_as_text(tmp_path: Path) -> None:
    content = geojson("[113.25, 30.5]", 名称="甲", 级别="x")
    problem = Problem(1, "级别", "level", "vocabulary", "x", Label("错", "wrong"), Label("", ""))
    sheet = returned(content, "a.geojson", tmp_path / "r.xlsx", [problem])
    assert [cell.value for cell in sheet[1]] == ["名称", "级别", IGNORED_HEADING, "wkt"]
    assert [cell.value for cell in sheet[2]] == ["甲", "x", "级别：错 (wrong)", "POINT (113.25 30.5)"]
    table = find_table(read_file(tmp_path / "r.xlsx"))
    assert list(table.frame.columns) == ["名称", "级别", "wkt"]
