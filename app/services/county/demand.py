"""Households with their place, their area and their time to what is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.areas import Areas
from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes, times_to_nearest
from app.services.county.roads import region
from app.services.county.state import StoreState, kept
from app.services.errors import NoDataError
from geo.catchment import Nearest
from geo.network import Bools, Ints
from geo.speeds import Mode
from layers.store import Region


@dataclass(frozen=True)
class Demand:
    """Households as the analysis needs them; arrays of shape (n,).

    ``facility`` is the position of the nearest among those counted, -1 where there is none, and ``station`` its id.
    """

    id: NDArray[Any]
    persons: NDArray[Any]
    village: NDArray[Any]
    township: NDArray[Any]
    imprecise: NDArray[Any]
    nearest_s: NDArray[Any]
    status: NDArray[Any]
    facility: Ints
    station: NDArray[Any]

    def where(self, kept: Bools) -> Demand:
        """Only some of the households."""
        return Demand(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Counted:
    """Everything that does not depend on the limit, the level or the viewer.

    ``names`` are those of the facilities (ids where there is none), shape (n_facilities,).
    ``estimate`` is true where there are no roads and times go by the straight line.
    """

    demand: Demand
    areas: Areas
    served_townships: set[str]
    served_villages: set[str]
    names: NDArray[Any]
    as_of: dt.date
    region: Region | None
    estimate: bool

    @property
    def n_facilities(self) -> int:
        """Number of facilities counted."""
        return len(self.names)

    def in_reach(self, viewer: Viewer) -> Bools:
        """Which of the households are in the viewer's reach."""
        if viewer.townships is None:
            return np.ones(len(self.demand.id), dtype=bool)
        return np.isin(self.demand.township, list(viewer.townships))

    def seen_by(self, viewer: Viewer) -> Demand:
        """The households in the viewer's reach."""
        return self.demand if viewer.townships is None else self.demand.where(self.in_reach(viewer))


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
        names=chosen["name"].where(chosen["name"].notna(), chosen["id"]).to_numpy(dtype=object),
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
        facility=nearest.facility,
        station=np.array([*chosen["id"], None], dtype=object)[nearest.facility],
    )
