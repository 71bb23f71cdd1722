"""Why a plan is as it is: whom every new station reaches and relieves, what else might stand in its place, what is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.homes import homes_on_roads
from app.services.county.roads import region, snapper
from app.services.county.service_points import service_points
from app.services.county.small_cells import SMALL_CELL
from app.services.county.state import StoreState
from app.services.scenarios.roads import road_label
from app.services.siting.ground import Ground
from app.services.siting.means import purse, room
from app.services.siting.question import SitingQuestion
from app.services.siting.report import Alternative, ChosenSite, Near, People, PlaceTally
from geo.matrix import straight_times, travel_times
from geo.network import Bools, Floats, Ints
from geo.siting.purse import Purse
from geo.siting.result import ROUNDING, Assignment, nearest_open
from geo.siting.serving import served_mainly
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode

NEAR_M = 500.0
"""Support points so near are told of."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Served:
    """Which site everybody goes to, before and after; arrays by household, sites as :class:`Ground` counts them.

    ``site`` is -1 and ``seconds`` infinite where none is near enough to be looked for, or has room; ``persons`` are those
    of the household who are served if any is. ``assignment`` tells of the others where stations have room for so many
    only.
    """

    site: Ints
    seconds: Floats
    persons: Ints
    assignment: Assignment | None = None


def served_by(ground: Ground, is_open: Bools) -> Served:
    """Everybody's nearest open site, the first on a tie."""
    return Served(*nearest_open(ground.problem, is_open), ground.living.persons)


def served_with_room(ground: Ground, assignment: Assignment) -> Served:
    """Everybody's site that serves most of the household, where stations have room for so many only."""
    served = assignment.served(ground.times.n_origins)
    return Served(*served_mainly(ground.times, assignment), served, assignment)


def letters(n: int) -> list[str]:
    """What the sites of a plan are called: A to Z, then AA, AB and so on."""
    return [(_LETTERS[k // 26 - 1] if k >= 26 else "") + _LETTERS[k % 26] for k in range(n)]  # fmt: skip


def tally(ground: Ground, viewer: Viewer, who: Bools | Ints, size: Ints | None = None) -> People:
    """Households and persons (all of theirs, or ``size``), withheld where they would be single households' own."""
    persons = (ground.living.persons if size is None else size)[who]
    if not viewer.points and 0 < len(persons) < SMALL_CELL:
        return People(None, None)
    return People(len(persons), int(persons.sum()))


def chosen_sites(
    state: StoreState, viewer: Viewer, asked: SitingQuestion, ground: Ground, opened: Ints, before: Served, after: Served
) -> tuple[ChosenSite, ...]:
    """What is told of each new station, in the order of its gain.

    Parameters
    ----------
    opened
        Sites that are new.
    before, after
        Everybody's nearest station without and with the plan.
    """
    near = after.seconds <= asked.limit_s
    more = after.persons - np.where(before.seconds <= asked.limit_s, before.persons, 0)
    newly = ground.counts & near & (~(before.seconds <= asked.limit_s) | (more > 0))
    worth = ground.weight if after.assignment is None else more
    gain = np.array([worth[newly & (after.site == site)].sum() for site in opened])
    order = opened[np.lexsort((opened, -gain))]
    frame = ground.candidates.frame.iloc[order - ground.n_stations]
    modes, roads, others = _by_mode(state, viewer, asked, ground, frame), _roads(state, asked, frame), _near(state, frame)
    spending, rooms = purse(ground, asked), room(ground, asked)
    swaps = _alternatives(asked, ground, order, before, after, spending)
    villages = ground.living.areas.villages["name"].to_dict()
    townships = ground.living.areas.townships["name"].to_dict()
    found = []
    for k, (site, letter) in enumerate(zip(order.tolist(), letters(len(order)), strict=True)):
        row, mine = frame.iloc[k], ground.counts & (after.site == site)
        taken = np.flatnonzero(mine & (before.site >= 0) & (before.site < ground.n_stations))
        fresh = np.flatnonzero(mine & newly)
        found.append(ChosenSite(
            letter=letter, id=row["id"], name=row["name"], kind=row["kind"],
            lon=round(row.geometry.x, 6), lat=round(row.geometry.y, 6),
            village=_named(villages, row["village"]), township=_named(townships, row["township"]),
            newly=tally(ground, viewer, fresh, more),
            served=_served(ground, viewer, after, site, mine & near),
            villages=_by_place(viewer, ground.living.village[fresh], more[fresh], villages),
            relieves=_relieved(ground, viewer, before, after, taken),
            alternative=swaps[k],
            by_mode={mode: counts[k] for mode, counts in modes.items()},
            near=others[k],
            road=roads[k][0], road_m=roads[k][1],
            must=bool(ground.candidates.must[site - ground.n_stations]),
            cost=None if spending is None else float(spending.costs[site]),
            capacity=None if rooms is None else int(rooms[site]),
        ))  # fmt: skip
    return tuple(found)


def _served(ground: Ground, viewer: Viewer, after: Served, site: int, mine: Bools) -> People:
    """Whose station this one is; by the assignment where a household may have several."""
    if after.assignment is None:
        return tally(ground, viewer, mine)
    pairs = np.flatnonzero(after.assignment.site == site)
    size = np.zeros(len(after.persons), np.int64)
    size[after.assignment.demand[pairs]] = after.assignment.amount[pairs]
    return tally(ground, viewer, after.assignment.demand[pairs], size)


def _relieved(ground: Ground, viewer: Viewer, before: Served, after: Served, who: Ints) -> tuple[PlaceTally, ...]:
    ids = ground.stations["id"].to_numpy(dtype=object)
    names = dict(zip(ids, ground.stations["name"], strict=True))
    return _by_place(viewer, ids[before.site[who]], after.persons[who], names)


def _by_place(viewer: Viewer, place: NDArray[Any], persons: Ints, names: dict[str, Any]) -> tuple[PlaceTally, ...]:
    """Where some households are from, most persons first; places of too few are left out for who may see counts only."""
    if not len(place):
        return ()
    sums = pd.DataFrame({"place": place, "persons": persons}).groupby("place")["persons"]
    rows = sums.agg(["size", "sum"]).reset_index().sort_values(["sum", "place"], ascending=[False, True])
    if not viewer.points:
        rows = rows[rows["size"] >= SMALL_CELL]
    return tuple(
        PlaceTally(str(row["place"]), _named(names, row["place"]), int(row["size"]), int(row["sum"]))
        for _, row in rows.iterrows()
    )


def _named(names: dict[str, Any], key: Any) -> str:
    name = names.get(key)
    return name if isinstance(name, str) else str(key)


def _by_mode(
    state: StoreState, viewer: Viewer, asked: SitingQuestion, ground: Ground, frame: gpd.GeoDataFrame
) -> dict[str, list[int | None]]:
    """Persons within the limit of each site alone, by mode."""
    here = region(state)
    at = here.metric(frame.geometry)
    found: dict[str, list[int | None]] = {}
    for mode in Mode:
        if here.network is None:
            times = straight_times(
                ground.living.point, at, max_travel_time_s=asked.limit_s, kph=MODE_KPH[mode], factor=DETOUR_FACTOR
            )
        else:
            snap = snapper(state, mode)
            times = travel_times(
                snap.impedance, homes_on_roads(state, mode), snap(at),
                max_travel_time_s=asked.limit_s, walk_kph=mode.access_kph,
            )  # fmt: skip
        counts = [times.origin[(times.facility == k) & ground.counts[times.origin]] for k in range(len(at))]
        found[mode.value] = [tally(ground, viewer, who).persons for who in counts]
    return found


def _roads(state: StoreState, asked: SitingQuestion, frame: gpd.GeoDataFrame) -> list[tuple[Any, float | None]]:
    """The road that each site is on, and how far from it."""
    here = region(state)
    if here.network is None or here.roads is None:
        return [(None, None)] * len(frame)
    joined = snapper(state, asked.mode)(here.metric(frame.geometry))
    ids = here.roads["id"].to_numpy(dtype=object)
    return [
        (road_label(state, str(ids[here.network.road[edge]])), round(float(metres), 0)) if edge >= 0 else (None, None)
        for edge, metres in zip(joined.edge.tolist(), joined.access_m.tolist(), strict=True)
    ]


def _near(state: StoreState, frame: gpd.GeoDataFrame) -> list[tuple[Near, ...]]:
    """Support points in force around each site, by kind."""
    points = service_points(state).frame
    points = points[(points["layer"] == "support_points") & service_points(state).in_force]
    here = region(state)
    at, places = here.metric(frame.geometry), here.metric(points.geometry)
    who, which = shapely.STRtree(places).query(at, predicate="dwithin", distance=NEAR_M)
    kinds = points["kind"].to_numpy(dtype=object)
    found = []
    for k in range(len(frame)):
        kind, count = np.unique(kinds[which[who == k]].astype(str), return_counts=True)
        found.append(tuple(Near(str(name), int(n)) for name, n in zip(kind, count, strict=True)))
    return found


def _alternatives(
    asked: SitingQuestion, ground: Ground, opened: Ints, before: Served, after: Served, spending: Purse | None
) -> list[Alternative | None]:
    """For each new station the place that would lose least if it could not be had, of those that can be paid."""
    if asked.persons_per_staff is not None or asked.objective == "backup":
        return [None] * len(opened)
    allowed = np.concatenate([
        np.zeros(ground.n_stations, dtype=bool),
        ~(ground.candidates.banned | ground.candidates.forbidden | ground.candidates.must),
    ])
    allowed[opened] = False
    sites = np.flatnonzero(allowed)
    if not len(sites):
        return [None] * len(opened)
    stay = np.unique(np.concatenate([after.site[after.site >= 0], opened]))
    names = ground.candidates.frame
    found: list[Alternative | None] = []
    for site in opened.tolist():
        is_open = np.zeros(len(allowed), dtype=bool)
        is_open[stay[stay != site]] = True
        is_open[: ground.n_stations] |= np.isin(np.arange(ground.n_stations), before.site) & (asked.close == 0)
        others = sites if spending is None else sites[_payable(spending, sites, opened, site)]
        if not len(others):
            found.append(None)
            continue
        rest = served_by(ground, is_open)
        worse = _worse(asked, ground, rest, after, others)
        best = int(others[np.argmin(worse)])
        row = names.iloc[best - ground.n_stations]
        found.append(Alternative(row["id"], row["name"], float(worse.min())))
    return found


def _payable(spending: Purse, sites: Ints, opened: Ints, leaving: int) -> Bools:
    """Sites that what is left of the budget does for once one of the opened leaves."""
    left = spending.budget - float(spending.costs[opened].sum()) + float(spending.costs[leaving])
    payable: Bools = spending.costs[sites] <= left * (1 + ROUNDING)
    return payable


def _worse(asked: SitingQuestion, ground: Ground, rest: Served, after: Served, sites: Ints) -> Floats:
    """How much worse the objective is with each of ``sites`` in the place of the one taken away."""
    times, weight = ground.times, ground.weight
    number = np.full(times.n_facilities, -1)
    number[sites] = np.arange(len(sites))
    pair = np.flatnonzero((number[times.facility] >= 0) & (weight[times.origin] > 0))
    who, site, seconds = times.origin[pair].astype(np.int64), number[times.facility[pair]], times.seconds[pair]
    if asked.objective == "p-median":
        bound = np.where(np.isfinite(rest.seconds), rest.seconds, times.seconds.max(initial=0.0))
        saved = np.bincount(site, weight[who] * np.maximum(bound[who] - seconds, 0), minlength=len(sites))
        now = np.where(np.isfinite(after.seconds), after.seconds, times.seconds.max(initial=0.0))
        return (float(weight @ bound) - saved - float(weight @ now)) / 60
    if asked.objective == "p-center":
        return _farthest(ground, rest, who, site, seconds, len(sites)) - _worst(ground, after.seconds) / 60
    lost = (rest.seconds > asked.limit_s) & (weight > 0)
    near = lost[who] & (seconds <= asked.limit_s)
    gained = np.bincount(site[near], weight[who[near]], minlength=len(sites))
    covered = weight[rest.seconds <= asked.limit_s].sum() + gained
    return np.asarray(weight[after.seconds <= asked.limit_s].sum() - covered, dtype=np.float64)


def _worst(ground: Ground, seconds: Floats) -> float:
    timed = seconds[(ground.weight > 0) & np.isfinite(seconds)]
    return float(timed.max(initial=0.0))


def _farthest(ground: Ground, rest: Served, who: Ints, site: Ints, seconds: Floats, n: int) -> Floats:
    """Minutes of the farthest household with each site besides; infinite where somebody is left without a way."""
    worst = np.zeros(n)
    counted = np.flatnonzero((ground.weight > 0) & np.isfinite(rest.seconds))
    by_far = counted[np.argsort(-rest.seconds[counted])]
    for k in range(n):
        mine = site == k
        now = rest.seconds.copy()
        np.minimum.at(now, who[mine], seconds[mine])
        worst[k] = now[by_far].max(initial=0.0)
    return worst / 60

