"""Travel time side by side with what one would pick instead, in one run; prints seconds and ratios.

Run by ``make bench``. Everything is asked the same question on the same network: the nearest of 290
facilities for 20,000 households. Networkx, pandana and the bare loop get both sides snapped to nodes
and count no access legs, so they have a little less to do.
"""

from __future__ import annotations

import heapq
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import networkx as nx
import numba
import numpy as np
import pandana
import pandas as pd
import shapely
from streets import streets

from geo.catchment import nearest_facility
from geo.network import Impedance, RoadNetwork
from geo.snap import Snapper

HOUSEHOLDS, FACILITIES = 20_000, 290


@numba.njit(cache=True)
def bare_dijkstra(indptr, indices, data, sources):
    """Multi-source Dijkstra with a binary heap and nothing else."""
    seconds = np.full(len(indptr) - 1, np.inf)
    heap = [(0.0, sources[0])]
    for s in sources:
        seconds[s] = 0.0
        heapq.heappush(heap, (0.0, s))
    while heap:
        so_far, node = heapq.heappop(heap)
        if so_far > seconds[node]:
            continue
        for k in range(indptr[node], indptr[node + 1]):
            t = so_far + data[k]
            if t < seconds[indices[k]]:
                seconds[indices[k]] = t
                heapq.heappush(heap, (t, np.int64(indices[k])))
    return seconds


def timed(work: Callable[[], object], repeat: int = 3) -> tuple[float, object]:
    """Best of a few runs, in seconds, and what came out."""
    best, out = np.inf, None
    for _ in range(repeat):
        begin = time.perf_counter()
        out = work()
        best = min(best, time.perf_counter() - begin)
    return best, out


def with_networkx(mode: Impedance, sources: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Seconds of the two ways that its manual offers, and the times.

    One search a facility, keeping the least (timed on three facilities and multiplied); and the
    search from all at once that also says which facility it was.
    """
    graph = nx.from_scipy_sparse_array(mode.inward, create_using=nx.DiGraph)
    few = sources[:: len(sources) // 3][:3].tolist()
    each, _ = timed(lambda: [nx.single_source_dijkstra_path_length(graph, s) for s in few], repeat=1)
    at_once, (found, _) = timed(lambda: nx.multi_source_dijkstra(graph, set(sources.tolist())), repeat=1)
    times = np.full(mode.network.n_nodes, np.inf)
    times[list(found)] = list(found.values())
    return each / len(few) * len(sources), at_once, times


def with_pandana(mode: Impedance, sources: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Seconds to build, seconds to search, and the times."""
    net, arcs = mode.network, mode.inward.tocoo()
    begin = time.perf_counter()
    # One-way, and reversed: pandana searches from every node to the places.
    graph = pandana.Network(
        pd.Series(net.nodes[:, 0]),
        pd.Series(net.nodes[:, 1]),
        pd.Series(arcs.col),
        pd.Series(arcs.row),
        pd.DataFrame({"seconds": arcs.data}),
        twoway=False,
    )
    built = time.perf_counter() - begin
    far = 40_000.0

    def search() -> np.ndarray:
        graph.set_pois("stations", far, 1, pd.Series(net.nodes[sources, 0]), pd.Series(net.nodes[sources, 1]))
        return graph.nearest_pois(far, "stations", num_pois=1)[1].to_numpy()

    spent, times = timed(search, repeat=1)
    return built, spent, times


def one_size(n_nodes: int, *, peers: bool) -> dict[str, float]:
    """All figures for one size of network."""
    lines, ahead, back = streets(n_nodes)
    rng = np.random.default_rng(2)
    box = shapely.total_bounds(lines)
    homes = shapely.points(rng.uniform(box[:2], box[2:], (HOUSEHOLDS, 2)))
    stations = shapely.points(rng.uniform(box[:2], box[2:], (FACILITIES, 2)))
    begin = time.perf_counter()
    net = RoadNetwork.from_lines(lines)
    mode = net.impedance(ahead[net.road], back[net.road])
    graph = mode.inward
    row = {"nodes": net.n_nodes, "edges": net.n_edges, "build_s": time.perf_counter() - begin}
    begin = time.perf_counter()
    snap = Snapper(mode)
    snap(homes[:1])
    row["index_s"] = time.perf_counter() - begin
    row["snap_s"], here = timed(lambda: snap(homes))
    there = snap(stations)
    row["rongtu_s"], _ = timed(lambda: nearest_facility(mode, here, there))
    sources = np.unique(net.tail[there.edge[there.on_network]])
    bare_dijkstra(graph.indptr, graph.indices, graph.data, sources)
    row["bare_s"], bare = timed(lambda: bare_dijkstra(graph.indptr, graph.indices, graph.data, sources))
    if peers:
        row["networkx_each_s"], row["networkx_at_once_s"], by_networkx = with_networkx(mode, sources)
        assert np.allclose(by_networkx, bare)
        row["pandana_build_s"], row["pandana_s"], by_pandana = with_pandana(mode, sources)
        near = bare < 30_000
        assert np.allclose(by_pandana[near], bare[near], atol=0.5), "pandana answers another question"
    row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row


def main() -> None:
    """Print a table and the ratios."""
    if len(sys.argv) > 1:  # one size in a process of its own, so that its memory is its own
        print(json.dumps(one_size(int(sys.argv[1]), peers=sys.argv[2] == "peers")))
        return
    rows = []
    for size, peers in ((20_000, "peers"), (200_000, "peers"), (1_000_000, "alone")):
        print(f"{size:,} nodes …", flush=True)
        out = subprocess.run([sys.executable, __file__, str(size), peers], capture_output=True, text=True, check=False)
        if out.returncode:
            sys.exit(out.stderr)
        rows.append(json.loads(out.stdout.splitlines()[-1]))
    table = pd.DataFrame(rows)
    table["x_bare"] = table["rongtu_s"] / table["bare_s"]
    table["networkx_each_x"] = table["networkx_each_s"] / table["rongtu_s"]
    table["networkx_at_once_x"] = table["networkx_at_once_s"] / table["rongtu_s"]
    table["pandana_x"] = table["pandana_s"] / table["rongtu_s"]
    with pd.option_context("display.width", 200):
        print(f"\nnearest of {FACILITIES} facilities for {HOUSEHOLDS:,} households, seconds")
        print(table.T.to_string(float_format=lambda v: f"{v:,.3f}", header=False))


if __name__ == "__main__":
    main()
