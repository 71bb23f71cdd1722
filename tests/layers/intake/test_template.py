"""Templates: filled in as somebody would, they load as what was typed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from layers.intake.aliases import known_headings
from layers.intake.examination.columns import SURE, suggest
from layers.intake.files import find_table, read_file
from layers.intake.workbooks.layer_sheets import DICTIONARY
from layers.intake.workbooks.template import template_columns, write_template
from layers.registry import LAYERS
from layers.schema import Kind, Layer

EVERY = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def written(layer: Layer, folder: Path) -> openpyxl.Workbook:
    write_template(layer, folder / "t.xlsx")
    return openpyxl.load_workbook(folder / "t.xlsx")


@EVERY
def test_what_is_filled_in_comes_back_and_the_example_does_not(layer: Layer, tmp_path: Path) -> None:
    book = written(layer, tmp_path)
    sheet = book.worksheets[0]
    filled = [[f"0{r}{c}甲" for c in range(sheet.max_column)] for r in range(3)]
    for row in filled:
        sheet.append(row)
    book.save(tmp_path / "filled.xlsx")
    table = find_table(read_file(tmp_path / "filled.xlsx"), known=known_headings(layer.name))
    assert table.sheet == layer.label.zh
    assert table.header_rows == (1,)
    assert [(left.row, left.reason.zh) for left in table.left_out] == [(2, "示例行")]
    assert table.frame.to_numpy().tolist() == filled
    assert table.frame.index.tolist() == [3, 4, 5]


@EVERY
def test_every_column_is_recognised_as_its_field(layer: Layer, tmp_path: Path) -> None:
    written(layer, tmp_path)
    table = find_table(read_file(tmp_path / "t.xlsx"), known=known_headings(layer.name))
    mapping = suggest(layer, table)
    assert {match.target for match in mapping.columns if match.confidence >= SURE} >= set(layer.columns)
    # Whether empty columns hold coordinates cannot be told for sure.
    found = {match.target for match in mapping.columns}
    assert None not in found
    if "Point" in layer.geometry:
        assert found >= {"lon", "lat"}
    if layer.spatial and set(layer.geometry) != {"Point"}:
        assert "wkt" in found


@EVERY
def test_codes_are_chosen_from_their_chinese_labels(layer: Layer, tmp_path: Path) -> None:
    book = written(layer, tmp_path)
    sheet = book.worksheets[0]
    lists = {cells.min_col: (rule.formula1, cells.min_row) for rule in sheet.data_validations.dataValidation
             for cells in rule.sqref.ranges if rule.type == "list"}
    for k, spec in enumerate(layer.fields, start=1):
        if spec.kind not in {Kind.CHOICE, Kind.BOOLEAN}:
            assert k not in lists
            continue
        column = [cell.value for cell in book["选项"][openpyxl.utils.get_column_letter(k)] if cell.value]
        wanted = [label.zh for label in spec.vocabulary.terms.values()] if spec.vocabulary else ["是", "否"]
        assert column == wanted
        letter = openpyxl.utils.get_column_letter(k)
        assert lists[k] == (f"选项!${letter}$1:${letter}${len(wanted)}", 3)
    assert book["选项"].sheet_state == "hidden"


@EVERY
def test_codes_and_dates_are_columns_of_text_and_all_is_explained(layer: Layer, tmp_path: Path) -> None:
    book = written(layer, tmp_path)
    sheet = book.worksheets[0]
    formats = {k: told.number_format for told in sheet.column_dimensions.values() for k in range(told.min, told.max + 1)}
    for k, spec in enumerate(layer.fields, start=1):
        assert formats[k] == ("General" if spec.kind in {Kind.INTEGER, Kind.NUMBER} else "@"), spec.name
    explained = {row[0].value for row in book[DICTIONARY].iter_rows(min_row=2)}
    assert explained >= set(layer.columns)
    stars = {column.heading[1:] for column in template_columns(layer) if column.heading.startswith("*")}
    assert stars == {spec.label.zh for spec in layer.fields if spec.required and spec.name not in {"id", "precision"}}
