"""What would close a gap: a facility in its midst, or a road from the island that it lies on."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import KDTree

from geo.network import Bools, Floats, Impedance, Ints
from geo.snap import Snapped


def places_in_the_midst(xy: Floats, group: Ints, n_groups: int, *, reach_m: float) -> Ints:
    """Two members of each group at whose place a facility may stand.

    The first is nearest to the middle (the median of both coordinates) of its group; the second has
    the most of the group within ``reach_m`` of straight line, of those the one nearest to the
    middle. Ties go to the lower member.

    Parameters
    ----------
    xy
        Places in metres, shape (n, 2).
    group
        Group of each, 0 to ``n_groups - 1``, none of them empty, shape (n,).

    Returns
    -------
    ndarray, shape (n_groups, 2)
        Positions among the members; the two may be the same.
    """
    order = np.argsort(group, kind="stable")
    found = np.empty((n_groups, 2), dtype=np.int64)
    for k, who in enumerate(np.split(order, np.cumsum(np.bincount(group, minlength=n_groups))[:-1])):
        from_middle = np.hypot(*(xy[who] - np.median(xy[who], axis=0)).T)
        tree = KDTree(xy[who])
        near = np.asarray(tree.query_ball_point(xy[who], reach_m, return_length=True))
        found[k] = who[np.argmin(from_middle)], who[np.lexsort((from_middle, -near))[0]]
    return found


def metres_to_network(impedance: Impedance, origins: Snapped, facilities: Snapped) -> Floats:
    """How far the piece of road that each origin is on lies from the roads of the facilities.

    Returns
    -------
    ndarray, shape (n,)
        Straight metres between the two pieces where they are nearest, 0 where they cross without
        being joined; NaN for origins that are joined already or on no road, ``inf`` where no
        facility is on any road.
    """
    net, piece = impedance.network, impedance.joined
    served = np.unique(piece[net.tail[facilities.edge[facilities.on_network]]])
    own = np.where(origins.on_network, piece[net.tail[origins.edge]], -1)
    apart: Bools = origins.on_network & ~np.isin(own, served)
    gap = np.full(len(own), np.nan)
    of_edge = piece[net.tail]
    mainland = np.flatnonzero(impedance.usable & np.isin(of_edge, served))
    shore = np.flatnonzero(impedance.usable & np.isin(of_edge, np.unique(own[apart])))
    nearest = np.full(int(piece.max(initial=-1)) + 1, np.inf)
    if len(mainland) and len(shore):
        tree = shapely.STRtree(net.line[mainland])
        (which, _), metres = tree.query_nearest(net.line[shore], return_distance=True, all_matches=False)
        np.minimum.at(nearest, of_edge[shore[which]], metres)
    gap[apart] = nearest[own[apart]]
    return gap
