"""Reach by area before and after, and what of it may be shown to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.roles import Viewer
from app.services.county.homes import Homes
from app.services.county.small_cells import Withheld
from app.services.county.units import NOWHERE, By, units
from app.services.scenarios.report import REACH_FIGURES, AreaChange, Figures, Tally
from geo.catchment import Nearest, Status
from geo.coverage import within
from geo.network import Bools, Floats, Ints

_WITHOUT_WAY = (Status.UNREACHABLE, Status.DISCONNECTED, Status.OFF_NETWORK)
_HOUSEHOLDS, _PERSONS, _REACHED, _PERSONS_REACHED, _IMPRECISE, _PERSONS_IMPRECISE, _WITHOUT = range(7)


@dataclass(frozen=True)
class AreaList:
    """The areas that a viewer sees, and where everybody belongs.

    Attributes
    ----------
    ids, codes, names, townships
        Of each area, ordered by code.
    of : ndarray, shape (n_households,)
        Position of each household's area; ``len(ids)`` for none.
    seen : ndarray, shape (n_households,)
        Households in the viewer's reach.
    """

    by: By
    ids: list[str]
    codes: list[str]
    names: list[str]
    townships: list[str]
    of: Ints
    seen: Bools

    @classmethod
    def make(cls, homes: Homes, by: By, viewer: Viewer) -> AreaList:
        """Areas of one level in the viewer's reach."""
        found = units(homes, by, viewer)
        codes, names, townships = (found.frame[name].astype(str).tolist() for name in ("code", "name", "township"))
        ids = found.frame.index.astype(str).tolist()
        return cls(by, ids, codes, names, townships, found.of, homes.seen_by(viewer))


@dataclass(frozen=True)
class Side:
    """One side of the comparison: households and their times."""

    homes: Homes
    nearest: Nearest
    limit_s: float

    def reached(self, who: Ints) -> Bools:
        """Which of some households are reached; those of imprecise place never are."""
        return within(self.nearest.seconds[who], self.limit_s) & ~self.homes.imprecise[who]

    def without_way(self, who: Ints) -> Bools:
        """Which of some households have a place and no way from it."""
        without: Bools = ~self.homes.imprecise[who] & np.isin(self.nearest.status[who], _WITHOUT_WAY)
        return without

    def told(self) -> tuple[Bools, Bools, Bools]:
        """What is told of households by area, true or false of each: reached, without a way, and merely too far."""
        who = np.arange(len(self.homes))
        reached, without = self.reached(who), self.without_way(who)
        return reached, without, ~self.homes.imprecise & ~reached & ~without

    def sums(self, areas: AreaList, who: Ints) -> Floats:
        """Sums over some households by area, those in no area last; shape (7, n_areas + 1)."""
        who = who[areas.seen[who]]
        of, persons, size = areas.of[who], self.homes.persons[who], len(areas.ids) + 1
        imprecise, reached = self.homes.imprecise[who], self.reached(who)
        without, one = self.without_way(who), np.ones(len(who))
        return np.array([
            np.bincount(of, weight, minlength=size)
            for weight in (one, persons, reached, persons * reached, imprecise, persons * imprecise, without)
        ])  # fmt: skip


def tallies(side: Side, areas: AreaList, who: Ints) -> tuple[Ints, Ints]:
    """Households and persons of ``who`` by area, those in no area last."""
    who = who[areas.seen[who]]
    size = len(areas.ids) + 1
    households = np.bincount(areas.of[who], minlength=size)
    return households, np.bincount(areas.of[who], side.homes.persons[who], minlength=size).astype(np.int64)


@dataclass(frozen=True)
class Counts:
    """What the report is made of, by area with those in none last.

    ``before`` and ``after`` are as :meth:`Side.sums` gives them; ``served`` tells which areas have a
    station, before and after; ``newly`` holds households and persons newly reached and newly lost.
    The viewer is not told what becomes of the ``withheld`` areas, nor of the ``small`` ones, which are
    among them, what is reached now (:mod:`app.services.county.small_cells`). Nothing is said of reach
    where no station ``counts``, before or after: a county without stations has no data, not 0 %.
    """

    areas: AreaList
    before: Floats
    after: Floats
    served: tuple[set[str], set[str]]
    newly: tuple[tuple[Ints, Ints], tuple[Ints, Ints]]
    small: Withheld
    withheld: Withheld
    counts: tuple[bool, bool] = (True, True)

    def report(self, *, unchanged: Sequence[AreaChange] | None = None) -> tuple[AreaChange, tuple[AreaChange, ...]]:
        """The total and every area, without what is withheld.

        ``unchanged`` are the rows of :meth:`rows` before any change: only areas that differ get new ones.
        """
        last, by = len(self.areas.ids), self.areas.by
        rows = [self._row(k) for k in range(last + 1)] if unchanged is None else [*unchanged]
        if unchanged is not None:
            for k in np.flatnonzero(self._differs()).tolist():
                rows[k] = self._row(k)
        for k in np.flatnonzero(self.withheld.areas(by)).tolist():
            rows[k] = _masked(rows[k], small=bool(self.small.areas(by)[k]))
        if not (self.before[_HOUSEHOLDS, last] or self.after[_HOUSEHOLDS, last]):
            rows.pop()
        total = self._total()
        return _masked(total, small=self.small.whole) if self.withheld.whole else total, tuple(rows)

    def rows(self) -> tuple[AreaChange, ...]:
        """Every area, those in no area last, nothing withheld."""
        return tuple(self._row(k) for k in range(len(self.areas.ids) + 1))

    def _differs(self) -> Bools:
        other = self.served[0] ^ self.served[1]
        if self.counts[0] != self.counts[1]:
            return np.ones(self.before.shape[1], dtype=bool)
        differs: Bools = (self.before != self.after).any(axis=0) | (self.newly[0][0] > 0) | (self.newly[1][0] > 0)
        differs[:-1] |= np.fromiter((key in other for key in self.areas.ids), bool, len(self.areas.ids))
        return differs

    def _row(self, k: int) -> AreaChange:
        areas, inside = self.areas, k < len(self.areas.ids)
        code, name, town = (areas.codes[k], areas.names[k], areas.townships[k]) if inside else ("", NOWHERE.zh, "")
        had, has = (int(inside and areas.ids[k] in served) for served in self.served)
        reached, lost = (Tally(int(households[k]), int(persons[k])) for households, persons in self.newly)
        before = _figures(self.before[:, k], int(inside), had, told=self.counts[0])
        after = _figures(self.after[:, k], int(inside), has, told=self.counts[1])
        return AreaChange(code, name, areas.by, town, before, after, reached, lost)

    def _total(self) -> AreaChange:
        had, has = (sum(key in served for key in self.areas.ids) for served in self.served)
        reached, lost = (Tally(int(households.sum()), int(persons.sum())) for households, persons in self.newly)
        units = len(self.areas.ids)
        before, after = self.before.sum(axis=1), self.after.sum(axis=1)
        was = _figures(before, units, had, told=self.counts[0])
        return AreaChange("", "", "", "", was, _figures(after, units, has, told=self.counts[1]), reached, lost)


def _masked(row: AreaChange, *, small: bool) -> AreaChange:
    """The row without what comes after and what is newly reached and lost; of a small area without reach before."""
    if small:
        nothing: dict[str, Any] = dict.fromkeys(REACH_FIGURES)
        row = replace(row, before=replace(row.before, **nothing))
    return replace(row, after=None, newly_reached=None, newly_lost=None, withheld=True)


def _figures(sums: Floats, units: int, served: int, *, told: bool) -> Figures:
    n = [int(value) for value in sums]
    found = Figures(
        households=n[_HOUSEHOLDS],
        persons=n[_PERSONS],
        households_reached=n[_REACHED],
        persons_reached=n[_PERSONS_REACHED],
        households_imprecise=n[_IMPRECISE],
        persons_imprecise=n[_PERSONS_IMPRECISE],
        reach_rate=_rate(n[_REACHED], n[_HOUSEHOLDS] - n[_IMPRECISE]),
        persons_reach_rate=_rate(n[_PERSONS_REACHED], n[_PERSONS] - n[_PERSONS_IMPRECISE]),
        without_way=n[_WITHOUT],
        units=units,
        units_with_station=served,
        establishment_rate=_rate(served, units),
    )
    nothing: dict[str, Any] = dict.fromkeys(REACH_FIGURES)
    return found if told else replace(found, **nothing)


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def loads(side: Side, n: int, who: Ints) -> Ints:
    """Households and persons of exact place among ``who`` that each of ``n`` stations is nearest to; shape (2, n)."""
    who = who[~side.homes.imprecise[who] & (side.nearest.facility[who] >= 0)]
    nearest, persons = side.nearest.facility[who], side.homes.persons[who]
    return np.array([np.bincount(nearest, minlength=n), np.bincount(nearest, persons, minlength=n)]).astype(np.int64)
