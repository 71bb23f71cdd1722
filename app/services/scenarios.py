"""What-if: the county as it is beside the county with a scenario's changes made; nothing of it is stored as data.

One service answers the page, the API and the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.roles import NotPermittedError, Viewer
from app.services.about import About, about
from app.services.facilities import FacilityChoice
from app.services.modes import known_mode
from app.services.present import StationRow, present
from app.services.scenario import Scenario
from app.services.scenario_changes import tried
from app.services.scenario_counts import SMALL_CELL, AreaList, Counts, Side, loads, tallies
from app.services.scenario_notes import notes, rule
from app.services.scenario_people import other_people
from app.services.scenario_report import AreaChange, StationLoad, WhatIfReport
from app.services.scenario_trial import Trial, trial
from app.services.state import StoreState, kept, settled
from app.services.units import By, known_by
from geo.coverage import check_limit
from geo.network import Floats, Ints
from geo.speeds import Mode
from layers.fields import NO_LABEL
from layers.store import Store

__all__ = ["WhatIfReport", "closed_roads", "compare", "household_changes", "whatif"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question, its parts known to make sense."""

    viewer: Viewer
    mode: Mode
    minutes: float
    by: By
    choice: FacilityChoice

    @property
    def limit_s(self) -> float:
        return self.minutes * 60


def whatif(
    viewer: Viewer,
    store: Store,
    scenario: Scenario,
    *,
    mode: Mode | str | None = None,
    minutes: float | None = None,
    by: By = "township",
    choice: FacilityChoice | None = None,
) -> WhatIfReport:
    """Reach before and after the changes of ``scenario``, by area, and what becomes of every station.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted, and small differences are withheld from who
        may not see single households.
    store
        The county as it is; it stays so.
    scenario
        What is tried. Changes that make no sense in the county are told apart and not applied.
    mode, minutes
        How people travel and for how long at most, the limit included; by default what the scenario
        says, else on foot for a quarter of an hour.
    by
        Level of the areas.
    choice
        Which stations count; by default open ones of every level.

    Raises
    ------
    ParameterError
        An unknown mode or level, a limit that is none, or support points to count.
    NoDataError
        Nothing has been loaded.
    ScenarioError, NotPermittedError, InvalidDataError
        As :func:`app.services.scenario_people.other_people`.
    """
    asked = _asked(viewer, scenario, mode, minutes, by, choice)
    return settled(store, lambda state: _report(state, scenario, asked))


def compare(
    viewer: Viewer,
    store: Store,
    scenarios: Sequence[Scenario],
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    by: By = "township",
    choice: FacilityChoice | None = None,
) -> tuple[WhatIfReport, ...]:
    """Several scenarios under one and the same question, side by side; raises what :func:`whatif` raises."""
    asked = [_asked(viewer, scenario, mode, minutes, by, choice) for scenario in scenarios]
    return settled(
        store, lambda state: tuple(_report(state, one, question) for one, question in zip(scenarios, asked, strict=True))
    )


def household_changes(
    viewer: Viewer,
    store: Store,
    scenario: Scenario,
    *,
    mode: Mode | str | None = None,
    minutes: float | None = None,
    choice: FacilityChoice | None = None,
) -> pd.DataFrame:
    """One row per household whose time, station or status differs, by id.

    ``id``, ``change`` (newly_reached, newly_lost, quicker, slower, other), ``minutes_before``,
    ``minutes_after``, ``station_before``, ``station_after``. Without rows when the scenario has other
    people: their households cannot be held against the present ones one by one.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    if not viewer.points:
        msg = "没有查看单户结果的权限，只能查看汇总数 (single households are not shown to this viewer; only counts are)"
        raise NotPermittedError(msg)
    asked = _asked(viewer, scenario, mode, minutes, "township", choice)

    def rows(state: StoreState) -> pd.DataFrame:
        made = trial(state, scenario, asked.mode, asked.choice, None)
        if scenario.people is not None or made.touched is None:
            return _household_rows(made, np.zeros(0, dtype=np.int64), asked.limit_s)
        who = made.touched
        return _household_rows(made, who[made.homes.seen_by(viewer)[who]], asked.limit_s)

    return settled(store, rows)


def closed_roads(
    viewer: Viewer, store: Store, scenario: Scenario, *, mode: Mode | str = Mode.WALK  # noqa: ARG001 - roads are for everybody
) -> NDArray[Any]:
    """The pieces of road that ``scenario`` closes, lines in WGS 84, shape (n,)."""

    def lines(state: StoreState) -> NDArray[Any]:
        known = present(state, known_mode(mode), FacilityChoice())
        if known.region.network is None:
            return np.zeros(0, dtype=object)
        edges = tried(state, known, scenario, FacilityChoice()).closed
        return known.region.degrees(known.region.network.line[edges])

    return settled(store, lines)


def _asked(
    viewer: Viewer,
    scenario: Scenario,
    mode: Mode | str | None,
    minutes: float | None,
    by: str,
    choice: FacilityChoice | None,
) -> _Asked:
    minutes = minutes if minutes is not None else scenario.minutes if scenario.minutes is not None else 15.0
    check_limit(minutes * 60)
    return _Asked(
        viewer, known_mode(mode or scenario.mode or Mode.WALK), float(minutes), known_by(by), choice or FacilityChoice()
    )


@dataclass(frozen=True)
class _Standing:
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
def _standing(state: StoreState, asked: _Asked) -> _Standing:
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
    return _Standing(
        areas=areas,
        side=side,
        sums=sums,
        rows=Counts(areas, sums, sums, (served, served), ((nobody, nobody), (nobody, nobody))).rows(),
        loads=load,
        stations=tuple(stations),
        said=about(state, NO_LABEL),
    )


def _report(state: StoreState, scenario: Scenario, asked: _Asked) -> WhatIfReport:
    people = other_people(asked.viewer, state, scenario.people)
    made = trial(state, scenario, asked.mode, asked.choice, people)
    standing, after = _standing(state, asked), Side(made.homes, made.nearest, asked.limit_s)
    if made.touched is None:
        total, by_area = _other_counts(made, standing, after, asked).report(points=asked.viewer.points)
    else:
        counts = _counts(made, made.touched, standing, after, asked)
        total, by_area = counts.report(points=asked.viewer.points, unchanged=standing.rows)
    n_before = len(made.known.listed)
    said = rule(asked.mode, asked.minutes, asked.choice, made, scenario)
    return WhatIfReport(
        about=replace(standing.said, rule=said, notes=notes(state, made, scenario)),
        scenario=scenario.name,
        mode=asked.mode.value,
        minutes=asked.minutes,
        by=asked.by,
        total=total,
        by_area=by_area,
        stations=_loads(made, standing, after, asked),
        changes=tuple(made.tried.outcomes),
        stations_before=n_before,
        stations_after=n_before - sum(fate == "closed" for fate in made.tried.fate.values()) + len(made.tried.added),
    )


def _counts(made: Trial, who: Ints, standing: _Standing, after: Side, asked: _Asked) -> Counts:
    """Only households that differ are counted; the others are as they were."""
    areas, before = standing.areas, standing.side
    was, now = before.reached(who), after.reached(who)
    second = standing.sums - before.sums(areas, who) + after.sums(areas, who)
    newly = (tallies(after, areas, who[now & ~was]), tallies(after, areas, who[was & ~now]))
    return Counts(areas, standing.sums, second, made.with_station(asked.by), newly)


def _other_counts(made: Trial, standing: _Standing, after: Side, asked: _Asked) -> Counts:
    """Other people: both are counted; newly reached and lost are those who are in both."""
    before, then = standing.side, AreaList.make(after.homes, asked.by, asked.viewer)
    _, here, there = np.intersect1d(before.homes.id, after.homes.id, return_indices=True)
    was, now = before.reached(here), after.reached(there)
    newly = (tallies(after, then, there[now & ~was]), tallies(after, then, there[was & ~now]))
    everybody = np.arange(len(after.homes))
    return Counts(standing.areas, standing.sums, after.sums(then, everybody), made.with_station(asked.by), newly)


def _loads(made: Trial, standing: _Standing, after: Side, asked: _Asked) -> tuple[StationLoad, ...]:
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


def _household_rows(made: Trial, who: Ints, limit_s: float) -> pd.DataFrame:
    before = Side(made.known.homes, made.known.nearest, limit_s)
    after = Side(made.homes, made.nearest, limit_s)
    was, now = before.reached(who), after.reached(who)
    old, new = before.nearest.seconds[who], after.nearest.seconds[who]
    change = np.select(
        [now & ~was, was & ~now, new < old, new > old], ["newly_reached", "newly_lost", "quicker", "slower"], "other"
    )
    names = np.array([*(row.id for row in made.stations), None], dtype=object)
    return pd.DataFrame({
        "id": before.homes.id[who],
        "change": change,
        "minutes_before": np.where(np.isfinite(old), np.round(old / 60, 2), np.nan),
        "minutes_after": np.where(np.isfinite(new), np.round(new / 60, 2), np.nan),
        "station_before": names[before.nearest.facility[who]],
        "station_after": names[after.nearest.facility[who]],
    })
