"""Coverage: who reaches what is counted within the limit, by township and village.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.county.demand import Counted, Demand
from app.services.county.demand import counted as data_of
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import homes
from app.services.county.limits import limit_for
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.small_cells import WHY_UNTOLD, Places, few, withheld_from
from app.services.county.state import settled
from app.services.county.units import NOWHERE, By, Units, known_by, units
from app.services.coverage.gaps import NO_WAY, Question, gaps
from app.services.coverage.grounds import grounds
from app.services.coverage.report import AreaShare, CoverageReport, Gap, Rule, Share, Unknown
from geo.catchment import Status
from geo.coverage import Reach, reach_by_area, within
from geo.network import Bools, Ints
from geo.snap import MAX_ACCESS_M
from geo.speeds import MODE_KPH, Mode
from layers.fields import NO_LABEL
from layers.schema import Label
from layers.store import Store

__all__ = ["AreaShare", "By", "CoverageReport", "Gap", "Rule", "Share", "Unknown", "coverage", "household_times"]

def coverage(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    by: By = "township",
    choice: FacilityChoice | None = None,
) -> CoverageReport:
    """Share of households and persons that reach a facility within ``minutes``, by area.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted. Who may not see single households is not told
        what is reached in areas of a few (:mod:`app.services.county.small_cells`).
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    by
        Level of ``by_area``, and the unit of the establishment rate.
    choice
        What counts as a facility; by default open stations of every level.

    Raises
    ------
    ParameterError
        An unknown mode or level, or a limit that is none.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    mode, limit_s, by = known_mode(mode), limit_for(viewer, minutes), known_by(by)
    choice = choice or FacilityChoice()
    counted, why, living = settled(
        store, lambda state: (data_of(state, mode, choice), grounds(state, mode, limit_s, choice), homes(state))
    )
    hidden = withheld_from(viewer, living, within(counted.demand.nearest_s, limit_s))
    unlisted = Places.of(living, viewer).within(hidden)
    within_reach = counted.seen_by(viewer)
    reached = within(within_reach.nearest_s, limit_s)
    told = units(living, by, viewer)
    area = told.of[living.seen_by(viewer)]
    areas = _area_shares(within_reach, counted, reached, told, by, area, hidden.areas(by))
    untold = hidden.whole or not counted.n_facilities
    known = counted.region
    return CoverageReport(
        rule=_rule(counted, mode, minutes, by, choice, withheld=bool(hidden)),
        as_of=counted.as_of,
        region=Label(known.name_zh, known.name_en) if known else Label("未命名地区", "Unnamed region"),
        fictional=bool(known and known.fictional),
        total=_total(within_reach, reached, areas, hidden=untold),
        by_area=areas,
        gaps=gaps(viewer, counted, why, Question(mode, float(minutes)), unlisted),
        unknown=_unknown(viewer, within_reach, reached, hidden=hidden.whole, nothing=not counted.n_facilities),
        notes=_notes(counted, choice),
    )


def household_times(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    choice: FacilityChoice | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``minutes``, ``station``, ``status``.

    ``status`` is ``reached``, ``not_reached``, ``unreachable``, ``off_network`` or ``imprecise``;
    an imprecise household keeps the time from where it is thought to be.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    viewer.need_points()
    limit_s = limit_for(viewer, minutes)
    known, counting = known_mode(mode), choice or FacilityChoice()
    demand = settled(
        store, lambda state: data_of(state, known, counting).demand.where(homes(state).singly_seen_by(viewer))
    )
    status = np.select(
        [
            demand.imprecise,
            demand.status == Status.OFF_NETWORK,
            np.isin(demand.status, NO_WAY),
            within(demand.nearest_s, limit_s),
        ],
        ["imprecise", "off_network", "unreachable", "reached"],
        "not_reached",
    )
    finite = np.isfinite(demand.nearest_s)
    return pd.DataFrame(
        {
            "id": demand.id,
            "minutes": np.where(finite, np.round(demand.nearest_s / 60, 2), np.nan),
            "station": demand.station,
            "status": status,
        }
    )


def _area_shares(
    demand: Demand, counted: Counted, reached: Bools, told: Units, by: By, area: Ints, hidden: Bools
) -> tuple[AreaShare, ...]:
    villages, served = counted.areas.villages, counted.served_townships if by == "township" else counted.served_villages
    last, nothing = len(told.frame), not counted.n_facilities
    households, persons = _reach(demand, reached, area, last + 1)
    has = villages.index.isin(list(counted.served_villages))
    within_township = pd.DataFrame({"all": 1, "with": has}).groupby(villages["township"].to_numpy()).sum()
    shares = []
    for k, (unit, row) in enumerate(told.frame.iterrows()):
        n, n_with = (
            (int(within_township["all"].get(unit, 0)), int(within_township["with"].get(unit, 0)))
            if by == "township"
            else (1, int(unit in served))
        )
        shares.append(
            AreaShare(
                **_share(households, persons, k, 1, int(unit in served), n, n_with, hidden=nothing or bool(hidden[k])),
                code=row["code"],
                name=row["name"] or row["code"],
                level=by,
                township=row["township"],
                too_few=bool(hidden[k]),
            )
        )
    if households.demand[last]:
        hide = bool(hidden[last])
        shares.append(
            AreaShare(
                **_share(households, persons, last, 0, 0, 0, 0, hidden=nothing or hide),
                code="", name=NOWHERE.zh, level=by, township="", too_few=hide,
            )
        )  # fmt: skip
    return tuple(shares)


def _reach(demand: Demand, reached: Bools, area: Ints, n: int) -> tuple[Reach, Reach]:
    """Reach counted by households, and by persons."""
    return (
        reach_by_area(reached, demand.imprecise, area, n),
        reach_by_area(reached, demand.imprecise, area, n, weight=demand.persons),
    )


def _share(
    households: Reach, persons: Reach, k: int, units: int, with_station: int, villages: int, villages_with: int,
    *, hidden: bool,
) -> dict[str, Any]:
    """What is said of one area; nothing of reach where it is ``hidden``, as where nothing is counted."""
    reach = {
        "households_reached": int(households.reached[k]),
        "persons_reached": int(persons.reached[k]),
        "reach_rate": _rate(households.rate[k]),
        "reach_rate_low": _rate(households.rate_low[k]),
        "reach_rate_high": _rate(households.rate_high[k]),
        "persons_reach_rate": _rate(persons.rate[k]),
        "persons_reach_rate_low": _rate(persons.rate_low[k]),
        "persons_reach_rate_high": _rate(persons.rate_high[k]),
    }
    return {
        **(dict.fromkeys(reach) if hidden else reach),
        "households": int(households.demand[k]),
        "persons": int(persons.demand[k]),
        "households_imprecise": int(households.uncertain[k]),
        "persons_imprecise": int(persons.uncertain[k]),
        "units": units,
        "units_with_station": with_station,
        "establishment_rate": with_station / units if units else None,
        "villages": villages,
        "villages_with_station": villages_with,
    }


def _unknown(viewer: Viewer, demand: Demand, reached: Bools, *, hidden: bool, nothing: bool) -> Unknown:
    """Households of exact place without a time; nothing of ways where there is ``nothing`` to reach."""

    def count(*status: Status) -> int:
        return int((~demand.imprecise & np.isin(demand.status, status)).sum())

    off, unreachable, disconnected = count(Status.OFF_NETWORK), count(*NO_WAY), count(Status.DISCONNECTED)
    if not (viewer.points or nothing):
        beyond = int((~demand.imprecise & ~reached).sum()) - off - unreachable
        hidden = hidden or few(off, disconnected, unreachable - disconnected, beyond)
    return Unknown(
        off_network=None if hidden else off,
        unreachable=None if hidden or nothing else unreachable,
        imprecise=int(demand.imprecise.sum()),
        disconnected=None if hidden or nothing else disconnected,
    )


def _total(demand: Demand, reached: Bools, areas: tuple[AreaShare, ...], *, hidden: bool) -> Share:
    households, persons = _reach(demand, reached, np.zeros(len(reached), dtype=np.int64), 1)
    sums = [
        sum(getattr(area, name) for area in areas)
        for name in ("units", "units_with_station", "villages", "villages_with_station")
    ]
    return Share(**_share(households, persons, 0, *sums, hidden=hidden))


def _rate(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _notes(counted: Counted, choice: FacilityChoice) -> tuple[Label, ...]:
    notes = []
    if not len(counted.demand.id):
        notes.append(
            Label(
                "没有服务对象家庭，无法计算可达率；请先装入家庭图层",
                "there are no households, so there is no reach rate; load the households layer",
            )
        )
    if not counted.n_facilities:
        notes.append(choice.none_counted())
    return tuple(notes)


def _rule(data: Counted, mode: Mode, minutes: float, by: By, choice: FacilityChoice, *, withheld: bool) -> Rule:
    estimate = data.estimate
    counted, said, timed = choice.label(), MODE_LABELS[mode], travel_rule(mode, estimate=estimate)
    by_road = mode is Mode.DRIVE and not estimate
    empty = Label(f"；{WHY_UNTOLD.zh}", f"; {WHY_UNTOLD.en}") if withheld else NO_LABEL
    zh = (
        f"{said.zh} {minutes:g} 分钟内（含）到达{counted.zh}，{timed.zh}；定位只到村的家庭不计入可达率，另列范围{empty.zh}"
    )
    en = (
        f"{said.en.capitalize()} to {counted.en} in at most {minutes:g} minutes, {timed.en}"
        "; households known only to their village are left out of the rate and shown as a range"
        f"{empty.en}"
    )
    return Rule(
        mode=mode.value,
        minutes=float(minutes),
        facilities=counted.zh,
        facilities_en=counted.en,
        facilities_counted=data.n_facilities,
        by=by,
        estimate=estimate,
        speed_kph=None if by_road else MODE_KPH[mode],
        access_kph=mode.access_kph,
        max_access_m=MAX_ACCESS_M,
        text_zh=zh,
        text_en=en,
    )
