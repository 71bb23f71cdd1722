"""Martyr memorials: the register, protection ranges, and the records of looking after them."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import (
    CAUSE,
    COMPLETENESS,
    CONDITION,
    MEMORIAL_LEVEL,
    MEMORIAL_TYPE,
    PRIORITY,
    WORK_KIND,
    WORK_STATE,
    ZONE,
    identifier,
    name,
    precision,
)

_MEMORIAL = Field(name="memorial", label=Label("设施", "Memorial"), required=True, references=("memorials",))


def _score(field: str, zh: str, en: str) -> Field:
    return Field(name=field, label=Label(zh, en), kind=Kind.INTEGER, minimum=1, maximum=5,
                 note=Label("1 完好 … 5 损毁", "1 intact … 5 ruined"))


MEMORIALS = Layer(
    name="memorials",
    label=Label("烈士纪念设施", "Memorials"),
    geometry=("Point",),
    fields=(
        identifier(),
        name(),
        Field(name="type", label=Label("类型", "Type"), kind=Kind.CHOICE, required=True, vocabulary=MEMORIAL_TYPE),
        Field(name="level", label=Label("保护级别", "Level"), kind=Kind.CHOICE, required=True,
              vocabulary=MEMORIAL_LEVEL),
        Field(name="village", label=Label("所在村", "Village"), references=("villages",)),
        Field(name="built", label=Label("建成年份", "Built"), kind=Kind.INTEGER, minimum=1840, maximum=2100),
        Field(name="material", label=Label("材质", "Material")),
        Field(name="size", label=Label("规模", "Size")),
        Field(name="martyrs", label=Label("纪念烈士数", "Martyrs"), kind=Kind.INTEGER, minimum=0, unit="人"),
        Field(name="protecting_unit", label=Label("保护单位", "Protecting unit")),
        Field(name="condition", label=Label("状况", "Condition"), kind=Kind.CHOICE, vocabulary=CONDITION),
        _score("structure_score", "结构评分", "Structure"),
        _score("inscription_score", "铭文评分", "Inscription"),
        _score("surroundings_score", "环境评分", "Surroundings"),
        Field(name="causes", label=Label("问题成因", "Causes"), kind=Kind.CHOICES, vocabulary=CAUSE),
        Field(name="completeness", label=Label("六个一", "Completeness"), kind=Kind.CHOICES, vocabulary=COMPLETENESS),
        Field(name="filing_no", label=Label("备案号", "Filing number")),
        Field(name="title_no", label=Label("权属证号", "Title number")),
        Field(name="opening_hours", label=Label("开放时间", "Opening hours")),
        precision(),
    ),
)

MEMORIAL_RANGES = Layer(
    name="memorial_ranges",
    label=Label("纪念设施保护范围", "Memorial protection ranges"),
    geometry=("Polygon", "MultiPolygon"),
    fields=(
        identifier(),
        _MEMORIAL,
        Field(name="zone", label=Label("范围", "Zone"), kind=Kind.CHOICE, required=True, vocabulary=ZONE),
        Field(name="stated_area_mu", label=Label("公布面积", "Stated area"), kind=Kind.NUMBER, minimum=0, unit="亩"),
        Field(name="basis", label=Label("划定依据", "Basis")),
    ),
)

AGREEMENTS = Layer(
    name="agreements",
    label=Label("管护协议", "Care agreements"),
    fields=(
        identifier(),
        _MEMORIAL,
        Field(name="party", label=Label("管护单位", "Party"), required=True),
        Field(name="valid_from", label=Label("协议起", "From"), kind=Kind.DATE, required=True),
        Field(name="valid_to", label=Label("协议止", "To"), kind=Kind.DATE),
    ),
    rules=(
        Rule("period", "valid_to", Label("协议止早于协议起", "ends before it begins"),
             lambda t: t["valid_to"] < t["valid_from"]),
    ),
)

INSPECTIONS = Layer(
    name="inspections",
    label=Label("巡查", "Inspections"),
    fields=(
        identifier(),
        _MEMORIAL,
        Field(name="date", label=Label("巡查日期", "Date"), kind=Kind.DATE, required=True),
        Field(name="condition", label=Label("状况", "Condition"), kind=Kind.CHOICE, required=True,
              vocabulary=CONDITION),
        _score("structure_score", "结构评分", "Structure"),
        _score("inscription_score", "铭文评分", "Inscription"),
        _score("surroundings_score", "环境评分", "Surroundings"),
        Field(name="note", label=Label("说明", "Note")),
    ),
)

DEFECTS = Layer(
    name="defects",
    label=Label("病害", "Defects"),
    fields=(
        identifier(),
        _MEMORIAL,
        Field(name="inspection", label=Label("巡查记录", "Inspection"), references=("inspections",)),
        Field(name="cause", label=Label("成因", "Cause"), kind=Kind.CHOICE, required=True, vocabulary=CAUSE),
        Field(name="priority", label=Label("优先级", "Priority"), kind=Kind.CHOICE, required=True,
              vocabulary=PRIORITY),
        Field(name="found", label=Label("发现日期", "Found"), kind=Kind.DATE, required=True),
        Field(name="resolved", label=Label("销号日期", "Resolved"), kind=Kind.DATE),
        Field(name="note", label=Label("说明", "Note")),
    ),
    rules=(
        Rule("period", "resolved", Label("销号早于发现", "resolved before it was found"),
             lambda t: t["resolved"] < t["found"]),
    ),
)

WORKS = Layer(
    name="works",
    label=Label("修缮工程", "Works"),
    fields=(
        identifier(),
        _MEMORIAL,
        Field(name="kind", label=Label("类别", "Kind"), kind=Kind.CHOICE, required=True, vocabulary=WORK_KIND),
        Field(name="state", label=Label("进度", "State"), kind=Kind.CHOICE, required=True, vocabulary=WORK_STATE),
        Field(name="approval_no", label=Label("批准文号", "Approval number")),
        Field(name="budget_yuan", label=Label("预算", "Budget"), kind=Kind.NUMBER, minimum=0, unit="元"),
        Field(name="spent_yuan", label=Label("支出", "Spent"), kind=Kind.NUMBER, minimum=0, unit="元"),
        Field(name="reported", label=Label("上报日期", "Reported"), kind=Kind.DATE, required=True),
        Field(name="finished", label=Label("验收日期", "Finished"), kind=Kind.DATE),
        Field(name="note", label=Label("说明", "Note")),
    ),
    rules=(
        Rule("period", "finished", Label("验收早于上报", "finished before it was reported"),
             lambda t: t["finished"] < t["reported"]),
        Rule("approval", "approval_no", Label("迁移须有批准文号（条例第三十六条）",
                                              "relocation needs an approval number (Art. 36)"),
             lambda t: (t["kind"] == "relocation") & t["state"].isin(["approved", "building", "accepted"])
             & t["approval_no"].isna()),
    ),
)
