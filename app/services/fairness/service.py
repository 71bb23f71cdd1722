"""Fairness: who reaches what is counted, by kind of household, and how evenly the minutes are spread.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.roles import Viewer
from app.services.answers.about import about
from app.services.county.demand import Counted
from app.services.county.demand import counted as data_of
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import ELDER_AGE, Homes, homes
from app.services.county.household_groups import Groups, groups, untellable
from app.services.county.limits import limit_for
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.small_cells import SMALL_CELL, Withheld, withheld_from
from app.services.county.state import StoreState, settled
from app.services.county.units import NOWHERE, units
from app.services.fairness.report import FairnessReport, GroupReach, Spread, TownshipGap, TownshipSpread
from geo.coverage import reach_by_area, within
from geo.equity import WORST_SHARE, inequality, lorenz
from geo.network import Bools, Floats
from geo.speeds import MODE_KPH, Mode
from layers.schema import Label
from layers.store import Store

_TENTHS = np.linspace(0, 1, 11)


def fairness(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    elder_pace: bool = True,
    choice: FacilityChoice | None = None,
) -> FairnessReport:
    """Reach by kind of household, and the spread of minutes by township.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted. Who may not see single households is told
        nothing that could be a single household's own, or give one away.
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    elder_pace
        Whether households whose eldest is 60 or older walk at an elder's pace where the mode is
        walking; where the mode is another it makes no difference.
    choice
        What counts as a facility; by default open stations of every level.

    Raises
    ------
    ParameterError
        An unknown mode, or a limit that is none.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    known = known_mode(mode)
    asked = _Asked(
        viewer, known, minutes, limit_for(viewer, minutes), elder_pace and known is Mode.WALK, choice or FacilityChoice()
    )
    return settled(store, lambda state: _report(state, asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    viewer: Viewer
    mode: Mode
    minutes: float
    limit_s: float
    elder_pace: bool
    choice: FacilityChoice


@dataclass(frozen=True, slots=True)
class _Times:
    """Households with their time; ``seen`` are in the viewer's reach, ``exact`` those of them whose place is known."""

    living: Homes
    seconds: Floats
    reached: Bools
    seen: Bools
    exact: Bools

    def minutes_of(self, where: Bools) -> Floats:
        return self.seconds[where & self.exact] / 60

    def weights_of(self, where: Bools) -> Floats:
        return self.living.persons[where & self.exact].astype(np.float64)


def _report(state: StoreState, asked: _Asked) -> FairnessReport:
    counted, living = data_of(state, asked.mode, asked.choice), homes(state)
    seconds = counted.demand.nearest_s
    if asked.elder_pace:
        slower = data_of(state, Mode.ELDER_WALK, asked.choice).demand.nearest_s
        seconds = np.where(living.elders(counted.as_of.year), slower, seconds)
    seen = living.seen_by(asked.viewer)
    times = _Times(living, seconds, within(seconds, asked.limit_s), seen, seen & ~living.imprecise)
    whole = np.ones(len(living), dtype=bool)
    hidden = withheld_from(asked.viewer, living, times.reached)
    lost = hidden | withheld_from(asked.viewer, living, np.isfinite(seconds))
    nothing = not counted.n_facilities
    kinds = groups(living, counted.as_of.year)
    townships = _townships(times, asked.viewer, hidden, lost, nothing=nothing)
    return FairnessReport(
        about=about(state, _rule(asked, estimate=counted.estimate), _notes(counted, times, kinds, asked)),
        mode=asked.mode.value,
        minutes=float(asked.minutes),
        elder_pace=asked.elder_pace,
        estimate=counted.estimate,
        facilities_counted=counted.n_facilities,
        total=Spread(**_spread(times, whole, asked.viewer, hidden=hidden.whole or nothing, lost=lost.whole)),
        groups=_groups(times, kinds, asked.viewer, nothing=nothing),
        by_township=townships,
        gap=_gap(townships),
        lorenz=_lorenz(times, asked.viewer),
    )


_NO_REACH = dict.fromkeys(("households_reached", "persons_reached", "rate", "rate_low", "rate_high", "persons_rate"))
"""What is said of reach where nothing is counted that could be reached."""


def _groups(times: _Times, found: Groups, viewer: Viewer, *, nothing: bool) -> tuple[GroupReach, ...]:
    n = len(found.code)
    hidden = np.zeros(n, dtype=bool)
    if not viewer.points:  # a few households of whatever place are few
        hidden = untellable(found, times.seen)
        for counted in (times.exact, times.exact & times.reached, times.exact & ~times.reached):
            hidden |= untellable(found, counted)
    rows = []
    for k in range(n):
        label, member = found.label[k], found.member[k] & times.seen
        what: dict[str, Any] = {"kind": found.kind[k], "code": found.code[k], "zh": label.zh, "en": label.en}
        if k and not member.any():
            continue
        rows.append(GroupReach(**what, too_few=True) if hidden[k] else
                    GroupReach(**what, too_few=False, **(_reach(times, member) | (_NO_REACH if nothing else {}))))  # fmt: skip
    return tuple(rows)


def _reach(times: _Times, member: Bools) -> dict[str, Any]:
    imprecise, nowhere = times.living.imprecise[member], np.zeros(int(member.sum()), dtype=np.int64)
    reached = times.reached[member]
    households = reach_by_area(reached, imprecise, nowhere, 1)
    persons = reach_by_area(reached, imprecise, nowhere, 1, weight=times.living.persons[member])
    return {
        "households": int(households.demand[0]),
        "persons": int(persons.demand[0]),
        "households_imprecise": int(households.uncertain[0]),
        "households_reached": int(households.reached[0]),
        "persons_reached": int(persons.reached[0]),
        "rate": _told(households.rate[0]),
        "rate_low": _told(households.rate_low[0]),
        "rate_high": _told(households.rate_high[0]),
        "persons_rate": _told(persons.rate[0]),
        "minutes_median": _median(times.minutes_of(member)),
    }


def _townships(times: _Times, viewer: Viewer, hidden: Withheld, lost: Withheld, *, nothing: bool) -> tuple[TownshipSpread, ...]:
    told = units(times.living, "township", viewer)
    n = len(told.frame) + 1
    names = [(row["code"], row["name"]) for _, row in told.frame.iterrows()]
    if (told.of[times.seen] == n - 1).any():
        names.append(("", NOWHERE.zh))
    return tuple(
        TownshipSpread(
            **_spread(times, told.of == k, viewer, hidden=nothing or bool(few), lost=bool(lost.townships[k])),
            code=code, name=name, too_few=bool(few),
        )
        for k, ((code, name), few) in enumerate(zip(names, hidden.townships, strict=False))
    )


def _spread(times: _Times, where: Bools, viewer: Viewer, *, hidden: bool, lost: bool) -> dict[str, Any]:
    """What is said of the households ``where``; sizes only where the rest would be single households' own.

    Nothing of those without a way where they, or the others, are ``lost`` in too small a number.
    """
    seen, exact = where & times.seen, where & times.exact
    minutes = times.minutes_of(where)
    found = inequality(minutes, times.weights_of(where))

    def told(value: float | None) -> float | None:
        return None if hidden or value is None else _told(value)

    # The worst tenth of a few dozen households is a few households' own.
    tenth = viewer.points or found.n_worst >= SMALL_CELL
    return {
        "households": int(seen.sum()),
        "persons": int(times.living.persons[seen].sum()),
        "households_imprecise": int(seen.sum() - exact.sum()),
        "rate": told(float(times.reached[exact].mean()) if exact.any() else None),
        "minutes_mean": told(round(found.mean, 2)),
        "minutes_median": told(_median(minutes)),
        "gini": told(found.gini),
        "worst_tenth_minutes": told(round(found.worst_tenth, 2)) if tenth else None,
        "without": None if lost else told(found.without),
    }


def _gap(townships: tuple[TownshipSpread, ...]) -> TownshipGap | None:
    """The best and the worst that can be told, never the same one: ties go to the lower code, then to the next."""
    rated = sorted(((t.rate, t) for t in townships if t.code and t.rate is not None), key=lambda pair: pair[1].code)
    if len(rated) < 2:
        return None
    best_rate, best = min(rated, key=lambda pair: -pair[0])
    worst_rate, worst = min((pair for pair in rated if pair[1] is not best), key=lambda pair: pair[0])
    return TownshipGap(best.code, best.name, best_rate, worst.code, worst.name, worst_rate)


def _lorenz(times: _Times, viewer: Viewer) -> tuple[float, ...]:
    """The curve at every tenth, if every tenth is made of enough households."""
    whole = np.ones(len(times.seconds), dtype=bool)
    minutes, weights = times.minutes_of(whole), times.weights_of(whole)
    found = inequality(minutes, weights)
    if not found.n_worst or not (viewer.points or found.n_worst >= SMALL_CELL):
        return ()
    return tuple(np.round(np.interp(_TENTHS, *lorenz(minutes, weights)), 4).tolist())


def _median(minutes: Floats) -> float | None:
    finite = minutes[np.isfinite(minutes)]
    return round(float(np.median(finite)), 1) if len(finite) else None


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _notes(counted: Counted, times: _Times, kinds: Groups, asked: _Asked) -> tuple[Label, ...]:
    said, living = [], times.living
    if not len(living):
        said.append(Label(
            "没有服务对象家庭，无法比较；请先装入家庭图层",
            "there are no households to compare; load the households layer",
        ))
    elif "category" not in kinds.kind:
        said.append(Label(
            "家庭图层没有填写对象类别，只能看全体；请在家庭图层填写“对象类别”",
            "the households state no categories, so only the whole is told; fill in their column categories",
        ))
    if asked.elder_pace and len(living) and living.traits["eldest_birth_year"].isna().any():
        n = int(living.traits["eldest_birth_year"].isna().sum())
        said.append(Label(
            f"{n} 户没有最年长者的出生年，按普通步行计",
            f"{n} households do not state when their eldest was born and walk at the usual pace",
        ))
    if not counted.n_facilities:
        said.append(asked.choice.none_counted())
    vague = int(times.seen.sum() - times.exact.sum())
    if vague:
        said.append(Label(
            f"{vague} 户的位置只知道到村或不详，未计入可达率",
            f"{vague} households are known only to their village or not at all and left out of the rate",
        ))
    return tuple(said)


def _rule(asked: _Asked, *, estimate: bool) -> Label:
    counted, said, timed = asked.choice.label(), MODE_LABELS[asked.mode], travel_rule(asked.mode, estimate=estimate)
    slow = MODE_KPH[Mode.ELDER_WALK]
    elders = Label(
        f"；最年长者满 {ELDER_AGE} 岁的户按老人步行 {slow:g} 公里/小时",
        f"; households whose eldest is {ELDER_AGE} or older walk at {slow:g} km/h",
    ) if asked.elder_pace else Label("", "")  # fmt: skip
    few = Label("", "") if asked.viewer.points else Label(
        f"；不足 {SMALL_CELL} 户的不列出", f"; fewer than {SMALL_CELL} households are not told"
    )  # fmt: skip
    return Label(
        f"各类家庭{said.zh} {asked.minutes:g} 分钟内（含）到达{counted.zh}的比例（按户），{timed.zh}{elders.zh}"
        f"；基尼系数和最差 {WORST_SHARE:.0%} 的平均分钟按人计，只算有路可达的人，到不了的人占比另列"
        f"；一户可属多类；定位只到村的家庭不计入，另列范围{few.zh}",
        f"Share of households of each kind that reach {counted.en} {said.en} in at most {asked.minutes:g} minutes, "
        f"{timed.en}{elders.en}; Gini and the mean minutes of the worst {WORST_SHARE:.0%} count persons who have a way, "
        "the share of those who have none is told beside; a household may be of several kinds; households known only to "
        f"their village are left out of the rate and shown as a range{few.en}",
    )
