"""The households of a store as every analysis needs them: who, where, and where they join the roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.roles import Role, Viewer
from app.services.county.areas import Areas
from app.services.county.data_date import data_date
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState, kept
from geo.catchment import Nearest, nearest_facility, nearest_straight
from geo.network import Bools, Ints
from geo.snap import Snapped
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.vocabulary import IMPRECISE

_TRAITS = ["categories", "eldest_birth_year", "lives_alone", "difficulty"]
HOME_COLUMNS = ["id", "village", "persons", "precision", *_TRAITS, "geometry"]
"""What is read of the households."""

STEWARDS_ONLY = frozenset({"active_family", "martyr_kin"})
"""Categories of households that only stewards see one by one: soldiers' and martyrs' families."""

ELDER_AGE = 60
"""Years of age, in the year of the data's date, from which the eldest of a household makes it an elders' one."""


@dataclass(frozen=True)
class Homes:
    """Households in the order of their ids; arrays of shape (n,).

    Attributes
    ----------
    persons
        Served persons of each.
    village, township
        Ids, or :data:`app.services.county.areas.UNASSIGNED`.
    imprecise
        Known too coarsely for a travel time to mean anything, or not at all.
    point
        Shapely Points in the region's metres, None where the place is unknown.
    traits
        Frame with ``categories``, ``eldest_birth_year``, ``lives_alone`` and ``difficulty``.
    areas
        The townships and villages that they are counted by.
    """

    id: NDArray[Any]
    persons: Ints
    village: NDArray[Any]
    township: NDArray[Any]
    imprecise: Bools
    point: NDArray[Any]
    traits: pd.DataFrame
    areas: Areas

    def __len__(self) -> int:
        return len(self.id)

    def seen_by(self, viewer: Viewer) -> Bools:
        """The households in the viewer's reach."""
        if viewer.townships is None:
            return np.ones(len(self), dtype=bool)
        return np.isin(self.township, list(viewer.townships))

    def singly_seen_by(self, viewer: Viewer) -> Bools:
        """The households in reach that the viewer may see one by one, if any: :data:`STEWARDS_ONLY` are for stewards."""
        if viewer.role is Role.STEWARD:
            return self.seen_by(viewer)
        plain: Bools = np.array([
            not STEWARDS_ONLY.intersection(categories if isinstance(categories, list | tuple) else ())
            for categories in self.traits["categories"]
        ], dtype=bool)
        return self.seen_by(viewer) & plain

    def elders(self, year: int) -> Bools:
        """Households whose eldest is at least :data:`ELDER_AGE` in ``year``; unknown years are not."""
        born = self.traits["eldest_birth_year"].astype("Float64")
        return (year - born >= ELDER_AGE).fillna(False).to_numpy(dtype=bool)


@kept(2)
def homes(state: StoreState) -> Homes:
    """Every household of the store, with its place and its areas.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    areas = Areas.read(state.store, data_date(state.store))
    return placed(state, areas, state.store.read("households", columns=HOME_COLUMNS))


def placed(state: StoreState, areas: Areas, frame: gpd.GeoDataFrame) -> Homes:
    """The households of ``frame`` (:data:`HOME_COLUMNS`) in the region and the areas of a store."""
    village, township = areas.of_households(frame)
    point = region(state).metric(frame.geometry)
    return Homes(
        id=frame["id"].to_numpy(dtype=object),
        persons=frame["persons"].to_numpy(dtype=np.int64),
        village=village.to_numpy(dtype=object),
        township=township.to_numpy(dtype=object),
        imprecise=frame["precision"].isin(IMPRECISE).to_numpy(dtype=bool) | shapely.is_missing(point),
        point=point,
        traits=pd.DataFrame(frame[_TRAITS]),
        areas=areas,
    )


@kept(8)
def homes_on_roads(state: StoreState, mode: Mode) -> Snapped:
    """Where the households join the roads that ``mode`` may use.

    Raises
    ------
    NoDataError
        When there are no roads.
    """
    return snapper(state, mode)(homes(state).point)


def times_to_nearest(state: StoreState, mode: Mode, facilities: gpd.GeoSeries) -> Nearest:
    """Nearest facility of every household: along the roads, or estimated where the store has none.

    Parameters
    ----------
    state
        Where households and roads are.
    mode
        How people travel.
    facilities
        Points in WGS 84; missing where a place is unknown.
    """
    here = region(state)
    goal = here.metric(facilities)
    if here.network is None:
        return nearest_straight(homes(state).point, goal, kph=MODE_KPH[mode], factor=DETOUR_FACTOR)
    snap = snapper(state, mode)
    return nearest_facility(snap.impedance, homes_on_roads(state, mode), snap(goal), walk_kph=mode.access_kph)
