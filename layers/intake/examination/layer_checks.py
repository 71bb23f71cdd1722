"""The layer's own checks, told in the file's rows and headings."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from layers.fields import Field, Issue, Label
from layers.intake.examination.rows import Rows
from layers.schema import Layer

_DO: Mapping[str, Label] = {
    "required": Label("请补填", "fill it in"),
    "range": Label("请核对数值与单位", "check the number and its unit"),
    "vocabulary": Label("请改用允许的取值", "use one of the allowed values"),
    "pattern": Label("请核对编码", "check the code"),
    "geometry_missing": Label("请补上坐标，或村名、村代码", "give coordinates, or the village's name or code"),
    "geometry_type": Label("请换用正确的几何类型", "use the right kind of geometry"),
    "geometry_valid": Label("请在制图软件中修复图形", "mend the shape where it was drawn"),
    "geometry_range": Label("请核对坐标与坐标系", "check the coordinates and the datum"),
}
_BORDERS = Label("请导入带边界的图形文件（GeoPackage、Shapefile、GeoJSON、KML 等）；只换代码或名称用“区划变更”（rongtu units）",
                 "import a map file with the borders (GeoPackage, Shapefile, GeoJSON, KML …); "
                 "new codes or names alone go through a change of units (rongtu units)")
_CHECK = Label("请核对这一行", "check the row")
_SHAPE = ("lon", "lonlat", "lat", "wkt", "village", "village_name", "village_code")


def check_layer(rows: Rows, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the layer's own types; what breaks its rules is noted, each cell once."""
    tidy, report = rows.layer.examine(frame)
    shape = next((name for name in _SHAPE if name in rows.texts), "geometry")
    at = {int(number): k for k, number in enumerate(rows.numbers)}
    spoilt = {row for row, _ in rows.notes.spoilt}
    for issue in report.issues:
        if issue.rule == "unique":  # told with the row that has it too
            continue
        name = shape if issue.column == "geometry" else issue.column
        row = int(issue.row)
        # Without a place because its coordinates or its village could not be read: that is said already.
        told = (row, name) in rows.notes.spoilt or (
            issue.rule == "geometry_missing" and row in spoilt and any((row, other) in rows.notes.spoilt for other in _SHAPE))
        if not told:
            value = "" if issue.rule in {"required", "geometry_missing"} else str(rows.text(name)[at[row]]) or issue.value
            reason, hint = (_without_column(rows.layer[name]) if issue.rule == "required" and name not in rows.texts
                            else (issue.hint, _hint(issue, rows.layer)))
            rows.notes.add(row, name, issue.rule, value, reason, hint)
    return tidy


def _without_column(spec: Field) -> tuple[Label, Label]:
    """Why a field is empty that no column of the file is taken for, and what to do."""
    return (Label(f"必填的“{spec.label.zh}”没有对应的列", f"no column is taken for “{spec.label.en}”, which is required"),
            Label(f"请补上这一列，或指明是哪一列（--map {spec.name}=列名），或给所有行定一个值（--set {spec.name}=值）",
                  f"add the column, say which it is (--map {spec.name}=HEADING), or give one value to all rows (--set {spec.name}=VALUE)"))


def _hint(issue: Issue, layer: Layer) -> Label:
    if issue.rule == "geometry_missing" and "Polygon" in layer.geometry:
        return _BORDERS
    return _DO.get(issue.rule, _CHECK)
