"""A store's roads as a network: one metric coordinate system, speeds by mode, joining points to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from app.services.county.state import StoreState, kept
from app.services.errors import NoDataError
from geo.crs import metric_crs, project, unproject
from geo.network import Bools, Floats, RoadNetwork
from geo.snap import Snapper
from geo.speeds import MODE_KPH, Mode
from layers.roads import CLASS_DEFAULTS
from layers.store import Store

_ROAD_COLUMNS = ["id", "class", "oneway", "speed_kph", "access", "open", "geometry"]
_CLOSED_TO = {
    Mode.WALK: ("motor", "no_foot", "none"),
    Mode.ELDER_WALK: ("motor", "no_foot", "none"),
    Mode.EBIKE: ("foot", "motor", "none"),
    Mode.DRIVE: ("foot", "no_motor", "none"),
}
FAR_AWAY_M = 1e9
"""Coordinates of a place that has none on the region's plane: it is off the network."""
_REGION_M = 1_000_000.0
"""Farther than this from the middle of a region without roads, a point is not in it."""
_NO_ENTRANCE = ("motorway", "ferry")  # nobody lives on one: they are entered from another road


def road_speeds(roads: pd.DataFrame, mode: Mode) -> tuple[Floats, Floats]:
    """Speed along and against each road's line, km/h, 0 where the mode may not pass; shape (n,) each."""
    kind = roads["class"].astype(object)
    if mode.on_foot:
        allowed = kind.map({name: usual.on_foot for name, usual in CLASS_DEFAULTS.items()})
        speed = np.full(len(roads), MODE_KPH[mode])
    elif mode is Mode.EBIKE:
        allowed = kind.map({name: usual.by_ebike for name, usual in CLASS_DEFAULTS.items()})
        speed = np.full(len(roads), MODE_KPH[mode])
    else:
        usual_kph = kind.map({name: usual.drive_kph for name, usual in CLASS_DEFAULTS.items()}).astype(float)
        allowed = usual_kph > 0
        speed = roads["speed_kph"].fillna(usual_kph).to_numpy(dtype=float)
    passable = allowed.fillna(False).astype(bool) & ~roads["access"].isin(_CLOSED_TO[mode])
    passable &= roads["open"].astype("boolean").fillna(True).astype(bool)
    ahead = back = np.where(passable, speed, 0.0)
    if mode is Mode.DRIVE:  # signs bind motor vehicles; e-bikes and walkers go both ways
        ahead = np.where(roads["oneway"] == "backward", 0.0, ahead)
        back = np.where(roads["oneway"] == "forward", 0.0, back)
    return ahead, back


@dataclass(frozen=True)
class Region:
    """One store's roads, made into a network in one metric coordinate system.

    ``network`` and ``roads`` (its speeds' columns) are None where the store has no roads.
    """

    crs: CRS
    network: RoadNetwork | None
    roads: pd.DataFrame | None

    def metric(self, geometry: gpd.GeoSeries) -> NDArray[Any]:
        """Points of ``geometry`` in metres, shape (n,); None where a place is unknown."""
        shapes: NDArray[Any] = geometry.to_numpy().copy()
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        shapes[~placed] = None
        metres = project(shapely.get_coordinates(shapes[placed]), self.crs)
        # A slip of the pen on the other side of the globe has no place on this plane: it is off the network.
        shapes[placed] = shapely.points(np.where(np.isfinite(metres), metres, FAR_AWAY_M))
        return shapes

    def degrees(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Geometry in metres as WGS 84, shape (n,); missing ones stay missing."""
        found: NDArray[Any] = shapely.transform(shapes, lambda xy: unproject(xy, self.crs))
        return found


def in_region(points: NDArray[Any]) -> Bools:
    """Which points, in metres, lie near the middle of the region's own projection; shape (n,).

    It is asked where there are no roads; where there are, a point is in the region that is near one.
    """
    near: Bools = np.abs(shapely.get_coordinates(points)).max(axis=1) < _REGION_M
    return near


@kept(2)
def region(state: StoreState) -> Region:
    """The store's network.

    Raises
    ------
    NetworkError
        When there are roads, but none that makes a network.
    """
    roads = state.store.read("roads", columns=_ROAD_COLUMNS)
    lines = roads.geometry.to_numpy()
    if not len(lines):
        return Region(metric_crs(_extent(state.store)), None, None)
    crs = metric_crs(tuple(shapely.total_bounds(lines)))
    network = RoadNetwork.from_lines(shapely.transform(lines, lambda xy: project(xy, crs)))
    return Region(crs, network, pd.DataFrame(roads.drop(columns="geometry")))


def _extent(store: Store) -> tuple[float, float, float, float]:
    for layer in ("townships", "villages", "stations"):
        shapes = store.read(layer, columns=["geometry"]).geometry
        if len(shapes):
            west, south, east, north = shapes.total_bounds
            return west, south, east, north
    return (0.0, 0.0, 0.0, 0.0)


@kept(8)
def snapper(state: StoreState, mode: Mode) -> Snapper:
    """What joins points to the roads that ``mode`` may use.

    Raises
    ------
    NoDataError
        When there are no roads.
    """
    here = region(state)
    if here.network is None or here.roads is None:
        msg = "道路图层是空的；请先装入道路 (there are no roads; load roads first)"
        raise NoDataError(msg)
    road = here.network.road
    ahead, back = road_speeds(here.roads, mode)
    entrance = ~here.roads["class"].isin(_NO_ENTRANCE).to_numpy()
    return Snapper(here.network.impedance(ahead[road], back[road]), entrance=entrance[road])
