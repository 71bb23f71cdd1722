"""What-if: the county as it is beside the county with a scenario's changes made; nothing of it is stored as data.

One service answers the page, the API and the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.facilities import FacilityChoice
from app.services.county.limits import limit_for
from app.services.county.modes import known_mode
from app.services.county.small_cells import FEW_DIFFER
from app.services.county.state import StoreState, settled
from app.services.county.units import By, known_by
from app.services.scenarios.changes import tried
from app.services.scenarios.counts import Side
from app.services.scenarios.definition import Scenario
from app.services.scenarios.notes import notes, rule
from app.services.scenarios.people import other_people
from app.services.scenarios.present import present
from app.services.scenarios.report import WhatIfReport
from app.services.scenarios.standing import Asked, counts_of, loads_of, other_counts, standing_of
from app.services.scenarios.trial import Trial, trial
from geo.network import Ints
from geo.speeds import Mode
from layers.store import Store

__all__ = ["WhatIfReport", "closed_roads", "compare", "household_changes", "whatif"]


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
        As :func:`app.services.scenarios.people.other_people`.
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
    viewer.need_points()
    asked = _asked(viewer, scenario, mode, minutes, "township", choice)

    def rows(state: StoreState) -> pd.DataFrame:
        made = trial(state, scenario, asked.mode, asked.choice, None)
        if scenario.people is not None or made.touched is None:
            return _household_rows(made, np.zeros(0, dtype=np.int64), asked.limit_s)
        who = made.touched
        return _household_rows(made, who[made.homes.singly_seen_by(viewer)[who]], asked.limit_s)

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
) -> Asked:
    minutes = minutes if minutes is not None else scenario.minutes if scenario.minutes is not None else 15.0
    limit_for(viewer, minutes)
    return Asked(
        viewer, known_mode(mode or scenario.mode or Mode.WALK), float(minutes), known_by(by), choice or FacilityChoice()
    )


def _report(state: StoreState, scenario: Scenario, asked: Asked) -> WhatIfReport:
    people = other_people(asked.viewer, state, scenario.people)
    made = trial(state, scenario, asked.mode, asked.choice, people)
    standing, after = standing_of(state, asked), Side(made.homes, made.nearest, asked.limit_s)
    if made.touched is None:
        total, by_area = other_counts(made, standing, after, asked).report()
    else:
        counts = counts_of(made, made.touched, standing, after, asked)
        total, by_area = counts.report(unchanged=standing.rows)
    n_before, told = len(made.known.listed), notes(state, made, scenario)
    if total.withheld or any(area.withheld for area in by_area):
        told = (*told, FEW_DIFFER)
    said = rule(asked.mode, asked.minutes, asked.choice, made, scenario)
    return WhatIfReport(
        about=replace(standing.said, rule=said, notes=told),
        scenario=scenario.name,
        mode=asked.mode.value,
        minutes=asked.minutes,
        by=asked.by,
        total=total,
        by_area=by_area,
        stations=loads_of(made, standing, after, asked),
        changes=tuple(made.tried.outcomes),
        stations_before=n_before,
        stations_after=n_before - sum(fate == "closed" for fate in made.tried.fate.values()) + len(made.tried.added),
    )


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
