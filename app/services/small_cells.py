"""Cells too small to be shown: a figure of fewer than five households could be one household's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.network import Bools

SMALL_CELL = 5
"""Fewer households than this show no figure that could be one household's own."""


def withheld(households: NDArray[np.int64], group: NDArray[np.object_]) -> Bools:
    """Cells to withhold so that neither they nor their sum can be read from what is shown.

    A small cell could be had back by taking the others from the group's total. Where the cells
    withheld of a group hold fewer than :data:`SMALL_CELL` households together, the next larger one
    is withheld with them.

    Parameters
    ----------
    households
        Size of every cell, shape (n,).
    group
        What each cell is part of and the total is shown for, shape (n,).

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    hidden = (households > 0) & (households < SMALL_CELL)
    for name in dict.fromkeys(group[hidden].tolist()):
        members = np.flatnonzero((group == name) & (households > 0))
        for cell in members[np.argsort(households[members], kind="stable")]:
            if households[members][hidden[members]].sum() >= SMALL_CELL:
                break
            hidden[cell] = True
    return hidden
