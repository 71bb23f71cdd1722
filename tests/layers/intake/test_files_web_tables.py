"""Web pages and XML that are called workbooks, as web systems hand them out."""

from __future__ import annotations

from broken_files import ROWS, spreadsheet_xml, web_page, xml_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.intake.files import File, find_table, read_file

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=6)


def page(body: str) -> File:
    return read_file(f"<meta charset=utf-8>{body}".encode(), name="名册.xls")


def rows_of(body: str) -> list[list[str]]:
    return [list(row) for row in page(body).sheets[0].rows]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELLS.filter(bool), min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_text_comes_through_as_it_is(rows: list[list[str]]) -> None:
    for content in (web_page(rows, charset="utf-8"), spreadsheet_xml(xml_rows(rows))):
        assert [list(row) for row in read_file(content, name="a.xls").sheets[0].rows] == rows


def test_numbers_stay_as_they_are_written() -> None:
    body = ('<table><tr><td>0012<td style="mso-number-format:\'\\@\'">110101199001010015<td x:num="4.2010619900101E+17">4.2E+17'
            '<td style="vnd.ms-excel.numberformat:00000">123<td>1,200.50<td>+1<td>=1+1</table>')
    assert rows_of(body) == [["0012", "110101199001010015", "420106199001010000", "00123", "1,200.50", "+1", "=1+1"]]


def test_cells_over_several_rows_and_columns_are_merged_cells() -> None:
    file = page("<table><tr><th rowspan=2>村<th colspan=2>家庭<tr><th>户主<th>人数"
                "<tr><td rowspan=2>东风村<td>钱一<td>3<tr><td>孙二<td>2<tr><td>红旗村<td>李三<td>1</table>")
    sheet = file.sheets[0]
    assert sheet.rows[3] == ("", "孙二", "2")
    assert {tuple(merged) for merged in sheet.merged} == {(1, 0, 2, 1), (1, 1, 1, 2), (3, 0, 2, 1)}
    table = find_table(file, known={"村", "户主", "人数"})
    assert list(table.frame.columns) == ["村", "家庭/户主", "家庭/人数"]
    assert table.frame["村"].tolist() == ["东风村", "东风村", "红旗村"]


def test_a_cell_that_reaches_below_its_table_ends_with_it() -> None:
    file = page("<table><tr><td>村<td>户主<tr><td rowspan=99>东风村<td>钱一</table><table><tr><td><td>孙二</table>")
    assert find_table(file).frame.to_numpy().tolist() == [["东风村", "钱一"], ["", "孙二"]]


def test_a_table_within_a_table_is_found_and_a_small_one_is_text_of_its_cell() -> None:
    assert rows_of("<h1>某县<br>名册</h1><table><tr><td>菜单<td><table><tr><td>姓名<td>村<tr><td>钱一<td>东风村</table></table>") == [
        ["某县", ""], ["名册", ""], ["姓名", "村"], ["钱一", "东风村"], ["菜单", ""]]
    assert rows_of("<table><tr><td>姓名<td>村<tr><td>钱一<td><table><tr><td>东风村</table></table>") == [
        ["姓名", "村"], ["钱一", "东风村"]]


def test_pages_of_one_list_are_read_as_one() -> None:
    head = "<tr><th>姓名<th>村"
    body = f"<p>第一页</p><table>{head}<tr><td>钱一<td>东风村</table><p>第二页<table>{head}<tr><td>孙二<td>红旗村</table>"
    table = find_table(page(body), known={"姓名", "村"})
    assert table.frame["姓名"].tolist() == ["钱一", "孙二"]


def test_what_is_no_text_of_a_cell_is_left_out() -> None:
    body = ("<script>if (a<b) document.write('<td>x')</script><table><tr><!-- <td>y --><td>姓&#21517;&nbsp;<br>甲 <b>乙</b>"
            "\n丙<td><select><option>是</select><input value=z><td/><td>&lt;b&gt;</table><style>td{}</style>")
    assert rows_of(body) == [["姓名\n甲 乙 丙", "", "", "<b>"]]


def test_an_encoding_that_the_page_lies_about_is_told() -> None:
    content = web_page(ROWS, charset="utf-8").decode().encode("gb18030")
    file = read_file(content, name="a.xls")
    assert file.encoding == "gb18030"
    assert any("says it is utf-8" in note.en for note in file.notes)
    assert any("content is html" in note.en for note in file.notes)


def test_spreadsheet_xml_with_gaps_merged_cells_types_and_remarks() -> None:
    content = spreadsheet_xml(
        '<Row/><Row ss:Index="3"><Cell ss:MergeDown="1"><Data ss:Type="String">村</Data></Cell>'
        '<Cell ss:Index="3" ss:StyleID="z"><Data ss:Type="Number">12</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>'
        '<Cell ss:MergeAcross="1"><Data ss:Type="Number">4.2010619900101E+17</Data></Cell>'
        '<Cell><Data ss:Type="Number">0012</Data></Cell></Row>'
        '<Row><Cell ss:Index="2"><Data ss:Type="DateTime">2024-03-05T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=A1"/><Cell><ss:Data ss:Type="String" '
        'xmlns="http://www.w3.org/TR/REC-html40">=1<B>+1</B></ss:Data></Cell></Row>',
        styles='<Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style>',
        more="<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>")
    file = read_file(content, name="a.xls")
    sheet = file.sheets[0]
    assert (sheet.name, sheet.first_row, sheet.hidden) == ("花名册", 3, True)
    assert sheet.rows == [("村", "", "00012", "420106199001010000", "", "0012"), ("", "2024-03-05", "TRUE", "", "=1+1", "")]
    assert {tuple(merged) for merged in sheet.merged} == {(3, 0, 2, 1), (3, 3, 1, 2)}
    assert any("D4" in note.en for note in file.notes)
