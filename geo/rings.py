"""Closed rings from directed segments, and polygons from rings."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.network import Floats, Ints


def trace(successor: Ints) -> tuple[Ints, Ints]:
    """Follow a permutation around.

    Parameters
    ----------
    successor
        What comes after each segment, shape (k,); every segment comes after exactly one.

    Returns
    -------
    order : ndarray, shape (k,)
        Segments, ring after ring.
    first : ndarray, shape (r + 1,)
        Where each ring begins in ``order``, and the end.
    """
    after = successor.tolist()
    order: list[int] = []
    first = [0]
    for start in range(len(after)):
        segment, following = start, after[start]
        while following >= 0:
            order.append(segment)
            after[segment] = -1
            segment, following = following, after[following]
        if len(order) > first[-1]:
            first.append(len(order))
    return np.array(order, dtype=np.int64), np.array(first, dtype=np.int64)


def areas(xy: Floats, first: Ints) -> Floats:
    """Signed area of each ring, positive where it turns left; shape (r,).

    Parameters
    ----------
    xy
        Corners, ring after ring, not closed; shape (k, 2).
    first
        Where each ring begins, and the end; shape (r + 1,).
    """
    if not len(xy):
        return np.zeros(0)
    # Far from the origin of the coordinates small areas would drown in rounding.
    x, y = (xy - xy[np.repeat(first[:-1], np.diff(first))]).T
    following = np.arange(1, len(xy) + 1)
    following[first[1:] - 1] = first[:-1]
    double: Floats = np.add.reduceat(x * y[following] - x[following] * y, first[:-1])
    return double / 2


def loops(xy: Floats, first: Ints, chosen: Ints) -> NDArray[Any]:
    """LinearRings of some of the rings, shape (len(chosen),)."""
    count = np.diff(first)[chosen]
    corner = np.arange(count.sum()) + np.repeat(first[chosen] - np.cumsum(count) + count, count)
    rings: NDArray[Any] = shapely.linearrings(xy[corner], indices=np.repeat(np.arange(len(chosen)), count))
    return rings


def polygons(xy: Floats, first: Ints, area: Floats, *, min_area_m2: float) -> shapely.MultiPolygon:
    """Polygons of rings that neither cross nor touch: those turning left are shells, the others holes.

    Parameters
    ----------
    xy, first, area
        As for :func:`areas`, and what it gives.
    min_area_m2
        Islands (shells) and holes whose ring encloses less are left out, with all that lies in them.
        Of a shape and a larger one around it the larger stays the larger.
    """
    kept = np.flatnonzero(np.abs(area) >= min_area_m2)
    if not len(kept) or not (area[kept] > 0).any():
        return shapely.MultiPolygon()
    rings = loops(xy, first, kept)
    is_shell = area[kept] > 0
    shells, holes = rings[is_shell], rings[~is_shell]
    owner = np.zeros(len(holes), dtype=np.int64)
    if len(shells) > 1 and len(holes):
        begin = first[:-1][kept][~is_shell]
        hole, shell = shapely.STRtree(np.asarray(shapely.polygons(shells))).query(
            shapely.points(xy[begin]), predicate="intersects"
        )
        order = np.lexsort((area[kept][is_shell][shell], hole))
        _, smallest = np.unique(hole[order], return_index=True)
        owner[hole[order][smallest]] = shell[order][smallest]
    order = np.argsort(owner, kind="stable")
    split = np.split(holes[order], np.searchsorted(owner[order], np.arange(1, len(shells))))
    return shapely.MultiPolygon([shapely.Polygon(s, list(h)) for s, h in zip(shells, split, strict=True)])
