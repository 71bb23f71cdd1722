"""The workbook of the coverage page: numbers that are numbers, headings in one language, and what must be printed with them."""

from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pytest
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.services.answers.files import tables_as_bytes
from app.services.coverage.explanation import Explanation
from app.services.coverage.gaps import SUMMED
from app.services.coverage.service import coverage
from app.services.coverage.tables import coverage_about, coverage_tables
from layers.store import Store

HEAD = 4
TOWNS, VILLAGES, GAPS, RULE = "分乡镇可达率", "分村可达率", "缺口", "规则"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("book") / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


@pytest.fixture(scope="module")
def reports(store):
    return tuple(coverage(LOCAL_STEWARD, store, by=by) for by in ("township", "village"))


def opened(store, reports, language="zh"):
    tables, about = coverage_tables(store, *reports), coverage_about(reports[0])
    return openpyxl.load_workbook(io.BytesIO(tables_as_bytes(tables, ".xlsx", about, chinese=language == "zh")))


def column(sheet, heading):
    at = next(cell.column for cell in sheet[HEAD] if cell.value == heading)
    return [row[at - 1].value for row in sheet.iter_rows(min_row=HEAD + 1)]


def test_sheets_and_their_figures(store, reports):
    book = opened(store, reports)
    assert book.sheetnames == [TOWNS, VILLAGES, GAPS, RULE]
    towns = book[TOWNS]
    assert column(towns, "名称") == ["甲镇", "乙乡", "合计"]
    assert column(towns, "人数") == [7, 15, 22]
    assert column(towns, "到不了的人") == [0, 13, 13]
    assert column(towns, "可达率（户）") == [1.0, 0.0, 0.5]
    assert column(towns, "代码")[-1] is None
    assert column(book[VILLAGES], "乡镇") == ["甲镇", "乙乡", "乙乡", None]
    assert column(book[VILLAGES], "人数")[-1] == 22
    assert column(book[GAPS], "名称") == ["西村", "北村"]
    assert column(book[GAPS], "到站中位分钟")[1] is None  # no way there


def test_the_total_is_no_row_of_the_data(store, reports):
    towns = coverage_tables(store, *reports)[0]
    assert towns.total["persons"] == 22
    assert [row["name"] for row in towns.records()] == ["甲镇", "乙乡"]
    assert opened(store, reports)[TOWNS].auto_filter.ref.endswith("6")  # what is sorted and filtered ends above it


@pytest.mark.parametrize(("language", "heading"), [("zh", "原因与对策"), ("en", "Why, and what would help")])
def test_gaps_come_with_their_reasons(store, reports, language, heading):
    with_points = [dataclasses.replace(reports[0], gaps=tuple(
        dataclasses.replace(gap, why=Explanation(text_zh="远", text_en="far", nearest="东村站", way_m=2613, by_station=1))
        for gap in reports[0].gaps
    )), reports[1]]
    sheet = opened(store, with_points, language).worksheets[2]
    assert column(sheet, heading) == (["远"] * 2 if language == "zh" else ["far"] * 2)
    sheet = opened(store, with_points)[GAPS]
    assert column(sheet, "最近的设施") == ["东村站"] * 2
    assert column(sheet, "路程（米）") == [2613] * 2
    assert column(sheet, "从家到路（米）") == [None] * 2
    few = [dataclasses.replace(reports[0], gaps=(dataclasses.replace(reports[0].gaps[0], why=SUMMED),)), reports[1]]
    assert column(opened(store, few)[GAPS], "原因与对策")[0] == SUMMED.text_zh


def test_what_is_withheld_is_empty(store):
    small = [coverage(SERVER, store, by=by) for by in ("township", "village")]
    book = opened(store, small)
    assert column(book[GAPS], "到不了的户") == [4]
    assert "不足 5 户" in small[0].rule.text_zh


def test_who_has_no_exact_answer_is_said_with_the_rule(store, reports):
    unknown = dataclasses.replace(reports[0].unknown, off_network=3, unreachable=2, disconnected=0, imprecise=1)
    given = [dataclasses.replace(reports[0], unknown=unknown), reports[1]]
    assert opened(store, given)[RULE]["A5"].value == "离路网太远 3 户；无路可达 2 户；定位不准 1 户"
    nobody = dataclasses.replace(unknown, off_network=None, unreachable=None, disconnected=None, imprecise=0)
    assert coverage_about(dataclasses.replace(reports[0], unknown=nobody)).notes == reports[0].notes


def test_shares_are_shown_as_percent_and_counts_with_thousands(store, reports):
    sheet = opened(store, reports)[TOWNS]
    for row in (HEAD + 1, sheet.max_row):  # an area, and the total
        forms = {cell.value: sheet.cell(row, cell.column).number_format for cell in sheet[HEAD]}
        assert forms["可达率（户）"] == "0.0%"
        assert forms["人数"] == "#,##0"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_states_rule_date_and_tag(store, reports, language):
    rule = reports[0].rule.text_zh if language == "zh" else reports[0].rule.text_en
    for sheet in opened(store, reports, language):
        top = " ".join(str(cell.value) for row in sheet["A1:P3"] for cell in row if cell.value)
        assert rule in top
        assert "2026-10-31" in top
        assert ("内部资料" if language == "zh" else "Internal") in top
        assert ("虚构" if language == "zh" else "Fictional") in top


def test_it_prints_on_a4_with_its_heading_on_every_page(store, reports):
    for sheet in opened(store, reports):
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        if sheet.title != RULE:
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.print_title_rows == "$4:$4"
            assert sheet.freeze_panes == "B5"


def test_headings_are_in_one_language(store, reports):
    for sheet in opened(store, reports):
        assert not re.search("[a-z]{2}", " ".join(str(c.value) for c in sheet[HEAD] if c.value and sheet.title != RULE))
    for sheet in opened(store, reports, "en"):
        headings = [str(c.value) for c in sheet[HEAD] if c.value]
        assert not re.search("[一-鿿]", " ".join(headings))


def test_a_name_is_never_a_formula(store, reports):
    towns, villages = reports
    evil = dataclasses.replace(towns.by_area[0], name='=HYPERLINK("http://x","y")')
    book = opened(store, (dataclasses.replace(towns, by_area=(evil,)), villages))
    cell = book[TOWNS].cell(HEAD + 1, 1)
    assert cell.data_type == "s"
    assert cell.value.startswith("=HYPERLINK")


def test_nothing_to_list_is_a_sheet_all_the_same(store, reports):
    towns, villages = reports
    book = opened(store, (dataclasses.replace(towns, gaps=(), by_area=()), dataclasses.replace(villages, by_area=())))
    assert book[GAPS].max_row == HEAD
