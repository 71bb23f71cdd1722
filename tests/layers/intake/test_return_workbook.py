"""The return workbook: the sender's own file with its faults marked, ready to be mended and sent again."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from broken_files import geojson, spreadsheet_xml
from office_files import raw_ods, xls, xlsx
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


MERGED = [(0, 0, 1, 4), (1, 0, 2, 1), (1, 1, 1, 2), (1, 3, 2, 1), (3, 0, 2, 1)]
OFFICE = [["某镇名册", "", "", ""], ["村", "户主", "", "人数"], ["", "姓名", "电话", ""], ["东风村", "钱一", "0139", "x"],
          ["", "孙二", "=1+1", "2"], ["红旗村", "李三", "", "3"]]


def _spans(row: int, column: int) -> str:
    down, across = next(((n, m) for r, c, n, m in MERGED if (r, c) == (row, column)), (1, 1))
    return f'rowspan="{down}" colspan="{across}"'


def _covered(row: int, column: int) -> bool:
    return any(r <= row < r + n and c <= column < c + m and (r, c) != (row, column) for r, c, n, m in MERGED)


def _page() -> bytes:
    rows = ("".join(f"<td {_spans(r, c)}>{text}</td>" for c, text in enumerate(cells) if not _covered(r, c))
            for r, cells in enumerate(OFFICE))
    return ("<meta charset=utf-8><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>").encode()


def _open_document() -> bytes:
    def cell(r: int, c: int, text: str) -> str:
        if _covered(r, c):
            return "<table:covered-table-cell/>"
        spans = _spans(r, c).replace("rowspan", "table:number-rows-spanned").replace("colspan", "table:number-columns-spanned")
        return f'<table:table-cell office:value-type="string" {spans}><text:p>{text}</text:p></table:table-cell>'

    rows = "".join("<table:table-row>" + "".join(cell(r, c, text) for c, text in enumerate(cells)) + "</table:table-row>"
                   for r, cells in enumerate(OFFICE))
    return raw_ods(f'<table:table table:name="户">{rows}</table:table>')


def _xml() -> bytes:
    def cell(r: int, c: int, text: str) -> str:
        down, across = next(((n - 1, m - 1) for a, b, n, m in MERGED if (a, b) == (r, c)), (0, 0))
        return (f'<Cell ss:Index="{c + 1}" ss:MergeDown="{down}" ss:MergeAcross="{across}"><Data ss:Type="String">{text}</Data></Cell>')

    return spreadsheet_xml("".join(
        "<Row>" + "".join(cell(r, c, text) for c, text in enumerate(cells) if not _covered(r, c)) + "</Row>"
        for r, cells in enumerate(OFFICE)))


@pytest.mark.parametrize(("make", "name"), [
    (lambda: xlsx(OFFICE, merged=MERGED), "a.xlsx"), (lambda: xls(OFFICE, merged=MERGED), "a.xls"), (_open_document, "a.ods"),
    (_page, "page.xls"), (_xml, "xml.xls")])
def test_merged_titles_headings_and_villages_come_back_the_same(make: object, name: str, tmp_path: Path) -> None:
    known = {"村", "姓名", "电话", "人数"}
    content = make()  # type: ignore[operator]
    file = read_file(content, name=name)
    before = find_table(file, known=known)
    assert before.header_rows == (2, 3)
    assert before.frame["村"].tolist() == ["东风村", "东风村", "红旗村"]
    problem = Problem(4, "人数", "persons", "type", "x", Label("错", "wrong"), Label("", ""))
    for again in (1, 2):
        path = tmp_path / f"{again}.xlsx"
        returning.write_return(content, file, find_table(file, known=known), [problem], path)
        sheet = openpyxl.load_workbook(path).active
        assert {str(each) for each in sheet.merged_cells.ranges} == {"A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"}
        assert faulty(sheet) == {"D4"}
        assert sheet["C5"].data_type == "s"
        content, name = path.read_bytes(), path.name
        file = read_file(content, name=name)
        after = find_table(file, known=known)
        assert after.frame.equals(before.frame)
        assert after.header_rows == before.header_rows


def test_ranges_that_lie_on_each_other_do_not_spoil_the_workbook(tmp_path: Path) -> None:
    rows = [["姓名", "村", "人数"], ["钱一", "东风村", "3"], ["孙二", "", "2"]]
    content = xls(rows, merged=[(1, 1, 2, 1), (1, 1, 2, 2), (2, 1, 60_000, 200)])
    file = read_file(content, name="a.xls")
    problem = Problem(2, "人数", "persons", "type", "x", Label("错", "wrong"), Label("", ""))
    returning.write_return(content, file, find_table(file), [problem], tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert {str(each) for each in sheet.merged_cells.ranges} == {"B2:B3"}
