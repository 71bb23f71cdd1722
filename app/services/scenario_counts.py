"""Reach by area before and after, and what of it may be shown to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.roles import Viewer
from app.services.homes import Homes
from app.services.scenario_report import AreaChange, Figures, Tally
from app.services.units import NOWHERE, By, units
from geo.catchment import Nearest, Status
from geo.coverage import within
from geo.network import Bools, Floats, Ints

SMALL_CELL = 5
"""Fewer households than this show no figure that could be one household's own."""

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

    def sums(self, areas: AreaList, who: Ints) -> Floats:
        """Sums over some households by area, those in no area last; shape (7, n_areas + 1)."""
        who = who[areas.seen[who]]
        of, persons, size = areas.of[who], self.homes.persons[who], len(areas.ids) + 1
        imprecise, reached = self.homes.imprecise[who], self.reached(who)
        without = ~imprecise & np.isin(self.nearest.status[who], _WITHOUT_WAY)
        one = np.ones(len(who))
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
    """

    areas: AreaList
    before: Floats
    after: Floats
    served: tuple[set[str], set[str]]
    newly: tuple[tuple[Ints, Ints], tuple[Ints, Ints]]

    def report(
        self, *, points: bool, unchanged: Sequence[AreaChange] | None = None
    ) -> tuple[AreaChange, tuple[AreaChange, ...]]:
        """The total and every area; small differences are withheld from who may not see single households.

        ``unchanged`` are the rows of :meth:`rows` before any change: only areas that differ get new ones.
        """
        last = len(self.areas.ids)
        (reached, _), (lost, _) = self.newly
        rows = [self._row(k) for k in range(last + 1)] if unchanged is None else [*unchanged]
        if unchanged is not None:
            for k in np.flatnonzero(self._differs()).tolist():
                rows[k] = self._row(k)
        if not points:
            hidden = _withheld(reached, lost)
            for k in np.flatnonzero(hidden[0]).tolist():
                rows[k] = _masked(rows[k], hidden[:, k])
        if not (self.before[_HOUSEHOLDS, last] or self.after[_HOUSEHOLDS, last]):
            rows.pop()
        whole = _small(reached.sum(keepdims=True), lost.sum(keepdims=True))[:, 0] & (not points)
        return _masked(self._total(), whole), tuple(rows)

    def rows(self) -> tuple[AreaChange, ...]:
        """Every area, those in no area last, nothing withheld."""
        return tuple(self._row(k) for k in range(len(self.areas.ids) + 1))

    def _differs(self) -> Bools:
        other = self.served[0] ^ self.served[1]
        differs: Bools = (self.before != self.after).any(axis=0) | (self.newly[0][0] > 0) | (self.newly[1][0] > 0)
        differs[:-1] |= np.fromiter((key in other for key in self.areas.ids), bool, len(self.areas.ids))
        return differs

    def _row(self, k: int) -> AreaChange:
        areas, inside = self.areas, k < len(self.areas.ids)
        code, name, town = (areas.codes[k], areas.names[k], areas.townships[k]) if inside else ("", NOWHERE.zh, "")
        had, has = (int(inside and areas.ids[k] in served) for served in self.served)
        reached, lost = (Tally(int(households[k]), int(persons[k])) for households, persons in self.newly)
        before = _figures(self.before[:, k], int(inside), had)
        after = _figures(self.after[:, k], int(inside), has)
        return AreaChange(code, name, areas.by, town, before, after, reached, lost)

    def _total(self) -> AreaChange:
        had, has = (sum(key in served for key in self.areas.ids) for served in self.served)
        reached, lost = (Tally(int(households.sum()), int(persons.sum())) for households, persons in self.newly)
        units = len(self.areas.ids)
        before, after = self.before.sum(axis=1), self.after.sum(axis=1)
        return AreaChange("", "", "", "", _figures(before, units, had), _figures(after, units, has), reached, lost)


def _masked(row: AreaChange, hidden: Bools) -> AreaChange:
    """The row without what is withheld: what is newly reached and lost, and perhaps all that comes after."""
    if hidden[1]:
        row = replace(row, after=None)
    return replace(row, newly_reached=None, newly_lost=None, withheld=True) if hidden[0] else row


def _small(reached: Ints, lost: Ints) -> Bools:
    """Where so few households differ that their figures are withheld; and where the sums would tell them."""
    few = [(n > 0) & (n < SMALL_CELL) for n in (reached, lost)]
    tallies_hidden = few[0] | few[1]
    return np.array([tallies_hidden, tallies_hidden & (reached < SMALL_CELL) & (lost < SMALL_CELL)])


def _withheld(reached: Ints, lost: Ints) -> Bools:
    """The same by area, shape (2, n); what is withheld must not follow from the total less the rest.

    The areas with the fewest are withheld as well until those withheld come to enough together.
    """
    hidden = _small(reached, lost)
    for measure in (reached, lost):
        while 0 < measure[hidden[0]].sum() < SMALL_CELL and (measure[~hidden[0]] > 0).any():
            rest = np.where(hidden[0] | (measure == 0), np.iinfo(np.int64).max, measure)
            hidden[:, rest.argmin()] = True
    return hidden


def _figures(sums: Floats, units: int, served: int) -> Figures:
    n = [int(value) for value in sums]
    return Figures(
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


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def loads(side: Side, n: int, who: Ints) -> Ints:
    """Households and persons of exact place among ``who`` that each of ``n`` stations is nearest to; shape (2, n)."""
    who = who[~side.homes.imprecise[who] & (side.nearest.facility[who] >= 0)]
    nearest, persons = side.nearest.facility[who], side.homes.persons[who]
    return np.array([np.bincount(nearest, minlength=n), np.bincount(nearest, persons, minlength=n)]).astype(np.int64)
