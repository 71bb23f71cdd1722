"""Coverage: who reaches what is counted within the limit, by township and village.

One service answers the page, the API and the command line, so that they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from app.roles import NotPermittedError, Viewer
from app.services.areas import UNASSIGNED, Areas
from app.services.errors import NoDataError
from app.services.facilities import FacilityChoice, facilities
from app.services.travel import region, times_to_nearest
from geo.catchment import Nearest, Status
from geo.coverage import Reach, check_limit, reach_by_area, within
from geo.errors import ParameterError
from geo.snap import MAX_ACCESS_M
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import Label
from layers.store import Store
from layers.vocabulary import IMPRECISE

By = Literal["township", "village"]

MODE_LABELS: Mapping[Mode, Label] = {
    Mode.WALK: Label("步行", "walking"),
    Mode.ELDER_WALK: Label("老人步行", "walking at an elder's pace"),
    Mode.EBIKE: Label("电动自行车", "e-bike"),
    Mode.DRIVE: Label("驾车", "driving"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """Establishment beside reach. Rates are 0 to 1, None where there is nothing to divide by.

    ``units`` are the areas of the chosen level; ``villages`` those within, whatever the level.
    ``reach_rate`` leaves out households whose place is imprecise; ``_low`` takes them as not
    reached, ``_high`` as reached.
    """

    households: int
    persons: int
    households_reached: int
    persons_reached: int
    households_imprecise: int
    persons_imprecise: int
    reach_rate: float | None
    reach_rate_low: float | None
    reach_rate_high: float | None
    persons_reach_rate: float | None
    persons_reach_rate_low: float | None
    persons_reach_rate_high: float | None
    units: int
    units_with_station: int
    establishment_rate: float | None
    villages: int
    villages_with_station: int


@dataclass(frozen=True, slots=True)
class AreaShare(Share):
    """The share of one township or village; empty ``code`` for households that lie in none."""

    code: str
    name: str
    level: str
    township: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A village (a township where there are no villages) with households out of reach."""

    code: str
    name: str
    township: str
    township_name: str
    households: int
    persons: int
    off_network: int
    unreachable: int
    nearest_minutes_median: float | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Households without a time, and those whose time means little; no household is in two of them."""

    off_network: int
    unreachable: int
    imprecise: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What was counted, and how; printed with every figure."""

    mode: str
    minutes: float
    facilities: str
    facilities_en: str
    facilities_counted: int
    by: str
    estimate: bool
    speed_kph: float | None
    access_kph: float
    max_access_m: float
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The answer, with the rule that it follows and the date of the data.

    ``notes`` name what is missing for a fuller answer, and what to do about it.
    """

    rule: Rule
    as_of: dt.date
    region: Label
    fictional: bool
    total: Share
    by_area: tuple[AreaShare, ...]
    gaps: tuple[Gap, ...]
    unknown: Unknown
    notes: tuple[Label, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": asdict(self.rule),
            "as_of": self.as_of.isoformat(),
            "region": {"name": self.region.zh, "name_en": self.region.en, "fictional": self.fictional},
            "total": asdict(self.total),
            "by_area": [asdict(area) for area in self.by_area],
            "gaps": [asdict(gap) for gap in self.gaps],
            "unknown": asdict(self.unknown),
            "notes": [note._asdict() for note in self.notes],
        }


def coverage(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    by: By = "township",
    choice: FacilityChoice | None = None,
) -> CoverageReport:
    """Share of households and persons that reach a facility within ``minutes``, by area.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted.
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    by
        Level of ``by_area``, and the unit of the establishment rate.
    choice
        What counts as a facility; by default open stations of every level.

    Raises
    ------
    ParameterError
        An unknown mode or level, or a limit that is none.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    mode, limit_s = _known_mode(mode), check_limit(minutes * 60)
    if by not in get_args(By):
        msg = f"没有分区级别“{by}”，可用：township、village (no such level; use township or village)"
        raise ParameterError(msg)
    choice = choice or FacilityChoice()
    counted = _counted(_Question(store, mode, choice))
    within_reach = counted.seen_by(viewer)
    reached = within(within_reach.nearest_s, limit_s)
    areas = _area_shares(within_reach, counted, reached, by, viewer)
    return CoverageReport(
        rule=_rule(store, mode, minutes, by, choice, counted.n_facilities),
        as_of=_as_of(store),
        region=_region_label(store),
        fictional=bool((known := store.region()) and known.fictional),
        total=_total(within_reach, reached, areas),
        by_area=areas,
        gaps=_gaps(within_reach, counted.areas, reached),
        unknown=Unknown(
            off_network=int((~within_reach.imprecise & (within_reach.status == Status.OFF_NETWORK)).sum()),
            unreachable=int((~within_reach.imprecise & (within_reach.status == Status.UNREACHABLE)).sum()),
            imprecise=int(within_reach.imprecise.sum()),
        ),
        notes=_notes(counted, choice),
    )


def household_times(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    choice: FacilityChoice | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``minutes``, ``station``, ``status``.

    ``status`` is ``reached``, ``not_reached``, ``unreachable``, ``off_network`` or ``imprecise``;
    an imprecise household keeps the time from where it is thought to be.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    if not viewer.points:
        msg = "没有查看单户结果的权限，只能查看汇总数 (single households are not shown to this viewer; only counts are)"
        raise NotPermittedError(msg)
    limit_s = check_limit(minutes * 60)
    demand = _counted(_Question(store, _known_mode(mode), choice or FacilityChoice())).seen_by(viewer)
    status = np.select(
        [demand.imprecise, demand.status == Status.OFF_NETWORK, demand.status == Status.UNREACHABLE,
         within(demand.nearest_s, limit_s)],
        ["imprecise", "off_network", "unreachable", "reached"],
        "not_reached",
    )
    finite = np.isfinite(demand.nearest_s)
    return pd.DataFrame({
        "id": demand.id,
        "minutes": np.where(finite, np.round(demand.nearest_s / 60, 2), np.nan),
        "station": demand.station,
        "status": status,
    })


@dataclass(frozen=True)
class _Demand:
    """Households as the analysis needs them; arrays of shape (n,)."""

    id: np.ndarray
    persons: np.ndarray
    village: np.ndarray
    township: np.ndarray
    imprecise: np.ndarray
    nearest_s: np.ndarray
    status: np.ndarray
    station: np.ndarray

    def where(self, kept: np.ndarray) -> _Demand:
        return _Demand(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class _Counted:
    """Everything that does not depend on the limit, the level or the viewer."""

    demand: _Demand
    areas: Areas
    served_townships: set[str]
    served_villages: set[str]
    n_facilities: int

    def seen_by(self, viewer: Viewer) -> _Demand:
        if viewer.townships is None:
            return self.demand
        return self.demand.where(np.isin(self.demand.township, list(viewer.townships)))


class _Question:
    """What was asked of a store in one state of its data; equal questions share an answer."""

    def __init__(self, store: Store, mode: Mode, choice: FacilityChoice) -> None:
        self.store, self.mode, self.choice = store, mode, choice
        self._identity = (store.address, store.stamp(), mode, choice)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


@lru_cache(maxsize=16)
def _counted(question: _Question) -> _Counted:
    store = question.store
    households = store.read("households", columns=["id", "village", "persons", "precision", "geometry"])
    areas = Areas.read(store)
    if areas.townships.empty and areas.villages.empty:
        msg = "没有乡镇和村，无法分区统计；请先装入乡镇 (there are no townships or villages; load townships first)"
        raise NoDataError(msg)
    chosen = facilities(store, question.choice, _as_of(store))
    nearest = times_to_nearest(store, question.mode, households.geometry, chosen.geometry)
    served_townships, served_villages = areas.served(chosen)
    return _Counted(_demand(households, areas, chosen, nearest), areas, served_townships, served_villages, len(chosen))


def _demand(households: gpd.GeoDataFrame, areas: Areas, chosen: gpd.GeoDataFrame, nearest: Nearest) -> _Demand:
    village, township = areas.of_households(households)
    imprecise = households["precision"].isin(IMPRECISE).to_numpy() | (nearest.status == Status.NO_PLACE)
    return _Demand(
        id=households["id"].to_numpy(dtype=object),
        persons=households["persons"].to_numpy(dtype=np.int64),
        village=village.to_numpy(dtype=object),
        township=township.to_numpy(dtype=object),
        imprecise=imprecise,
        nearest_s=nearest.seconds,
        status=nearest.status,
        station=np.append(chosen["id"].to_numpy(dtype=object), None)[nearest.facility],
    )


def _area_shares(
    demand: _Demand, counted: _Counted, reached: np.ndarray, by: By, viewer: Viewer
) -> tuple[AreaShare, ...]:
    areas = counted.areas
    villages = areas.villages
    frame, of_demand, served = (
        (areas.townships, demand.township, counted.served_townships)
        if by == "township"
        else (villages, demand.village, counted.served_villages)
    )
    township_of = frame.index.to_series() if by == "township" else villages["township"]
    frame = frame[[viewer.reaches(t) for t in township_of]]
    position = pd.Series(np.arange(len(frame)), index=frame.index)
    area = pd.Series(of_demand).map(position).fillna(len(frame)).to_numpy(dtype=np.int64)
    households, persons = _reach(demand, reached, area, len(frame) + 1)
    has = villages.index.isin(list(counted.served_villages))
    within_township = pd.DataFrame({"all": 1, "with": has}).groupby(villages["township"].to_numpy()).sum()
    shares = []
    for k, (code, row) in enumerate(frame.iterrows()):
        n, n_with = (
            (int(within_township["all"].get(code, 0)), int(within_township["with"].get(code, 0)))
            if by == "township"
            else (1, int(code in served))
        )
        township = code if by == "township" else row["township"]
        shares.append(AreaShare(
            **_share(households, persons, k, 1, int(code in served), n, n_with),
            code=row["code"], name=row["name"] or row["code"], level=by, township=_code(areas, township),
        ))
    shares.sort(key=lambda share: share.code)
    if households.demand[-1]:
        shares.append(AreaShare(
            **_share(households, persons, len(frame), 0, 0, 0, 0), code="", name="未归属", level=by, township=""
        ))
    return tuple(shares)


def _reach(demand: _Demand, reached: np.ndarray, area: np.ndarray, n: int) -> tuple[Reach, Reach]:
    """Reach counted by households, and by persons."""
    return (
        reach_by_area(reached, demand.imprecise, area, n),
        reach_by_area(reached, demand.imprecise, area, n, weight=demand.persons),
    )


def _share(
    households: Reach, persons: Reach, k: int, units: int, with_station: int, villages: int, villages_with: int
) -> dict[str, Any]:
    return {
        "households": int(households.demand[k]),
        "persons": int(persons.demand[k]),
        "households_reached": int(households.reached[k]),
        "persons_reached": int(persons.reached[k]),
        "households_imprecise": int(households.uncertain[k]),
        "persons_imprecise": int(persons.uncertain[k]),
        "reach_rate": _rate(households.rate[k]),
        "reach_rate_low": _rate(households.rate_low[k]),
        "reach_rate_high": _rate(households.rate_high[k]),
        "persons_reach_rate": _rate(persons.rate[k]),
        "persons_reach_rate_low": _rate(persons.rate_low[k]),
        "persons_reach_rate_high": _rate(persons.rate_high[k]),
        "units": units,
        "units_with_station": with_station,
        "establishment_rate": with_station / units if units else None,
        "villages": villages,
        "villages_with_station": villages_with,
    }


def _total(demand: _Demand, reached: np.ndarray, areas: tuple[AreaShare, ...]) -> Share:
    households, persons = _reach(demand, reached, np.zeros(len(reached), dtype=np.int64), 1)
    sums = [
        sum(getattr(area, name) for area in areas)
        for name in ("units", "units_with_station", "villages", "villages_with_station")
    ]
    return Share(**_share(households, persons, 0, *sums))


def _rate(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _code(areas: Areas, township: str) -> str:
    return township if township not in areas.townships.index else areas.townships.at[township, "code"]


def _gaps(demand: _Demand, areas: Areas, reached: np.ndarray) -> tuple[Gap, ...]:
    """Villages with households out of reach, most persons first."""
    out = demand.where(~reached & ~demand.imprecise)
    unit = np.where(out.village == UNASSIGNED, out.township, out.village)
    rows = pd.DataFrame({
        "unit": unit,
        "township": out.township,
        "households": 1,
        "persons": out.persons,
        "off_network": out.status == Status.OFF_NETWORK,
        "unreachable": out.status == Status.UNREACHABLE,
        "minutes": np.where(np.isfinite(out.nearest_s), out.nearest_s / 60, np.nan),
    })
    found = rows.groupby("unit", sort=True).agg(
        township=("township", "first"), households=("households", "sum"), persons=("persons", "sum"),
        off_network=("off_network", "sum"), unreachable=("unreachable", "sum"), minutes=("minutes", "median"),
    )
    found = found.sort_values("persons", ascending=False, kind="stable")
    return tuple(
        Gap(
            code=_unit(areas, str(unit), "code"),
            name=_unit(areas, str(unit), "name") or "未归属",
            township=_code(areas, row.township),
            township_name=_unit(areas, row.township, "name"),
            households=int(row.households),
            persons=int(row.persons),
            off_network=int(row.off_network),
            unreachable=int(row.unreachable),
            nearest_minutes_median=None if np.isnan(row.minutes) else round(float(row.minutes), 1),
        )
        for unit, row in zip(found.index, found.itertuples(index=False), strict=True)
    )


def _unit(areas: Areas, unit: str, column: str) -> str:
    for frame in (areas.villages, areas.townships):
        if unit in frame.index:
            return str(frame.at[unit, column] or unit)
    return ""


def _known_mode(mode: Mode | str) -> Mode:
    try:
        return Mode(mode)
    except ValueError:
        msg = f"没有出行方式“{mode}”，可用：{'、'.join(Mode)} (no such mode; use one of these)"
        raise ParameterError(msg) from None


def _as_of(store: Store) -> dt.date:
    known = store.as_of()
    if known is None:
        msg = "库中还没有数据；请先运行 rongtu demo 或装入数据 (the store is empty; run rongtu demo or load data first)"
        raise NoDataError(msg)
    return known


def _region_label(store: Store) -> Label:
    known = store.region()
    return Label(known.name_zh, known.name_en) if known else Label("未命名地区", "Unnamed region")


def _notes(counted: _Counted, choice: FacilityChoice) -> tuple[Label, ...]:
    notes = []
    if not len(counted.demand.id):
        notes.append(Label(
            "没有服务对象家庭，无法计算可达率；请先装入家庭图层",
            "there are no households, so there is no reach rate; load the households layer",
        ))
    if not counted.n_facilities:
        label = choice.label()
        notes.append(Label(
            f"没有可计入的设施（{label.zh}）；请先装入服务站或服务点，或放宽条件",
            f"there is nothing to count ({label.en}); load stations or support points, or widen the choice",
        ))
    return tuple(notes)


def _rule(store: Store, mode: Mode, minutes: float, by: By, choice: FacilityChoice, n_facilities: int) -> Rule:
    estimate = region(store).network is None
    counted, said = choice.label(), MODE_LABELS[mode]
    by_road = mode is Mode.DRIVE and not estimate
    zh = (
        f"{said.zh} {minutes:g} 分钟内（含）到达{counted.zh}，"
        + ("按道路等级车速" if by_road else f"{MODE_KPH[mode]:g} 公里/小时")
        + (f"，直线距离 × {DETOUR_FACTOR:g}（估算）" if estimate else
           f"，沿路网计时；离路步行 {mode.access_kph:g} 公里/小时，离路超过 {MAX_ACCESS_M:g} 米为路网外")
        + "；定位只到村的家庭不计入可达率，另列范围"
    )
    en = (
        f"{said.en} to {counted.en} in at most {minutes:g} minutes, "
        + ("at the speed of the road class" if by_road else f"at {MODE_KPH[mode]:g} km/h")
        + (f", straight line × {DETOUR_FACTOR:g} (estimate)" if estimate else
           f", along the roads; off the road on foot at {mode.access_kph:g} km/h, "
           f"farther than {MAX_ACCESS_M:g} m from a road is off the network")
        + "; households known only to their village are left out of the rate and shown as a range"
    )
    return Rule(
        mode=mode.value, minutes=float(minutes), facilities=counted.zh, facilities_en=counted.en,
        facilities_counted=n_facilities, by=by, estimate=estimate, speed_kph=None if by_road else MODE_KPH[mode],
        access_kph=mode.access_kph, max_access_m=MAX_ACCESS_M, text_zh=zh, text_en=en,
    )
