"""Fairness as tables: by kind of household, and by township."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from app.services.answers.columns import (
    CODE,
    HOUSEHOLDS,
    HOUSEHOLDS_IMPRECISE,
    PERSONS,
    TOO_FEW,
    count,
    number,
    share,
    text,
)
from app.services.answers.places import AREA_GEOMETRY, area_shapes, placed
from app.services.answers.tables import Table
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

_RATE = share("rate", "可达率（户）", "Reach rate (households)")
_MEDIAN = number("minutes_median", "中位分钟", "Median minutes")

FAIRNESS_TOWNSHIPS = Layer(
    name="fairness_townships",
    label=Label("各乡镇公平情况", "Fairness by township"),
    geometry=AREA_GEOMETRY,
    geometry_required=False,
    fields=(
        CODE,
        name(),
        HOUSEHOLDS,
        PERSONS,
        HOUSEHOLDS_IMPRECISE,
        _RATE,
        number("minutes_mean", "平均分钟", "Mean minutes"),
        _MEDIAN,
        number("gini", "分钟的基尼系数", "Gini of minutes"),
        number("worst_tenth_minutes", "最远一成人的平均分钟", "Mean minutes of the worst tenth"),
        share("without", "无路可达的人占比", "Share of persons without a way"),
        TOO_FEW,
    ),
)
FAIRNESS_GROUPS = Layer(
    name="fairness_groups",
    label=Label("各类家庭可达率", "Reach by kind of household"),
    fields=(
        Field(name="kind", label=Label("分类", "Kind"), kind=Kind.CHOICE, vocabulary=GROUP_KIND),
        CODE,
        text("zh", "名称", "Name in Chinese"),
        text("en", "英文名称", "Name in English"),
        HOUSEHOLDS,
        PERSONS,
        HOUSEHOLDS_IMPRECISE,
        count("households_reached", "可达户数", "Households reached"),
        count("persons_reached", "可达人数", "Persons reached"),
        _RATE,
        share("rate_low", "可达率下限", "Reach rate, low"),
        share("rate_high", "可达率上限", "Reach rate, high"),
        share("persons_rate", "可达率（人）", "Reach rate (persons)"),
        _MEDIAN,
        TOO_FEW,
    ),
)


def fairness_tables(store: Store, report: FairnessReport) -> list[Table]:
    """The rows of ``report``: kinds of households first, townships with their shapes second."""
    groups = pd.DataFrame([asdict(row) for row in report.groups], columns=FAIRNESS_GROUPS.columns)
    return [
        Table(FAIRNESS_GROUPS, groups),
        placed(
            FAIRNESS_TOWNSHIPS, report.by_township, "code", area_shapes(store, report.about, "township"), total=report.total
        ),
    ]
