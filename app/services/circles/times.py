"""Seconds from every household and village to the nearest of every kind of service, kept for each mode and reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.county.homes import homes, homes_on_roads
from app.services.county.limits import COUNTS_MINUTES
from app.services.county.roads import region, snapper
from app.services.county.service_points import service_points
from app.services.county.state import StoreState, kept
from app.services.errors import NoDataError
from geo.circle import straight_times_by_kind, times_by_kind
from geo.network import Bools, Floats
from geo.snap import Snapped
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode


@dataclass(frozen=True)
class CircleTimes:
    """Seconds to the nearest place in force of every kind of service, by one mode; ``inf`` beyond its reach.

    Attributes
    ----------
    homes : ndarray, shape (n_households, n_kinds)
    centres : ndarray, shape (n_villages, n_kinds)
        From a point in the middle of each village.
    off_network, places_off_network
        Households, and places of service, too far from any road; shape (n_households,), (n_places,).
    """

    homes: Floats
    centres: Floats
    off_network: Bools
    places_off_network: Bools


def reach_of(limit_s: float) -> float:
    """How far is searched where ``limit_s`` is asked: limits of one step share what was found."""
    return next((60.0 * minutes for minutes in COUNTS_MINUTES if limit_s <= 60 * minutes), np.inf)


@kept(8)
def circle_times(state: StoreState, mode: Mode, reach_s: float = np.inf) -> CircleTimes:
    """Times of every household and village up to ``reach_s``; kept for the next limit and the next recipe.

    Raises
    ------
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    here, known, points = region(state), homes(state), service_points(state)
    if known.areas.townships.empty and known.areas.villages.empty:
        msg = "没有乡镇和村，无法分区统计；请先装入乡镇 (there are no townships or villages; load townships first)"
        raise NoDataError(msg)
    counted = points.kinds & points.in_force[:, None]
    middle = here.metric(known.areas.villages.geometry.representative_point())
    if here.network is None:
        places = here.metric(points.frame.geometry)
        straight = {"kph": MODE_KPH[mode], "factor": DETOUR_FACTOR}
        return CircleTimes(
            straight_times_by_kind(known.point, places, counted, **straight),
            straight_times_by_kind(middle, places, counted, **straight),
            np.zeros(len(known), dtype=bool),
            np.zeros(len(places), dtype=bool),
        )
    snap = snapper(state, mode)
    joined, at = homes_on_roads(state, mode), places_on_roads(state, mode)
    homes_s, centres_s = (
        times_by_kind(snap.impedance, origins, at, counted, walk_kph=mode.access_kph, max_travel_time_s=reach_s)
        for origins in (joined, snap(middle))
    )
    return CircleTimes(
        homes_s,
        centres_s,
        ~joined.on_network & ~np.isnan(joined.access_m),
        ~at.on_network,
    )


@kept(8)
def places_on_roads(state: StoreState, mode: Mode) -> Snapped:
    """Where the places of :func:`app.services.county.service_points.service_points` join the roads of ``mode``.

    Raises
    ------
    NoDataError
        When there are no roads.
    """
    return snapper(state, mode)(region(state).metric(service_points(state).frame.geometry))
