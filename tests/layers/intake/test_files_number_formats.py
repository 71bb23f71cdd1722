"""Codes kept as numbers come out as a person sees them, and nothing else changes."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from office_files import raw_ods, xls

from layers.intake.files import read_file
from layers.intake.formats.number_formats import digit_places, padded

SHOWN = [
    ("00000", 123, "00123"), ("00000", 1234567, "1234567"), ("0000-00-00", 20240305, "2024-03-05"), ('"编"000', 7, "编007"),
    ("000000000000000000", 42, "000000000000000042"), ("000;-000;0", 5, "005"), ("[Red]00", 3, "03"), ("#000", 12345, "12345"),
    ('0000"年"00"月"', 202403, "2024年03月"), ("@", 123, "123"), ("General", 123, "123"), ("0", 7, "7"), ("00000", 1.5, "1.5"),
    ("00000", -12, "-12"), ("0.00", 3, "3"), ("#,##0", 1234567, "1234567"), ("0%", 0.35, "0.35"), ("00.00%", 0.35, "0.35"),
    ("[DBNum1]General", 12, "12"), ('yyyy"年"m"月"', 45356, "2024-03-05"), ('[DBNum1][$-804]yyyy"年"m"月"d"日"', 45356, "2024-03-05"),
    ('yyyy"年"m"月"d"日";@', 45356, "2024-03-05"), ("h:mm", 0.5, "12:00:00"), ('0"人"', 3, "3"), ('[>9]00;000', 5, "5"),
]


@pytest.mark.parametrize("writer", ["xlsxwriter", "openpyxl"])
def test_a_workbook_shows_its_numbers_as_codes(writer: str) -> None:
    content = io.BytesIO()
    if writer == "xlsxwriter":
        book = xlsxwriter.Workbook(content)
        page = book.add_worksheet()
        for row, (code, value, _) in enumerate(SHOWN):
            page.write_number(row, 0, value, book.add_format({"num_format": code}))
            page.write_formula(row, 1, "=1", book.add_format({"num_format": code}), value)
        book.close()
    else:
        book = openpyxl.Workbook()
        for row, (code, value, _) in enumerate(SHOWN, start=1):
            for column in (1, 2):
                book.active.cell(row, column, value).number_format = code
        book.save(content)
    rows = read_file(content.getvalue(), name="a.xlsx").sheets[0].rows
    assert rows == [(text, text) for _, _, text in SHOWN]


def test_an_old_workbook_shows_its_numbers_as_codes() -> None:
    content = xls([[123, 20240305, 7, "00"], [1.5, -1, 0, "x"]], formats={0: "00000", 1: "0000-00-00", 2: '"编"000', 3: "000"})
    assert read_file(content, name="a.xls").sheets[0].rows == [("00123", "2024-03-05", "编007", "00"), ("1.5", "-1", "编000", "x")]


def test_an_open_document_shows_its_numbers_as_codes() -> None:
    def cell(kind: str, value: str, shown: str) -> str:
        key = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
        return f'<table:table-cell office:value-type="{kind}" office:{key}="{value}"><text:p>{shown}</text:p></table:table-cell>'

    cells = [("float", "123", "00123"), ("float", "20240305", "2024-03-05"), ("float", "1234", "1,234"), ("float", "0", "000"),
             ("percentage", "0.35", "35%"), ("date", "2024-03-05", "2024年3月"), ("date", "2024-03-05T08:30:00", "3-5"),
             ("time", "PT08H30M00S", "08:30"), ("boolean", "true", "是"), ("float", "420106199001010015", "4.2E+17"),
             ("float", "1.25", "1")]
    content = raw_ods('<table:table table:name="a"><table:table-row>' + "".join(cell(*each) for each in cells)
                      + "</table:table-row></table:table>")
    assert read_file(content, name="a.ods").sheets[0].rows == [(
        "00123", "2024-03-05", "1234", "000", "0.35", "2024-03-05", "2024-03-05 08:30:00", "8:30:00", "TRUE",
        "420106199001010015", "1.25")]


@given(st.integers(0, 10**15), st.integers(2, 18))
def test_zeros_are_put_before_a_number_and_nothing_else_is_done(number: int, width: int) -> None:
    places = digit_places("0" * width)
    assert places is not None
    assert padded(str(number), places) == str(number).zfill(width)
    assert padded(f"{number}.5", places) is None
