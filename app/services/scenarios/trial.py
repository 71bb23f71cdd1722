"""Everybody's time with a scenario's changes made: only what they touch is computed again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.county.areas import UNASSIGNED
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import Homes
from app.services.county.state import StoreState
from app.services.scenarios.changes import ADDED, Tried, roads_after, tried
from app.services.scenarios.definition import Scenario
from app.services.scenarios.present import Present, Roads, StationRow, present
from geo.catchment import Nearest
from geo.network import Bools, Ints
from geo.snap import Snapped, Snapper
from geo.speeds import Mode
from geo.update import allocate, reallocate


@dataclass(frozen=True)
class Trial:
    """The county as it is, and as the scenario would have it.

    Attributes
    ----------
    homes
        The households afterwards; those of the present unless the scenario has other people.
    nearest
        Their nearest station afterwards, by position among ``stations``.
    touched
        Households of the present whose time, station or status differs; None when the people differ.
    stations
        Present stations, then new ones.
    villages, townships
        Units that have a station: before, after.
    """

    known: Present
    tried: Tried
    homes: Homes
    nearest: Nearest
    touched: Ints | None
    stations: tuple[StationRow, ...]
    villages: tuple[set[str], set[str]]
    townships: tuple[set[str], set[str]]

    @property
    def counts(self) -> tuple[bool, bool]:
        """Whether any station counts: before, after."""
        return bool(self.known.listed), any(point is not None for point in self.tried.points)

    def with_station(self, level: str) -> tuple[set[str], set[str]]:
        """Units of one level that have a station: before, after."""
        return self.townships if level == "township" else self.villages


def trial(
    state: StoreState, scenario: Scenario, mode: Mode, choice: FacilityChoice, people: Homes | None
) -> Trial:
    """Make the changes and bring everybody's time up to date."""
    known = present(state, mode, choice)
    found = tried(state, known, scenario, choice)
    nearest, touched = _times(known, found, people)
    before, after = _served(known, found)
    return Trial(
        known=known,
        tried=found,
        homes=known.homes if people is None else people,
        nearest=nearest,
        touched=touched,
        stations=_stations(known, found),
        townships=(before[0], after[0]),
        villages=(before[1], after[1]),
    )


def _times(known: Present, found: Tried, people: Homes | None) -> tuple[Nearest, Ints | None]:
    """Everybody's nearest station afterwards, and whom it differs for; None when the people differ."""
    points = np.empty(len(found.points), dtype=object)
    points[:] = found.points
    homes = known.homes if people is None else people
    if known.roads is None:
        nearest = known.straight(homes.point, points)
    else:
        nearest = _along_roads(known.roads, homes, found, points, found.closed, anew=people is not None)
        if len(found.closed):
            # Whoever has to take another road may come out nearer to a station, which no closed road can bring about.
            open_ = _along_roads(known.roads, homes, found, points, found.closed[:0], anew=people is not None)
            nearest = _slower(nearest, open_)
    return nearest, _differing(known.nearest, nearest) if people is None else None


def _along_roads(
    roads: Roads, homes: Homes, found: Tried, points: NDArray[np.object_], closed: Ints, *, anew: bool
) -> Nearest:
    """Nearest of ``points`` along the roads after the changes; ``anew`` where the households are others."""
    mode = roads_after(roads, found.speeds, closed)
    # A closed road may leave a piece behind that is too short to start on, as loading the roads anew would find.
    snap = roads.snapper.on(mode) if len(closed) else roads.snapper
    stations = _stations_on_roads(roads, found, points, snap)
    if anew:
        return allocate(mode, snap(homes.point), stations, walk_kph=roads.mode.access_kph).nearest
    origins = _homes_on_roads(roads, homes, snap)
    return reallocate(roads.allocation, facilities=stations, impedance=mode, origins=origins).allocation.nearest


def _slower(one: Nearest, other: Nearest) -> Nearest:
    """Of two answers the slower for each, the first on a tie."""
    first = one.seconds >= other.seconds
    return Nearest(*(np.where(first, getattr(one, k), getattr(other, k)) for k in ("seconds", "facility", "status")))


def _differing(before: Nearest, after: Nearest) -> Ints:
    return np.flatnonzero(
        (before.seconds != after.seconds) | (before.facility != after.facility) | (before.status != after.status)
    )


def _stations_on_roads(roads: Roads, found: Tried, points: NDArray[np.object_], snap: Snapper) -> Snapped:
    """Where the stations join the roads: anew for those that moved, are new, or cannot stay on their road."""
    before = roads.allocation.facilities
    n = len(before.edge)
    parts = [np.concatenate([part, np.full(len(points) - n, np.nan)]) for part in (before.fraction, before.access_m)]
    edge = np.concatenate([before.edge, np.full(len(points) - n, -1)])
    again = np.ones(len(points), dtype=bool)
    again[:n] = _displaced(roads, before, snap)
    again[list(found.fate)] = True
    joined = snap(points[again])
    edge[again], parts[0][again], parts[1][again] = joined.edge, joined.fraction, joined.access_m
    return Snapped(edge, *parts)


def _homes_on_roads(roads: Roads, homes: Homes, snap: Snapper) -> Snapped:
    """Where the households join the roads: anew for those that cannot stay on theirs."""
    before = roads.allocation.origins
    again = np.flatnonzero(_displaced(roads, before, snap))
    if not len(again):
        return before
    joined = snap(homes.point[again])
    edge, fraction, access_m = before.edge.copy(), before.fraction.copy(), before.access_m.copy()
    edge[again], fraction[again], access_m[again] = joined.edge, joined.fraction, joined.access_m
    return Snapped(edge, fraction, access_m)


def _displaced(roads: Roads, joined: Snapped, snap: Snapper) -> Bools:
    """Whose road is closed, or part of a piece that the closing cut off and that is too short to start on."""
    before = roads.snapper
    return np.zeros(len(joined.edge), dtype=bool) if snap is before else snap.displaced(before, joined)


def _served(known: Present, found: Tried) -> tuple[tuple[set[str], set[str]], tuple[set[str], set[str]]]:
    """Townships and villages that have a station, before and after."""
    areas = known.homes.areas
    village, township = known.village.copy(), known.township.copy()
    for k, fate in found.fate.items():
        if fate == "closed":
            village[k] = township[k] = UNASSIGNED
        elif known.listed[k].by_place:  # it stands for where it lies, and that is elsewhere now
            village[k], township[k] = areas.at(found.places[k])
    # A county centre serves the county; the township that it stands in does not have it for its own.
    new = [areas.at(one.at) for one in found.added if one.level != "county"]
    after = areas.having({*village, *(v for v, _ in new)}, {*township, *(t for _, t in new)})
    return known.served, after


def _stations(known: Present, found: Tried) -> tuple[StationRow, ...]:
    """Every station before or after: the present ones, then the new."""
    new = (StationRow(f"{ADDED}{k}", one.name, one.level, one.staff) for k, one in enumerate(found.added, start=1))
    return (*known.listed, *new)
