"""Rows and columns of a set covering problem that can be left out (Beasley 1987)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo.network import Bools, Floats, Ints

_TOGETHER = 500
"""So many rows are compared with all at a time: what they share is a table of its own."""
_FULL, _DENSE = 20_000_000, 0.05
"""A table of no more cells, of which a larger share holds something, is multiplied as a full one."""


def needed_rows(rows: csr_array) -> Ints:
    """Rows to keep, ascending: a row that holds all of another is covered whenever the other is."""
    return np.flatnonzero(~_above(rows))


def useful_columns(rows: csr_array, price: Floats | None = None) -> Ints:
    """Columns to keep, ascending: one whose rows another has as well that is no dearer is never needed.

    Of equal ones the first stays. ``price`` has shape (n_columns,); without it every column costs the same.
    """
    columns = rows.T.tocsr()
    size = np.diff(columns.indptr)
    price = np.zeros(len(size)) if price is None else price
    below = np.zeros(len(size), bool)
    for first, shared in _shared(columns):
        one = shared.row + first
        all_there = (shared.data == size[one]) & (one != shared.col)
        dearer, as_dear = price[one] > price[shared.col], price[one] == price[shared.col]
        less = (size[shared.col] > size[one]) | ((size[shared.col] == size[one]) & (shared.col < one))
        below[one[all_there & (dearer | (as_dear & less))]] = True
    return np.flatnonzero(~below & (size > 0))


def _above(rows: csr_array) -> Bools:
    size = np.diff(rows.indptr)
    above = np.zeros(len(size), bool)
    for first, shared in _shared(rows):
        one = shared.row + first
        all_there = (shared.data == size[one]) & (one != shared.col)
        more = (size[shared.col] > size[one]) | ((size[shared.col] == size[one]) & (shared.col > one))
        above[shared.col[all_there & more]] = True
    return above


def _shared(rows: csr_array) -> Iterator[tuple[int, coo_array]]:
    """How many entries each few rows share with every row."""
    flat = rows.astype(np.float32)
    size = rows.shape[0] * rows.shape[1]
    if size <= _FULL and rows.nnz > _DENSE * size:  # a full product is quicker than a sparse one that is nearly full
        full = flat.toarray()
        for first in range(0, rows.shape[0], _TOGETHER):
            yield first, coo_array(full[first : first + _TOGETHER] @ full.T)
        return
    turned = flat.T.tocsr()
    for first in range(0, rows.shape[0], _TOGETHER):
        yield first, (flat[first : first + _TOGETHER] @ turned).tocoo()
