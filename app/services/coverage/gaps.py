"""Gaps: units with households out of reach, why they are, and what would close them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.areas import UNASSIGNED
from app.services.county.demand import Counted
from app.services.county.small_cells import SMALL_CELL, withheld
from app.services.county.units import NOWHERE
from app.services.coverage.explanation import Explanation, Facts, ModeReach, sentence, too_close
from app.services.coverage.grounds import Grounds
from app.services.coverage.report import Gap
from geo.catchment import Status
from geo.network import Bools, Floats, Ints
from geo.speeds import Mode
from layers.schema import Label

ELSEWHERE = Label("其余（户数太少，不单列）", "Elsewhere (too few to list)")
"""What gaps that are not listed one by one are summed under."""

SUMMED = Explanation(
    text_zh="户数太少的地方合并为一行，为不显露单户情况，不列原因。",
    text_en="Places of too few households in one: no reasons are given, so that no single household shows.",
)
"""Their reasons would be single households' own."""

NO_WAY = (Status.UNREACHABLE, Status.DISCONNECTED)


@dataclass(frozen=True)
class Question:
    """What was asked, as far as a sentence repeats it."""

    mode: Mode
    minutes: float


def gaps(viewer: Viewer, known: Counted, grounds: Grounds, asked: Question, unlisted: Bools) -> tuple[Gap, ...]:
    """Units with households out of reach that the viewer may see, most persons first, then by code.

    Parameters
    ----------
    unlisted
        Households of units that are not listed one by one, shape (n_households,): those out of reach
        are summed in the last gap.
    """
    out_of_reach = (grounds.unit >= 0) & known.in_reach(viewer)
    who = np.flatnonzero(out_of_reach & ~unlisted)
    order = who[np.argsort(grounds.unit[who], kind="stable")]
    unit, first = np.unique(grounds.unit[order], return_index=True)
    rest = np.flatnonzero(out_of_reach & unlisted)
    members = [*np.split(order, first)[1:], rest]
    apart = _told_apart(viewer, known, members)
    found = [
        _gap(viewer, known, grounds, asked, here, *grounds.units[k], apart=told)
        for k, here, told in zip(unit, members[:-1], apart[:-1].tolist(), strict=True)
    ]
    found.sort(key=lambda gap: (-gap.persons, gap.code))
    return (*found, _summed(known, rest, apart=bool(apart[-1]))) if len(rest) else tuple(found)


def _told_apart(viewer: Viewer, known: Counted, members: list[Ints]) -> Bools:
    """Gaps of which is told how many are off the network, cut off, kept away and merely too far, shape (n_gaps,).

    Not where one of these is one to four, nor where the county's totals would give that away.
    """
    hidden = np.zeros(len(members), dtype=bool)
    if not viewer.points and known.n_facilities:
        status = [known.demand.status[here] for here in members]
        parts = [[int((its == part).sum()) for its in status] for part in (Status.OFF_NETWORK, *NO_WAY)]
        parts.append([len(its) - sum(counts) for its, *counts in zip(status, *parts, strict=True)])
        for part in parts:
            hidden |= withheld(np.array(part), np.full(len(members), "", dtype=object))
    return ~hidden


def text(frame: gpd.GeoDataFrame, unit: str, column: str) -> str:
    """A unit's code or name; its id where that is not given, nothing where there is no such unit."""
    return str(frame.loc[unit, column] or unit) if unit in frame.index else ""


def _summed(known: Counted, here: Ints, *, apart: bool) -> Gap:
    """The gaps of units that are too small to be listed, as one."""
    out = known.demand
    return Gap(
        code="",
        name=ELSEWHERE.zh,
        township="",
        township_name="",
        households=len(here),
        persons=int(out.persons[here].sum()),
        off_network=int((out.status[here] == Status.OFF_NETWORK).sum()) if apart else None,
        unreachable=_without_way(known, here) if apart else None,
        nearest_minutes_median=None,
        why=SUMMED if known.n_facilities else None,
        too_few=True,
    )


def _without_way(known: Counted, here: Ints) -> int:
    """How many have no way to what is counted; nobody where nothing is."""
    return int(np.isin(known.demand.status[here], NO_WAY).sum()) if known.n_facilities else 0


def _gap(
    viewer: Viewer, known: Counted, grounds: Grounds, asked: Question, here: Ints, village: str, township: str,
    *, apart: bool,
) -> Gap:
    areas, out = known.areas, known.demand
    frame, unit = (areas.villages, village) if village != UNASSIGNED else (areas.townships, township)
    # The median of a few is somebody's own time: it is for those who may see single households.
    few = 1 if viewer.points else SMALL_CELL
    gap = Gap(
        code=text(frame, unit, "code"),
        name=text(frame, unit, "name") or NOWHERE.zh,
        township=text(areas.townships, out.township[here[0]], "code"),
        township_name=text(areas.townships, out.township[here[0]], "name"),
        households=len(here),
        persons=int(out.persons[here].sum()),
        off_network=int((out.status[here] == Status.OFF_NETWORK).sum()) if apart else None,
        unreachable=_without_way(known, here) if apart else None,
        nearest_minutes_median=_rounded(_median(out.nearest_s[here], few), 60, 1),
    )
    why = None if not known.n_facilities else _explained(gap, known, grounds, asked, here, few, apart=apart)
    return dataclasses.replace(gap, why=why)


def _explained(gap: Gap, known: Counted, grounds: Grounds, asked: Question, here: Ints, few: int, *, apart: bool) -> Explanation:
    out, n = known.demand, len(here)
    timed, off = here[np.isfinite(out.nearest_s[here])], here[out.status[here] == Status.OFF_NETWORK]
    by_mode = tuple((mode, int(reached[here].sum())) for mode, reached in grounds.by_mode.items())
    by_station, cut_off = int(grounds.by_station[here].sum()), grounds.link_m[here[out.status[here] == Status.DISCONNECTED]]
    one_way = _without_way(known, here) - len(cut_off)
    with np.errstate(invalid="ignore"):
        detour = grounds.way_m[timed] / grounds.straight_m[timed]
    figures: dict[str, Any] = {
        "nearest": _most_often(known.names[out.facility[timed]]) if len(timed) >= few else None,
        "walk_minutes": _rounded(_median(grounds.walk_s[timed], few), 60, 1),
        "walk_m": _rounded(_median(grounds.walk_m[timed], few), 1, 0),
        "way_m": _rounded(_median(grounds.way_m[timed], few), 1, 0),
        "detour": _rounded(_median(detour, few), 1, 2),
        "mode": next((mode.value for mode, reached in by_mode if reached > n / 2), None),
        "link_m": _rounded(float(cut_off.min()), 1, 0) if len(cut_off) >= few else None,
        "off_network_m": _rounded(_median(grounds.walk_m[off], few), 1, 0),
    }
    said = sentence(Facts(
        households=n, off_network=len(off), disconnected=len(cut_off), one_way=one_way, by_mode=by_mode,
        by_station=by_station, asked=asked.mode, limit_minutes=asked.minutes, estimate=known.estimate,
        all_tried=bool(grounds.all_tried[here].all()), minutes=gap.nearest_minutes_median, counts_only=few > 1, apart=apart,
        **figures,
    ))  # fmt: skip

    def told(reached: int) -> int | None:
        return None if few > 1 and too_close(reached, n) else reached

    return Explanation(
        text_zh=said.zh,
        text_en=said.en,
        by_mode=tuple(ModeReach(mode.value, told(reached)) for mode, reached in by_mode),
        by_station=told(by_station),
        disconnected=len(cut_off) if apart else None,
        one_way=one_way if apart else None,
        **figures,
    )


def _median(values: Floats, few: int) -> float | None:
    """The median of what is known, None where that is fewer than ``few``."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) >= few else None


def _rounded(value: float | None, unit: float, digits: int) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value / unit, digits)


def _most_often(names: NDArray[Any]) -> str:
    """The name that stands there most often, the first of those in order."""
    name, count = np.unique(names.astype(str), return_counts=True)
    return str(name[np.argmax(count)])
