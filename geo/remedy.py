"""What would close a gap: a facility in its midst, or a road from the island that it lies on."""

from __future__ import annotations

import numpy as np
import shapely

from geo.network import Bools, Floats, Impedance, Ints
from geo.snap import Snapped


def members_to_try(group: Ints, *, at_most: int) -> Ints:
    """Members of each group at whose place a facility may stand: all of them, or ``at_most`` spread over the group.

    Parameters
    ----------
    group
        Group of each member, 0 or more, shape (n,).

    Returns
    -------
    ndarray
        Positions among the members, ascending; the first of each group is one of them.
    """
    order = np.argsort(group, kind="stable")
    size = np.bincount(group)
    rank = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    step = np.repeat(-(-size // at_most), size)
    chosen: Ints = np.sort(order[rank % step == 0])
    return chosen


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
