"""What is said of an answer about siting: its rule, what is missing, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.services.county.modes import MODE_LABELS, travel_rule
from app.services.siting.ground import Ground
from app.services.siting.question import OBJECTIVE, SitingQuestion
from app.services.siting.report import Obstacle
from geo.siting.result import Shortfall
from layers.schema import Label

PERSONS, HOUSEHOLDS = Label("人", "persons"), Label("户", "households")
STATIONS, MINUTES = Label("站", "stations"), Label("分钟", "minutes")
MONEY = Label("费用单位", "units of cost")


def unit(asked: SitingQuestion) -> Label:
    """What the objective is counted in."""
    who = PERSONS if asked.weight == "persons" else HOUSEHOLDS
    if asked.need:
        who = Label(f"{who.zh}（按需求加权）", f"{who.en} (weighted by need)")
    if asked.objective == "set-cover":
        return MONEY if asked.priced else STATIONS
    if asked.objective == "p-center":
        return MINUTES
    if asked.objective == "p-median":
        return Label(f"{who.zh}·分钟", f"{who.en.removesuffix('s')} minutes")
    return who


def rule(asked: SitingQuestion, ground: Ground) -> Label:
    """What was counted, and how."""
    goal, said = OBJECTIVE.label(asked.objective), MODE_LABELS[asked.mode]
    timed, counted = travel_rule(asked.mode, estimate=ground.estimate), asked.existing.label()
    who = PERSONS if asked.weight == "persons" else HOUSEHOLDS
    zh = [f"{goal.zh}：{said.zh} {asked.minutes:g} 分钟（含）", f"按{ground.people.zh}的{who.zh}数计",
          _need(ground).zh, f"已有的是{counted.zh}", _more(asked).zh, timed.zh,
          "定位只到村的家庭不计入"]  # fmt: skip
    en = [f"{goal.en}: {said.en}, {asked.minutes:g} minutes (included)", f"counted in {who.en} of {ground.people.en}",
          _need(ground).en, f"there are {counted.en}", _more(asked).en, timed.en,
          "households known only to their village are left out"]  # fmt: skip
    return Label("；".join(part for part in zh if part), "; ".join(part for part in en if part))


def _need(ground: Ground) -> Label:
    if not ground.need:
        return Label("", "")
    zh = "、".join(f"{kind.zh} {times:g} 倍" for kind, times in ground.need)
    en = ", ".join(f"{kind.en} {times:g} times" for kind, times in ground.need)
    return Label(f"按需求加权：{zh}", f"weighted by need: {en}")


def _more(asked: SitingQuestion) -> Label:
    parts = []
    if asked.objective in {"set-cover", "fair"}:
        each = asked.by_township or asked.objective == "fair"
        where = Label("每个乡镇", "every township") if each else Label("总数", "the total")
        parts.append(Label(f"{where.zh}至少 {asked.share:.0%}", f"at least {asked.share:.0%} of {where.en}"))
    if asked.close:
        parts.append(Label(f"可迁 {asked.close} 站", f"{asked.close} stations may move"))
    if asked.objective == "set-cover" and asked.priced:
        parts.append(Label("求总费用最少", "at the least total cost"))
    if asked.budget is not None:
        parts.append(Label(f"预算 {asked.budget:g}", f"a budget of {asked.budget:g}"))
    if asked.persons_per_staff is not None:
        parts.append(Label(
            f"每名工作人员服务 {asked.persons_per_staff:g} 人，新站 {asked.staff} 人",
            f"{asked.persons_per_staff:g} persons to a member of staff, {asked.staff} in a new station",
        ))
    return Label("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def notes(ground: Ground, *, hidden: bool) -> tuple[Label, ...]:
    """What is missing for a fuller answer."""
    said, frame = [], ground.candidates.frame
    vague = ground.living.imprecise
    if vague.any():
        said.append(Label(
            f"{vague.sum()} 户的位置只知道到村或不详，未计入",
            f"{vague.sum()} households are known only to their village or not at all and left out",
        ))
    off = np.flatnonzero(ground.off_network[ground.n_stations :])
    if len(off):
        zh, en = _listed(frame["name"].iloc[off].tolist())
        said.append(Label(
            f"{len(off)} 个候选点离路网太远，无人能到：{zh}", f"{len(off)} candidates are off the network, nobody gets there: {en}"
        ))
    forbidden = np.flatnonzero(ground.candidates.forbidden)
    if len(forbidden):
        said.append(Label(f"{len(forbidden)} 个候选点在禁止区域内", f"{len(forbidden)} candidates lie in forbidden areas"))
    if hidden:
        said.append(Label("不足 5 户的数不列出，以免认出单户", "figures of fewer than five households are not told"))
    return tuple(said)


def obstacle(short: Shortfall, names: Sequence[str]) -> Obstacle:
    """One constraint that cannot be met, in words."""
    where = names[short.group] if 0 <= short.group < len(names) else ""
    at, at_en = (f"{where}：", f"{where}: ") if where else ("", "")
    needed, possible, apart = (f"{value:,.6g}" for value in (short.needed, short.possible, short.amount))
    said = {
        "reach": Label(f"要覆盖 {needed}，各处合起来最多可达 {possible}", f"{needed} to be reached, at most {possible} can be"),
        "share": Label(
            f"要覆盖 {needed}，最多可达 {possible}，差 {apart}", f"{needed} to be covered, at most {possible} can be: {apart} short"
        ),
        "capacity": Label(
            f"要服务 {needed}，能力只有 {possible}，差 {apart}", f"{needed} to be served, room for {possible}: {apart} short"
        ),
        "budget": Label(
            f"预算 {possible}，至少要 {needed}，差 {apart}", f"a budget of {possible}, at least {needed} needed: {apart} short"
        ),
        "count": Label(f"可设 {possible} 站，至少要 {needed} 站", f"{possible} stations allowed, at least {needed} needed"),
    }[short.what]
    return Obstacle(short.what, where, short.needed, short.possible, Label(f"{at}{said.zh}", f"{at_en}{said.en}"))


def _listed(names: list[str]) -> tuple[str, str]:
    zh, en = "、".join(names[:5]), ", ".join(names[:5])
    return (f"{zh}等", f"{en} and others") if len(names) > 5 else (zh, en)
