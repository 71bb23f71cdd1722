"""The present under one question, counted once; of a scenario only what it touches is counted again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.roles import Viewer
from app.services.answers.about import About, about
from app.services.county.facilities import FacilityChoice
from app.services.county.small_cells import SMALL_CELL, Places, Withheld, withheld_from
from app.services.county.state import StoreState, kept
from app.services.county.units import By
from app.services.scenarios.counts import AreaList, Counts, Side, loads, tallies
from app.services.scenarios.present import StationRow, present
from app.services.scenarios.report import AreaChange, LoadChange
from app.services.scenarios.trial import Trial
from geo.network import Bools, Floats, Ints
from geo.speeds import Mode
from layers.fields import NO_LABEL

_NO_LOADS: dict[str, Any] = dict.fromkeys(("households_before", "households_after", "persons_before", "persons_after"))


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

    ``rows`` and ``stations`` are those of a scenario that changes nothing, nothing withheld; ``said``
    lacks the rule. ``small`` are the areas that the viewer is not told of.
    """

    areas: AreaList
    places: Places
    small: Withheld
    side: Side
    sums: Floats
    rows: tuple[AreaChange, ...]
    loads: Ints
    stations: tuple[LoadChange, ...]
    said: About


@kept(12)
def standing_of(state: StoreState, asked: Asked) -> Standing:
    """The present counted for one question; raises what :func:`app.services.scenarios.present.present` raises."""
    known = present(state, asked.mode, asked.choice)
    areas, side = AreaList.make(known.homes, asked.by, asked.viewer), Side(known.homes, known.nearest, asked.limit_s)
    sums = side.sums(areas, np.arange(len(known.homes)))
    served = known.served[0] if asked.by == "township" else known.served[1]
    nobody = np.zeros(len(areas.ids) + 1, dtype=np.int64)
    load = loads(side, len(known.listed), np.flatnonzero(areas.seen))
    stations = (
        _load(row, "kept", tuple(load[:, k].tolist()), tuple(load[:, k].tolist()))
        for k, row in enumerate(known.listed)
    )
    small = withheld_from(asked.viewer, known.homes, *side.told())
    counts = (len(known.listed) > 0,) * 2
    unchanged = Counts(areas, sums, sums, (served, served), ((nobody, nobody), (nobody, nobody)), small, small, counts)
    return Standing(
        areas=areas,
        places=Places.of(known.homes, asked.viewer),
        small=small,
        side=side,
        sums=sums,
        rows=unchanged.rows(),
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
    withheld = standing.small
    if not asked.viewer.points:
        withheld |= withheld_from(asked.viewer, after.homes, *after.told())
        stranded, had_way = after.without_way(who), ~before.without_way(who)
        for differ in (now & ~was, was & ~now, stranded & had_way, ~stranded & ~had_way):
            withheld |= standing.places.withheld(who[differ])
    return Counts(areas, standing.sums, second, made.with_station(asked.by), newly, standing.small, withheld, made.counts)


def other_counts(made: Trial, standing: Standing, after: Side, asked: Asked) -> Counts:
    """Other people, for who may see single households: newly reached and lost are those who are in both."""
    before, then = standing.side, AreaList.make(after.homes, asked.by, asked.viewer)
    _, here, there = np.intersect1d(before.homes.id, after.homes.id, return_indices=True)
    was, now = before.reached(here), after.reached(there)
    newly = (tallies(after, then, there[now & ~was]), tallies(after, then, there[was & ~now]))
    everybody = np.arange(len(after.homes))
    second, none = after.sums(then, everybody), standing.small
    return Counts(standing.areas, standing.sums, second, made.with_station(asked.by), newly, none, none, made.counts)


def loads_of(made: Trial, standing: Standing, after: Side, asked: Asked) -> tuple[LoadChange, ...]:
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
        rows[k] = _load(made.stations[k], fate, was, now)
    hidden = np.zeros(n, dtype=bool) if asked.viewer.points else _untold(first[0], then[0])
    return tuple(
        row if not few else replace(row, **_NO_LOADS)
        for row, few in zip(rows, hidden, strict=True) if row is not None
    )  # fmt: skip


def _load(row: StationRow, fate: str, was: tuple[int, ...], now: tuple[int, ...]) -> LoadChange:
    """One station before and after: households, then persons."""
    had, has = fate != "added", fate != "closed"
    return LoadChange(
        row.id, row.name, row.level, fate, row.staff,
        households_before=was[0] if had else None, households_after=now[0] if has else None,
        persons_before=was[1] if had else None, persons_after=now[1] if has else None,
    )  # fmt: skip


def _untold(before: Ints, after: Ints) -> Bools:
    """Stations whose load, or what it changes by, could be one household's own, shape (n_stations,).

    All loads together follow from the total, so those withheld are two at least, and together enough.
    """
    hidden: Bools = np.any([(n > 0) & (n < SMALL_CELL) for n in (before, after, abs(after - before))], axis=0)
    least_first = np.argsort(np.maximum(before, after), kind="stable")
    for k in least_first[~hidden[least_first]]:
        short = hidden.sum() == 1 or any(0 < load[hidden].sum() < SMALL_CELL for load in (before, after))
        if not short:
            break
        hidden[k] = max(before[k], after[k]) > 0
    return hidden
