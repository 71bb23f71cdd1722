"""Circle scores of 20,000 households with 3,000 support points, side by side with the straightforward way.

Run by ``make bench``. The straightforward way is one search from every support point, bounded by the
limit, that ticks off the kinds at every household it meets, by networkx and by scipy: timed on a few
of the points, checked against ours, and multiplied. Households and points stand on nodes, so that
everybody answers the same question.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import networkx as nx
import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra
from streets import streets

from geo.circle import Recipe, times_by_kind
from geo.network import RoadNetwork
from geo.snap import Snapper

NODES, HOUSEHOLDS, POINTS, KINDS = 200_000, 20_000, 3_000, 20
LIMIT_S = 900.0
SPEEDS_KPH = {"on foot": 4.5, "by e-bike": 15.0}
FEW_NETWORKX, FEW_SCIPY = 60, 120


def peak_mb() -> float:
    """Most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def county(kph):
    """One mode, and the nodes of households and of points with the kinds that each point is of."""
    lines, _, _ = streets(NODES)
    net = RoadNetwork.from_lines(lines)
    walk = net.impedance(kph, kph)
    rng = np.random.default_rng(4)
    main = np.flatnonzero(walk.joined == np.bincount(walk.joined).argmax())  # off crumbs nobody is moved to a road
    homes, places = rng.choice(main, HOUSEHOLDS, replace=False), rng.choice(main, POINTS, replace=False)
    kinds = np.zeros((POINTS, KINDS), dtype=bool)
    kinds[np.arange(POINTS), rng.integers(0, KINDS, POINTS)] = True
    kinds[rng.random((POINTS, KINDS)) < 0.02] = True  # some are of two kinds
    return net, walk, homes, places, kinds


def ours(kph: float) -> dict[str, float]:
    """Seconds and memory of all scores, in a process of its own."""
    net, walk, homes, places, kinds = county(kph)
    snap = Snapper(walk)
    snap(shapely.points(net.nodes[:1]))
    here, there = snap(shapely.points(net.nodes[homes])), snap(shapely.points(net.nodes[places]))
    _ = walk.inward, walk.joined
    before = peak_mb()
    spent = []
    for _ in range(2):
        begin = time.perf_counter()
        seconds = times_by_kind(walk, here, there, kinds, max_travel_time_s=LIMIT_S)
        recipe = Recipe(np.eye(5, KINDS, dtype=bool), np.ones(5))
        score = recipe.score(recipe.had(seconds <= LIMIT_S))
        spent.append(time.perf_counter() - begin)
    few = np.arange(FEW_SCIPY)
    sample = times_by_kind(walk, here, there, np.arange(POINTS)[:, None] < few.size)[:, 0]
    return {
        "seconds": min(spent), "before_mb": before, "peak_mb": peak_mb(), "score": float(score.mean()),
        "result_mb": seconds.nbytes / 2**20, "sample": float((sample <= LIMIT_S).sum()), "nodes": net.n_nodes,
    }  # fmt: skip


def straightforward(kph: float) -> dict[str, float]:
    """Seconds of one bounded search a point, multiplied to all points."""
    net, walk, homes, places, kinds = county(kph)
    within = np.zeros((HOUSEHOLDS, KINDS), dtype=bool)
    reached = np.zeros(HOUSEHOLDS, dtype=bool)
    begin = time.perf_counter()
    for k, place in enumerate(places[:FEW_SCIPY].tolist()):
        near = dijkstra(walk.inward, indices=place, limit=LIMIT_S)[homes] <= LIMIT_S
        within[np.ix_(near, kinds[k])] = True
        reached |= near
    by_scipy = (time.perf_counter() - begin) / FEW_SCIPY * POINTS
    graph = nx.from_scipy_sparse_array(walk.inward, create_using=nx.DiGraph)
    at = {int(node): row for row, node in enumerate(homes)}
    begin = time.perf_counter()
    for k, place in enumerate(places[:FEW_NETWORKX].tolist()):
        found = nx.single_source_dijkstra_path_length(graph, place, cutoff=LIMIT_S)
        within[np.ix_([at[node] for node in found if node in at], kinds[k])] = True
    by_networkx = (time.perf_counter() - begin) / FEW_NETWORKX * POINTS
    return {
        "scipy_s": by_scipy, "networkx_s": by_networkx, "sample": float(reached.sum()),
        "dense_mb": HOUSEHOLDS * POINTS * 8 / 2**20, "dense_nodes_mb": net.n_nodes * POINTS * 8 / 2**20,
    }  # fmt: skip


def main() -> None:
    """Print a table and the ratios."""
    if len(sys.argv) > 1:  # each in a process of its own, so that its memory is its own
        print(json.dumps({"ours": ours, "straightforward": straightforward}[sys.argv[1]](float(sys.argv[2]))))
        return
    for mode, kph in SPEEDS_KPH.items():
        we, they = alone("ours", kph), alone("straightforward", kph)
        if we["sample"] != they["sample"]:
            sys.exit(f"not the same answer: {we['sample']:,.0f} and {they['sample']:,.0f} households reached")
        print(f"\ncircle scores of {HOUSEHOLDS:,} households, {POINTS:,} support points of {KINDS} kinds, "
              f"{we['nodes']:,} nodes, {LIMIT_S / 60:.0f} minutes {mode}")
        row("one bounded search a kind (rongtu)", f"{we['seconds']:.2f} s")
        for who, few in (("scipy", FEW_SCIPY), ("networkx", FEW_NETWORKX)):
            row(f"one bounded search a point, {who} ({few} timed, multiplied)", f"{they[f'{who}_s']:.2f} s",
                f"{they[f'{who}_s'] / we['seconds']:.1f} ×")
        row("memory: the answer, households × kinds", f"{we['result_mb']:,.1f} MB")
        row("memory: added to the process at its peak", f"{we['peak_mb'] - we['before_mb']:,.1f} MB",
            f"peak {we['peak_mb']:,.0f} MB with network and snapping; limit 1,500 MB")
        row("memory: a matrix of households × points", f"{they['dense_mb']:,.1f} MB",
            f"{they['dense_mb'] / we['result_mb']:.0f} × the answer")
        row("memory: nodes × points, as scipy returns them", f"{they['dense_nodes_mb']:,.1f} MB")


def alone(who: str, kph: float) -> dict[str, float]:
    """Figures of one side, measured in a process of its own."""
    out = subprocess.run([sys.executable, __file__, who, str(kph)], capture_output=True, text=True, check=False)
    if out.returncode:
        sys.exit(out.stderr)
    return json.loads(out.stdout.splitlines()[-1])


def row(what: str, figure: str, beside: str = "") -> None:
    """One line of the table."""
    print(f"{what:<66}{figure:>12}   {beside}".rstrip())


if __name__ == "__main__":
    main()
