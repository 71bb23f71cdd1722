"""Circles summed by area: what is said of each township and village, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.services.circles.question import KINDS, CircleAsked
from app.services.circles.report import AreaCircle, CircleShare
from app.services.circles.times import CircleTimes
from app.services.county.homes import Homes
from app.services.county.small_cells import withheld_from
from app.services.county.units import NOWHERE, units
from geo.coverage import Reach, reach_by_area
from geo.network import Bools, Ints

_NO_CENTRE: dict[str, Any] = dict.fromkeys(("centre_score", "centre_missing", "centre_lon", "centre_lat"))


def whole_circle(known: Homes, times: CircleTimes, asked: CircleAsked, seen: Bools) -> CircleShare:
    """The circles of all households that the asker may see, ``seen`` of shape (n_households,), as one area."""
    sums = _Sums.of(known, times, asked, seen, np.zeros(int(seen.sum()), dtype=np.int64), 1)
    return CircleShare(**sums.fields(0, asked, hidden=withheld_from(asked.viewer, known).whole))


def area_circles(known: Homes, times: CircleTimes, asked: CircleAsked, seen: Bools) -> tuple[AreaCircle, ...]:
    """The circles of the households of each area in the asker's reach, by code; last those that lie in none."""
    told = units(known, asked.by, asked.viewer)
    n = len(told.frame)
    sums = _Sums.of(known, times, asked, seen, told.of[seen], n + 1)
    hidden = withheld_from(asked.viewer, known).areas(asked.by)
    centres = _centres(known, times, asked) if asked.by == "village" else {}
    found = [
        AreaCircle(
            **sums.fields(k, asked, hidden=bool(hidden[k])),
            **centres.get(str(unit), _NO_CENTRE),
            **{name: row[name] for name in ("code", "name", "township", "township_name")},
            level=asked.by,
            too_few=bool(hidden[k]),
        )
        for k, (unit, row) in enumerate(told.frame.iterrows())
    ]
    if sums.complete.demand[n]:
        found.append(
            AreaCircle(
                **sums.fields(n, asked, hidden=bool(hidden[n])),
                **_NO_CENTRE,
                code="", name=NOWHERE.zh, township="", township_name="",
                level=asked.by,
                too_few=bool(hidden[n]),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Reach of areas: of full circles by households and by persons, of each item, of each kind."""

    complete: Reach
    persons: Reach
    items: tuple[Reach, ...]
    kinds: tuple[Reach, ...]

    @classmethod
    def of(cls, known: Homes, times: CircleTimes, asked: CircleAsked, seen: Bools, area: Ints, n: int) -> _Sums:
        """Households that are ``seen``, summed by their ``area``."""
        had, near = asked.had(times.homes[seen])
        imprecise = known.imprecise[seen]
        complete: Bools = np.all(had, axis=1)

        def reach(reached: Bools, weight: Any = 1.0) -> Reach:
            return reach_by_area(reached, imprecise, area, n, weight=weight)

        return cls(
            complete=reach(complete),
            persons=reach(complete, known.persons[seen]),
            items=tuple(reach(had[:, k]) for k in range(had.shape[1])),
            kinds=tuple(reach(near[:, k]) for k in range(near.shape[1])),
        )

    def fields(self, k: int, asked: CircleAsked, *, hidden: bool) -> dict[str, Any]:
        """What is said of one area; sizes only where the rest would be single households' own."""
        complete, persons, recipe = self.complete, self.persons, asked.recipe.over(KINDS)

        def told(value: float) -> float | None:
            return None if hidden or np.isnan(value) else float(value)

        def score(of: str) -> float | None:
            return told(recipe.score(np.array([[getattr(item, of)[k] for item in self.items]]))[0])

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
                item.code: told(1 - reach.rate[k]) for item, reach in zip(asked.recipe.items, self.items, strict=True)
            },
            "within": {kind: told(self.kinds[KINDS.index(kind)].rate[k]) for kind in asked.recipe.shown},
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
