"""The form of a layer: filled in by an office and loaded back."""

from __future__ import annotations

import json

import openpyxl
import pytest
from click.testing import CliRunner
from small_county import at

from app.cli import commands
from layers.store import Store


def run(*arguments):
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


def test_a_form_that_is_filled_in_is_loaded(county, tmp_path):
    form = tmp_path / "form.xlsx"
    assert run("template", "stations", form).exit_code == 0
    book = openpyxl.load_workbook(form)
    sheet, place = book.worksheets[0], at(1500, 300)
    known = {"名称": "填报站", "级别": "村（社区）站", "状态": "运行", "经度": place.x, "纬度": place.y}
    for cell in sheet[1]:
        name = str(cell.value).strip("*")
        if name in known:
            sheet.cell(3, cell.column, known.pop(name))
    assert not known
    book.save(form)
    result = run("import", "stations", form, "--json", "--store", county)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["rows_in"], answer["stored"], answer["rejected"]) == (0, 1, 1, 0)
    with Store.open(str(county)) as store:
        assert "填报站" in set(store.read("stations", columns=["name"])["name"])


def test_an_empty_form_brings_nothing(county, tmp_path):
    form = tmp_path / "form.xlsx"
    run("template", "stations", form)
    result = run("import", "stations", form, "--json", "--store", county)
    assert json.loads(result.stdout)["rows_in"] == 0


@pytest.mark.parametrize(("layer", "name"), [("stations", "form.csv"), ("nothing", "form.xlsx"), ("stations", "nowhere/form.xlsx")])
def test_a_form_that_cannot_be_had_is_refused(tmp_path, layer, name):
    result = run("template", layer, tmp_path / name)
    assert result.exit_code != 0
    assert not (tmp_path / name).exists()
