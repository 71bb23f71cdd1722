"""Villages and communities: the units that people live in."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import VILLAGE_KIND, identifier, name

VILLAGES = Layer(
    name="villages",
    label=Label("村（社区）", "Villages"),
    geometry=("Polygon", "MultiPolygon", "Point"),
    fields=(
        identifier(),
        Field(name="code", label=Label("区划代码", "Code"), pattern=r"\d{12}",
              note=Label("12 位统计用区划代码", "12-digit statistical code")),
        name(),
        Field(name="kind", label=Label("类型", "Kind"), kind=Kind.CHOICE, vocabulary=VILLAGE_KIND),
        Field(name="township", label=Label("所属乡镇", "Township"), references=("townships",)),
        Field(name="valid_from", label=Label("启用日期", "Valid from"), kind=Kind.DATE),
        Field(name="valid_to", label=Label("停用日期", "Valid to"), kind=Kind.DATE),
    ),
    rules=(
        Rule("period", "valid_to", Label("停用日期早于启用日期", "valid_to is before valid_from"),
             lambda t: t["valid_to"] < t["valid_from"]),
    ),
)
