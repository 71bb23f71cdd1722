"""A workbook to be filled in: one for every layer, with lists to choose from and the meaning of every column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from layers.fields import Label
from layers.intake.workbooks.layer_sheets import DICTIONARY, WKT_COLUMN, write_dictionary
from layers.intake.workbooks.plain_cells import new_workbook
from layers.schema import Field, Kind, Layer

EXAMPLE = "示例（导入时忽略）"
"""What the example row begins with; such a row is left out when the file is loaded."""

_OPTIONS = "选项"
_ROWS = 50_000
_MESSAGE = 255
_NEVER_ASKED = {"id", "precision"}
_DIGITS = "110101199001010015"
_YES_NO = ("是", "否")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template: its heading, an example, what can be chosen, what is said beside the cell."""

    heading: str
    example: str
    message: str
    choices: tuple[str, ...] = ()
    text: bool = True


def template_columns(layer: Layer) -> list[Column]:
    """Columns of the template of ``layer``; those to be filled in begin with ``*``.

    Where a thing is can be told by coordinates or by the names of township and village.
    """
    columns = [_of_field(spec) for spec in layer.fields]
    if "Point" in layer.geometry:
        if "precision" in layer.columns:
            columns.append(Column("乡镇", "东风镇", "没有坐标时按乡镇和村定位 (places things without coordinates)"))
            if "village" not in layer.columns:
                columns.append(Column("村", "红旗村", "没有坐标时按乡镇和村定位 (places things without coordinates)"))
        columns += [Column(heading, example, "可留空；坐标系在导入时选择 (may be left empty; say its datum when loading)", text=False)
                    for heading, example in (("经度", "113.123456"), ("纬度", "30.123456"))]
    if set(layer.geometry) - {"Point"}:
        columns.append(Column(f"图形（{WKT_COLUMN}）", "LINESTRING (113.1 30.1, 113.2 30.2)" if "LineString" in layer.geometry
                              else "POLYGON ((113.1 30.1, 113.2 30.1, 113.2 30.2, 113.1 30.1))", "WKT"))
    return columns


def write_template(layer: Layer, path: str | Path) -> None:
    """Write the template of ``layer`` to ``path``, an ``.xlsx``: a sheet to fill in and the data dictionary.

    Codes, dates and telephone numbers stand in columns of text, so that no digit is lost.
    """
    columns = template_columns(layer)
    book = new_workbook(path)
    bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    text, number = book.add_format({"num_format": "@"}), book.add_format()
    example = book.add_format({"italic": True, "font_color": "#808080", "bg_color": "#EFEFEF", "num_format": "@"})
    sheet = book.add_worksheet(layer.label.zh[:31])
    dictionary = book.add_worksheet(DICTIONARY)
    options = book.add_worksheet(_OPTIONS)
    options.hide()
    sheet.freeze_panes(1, 1)
    for k, column in enumerate(columns):
        sheet.set_column(k, k, max(12, 2 * len(column.heading) + 4), text if column.text else number)
        sheet.write_string(0, k, column.heading, bold)
        sheet.write_string(1, k, EXAMPLE if k == 0 else column.example, example)
        sheet.data_validation(2, k, _ROWS, k, _rule(options, k, column))
    places = ["lon", "lat"] if "Point" in layer.geometry else []
    shapes = [WKT_COLUMN] if set(layer.geometry) - {"Point"} else []
    write_dictionary(dictionary, layer, [*layer.columns, *places, *shapes], bold)
    book.close()


def _rule(options: Worksheet, k: int, column: Column) -> dict[str, Any]:
    """What Excel offers and says in a cell; other spellings may be typed, as loading understands many."""
    message = {"input_title": column.heading[:32], "input_message": column.message[:_MESSAGE]} if column.message else {}
    if not column.choices:
        return {"validate": "any", **message}
    for row, choice in enumerate(column.choices):
        options.write_string(row, k, choice)
    letter = xlsxwriter.utility.xl_col_to_name(k)
    return {"validate": "list", "source": f"={_OPTIONS}!${letter}$1:${letter}${len(column.choices)}",
            "error_type": "warning", "error_title": "不在列表中", "error_message": "不在列表中，仍要使用吗？(not in the list)", **message}


def _of_field(spec: Field) -> Column:
    asked = spec.required and spec.name not in _NEVER_ASKED
    labels = tuple(label.zh for label in spec.vocabulary.terms.values()) if spec.vocabulary else ()
    choices = _YES_NO if spec.kind is Kind.BOOLEAN else labels if spec.kind is Kind.CHOICE else ()
    return Column(("*" if asked else "") + spec.label.zh, _example(spec, labels), _message(spec, labels, asked=asked), choices,
                  text=spec.kind not in {Kind.INTEGER, Kind.NUMBER})


def _example(spec: Field, labels: tuple[str, ...]) -> str:
    examples = {
        Kind.BOOLEAN: "是", Kind.DATE: "2026-04-05", Kind.CHOICE: labels[0] if labels else "",
        Kind.CHOICES: "；".join(labels[:2]), Kind.NUMBER: f"{max(spec.minimum or 0, 100):g}",
        Kind.INTEGER: f"{max(spec.minimum or 0, 1):g}",
    }
    if spec.kind in examples:
        return examples[spec.kind]
    if spec.pattern and (digits := re.match(r"\\d\{(\d+)\}", spec.pattern)):
        return _DIGITS[: int(digits[1])] + ("X" if "X" in spec.pattern else "")
    return "编号或名称" if spec.references else ""


def _message(spec: Field, labels: tuple[str, ...], *, asked: bool) -> str:
    said = []
    if asked:
        said.append("必填 (required)")
    if spec.name == "id":
        said.append("可留空，导入时自动编号 (may be left empty)")
    if spec.unit:
        said.append(f"单位：{spec.unit}")
    if spec.kind is Kind.CHOICES:
        said.append(f"可填多个，用“；”隔开：{'、'.join(labels)}")
    if spec.kind is Kind.DATE:
        said.append("如 2026-04-05")
    note = Label(*spec.note)
    if note.zh:
        said.append(f"{note.zh} ({note.en})")
    return "；".join(said)
