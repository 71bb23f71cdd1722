"""Access with supply side by side with the usual way to it, in one run; prints seconds and ratios.

Run by ``make bench``. Everything is asked the same question on the same streets: the floating
catchments of 290 stations for 20,000 households at 15 minutes. The usual way is PySAL's access fed
by networkx (one bounded search a station) or by a dense matrix (one whole search a station); both
get everything snapped to nodes and count no access legs. Searches are timed on some stations and
multiplied.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import shapely
from access import Access
from scipy.sparse.csgraph import dijkstra
from streets import streets

from geo.accessibility import gaussian, two_step_access
from geo.matrix import TravelTimes, travel_times
from geo.network import Impedance, RoadNetwork
from geo.snap import Snapped, Snapper

NODES, HOUSEHOLDS, STATIONS, LIMIT_S = 200_000, 20_000, 290, 900.0
SAMPLE = 29


def timed(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """Best of a few runs, in seconds, and what came out."""
    best, out = np.inf, None
    for _ in range(repeat):
        begin = time.perf_counter()
        out = work()
        best = min(best, time.perf_counter() - begin)
    return best, out


def by_pysal(times: TravelTimes, persons: np.ndarray, staff: np.ndarray) -> np.ndarray:
    """Scores by PySAL's access of the same pairs."""
    edge = np.exp(-0.5)
    model = Access(
        demand_df=pd.DataFrame({"id": np.arange(len(persons)), "persons": persons}),
        demand_index="id", demand_value="persons",
        supply_df=pd.DataFrame({"id": np.arange(len(staff)), "staff": staff}), supply_index="id", supply_value="staff",
        cost_df=pd.DataFrame({"o": times.origin, "d": times.facility, "cost": times.seconds}),
        cost_origin="o", cost_dest="d", cost_name="cost",
    )  # fmt: skip
    out = model.enhanced_two_stage_fca(
        name="fca", cost="cost", max_cost=LIMIT_S, normalize=False,
        weight_fn=lambda t: (np.exp(-0.5 * (t / LIMIT_S) ** 2) - edge) / (1 - edge),
    )  # fmt: skip
    scores: np.ndarray = out.iloc[:, -1].reindex(np.arange(len(persons))).fillna(0).to_numpy()
    return scores


def one_mode(name: str, mode: Impedance, homes: np.ndarray, places: np.ndarray) -> dict[str, Any]:
    """All figures for one mode."""
    rng = np.random.default_rng(3)
    persons, staff = rng.integers(1, 4, HOUSEHOLDS).astype(float), rng.integers(1, 6, STATIONS).astype(float)
    snap = Snapper(mode)
    here, there = snap(homes), snap(places)
    matrix_s, times = timed(lambda: travel_times(mode, here, there, max_travel_time_s=LIMIT_S))
    score_s, found = timed(lambda: two_step_access(times, persons, staff, max_travel_time_s=LIMIT_S, decay=gaussian))
    pysal_s, theirs = timed(lambda: by_pysal(times, persons, staff), repeat=1)
    assert np.allclose(found.score, theirs), "PySAL answers another question"
    networkx_s, dense_s = searches(mode, here, there)
    ours = matrix_s + score_s
    return {
        "mode": name,
        "pairs": len(times),
        "rongtu_matrix_s": matrix_s,
        "rongtu_score_s": score_s,
        "networkx_matrix_s": networkx_s,
        "dense_matrix_s": dense_s,
        "pysal_score_s": pysal_s,
        "networkx_pysal_x": (networkx_s + pysal_s) / ours,
        "dense_pysal_x": (dense_s + pysal_s) / ours,
        "pairs_mb": (times.origin.nbytes + times.facility.nbytes + times.seconds.nbytes) / 2**20,
        "dense_mb": STATIONS * NODES * 8 / 2**20,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def searches(mode: Impedance, here: Snapped, there: Snapped) -> tuple[float, float]:
    """Seconds of the other two ways to the matrix, from node to node."""
    net = mode.network
    homes = net.tail[here.edge[here.on_network]].tolist()
    sources = net.tail[there.edge[there.on_network]]
    some = sources[:: len(sources) // SAMPLE][:SAMPLE]
    graph = nx.from_scipy_sparse_array(mode.inward, create_using=nx.DiGraph)

    def bounded() -> None:
        for source in some.tolist():
            reached = nx.single_source_dijkstra_path_length(graph, source, cutoff=LIMIT_S)
            [reached.get(home) for home in homes]

    def dense() -> None:
        dijkstra(mode.inward, indices=some)[:, homes]

    part = len(sources) / len(some)
    return timed(bounded, repeat=1)[0] * part, timed(dense, repeat=1)[0] * part


def main() -> None:
    """Print a table and the ratios."""
    lines, ahead, back = streets(NODES)
    rng = np.random.default_rng(2)
    box = shapely.total_bounds(lines)
    homes, places = (shapely.points(rng.uniform(box[:2], box[2:], (n, 2))) for n in (HOUSEHOLDS, STATIONS))
    net = RoadNetwork.from_lines(lines)
    rows = [
        one_mode("walk", net.impedance(4.5, 4.5), homes, places),
        one_mode("drive", net.impedance(ahead[net.road], back[net.road]), homes, places),
    ]
    with pd.option_context("display.width", 200):
        print(f"\naccess with supply, {HOUSEHOLDS:,} households, {STATIONS} stations, {net.n_nodes:,} nodes, seconds")
        print(pd.DataFrame(rows).T.to_string(header=False, float_format=lambda v: f"{v:,.3f}"))


if __name__ == "__main__":
    main()
