"""Stations with their staff, and everybody's time to all of them within a limit; kept for the next asker."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import homes, homes_on_roads
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState, kept
from app.services.errors import NoDataError
from geo.matrix import TravelTimes, straight_times, travel_times
from geo.network import Bools, Floats
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode


@dataclass(frozen=True)
class StationTimes:
    """The stations counted, and the pairs of household and station within the limit.

    Attributes
    ----------
    frame
        ``id``, ``name``, ``level``, ``township`` (id of the one that it lies in) and geometry in WGS 84.
    staff : ndarray, shape (n_stations,)
        NaN where it is unknown.
    off_network : ndarray of bool, shape (n_stations,)
        Without a place, or too far from any road.
    times
        Origins are the households in the order of their ids.
    estimate
        True where there are no roads and times go by the straight line.
    """

    frame: gpd.GeoDataFrame
    staff: Floats
    off_network: Bools
    times: TravelTimes
    estimate: bool


@kept(4)
def station_times(state: StoreState, mode: Mode, choice: FacilityChoice, limit_s: float) -> StationTimes:
    """Everybody's time to every station that ``choice`` counts, up to ``limit_s``.

    Raises
    ------
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    here, living = region(state), homes(state)
    if living.areas.townships.empty and living.areas.villages.empty:
        msg = "没有乡镇和村，无法分区统计；请先装入乡镇 (there are no townships or villages; load townships first)"
        raise NoDataError(msg)
    frame = facilities(state.store, choice, data_date(state.store))
    staff = state.store.read("stations", columns=["id", "staff"]).set_index("id")["staff"]
    _, township = living.areas.of_households(frame.assign(village=pd.Series(pd.NA, frame.index, dtype=object)))
    at = here.metric(frame.geometry)
    if here.network is None:
        times = straight_times(
            living.point, at, max_travel_time_s=limit_s, kph=MODE_KPH[mode], factor=DETOUR_FACTOR
        )
        off_network = np.array([place is None for place in at], dtype=bool)
    else:
        snap = snapper(state, mode)
        joined = snap(at)
        times = travel_times(
            snap.impedance, homes_on_roads(state, mode), joined, max_travel_time_s=limit_s, walk_kph=mode.access_kph
        )
        off_network = ~joined.on_network
    return StationTimes(
        frame=frame.assign(township=township),
        staff=frame["id"].map(staff).to_numpy(dtype=np.float64, na_value=np.nan),
        off_network=off_network,
        times=times,
        estimate=here.network is None,
    )
