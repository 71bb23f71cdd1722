"""Catchments: every household to its nearest facility, the load of each, and the ground that is nearest to it.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.answers.about import about
from app.services.catchments.report import CatchmentReport, Load, Unserved, VillageServed
from app.services.county.areas import UNASSIGNED
from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes, times_to_nearest
from app.services.county.limits import limit_for
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.roads import region, snapper
from app.services.county.small_cells import SMALL_CELL, withheld
from app.services.county.state import StoreState, kept, settled
from app.services.county.surfaces import in_degrees, surface
from app.services.county.units import NOWHERE
from geo.catchment import Nearest, Status
from geo.catchment_polygons import catchment_polygons, straight_catchments
from geo.crs import project
from geo.network import Bools, Ints
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import Label
from layers.store import Store

__all__ = ["CatchmentReport", "Load", "Unserved", "VillageServed", "catchments", "household_catchments"]

_SURROUNDINGS_M = 10_000.0
_NO_WAY = (Status.UNREACHABLE, Status.DISCONNECTED)


def catchments(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float | None = None,
    choice: FacilityChoice | None = None,
) -> CatchmentReport:
    """Every facility with the households that it is the nearest to, and the ground.

    Parameters
    ----------
    viewer
        Who asks; only households in reach are counted, and who may not see single ones is told
        nothing of fewer than five.
    store
        Where the data is.
    mode
        How people travel to the facilities.
    minutes
        Households farther than this, and ground, are in no catchment; None: however far.
    choice
        What counts as a facility; by default open stations of every level.

    Raises
    ------
    ParameterError
        An unknown mode, or a limit that is none.
    NoDataError
        Nothing has been loaded.
    """
    asked = _Asked(
        viewer,
        known_mode(mode),
        None if minutes is None else float(minutes),
        np.inf if minutes is None else limit_for(viewer, minutes),
        choice or FacilityChoice(),
    )
    return settled(store, lambda state: _report(state, asked))


def household_catchments(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float | None = None,
    choice: FacilityChoice | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``station``, ``minutes``, ``status``.

    ``status`` is ``reached``, ``not_reached`` (beyond the limit), ``unreachable``, ``off_network`` or
    ``imprecise``; only those that are reached are in the catchment of their station.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    viewer.need_points()
    limit_s = np.inf if minutes is None else limit_for(viewer, minutes)
    known, counting = known_mode(mode), choice or FacilityChoice()

    def answer(state: StoreState) -> pd.DataFrame:
        living, found = homes(state), _nearest(state, known, counting)
        seconds = found.nearest.seconds
        status = np.select(
            [living.imprecise, found.off_network, found.no_way, seconds <= limit_s],
            ["imprecise", "off_network", "unreachable", "reached"],
            "not_reached",
        )
        station = np.array([*found.frame["id"], None], dtype=object)[found.nearest.facility]
        rows = pd.DataFrame({
            "id": living.id,
            "station": station,
            "minutes": np.where(np.isfinite(seconds), np.round(seconds / 60, 2), np.nan),
            "status": status,
        })
        return rows[living.singly_seen_by(viewer)].reset_index(drop=True)

    return settled(store, answer)


@dataclass(frozen=True, slots=True)
class _Asked:
    viewer: Viewer
    mode: Mode
    minutes: float | None
    limit_s: float
    choice: FacilityChoice


@dataclass(frozen=True)
class _Found:
    """Everybody's nearest facility, before anything is left out for the viewer."""

    frame: gpd.GeoDataFrame
    on_network: Bools
    nearest: Nearest

    @property
    def off_network(self) -> Bools:
        """Households too far from any road."""
        off: Bools = self.nearest.status == Status.OFF_NETWORK
        return off

    @property
    def no_way(self) -> Bools:
        """Households from which no way leads to a facility."""
        no_way: Bools = np.isin(self.nearest.status, _NO_WAY)
        return no_way


@kept(8)
def _nearest(state: StoreState, mode: Mode, choice: FacilityChoice) -> _Found:
    frame, here = facilities(state.store, choice, data_date(state.store)), region(state)
    point = here.metric(frame.geometry)
    placed = ~shapely.is_missing(point)
    on_network = placed if here.network is None else snapper(state, mode)(point).on_network
    return _Found(frame, on_network, times_to_nearest(state, mode, frame.geometry))


@kept(8)
def _ground(state: StoreState, mode: Mode, choice: FacilityChoice, limit_s: float) -> tuple[NDArray[Any], list[float]]:
    """The polygons of the facilities in WGS 84, and their square kilometres."""
    here, frame = region(state), _nearest(state, mode, choice).frame
    point = here.metric(frame.geometry)
    if here.network is None:
        speed = MODE_KPH[mode] / 3.6 / DETOUR_FACTOR
        polygons = straight_catchments(point, within=_land(state, point), reach_m=limit_s * speed)
    else:
        snap = snapper(state, mode)
        polygons = catchment_polygons(
            surface(state, mode), snap.impedance, snap(point), walk_kph=mode.access_kph, max_travel_time_s=limit_s
        )
    shapes = np.array(polygons, dtype=object)
    return in_degrees(here, shapes), [round(float(area) / 1e6, 4) for area in shapely.area(shapes)]


def _land(state: StoreState, point: NDArray[Any]) -> shapely.Geometry:
    """The townships together, in metres; where there are none, the surroundings of the facilities."""
    townships = homes(state).areas.townships.geometry.to_numpy()
    if not len(townships):
        return shapely.union_all(shapely.buffer(point[~shapely.is_missing(point)], _SURROUNDINGS_M))
    return shapely.union_all(shapely.transform(townships, lambda xy: project(xy, region(state).crs)))


def _report(state: StoreState, asked: _Asked) -> CatchmentReport:
    living, found = homes(state), _nearest(state, asked.mode, asked.choice)
    seen = living.seen_by(asked.viewer)
    exact = seen & ~living.imprecise
    connected = exact & (found.nearest.facility >= 0)
    reached = connected & (found.nearest.seconds <= asked.limit_s)
    without = {
        "off_network": exact & found.off_network,
        "unreachable": exact & found.no_way,
        "beyond": connected & ~reached,
        "imprecise": seen & living.imprecise,
    }
    estimate = region(state).network is None
    loads = _loads(state, asked, living, found, reached)
    return CatchmentReport(
        about=about(state, _rule(asked, estimate=estimate), _notes(asked, found, living, loads)),
        mode=asked.mode.value,
        minutes=asked.minutes,
        estimate=estimate,
        households=int(seen.sum()),
        persons=int(living.persons[seen].sum()),
        served=int(reached.sum()),
        persons_served=int(living.persons[reached].sum()),
        loads=loads,
        unserved=Unserved(
            **{name: int(who.sum()) for name, who in without.items()},
            **{f"persons_{name}": int(living.persons[who].sum()) for name, who in without.items()},
        ),
    )


def _loads(state: StoreState, asked: _Asked, living: Homes, found: _Found, reached: Bools) -> tuple[Load, ...]:
    n = len(found.frame)
    own = np.where(reached, found.nearest.facility, n)
    households = np.bincount(own, minlength=n + 1)[:n]
    persons = np.bincount(own, living.persons, minlength=n + 1)[:n].astype(np.int64)
    elder = np.bincount(own, living.elders(data_date(state.store).year), minlength=n + 1)[:n].astype(np.int64)
    single = asked.viewer.points
    hidden = np.zeros(n, dtype=bool) if single else withheld(households, np.full(n, "", dtype=object))
    shapes, areas = _ground(state, asked.mode, asked.choice, asked.limit_s)
    order = np.argsort(own, kind="stable")
    members = np.split(order, np.searchsorted(own[order], np.arange(1, n + 1)))[:n]
    loads = []
    for k, (ident, name, level) in enumerate(
        zip(found.frame["id"], found.frame["name"], found.frame["level"], strict=True)
    ):
        minutes = found.nearest.seconds[members[k]] / 60
        timed = len(minutes) > 0 and not hidden[k]
        loads.append(
            Load(
                id=str(ident),
                name=str(ident) if pd.isna(name) else str(name),
                level=None if pd.isna(level) else str(level),
                on_network=bool(found.on_network[k]),
                households=None if hidden[k] else int(households[k]),
                persons=None if hidden[k] else int(persons[k]),
                elders=int(elder[k]) if single or not (hidden[k] or 0 < elder[k] < SMALL_CELL) else None,
                too_few=bool(hidden[k]),
                minutes_median=round(float(np.median(minutes)), 1) if timed else None,
                minutes_max=round(float(minutes.max()), 1) if timed and single else None,
                villages=() if hidden[k] else _villages(living, members[k], single=single),
                area_km2=areas[k],
                # Of one too small to be told it would tell that there is somebody.
                without_ground=bool(households[k] and not hidden[k] and shapes[k].is_empty),
                shape=shapes[k],
            )
        )
    return tuple(sorted(loads, key=lambda load: (-(load.persons or 0), load.too_few, load.id)))


def _villages(living: Homes, members: Ints, *, single: bool) -> tuple[VillageServed, ...]:
    code, counts = np.unique(living.village[members].astype(str), return_counts=True)
    hidden = np.zeros(len(code), dtype=bool) if single else withheld(counts, np.full(len(code), "", dtype=object))
    villages, townships = living.areas.villages, living.areas.townships
    told = []
    for k in np.lexsort((code, -counts)):
        row = villages.loc[code[k]] if code[k] != UNASSIGNED and code[k] in villages.index else None
        township = None if row is None or row["township"] not in townships.index else townships.loc[row["township"]]
        told.append(
            VillageServed(
                code="" if row is None else str(row["code"]),
                name=NOWHERE.zh if row is None else _named(row),
                township_name="" if township is None else _named(township),
                households=None if hidden[k] else int(counts[k]),
            )
        )
    return tuple(told)


def _named(row: pd.Series) -> str:
    return str(row["code"]) if pd.isna(row["name"]) else str(row["name"])


def _rule(asked: _Asked, *, estimate: bool) -> Label:
    counted, said, timed = asked.choice.label(), MODE_LABELS[asked.mode], travel_rule(asked.mode, estimate=estimate)
    within = Label("", "") if asked.minutes is None else Label(
        f"，{asked.minutes:g} 分钟内（含）", f" in at most {asked.minutes:g} minutes"
    )  # fmt: skip
    return Label(
        f"每户归最近的设施（{counted.zh}），{said.zh}{within.zh}；{timed.zh}；老年户为最年长者满 60 岁；户数、人数按时间计，不按图形计；"
        "定位只到村的家庭不归入，另列",
        f"every household to the nearest of {counted.en}, {said.en}{within.en}; {timed.en}; elders' households are those "
        "whose eldest is 60 or older; households and persons are counted from times, not from shapes; households known "
        "only to their village are told apart",
    )


def _notes(asked: _Asked, found: _Found, living: Homes, loads: tuple[Load, ...]) -> tuple[Label, ...]:
    said = []
    if not len(living):
        said.append(Label(
            "没有服务对象家庭，只有图形没有户数；请装入家庭图层",
            "there are no households, so there are shapes without counts; load the households layer",
        ))
    if not len(found.frame):
        said.append(asked.choice.none_counted())
    off = found.frame.loc[~found.on_network, "name"].fillna(found.frame["id"]).tolist()
    if off:
        more = Label("等", " and others") if len(off) > 5 else Label("", "")
        said.append(Label(
            f"{len(off)} 处没有位置或离路网太远，无法到达：{'、'.join(off[:5])}{more.zh}",
            f"{len(off)} have no place or are off the network, nobody gets there: {', '.join(off[:5])}{more.en}",
        ))
    bare = [load.name for load in loads if load.without_ground]
    if bare:
        more = Label("等", " and others") if len(bare) > 5 else Label("", "")
        said.append(Label(
            f"{len(bare)} 处有户归它而图形中没有它的地：{'、'.join(bare[:5])}{more.zh}；图形按地面各处最近的设施划分，户数按各户的时间计",
            f"{len(bare)} are nearest to some households and have no ground of their own: {', '.join(bare[:5])}{more.en}; "
            "polygons show the ground by its nearest facility, counts come from each household's time",
        ))
    return tuple(said)
