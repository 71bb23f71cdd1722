"""Claims: headline figures as somebody stated them, kept to be held against what is counted."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer
from layers.vocabulary import identifier

CLAIMS = Layer(
    name="claims",
    label=Label("口径数字", "Claims"),
    fields=(
        identifier(),
        Field(name="indicator", label=Label("指标", "Indicator"), required=True),
        Field(name="value", label=Label("数值", "Value"), kind=Kind.NUMBER, required=True),
        Field(name="unit", label=Label("单位", "Unit")),
        Field(name="as_of", label=Label("截至", "As of"), kind=Kind.DATE, required=True),
        Field(name="statement", label=Label("原文", "Statement"), required=True),
        Field(name="stated_in", label=Label("出处", "Stated in")),
    ),
)
