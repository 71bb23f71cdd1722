"""What is in 15 minutes of here: every place of service around a point, and what its circle lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.roles import Viewer
from app.services.answers.about import about
from app.services.circles.around_report import Around, Near, Place
from app.services.circles.question import KINDS, CircleAsked, items, notes, rule
from app.services.circles.recipe import DEFAULT_RECIPE, SERVICE_KIND, STATION, CircleRecipe
from app.services.circles.times import places_on_roads
from app.services.county.homes import homes
from app.services.county.modes import known_mode
from app.services.county.roads import in_region, region, snapper
from app.services.county.service_points import ServicePoints, service_points
from app.services.county.state import StoreState, settled
from geo.catchment import nearest_straight
from geo.circle import times_from
from geo.coverage import check_limit
from geo.errors import ParameterError
from geo.network import Bools, Floats
from geo.snap import MAX_ACCESS_M
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import WGS84, Label
from layers.store import Store

_ELSEWHERE_M = 100_000.0
"""Farther than this from any road, a point is not in the region at all."""


def around(
    viewer: Viewer,
    store: Store,
    *,
    lon: float,
    lat: float,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
) -> Around:
    """Every station and support point within the limit of a point, and what the recipe misses there.

    Times are counted from the point. Nothing in the answer belongs to a household.

    Parameters
    ----------
    viewer
        Who asks.
    store
        Where the data is.
    lon, lat
        The point, WGS 84 degrees.
    mode, minutes, recipe
        As in :func:`app.services.circles.service.circles`.

    Raises
    ------
    ParameterError
        A point that is none, an unknown mode, or a limit that is none.
    NoDataError
        Nothing has been loaded.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        msg = f"“{lon:g}, {lat:g}”不是经纬度；请先写经度、后写纬度 (not a longitude and latitude; longitude comes first)"
        raise ParameterError(msg)
    mode, limit_s = known_mode(mode), check_limit(minutes * 60)
    asked = CircleAsked(viewer, mode, minutes, limit_s, recipe or DEFAULT_RECIPE, "village")
    return settled(store, lambda state: _around(state, asked, lon, lat))


def _around(state: StoreState, asked: CircleAsked, lon: float, lat: float) -> Around:
    points = service_points(state)
    seconds, road_m, on_network, estimate = _times(state, asked.mode, points, lon, lat)
    counted, near = points.in_force, seconds <= asked.limit_s
    every = _Listed(points, seconds)
    reach = np.where(points.kinds & counted[:, None], seconds[:, None], np.inf).min(axis=0, initial=np.inf)
    had, _ = asked.had(reach[None])
    kinds = {kind: counted & points.kinds[:, k] for k, kind in enumerate(KINDS)}
    wanted = {item.code: np.any([kinds[k] for k in item.alternatives], axis=0) for item in asked.recipe.items}
    told = notes(homes(state), points, asked)
    return Around(
        about=about(state, rule(asked, estimate=estimate), told if on_network else (_off(road_m), *told)),
        mode=asked.mode.value,
        minutes=float(asked.minutes),
        estimate=estimate,
        lon=lon,
        lat=lat,
        on_network=on_network,
        road_m=None if road_m is None or road_m > _ELSEWHERE_M else round(road_m, 1),
        score=float(asked.recipe.over(KINDS).score(had)[0]) if on_network else None,
        complete=bool(had.all()) if on_network else None,
        recipe=items(asked.recipe),
        places=every.nearest(counted & near),
        lapsed=every.nearest(~counted & near),
        items=tuple(every.near(i.code, i.label, wanted[i.code], near) for i in asked.recipe.items),
        services=tuple(every.near(k, SERVICE_KIND.label(k), kinds[k], near) for k in asked.recipe.shown),
        missing=asked.recipe.lacking(had[0]),
    )


def _times(
    state: StoreState, mode: Mode, points: ServicePoints, lon: float, lat: float
) -> tuple[Floats, float | None, bool, bool]:
    """Seconds to every place, metres to the nearest road, whether a way begins here, and whether times are an estimate."""
    here = region(state)
    origin = here.metric(gpd.GeoSeries([shapely.Point(lon, lat)], crs=WGS84))
    if here.network is None:
        if not in_region(origin)[0]:
            return np.full(len(points.frame), np.inf), None, False, True
        places = here.metric(points.frame.geometry)
        return nearest_straight(places, origin, kph=MODE_KPH[mode], factor=DETOUR_FACTOR).seconds, None, True, True
    snap = snapper(state, mode)
    at = snap(origin)
    seconds = times_from(snap.impedance, at, places_on_roads(state, mode), walk_kph=mode.access_kph)
    road_m = float(at.access_m[0])
    return seconds, road_m, road_m <= MAX_ACCESS_M, False


@dataclass(frozen=True)
class _Listed:
    points: ServicePoints
    seconds: Floats

    def nearest(self, chosen: Bools) -> tuple[Place, ...]:
        """The chosen places that a way leads to, nearest first, then by layer and id."""
        rows = np.flatnonzero(chosen & np.isfinite(self.seconds))
        return tuple(self._place(int(row)) for row in rows[np.argsort(self.seconds[rows], kind="stable")])

    def near(self, code: str, label: Label, members: Bools, within: Bools) -> Near:
        """Count and nearest of some places."""
        ways = np.where(members, self.seconds, np.inf)
        row = int(np.argmin(ways)) if len(ways) else 0
        found = len(ways) > 0 and math.isfinite(ways[row])
        return Near(code, label.zh, label.en, int((members & within).sum()), self._place(row) if found else None)

    def _place(self, row: int) -> Place:
        told = {name: None if pd.isna(value) else value for name, value in self.points.frame.iloc[row].items()}
        ends, at = told["agreement_to"], self.points.frame.geometry.iloc[row]
        return Place(
            id=str(told["id"]),
            name=str(told["name"]),
            layer=str(told["layer"]),
            group=STATION if told["layer"] == "stations" else str(told["business"] or told["kind"]),
            level=told["level"],
            kind=told["kind"],
            business=told["business"],
            offer=told["offer"],
            agreement_to=None if ends is None else str(ends)[:10],
            state=str(told["state"]),
            minutes=round(float(self.seconds[row]) / 60, 2),
            lon=round(at.x, 6),
            lat=round(at.y, 6),
        )


def _off(road_m: float | None) -> Label:
    if road_m is None or road_m > _ELSEWHERE_M:
        return Label(
            "这个位置不在本区域，附近没有可走的道路，无法计时；请另选位置",
            "this point is not in the region: there is no road near it and no time to count; choose another",
        )
    return Label(
        f"这个位置离最近的道路 {road_m:,.0f} 米，超过 {MAX_ACCESS_M:g} 米，无法计时；请选离路近一些的位置",
        f"this point is {road_m:,.0f} m from the nearest road, more than {MAX_ACCESS_M:g} m, so there is no time to "
        "count; choose one nearer to a road",
    )
