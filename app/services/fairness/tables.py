"""Fairness as tables: by kind of household, and by township."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from app.services.access.tables import AREA_GEOMETRY, area_shapes, placed
from app.services.answers.tables import Table
from app.services.answers.workbook import SHARE
from app.services.fairness.report import FairnessReport
from layers.schema import Field, Kind, Label, Layer, Vocabulary
from layers.store import Store
from layers.vocabulary import name

GROUP_KIND = Vocabulary("group_kind", {
    "all": Label("全部", "All"),
    "group": Label("老人", "Elders"),
    "category": Label("对象类别", "Category"),
    "difficulty": Label("困难情况", "Difficulty"),
})

_HOUSEHOLDS = Field(name="households", label=Label("户数", "Households"), kind=Kind.INTEGER)
_PERSONS = Field(name="persons", label=Label("人数", "Persons"), kind=Kind.INTEGER)
_IMPRECISE = Field(
    name="households_imprecise", label=Label("定位不准的户", "Imprecise households"), kind=Kind.INTEGER
)
_RATE = Field(name="rate", label=Label("可达率（户）", "Reach rate (households)"), kind=Kind.NUMBER, unit=SHARE)
_MEDIAN = Field(name="minutes_median", label=Label("中位分钟", "Median minutes"), kind=Kind.NUMBER)
_TOO_FEW = Field(name="too_few", label=Label("户数太少，不列出", "Withheld: too few households"), kind=Kind.BOOLEAN)

FAIRNESS_TOWNSHIPS = Layer(
    name="fairness_townships",
    label=Label("各乡镇公平情况", "Fairness by township"),
    geometry=AREA_GEOMETRY,
    geometry_required=False,
    fields=(
        Field(name="code", label=Label("代码", "Code")),
        name(),
        _HOUSEHOLDS,
        _PERSONS,
        _IMPRECISE,
        _RATE,
        Field(name="minutes_mean", label=Label("平均分钟", "Mean minutes"), kind=Kind.NUMBER),
        _MEDIAN,
        Field(name="gini", label=Label("分钟的基尼系数", "Gini of minutes"), kind=Kind.NUMBER),
        Field(name="worst_tenth_minutes", label=Label("最远一成人的平均分钟", "Mean minutes of the worst tenth"),
              kind=Kind.NUMBER),
        Field(name="without", label=Label("无路可达的人占比", "Share of persons without a way"), kind=Kind.NUMBER, unit=SHARE),
        _TOO_FEW,
    ),
)
FAIRNESS_GROUPS = Layer(
    name="fairness_groups",
    label=Label("各类家庭可达率", "Reach by kind of household"),
    fields=(
        Field(name="kind", label=Label("分类", "Kind"), kind=Kind.CHOICE, vocabulary=GROUP_KIND),
        Field(name="code", label=Label("代码", "Code")),
        Field(name="zh", label=Label("名称", "Name in Chinese")),
        Field(name="en", label=Label("英文名称", "Name in English")),
        _HOUSEHOLDS,
        _PERSONS,
        _IMPRECISE,
        Field(name="households_reached", label=Label("可达户数", "Households reached"), kind=Kind.INTEGER),
        Field(name="persons_reached", label=Label("可达人数", "Persons reached"), kind=Kind.INTEGER),
        _RATE,
        Field(name="rate_low", label=Label("可达率下限", "Reach rate, low"), kind=Kind.NUMBER, unit=SHARE),
        Field(name="rate_high", label=Label("可达率上限", "Reach rate, high"), kind=Kind.NUMBER, unit=SHARE),
        Field(name="persons_rate", label=Label("可达率（人）", "Reach rate (persons)"), kind=Kind.NUMBER, unit=SHARE),
        _MEDIAN,
        _TOO_FEW,
    ),
)


def fairness_tables(store: Store, report: FairnessReport) -> list[Table]:
    """The rows of ``report``: kinds of households first, townships with their shapes second."""
    groups = pd.DataFrame([asdict(row) for row in report.groups], columns=FAIRNESS_GROUPS.columns)
    return [
        Table(FAIRNESS_GROUPS, groups),
        placed(FAIRNESS_TOWNSHIPS, report.by_township, "code", area_shapes(store, report.about, "township")),
    ]
