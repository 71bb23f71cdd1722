"""Why a gap is one and what would close it: the figures, and the sentence that is made of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.county.modes import MODE_LABELS
from app.services.county.small_cells import SMALL_CELL, few
from geo.speeds import Mode
from layers.schema import Label

_TOUCHING_M = 1.0
"""Pieces of road nearer than this cross or meet on the ground; only the data does not join them."""


@dataclass(frozen=True, slots=True)
class ModeReach:
    """How many of a gap's households another mode would bring within the limit; None where they, or the rest, are too few."""

    mode: str
    households: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Figures of the households of one gap; None where there are too few to show them.

    Attributes
    ----------
    nearest
        Name of the facility that most of those with a way are nearest to.
    walk_minutes, walk_m
        Medians of the walk between door and road; None also where times are estimated without roads.
    way_m, detour
        Medians of the way's length, and of that length over the straight line.
    by_mode
        The other modes, the slowest first.
    mode
        The first of them that brings more than half of the households within the limit.
    by_station
        Households that one station in their midst would bring within the limit; where the gap is large
        and not every place was tried, so many at least.
    disconnected, link_m
        Households on roads cut off from every facility, and the shortest distance from there to roads that are not.
    off_network_m
        Median distance to the nearest road of those off the network.
    one_way
        Households that one-way streets keep away.
    """

    text_zh: str
    text_en: str
    nearest: str | None = None
    walk_minutes: float | None = None
    walk_m: float | None = None
    way_m: float | None = None
    detour: float | None = None
    by_mode: tuple[ModeReach, ...] = ()
    mode: str | None = None
    by_station: int | None = None
    disconnected: int | None = None
    link_m: float | None = None
    off_network_m: float | None = None
    one_way: int | None = None

    @property
    def text(self) -> Label:
        """The sentence in both languages."""
        return Label(self.text_zh, self.text_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of; None where not known or not shown. Fields as in :class:`Explanation`.

    ``counts_only`` where no count of one to four may be said, and not ``apart`` where not even how many
    are off the network, cut off or kept away.
    """

    households: int
    off_network: int
    asked: Mode
    limit_minutes: float
    estimate: bool
    minutes: float | None
    nearest: str | None
    walk_minutes: float | None
    walk_m: float | None
    way_m: float | None
    detour: float | None
    by_mode: tuple[tuple[Mode, int], ...]
    mode: str | None
    by_station: int
    counts_only: bool
    apart: bool
    all_tried: bool
    disconnected: int
    link_m: float | None
    off_network_m: float | None
    one_way: int


def sentence(facts: Facts) -> Label:
    """Why the households are out of reach, and what would close the gap, in words."""
    parts = [part for part in (
        _nearest(facts), _way(facts), *_no_way(facts), _other_mode(facts), _station(facts),
    ) if part is not None]
    return Label("；".join(part.zh for part in parts) + "。", "; ".join(part.en for part in parts) + ".")


def too_close(n: int, of: int) -> bool:
    """True where ``n`` of ``of`` households are one to four, or all but so many."""
    return few(n, of - n)


def _so_many(facts: Facts, n: int) -> Label:
    """``n`` of the gap's households in words."""
    if not (facts.counts_only and too_close(n, facts.households)):
        return Label(f"{n} 户", str(n))
    if n >= SMALL_CELL:
        return Label(f"除不足 {SMALL_CELL} 户外的各户", f"all but fewer than {SMALL_CELL}")
    return Label(f"不足 {SMALL_CELL} 户", f"fewer than {SMALL_CELL}")


def _nearest(facts: Facts) -> Label | None:
    if facts.minutes is None:
        return None
    asked = MODE_LABELS[facts.asked]
    zh = f"最近的是{facts.nearest}，{asked.zh}约 {facts.minutes:.1f} 分钟（时限 {facts.limit_minutes:g}）"
    en = f"nearest is {facts.nearest}, about {facts.minutes:.1f} min {asked.en} (limit {facts.limit_minutes:g})"
    if facts.walk_m is not None:
        zh += f"，其中从家到路 {facts.walk_minutes:.1f} 分钟（{facts.walk_m:,.0f} 米）"
        en += f", of which {facts.walk_minutes:.1f} min ({facts.walk_m:,.0f} m) from door to road"
    return Label(zh, en)


def _way(facts: Facts) -> Label | None:
    if facts.way_m is None:
        return None
    zh, en = f"路程约 {facts.way_m / 1000:.1f} 公里", f"the way is about {facts.way_m / 1000:.1f} km"
    if facts.estimate:
        return Label(f"{zh}，按直线的 {facts.detour:.1f} 倍估算", f"{en}, estimated as {facts.detour:.1f} × straight line")
    return Label(f"{zh}，是直线的 {facts.detour:.1f} 倍", f"{en}, {facts.detour:.1f} × the straight line")


def _no_way(facts: Facts) -> list[Label]:
    def some(n: int) -> Label:
        return Label(f"{n} 户", str(n)) if facts.apart else Label("有的户", "some")

    parts = []
    if facts.disconnected:
        n = some(facts.disconnected)
        zh, en = f"{n.zh}所在路段不与设施相通", f"{n.en} on roads cut off from facilities"
        if facts.link_m is not None and facts.link_m < _TOUCHING_M:
            zh, en = f"{zh}，两路相接而未连通", f"{en} where two roads meet but are not joined"
        elif facts.link_m is not None:
            zh, en = f"{zh}，接通约需 {facts.link_m:,.0f} 米", f"{en}, some {facts.link_m:,.0f} m short of joining them"
        parts.append(Label(zh, en))
    if facts.one_way:
        n = some(facts.one_way)
        parts.append(Label(f"{n.zh}受单行道所限", f"{n.en} kept away by one-way streets"))
    if facts.off_network:
        far, n = facts.off_network_m, some(facts.off_network)
        parts.append(Label(
            f"{n.zh}离路太远" + ("" if far is None else f"（约 {far:,.0f} 米）") + "，要先通路",
            f"{n.en} too far from any road" + ("" if far is None else f" (about {far:,.0f} m)")
            + ", a path comes first",
        ))
    return parts


def _other_mode(facts: Facts) -> Label:
    if facts.mode is not None:
        said = MODE_LABELS[Mode(facts.mode)]
        n = next(reached for mode, reached in facts.by_mode if mode == facts.mode)
        if n == facts.households:
            return Label(f"改为{said.zh}，{n} 户全部能在时限内到达", f"{said.en} would bring all {n} within the limit")
        many = _so_many(facts, n)
        if many.en == str(n):
            many = Label(f"{facts.households} 户中有 {n} 户", f"{n} of {facts.households}")
        return Label(f"改为{said.zh}，{many.zh}能在时限内到达", f"{said.en} would bring {many.en} within the limit")
    mode, n = max(facts.by_mode, key=lambda other: other[1], default=(None, 0))
    if mode is None or not n:
        return Label("换其他出行方式也到不了", "no other mode would bring any within the limit")
    said, many = MODE_LABELS[mode], _so_many(facts, n)
    return Label(
        f"换其他出行方式至多使 {many.zh}到达（{said.zh}）",
        f"no other mode would bring most within the limit (at most {many.en}, {said.en})",
    )


def _station(facts: Facts) -> Label:
    at_least = Label("", "") if facts.all_tried else Label("至少", "at least ")
    if not facts.by_station:
        if facts.all_tried:
            return Label("就地设站也到不了", "nor would a station in their midst")
        return Label("就地设站试了几处，也到不了", "nor would a station at the places tried in their midst")
    many = _so_many(facts, facts.by_station)
    return Label(
        f"就地设一个站{at_least.zh}可使 {many.zh}可达",
        f"one station in their midst would bring {at_least.en}{many.en} within the limit",
    )
