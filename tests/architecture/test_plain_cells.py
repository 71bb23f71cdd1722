"""A text that begins with = + - @ stays text in every file for a spreadsheet that is handed out."""

from __future__ import annotations

import ast
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_files import xls, xlsx
from small_county import at

from app.services.answers.about import About
from app.services.answers.tables import Table
from app.services.answers.workbook import answer_workbook
from layers.fields import Label
from layers.intake.examination.problems import Problem
from layers.intake.files import find_table, read_file
from layers.intake.formats.delimited import read_delimited
from layers.intake.workbooks.export import write_frame
from layers.intake.workbooks.plain_cells import guarded
from layers.intake.workbooks.returned import write_return
from layers.intake.workbooks.template import write_template
from layers.registry import LAYERS

NASTY = ["=1+1", "+86139", "-乙", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "'=1", "{=1}", "0012"]
ALONE = {
    ("xlsxwriter", "Workbook"): "layers/intake/workbooks/plain_cells.py", ("openpyxl", "Workbook"): None,
    ("csv", "writer"): None, ("csv", "DictWriter"): None, ("", "to_excel"): None, ("", "ExcelWriter"): None,
    ("", "to_csv"): "layers/intake/workbooks/export.py", ("", "write_formula"): None,
    ("", "write_url"): None,
}
"""Calls that write a file for a spreadsheet, and the one module that may make each."""


def test_files_for_spreadsheets_begin_in_one_place(repo_root: Path) -> None:
    found = set()
    for path in (path for folder in ("app", "layers", "data") for path in (repo_root / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                for key in ((owner, node.func.attr), ("", node.func.attr)):
                    if key in ALONE:
                        found.add((key, path.relative_to(repo_root).as_posix()))
    assert found == {(key, place) for key, place in ALONE.items() if place}


def stations() -> pd.DataFrame:
    rows = [{"id": text, "name": text, "address": text, "phone": text, "geometry": at(k, 0)} for k, text in enumerate(NASTY)]
    return LAYERS["stations"].conform(pd.DataFrame(rows))


def exported(folder: Path) -> bytes:
    write_frame(stations(), LAYERS["stations"], folder / "s.xlsx")
    return (folder / "s.xlsx").read_bytes()


def answered(_folder: Path) -> bytes:
    about = About(rule=Label("=规则", "=rule"), as_of=dt.date(2026, 1, 1), region=Label("+县", "+county"), fictional=True,
                  notes=(Label("@注", "@note"),))
    return answer_workbook([Table(LAYERS["stations"], stations(), {"name": "=合计"})], about)


def returned(kind: Callable[..., bytes], suffix: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        content = kind([["名称", "电话"], *([text, "1"] for text in NASTY)])
        file = read_file(content, name=f"a{suffix}")
        problems = [Problem(row, "名称", "name", "type", text, Label(text, text), Label(text, text))
                    for row, text in enumerate(NASTY, start=2)]
        write_return(content, file, find_table(file), problems, folder / "r.xlsx")
        return (folder / "r.xlsx").read_bytes()
    return make


def template(folder: Path) -> bytes:
    write_template(LAYERS["stations"], folder / "t.xlsx")
    return (folder / "t.xlsx").read_bytes()


WRITERS = {"export": exported, "answer": answered, "return_of_xlsx": returned(xlsx, ".xlsx"),
           "return_of_xls": returned(xls, ".xls"), "template": template}


@pytest.mark.parametrize("writer", WRITERS)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(writer: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(WRITERS[writer](tmp_path)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell for cell in cells if cell.hyperlink]
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert writer == "template" or texts >= set(NASTY)


def test_no_cell_of_a_csv_is_a_formula_and_all_come_back(tmp_path: Path) -> None:
    write_frame(stations(), LAYERS["stations"], tmp_path / "s.csv")
    table = pd.read_csv(tmp_path / "s.csv", dtype="str", keep_default_na=False)
    assert not table["name"].str.match(r"[=+\-@\t\r\n]").any()
    back = find_table(read_file(tmp_path / "s.csv"), known={"id", "name"})
    assert back.frame["name"].tolist() == NASTY


@given(st.lists(st.text("'=+-@\t\n甲1\" ,;", max_size=5), min_size=1, max_size=8))
def test_every_text_comes_back_from_a_csv(texts: list[str]) -> None:
    table = pd.DataFrame({"a": guarded(pd.Series(texts, dtype="str")), "b": "x"})
    rows = list(read_delimited(table.to_csv(index=False, lineterminator="\r\n"), "a.csv"))
    assert [row[0] for row in rows[1:]] == texts
