"""The support circle 15分钟拥军服务圈: which kinds of service are within the limit, how complete that is, what is missing.

One service answers the page, the API and the command line. Times are kept for each mode; limit and
recipe are asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.roles import NotPermittedError, Viewer
from app.services.about import about
from app.services.circle_question import KINDS, CircleAsked, items, notes, rule
from app.services.circle_recipe import DEFAULT_RECIPE, SERVICE_KIND, CircleRecipe
from app.services.circle_times import CircleTimes, circle_times
from app.services.circles_report import AreaCircle, CircleReport, CircleShare, LeftOut, Service
from app.services.facilities import EXPIRED, NOT_BEGUN
from app.services.homes import Homes, homes
from app.services.modes import known_mode
from app.services.service_points import ServicePoints, service_points
from app.services.small_cells import withheld
from app.services.state import StoreState, settled
from app.services.travel import region
from app.services.units import NOWHERE, By, Units, known_by, units
from geo.coverage import Reach, check_limit, reach_by_area
from geo.network import Bools, Ints
from geo.speeds import Mode
from layers.store import Store

_WORST = 10
_NO_CENTRE: dict[str, Any] = dict.fromkeys(("centre_score", "centre_missing", "centre_lon", "centre_lat"))


def circles(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
    by: By = "township",
) -> CircleReport:
    """How complete the circles of households are, and what they lack, by area.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted. Who may not see single households is told
        nothing of areas of fewer than five.
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    recipe
        What makes a full circle; by default :data:`app.services.circle_recipe.DEFAULT_RECIPE`.
    by
        Level of ``by_area``.

    Raises
    ------
    ParameterError
        An unknown mode or level, or a limit that is none.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    mode, limit_s, by = known_mode(mode), check_limit(minutes * 60), known_by(by)
    asked = CircleAsked(viewer, mode, minutes, limit_s, recipe or DEFAULT_RECIPE, by)
    return settled(store, lambda state: _report(state, asked))


def household_circles(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``score``, ``complete``, ``missing``, ``imprecise``, and minutes by kind.

    ``missing`` lists the codes of the items that are out of reach; a column for each kind of
    service holds the minutes to the nearest, empty where no way leads to one. An imprecise
    household keeps what is so from where it is thought to be.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    if not viewer.points:
        msg = "没有查看单户结果的权限，只能查看汇总数 (single households are not shown to this viewer; only counts are)"
        raise NotPermittedError(msg)
    mode, limit_s = known_mode(mode), check_limit(minutes * 60)
    asked = CircleAsked(viewer, mode, minutes, limit_s, recipe or DEFAULT_RECIPE, "township")
    return settled(store, lambda state: _households(state, asked))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Reach of areas: of full circles by households and by persons, of each item, of each kind."""

    complete: Reach
    persons: Reach
    items: tuple[Reach, ...]
    kinds: tuple[Reach, ...]


def _report(state: StoreState, asked: CircleAsked) -> CircleReport:
    known, points, times = homes(state), service_points(state), circle_times(state, asked.mode)
    seen = known.seen_by(asked.viewer)
    told = units(known, asked.by, asked.viewer)
    sums = _sums(known, times, asked, seen, told.of[seen], len(told.frame) + 1)
    areas = _areas(sums, told, _centres(known, times, asked), asked)
    everything = _sums(known, times, asked, seen, np.zeros(int(seen.sum()), dtype=np.int64), 1)
    ranked = [area for area in areas if area.persons_incomplete]
    ranked.sort(key=lambda area: (-(area.persons_incomplete or 0), area.code))
    estimate = region(state).network is None
    exact = seen & ~known.imprecise
    return CircleReport(
        about=about(state, rule(asked, estimate=estimate), notes(known, points, asked)),
        mode=asked.mode.value,
        minutes=float(asked.minutes),
        by=asked.by,
        estimate=estimate,
        recipe=items(asked.recipe),
        services=_services(points, asked),
        total=_share(everything, 0, asked, hidden=_hidden(everything, np.zeros(1, dtype=object), asked)[0]),
        by_area=areas,
        worst=tuple(area.code for area in ranked[:_WORST]),
        left_out=LeftOut(
            expired=int((points.frame["state"] == EXPIRED).sum()),
            not_begun=int((points.frame["state"] == NOT_BEGUN).sum()),
            off_network=int((points.in_force & times.places_off_network).sum()),
        ),
        households_off_network=int((exact & times.off_network).sum()),
    )


def _sums(known: Homes, times: CircleTimes, asked: CircleAsked, seen: Bools, area: Ints, n: int) -> _Sums:
    had, near = asked.had(times.homes[seen])
    imprecise = known.imprecise[seen]
    complete: Bools = np.all(had, axis=1)

    def reach(reached: Bools, weight: Any = 1.0) -> Reach:
        return reach_by_area(reached, imprecise, area, n, weight=weight)

    return _Sums(
        complete=reach(complete),
        persons=reach(complete, known.persons[seen]),
        items=tuple(reach(had[:, k]) for k in range(had.shape[1])),
        kinds=tuple(reach(near[:, k]) for k in range(near.shape[1])),
    )


def _areas(
    sums: _Sums, told: Units, centres: dict[str, dict[str, Any]], asked: CircleAsked
) -> tuple[AreaCircle, ...]:
    group = np.array([*(told.frame["township"] if asked.by == "village" else [""] * len(told.frame)), ""], dtype=object)
    hidden = _hidden(sums, group, asked)
    found = []
    for k, (unit, row) in enumerate(told.frame.iterrows()):
        centre = centres[str(unit)] if asked.by == "village" else _NO_CENTRE
        found.append(
            AreaCircle(
                **_fields(sums, k, asked, hidden=hidden[k]),
                code=row["code"], name=row["name"], level=asked.by, township=row["township"],
                township_name=row["township_name"], too_few=bool(hidden[k]), **centre,
            )
        )  # fmt: skip
    if sums.complete.demand[-1]:
        found.append(
            AreaCircle(
                **_fields(sums, len(told.frame), asked, hidden=hidden[-1]),
                code="", name=NOWHERE.zh, level=asked.by, township="", township_name="", too_few=bool(hidden[-1]),
                **_NO_CENTRE,
            )
        )  # fmt: skip
    return tuple(found)


def _hidden(sums: _Sums, group: Any, asked: CircleAsked) -> Bools:
    """Areas whose figures would be those of a few households."""
    exact = (sums.complete.demand - sums.complete.uncertain).astype(np.int64)
    return np.zeros(len(exact), dtype=bool) if asked.viewer.points else withheld(exact, group)


def _share(sums: _Sums, k: int, asked: CircleAsked, *, hidden: bool) -> CircleShare:
    return CircleShare(**_fields(sums, k, asked, hidden=hidden))


def _fields(sums: _Sums, k: int, asked: CircleAsked, *, hidden: bool) -> dict[str, Any]:
    """What is said of one area; sizes only where the rest would be single households' own."""
    complete, persons, recipe = sums.complete, sums.persons, asked.recipe.over(KINDS)

    def told(value: float) -> float | None:
        return None if hidden or np.isnan(value) else float(value)

    def score(of: str) -> float | None:
        return told(recipe.score(np.array([[getattr(item, of)[k] for item in sums.items]]))[0])

    return {
        "households": int(complete.demand[k]),
        "persons": int(persons.demand[k]),
        "households_imprecise": int(complete.uncertain[k]),
        "persons_imprecise": int(persons.uncertain[k]),
        "households_complete": None if hidden else int(complete.reached[k]),
        "persons_complete": None if hidden else int(persons.reached[k]),
        "complete_rate": told(complete.rate[k]),
        "complete_rate_low": told(complete.rate_low[k]),
        "complete_rate_high": told(complete.rate_high[k]),
        "persons_complete_rate": told(persons.rate[k]),
        "persons_complete_rate_low": told(persons.rate_low[k]),
        "persons_complete_rate_high": told(persons.rate_high[k]),
        "score": score("rate"),
        "score_low": score("rate_low"),
        "score_high": score("rate_high"),
        "missing": {
            item.code: told(1 - reach.rate[k]) for item, reach in zip(asked.recipe.items, sums.items, strict=True)
        },
        "within": {kind: told(sums.kinds[KINDS.index(kind)].rate[k]) for kind in asked.recipe.shown},
    }


def _centres(known: Homes, times: CircleTimes, asked: CircleAsked) -> dict[str, dict[str, Any]]:
    """What is said of the middle of every village, by id."""
    had, _ = asked.had(times.centres)
    scores, villages = asked.recipe.over(KINDS).score(had), known.areas.villages
    middles = shapely.get_coordinates(villages.geometry.representative_point().to_numpy())
    return {
        str(unit): {
            "centre_score": float(score),
            "centre_missing": asked.recipe.lacking(row),
            "centre_lon": round(float(lon), 6),
            "centre_lat": round(float(lat), 6),
        }
        for unit, score, row, (lon, lat) in zip(villages.index, scores, had, middles, strict=True)
    }


def _households(state: StoreState, asked: CircleAsked) -> pd.DataFrame:
    known, times = homes(state), circle_times(state, asked.mode)
    seen = known.seen_by(asked.viewer)
    seconds = times.homes[seen]
    had, _ = asked.had(seconds)
    minutes = np.where(np.isfinite(seconds), np.round(seconds / 60, 2), np.nan)
    return pd.DataFrame({
        "id": known.id[seen],
        "score": asked.recipe.over(KINDS).score(had),
        "complete": had.all(axis=1),
        "missing": [list(asked.recipe.lacking(row)) for row in had],
        "imprecise": known.imprecise[seen],
        **{kind: minutes[:, k] for k, kind in enumerate(KINDS) if kind in asked.recipe.shown},
    })


def _services(points: ServicePoints, asked: CircleAsked) -> tuple[Service, ...]:
    places = dict(zip(KINDS, points.kinds[points.in_force].sum(axis=0).tolist(), strict=True))
    return tuple(
        Service(kind, *SERVICE_KIND.label(kind), places[kind])
        for kind in asked.recipe.shown
    )
