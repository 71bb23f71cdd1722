"""Claims as tables: each figure beside its count, and the objects that explain a difference."""

from __future__ import annotations

import pandas as pd

from app.services.answers.tables import Table
from app.services.claims.report import ClaimsReport
from layers.schema import Field, Kind, Label, Layer
from layers.vocabulary import identifier

_CLAIMS = Layer(
    name="claims_held",
    label=Label("口径对照", "Claims beside counts"),
    fields=(
        identifier(),
        Field(name="indicator", label=Label("指标", "Indicator")),
        Field(name="stated", label=Label("口径数", "Stated"), kind=Kind.NUMBER),
        Field(name="counted", label=Label("按定义数得", "Counted"), kind=Kind.NUMBER),
        Field(name="difference", label=Label("差", "Difference"), kind=Kind.NUMBER),
        Field(name="unit", label=Label("单位", "Unit")),
        Field(name="agrees", label=Label("一致", "Agrees"), kind=Kind.BOOLEAN),
        Field(name="withheld", label=Label("户数太少，不列出", "Withheld: too few households"), kind=Kind.BOOLEAN),
        Field(name="definition", label=Label("定义", "Definition")),
        Field(name="same_as", label=Label("与此相同", "Same as")),
        Field(name="as_of", label=Label("截至", "As of"), kind=Kind.DATE),
        Field(name="statement", label=Label("原文", "Statement")),
        Field(name="stated_in", label=Label("出处", "Stated in")),
    ),
)
_EXPLANATIONS = Layer(
    name="claims_explained",
    label=Label("差异说明", "What explains differences"),
    fields=(
        identifier(),
        Field(name="claim", label=Label("口径编号", "Claim")),
        Field(name="indicator", label=Label("指标", "Indicator")),
        Field(name="because", label=Label("原因", "Because of")),
        Field(name="count", label=Label("数量", "Count"), kind=Kind.INTEGER),
        Field(name="layer", label=Label("图层", "Layer")),
        Field(name="object", label=Label("对象编号", "Object")),
        Field(name="name", label=Label("名称", "Name")),
    ),
)


def claim_tables(report: ClaimsReport) -> tuple[Table, ...]:
    """Figures, and one row for each object that is named."""
    figures = [
        {name: getattr(claim, name) for name in ("id", "stated", "counted", "difference", "unit", "agrees", "withheld",
                                                 "statement", "stated_in")}
        | {
            "indicator": claim.label.zh,
            "as_of": claim.as_of.isoformat(),
            "definition": None if claim.definition is None else claim.definition.zh,
            "same_as": "；".join(other.definition.zh for other in claim.others if other.agrees) or None,
        }
        for claim in report.claims
    ]  # fmt: skip
    objects = [
        {"claim": claim.id, "indicator": claim.label.zh, "because": why.label.zh, "count": why.count, "layer": why.layer,
         "object": one.id, "name": one.name}
        for claim in report.claims
        for why in claim.explained_by
        for one in why.objects
    ]  # fmt: skip
    numbered = [{"id": f"{k:05d}"} | row for k, row in enumerate(objects, 1)]
    return (
        Table(_CLAIMS, pd.DataFrame(figures, columns=_CLAIMS.columns)),
        Table(_EXPLANATIONS, pd.DataFrame(numbered, columns=_EXPLANATIONS.columns)),
    )
