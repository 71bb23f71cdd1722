"""Tables under titles and merged headings, with totals, notes and repeated headers between and below the data."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_files import ods, raw_ods, xls, xlsx

from layers.errors import IntakeError
from layers.intake.files.header import Table, find_table
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import File, Merged, Sheet

COLUMNS = [
    ("姓名", ["钱一", "孙二", "欧阳三多", "王 四"]),
    ("身份证号", ["110101199001010015", "11010119850505003X", ""]),
    ("所在村", ["东风村", "红旗社区", "三合村", "合计村"]),
    ("联系电话", ["13900000000", "0712-1234567", ""]),
    ("人数", ["1", "2", "12"]),
    ("对象类别", ["烈属", "现役军人家属", "退役军人；烈属"]),
    ("走访日期", ["2024.3.5", "2024年3月", "45356"]),
    ("是否独居", ["是", "否", ""]),
    ("住址（详细到组）", ["三组", "注册地：一组", "说明书路 3 号", "第二批安置房"]),
    ("备注", ["", "", "已走访", "小计划生育户", "需复核：电话不通"]),
    ("经度", ["113.123456", "", "113°12′"]),
]
GROUPS = ["联系方式", "家庭情况", "位置信息"]


@dataclass
class Drawn:
    """A sheet as somebody could have typed it, and what is data in it."""

    rows: list[list[str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    data: list[tuple[int, list[str]]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    header: tuple[int, ...] = ()

    def add(self, *cells: str, width: int) -> int:
        self.rows.append([*cells, *[""] * (width - len(cells))])
        return len(self.rows) - 1

    def file(self) -> File:
        merged = tuple(Merged(r + 1, c, n, m) for r, c, n, m in self.merged)
        return File("x.xlsx", "", "xlsx", None, (Sheet("a", [tuple(row) for row in self.rows], 1, merged),))


@st.composite
def sheets(draw: st.DrawFn) -> Drawn:
    chosen = draw(st.lists(st.sampled_from(COLUMNS), min_size=4, max_size=9, unique_by=lambda c: c[0]))
    serial = draw(st.booleans())
    names = (["序号"] if serial else []) + [name for name, _ in chosen]
    width = len(names)
    drawn = Drawn()
    _titles(draw, drawn, width)
    _header(draw, drawn, names)
    header = [drawn.rows[k - 1] for k in drawn.header]
    for n in range(draw(st.integers(1, 25))):
        what = draw(st.sampled_from(["data"] * 12 + ["blank", "subtotal", "header", "section"]))
        if what == "data" or n == 0:
            cells = [draw(st.sampled_from(values)) for _, values in chosen]
            if sum(map(bool, cells)) < 3:
                continue
            cells = ([str(n + 1)] if serial else []) + cells
            drawn.data.append((drawn.add(*cells, width=width) + 1, cells))
        else:
            _between(draw, drawn, what, header)
    if draw(st.booleans()):
        drawn.add("总计", *[""] * (width - 2), "35", width=width)
    if draw(st.booleans()):
        drawn.add("注：1.本表由村填报。", width=width)
        drawn.add("2.一户一行", width=width)
    if draw(st.booleans()):
        drawn.add("填表人：钱一", "", "审核人：", "", width=width)
    return drawn


def _titles(draw: st.DrawFn, drawn: Drawn, width: int) -> None:
    if draw(st.booleans()):
        row = drawn.add(draw(st.sampled_from(["某县退役军人家庭花名册", "附件2", "2024年走访名单（东风镇）"])), width=width)
        if draw(st.booleans()):
            drawn.merged.append((row, 0, 1, width))
    if draw(st.booleans()):
        drawn.add("填报单位：东风镇", *[""] * (width - 3), "填报时间：2024年3月5日", width=width)
    if draw(st.booleans()):
        drawn.add(width=width)


def _header(draw: st.DrawFn, drawn: Drawn, names: list[str]) -> None:
    width, top = len(names), len(drawn.rows)
    if not draw(st.booleans()) or width < 5:
        drawn.add(*names, width=width)
        drawn.headings, drawn.header = names, (top + 1,)
        return
    first = draw(st.integers(1, width - 3))
    n = draw(st.integers(2, min(3, width - first - 1)))
    group = draw(st.sampled_from(GROUPS))
    inside = range(first, first + n)
    drawn.add(*[group if k == first else "" if k in inside else name for k, name in enumerate(names)], width=width)
    drawn.add(*[name if k in inside else "" for k, name in enumerate(names)], width=width)
    if draw(st.booleans()):
        drawn.merged.append((top, first, 1, n))
        drawn.merged += [(top, k, 2, 1) for k in range(width) if k not in inside]
    drawn.headings = [f"{group}/{name}" if k in inside else name for k, name in enumerate(names)]
    drawn.header = (top + 1, top + 2)


def _between(draw: st.DrawFn, drawn: Drawn, what: str, header: list[list[str]]) -> None:
    width = len(header[0])
    if what == "blank":
        drawn.add(width=width)
    elif what == "subtotal":
        word = draw(st.sampled_from(["小计", "东风镇小计", "合  计", "本页合计"]))
        drawn.add(*(["", word] if draw(st.booleans()) else [word, ""]), *[""] * (width - 3), "17", width=width)
    elif what == "header":
        for cells in header:
            drawn.add(*cells, width=width)
    else:
        drawn.merged.append((drawn.add("一、东风镇", width=width), 0, 1, width))


def rows_of(table: Table) -> list[tuple[int, list[str]]]:
    return [(int(row), list(cells)) for row, cells in zip(table.frame.index, table.frame.to_numpy().tolist(), strict=True)]


@settings(max_examples=150, deadline=None)
@given(sheets())
def test_every_row_of_data_comes_through_and_nothing_else(drawn: Drawn) -> None:
    known = {"姓名", "身份证号", "所在村", "联系电话", "人数", "对象类别", "走访日期", "是否独居", "住址", "备注", "经度"}
    for words in (known, set()):
        table = find_table(drawn.file(), known=words)
        assert table.header_rows == drawn.header
        assert list(table.frame.columns) == drawn.headings
        assert rows_of(table) == drawn.data
        # Every row that holds anything is accounted for.
        told = {left.row + k for left in table.left_out for k in range(left.rows)}
        assert told | set(table.header_rows) | set(table.frame.index) >= {
            k for k, row in enumerate(drawn.rows, start=1) if any(row)}
        assert not told & set(table.frame.index)


@settings(max_examples=15, deadline=None)
@given(sheets())
def test_every_workbook_format_gives_the_same_table(drawn: Drawn) -> None:
    as_xlsx = find_table(read_file(xlsx(drawn.rows, merged=drawn.merged), name="a.xlsx"))
    as_xls = find_table(read_file(xls(drawn.rows, merged=drawn.merged), name="a.xls"))
    assert rows_of(as_xlsx) == rows_of(as_xls) == drawn.data
    assert as_xlsx.left_out == as_xls.left_out


def table_of(rows: list[list[str]], merged: tuple[Merged, ...] = (), **options: object) -> Table:
    width = max(map(len, rows))
    padded = [tuple(row) + ("",) * (width - len(row)) for row in rows]
    return find_table(File("x.csv", "", "csv", "utf-8", (Sheet("", padded, 1, merged),)), **options)  # type: ignore[arg-type]


def test_numbers_of_columns_and_examples_are_left_out() -> None:
    table = table_of([["姓名", "村", "人数", "电话"], ["甲", "1", "2", "3"], ["示例：某人", "某村", "3", "139"],
                      ["钱一", "东风村", "1", "1390"]])
    assert table.frame.index.tolist() == [4]
    assert [left.reason.zh for left in table.left_out] == ["栏次", "示例行"]


def test_rows_with_only_a_serial_number_are_left_out() -> None:
    table = table_of([["序号", "姓名", "村"], ["1", "钱一", "东风村"], ["2", "", ""], ["3", "", ""]])
    assert table.frame.index.tolist() == [2]


def test_a_cell_merged_downwards_belongs_to_all_its_rows() -> None:
    table = table_of([["村", "姓名"], ["东风村", "钱一"], ["", "孙二"], ["红旗村", "李三"]], (Merged(2, 0, 2, 1),))
    assert table.frame["村"].tolist() == ["东风村", "东风村", "红旗村"]


def test_headings_are_unique_and_columns_keep_their_place() -> None:
    table = table_of([["", "姓名", "姓名", "", "联系\n电话"], ["", "甲", "乙", "丙", "1"], ["", "丁", "戊", "己", "2"]])
    assert list(table.frame.columns) == ["姓名", "姓名（2）", "（第4列）", "联系电话"]
    assert table.positions == (1, 2, 3, 4)


def test_the_sheet_with_known_headings_is_taken() -> None:
    cover = Sheet("封面", [("某县", "2024"), ("资料", "一"), ("汇编", "二")])
    data = Sheet("数据", [("姓名", "村"), ("钱一", "东风村")])
    hidden = Sheet("旧", [("姓名", "村"), ("钱一", "东风村"), ("钱二", "东风村")], hidden=True)
    file = File("x.xlsx", "", "xlsx", None, (cover, hidden, data))
    assert find_table(file, known={"姓名", "村"}).sheet == "数据"
    assert find_table(file, sheet="旧", known={"姓名", "村"}).sheet == "旧"
    with pytest.raises(IntakeError, match="数据"):
        find_table(file, sheet="别的")


def test_data_without_a_header_is_refused() -> None:
    with pytest.raises(IntakeError, match="headings"):
        table_of([["110101199001010015", "2024-03-05", "1"], ["110101199001010023", "2024-03-06", "2"]])


def test_two_rows_of_headings_without_merged_cells() -> None:
    rows = [["序号", "姓名", "联系方式", "", "备注"], ["", "", "电话", "地址", ""], ["1", "钱一", "139", "三组", ""]]
    for content, name in ((ods(rows), "a.ods"), ("\n".join(map(",".join, rows)).encode(), "a.csv")):
        table = find_table(read_file(content, name=name))
        assert list(table.frame.columns) == ["序号", "姓名", "联系方式/电话", "联系方式/地址", "备注"]
        assert table.header_rows == (1, 2)
        assert len(table.frame) == 1


def test_a_second_table_below_the_first_is_told_apart() -> None:
    known = {"姓名", "村", "人数", "名称", "电话", "地址"}
    table = table_of([
        ["姓名", "村", "人数", ""], ["钱一", "东风村", "3", ""], ["孙二", "红旗村", "2", ""], ["", "", "", ""],
        ["二、服务站一览", "", "", ""], ["名称", "地址", "电话", "备注"], ["东风站", "三组", "139", "x"], ["", "", "", ""],
        ["红旗站", "一组", "138", ""], ["姓名", "村", "人数", ""], ["李三", "红旗村", "1", ""]], known=known)
    assert table.frame.index.tolist() == [2, 3, 11]
    assert [(left.row, left.rows) for left in table.left_out if left.reason.en.startswith("another")] == [(6, 4)]
    assert "4 rows from row 6 on" in table.notes[0].en
    assert sorted(left.row + k for left in table.left_out for k in range(left.rows)) == [4, 5, 6, 7, 8, 9, 10]


def test_a_table_beside_the_first_is_told() -> None:
    known = {"姓名", "村", "电话"}
    table = table_of([["村", "姓名", "", "村", "姓名"], ["东风村", "钱一", "", "红旗村", "孙二"]], known=known)
    assert table.frame.index.tolist() == [2]
    assert "“村、姓名”等列在同一行表头里出现不止一次" in table.notes[0].zh


def test_data_that_sounds_like_headings_is_data() -> None:
    known = {"姓名", "村", "类别", "备注"}
    table = table_of([["姓名", "村", "类别", "备注"], ["钱一", "东风村", "烈属", "备注"], ["孙二", "红旗村", "类别", "无"]], known=known)
    assert table.frame.index.tolist() == [2, 3]
    assert table.notes == ()


def test_cells_merged_both_ways_and_downwards_are_filled_down_once_each() -> None:
    table = table_of([["乡镇", "村", "姓名", "人数"], ["东风镇", "", "钱一", "3"], ["", "", "孙二", "2"], ["红旗镇", "甲村", "李三", "1"],
                      ["", "", "周四", "5"]], (Merged(2, 0, 2, 2), Merged(4, 0, 2, 1), Merged(4, 1, 2, 1)))
    assert table.frame["乡镇"].tolist() == ["东风镇", "东风镇", "红旗镇", "红旗镇"]
    assert table.frame["村"].tolist() == ["", "", "甲村", "甲村"]


def test_sheets_with_the_same_headings_are_named() -> None:
    def sheet(name: str, n: int) -> Sheet:
        return Sheet(name, [("姓名", "村"), *((f"钱{k}", "东风村") for k in range(n))])

    cover = Sheet("说明", [("项目", "内容"), ("版本", "一")])
    file = File("x.xlsx", "", "xlsx", None, (sheet("东风镇", 2), sheet("红旗镇", 4), sheet("三合镇", 3), cover))
    table = find_table(file, known={"姓名", "村"})
    assert table.sheet == "红旗镇"
    assert "“东风镇”2 行、“三合镇”3 行" in table.notes[0].zh
    assert "说明 (1)" in table.notes[1].en
    assert find_table(file, sheet="东风镇", known={"姓名", "村"}).notes == ()


def test_merged_cells_of_an_open_document_count_too() -> None:
    def cell(text: str, more: str = "") -> str:
        return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'

    covered = "<table:covered-table-cell/>"
    rows = [cell("村", 'table:number-rows-spanned="2"') + cell("家庭", 'table:number-columns-spanned="2"') + covered,
            covered + cell("户主") + cell("人数"), cell("东风村", 'table:number-rows-spanned="2"') + cell("钱一") + cell("3"),
            covered + cell("孙二") + cell("2")]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    table = find_table(read_file(raw_ods(f'<table:table table:name="a">{body}</table:table>'), name="a.ods"))
    assert list(table.frame.columns) == ["村", "家庭/户主", "家庭/人数"]
    assert table.frame["村"].tolist() == ["东风村", "东风村"]


def test_a_table_above_the_one_that_is_meant_is_told_apart() -> None:
    rows = [["一、汇总", "", ""], ["乡镇", "户数", "人数"], ["东风镇", "12", "30"], ["", "", ""], ["姓名", "村", "电话"],
            ["钱一", "东风村", "139"]]
    table = table_of(rows, known={"姓名", "村", "电话", "户数", "人数"})
    assert table.header_rows == (5,)
    assert table.frame.index.tolist() == [6]
    assert [(left.row, left.rows) for left in table.left_out if left.reason.en.startswith("another")] == [(2, 2)]
