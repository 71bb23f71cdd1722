"""Other seconds on some edges: roads closed or slowed, without building the network's arcs anew.

The network is shared, and the compressed rows that a search needs are copied and mended where an
edge changed. Building them from all edges takes about ten times as long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.network import Bools, Floats, Impedance, Ints


def with_seconds(impedance: Impedance, edges: Ints, forward_s: Floats, backward_s: Floats) -> Impedance:
    """The mode with other seconds on ``edges``.

    Parameters
    ----------
    impedance
        The mode as it is; it stays so.
    edges
        Edges that change, each once, shape (k,).
    forward_s, backward_s
        Seconds along and against each of them, whole ticks, ``inf`` where it may not be passed; shape (k,).

    Returns
    -------
    Impedance
        Equal to one that is built from all edges.
    """
    ahead, back = impedance.forward_s.copy(), impedance.backward_s.copy()
    ahead[edges], back[edges] = forward_s, backward_s
    changed = Impedance(impedance.network, ahead, back)
    source, target, seconds = _arcs_between_ends(changed, edges)
    outward = _mended(impedance.outward, source, target, seconds)
    inward = _mended(impedance.inward, target, source, seconds)
    if outward is not None and inward is not None:
        # What the cached properties would find.
        vars(changed).update(outward=outward, inward=inward)
    return changed


def closed(impedance: Impedance, edges: Ints) -> Impedance:
    """The mode with nobody passing ``edges``."""
    nobody = np.full(len(edges), np.inf)
    return with_seconds(impedance, edges, nobody, nobody)


def arcs_of(graph: csr_array, nodes: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the arcs that leave each of ``nodes``, and which of ``nodes`` each leaves; shape (k,) both."""
    begin = graph.indptr[nodes]
    count = graph.indptr[nodes + 1] - begin
    which = np.arange(len(nodes)).repeat(count)
    return (begin - count.cumsum() + count)[which] + np.arange(len(which)), which


def _arcs_between_ends(impedance: Impedance, edges: Ints) -> tuple[Ints, Ints, Floats]:
    """The ordered pairs of nodes that ``edges`` join, and the quickest of the parallel edges of each."""
    net = impedance.network
    ends = np.zeros(net.n_nodes, dtype=bool)
    ends[net.tail[edges]] = ends[net.head[edges]] = True
    near = np.flatnonzero(ends[net.tail] & ends[net.head])
    source = np.concatenate([net.tail[near], net.head[near]])
    target = np.concatenate([net.head[near], net.tail[near]])
    seconds = np.concatenate([impedance.forward_s[near], impedance.backward_s[near]])
    pair = source * net.n_nodes + target
    asked = np.unique(np.concatenate([net.tail[edges] * net.n_nodes + net.head[edges],
                                      net.head[edges] * net.n_nodes + net.tail[edges]]))
    best = np.full(len(asked), np.inf)
    at = np.minimum(np.searchsorted(asked, pair), len(asked) - 1)
    hit = asked[at] == pair if len(asked) else np.zeros(len(pair), dtype=bool)
    np.minimum.at(best, at[hit], seconds[hit])
    source, target = asked // net.n_nodes, asked % net.n_nodes
    apart = source != target
    return source[apart], target[apart], best[apart]


def _mended(graph: csr_array, source: Ints, target: Ints, seconds: Floats) -> csr_array | None:
    """Rows with these arcs set or, where infinite, taken away; None where an arc would have to be put in."""
    arc, which = arcs_of(graph, source)
    hit = graph.indices[arc] == target[which]
    arc, which = arc[hit], which[hit]
    open_ = np.isfinite(seconds)
    known = np.zeros(len(source), dtype=bool)
    known[which] = True
    if (open_ & ~known).any():
        return None
    data = graph.data.copy()
    data[arc] = seconds[which]
    gone = arc[~open_[which]]
    kept: Bools = np.ones(len(data), dtype=bool)
    kept[gone] = False
    fewer = np.bincount(source[which[~open_[which]]], minlength=graph.shape[0])
    indptr = (graph.indptr - np.concatenate([[0], np.cumsum(fewer)])).astype(graph.indptr.dtype)
    return csr_array((data[kept], graph.indices[kept], indptr), shape=graph.shape)
