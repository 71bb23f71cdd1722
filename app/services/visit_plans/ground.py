"""Who is to be visited, where the teams set out, and how long the ways take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes
from app.services.county.modes import known_mode
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState
from app.services.errors import NoDataError
from app.services.visit_plans.question import VisitQuestion
from geo.matrix import TravelTimes, straight_times, travel_times
from geo.network import Bools, Floats, Ints
from geo.speeds import DETOUR_FACTOR, MODE_KPH

_FARTHEST_S = 12 * 3_600.0


@dataclass(frozen=True)
class Ground:
    """Households by position among those of the store; places are the stations of the teams, then the households.

    Attributes
    ----------
    living
    chosen : ndarray of int
        Households to be visited that have a place to go to.
    unplaced, off_network : ndarray of int
        Those to be visited without an exact place, and those too far from any road.
    stations : GeoDataFrame
        Where each team sets out.
    travel_s : ndarray, shape (n_places, n_places)
    estimate : bool
        True where there are no roads.
    """

    living: Homes
    chosen: Ints
    unplaced: Ints
    off_network: Ints
    stations: gpd.GeoDataFrame
    travel_s: Floats
    estimate: bool


def ground(viewer: Viewer, state: StoreState, asked: VisitQuestion) -> Ground:
    """Everything that a plan rests on.

    Raises
    ------
    NoDataError
        Without households, or without an open station to set out from.
    """
    living, here, mode = homes(state), region(state), known_mode(asked.mode)
    wanted = _longest_without(state, living, living.singly_seen_by(viewer))[: asked.limit]
    if not len(wanted):
        msg = "没有可走访的家庭；请先装入服务对象家庭 (there is no household to visit; load households first)"
        raise NoDataError(msg)
    placed = wanted[~living.imprecise[wanted]]
    joined = np.ones(len(placed), bool)
    if here.network is not None:
        joined = snapper(state, mode)(living.point[placed]).on_network
    chosen = np.sort(placed[joined])
    stations = _stations(state, here.metric, living.point[chosen], asked.teams)
    points = np.concatenate([here.metric(stations.geometry), living.point[chosen]])
    if here.network is None:
        times = straight_times(points, points, max_travel_time_s=_FARTHEST_S, kph=MODE_KPH[mode], factor=DETOUR_FACTOR)
    else:
        snap = snapper(state, mode)
        ends = snap(points)
        times = travel_times(snap.impedance, ends, ends, max_travel_time_s=_FARTHEST_S, walk_kph=mode.access_kph)
    return Ground(
        living, chosen, np.sort(wanted[living.imprecise[wanted]]), np.sort(placed[~joined]), stations,
        _table(times), here.network is None,
    )  # fmt: skip


def _longest_without(state: StoreState, living: Homes, seen: Bools) -> Ints:
    """Positions of the households in reach, those never visited first, then by their last visit."""
    last = state.store.read("households", columns=["id", "last_visit"]).set_index("id")["last_visit"]
    days = last.reindex(living.id).astype("string").fillna("").to_numpy(dtype=object)
    who = np.flatnonzero(seen)
    return who[np.argsort(days[who].astype(str), kind="stable")]


def _stations(state: StoreState, metric: Any, homes_at: NDArray[Any], teams: int) -> gpd.GeoDataFrame:
    """Where the teams set out: the stations that most households are nearest to, each as often as it must be."""
    found = facilities(state.store, FacilityChoice(), data_date(state.store))
    found = found[~(found.geometry.is_empty | found.geometry.isna())].reset_index(drop=True)
    if not len(found):
        msg = "没有在运行的服务站，小组无处出发；请先装入服务站 (no open station to set out from; load stations first)"
        raise NoDataError(msg)
    towns = found[found["level"].isin(["county", "township"])]
    found = (towns if len(towns) else found).reset_index(drop=True)
    counts = np.zeros(len(found), np.int64)
    if len(homes_at):
        nearest = shapely.STRtree(metric(found.geometry)).nearest(homes_at)
        counts = np.bincount(nearest, minlength=len(found))
    best = np.argsort(-counts, kind="stable")
    return found.iloc[np.sort(np.resize(best[: max(1, min(teams, len(best)))], teams))].reset_index(drop=True)


def _table(times: TravelTimes) -> Floats:
    """Every pair, inf where there is no way."""
    table = np.full((times.n_origins, times.n_facilities), np.inf)
    table[times.origin, times.facility] = times.seconds
    np.fill_diagonal(table, 0.0)
    return table
