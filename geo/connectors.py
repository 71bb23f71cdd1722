"""Connectors: how points that were snapped are joined to the network that is searched.

Everything is counted *to* the facility and in whole ticks, so that two searches that put the same
way together in another order give the same time.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.network import Floats, Impedance, Ints, to_ticks
from geo.snap import Snapped


def part_s(seconds: Floats, share: Floats) -> Floats:
    """Seconds of a share of an edge; nothing of a closed edge takes no time."""
    with np.errstate(invalid="ignore"):
        return np.where(share == 0, 0.0, to_ticks(seconds * share))


def to_ends(impedance: Impedance, origins: Snapped, who: Ints) -> tuple[tuple[Ints, Floats], tuple[Ints, Floats]]:
    """The two ways for the origins ``who`` to leave their edge: node at its head and its tail, and seconds to it."""
    net = impedance.network
    edge, fraction = origins.edge[who], origins.fraction[who]
    return (
        (net.head[edge], part_s(impedance.forward_s[edge], 1 - fraction)),
        (net.tail[edge], part_s(impedance.backward_s[edge], fraction)),
    )


def with_facilities(impedance: Impedance, facilities: Snapped, on: Ints, walk_kph: float) -> csr_array:
    """The reversed network with a node for each of the facilities ``on``, joined to both ends of its edge.

    Returns
    -------
    csr_array, shape (n_nodes + len(on), n_nodes + len(on))
        Facility ``on[k]`` is node ``n_nodes + k``; its arcs hold its own access leg.
    """
    net = impedance.network
    edge, fraction, access = facilities.edge[on], facilities.fraction[on], facilities.access_s(walk_kph)[on]
    to_tail = part_s(impedance.forward_s[edge], fraction) + access
    to_head = part_s(impedance.backward_s[edge], 1 - fraction) + access
    graph = impedance.inward
    ends = np.column_stack([net.tail[edge], net.head[edge]]).ravel()
    seconds = np.column_stack([to_tail, to_head]).ravel()
    open_ = np.isfinite(seconds)
    per_facility = open_.reshape(-1, 2).sum(axis=1)
    size = net.n_nodes + len(on)
    return csr_array(
        (
            np.concatenate([graph.data, seconds[open_]]),
            np.concatenate([graph.indices, ends[open_].astype(graph.indices.dtype)]),
            np.concatenate([graph.indptr, graph.indptr[-1] + np.cumsum(per_facility)]).astype(graph.indptr.dtype),
        ),
        shape=(size, size),
    )


def along_one_edge(
    impedance: Impedance, origins: Snapped, facilities: Snapped, walk_kph: float
) -> tuple[Ints, Floats, Ints]:
    """Direct ways between an origin and a facility on the same edge.

    Returns
    -------
    origin : ndarray, shape (k,)
        Not descending.
    seconds : ndarray, shape (k,)
        With the facility's access leg and without the origin's; ``inf`` against a one-way street.
    facility : ndarray, shape (k,)
    """
    on = np.flatnonzero(facilities.on_network)
    on = on[np.argsort(facilities.edge[on], kind="stable")]
    edges = facilities.edge[on]
    low, high = np.searchsorted(edges, origins.edge, "left"), np.searchsorted(edges, origins.edge, "right")
    count = np.where(origins.on_network, high - low, 0)
    who = np.repeat(np.arange(len(origins.edge)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    facility = on[np.repeat(low, count) + offset]
    edge = origins.edge[who]
    ahead = facilities.fraction[facility] - origins.fraction[who]
    pace = np.where(ahead >= 0, impedance.forward_s[edge], impedance.backward_s[edge])
    return who, part_s(pace, np.abs(ahead)) + facilities.access_s(walk_kph)[facility], facility
