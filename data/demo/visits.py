"""Visits of the year, and the last contact and visit of every household that follow from them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.demo.frames import days_before, days_between, layer_frame
from data.demo.grid import Bools, Floats
from data.demo.randomness import labels

KINDS = {"home": 0.68, "evening": 0.06, "video": 0.05, "phone": 0.21}
OUTCOMES = {"done": 0.855, "nobody": 0.085, "refused": 0.008, "moved": 0.012, "follow_up": 0.04}
KEY = frozenset({"disabled", "martyr_kin", "duty_kin", "illness_kin", "demobilised", "empty_nest", "hardship"})
BEREAVED = frozenset({"martyr_kin", "duty_kin", "illness_kin"})
RECORDS_SINCE = dt.date(2026, 1, 1)


class Round(NamedTuple):
    """A dated round of visits: who is visited, what share of them, in a county where all work alike."""

    name: str | None
    first: dt.date
    last: dt.date
    whom: frozenset[str] | None
    share: float


ROUNDS = (
    Round("2026年春节走访", dt.date(2026, 1, 20), dt.date(2026, 2, 14), None, 0.46),
    Round("2026年春节走访", dt.date(2026, 1, 20), dt.date(2026, 2, 14), KEY, 0.55),
    Round("2026年清明走访", dt.date(2026, 3, 23), dt.date(2026, 4, 5), BEREAVED, 0.72),
    Round("2026年八一走访", dt.date(2026, 7, 15), dt.date(2026, 8, 1), None, 0.50),
    Round("2026年烈士纪念日走访", dt.date(2026, 9, 18), dt.date(2026, 9, 30), BEREAVED, 0.66),
    Round(None, dt.date(2026, 4, 10), dt.date(2026, 10, 30), None, 0.22),
    Round(None, dt.date(2026, 8, 2), dt.date(2026, 10, 30), KEY, 0.74),
)


def with_visits(households: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Households with their last contact and last visit, and the visits that these follow from.

    The last visit is the latest at home that met somebody; a contact may also be by video or telephone.
    Households not met this year keep a date from before the records begin, or none.
    """
    visits = _visits(households, rng)
    met = visits[visits["outcome"].isin(["done", "follow_up"])]
    contact_age = _latest(met, len(households))
    visit_age = _latest(met[met["kind"].isin(["home", "evening"])], len(households))
    earlier = _earlier(len(households), rng)
    visit_age = np.where(np.isnan(visit_age), earlier, visit_age)
    seen = households.assign(
        last_contact=days_before(np.fmin(contact_age, visit_age)), last_visit=days_before(visit_age))
    visits = visits.sort_values(["age", "place"], ascending=[False, True], kind="stable", ignore_index=True)
    frame = layer_frame("visits", {
        "id": [f"visit-{k:06d}" for k in range(1, len(visits) + 1)],
        "household": households["id"].to_numpy(dtype=object)[visits["place"]],
        "date": days_before(visits["age"].to_numpy()), "kind": visits["kind"], "campaign": visits["campaign"],
        "outcome": visits["outcome"],
    })
    return seen, frame


def _visits(households: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rows with the household's place in the frame and the age in days."""
    township = households["village"].str[:9]
    zeal = {code: rng.uniform(0.72, 1.22) for code in sorted(township.unique())}
    zeals = township.map(zeal).to_numpy(dtype=float)
    gone: Bools = np.zeros(len(households), dtype=bool)
    parts = []
    for one in ROUNDS:
        whom = np.ones(len(households), dtype=bool)
        if one.whom is not None:
            whom = np.array([not one.whom.isdisjoint(held) for held in households["categories"]])
        places = np.flatnonzero(whom & ~gone & (rng.random(len(households)) < one.share * zeals))
        ages = rng.integers(days_between(one.last), days_between(one.first) + 1, len(places))
        outcome = labels(rng, OUTCOMES, len(places))
        gone[places[outcome == "moved"]] = True
        parts.append(pd.DataFrame({"place": places, "age": ages, "kind": labels(rng, KINDS, len(places)),
                                   "campaign": one.name, "outcome": outcome}))
    every = pd.concat(parts, ignore_index=True)
    return every.drop_duplicates(["place", "age"], keep="first", ignore_index=True)


def _latest(visits: pd.DataFrame, count: int) -> Floats:
    """Age of the latest of the visits of each household; NaN where there is none."""
    latest = np.full(count, np.inf)
    np.minimum.at(latest, visits["place"].to_numpy(), visits["age"].to_numpy(dtype=float))
    return np.where(np.isfinite(latest), latest, np.nan)


def _earlier(count: int, rng: np.random.Generator) -> Floats:
    """Ages of visits from before the records begin; some households were never visited."""
    first = days_between(RECORDS_SINCE)
    return np.where(rng.random(count) < 0.85, rng.integers(first + 1, first + 650, count), np.nan)
