"""Isochrones: what is reached from, or reaches, stations or any point; polygons and what is counted in them.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.answers.about import about
from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import Homes, homes, homes_on_roads
from app.services.county.roads import in_region, region, snapper
from app.services.county.small_cells import SMALL_CELL
from app.services.county.state import StoreState, settled
from app.services.county.surfaces import in_degrees, surface_around
from app.services.isochrones.question import ELSEWHERE_M, MERGED, IsochroneAsked
from app.services.isochrones.report import DRAWN, OFF_NETWORK, TOO_SHORT, IsochroneReport, Origin, Ring
from geo.catchment import nearest_straight
from geo.isochrone import isochrones as draw
from geo.isochrone import straight_isochrones, without_overlap
from geo.matrix import straight_times
from geo.network import Bools, Floats, Ints
from geo.service_area import EdgePoints
from geo.service_search import ServiceAreas
from geo.snap import Snapped
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import Label
from layers.store import Store

_AT_ONCE = 64
"""Without roads, everybody's times to so many places are held at the same time."""

_WITHHELD = Label(
    f"不足 {SMALL_CELL} 户（含没有）的圈，或与前一圈相差不足 {SMALL_CELL} 户的圈，户数、人数不列出，以免认出单户",
    f"limits that hold fewer than {SMALL_CELL} households, or none, or fewer than {SMALL_CELL} more than the limit before: "
    "their households and persons are not told, as they would be single households' own",
)

__all__ = ["IsochroneReport", "Origin", "Ring", "isochrones"]


def isochrones(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: Sequence[float] = (5.0, 10.0, 15.0),
    at: Sequence[tuple[float, float]] = (),
    ids: Sequence[str] = (),
    choice: FacilityChoice | None = None,
    outward: bool = False,
    merged: bool = False,
    bands: bool = False,
    min_area_m2: float | None = None,
) -> IsochroneReport:
    """Polygons of what lies within some limits of points, stations or support points.

    Parameters
    ----------
    viewer
        Who asks; only households in reach are counted, and who may not see single ones is told
        nothing of fewer than five.
    store
        Where the data is.
    mode, minutes
        How people travel, and the limits, included.
    at
        Points as (longitude, latitude) in WGS 84.
    ids
        Ids of stations or support points, whatever their state.
    choice
        Where neither is given: which facilities; by default open stations of every level.
    outward
        Travel from the points; otherwise to them.
    merged
        One polygon for each limit around all of them; otherwise each alone.
    bands
        Polygons without overlap; otherwise longer limits include shorter ones.
    min_area_m2
        Islands and holes smaller than this are left out; by default those under a quarter of a hectare.

    Raises
    ------
    ParameterError
        An unknown mode or id, limits or points that are none, or too many polygons.
    NoDataError
        Nothing has been loaded.
    """
    asked = IsochroneAsked.checked(
        viewer, mode=mode, minutes=minutes, at=at, ids=ids, choice=choice, outward=outward, merged=merged, bands=bands,
        min_area_m2=min_area_m2,
    )  # fmt: skip
    return settled(store, lambda state: _report(state, asked))


@dataclass(frozen=True)
class _Drawn:
    """The polygons of one origin and, within each limit, what is there; no roads in an estimate."""

    position: int
    nested: tuple[shapely.MultiPolygon, ...]
    households: Ints
    persons: Ints
    roads_m: Floats | None = None
    nodes: Ints | None = None
    min_area_m2: float | None = None


def _report(state: StoreState, asked: IsochroneAsked) -> IsochroneReport:
    here = region(state)
    places = asked.places(state.store, data_date(state.store))
    point = here.metric(places.geometry)
    estimate = here.network is None
    if estimate:
        reachable, road_m = in_region(point), np.full(len(point), np.inf)
        drawn = list(_straight(state, asked, point))
    else:
        joined = snapper(state, asked.mode)(point)
        reachable, road_m = joined.on_network, joined.access_m
        drawn = sorted(_along_roads(state, asked, joined), key=lambda one: one.position)
    origins = _origins(places, reachable, road_m, drawn, asked)
    shapes = [without_overlap(one.nested) if asked.bands else one.nested for one in drawn]
    degrees = in_degrees(here, np.array([shape for some in shapes for shape in some], dtype=object))
    n = len(asked.minutes)
    names = {MERGED: f"{sum(origin.state == DRAWN for origin in origins)} 处合并"} if asked.merged else {}
    names |= {origin.id: origin.name for origin in origins}
    living = homes(state)
    everybody = int((living.seen_by(asked.viewer) & ~living.imprecise).sum())
    few = [_too_few(asked, one.households, everybody) for one in drawn]
    ids = [MERGED] if asked.merged else [origin.id for origin in origins]
    return IsochroneReport(
        about=about(
            state, asked.rule(estimate=estimate),
            asked.notes(origins, households=len(living)) + ((_WITHHELD,) if np.any(few) else ()),
        ),
        mode=asked.mode.value,
        minutes=asked.minutes,
        direction="from" if asked.outward else "to",
        merged=asked.merged,
        bands=asked.bands,
        estimate=estimate,
        origins=origins,
        rings=tuple(
            ring
            for k, one in enumerate(drawn)
            for ring in _rings(asked, (ids[one.position], names[ids[one.position]]), one, shapes[k], degrees[k * n :], few[k])
        ),
    )


def _along_roads(state: StoreState, asked: IsochroneAsked, joined: Snapped) -> Iterator[_Drawn]:
    living, limits_s = homes(state), asked.limits_s
    search = ServiceAreas(
        snapper(state, asked.mode).impedance, outward=asked.outward, walk_kph=asked.mode.access_kph
    )
    ground = surface_around(state, asked.mode, search, joined, limits_s[-1])
    on_edges = EdgePoints(homes_on_roads(state, asked.mode), search.network.n_edges)
    told = living.seen_by(asked.viewer) & ~living.imprecise
    for position, found in draw(ground, search, joined, limits_s, merged=asked.merged, min_area_m2=asked.min_area_m2):
        where, seconds = found.area.times(on_edges, search.walk_kph)
        household = on_edges.point[where]
        seconds, household = seconds[told[household]], household[told[household]]
        yield _Drawn(
            position,
            found.polygons,
            *_counts(living, household, seconds, limits_s),
            np.array([found.area.length_m(search.network.length_m, limit) for limit in limits_s]),
            np.array([np.count_nonzero(found.area.node_s <= limit) for limit in limits_s]),
            found.min_area_m2,
        )


def _straight(state: StoreState, asked: IsochroneAsked, point: NDArray[Any]) -> Iterator[_Drawn]:
    living, limits_s = homes(state), asked.limits_s
    told = np.flatnonzero(living.seen_by(asked.viewer) & ~living.imprecise)
    near = np.flatnonzero(in_region(point))
    speed: dict[str, float] = {"kph": MODE_KPH[asked.mode], "factor": DETOUR_FACTOR}
    if asked.merged:
        if len(near):
            seconds = nearest_straight(living.point[told], point[near], **speed).seconds
            yield _Drawn(0, straight_isochrones(point[near], limits_s, **speed), *_counts(living, told, seconds, limits_s))
        return
    for begin in range(0, len(near), _AT_ONCE):
        some = near[begin : begin + _AT_ONCE]
        times = straight_times(living.point[told], point[some], max_travel_time_s=limits_s[-1], **speed)
        for k, position in enumerate(some.tolist()):
            its = np.flatnonzero(times.facility == k)
            yield _Drawn(
                position,
                straight_isochrones(point[[position]], limits_s, **speed),
                *_counts(living, told[times.origin[its]], times.seconds[its], limits_s),
            )


def _counts(living: Homes, household: Ints, seconds: Floats, limits_s: tuple[float, ...]) -> tuple[Ints, Ints]:
    """Households and persons within each limit."""
    within = [household[seconds <= limit] for limit in limits_s]
    return (
        np.array([len(here) for here in within]),
        np.array([living.persons[here].sum() for here in within]),
    )


def _rings(
    asked: IsochroneAsked,
    origin: tuple[str, str],
    one: _Drawn,
    shapes: tuple[shapely.MultiPolygon, ...],
    degrees: NDArray[Any],
    few: Bools,
) -> Iterator[Ring]:
    before = (0.0, *asked.minutes[:-1])

    def counted(within: NDArray[Any]) -> NDArray[Any]:
        return np.diff(within, prepend=0) if asked.bands else within

    for k, minutes in enumerate(asked.minutes):
        yield Ring(
            origin=origin[0],
            name=origin[1],
            minutes=minutes,
            from_minutes=before[k] if asked.bands else 0.0,
            households=None if few[k] else int(counted(one.households)[k]),
            persons=None if few[k] else int(counted(one.persons)[k]),
            too_few=bool(few[k]),
            road_km=None if one.roads_m is None else round(float(counted(one.roads_m)[k]) / 1000, 3),
            nodes=None if one.nodes is None else int(counted(one.nodes)[k]),
            area_km2=round(float(shapes[k].area) / 1e6, 4),
            min_area_m2=None if one.min_area_m2 is None else round(one.min_area_m2, 1),
            shape=degrees[k],
        )


def _too_few(asked: IsochroneAsked, within: Ints, everybody: int) -> Bools:
    """Limits whose figure could be one household's own or nobody's, shape (n_limits,).

    Or what it differs by from the last one told, or from ``everybody``. Nobody is not told apart from
    a few: a point may be put anywhere, and would find every single home. The same limits can be asked
    for with bands and without, so a band is told only where what is within both of its limits is.
    """
    few, told = np.zeros(len(within), dtype=bool), 0
    if asked.viewer.points or not everybody:
        return few
    for k, households in enumerate(within):
        few[k] = households - told < SMALL_CELL or 0 < everybody - households < SMALL_CELL
        if not few[k]:
            told = households
    return few | np.r_[False, few[:-1]] if asked.bands else few


def _origins(
    places: gpd.GeoDataFrame, reachable: Bools, road_m: Floats, drawn: list[_Drawn], asked: IsochroneAsked
) -> tuple[Origin, ...]:
    shown = {one.position for one in drawn if not one.nested[-1].is_empty}
    told = []
    for k, (ident, name, place) in enumerate(zip(places["id"], places["name"], places.geometry, strict=True)):
        drawn_here = (0 if asked.merged else k) in shown
        told.append(
            Origin(
                id=str(ident),
                name=str(ident) if pd.isna(name) else str(name),
                lon=round(place.x, 6),
                lat=round(place.y, 6),
                state=(DRAWN if drawn_here else TOO_SHORT) if reachable[k] else OFF_NETWORK,
                road_m=round(float(road_m[k]), 1) if road_m[k] <= ELSEWHERE_M else None,
            )
        )
    return tuple(told)
