"""How many sites a plan may hold: a number, with or without moving existing ones, or a budget.

The solvers ask a rule four things: what it would choose if every site had a value of its own (the Lagrangian
subproblem), what forcing a site in or out would cost then, which sites may be added or swapped, and its constraint as a
row of a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import csr_array

from geo.network import Bools, Floats, Ints

_CENT = 1e-12
"""A budget is kept but for rounding, relative to itself."""


class Rule(Protocol):
    """Sites are positions 0 to n - 1; every site of a plan beyond those already taken counts."""

    @property
    def price(self) -> Floats:
        """What a site uses up, shape (n,)."""

    def choose(self, value: Floats) -> tuple[Floats, float]:
        """Shares (0 to 1) of the sites that are worth most together, and what they are worth: at least any plan."""

    def regret(self, value: Floats, share: Floats) -> Floats:
        """How much less they are worth at most with a site forced in (if left out) or out, shape (n,)."""

    def room(self, is_open: Bools) -> Bools:
        """Sites that could be opened besides, shape (n,)."""

    def swaps(self, is_open: Bools, leaving: Ints) -> Bools:
        """Whether each site may come in for each one that leaves, shape (n, len(leaving)) or (1, len(leaving))."""

    def within(self, kept: Bools, taken: Bools) -> Rule | None:
        """The rule for the kept sites once others are taken; None when that cannot be."""

    def rows(self) -> tuple[csr_array, Floats, Floats]:
        """Constraints of a model on the sites: their rows, the least and the most."""


@dataclass(frozen=True)
class Count:
    """At most ``n`` sites, of which at least ``n_kept`` exist already: all that exist, unless some may move.

    Attributes
    ----------
    n : int
    existing : ndarray of bool, shape (n_sites,)
        Sites that exist and may be given up.
    n_kept : int
        So many of them must stay.
    """

    n: int
    existing: Bools
    n_kept: int = 0

    @property
    def price(self) -> Floats:
        """Every site counts for one."""
        return np.ones(len(self.existing))

    def choose(self, value: Floats) -> tuple[Floats, float]:
        """The dearest existing ones that must stay, then the dearest of all others."""
        share = np.zeros(len(value))
        if self.n_kept:
            share[_highest(np.where(self.existing, value, -np.inf), self.n_kept)] = 1
        share[_highest(np.where(share > 0, -np.inf, value), self.n - self.n_kept)] = 1
        return share, float(value @ share)

    def regret(self, value: Floats, share: Floats) -> Floats:
        """The site that would have to leave or come instead is worth so much more or less."""
        chosen = share > 0
        spare = chosen[self.existing].sum() > self.n_kept  # one that exists may leave for a new one
        leaves = np.where(chosen, value, np.inf)
        comes = np.where(chosen, -np.inf, value)
        any_leaves, any_comes = leaves.min(initial=np.inf), comes.max(initial=-np.inf)
        new_leaves = any_leaves if spare else leaves[~self.existing].min(initial=np.inf)
        old_comes = any_comes if spare else comes[self.existing].max(initial=-np.inf)
        regret: Floats = np.where(
            chosen,
            value - np.maximum(np.where(self.existing, old_comes, any_comes), 0 if spare or not self.n_kept else -np.inf),
            np.where(self.existing, any_leaves, new_leaves) - value,
        )
        return regret

    def room(self, is_open: Bools) -> Bools:
        """Any site while the number is not reached, leaving places for those that must stay."""
        places = self.n - int(is_open.sum())
        missing = max(0, self.n_kept - int(is_open[self.existing].sum()))
        return ~is_open & (self.existing | (places > missing)) & (places > 0)

    def swaps(self, is_open: Bools, leaving: Ints) -> Bools:
        """Any swap, unless too few existing ones would stay."""
        if int(is_open[self.existing].sum()) > self.n_kept or not self.n_kept:
            return np.ones((1, len(leaving)), bool)
        return self.existing[:, None] | ~self.existing[leaving][None, :]

    def within(self, kept: Bools, taken: Bools) -> Count | None:
        """The number that is left to be chosen."""
        n = self.n - int(taken.sum())
        n_kept = max(0, self.n_kept - int(taken[self.existing].sum()))
        if n < 0 or n_kept > min(n, int(self.existing[kept].sum())):
            return None
        return Count(n, self.existing[kept], n_kept)

    def rows(self) -> tuple[csr_array, Floats, Floats]:
        """One row for the number, one for those that stay."""
        both = csr_array(np.vstack([np.ones(len(self.existing)), self.existing.astype(np.float64)]))
        return both, np.array([-np.inf, self.n_kept]), np.array([self.n, np.inf])


@dataclass(frozen=True)
class Budget:
    """Sites that cost no more than ``budget`` together.

    Attributes
    ----------
    price : ndarray, shape (n_sites,)
        What opening a site costs; not negative.
    budget : float
    """

    price: Floats
    budget: float

    def choose(self, value: Floats) -> tuple[Floats, float]:
        """The sites worth most for their price, the last of them in part (Dantzig 1957)."""
        order = np.argsort(-self._worth(value), kind="stable")
        spent = np.cumsum(self.price[order])
        share = np.zeros(len(value))
        whole = int(np.searchsorted(spent, self.budget * (1 + _CENT), side="right"))
        share[order[:whole]] = 1
        if whole < len(order):
            left = self.budget - (spent[whole - 1] if whole else 0.0)
            share[order[whole]] = max(left, 0.0) / self.price[order[whole]]
        return share, float(np.where(self._payable, value, 0.0) @ share)

    def regret(self, value: Floats, share: Floats) -> Floats:
        """By linear programming duality: how far a site's value is from what its price is worth at the margin."""
        part = np.flatnonzero((share > 0) & (share < 1))
        out = np.flatnonzero(share == 0)
        margin = self._worth(value)[part if len(part) else out].max(initial=0.0)
        regret: Floats = np.where(self._payable, np.abs(value - margin * self.price), np.inf)
        return regret

    def room(self, is_open: Bools) -> Bools:
        """Sites that what is left can pay."""
        paid: Bools = ~is_open & (self.price <= self._left(is_open))
        return paid

    def swaps(self, is_open: Bools, leaving: Ints) -> Bools:
        """Swaps that can be paid."""
        paid: Bools = self.price[:, None] <= self._left(is_open) + self.price[leaving][None, :]
        return paid

    def within(self, kept: Bools, taken: Bools) -> Budget | None:
        """What is left of the budget."""
        left = self.budget - float(self.price[taken].sum())
        return None if left < -_CENT * self.budget else Budget(self.price[kept], max(left, 0.0))

    def rows(self) -> tuple[csr_array, Floats, Floats]:
        """One row for the budget."""
        return csr_array(self.price[None, :]), np.array([-np.inf]), np.array([self.budget])

    def _left(self, is_open: Bools) -> float:
        return self.budget * (1 + _CENT) - float(self.price[is_open].sum())

    @property
    def _payable(self) -> Bools:
        """Sites that the budget would do for if nothing else were opened."""
        return self.price <= self.budget * (1 + _CENT)

    def _worth(self, value: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where((value > 0) & self._payable, value / self.price, 0.0)


def _highest(value: Floats, n: int) -> Ints:
    """Positions of the ``n`` highest finite values, the lower ones on a tie."""
    n = min(n, int((value > -np.inf).sum()))
    if n <= 0:
        return np.zeros(0, np.int64)
    least = -np.partition(-value, n - 1)[n - 1]
    above, tied = np.flatnonzero(value > least), np.flatnonzero(value == least)
    return np.concatenate([above, tied[: n - len(above)]])
