"""Siting: where the next stations help most, with the proof and the reasons.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

import time

import numpy as np

from app.roles import Viewer
from app.services.answers.about import about
from app.services.county.limits import limit_for
from app.services.county.small_cells import withheld_from
from app.services.county.state import StoreState, settled
from app.services.county.units import NOWHERE, units
from app.services.siting.explaining import Served, chosen_sites, served_by, served_with_room, tally
from app.services.siting.ground import Ground, ground
from app.services.siting.means import purse, room, room_notes
from app.services.siting.question import SitingQuestion
from app.services.siting.report import CurvePoint, PlaceTally, SitingReport, TownshipChange, TradeOffPoint
from app.services.siting.solving import TIMED, solve
from app.services.siting.wording import notes, obstacle, rule, unit
from geo.network import Bools, Ints
from geo.siting.capacitated_covering import served_within
from geo.siting.fair_covering import trade_off
from geo.siting.maximal_covering import covering_curve
from geo.siting.problem import Stop, never
from geo.siting.result import SitingResult
from layers.store import Store

CURVE_TO = 20
"""The curve tells what so many new stations would reach."""


def site(
    viewer: Viewer, store: Store, asked: SitingQuestion, *, curve: bool = True, stop: Stop = never
) -> SitingReport:
    """Where new stations should stand.

    Parameters
    ----------
    viewer
        Who asks; only people in reach are counted, and what would be told of few is withheld from who
        may not see single households.
    store
        The county as it is; it stays so.
    asked
        What is wanted.
    curve
        Also tell the share within the limit by number of new stations, up to :data:`CURVE_TO`.
    stop
        Asked now and then: once it says yes, the best so far is told.

    Raises
    ------
    SitingError
        Nobody to count, no candidates, or a candidate that there is not.
    ParameterError
        More stations than candidates, or none that reaches anybody.
    NoDataError
        Nothing has been loaded.
    """
    limit_for(viewer, asked.minutes)
    return settled(store, lambda state: _report(state, viewer, asked, curve, stop))


def _report(state: StoreState, viewer: Viewer, asked: SitingQuestion, curve: bool, stop: Stop) -> SitingReport:
    known = ground(state, viewer, asked)
    ends = _until(asked.seconds, stop)
    towns = units(known.living, "township", viewer)
    found = solve(known, asked, towns.of, ends)
    exists = known.problem.fixed
    has_plan = not np.isnan(found.objective)
    is_open = _open(known, found) if has_plan else exists
    spending, rooms = purse(known, asked), room(known, asked)
    if rooms is None:
        before = served_by(known, exists)
        after = served_by(known, is_open) if has_plan else before
    else:
        before = served_with_room(known, served_within(known.problem, rooms, exists, max_travel_time_s=asked.limit_s))
        after = before if found.assignment is None else served_with_room(known, found.assignment)
    was, now = (known.counts & (side.seconds <= asked.limit_s) for side in (before, after))
    hidden = withheld_from(viewer, known.living, known.counts, was, now)
    names = [*towns.frame["name"].astype(str), NOWHERE.zh]
    scale = 60 if asked.objective in TIMED else 1
    return SitingReport(
        about=about(state, rule(asked, known), (*notes(known, hidden=bool(hidden)), *room_notes(known, asked, is_open))),
        problem=asked.objective,
        mode=asked.mode.value,
        minutes=asked.minutes,
        status=found.status.value,
        objective=float(found.objective) / scale if has_plan else None,
        bound=float(found.bound) / scale if np.isfinite(found.bound) else None,
        gap=float(found.gap) if has_plan and np.isfinite(found.gap) else None,
        unit=unit(asked),
        candidates=len(known.candidates.frame),
        stations=known.n_stations,
        everybody=tally(known, viewer, known.counts),
        before=tally(known, viewer, was, before.persons),
        after=tally(known, viewer, now, after.persons),
        unreachable=tally(known, viewer, np.setdiff1d(np.flatnonzero(known.counts), known.times.origin)),
        minutes_mean=(_mean(known, before), _mean(known, after)),
        minutes_worst=(_worst(known, before), _worst(known, after)),
        chosen=chosen_sites(state, viewer, asked, known, found.opened, before, after) if has_plan else (),
        closed=_closed(known, viewer, found, before),
        townships=_townships(
            known, towns.of, towns.frame["code"].tolist(), names, (was, before.persons), (now, after.persons), hidden.townships
        ),
        obstacles=tuple(obstacle(short, names) for short in found.shortfalls),
        curve=_curve(known, asked, ends) if curve and rooms is None else (),
        trade_off=_trade_off(known, asked, towns.of, names, ends) if curve and has_plan and not hidden else (),
        cost=spending.spent(known.problem, is_open) if spending is not None and has_plan else None,
        budget=asked.budget,
        capacity=None if rooms is None else (int(rooms[exists].sum()), int(rooms[is_open].sum())),
    )


def _until(seconds: float, stop: Stop) -> Stop:
    """Say yes once the time is up, or the asker does."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end or stop()


def _open(known: Ground, found: SitingResult) -> Bools:
    is_open = np.zeros(known.times.n_facilities, dtype=bool)
    is_open[found.sites] = True
    return is_open


def _mean(known: Ground, served: Served) -> float | None:
    """Minutes of a person (or household) on the average, of those who have a way."""
    there = (known.weight > 0) & np.isfinite(served.seconds)
    weight = known.weight[there]
    return float(weight @ served.seconds[there] / weight.sum() / 60) if there.any() else None


def _worst(known: Ground, served: Served) -> float | None:
    there = (known.weight > 0) & np.isfinite(served.seconds)
    return float(served.seconds[there].max() / 60) if there.any() else None


def _closed(known: Ground, viewer: Viewer, found: SitingResult, before: Served) -> tuple[PlaceTally, ...]:
    rows = []
    for station in found.closed.tolist():
        row, lost = known.stations.iloc[station], tally(known, viewer, known.counts & (before.site == station))
        rows.append(PlaceTally(str(row["id"]), str(row["name"] or row["id"]), lost.households, lost.persons))
    return tuple(rows)


def _townships(
    known: Ground, of: Ints, codes: list[str], names: list[str],
    was: tuple[Bools, Ints], now: tuple[Bools, Ints], hidden: Bools,
) -> tuple[TownshipChange, ...]:
    n = len(names)
    everybody, everyone, before, after = (
        np.bincount(of[who], None if size is None else size[who], minlength=n).astype(int)
        for who, size in ((known.counts, None), (known.counts, known.living.persons), was, now)
    )
    return tuple(
        TownshipChange(
            code=str(code), name=name, households=int(everybody[k]), persons=int(everyone[k]),
            persons_before=None if hidden[k] else int(before[k]), persons_after=None if hidden[k] else int(after[k]),
        )
        for k, (code, name) in enumerate(zip([*codes, ""], names, strict=True))
        if everybody[k]
    )  # fmt: skip


def _trade_off(
    known: Ground, asked: SitingQuestion, township: Ints, names: list[str], stop: Stop
) -> tuple[TradeOffPoint, ...]:
    if asked.objective != "fair":
        return ()
    whole = float(known.weight.sum())
    found = trade_off(
        known.problem, asked.add, max_travel_time_s=asked.limit_s, groups=township, stop=stop, seed=asked.seed
    )
    return tuple(
        TradeOffPoint(
            point.worst, names[point.group], point.result.objective, point.result.bound, point.result.objective / whole,
            point.result.status.value,
        )
        for point in found
    )  # fmt: skip


def _curve(known: Ground, asked: SitingQuestion, stop: Stop) -> tuple[CurvePoint, ...]:
    found = covering_curve(known.problem, CURVE_TO, max_travel_time_s=asked.limit_s, stop=stop, seed=asked.seed)
    whole = float(known.weight.sum())
    return tuple(
        CurvePoint(int(added), float(value), float(bound), float(value) / whole, float(gain), result.status.value)
        for added, value, bound, gain, result in zip(
            found.added, found.objective, found.bound, found.gain, found.results, strict=True
        )
    )
