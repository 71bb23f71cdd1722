"""Why a new station stands where it does, in a sentence made of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.services.siting.report import ChosenSite, PlaceTally, SitingReport
from layers.schema import Label

_NAMED = 4


def sentence(site: ChosenSite, report: SitingReport) -> Label:
    """Whom it reaches and relieves, and what the next best place would cost."""
    zh, en = [], []
    if site.must:
        zh.append("按要求必设")
        en.append("opened because it was asked for")
    if site.newly.persons:
        where, places = _listed(site.villages)
        zh.append(f"新覆盖 {site.newly.households:,} 户 {site.newly.persons:,} 人{f'（{where}）' if where else ''}")
        en.append(
            f"newly reaches {site.newly.persons:,} persons in {site.newly.households:,} households"
            f"{f' ({places})' if places else ''}"
        )
    elif site.newly.persons is None:
        zh.append("新覆盖不足 5 户")
        en.append("newly reaches fewer than five households")
    else:
        zh.append("没有新覆盖的人")
        en.append("newly reaches nobody")
    if site.capacity is not None and site.served.persons is not None:
        zh.append(f"服务 {site.served.persons:,} 人，能力 {site.capacity:,} 人")
        en.append(f"serves {site.served.persons:,} persons with room for {site.capacity:,}")
    if site.cost is not None:
        zh.append(f"费用 {site.cost:,.6g}")
        en.append(f"costs {site.cost:,.6g}")
    if site.relieves:
        where, places = _listed(site.relieves)
        zh.append(f"分担{where}")
        en.append(f"relieves {places}")
    if site.alternative is not None and np.isfinite(site.alternative.worse_by):
        worse, by = site.alternative.worse_by, report.unit
        if worse > 0 and report.problem == "set-cover":  # counted in stations or money, but the loss is of people
            zh.append(f"换成次优的{site.alternative.name}少覆盖 {worse:,.6g}")
            en.append(f"the next best place, {site.alternative.name}, covers {worse:,.6g} fewer")
        elif worse > 0:
            zh.append(f"换成次优的{site.alternative.name}差 {worse:,.6g} {by.zh}")
            en.append(f"the next best place, {site.alternative.name}, is worse by {worse:,.6g} {by.en}")
        else:
            zh.append(f"换成{site.alternative.name}一样好")
            en.append(f"{site.alternative.name} would do as well")
    if site.road is not None and site.road_m is not None:
        zh.append(f"距{site.road.zh} {site.road_m:,.0f} 米")
        en.append(f"{site.road_m:,.0f} m from {site.road.en}")
    return Label("；".join(zh) + "。", "; ".join(en).capitalize() + ".")


def outcome(report: SitingReport) -> Label:
    """What came out, and how good it is proven to be."""
    if report.objective is None:
        if report.status == "infeasible":
            return Label("做不到，原因如下：", "This cannot be done, for these reasons:")
        return Label("时间内没有找到方案，请延长时间", "No plan was found in time; allow more time")
    value, by = f"{report.objective:,.6g}", report.unit
    if report.status == "optimal":
        proof = Label("已证明最优", "proven optimal")
    elif report.gap is None:
        proof = Label("尚未证明离最优多远", "how far from the best is not known")
    else:
        proof = Label(f"与最优相差至多 {report.gap:.2%}", f"within {report.gap:.2%} of the best possible")
    before, after = report.before.persons, report.after.persons
    zh, en = [f"{value} {by.zh}，{proof.zh}"], [f"{value} {by.en}, {proof.en}"]
    if before is not None and after is not None and report.everybody.persons:
        reach = "可达" if report.capacity is None else "得到服务的"
        zh.append(f"{report.minutes:g} 分钟内{reach}由 {before:,} 人增至 {after:,} 人（共 {report.everybody.persons:,} 人）")
        en.append(f"within {report.minutes:g} minutes {before:,} persons before, {after:,} after, of {report.everybody.persons:,}")
    if report.cost is not None:
        of_zh, of_en = ("", "") if report.budget is None else (f"（预算 {report.budget:,.6g}）", f" of a budget of {report.budget:,.6g}")
        zh.append(f"费用合计 {report.cost:,.6g}{of_zh}")
        en.append(f"cost {report.cost:,.6g}{of_en}")
    if report.capacity is not None:
        was, now = report.capacity
        zh.append(f"各站能力合计由 {was:,} 人增至 {now:,} 人")
        en.append(f"room for {was:,} persons before, {now:,} after")
    if not report.chosen:
        zh.append("不必新增站点")
        en.append("no new station is needed")
    return Label("；".join(zh) + "。", "; ".join(en) + ".")


def _listed(places: Sequence[PlaceTally]) -> tuple[str, str]:
    shown = places[:_NAMED]
    zh = "、".join(f"{place.name} {place.persons:,} 人" for place in shown)
    en = ", ".join(f"{place.name} {place.persons:,}" for place in shown)
    return (f"{zh}等 {len(places)} 处", f"{en} and {len(places) - _NAMED} more") if len(places) > _NAMED else (zh, en)
