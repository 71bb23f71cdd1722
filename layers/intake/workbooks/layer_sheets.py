"""A layer as a workbook: the rows on one sheet, the data dictionary on another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from layers.errors import IntakeError
from layers.intake.workbooks.plain_cells import new_workbook
from layers.schema import Field, Kind, Layer

WKT_COLUMN = "wkt"
DICTIONARY = "数据字典"

_MOST_ROWS = 1_048_575
_CELL = 32_767
_KINDS = {
    Kind.TEXT: "文字 text", Kind.INTEGER: "整数 whole number", Kind.NUMBER: "数字 number",
    Kind.BOOLEAN: "是/否 true/false", Kind.DATE: "日期 date", Kind.CHOICE: "代码 one code",
    Kind.CHOICES: "多个代码，用 ; 分隔 codes joined with ;",
}
_HEADINGS = ("字段 field", "中文", "English", "类型 type", "单位 unit", "必填 required", "允许值 allowed values",
             "说明 note")


def write_workbook(table: pd.DataFrame, layer: Layer, path: Path) -> None:
    """Write a flat table of ``layer`` with the field names as header, and what the fields mean.

    Texts are written as texts, so that codes keep their zeros and nothing runs as a formula. A
    ``wkt`` longer than a cell goes on in ``wkt_2``, ``wkt_3`` and so on.

    Raises
    ------
    IntakeError
        When there are more rows than a sheet can hold.
    """
    if len(table) > _MOST_ROWS:
        msg = (
            f"“{layer.label.zh}”有 {len(table):,} 行，工作表最多 {_MOST_ROWS:,} 行，请改存 .csv 或 .gpkg "
            f"({layer.name} has {len(table):,} rows, more than a sheet can hold; write it as .csv or .gpkg)"
        )
        raise IntakeError(msg)
    table = _split_long(table)
    book = new_workbook(path, default_date_format="yyyy-mm-dd")
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    rows = book.add_worksheet(layer.name[:31])
    rows.freeze_panes(1, 1)
    rows.set_column(0, max(len(table.columns) - 1, 0), 16)
    for k, name in enumerate(table.columns):
        rows.write_string(0, k, name, bold)
        write = _writer(rows, layer, name, day)
        for row, value in enumerate(table[name].tolist(), start=1):
            if not pd.isna(value):
                write(row, k, value)
    write_dictionary(book.add_worksheet(DICTIONARY), layer, list(table.columns), bold)
    book.close()


_Writer = Callable[[int, int, Any], object]


def _writer(sheet: Worksheet, layer: Layer, name: str, day: Any) -> _Writer:
    def date(row: int, column: int, value: pd.Timestamp) -> None:
        if value.year < 1900:  # before the first day that a workbook can count
            sheet.write_string(row, column, value.strftime("%Y-%m-%d"))
        else:
            sheet.write_datetime(row, column, value, day)

    def text(row: int, column: int, value: object) -> None:
        sheet.write_string(row, column, str(value)[:_CELL])

    boolean: _Writer = sheet.write_boolean
    number: _Writer = sheet.write_number
    writers = {Kind.DATE: date, Kind.BOOLEAN: boolean, Kind.INTEGER: number, Kind.NUMBER: number}
    if name in ("lon", "lat"):
        return number
    return next((writers[spec.kind] for spec in layer.fields if spec.name == name and spec.kind in writers), text)


def _split_long(table: pd.DataFrame) -> pd.DataFrame:
    if WKT_COLUMN not in table:
        return table
    texts = table[WKT_COLUMN]
    longest = int(texts.str.len().max()) if texts.notna().any() else 0
    parts = {
        WKT_COLUMN if k == 0 else f"{WKT_COLUMN}_{k // _CELL + 1}": texts.str.slice(k, k + _CELL).replace("", None)
        for k in range(0, max(longest, 1), _CELL)
    }
    return table.assign(**parts)


def write_dictionary(sheet: Worksheet, layer: Layer, columns: list[str], bold: Any) -> None:
    """Write what ``columns`` of ``layer`` mean: their names, kinds, units, allowed values and notes."""
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 5, 16)
    sheet.set_column(6, 7, 60)
    for k, heading in enumerate(_HEADINGS):
        sheet.write_string(0, k, heading, bold)
    specs = [_described(spec) for spec in layer.fields if spec.name in columns]
    for row, cells in enumerate([*specs, *_geometry_rows(columns)], start=1):
        for k, cell in enumerate(cells):
            sheet.write_string(row, k, cell)


def _described(spec: Field) -> tuple[str, ...]:
    if spec.vocabulary is not None:
        allowed = "；".join(f"{code}（{label.zh} {label.en}）" for code, label in spec.vocabulary.terms.items())
    elif spec.references:
        allowed = "编号取自 an id of " + "、".join(spec.references)
    elif spec.minimum is not None or spec.maximum is not None:
        allowed = " – ".join("" if bound is None else f"{bound:g}" for bound in (spec.minimum, spec.maximum))
    else:
        allowed = spec.pattern or ""
    note = " ".join(part for part in spec.note if part)
    return (spec.name, spec.label.zh, spec.label.en, _KINDS[spec.kind], spec.unit, "是 yes" if spec.required else "",
            allowed, note)


def _geometry_rows(columns: list[str]) -> list[tuple[str, ...]]:
    known = {
        "lon": ("lon", "经度", "Longitude", "数字 number", "°", "", "-180 – 180", "WGS 84"),
        "lat": ("lat", "纬度", "Latitude", "数字 number", "°", "", "-90 – 90", "WGS 84"),
        WKT_COLUMN: (WKT_COLUMN, "图形", "Geometry", "WKT", "", "", "",
                     "WGS 84；超过单元格长度时续写在 wkt_2 等列 goes on in wkt_2 and so on when longer than a cell"),
    }
    return [row for name, row in known.items() if name in columns]
