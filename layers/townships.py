"""Townships: the polygons that every share is counted by."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import TOWNSHIP_KIND, identifier, name

TOWNSHIPS = Layer(
    name="townships",
    label=Label("乡镇（街道）", "Townships"),
    geometry=("Polygon", "MultiPolygon"),
    fields=(
        identifier(),
        Field(name="code", label=Label("区划代码", "Code"), pattern=r"\d{9}(\d{3})?",
              note=Label("9 位或 12 位统计用区划代码", "9-digit or 12-digit statistical code")),
        name(),
        Field(name="kind", label=Label("类型", "Kind"), kind=Kind.CHOICE, vocabulary=TOWNSHIP_KIND),
        Field(name="valid_from", label=Label("启用日期", "Valid from"), kind=Kind.DATE),
        Field(name="valid_to", label=Label("停用日期", "Valid to"), kind=Kind.DATE),
        Field(name="boundary_source", label=Label("边界来源", "Boundary source")),
        Field(name="boundary_date", label=Label("边界日期", "Boundary date"), kind=Kind.DATE),
    ),
    rules=(
        Rule("period", "valid_to", Label("停用日期早于启用日期", "valid_to is before valid_from"),
             lambda t: t["valid_to"] < t["valid_from"]),
    ),
)
