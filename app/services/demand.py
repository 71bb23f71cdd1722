"""Households with their place, their area and their time to what is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.areas import Areas
from app.services.data_date import data_date
from app.services.errors import NoDataError
from app.services.facilities import FacilityChoice, facilities
from app.services.homes import Homes, homes, times_to_nearest
from app.services.state import StoreState, kept
from app.services.travel import region
from geo.catchment import Nearest
from geo.network import Bools
from geo.speeds import Mode
from layers.store import Region


@dataclass(frozen=True)
class Demand:
    """Households as the analysis needs them; arrays of shape (n,)."""

    id: NDArray[Any]
    persons: NDArray[Any]
    village: NDArray[Any]
    township: NDArray[Any]
    imprecise: NDArray[Any]
    nearest_s: NDArray[Any]
    status: NDArray[Any]
    station: NDArray[Any]

    def where(self, kept: Bools) -> Demand:
        """Only some of the households."""
        return Demand(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Counted:
    """Everything that does not depend on the limit, the level or the viewer.

    ``estimate`` is true where there are no roads and times go by the straight line.
    """

    demand: Demand
    areas: Areas
    served_townships: set[str]
    served_villages: set[str]
    n_facilities: int
    as_of: dt.date
    region: Region | None
    estimate: bool

    def seen_by(self, viewer: Viewer) -> Demand:
        """The households in the viewer's reach."""
        if viewer.townships is None:
            return self.demand
        return self.demand.where(np.isin(self.demand.township, list(viewer.townships)))


@kept(16)
def counted(state: StoreState, mode: Mode, choice: FacilityChoice) -> Counted:
    """Households, areas and facilities, with everybody's time; kept for the next asker.

    Raises
    ------
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    store, living = state.store, homes(state)
    as_of, areas = data_date(store), living.areas
    if areas.townships.empty and areas.villages.empty:
        msg = "没有乡镇和村，无法分区统计；请先装入乡镇 (there are no townships or villages; load townships first)"
        raise NoDataError(msg)
    chosen = facilities(store, choice, as_of)
    nearest = times_to_nearest(state, mode, chosen.geometry)
    served_townships, served_villages = areas.served(chosen)
    return Counted(
        _demand(living, chosen, nearest),
        areas,
        served_townships,
        served_villages,
        n_facilities=len(chosen),
        as_of=as_of,
        region=store.region(),
        estimate=region(state).network is None,
    )


def _demand(living: Homes, chosen: gpd.GeoDataFrame, nearest: Nearest) -> Demand:
    return Demand(
        id=living.id,
        persons=living.persons,
        village=living.village,
        township=living.township,
        imprecise=living.imprecise,
        nearest_s=nearest.seconds,
        status=nearest.status,
        station=np.array([*chosen["id"], None], dtype=object)[nearest.facility],
    )
