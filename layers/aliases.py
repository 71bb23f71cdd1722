"""Names that townships and villages had before, and the codes: by them old papers still lead to the present unit."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import identifier

ALIASES = Layer(
    name="aliases",
    label=Label("曾用名", "Former names"),
    fields=(
        identifier(),
        Field(name="unit", label=Label("现属单位", "Present unit"), required=True, references=("townships", "villages")),
        Field(name="name", label=Label("曾用名称或代码", "Former name or code"), required=True),
        Field(name="valid_from", label=Label("启用日期", "Valid from"), kind=Kind.DATE),
        Field(name="valid_to", label=Label("停用日期", "Valid to"), kind=Kind.DATE),
    ),
    rules=(
        Rule("period", "valid_to", Label("停用日期早于启用日期", "valid_to is before valid_from"),
             lambda t: t["valid_to"] < t["valid_from"]),
    ),
)
