"""The present under one question, counted once; of a scenario only what it touches is counted again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.roles import Viewer
from app.services.about import About, about
from app.services.facilities import FacilityChoice
from app.services.present import StationRow, present
from app.services.scenario_counts import SMALL_CELL, AreaList, Counts, Side, loads, tallies
from app.services.scenario_report import AreaChange, StationLoad
from app.services.scenario_trial import Trial
from app.services.state import StoreState, kept
from app.services.units import By
from geo.network import Floats, Ints
from geo.speeds import Mode
from layers.fields import NO_LABEL


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its parts known to make sense."""

    viewer: Viewer
    mode: Mode
    minutes: float
    by: By
    choice: FacilityChoice

    @property
    def limit_s(self) -> float:
        """The limit in seconds."""
        return self.minutes * 60


@dataclass(frozen=True)
class Standing:
    """What is the same for every scenario under one question: the present, counted.

    ``rows`` and ``stations`` are those of a scenario that changes nothing; ``said`` lacks the rule.
    """

    areas: AreaList
    side: Side
    sums: Floats
    rows: tuple[AreaChange, ...]
    loads: Ints
    stations: tuple[StationLoad, ...]
    said: About


@kept(12)
def standing_of(state: StoreState, asked: Asked) -> Standing:
    """The present counted for one question; raises what :func:`app.services.present.present` raises."""
    known = present(state, asked.mode, asked.choice)
    areas, side = AreaList.make(known.homes, asked.by, asked.viewer), Side(known.homes, known.nearest, asked.limit_s)
    sums = side.sums(areas, np.arange(len(known.homes)))
    served = known.served[0] if asked.by == "township" else known.served[1]
    nobody = np.zeros(len(areas.ids) + 1, dtype=np.int64)
    load = loads(side, len(known.listed), np.flatnonzero(areas.seen))
    stations = (
        _load(row, "kept", tuple(load[:, k].tolist()), tuple(load[:, k].tolist()), points=asked.viewer.points)
        for k, row in enumerate(known.listed)
    )
    return Standing(
        areas=areas,
        side=side,
        sums=sums,
        rows=Counts(areas, sums, sums, (served, served), ((nobody, nobody), (nobody, nobody))).rows(),
        loads=load,
        stations=tuple(stations),
        said=about(state, NO_LABEL),
    )


def counts_of(made: Trial, who: Ints, standing: Standing, after: Side, asked: Asked) -> Counts:
    """Only households that differ are counted; the others are as they were."""
    areas, before = standing.areas, standing.side
    was, now = before.reached(who), after.reached(who)
    second = standing.sums - before.sums(areas, who) + after.sums(areas, who)
    newly = (tallies(after, areas, who[now & ~was]), tallies(after, areas, who[was & ~now]))
    return Counts(areas, standing.sums, second, made.with_station(asked.by), newly)


def other_counts(made: Trial, standing: Standing, after: Side, asked: Asked) -> Counts:
    """Other people: both are counted; newly reached and lost are those who are in both."""
    before, then = standing.side, AreaList.make(after.homes, asked.by, asked.viewer)
    _, here, there = np.intersect1d(before.homes.id, after.homes.id, return_indices=True)
    was, now = before.reached(here), after.reached(there)
    newly = (tallies(after, then, there[now & ~was]), tallies(after, then, there[was & ~now]))
    everybody = np.arange(len(after.homes))
    return Counts(standing.areas, standing.sums, after.sums(then, everybody), made.with_station(asked.by), newly)


def loads_of(made: Trial, standing: Standing, after: Side, asked: Asked) -> tuple[StationLoad, ...]:
    """Every station's load; new rows only where something differs."""
    n_before, n = len(standing.stations), len(made.stations)
    first = np.pad(standing.loads, ((0, 0), (0, n - n_before)))
    if made.touched is None:
        then = loads(after, n, np.flatnonzero(after.homes.seen_by(asked.viewer)))
    else:
        who = made.touched[standing.areas.seen[made.touched]]
        then = first - loads(standing.side, n, who) + loads(after, n, who)
    rows = [*standing.stations, *(None,) * (n - n_before)]
    for k in {*np.flatnonzero((first != then).any(axis=0)).tolist(), *made.tried.fate, *range(n_before, n)}:
        fate = made.tried.fate.get(k, "kept") if k < n_before else "added"
        was, now = tuple(first[:, k].tolist()), tuple(then[:, k].tolist())
        rows[k] = _load(made.stations[k], fate, was, now, points=asked.viewer.points)
    return tuple(row for row in rows if row is not None)


def _load(row: StationRow, fate: str, was: tuple[int, ...], now: tuple[int, ...], *, points: bool) -> StationLoad:
    """One station before and after: households, then persons."""
    shown = points or not _small(was[0], now[0])
    had, has = shown and fate != "added", shown and fate != "closed"
    return StationLoad(
        row.id, row.name, row.level, fate, row.staff,
        households_before=was[0] if had else None, households_after=now[0] if has else None,
        persons_before=was[1] if had else None, persons_after=now[1] if has else None,
    )  # fmt: skip


def _small(before: int, after: int) -> bool:
    """True where a load, or what it changes by, could be one household's own."""
    return any(0 < n < SMALL_CELL for n in (before, after, abs(after - before)))
