"""Veteran households and the visits paid to them."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer
from layers.vocabulary import (
    ADAPTATION,
    CATEGORY,
    DIFFICULTY,
    VISIT_KIND,
    VISIT_OUTCOME,
    identifier,
    precision,
)

HOUSEHOLDS = Layer(
    name="households",
    label=Label("服务对象家庭", "Veteran households"),
    geometry=("Point",),
    geometry_required=False,  # a household whose place is unknown still counts, shown as imprecise
    sensitive=True,
    fields=(
        identifier(),
        Field(name="village", label=Label("所在村", "Village"), references=("villages",)),
        Field(name="group_name", label=Label("村民小组", "Villagers' group")),
        Field(name="categories", label=Label("对象类别", "Categories"), kind=Kind.CHOICES, vocabulary=CATEGORY),
        Field(name="persons", label=Label("服务对象人数", "Persons"), kind=Kind.INTEGER, required=True,
              minimum=1, maximum=50, unit="人"),
        Field(name="eldest_birth_year", label=Label("最年长者出生年", "Birth year of the eldest"),
              kind=Kind.INTEGER, minimum=1900, maximum=2100),
        Field(name="lives_alone", label=Label("独居", "Lives alone"), kind=Kind.BOOLEAN),
        Field(name="difficulty", label=Label("困难情况", "Difficulty"), kind=Kind.CHOICE, vocabulary=DIFFICULTY),
        Field(name="plaque_hung", label=Label("光荣牌已挂", "Plaque hung"), kind=Kind.BOOLEAN),
        Field(name="adaptation", label=Label("适老化改造", "Adaptation works"), kind=Kind.CHOICE,
              vocabulary=ADAPTATION),
        Field(name="adaptation_yuan", label=Label("改造金额", "Adaptation cost"), kind=Kind.NUMBER, minimum=0,
              unit="元"),
        Field(name="pairing", label=Label("结对人（组）", "Paired with")),
        Field(name="last_contact", label=Label("最近联系", "Last contact"), kind=Kind.DATE),
        Field(name="last_visit", label=Label("最近走访", "Last visit"), kind=Kind.DATE),
        Field(name="contact_name", label=Label("联系人", "Contact"), protected=True),
        Field(name="phone", label=Label("电话", "Telephone"), protected=True, matched=True),
        Field(name="identity_no", label=Label("身份证号", "Identity number"), protected=True, matched=True,
              pattern=r"\d{17}[\dX]"),
        precision(),
    ),
)

VISITS = Layer(
    name="visits",
    label=Label("走访记录", "Visits"),
    sensitive=True,
    fields=(
        identifier(),
        Field(name="household", label=Label("家庭", "Household"), required=True, references=("households",)),
        Field(name="date", label=Label("走访日期", "Date"), kind=Kind.DATE, required=True),
        Field(name="kind", label=Label("方式", "Kind"), kind=Kind.CHOICE, required=True, vocabulary=VISIT_KIND),
        Field(name="campaign", label=Label("活动", "Campaign")),
        Field(name="outcome", label=Label("结果", "Outcome"), kind=Kind.CHOICE, required=True,
              vocabulary=VISIT_OUTCOME),
    ),
)
