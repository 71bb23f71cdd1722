"""Who is covered by which sites, with everything that makes no difference merged away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geo.network import Bools, Floats, Ints


@dataclass(frozen=True)
class Cover:
    """Demands by the sites that cover them, and what it is worth to cover one, and to cover it a second time.

    Attributes
    ----------
    rows : csr_array, shape (n_rows, n_sites)
        1 where a site covers a row.
    first, second : ndarray, shape (n_rows,)
        What the first and the second cover of a row add.
    base : float
        What is covered already, whatever the plan.
    """

    rows: csr_array
    first: Floats
    second: Floats
    base: float = 0.0

    @cached_property
    def columns(self) -> csr_array:
        """The same table by sites, shape (n_sites, n_rows)."""
        return self.rows.T.tocsr()

    def count(self, share: Floats | Bools) -> Floats:
        """How often each row is covered when each site is open to that share, shape (n_rows,)."""
        sites = np.flatnonzero(share)
        rows, size = entries(self.columns, sites)
        return np.bincount(rows, np.repeat(share[sites].astype(np.float64), size), self.rows.shape[0]).astype(np.float64)

    def worth(self, count: Floats) -> Floats:
        """What each row is worth when it is covered so often, shape (n_rows,)."""
        return self.first * (count >= 1) + self.second * (count >= 2)

    def value(self, is_open: Bools) -> float:
        """What a plan covers."""
        return self.base + float(self.worth(self.count(is_open)).sum())

    def within(self, kept: Bools, taken: Bools) -> tuple[Cover, Ints]:
        """The table of the kept sites once others are taken, rows that cannot differ any more merged.

        Returns
        -------
        Cover
        ndarray, shape (n_rows,)
            Which row of the new table each of the old ones is in; -1 where what it adds is settled.
        """
        count = self.count(taken)
        base = self.base + float(self.worth(count).sum())
        rows = self.rows[:, np.flatnonzero(kept)]
        degree = np.diff(rows.indptr)
        first = np.where(count == 0, self.first, np.where(count == 1, self.second, 0.0))
        second = np.where((count == 0) & (degree >= 2), self.second, 0.0)
        open_ = np.flatnonzero((first + second > 0) & (degree > 0))
        unlike, place = distinct(rows[open_])
        where = np.full(len(count), -1)
        where[open_] = place
        n = len(unlike)
        sums = [np.bincount(place, worth[open_], n).astype(np.float64) for worth in (first, second)]
        return Cover(rows[open_[unlike]], sums[0], sums[1], base), where


def entries(table: csr_array, rows: Ints) -> tuple[Ints, Ints]:
    """Columns of the entries of some rows, one row after the other, and how many each has.

    SciPy's own choice of rows checks and copies so much that it costs more than a whole step of a search.
    """
    size = table.indptr[rows + 1] - table.indptr[rows]
    begin = np.cumsum(size) - size
    at = np.arange(int(size.sum())) + np.repeat(table.indptr[rows] - begin, size)
    return table.indices[at], size


def distinct(rows: csr_array, apart: Ints | None = None) -> tuple[Ints, Ints]:
    """The first of each kind of row, ascending, and which of those each row is like; no row may be empty.

    Two random words of 64 bits for every column, summed over the row, tell rows apart: that two different ones agree
    has a chance of 1 in 10^26 with a million rows. Rows of unlike ``apart``, shape (n_rows,), are never alike.
    """
    if not rows.shape[0]:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    words = np.random.default_rng(0).integers(0, 2**64, (2, rows.shape[1]), dtype=np.uint64)
    sums = [np.add.reduceat(word[rows.indices], rows.indptr[:-1]) for word in words]
    order = np.lexsort(sums if apart is None else [*sums, apart])
    differs = np.zeros(len(order), bool)
    for key in sums if apart is None else [*sums, apart]:
        differs[1:] |= key[order[1:]] != key[order[:-1]]
    kind = np.empty(len(order), np.int64)
    kind[order] = np.cumsum(differs)
    _, first, like = np.unique(kind, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.sort(first), rank[like]
