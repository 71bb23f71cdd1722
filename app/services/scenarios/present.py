"""The county as it is: what every what-if starts from and is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes, homes_on_roads
from app.services.county.roads import Region, region, snapper
from app.services.county.state import StoreState, kept
from geo.catchment import Nearest, nearest_straight
from geo.errors import ParameterError
from geo.network import Ints
from geo.snap import Snapper
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from geo.update import Allocation, allocate


class StationRow(NamedTuple):
    """A station as it is told; ``by_place`` when it stands for the unit that it lies in."""

    id: str
    name: str
    level: str
    staff: int | None
    by_place: bool = True


@dataclass(frozen=True)
class Roads:
    """What a mode travels on, where the store has roads.

    Attributes
    ----------
    table
        The roads as :func:`app.services.county.roads.road_speeds` takes them.
    """

    mode: Mode
    table: pd.DataFrame
    snapper: Snapper
    allocation: Allocation


@dataclass(frozen=True)
class Present:
    """Households, stations and times as they are.

    Attributes
    ----------
    places
        The stations that count, in WGS 84, ordered by id.
    points
        Their places in the region's metres.
    village, township
        Unit that each stands for.
    served
        Townships and villages that have a station.
    listed
        The stations as rows: ``id``, ``name``, ``level``, ``staff``.
    others
        Status by id of the stations that do not count.
    roads
        None where the store has no roads and times go by the straight line.
    """

    mode: Mode
    homes: Homes
    region: Region
    places: gpd.GeoSeries
    points: NDArray[Any]
    village: NDArray[Any]
    township: NDArray[Any]
    served: tuple[set[str], set[str]]
    listed: tuple[StationRow, ...]
    others: dict[str, str]
    nearest: Nearest
    roads: Roads | None

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each station is among ``listed``, by its id."""
        return {row.id: k for k, row in enumerate(self.listed)}

    def straight(self, origins: NDArray[Any], points: NDArray[Any]) -> Nearest:
        """Nearest of ``points`` as the crow flies, for want of roads."""
        return nearest_straight(origins, points, kph=MODE_KPH[self.mode], factor=DETOUR_FACTOR)


@kept(6)
def present(state: StoreState, mode: Mode, choice: FacilityChoice) -> Present:
    """The county as it is, for one mode and one choice of stations.

    Raises
    ------
    ParameterError
        When support points are to count: a scenario changes stations.
    NoDataError
        When nothing has been loaded.
    """
    if choice.counts_support_points:
        msg = "情景只改动服务站，请按站级或等级选择 (scenarios change stations; choose by level or grade)"
        raise ParameterError(msg)
    here, living = region(state), homes(state)
    known = state.store.read("stations", columns=["id", "staff", "status"]).set_index("id")
    chosen = facilities(state.store, choice, data_date(state.store))
    chosen = chosen.assign(staff=chosen["id"].map(known["staff"]).astype("Int64"))
    village, township = living.areas.serves(chosen)
    points = here.metric(chosen.geometry)
    roads = None
    if here.roads is not None:
        snap = snapper(state, mode)
        joined = homes_on_roads(state, mode)
        roads = Roads(mode, here.roads, snap, allocate(snap.impedance, joined, snap(points), walk_kph=mode.access_kph))
        _ = roads.allocation.origins_by_node, snap.impedance.outward  # what every change will need
        nearest = roads.allocation.nearest
    else:
        nearest = nearest_straight(living.point, points, kph=MODE_KPH[mode], factor=DETOUR_FACTOR)
    others = known.loc[~known.index.isin(chosen["id"]), "status"]
    return Present(
        mode=mode,
        homes=living,
        region=here,
        places=chosen.geometry,
        points=points,
        village=village.to_numpy(dtype=object),
        township=township.to_numpy(dtype=object),
        served=living.areas.having(set(village), set(township)),
        listed=tuple(
            StationRow(str(key), str(key if pd.isna(name) else name), str(level), None if pd.isna(staff) else int(staff),
                       bool(pd.isna(unit)))
            for key, name, level, staff, unit in zip(
                *(chosen[column].astype(object) for column in ("id", "name", "level", "staff", "unit")), strict=True
            )
        ),
        others={str(key): str(value) for key, value in others.items()},
        nearest=nearest,
        roads=roads,
    )


@kept(2)
def edge_tree(state: StoreState) -> shapely.STRtree:
    """Search tree over the edges of the network, in its metres."""
    network = region(state).network
    return shapely.STRtree([] if network is None else network.line)


@kept(2)
def road_positions(state: StoreState) -> pd.Series:
    """Position of every road by its id."""
    roads = region(state).roads
    ids = [] if roads is None else roads["id"].tolist()
    return pd.Series(np.arange(len(ids)), index=pd.Index(ids, dtype=object))


def edges_of_roads(here: Region, positions: Ints) -> Ints:
    """Edges that are pieces of these roads."""
    if here.network is None or here.roads is None:
        return np.zeros(0, dtype=np.int64)
    asked = np.zeros(len(here.roads), dtype=bool)
    asked[positions] = True
    return np.flatnonzero(asked[here.network.road])
