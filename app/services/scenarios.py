"""What-if: the county as it is beside the county with a scenario's changes made; nothing of it is stored as data.

One service answers the page, the API and the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.roles import NotPermittedError, Viewer
from app.services.about import about
from app.services.facilities import FacilityChoice
from app.services.homes import homes
from app.services.modes import known_mode
from app.services.present import present
from app.services.scenario import Scenario
from app.services.scenario_changes import tried
from app.services.scenario_counts import SMALL_CELL, AreaList, Counts, Side, loads, tallies
from app.services.scenario_notes import notes, rule
from app.services.scenario_people import other_people
from app.services.scenario_report import StationLoad, WhatIfReport
from app.services.scenario_trial import Trial, trial
from app.services.state import StoreState, kept, settled
from app.services.units import By, known_by
from geo.coverage import check_limit
from geo.network import Ints
from geo.speeds import Mode
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


@kept(12)
def _areas(state: StoreState, by: By, viewer: Viewer) -> AreaList:
    return AreaList.make(homes(state), by, viewer)


def _report(state: StoreState, scenario: Scenario, asked: _Asked) -> WhatIfReport:
    people = other_people(asked.viewer, state, scenario.people)
    made = trial(state, scenario, asked.mode, asked.choice, people)
    before = Side(made.known.homes, made.known.nearest, asked.limit_s)
    after = Side(made.homes, made.nearest, asked.limit_s)
    areas = _areas(state, asked.by, asked.viewer)
    counts = _counts(made, before, after, areas, asked)
    total, by_area = counts.report(points=asked.viewer.points)
    n_before = len(made.known.listed)
    return WhatIfReport(
        about=about(state, rule(asked.mode, asked.minutes, asked.choice, made, scenario), notes(state, made, scenario)),
        scenario=scenario.name,
        mode=asked.mode.value,
        minutes=asked.minutes,
        by=asked.by,
        total=total,
        by_area=by_area,
        stations=_loads(made, before, after, areas, asked),
        changes=tuple(made.tried.outcomes),
        stations_before=n_before,
        stations_after=n_before - sum(fate == "closed" for fate in made.tried.fate.values()) + len(made.tried.added),
    )


def _counts(made: Trial, before: Side, after: Side, areas: AreaList, asked: _Asked) -> Counts:
    everybody = np.arange(len(before.homes))
    first = before.sums(areas, everybody)
    served = made.with_station(asked.by)
    if made.touched is None:  # other people: nobody's own difference, but both sums
        then = AreaList.make(after.homes, asked.by, asked.viewer)
        _, here, there = np.intersect1d(before.homes.id, after.homes.id, return_indices=True)
        was, now = before.reached(here), after.reached(there)
        newly = (tallies(after, then, there[now & ~was]), tallies(after, then, there[was & ~now]))
        return Counts(areas, first, after.sums(then, np.arange(len(after.homes))), served, newly)
    who = made.touched
    was, now = before.reached(who), after.reached(who)
    second = first - before.sums(areas, who) + after.sums(areas, who)
    newly = (tallies(after, areas, who[now & ~was]), tallies(after, areas, who[was & ~now]))
    return Counts(areas, first, second, served, newly)


def _loads(
    made: Trial, before: Side, after: Side, areas: AreaList, asked: _Asked
) -> tuple[StationLoad, ...]:
    n_before, n = len(made.known.listed), len(made.stations)
    seen = areas.seen if made.touched is not None else after.homes.seen_by(asked.viewer)
    first, then = loads(before, n, areas.seen), loads(after, n, seen)
    rows = []
    for k, (row, *load) in enumerate(zip(made.stations, *(part.tolist() for part in (*first, *then)), strict=True)):
        state = made.tried.fate.get(k, "kept") if k < n_before else "added"
        was, now = (load[0], load[1]), (load[2], load[3])
        shown = asked.viewer.points or not _small(was[0], now[0])
        had, has = shown and k < n_before, shown and state != "closed"
        rows.append(StationLoad(
            row.id, row.name, row.level, state, row.staff,
            households_before=was[0] if had else None, households_after=now[0] if has else None,
            persons_before=was[1] if had else None, persons_after=now[1] if has else None,
        ))  # fmt: skip
    return tuple(rows)


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
