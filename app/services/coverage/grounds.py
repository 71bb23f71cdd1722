"""What stands between every household and its nearest facility, and what would help: the grounds of explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.services.county.areas import UNASSIGNED
from app.services.county.data_date import data_date
from app.services.county.demand import Counted, counted
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes, homes_on_roads
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState, kept
from geo.catchment import Nearest, Status
from geo.coverage import within
from geo.detour import way_lengths
from geo.matrix import straight_times, travel_times
from geo.network import Bools, Floats, Ints
from geo.remedy import members_to_try, metres_to_network
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode

_ALL_TRIED = 60
"""In a unit of at most so many households out of reach, a station is tried at the place of each."""
_PLACES_TRIED = 16
"""In a larger one: of the demonstration county's households all would find one in a hundred more."""

_SLOWEST_FIRST = (Mode.ELDER_WALK, Mode.WALK, Mode.EBIKE, Mode.DRIVE)


@dataclass(frozen=True)
class Grounds:
    """Aligned to the households; arrays of shape (n,), NaN where there is nothing to tell.

    Attributes
    ----------
    unit
        Number of the unit that a household out of reach is counted in, -1 for the others.
    units
        Village and township id of each unit, either may be :data:`app.services.county.areas.UNASSIGNED`.
    walk_s, walk_m
        From the door to the road; without roads NaN.
    way_m, straight_m
        Length of the quickest way to the nearest facility, and the straight line.
    link_m
        From the piece of road that is cut off from every facility to one that is not.
    by_mode
        Where another mode reaches a facility within the limit.
    by_station
        Where one station in the midst of the household's unit would do so.
    all_tried
        Where such a station was tried at every household out of reach there; elsewhere there may be a better place.
    """

    unit: Ints
    units: tuple[tuple[str, str], ...]
    walk_s: Floats
    walk_m: Floats
    way_m: Floats
    straight_m: Floats
    link_m: Floats
    by_mode: Mapping[Mode, Bools]
    by_station: Bools
    all_tried: Bools


@kept(8)
def grounds(state: StoreState, mode: Mode, limit_s: float, choice: FacilityChoice) -> Grounds:
    """The grounds of everybody who is out of reach.

    Raises
    ------
    NoDataError
        As :func:`app.services.county.demand.counted`.
    """
    known, living = counted(state, mode, choice), homes(state)
    unit, units = _units(living, ~within(known.demand.nearest_s, limit_s) & ~living.imprecise)
    goal = region(state).metric(facilities(state.store, choice, data_date(state.store)).geometry)
    straight = _straight(living.point, goal, known)
    walk_s, walk_m, way_m, link_m = _on_the_roads(state, mode, goal, known, straight)
    return Grounds(
        unit, units, walk_s, walk_m, way_m, straight, link_m,
        by_mode={
            other: within(counted(state, other, choice).demand.nearest_s, limit_s)
            # Nobody gets farther at an elder's pace than walking.
            for other in _SLOWEST_FIRST if other != mode and (other, mode) != (Mode.ELDER_WALK, Mode.WALK)
        },
        by_station=_reached_in_their_midst(state, mode, limit_s, unit),
        all_tried=_all_tried(unit),
    )


def _units(living: Homes, out: Bools) -> tuple[Ints, tuple[tuple[str, str], ...]]:
    # A township stands in for the village of households that lie in none; ids of the two may be alike.
    place = pd.MultiIndex.from_arrays(
        [living.village[out], np.where(living.village[out] == UNASSIGNED, living.township[out], UNASSIGNED)]
    )
    unit = np.full(len(out), -1, dtype=np.int64)
    unit[out], found = pd.factorize(place)
    return unit, tuple(found)


def _straight(points: NDArray[Any], goal: NDArray[Any], known: Counted) -> Floats:
    on = known.demand.facility >= 0
    metres = np.full(len(points), np.nan)
    metres[on] = shapely.distance(points[on], goal[known.demand.facility[on]])
    return metres


def _on_the_roads(
    state: StoreState, mode: Mode, goal: NDArray[Any], known: Counted, straight: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Walk in seconds and metres, way and link in metres."""
    nothing = np.full(len(straight), np.nan)
    if known.estimate:
        return nothing, nothing, straight * DETOUR_FACTOR, nothing
    origins, snap = homes_on_roads(state, mode), snapper(state, mode)
    there = snap(goal)
    nearest = Nearest(known.demand.nearest_s, known.demand.facility, known.demand.status)
    way_m = way_lengths(snap.impedance, origins, there, nearest, walk_kph=mode.access_kph)
    cut_off = np.where(known.demand.status == Status.DISCONNECTED, metres_to_network(snap.impedance, origins, there), np.nan)
    return origins.access_s(mode.access_kph), origins.access_m, way_m, cut_off


def _all_tried(unit: Ints) -> Bools:
    """Households of units that are small enough to try every place."""
    size = np.bincount(unit[unit >= 0], minlength=int(unit.max(initial=-1)) + 1)
    return (unit >= 0) & (np.append(size, 0)[unit] <= _ALL_TRIED)


def _reached_in_their_midst(state: StoreState, mode: Mode, limit_s: float, unit: Ints) -> Bools:
    """Households that one station would reach, at the place of whichever of their unit it would reach most from."""
    reached = np.zeros(len(unit), dtype=bool)
    out = np.flatnonzero(unit >= 0)
    if not len(out):
        return reached
    points, own = homes(state).point[out], unit[out]
    few = _all_tried(unit)[out]
    tried = np.flatnonzero(few)
    if not few.all():
        tried = np.union1d(tried, np.flatnonzero(~few)[members_to_try(own[~few], at_most=_PLACES_TRIED)])
    if region(state).network is None:
        times = straight_times(
            points, points[tried], max_travel_time_s=limit_s, kph=MODE_KPH[mode], factor=DETOUR_FACTOR
        )
    else:
        origins = homes_on_roads(state, mode).take(out)
        times = travel_times(
            snapper(state, mode).impedance, origins, origins.take(tried),
            max_travel_time_s=limit_s, walk_kph=mode.access_kph,
        )
    theirs = own[tried][times.facility] == own[times.origin]
    who, place = times.origin[theirs], times.facility[theirs]
    served = np.bincount(place, minlength=len(tried))
    order = np.lexsort((-served, own[tried]))
    best = order[np.r_[True, np.diff(own[tried][order]) != 0]]
    reached[out[who[np.isin(place, best)]]] = True
    return reached
