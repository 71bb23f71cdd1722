"""The workbook: numbers that are numbers, headings in one language, and what must be printed with them."""

from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pytest
from small_county import PROVENANCE, frames

from app.messages import Words
from app.roles import LOCAL_STEWARD, SERVER
from app.services.coverage.explanation import Explanation
from app.services.coverage.gaps import SUMMED
from app.services.coverage.service import coverage
from app.web.views.coverage.workbook import workbook
from layers.store import Store

HEAD = 5


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("book") / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        return tuple(coverage(LOCAL_STEWARD, store, by=by) for by in ("township", "village"))


def opened(reports, language="zh"):
    return openpyxl.load_workbook(io.BytesIO(workbook(*reports, Words(language))))


def column(sheet, heading):
    at = next(cell.column for cell in sheet[HEAD] if cell.value == heading)
    return [row[at - 1].value for row in sheet.iter_rows(min_row=HEAD + 1)]


def test_sheets_and_their_figures(reports):
    book = opened(reports)
    assert book.sheetnames == ["分乡镇", "分村", "缺口", "规则"]
    towns = book["分乡镇"]
    assert column(towns, "乡镇") == ["甲镇", "乙乡", "合计"]
    assert column(towns, "对象（人）") == [7, 15, 22]
    assert column(towns, "到不了（人）") == [0, 13, 13]
    assert column(towns, "可达率（户）") == [1.0, 0.0, 0.5]
    assert column(book["分村"], "乡镇") == ["甲镇", "乙乡", "乙乡"]
    assert column(book["缺口"], "村（社区）") == ["西村", "北村"]
    assert column(book["缺口"], "到站中位（分）")[1] is None  # no way there


@pytest.mark.parametrize(("language", "heading"), [("zh", "原因与对策"), ("en", "Why, and what would help")])
def test_gaps_come_with_their_reasons(reports, language, heading):
    with_points = [dataclasses.replace(reports[0], gaps=tuple(
        dataclasses.replace(gap, why=Explanation(text_zh="远", text_en="far", nearest="东村站", way_m=2613, by_station=1))
        for gap in reports[0].gaps
    )), reports[1]]
    sheet = opened(with_points, language).worksheets[2]
    assert column(sheet, heading) == (["远"] * 2 if language == "zh" else ["far"] * 2)
    sheet = opened(with_points)["缺口"]
    assert column(sheet, "最近的设施") == ["东村站"] * 2
    assert column(sheet, "路程（米）") == [2613] * 2
    assert column(sheet, "从家到路（米）") == [None] * 2
    few = [dataclasses.replace(reports[0], gaps=(dataclasses.replace(reports[0].gaps[0], why=SUMMED),)), reports[1]]
    assert column(opened(few)["缺口"], "原因与对策")[0] == SUMMED.text_zh


def test_what_is_withheld_is_empty(store_url):
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        small = [coverage(SERVER, store, by=by) for by in ("township", "village")]
    book = opened(small)
    assert column(book["缺口"], "到不了（户）") == [4]
    assert "不足 5 户" in small[0].rule.text_zh


def test_shares_are_shown_as_percent_and_counts_with_thousands(reports):
    sheet = opened(reports)["分乡镇"]
    forms = {cell.value: sheet.cell(HEAD + 1, cell.column).number_format for cell in sheet[HEAD]}
    assert forms["可达率（户）"] == "0.0%"
    assert forms["对象（人）"] == "#,##0"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_states_rule_date_and_tag(reports, language):
    rule = reports[0].rule.text_zh if language == "zh" else reports[0].rule.text_en
    for sheet in opened(reports, language):
        top = " ".join(str(cell.value) for row in sheet["A1:P3"] for cell in row if cell.value)
        assert rule in top
        assert "2026-10-31" in top
        assert ("内部资料" if language == "zh" else "Internal") in top
        assert ("虚构" if language == "zh" else "Fictional") in top


def test_it_prints_on_a4_landscape_with_its_heading_on_every_page(reports):
    for sheet in opened(reports):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        if sheet.title != "规则":
            assert sheet.print_title_rows == "$5:$5"
            assert sheet.freeze_panes == "B6"


def test_headings_are_in_one_language(reports):
    for sheet in opened(reports):
        assert not re.search("[a-z]{2}", " ".join(str(c.value) for c in sheet[HEAD] if c.value and sheet.title != "规则"))
    for sheet in opened(reports, "en"):
        headings = [str(c.value) for c in sheet[HEAD] if c.value]
        assert not re.search("[一-鿿]", " ".join(headings))


def test_a_name_is_never_a_formula(reports):
    towns, villages = reports
    evil = dataclasses.replace(towns.by_area[0], name='=HYPERLINK("http://x","y")')
    book = opened((dataclasses.replace(towns, by_area=(evil,)), villages))
    cell = book["分乡镇"].cell(HEAD + 1, 1)
    assert cell.data_type == "s"
    assert cell.value.startswith("=HYPERLINK")


def test_nothing_to_list_is_a_sheet_all_the_same(reports):
    towns, villages = reports
    book = opened((dataclasses.replace(towns, gaps=(), by_area=()), dataclasses.replace(villages, by_area=())))
    assert book["缺口"].max_row == HEAD
