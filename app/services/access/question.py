"""A question about access with supply, and what is to be said of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.roles import Viewer
from app.services.access.station_times import StationTimes
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import Homes
from app.services.county.limits import limit_for
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.units import By, known_by
from geo.accessibility import BAND_WEIGHTS, DECAYS
from geo.errors import ParameterError
from geo.network import Bools
from geo.speeds import Mode
from layers.schema import Label, Vocabulary

_BANDS = "、".join(f"{weight:g}" for weight in BAND_WEIGHTS)
DECAY = Vocabulary("decay", {
    "binary": Label("时限内不衰减", "no decay within the limit"),
    "gaussian": Label("高斯衰减，到时限为 0", "Gaussian decay, zero at the limit"),
    "step": Label(f"时限均分三段，权重 {_BANDS}", f"three bands of the limit weighing {_BANDS.replace('、', ', ')}"),
})

_NAMED = 5
"""So many stations are named in a note; the table has them all."""


@dataclass(frozen=True, slots=True)
class AccessAsked:
    """One question about access, its parts known to make sense."""

    viewer: Viewer
    mode: Mode
    minutes: float
    limit_s: float
    decay: str
    by: By
    choice: FacilityChoice

    @classmethod
    def checked(
        cls, viewer: Viewer, *, mode: Mode | str, minutes: float, decay: str, by: str, choice: FacilityChoice | None
    ) -> AccessAsked:
        """The question, if it is one.

        Raises
        ------
        ParameterError
            An unknown mode, decay or level, a limit that is none, or facilities that have no staff.
        """
        if decay not in DECAYS:
            msg = f"没有衰减方式“{decay}”，可用：{'、'.join(DECAYS)} (no such decay; use one of these)"
            raise ParameterError(msg)
        choice = choice or FacilityChoice()
        if choice.counts_support_points:
            msg = (
                "服务点没有工作人员数，服务能力只按服务站计算；请去掉服务点类别和业态 "
                "(support points have no staff; access counts stations only, leave out kind and business)"
            )
            raise ParameterError(msg)
        return cls(viewer, known_mode(mode), minutes, limit_for(viewer, minutes), decay, known_by(by), choice)


def rule(asked: AccessAsked, *, estimate: bool) -> Label:
    """What was counted, and how."""
    said, timed, decay = MODE_LABELS[asked.mode], travel_rule(asked.mode, estimate=estimate), DECAY.label(asked.decay)
    counted = asked.choice.label()
    return Label(
        f"每千人工作人员数，按增强型两步移动搜索法：{said.zh} {asked.minutes:g} 分钟内（含）到{counted.zh}，{decay.zh}；"
        "站的工作人员由范围内的人分用，每户把能到的各站份额相加；各站范围重叠，站的人数不能相加"
        "；人员为 0 的站供给为 0，人员不详的站不计供给、另列人数"
        f"；{timed.zh}；定位只到村的家庭不计入，另列人数",
        f"Staff for each thousand persons by the enhanced two-step floating catchment: {said.en} to {counted.en} in at "
        f"most {asked.minutes:g} minutes, {decay.en}; the persons within reach share a station's staff, and a household "
        "adds up its shares; catchments overlap, so persons of stations do not add up; a station of no staff supplies "
        f"nothing, one of unknown staff is left out and the persons near it are told; {timed.en}; households known only "
        "to their village are left out and told beside",
    )


def notes(living: Homes, found: StationTimes, asked: AccessAsked, seen: Bools) -> tuple[Label, ...]:
    """What is missing for a fuller answer, and what to do about it; ``seen`` are households in the viewer's reach."""
    said = []
    if not len(living):
        said.append(Label(
            "没有服务对象家庭，无法计算服务能力；请先装入家庭图层",
            "there are no households, so there is no access to tell; load the households layer",
        ))
    if not len(found.frame):
        counted = asked.choice.label()
        said.append(Label(
            f"没有可计入的设施（{counted.zh}）；请先装入服务站，或放宽条件",
            f"there is nothing to count ({counted.en}); load stations, or widen the choice",
        ))
    names = found.frame["name"].fillna(found.frame["id"]).to_numpy()
    unknown, none = np.isnan(found.staff), found.staff == 0
    if len(found.frame) and unknown.all():
        said.append(Label(
            "各站的工作人员数都没有填，算不出服务能力；请在服务站图层填写“工作人员”",
            "no station states its staff, so access cannot be told; fill in the column staff of the stations",
        ))
    elif unknown.any():
        zh, en = _listed(names[unknown])
        said.append(Label(
            f"{unknown.sum()} 个站的工作人员数没有填，未计入供给（不按 0 算）：{zh}",
            f"{unknown.sum()} stations do not state their staff and are left out of the supply (not taken as 0): {en}",
        ))
    if none.any():
        zh, en = _listed(names[none])
        said.append(Label(f"{none.sum()} 个站没有工作人员：{zh}", f"{none.sum()} stations have no staff: {en}"))
    if found.off_network.any():
        zh, en = _listed(names[found.off_network])
        said.append(Label(
            f"{found.off_network.sum()} 个站没有位置或离路网太远，无法到达：{zh}",
            f"{found.off_network.sum()} stations have no place or are off the network, nobody gets there: {en}",
        ))
    vague = seen & living.imprecise
    if vague.any():
        persons = living.persons[vague].sum()
        said.append(Label(
            f"{vague.sum()} 户（{persons} 人）的位置只知道到村或不详，未计入；补上定位后各站负担会更重",
            f"{vague.sum()} households ({persons} persons) are known only to their village or not at all and left out; "
            "with their places the loads would be heavier",
        ))
    return tuple(said)


def _listed(names: Sequence[str]) -> tuple[str, str]:
    zh, en = "、".join(names[:_NAMED]), ", ".join(names[:_NAMED])
    return (f"{zh}等", f"{en} and others") if len(names) > _NAMED else (zh, en)
