"""What a question about siting is asked of: the people it counts, the stations and candidates, and the times between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.county.data_date import data_date
from app.services.county.demand import counted
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import Homes, homes, homes_on_roads
from app.services.county.household_groups import Groups, county_groups
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState, kept
from app.services.siting.candidates import CandidateChoice, Candidates, own_places, standing_candidates
from app.services.siting.question import PEOPLE_ALL, SitingError, SitingQuestion
from geo.coverage import MAX_LIMIT_S
from geo.matrix import TravelTimes, side_by_side, straight_times, travel_times
from geo.network import Bools, Floats
from geo.siting.problem import Problem, nearest_seconds
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import Label


@dataclass(frozen=True)
class Ground:
    """Arrays by household of shape (n,), by site of shape (m,): the stations that there are first, then the candidates.

    Attributes
    ----------
    living
        The households.
    counts
        Those that the question is about and whose place is known.
    stations
        ``id``, ``name`` and a point, of those that there are.
    candidates
        Where one may go.
    problem
        What each household counts for (0 where it does not), the times from every one to every site as far as
        they matter, and which sites exist, must and must not be opened.
    off_network : ndarray of bool
        Sites that nobody gets to.
    people
        Whom the question is about, in words.
    need
        Kinds of households that count more or less, and how many times.
    staff : ndarray, shape (n_stations,)
        Of the stations that there are; NaN where it is unknown.
    estimate
        True where there are no roads and times go by the straight line.
    """

    living: Homes
    counts: Bools
    stations: gpd.GeoDataFrame
    candidates: Candidates
    problem: Problem
    off_network: Bools
    people: Label
    need: tuple[tuple[Label, float], ...]
    staff: Floats
    estimate: bool

    @property
    def times(self) -> TravelTimes:
        """From every household to every site."""
        return self.problem.times

    @property
    def weight(self) -> Floats:
        """What each household counts for."""
        return self.problem.weight

    @property
    def n_stations(self) -> int:
        """How many sites exist."""
        return len(self.stations)


def ground(state: StoreState, viewer: Viewer, asked: SitingQuestion) -> Ground:
    """Everything that a solve needs.

    Raises
    ------
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    SitingError
        There are no such people, or no candidates.
    """
    bound_s = _bound_s(state, asked)
    living, choice = homes(state), CandidateChoice.of(asked)
    stations = facilities(state.store, asked.existing, data_date(state.store))
    known, own = standing_candidates(state, choice), own_places(state, asked.places)
    there = _station_times(state, asked.existing, asked.mode, bound_s)
    chosen = _Times.of(state, asked.mode, own.geometry, bound_s)
    if asked.nearest_only:
        usual = _nearer_times(state, choice, asked.existing, asked.mode, bound_s)
        chosen = chosen.nearer_than(there)
        there = _nearest_times(state, asked.existing, asked.mode, bound_s)
    else:
        usual = _standing_times(state, choice, asked.mode, bound_s)
    candidates = Candidates.of(pd.concat([known, own], ignore_index=True), asked)
    if candidates.frame.empty:
        msg = (
            "没有候选点：库中没有所选的村、规划站或服务点；请换一类候选点，或点出位置 "
            "(there are no candidates: the store has none of the kinds chosen; choose another kind, or places)"
        )
        raise SitingError(msg)
    kinds = county_groups(state)
    member, people = _people(kinds, asked.people)
    counts = member & living.seen_by(viewer) & ~living.imprecise
    size = living.persons if asked.weight == "persons" else np.ones(len(living))
    weight = np.where(counts, size * _need(kinds, asked.need), 0).astype(np.float64)
    if asked.need and counts.any() and not weight.any():
        msg = "按需求加权后所有家庭的权重都是 0，请改 need (with this need every household counts for nothing: change it)"
        raise SitingError(msg)
    if not weight.any():
        msg = (
            f"没有可计入的人：{people.zh}中没有位置明确的家庭；请换一类人，或先装入家庭、补上定位 "
            f"(nobody to count: no household of known place among {people.en}; choose others, or load households)"
        )
        raise SitingError(msg)
    parts = (there, usual, chosen)
    return Ground(
        living=living,
        counts=counts & (weight > 0),
        stations=stations,
        candidates=candidates,
        problem=_problem(side_by_side(*(part.times for part in parts)), weight, len(stations), candidates),
        off_network=np.concatenate([part.off_network for part in parts]),
        people=people,
        need=tuple((kinds.label[_kind(kinds, code)], times) for code, times in asked.need.items()),
        staff=_staff(state, stations),
        estimate=region(state).network is None,
    )


def _staff(state: StoreState, stations: gpd.GeoDataFrame) -> Floats:
    staff = state.store.read("stations", columns=["id", "staff"]).set_index("id")["staff"]
    return np.asarray(stations["id"].map(staff).to_numpy(dtype=np.float64, na_value=np.nan), np.float64)


def _problem(times: TravelTimes, weight: Floats, n_stations: int, places: Candidates) -> Problem:
    def marks(stations: bool, candidates: Bools) -> Bools:
        return np.concatenate([np.full(n_stations, stations), candidates])

    return Problem(
        times, weight,
        fixed=marks(True, np.zeros(len(places.frame), dtype=bool)),
        must_open=marks(False, places.must),
        banned=marks(False, places.banned | places.forbidden),
    )  # fmt: skip


def _bound_s(state: StoreState, asked: SitingQuestion) -> float:
    """As far as times are looked for: nobody is served better by a site farther than the nearest that there is."""
    if asked.objective not in {"p-median", "p-center"}:
        return asked.limit_s
    now = counted(state, asked.mode, asked.existing).demand.nearest_s
    worst = float(now[np.isfinite(now)].max(initial=0))
    # Whoever has no way to any station may have one to a candidate, and a station that goes leaves people behind.
    return MAX_LIMIT_S if asked.close or worst == 0 or np.isinf(now).any() else worst


def _people(kinds: Groups, code: str) -> tuple[Bools, Label]:
    k = _kind(kinds, code)
    return kinds.member[k], Label("全部服务对象", "everybody") if code == PEOPLE_ALL else kinds.label[k]


def _need(kinds: Groups, need: Mapping[str, float]) -> Floats:
    """How many times each household counts: as often as its neediest kind."""
    times = np.ones(kinds.member.shape[1])
    named = np.zeros(len(times), dtype=bool)
    for code, factor in need.items():
        member = kinds.member[_kind(kinds, code)]
        times = np.where(member, np.where(named, np.maximum(times, factor), factor), times)
        named |= member
    return times


def _kind(kinds: Groups, code: str) -> int:
    if code not in kinds.code:
        msg = f"没有“{code}”这类家庭，可用：{'、'.join(kinds.code)} (no such kind of household; use one of these)"
        raise SitingError(msg)
    return kinds.code.index(code)


@dataclass(frozen=True)
class _Times:
    """Times to some places, and which of them nobody gets to."""

    times: TravelTimes
    off_network: Bools

    @classmethod
    def of(cls, state: StoreState, mode: Mode, places: gpd.GeoSeries, bound_s: float) -> _Times:
        at = region(state).metric(places)
        if region(state).network is None:
            times = straight_times(
                homes(state).point, at, max_travel_time_s=bound_s, kph=MODE_KPH[mode], factor=DETOUR_FACTOR
            )
            return cls(times, np.array([place is None for place in at], dtype=bool))
        snap = snapper(state, mode)
        joined = snap(at)
        times = travel_times(
            snap.impedance, homes_on_roads(state, mode), joined, max_travel_time_s=bound_s, walk_kph=mode.access_kph
        )
        return cls(times, ~joined.on_network)

    def nearer_than(self, others: _Times) -> _Times:
        """Only the pairs that bring a household nearer than any of the others."""
        all_of_them = np.ones(others.times.n_facilities, dtype=bool)
        now = nearest_seconds(others.times, all_of_them)
        return replace(self, times=self.times.where(self.times.seconds < now[self.times.origin]))


@kept(4)
def _station_times(state: StoreState, existing: FacilityChoice, mode: Mode, bound_s: float) -> _Times:
    stations = facilities(state.store, existing, data_date(state.store))
    return _Times.of(state, mode, stations.geometry, bound_s)


@kept(4)
def _nearest_times(state: StoreState, existing: FacilityChoice, mode: Mode, bound_s: float) -> _Times:
    """Of each household the nearest station alone, the first on a tie."""
    stations = _station_times(state, existing, mode, bound_s)
    times = stations.times
    nearest = nearest_seconds(times, np.ones(times.n_facilities, dtype=bool))
    at = np.flatnonzero(times.seconds == nearest[times.origin])
    first = np.zeros(len(times), dtype=bool)
    first[at[np.diff(times.origin[at], prepend=-1) > 0]] = True
    return replace(stations, times=times.where(first))


@kept(4)
def _nearer_times(
    state: StoreState, choice: CandidateChoice, existing: FacilityChoice, mode: Mode, bound_s: float
) -> _Times:
    usual = _standing_times(state, choice, mode, bound_s)
    return usual.nearer_than(_station_times(state, existing, mode, bound_s))


@kept(2)
def _standing_times(state: StoreState, choice: CandidateChoice, mode: Mode, bound_s: float) -> _Times:
    """Kept, so that a plan is solved again at once when a site is locked, banned or moved."""
    return _Times.of(state, mode, standing_candidates(state, choice).geometry, bound_s)
