"""The registry of headline figures and how each is counted."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from app.services.claims.material import Material
from app.services.claims.reach import REACH
from app.services.claims.readings import (
    Doubt,
    Indicator,
    Reading,
    graded_doubted,
    graded_read,
    stations_doubted,
    stations_read,
    without_station,
)
from layers.schema import Label
from layers.vocabulary import GRADE, STATION_LEVEL

_ALL_HOUSEHOLDS = Label("登记的全部家庭", "all households registered")


def _stations(level: str | None, code: str, label: Label, *names: str) -> Indicator:
    return Indicator(code, label, "个", stations_read(level), stations_doubted(level), names)


def _graded(level: str | None, grade: str) -> Indicator:
    said = GRADE.label(grade)
    where = Label("服务站", "stations") if level is None else STATION_LEVEL.label(level)
    label = Label(f"{said.zh}{where.zh}", f"{where.en}: {said.en}")
    code = f"{f'{level}_' if level else ''}{grade}_stations"
    return Indicator(code, label, "个", graded_read(level, grade), graded_doubted(level, grade), (f"{said.zh}站",) if not level else ())


def _units(layer: str) -> Callable[[Material], list[Reading]]:
    name = {"villages": Label("现行的村（社区）", "villages in force"), "townships": Label("现行的乡镇（街道）", "townships in force")}
    return lambda material: [Reading(name[layer], layer, getattr(material, layer))]


def _villages_with_station(material: Material) -> list[Reading]:
    without = without_station(material, material.villages)
    return [
        Reading(Label("有在运行服务站的村（社区）", "villages with a station in operation"), "villages",
                material.villages[~material.villages["id"].isin(without["id"])]),
        Reading(Label("现行的全部村（社区）", "all villages in force"), "villages", material.villages),
    ]


def _villages_without(material: Material) -> list[Doubt]:
    label = Label("没有在运行服务站的村（社区）", "villages without a station in operation")
    return [Doubt(label, "villages", without_station(material, material.villages))]


def _random_checks(material: Material) -> list[Reading]:
    return [
        Reading(Label("登记的随机抽查", "random checks registered"), "station_checks",
                material.checks[material.checks["kind"] == "random"]),
        Reading(Label("登记的全部检查", "all checks registered"), "station_checks", material.checks),
    ]


def _persons(material: Material) -> list[Reading]:
    homes = material.households
    return [
        Reading(Label("登记家庭的服务对象人数之和", "sum of the persons of the households registered"), "households", homes,
                float(homes["persons"].sum())),
        Reading(_ALL_HOUSEHOLDS, "households", homes),
    ]


def _households(material: Material) -> list[Reading]:
    return [Reading(_ALL_HOUSEHOLDS, "households", material.households)]


def _category(code: str, definition: Label) -> Callable[[Material], list[Reading]]:
    def readings(material: Material) -> list[Reading]:
        homes = material.households
        held = [code in codes for codes in homes["categories"]]
        return [Reading(definition, "households", homes[held]), Reading(_ALL_HOUSEHOLDS, "households", homes)]

    return readings


def _adaptation(*states: str) -> Callable[[Material], list[Reading]]:
    def readings(material: Material) -> list[Reading]:
        homes = material.households
        kinds = {
            ("listed", "working", "done"): Label("列入改造的家庭，含施工和完成", "homes listed, those under way or done included"),
            ("done",): Label("已完成改造的家庭", "homes that are done"),
        }
        order = sorted(kinds, key=lambda kind: kind != states)
        found = [Reading(kinds[kind], "households", homes[homes["adaptation"].isin(kind)]) for kind in order]
        return [*found, Reading(_ALL_HOUSEHOLDS, "households", homes)]

    return readings


def _plaques(material: Material) -> list[Reading]:
    homes = material.households
    hung = homes["plaque_hung"].fillna(value=False).astype(bool)
    return [
        Reading(Label("光荣牌已挂的家庭", "households whose plaque is hung"), "households", homes[hung]),
        Reading(_ALL_HOUSEHOLDS, "households", homes),
    ]


def _merchants(material: Material) -> list[Reading]:
    points = material.support_points
    merchant = points["kind"] == "merchant"
    return [
        Reading(Label("协议有效的拥军商户", "merchants in agreement"), "support_points", points[merchant & points["in_force"]]),
        Reading(Label("登记的拥军商户，含协议过期", "merchants registered, expired agreements included"), "support_points",
                points[merchant]),
        Reading(Label("登记的全部服务点", "all support points registered"), "support_points", points),
    ]


def _merchants_doubted(material: Material) -> list[Doubt]:
    points = material.support_points
    merchant = points["kind"] == "merchant"
    return [
        Doubt(Label("协议已过期或未生效的拥军商户", "merchants whose agreement is not in force"), "support_points",
              points[merchant & ~points["in_force"]]),
        Doubt(Label("不是商户的服务点", "support points that are no merchants"), "support_points", points[~merchant]),
    ]


def _support_points(material: Material) -> list[Reading]:
    points = material.support_points
    return [
        Reading(Label("协议有效的服务点", "support points in agreement"), "support_points", points[points["in_force"]]),
        Reading(Label("登记的全部服务点", "all support points registered"), "support_points", points),
    ]


def _memorials(material: Material) -> list[Reading]:
    return [Reading(Label("登记的烈士纪念设施", "memorials registered"), "memorials", material.memorials)]


def _repaired(material: Material) -> list[Reading]:
    works = material.works[material.works["kind"].isin(["repair", "relocation"])]
    done = works.loc[works["state"] == "accepted", "memorial"]
    memorials = material.memorials
    return [
        Reading(Label("有已验收的修缮或迁移工程的设施", "memorials with accepted repair or relocation"), "memorials",
                memorials[memorials["id"].isin(done)]),
        Reading(Label("有修缮或迁移工程的设施，不论进度", "memorials with repair or relocation in any state"), "memorials",
                memorials[memorials["id"].isin(works["memorial"])]),
        Reading(Label("登记的全部工程", "all works registered"), "works", material.works),
    ]


def _spending(material: Material) -> list[Reading]:
    works = material.works
    return [
        Reading(Label("登记工程的支出之和", "sum spent on the works registered"), "works", works[works["spent_yuan"].notna()],
                float(works["spent_yuan"].sum())),
        Reading(Label("登记工程的预算之和", "sum of the budgets of the works registered"), "works",
                works[works["budget_yuan"].notna()], float(works["budget_yuan"].sum())),
    ]


def _agreements(material: Material) -> list[Reading]:
    found = material.agreements
    return [
        Reading(Label("有效的管护协议", "care agreements in force"), "agreements", found[found["in_force"]]),
        Reading(Label("签订过的管护协议，含过期", "care agreements ever signed"), "agreements", found),
    ]


def _agreements_doubted(material: Material) -> list[Doubt]:
    found = material.agreements
    bare = material.memorials[~material.memorials["id"].isin(found.loc[found["in_force"], "memorial"])]
    return [
        Doubt(Label("不在有效期的管护协议", "care agreements not in force"), "agreements", found[~found["in_force"]]),
        Doubt(Label("没有有效管护协议的设施", "memorials without an agreement in force"), "memorials", bare),
    ]


def _agreement_townships(material: Material) -> list[Reading]:
    found, memorials, townships = material.agreements, material.memorials, material.townships

    def of(signed: pd.DataFrame) -> pd.DataFrame:
        theirs = memorials.loc[memorials["id"].isin(signed["memorial"]), "township"]
        return townships[townships["id"].isin(theirs)]

    return [
        Reading(Label("有设施签了有效管护协议的乡镇（街道）", "townships with a memorial whose agreement is in force"), "townships",
                of(found[found["in_force"]])),
        Reading(Label("有设施签过管护协议的乡镇（街道）", "townships with a memorial that ever had an agreement"), "townships",
                of(found)),
        Reading(Label("现行的全部乡镇（街道）", "all townships in force"), "townships", townships),
    ]


def _townships_without_agreement(material: Material) -> list[Doubt]:
    signed = _agreement_townships(material)[0].ids
    label = Label("没有有效管护协议的乡镇（街道）", "townships without an agreement in force")
    return [Doubt(label, "townships", material.townships[~material.townships["id"].isin(signed)])]


def _homes(
    code: str, label: Label, unit: str, readings: Callable[[Material], list[Reading]], *names: str
) -> Indicator:
    return Indicator(code, label, unit, readings, names=names, sensitive=True)


INDICATORS: Mapping[str, Indicator] = MappingProxyType({indicator.code: indicator for indicator in (
    _stations(None, "stations", Label("服务站", "Stations"), "服务站总数", "退役军人服务站"),
    _stations("township", "township_stations", Label("乡镇（街道）服务站", "Township stations"), "乡镇站"),
    _stations("village", "village_stations", Label("村（社区）服务站", "Village stations"), "村级服务站", "村站"),
    *(_graded(level, grade) for grade in GRADE for level in (None, "township", "village")),
    Indicator("villages_with_station", Label("有站村（社区）", "Villages with a station"), "个", _villages_with_station,
              _villages_without, ("有站村",)),
    Indicator("villages", Label("村（社区）", "Villages"), "个", _units("villages"), names=("行政村",)),
    Indicator("townships", Label("乡镇（街道）", "Townships"), "个", _units("townships")),
    *REACH,
    Indicator("random_checks", Label("随机抽查", "Random checks"), "次", _random_checks),
    _homes("persons", Label("服务对象人数", "Persons served"), "人", _persons, "服务对象"),
    _homes("households", Label("服务对象家庭", "Households served"), "户", _households),
    _homes("active_families", Label("现役军人家庭", "Active-duty families"), "户", _category(
        "active_family", Label("有现役军人家属的家庭", "households with active-duty family")), "军属家庭"),
    _homes("empty_nest_files", Label("空巢老兵", "Empty-nest veterans"), "户", _category(
        "empty_nest", Label("有空巢老兵的家庭", "households with an empty-nest veteran"))),
    _homes("adaptation_homes", Label("适老化改造", "Home adaptation"), "户", _adaptation("listed", "working", "done"), "宜居改造"),
    _homes("adaptation_done", Label("已完成的适老化改造", "Home adaptation done"), "户", _adaptation("done")),
    _homes("plaques", Label("光荣牌", "Honour plaques"), "块", _plaques),
    Indicator("merchants", Label("拥军商户", "Merchants"), "家", _merchants, _merchants_doubted),
    Indicator("support_points", Label("服务点", "Support points"), "个", _support_points),
    Indicator("memorials", Label("烈士纪念设施", "Memorials"), "处", _memorials, names=("纪念设施",)),
    Indicator("memorials_repaired", Label("已修缮的纪念设施", "Memorials repaired"), "处", _repaired),
    Indicator("memorial_spending", Label("纪念设施修缮支出", "Spent on memorials"), "元", _spending),
    Indicator("agreements", Label("管护协议", "Care agreements"), "份", _agreements, _agreements_doubted),
    Indicator("agreement_townships", Label("签订管护协议的乡镇", "Townships with care agreements"), "个", _agreement_townships,
              _townships_without_agreement),
)})


def find(said: str) -> Indicator | None:
    """The indicator that a claim means by its code, its label or another name; None when there is none."""
    return _BY_NAME.get(_folded(said))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum()).removesuffix("数量").removesuffix("数")


_BY_NAME = {
    _folded(name): indicator
    for indicator in reversed(list(INDICATORS.values()))
    for name in (indicator.code, *indicator.label, *indicator.names)
}
