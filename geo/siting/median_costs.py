"""What it costs to serve each demand from each site: only what may matter, the nearest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geo.matrix import TravelTimes
from geo.network import Bools, Floats, Ints


@dataclass(frozen=True)
class Costs:
    """Weighted times, ascending for each demand.

    Attributes
    ----------
    demand, site : ndarray, shape (n_pairs,)
        Which pair; demands ascend.
    cost : ndarray, shape (n_pairs,)
        Of the pair, below what the demand costs otherwise.
    otherwise : ndarray, shape (n_demands,)
        What a demand costs that none of the sites serves.
    n_sites : int
    cap : ndarray, shape (n_demands,)
        From here on the table is not whole: pairs that cost as much may be missing.
    """

    demand: Ints
    site: Ints
    cost: Floats
    otherwise: Floats
    n_sites: int
    cap: Floats

    @classmethod
    def of(cls, times: TravelTimes, weight: Floats, free: Ints, otherwise: Floats) -> Costs:
        """The table of the free sites, in their order.

        Parameters
        ----------
        times
            Of all demands and sites.
        weight
            Of each demand; those without are left out.
        free
            Positions of the sites to choose from.
        otherwise
            Seconds for each demand when none of them serves it, shape (n_origins,).
        """
        number = np.full(times.n_facilities, -1)
        number[free] = np.arange(len(free))
        asks = np.flatnonzero(weight > 0)
        row = np.full(times.n_origins, -1)
        row[asks] = np.arange(len(asks))
        kept = (row[times.origin] >= 0) & (number[times.facility] >= 0) & (times.seconds < otherwise[times.origin])
        demand, cost = row[times.origin[kept]], times.seconds[kept] * weight[times.origin[kept]]
        site = number[times.facility[kept]]
        order = np.lexsort((site, cost, demand))
        most = (weight * otherwise)[asks]
        return cls(demand[order], site[order], cost[order], most, len(free), most)

    @cached_property
    def starts(self) -> Ints:
        """Where the pairs of each demand begin, with the end; shape (n_demands + 1,)."""
        return np.searchsorted(self.demand, np.arange(len(self.otherwise) + 1))

    def nearest(self, is_open: Bools) -> tuple[Ints, Floats, Floats]:
        """The nearest open site of each demand (-1 for none), what it costs there, and at the next nearest."""
        n = len(self.otherwise)
        there = np.flatnonzero(is_open[self.site])
        demand = self.demand[there]
        first = np.flatnonzero(np.diff(demand, prepend=-1))
        site, at, then = np.full(n, -1), self.otherwise.copy(), self.otherwise.copy()
        site[demand[first]], at[demand[first]] = self.site[there[first]], self.cost[there[first]]
        second = first + 1
        second = second[(second < len(demand)) & (demand[np.minimum(second, len(demand) - 1)] == demand[first])]
        then[demand[second]] = self.cost[there[second]]
        return site, at, then

    def total(self, is_open: Bools) -> float:
        """What a plan costs."""
        return float(self.nearest(is_open)[1].sum())

    def near(self, most: int) -> Costs:
        """Only the so many nearest sites of each demand: what it costs otherwise stays, the cap does not."""
        rank = np.arange(len(self.demand)) - self.starts[self.demand]
        cap = self.cap.copy()
        dropped = np.flatnonzero(rank == most)
        cap[self.demand[dropped]] = self.cost[dropped]
        return replace(self._where(rank < most), cap=cap)

    def within(self, kept: Bools, taken: Bools) -> Costs:
        """The table of the kept sites once others are taken."""
        now = self.nearest(taken)[1]
        part = self._where(kept[self.site] & (self.cost < now[self.demand]))
        number = np.cumsum(kept) - 1
        return replace(
            part, site=number[part.site], otherwise=now, n_sites=int(kept.sum()), cap=np.minimum(self.cap, now)
        )

    def _where(self, pairs: Bools) -> Costs:
        return replace(self, demand=self.demand[pairs], site=self.site[pairs], cost=self.cost[pairs])
