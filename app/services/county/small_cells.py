"""Areas too small to be told of: one rule for every answer that is given by township and by village.

Who may only see counts is not told what is so of an area (reached or not, minutes, scores) where it
has one to four households of known place: it could be one household's own. Nor where one to four of
them are reached, or are not: that would be told of so few. How many households and persons live there
is told. Both levels can be asked for, and the total is told, so some more areas
are withheld: everything that can be worked out from all that is told is of five households or of none.

That holds because what is told nests (county, townships, villages). From each area that is told,
take away the areas within that are told: what is left, its remainder, can be had by subtraction, and
whatever else can be had is made of such remainders. So no remainder may have one to four households:

1. areas with one to four are withheld;
2. of a township that is told, villages are withheld, smallest first, until its remainder is enough;
3. the county's remainder is that of the townships that are withheld. If it is too small, the smallest
   township that is told is withheld with them, and of its villages so many that it is enough.

The row of households in no village adds up parts of townships; it is told only where each of these
parts is a township's whole remainder, so it tells nothing new. A village with households in several
townships does not nest and is withheld.

What is so of some and not of the others (reached or not) is held to the same three times: by how many
households there are, how many it is so of, and how many it is not. An area that any of these withholds
is withheld, and what each keeps safe stays so: an area that is withheld besides has none or enough.

Each answer is held to this by itself. Two answers to questions that differ a little (another limit, mode
or choice of facilities) may differ by a few households; :mod:`app.services.county.limits` keeps limits apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.homes import Homes
from app.services.county.units import By, units
from geo.network import Bools, Ints
from layers.schema import Label

SMALL_CELL = 5
"""Fewer households than this show no figure that could be one household's own."""

WHY_UNTOLD = Label(
    f"位置明确的家庭，或其中可达、不可达的家庭不足 {SMALL_CELL} 户的地方不列出情况；为免由合计推算，必要时另有相邻的一处也不列出",
    f"places where fewer than {SMALL_CELL} households of known place live, are reached, or are not, are not told of; where "
    "totals would give them away, another place is not either",
)
"""Said where areas are withheld for what is so of their households, too."""

WHY_EMPTY = Label(
    f"位置明确的家庭不足 {SMALL_CELL} 户的地方不列出情况；为免由合计推算，必要时另有相邻的一处也不列出",
    f"places with fewer than {SMALL_CELL} households of known place are not told of; where totals would give them away, "
    "another place is not either",
)
"""Said where areas are withheld."""

FEW_DIFFER = Label(
    f"位置明确的家庭或有变动的家庭不足 {SMALL_CELL} 户的地方，不列出变化；为免由合计推算，必要时另有一处也不列出",
    f"places where fewer than {SMALL_CELL} households of known place live, or differ, are not told of; where totals would "
    "give them away, another place is not either",
)
"""Said where a difference is withheld."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is withheld.

    Attributes
    ----------
    whole
        The total.
    townships, villages
        Areas, shape (n_areas + 1,); last the row of what lies in none.
    outside
        What lies in no village, by township, shape (n_townships + 1,).
    """

    whole: bool
    townships: Bools
    villages: Bools
    outside: Bools

    def areas(self, by: By) -> Bools:
        """The rows of one level, last that of what lies in none."""
        return self.townships if by == "township" else self.villages

    def __or__(self, other: Withheld) -> Withheld:
        """What either withholds: remainders only grow together, so what both keep safe stays so."""
        return Withheld(
            self.whole or other.whole,
            self.townships | other.townships,
            self.villages | other.villages,
            self.outside | other.outside,
        )

    def __bool__(self) -> bool:
        """True when anything is withheld."""
        return self.whole or bool(self.townships.any() or self.villages.any())


@dataclass(frozen=True)
class Places:
    """Where households belong; arrays of shape (n_households,).

    Attributes
    ----------
    township, village
        Position of the area, the number of areas for none.
    seen
        Households that the viewer's figures are of.
    """

    township: Ints
    village: Ints
    n_townships: int
    n_villages: int
    seen: Bools

    @classmethod
    def of(cls, living: Homes, viewer: Viewer) -> Places:
        """The households in the viewer's reach, in the areas that the viewer is told of."""
        towns, villages = units(living, "township", viewer), units(living, "village", viewer)
        return cls(towns.of, villages.of, len(towns.frame), len(villages.frame), living.seen_by(viewer))

    def withheld(self, counted: Bools | Ints) -> Withheld:
        """What is withheld of figures about ``counted`` households: a mask of shape (n_households,), or positions."""
        who = np.arange(len(self.seen))[counted]
        who = who[self.seen[who]]
        return withheld_areas(
            np.ones(len(who), dtype=np.int64),
            self.township[who],
            self.village[who],
            n_townships=self.n_townships,
            n_villages=self.n_villages,
        )

    def within(self, hidden: Withheld) -> Bools:
        """Households of which nothing is told by their village, nor by their township where they are in none."""
        of_village = hidden.villages[:-1]
        alone: Bools = np.where(
            self.village < self.n_villages, np.append(of_village, False)[self.village], hidden.outside[self.township]
        )
        return alone


def withheld_from(viewer: Viewer, living: Homes, *so: Bools) -> Withheld:
    """The areas that ``viewer`` is not told of; none for who may see single households.

    Parameters
    ----------
    so
        What is told of households by area, true or false of each, shape (n_households,).
    """
    places, exact = Places.of(living, viewer), ~living.imprecise & (not viewer.points)
    hidden = places.withheld(exact)
    for one in so:
        hidden |= places.withheld(exact & one) | places.withheld(exact & ~one)
    return hidden


def few(*counts: int) -> bool:
    """True where one of these is of one to four households."""
    return any(0 < n < SMALL_CELL for n in counts)


def withheld_areas(size: Ints, township: Ints, village: Ints, *, n_townships: int, n_villages: int) -> Withheld:
    """The areas to withhold so that all that can be worked out is of no household or of five and more.

    Parameters
    ----------
    size
        Households of each of the finest cells, shape (n_cells,).
    township, village
        Positions of the areas that each cell lies in; ``n_townships`` and ``n_villages`` for none.
    n_townships, n_villages
        Numbers of areas.
    """
    towns = _sums(township, size, n_townships + 1)
    villages = _sums(village, size, n_villages)
    parent, astray = _parents(township, village, size, n_villages)
    loose = (village == n_villages) | np.append(astray, False)[village]
    outside, rest = (_sums(township[who], size[who], n_townships + 1) for who in (village == n_villages, loose))
    hidden, hidden_towns = _small(villages) | astray, _small(towns)

    def remainder(of: int) -> int:
        return int(rest[of] + villages[hidden & (parent == of)].sum())

    def hide(of: int, short: int) -> None:
        """Withhold villages of a township, smallest first, until ``short`` households more are."""
        shown = np.flatnonzero(~hidden & (parent == of) & (villages > 0))
        for k in shown[np.argsort(villages[shown], kind="stable")]:
            if short <= 0:
                return
            hidden[k], short = True, short - villages[k]

    own = rest + _sums(parent[hidden & (parent >= 0)], villages[hidden & (parent >= 0)], n_townships + 1)
    for k in np.flatnonzero(~hidden_towns & _small(own)).tolist():
        hide(k, SMALL_CELL - int(own[k]))
    left = sum(remainder(k) for k in np.flatnonzero(hidden_towns).tolist())
    shown = np.flatnonzero(~hidden_towns & (towns > 0))
    if 0 < left < SMALL_CELL and len(shown):
        least = int(shown[np.argmin(towns[shown])])
        hidden_towns[least] = True
        hide(least, SMALL_CELL - left - remainder(least))
    broken = hidden_towns.copy()
    broken[parent[hidden & (parent >= 0)]] = True
    broken[township[np.append(astray, False)[village]]] = True
    outside_hidden = (outside > 0) & broken
    return Withheld(
        whole=bool(_small(size.sum())),
        townships=hidden_towns,
        villages=np.append(hidden, outside_hidden.any()),
        outside=outside_hidden,
    )


def withheld(households: NDArray[np.int64], group: NDArray[np.object_]) -> Bools:
    """Parts to withhold where each part is in one group, and the total of every group is told.

    A small part could be had back by taking the others from the group's total. Where the parts
    withheld of a group hold fewer than :data:`SMALL_CELL` households together, the next larger one
    is withheld with them.

    Parameters
    ----------
    households
        Size of every part, shape (n,).
    group
        What each part is of, shape (n,).

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    hidden = _small(households)
    for name in dict.fromkeys(group[hidden].tolist()):
        members = np.flatnonzero((group == name) & (households > 0))
        for part in members[np.argsort(households[members], kind="stable")]:
            if households[members][hidden[members]].sum() >= SMALL_CELL:
                break
            hidden[part] = True
    return hidden


def _small(size: NDArray[np.int64]) -> Bools:
    few: Bools = (size > 0) & (size < SMALL_CELL)
    return few


def _sums(of: Ints, size: Ints, n: int) -> Ints:
    """Households by position; what lies in none (position ``n``) is left out."""
    return np.bincount(of, size, minlength=n + 1)[:n].astype(np.int64)


def _parents(township: Ints, village: Ints, size: Ints, n_villages: int) -> tuple[Ints, Bools]:
    """Township of every village that has households, -1 for the others, and villages that lie in several."""
    there = (size > 0) & (village < n_villages)
    pairs = np.unique(np.column_stack([village[there], township[there]]), axis=0)
    astray: Bools = np.bincount(pairs[:, 0], minlength=n_villages) > 1
    parent = np.full(n_villages, -1, dtype=np.int64)
    parent[pairs[:, 0]] = pairs[:, 1]
    parent[astray] = -1
    return parent, astray
