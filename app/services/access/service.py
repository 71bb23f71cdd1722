"""Access with supply: how much of the stations' staff everybody shares, and what every station carries.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.access.question import AccessAsked, notes, rule
from app.services.access.report import AccessReport, AccessShare, AreaAccess, StationLoad
from app.services.access.station_times import StationTimes, station_times
from app.services.answers.about import about
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import Homes, homes
from app.services.county.small_cells import SMALL_CELL, WHY_UNTOLD, withheld_from
from app.services.county.state import StoreState, settled
from app.services.county.units import NOWHERE, By, Units, units
from geo.accessibility import DECAYS, Access, two_step_access
from geo.network import Bools, Ints
from geo.speeds import Mode
from layers.store import Store

MODEL_PERSONS = 300
"""Persons served from which a village station is to be a model one."""


def access(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    decay: str = "gaussian",
    by: By = "township",
    choice: FacilityChoice | None = None,
) -> AccessReport:
    """Staff for each thousand persons by area, and persons for each member of staff by station.

    Everybody in the county shares the stations; the viewer is told of the townships in reach only.

    Parameters
    ----------
    viewer
        Who asks. Who may not see single households is told nothing of fewer than five.
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    decay
        How a station weighs less with time: ``gaussian``, ``step`` or ``binary``.
    by
        Level of ``by_area``.
    choice
        Which stations count; by default open stations of every level.

    Raises
    ------
    ParameterError
        An unknown mode, decay or level, a limit that is none, or facilities that have no staff.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    asked = AccessAsked.checked(viewer, mode=mode, minutes=minutes, decay=decay, by=by, choice=choice)
    return settled(store, lambda state: _report(state, asked))


def household_access(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    decay: str = "gaussian",
    choice: FacilityChoice | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``access_per_1000``, ``stations``, ``near_unknown``, ``imprecise``.

    ``stations`` is how many are within reach. An imprecise household keeps what is so from where
    it is thought to be; where no station states its staff nobody has a figure.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    viewer.need_points()
    asked = AccessAsked.checked(viewer, mode=mode, minutes=minutes, decay=decay, by="township", choice=choice)
    return settled(store, lambda state: _households(state, asked))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Everything that was counted for one question, before anything is left out for the viewer."""

    living: Homes
    stations: StationTimes
    access: Access

    @classmethod
    def of(cls, state: StoreState, asked: AccessAsked) -> _Counted:
        living, stations = homes(state), station_times(state, asked.mode, asked.choice, asked.limit_s)
        # Nobody knows from where the imprecise travel, so they load no station.
        demand = np.where(living.imprecise, 0.0, living.persons)
        found = two_step_access(
            stations.times, demand, stations.staff, max_travel_time_s=asked.limit_s, decay=DECAYS[asked.decay]
        )
        return cls(living, stations, found)

    @property
    def untold(self) -> bool:
        """True where there are stations and none of them states its staff: then nobody's access is known."""
        return bool(len(self.stations.staff)) and bool(np.isnan(self.stations.staff).all())

    @property
    def near_staff(self) -> Bools:
        """Households within the limit, which is included, of a station with staff; the weight may be 0 there."""
        times, near = self.stations.times, np.zeros(len(self.living), dtype=bool)
        near[times.origin[self.stations.staff[times.facility] > 0]] = True
        return near


def _report(state: StoreState, asked: AccessAsked) -> AccessReport:
    counted = _Counted.of(state, asked)
    living, stations = counted.living, counted.stations
    told, seen = units(living, asked.by, asked.viewer), living.seen_by(asked.viewer)
    without = ~counted.near_staff & ~counted.access.near_unknown
    hidden = withheld_from(asked.viewer, living, without, counted.access.near_unknown)
    (total,) = _shares(counted, seen, np.zeros(len(living), dtype=np.int64), np.array([hidden.whole]))
    known = stations.staff[~np.isnan(stations.staff)]
    return AccessReport(
        about=about(
            state,
            rule(asked, estimate=stations.estimate),
            (*notes(living, stations, asked, seen), *([WHY_UNTOLD] if hidden else [])),
        ),
        mode=asked.mode.value,
        minutes=float(asked.minutes),
        decay=asked.decay,
        by=asked.by,
        estimate=stations.estimate,
        model_persons=MODEL_PERSONS,
        stations_counted=len(stations.frame),
        staff=int(known.sum()),
        total=total,
        by_area=_areas(counted, asked, told, seen, hidden.areas(asked.by)),
        stations=_loads(counted, asked),
    )


def _areas(
    counted: _Counted, asked: AccessAsked, told: Units, seen: Bools, hidden: Bools
) -> tuple[AreaAccess, ...]:
    shares = _shares(counted, seen, told.of, hidden)
    rows = [(row["code"], row["name"], row["township"], row["township_name"]) for _, row in told.frame.iterrows()]
    if shares[-1].households:
        rows.append(("", NOWHERE.zh, "", ""))
    return tuple(
        AreaAccess(
            **{name: getattr(share, name) for name in AccessShare.__dataclass_fields__},
            code=code, name=name, level=asked.by, township=township, township_name=township_name, too_few=bool(few),
        )
        for (code, name, township, township_name), share, few in zip(rows, shares, hidden, strict=False)
    )  # fmt: skip


def _shares(counted: _Counted, seen: Bools, of: Ints, hidden: Bools) -> list[AccessShare]:
    """Shares of ``len(hidden)`` cells, of those that are ``hidden`` only the sizes."""
    living, found, n = counted.living, counted.access, len(hidden)
    exact = seen & ~living.imprecise
    persons = living.persons.astype(np.float64)

    def total(where: Bools, size: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(of[where], None if size is None else size[where], minlength=n)

    placed = total(exact, persons)
    staff = total(exact, persons * found.score)
    without = total(exact & ~counted.near_staff & ~found.near_unknown, persons)
    unsure = total(exact & found.near_unknown, persons)
    everybody, everyone, vague = total(seen), total(seen, persons), total(seen & living.imprecise)
    return [
        AccessShare(
            households=int(everybody[k]),
            persons=int(everyone[k]),
            households_imprecise=int(vague[k]),
            persons_imprecise=int(everyone[k] - placed[k]),
            access_per_1000=None if silent or counted.untold else float(1000 * staff[k] / placed[k]),
            persons_without=None if silent or counted.untold else int(without[k]),
            persons_near_unknown=None if silent else int(unsure[k]),
        )
        for k, silent in enumerate(hidden | (placed == 0))
    ]


def _loads(counted: _Counted, asked: AccessAsked) -> tuple[StationLoad, ...]:
    """Stations in the viewer's reach: people and no staff, then by load, then those that tell no load."""
    living, stations, found = counted.living, counted.stations, counted.access
    times, townships = stations.times, living.areas.townships
    households = np.bincount(times.facility[~living.imprecise[times.origin]], minlength=times.n_facilities)
    few = ~np.bool_(asked.viewer.points) & (households > 0) & (households < SMALL_CELL)
    loads = []
    for k, row in enumerate(stations.frame.itertuples()):
        if not asked.viewer.reaches(row.township):
            continue
        load, staff, persons = found.load[k], stations.staff[k], int(found.demand[k])
        known = townships.loc[row.township] if row.township in townships.index else None
        loads.append(
            StationLoad(
                id=row.id,
                name=row.name if isinstance(row.name, str) else row.id,
                level=row.level,
                township="" if known is None else str(known["code"]),
                township_name="" if known is None else str(known["name"] or known["code"]),
                state=_state(staff, persons, off_network=stations.off_network[k]),
                staff=None if np.isnan(staff) else int(staff),
                persons=None if few[k] else persons,
                weighted_persons=None if few[k] else round(float(found.weighted_demand[k]), 1),
                persons_per_staff=None if few[k] or not np.isfinite(load) else round(float(load), 1),
                model_size=row.level == "village" and persons >= MODEL_PERSONS,
                too_few=bool(few[k]),
            )
        )
    return tuple(sorted(loads, key=lambda one: (
        one.state != "no_staff", -(one.persons_per_staff or 0), -(one.persons or 0), one.id,
    )))  # fmt: skip


def _state(staff: float, persons: int, *, off_network: bool) -> str:
    if off_network:
        return "off_network"
    if np.isnan(staff):
        return "staff_unknown"
    if not persons:
        return "nobody"
    return "no_staff" if staff == 0 else "ok"


def _households(state: StoreState, asked: AccessAsked) -> pd.DataFrame:
    counted = _Counted.of(state, asked)
    living, found = counted.living, counted.access
    seen = living.singly_seen_by(asked.viewer)
    near = np.bincount(counted.stations.times.origin, minlength=len(living))
    return pd.DataFrame({
        "id": living.id[seen],
        "access_per_1000": np.full(seen.sum(), np.nan) if counted.untold else np.round(1000 * found.score[seen], 3),
        "stations": near[seen],
        "near_unknown": found.near_unknown[seen],
        "imprecise": living.imprecise[seen],
    })
