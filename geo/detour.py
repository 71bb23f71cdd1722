"""Detour: how long the quickest way is, to be held against the straight line.

A search by time does not say how far it went. Here the arcs that lie on some quickest way are
searched again by length, so that the metres belong to a way that takes exactly the time that was
told, to the facility that was told; of equally quick ways it is the shortest.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.catchment import Nearest, times_to_facilities
from geo.connectors import along_one_edge, part_s, to_ends
from geo.network import Floats, Impedance, Ints
from geo.snap import WALK_KPH, Snapped


def way_lengths(
    impedance: Impedance, origins: Snapped, facilities: Snapped, nearest: Nearest, *, walk_kph: float = WALK_KPH
) -> Floats:
    """Length of each origin's quickest way to its nearest facility, both access legs included.

    Parameters
    ----------
    impedance
        The mode.
    origins, facilities
        Points snapped to the same mode.
    nearest
        From :func:`geo.catchment.nearest_facility` with the same arguments.
    walk_kph
        Speed of the access legs.

    Returns
    -------
    ndarray, shape (n,)
        Metres, ``inf`` unless connected; never less than the straight line.
    """
    arrival, label = times_to_facilities(impedance, facilities, walk_kph=walk_kph)
    along = _metres_to_facilities(impedance, facilities, arrival, label, walk_kph)
    on = np.flatnonzero(nearest.facility >= 0)
    wanted_s = nearest.seconds - origins.access_s(walk_kph)
    metres = np.full(len(origins.edge), np.inf)
    length, fraction = impedance.network.length_m[origins.edge], origins.fraction
    for (end, seconds), rest in zip(to_ends(impedance, origins, on), (1 - fraction[on], fraction[on]), strict=True):
        this_way = (arrival[end] + seconds == wanted_s[on]) & (label[end] == nearest.facility[on])
        who = on[this_way]
        metres[who] = np.minimum(metres[who], (along[end] + rest * length[on])[this_way])
    who, seconds, facility = along_one_edge(impedance, origins, facilities, walk_kph)
    this_way = (seconds == wanted_s[who]) & (facility == nearest.facility[who])
    who, facility = who[this_way], facility[this_way]
    apart = np.abs(facilities.fraction[facility] - fraction[who]) * length[who]
    np.minimum.at(metres, who, apart + facilities.access_m[facility])
    return metres + np.where(np.isfinite(metres), origins.access_m, 0.0)


def _metres_to_facilities(
    impedance: Impedance, facilities: Snapped, arrival: Floats, label: Ints, walk_kph: float
) -> Floats:
    """Metres from every node to its nearest facility along a quickest way, shape (n_nodes,)."""
    net = impedance.network
    on = np.unique(label[label >= 0])
    own = np.full(len(facilities.edge), -1)
    own[on] = net.n_nodes + np.arange(len(on))
    begin = np.concatenate([net.tail, net.head])
    end = np.concatenate([net.head, net.tail])
    seconds = np.concatenate([impedance.forward_s, impedance.backward_s])
    tight = np.isfinite(seconds) & (arrival[end] + seconds == arrival[begin]) & (label[end] == label[begin])
    edge, fraction, access_s = facilities.edge[on], facilities.fraction[on], facilities.access_s(walk_kph)[on]
    sources, targets, lengths = [end[tight]], [begin[tight]], [np.tile(net.length_m, 2)[tight]]
    for node, pace, share in (
        (net.tail[edge], impedance.forward_s[edge], fraction), (net.head[edge], impedance.backward_s[edge], 1 - fraction)
    ):
        last = (part_s(pace, share) + access_s == arrival[node]) & (label[node] == on)
        sources.append(own[on][last])
        targets.append(node[last])
        lengths.append((share * net.length_m[edge] + facilities.access_m[on])[last])
    graph = _shortest_arcs(*map(np.concatenate, (sources, targets, lengths)), size=net.n_nodes + len(on))
    if not len(on):
        return np.full(net.n_nodes, np.inf)
    found: Floats = dijkstra(graph, indices=own[on], min_only=True)[: net.n_nodes]
    return found


def _shortest_arcs(source: Ints, target: Ints, length_m: Floats, *, size: int) -> csr_array:
    """Compressed rows of the shortest arc from each source to each target."""
    order = np.lexsort((length_m, target, source))
    source, target, length_m = source[order], target[order], length_m[order]
    first = np.r_[True, (np.diff(source) != 0) | (np.diff(target) != 0)][: len(source)]
    indptr = np.r_[0, np.cumsum(np.bincount(source[first], minlength=size))].astype(np.int32)
    return csr_array((length_m[first], target[first].astype(np.int32), indptr), shape=(size, size))
