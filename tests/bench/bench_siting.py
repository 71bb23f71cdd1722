"""Siting side by side with spopt and HiGHS, in one run; prints seconds, ratios, gaps and memory.

Run by ``make bench``. Covering is asked of counties made at random: villages spread evenly or in clusters, households
about them, every village a candidate; spopt is given the same times as a full matrix, and its seconds include building
the model. Where it gave nothing in minutes it is not asked. The p-median and p-center are asked of the OR-Library files
pmed, when they lie in ../shared or in a folder given as the first argument, and of graphs of their kind made at random.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pulp
from pmed_files import distances, read_pmed
from scipy.spatial import KDTree
from spopt.locate import MCLP, PCenter, PMedian

from geo.matrix import TravelTimes
from geo.siting.maximal_covering import covering_curve, maximal_covering
from geo.siting.p_center import p_center
from geo.siting.p_median import p_median
from geo.siting.problem import Problem

LIMIT_S = 900.0
SIDE_M, SPEED_MPS = 60_000.0, 30 / 3.6
SPOPT_PAIRS = 3_000_000
"""A larger matrix is not given to spopt: 500 x 20,000 had no answer in 220 s."""
PMED = Path(__file__).resolve().parents[3] / "shared" / "data" / "siting"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came out."""
    begin = time.perf_counter()
    out = work()
    return time.perf_counter() - begin, out


def county(n_sites: int, n_demands: int, seed: int, *, clustered: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sites, demands and their persons."""
    rng = np.random.default_rng(seed)
    if clustered:
        towns = rng.uniform(0, SIDE_M, (25, 2))
        sites = towns[rng.integers(0, 25, n_sites)] + rng.normal(0, 4_000, (n_sites, 2))
    else:
        sites = rng.uniform(0, SIDE_M, (n_sites, 2))
    demands = sites[rng.integers(0, n_sites, n_demands)] + rng.normal(0, 1_500, (n_demands, 2))
    return sites, demands, rng.integers(1, 6, n_demands).astype(float)


def pairs(sites: np.ndarray, demands: np.ndarray, limit_s: float) -> TravelTimes:
    """Times as the crow drives, those within the limit only."""
    near = KDTree(demands).sparse_distance_matrix(KDTree(sites), limit_s * SPEED_MPS, output_type="coo_matrix")
    order = np.lexsort((near.col, near.row))
    return TravelTimes(near.row[order].astype(np.int32), near.col[order].astype(np.int32),
                       near.data[order] / SPEED_MPS, len(demands), len(sites))  # fmt: skip


def by_spopt(build: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A model of spopt, built and solved."""
    return build(*args, **kwargs).solve(pulp.HiGHS(msg=False, threads=1))


def covering(n_sites: int, n_demands: int, n_fixed: int, k: int, *, clustered: bool, seed: int = 1) -> dict[str, Any]:
    """Most persons within the limit, ours and spopt's."""
    sites, demands, persons = county(n_sites, n_demands, seed, clustered=clustered)
    fixed = np.random.default_rng(seed).choice(n_sites, n_fixed, replace=False)
    times = pairs(sites, demands, LIMIT_S)
    problem = Problem.of(times, persons, fixed=fixed)
    ours_s, found = timed(lambda: maximal_covering(problem, k, max_travel_time_s=LIMIT_S))
    row = {"sites": n_sites, "demands": n_demands, "kind": "clusters" if clustered else "even", "fixed": n_fixed, "new": k,
           "pairs": len(times), "status": found.status.value, "gap_%": 100 * found.gap, "rongtu_s": ours_s}  # fmt: skip
    if n_sites * n_demands > SPOPT_PAIRS:
        return row
    marks = np.zeros(n_sites, int)
    marks[fixed] = 1

    def theirs() -> Any:
        full = np.full((n_demands, n_sites), 10 * LIMIT_S)
        full[times.origin, times.facility] = times.seconds
        return by_spopt(MCLP.from_cost_matrix, full, persons, LIMIT_S, n_fixed + k, predefined_facilities_arr=marks)

    spopt_s, model = timed(theirs)
    assert np.isclose(model.problem.objective.value(), found.objective), "spopt answers another question"
    return {**row, "spopt_s": spopt_s, "spopt_x": spopt_s / ours_s}


def curve() -> dict[str, Any]:
    """The best of 0 to 20 sites more, each proven."""
    sites, demands, persons = county(500, 20_000, 2, clustered=True)
    problem = Problem.of(pairs(sites, demands, LIMIT_S), persons, fixed=[0, 1, 2, 3])
    seconds, found = timed(lambda: covering_curve(problem, 20, max_travel_time_s=LIMIT_S))
    worst = max(result.gap for result in found.results)
    return {"points": len(found.added), "worst_gap_%": 100 * worst, "seconds": seconds}


def graphs(folder: Path) -> Iterator[tuple[str, np.ndarray, int]]:
    """Graphs of OR-Library's kind with how many medians are asked for: the files there are, then some made here."""
    for file in sorted(folder.glob("pmed*.txt"), key=lambda path: int(path.stem[4:])):
        yield file.stem, *read_pmed(file)
    rng = np.random.default_rng(8)
    for n, p in ((300, 10), (600, 60), (900, 5)):
        ring = np.column_stack([np.arange(n), (np.arange(n) + 1) % n])
        ends = np.vstack([ring, rng.integers(0, n, (n * n // 50 - n, 2))]) + 1
        yield f"made {n}/{p}", distances(n, np.column_stack([ends, rng.integers(1, 100, len(ends))])), p


def medians_and_centers(folder: Path) -> Iterator[dict[str, Any]]:
    """Each graph; the smallest by spopt too."""
    for name, table, p in graphs(folder):
        n = len(table)
        origin, site = np.divmod(np.arange(n * n), n)
        times = TravelTimes(origin.astype(np.int32), site.astype(np.int32), table.ravel(), n, n)
        problem = Problem.of(times, np.ones(n))
        median_s, median = timed(partial(p_median, problem, p))
        center_s, center = timed(partial(p_center, problem, p))
        row = {"graph": name, "n": n, "p": p, "median": median.objective, "median_gap_%": 100 * median.gap,
               "median_s": median_s, "center": center.objective, "center_gap_%": 100 * center.gap, "center_s": center_s}  # fmt: skip
        if n <= 100:
            row["spopt_median_x"] = timed(partial(by_spopt, PMedian.from_cost_matrix, table, np.ones(n), p))[0] / median_s
            row["spopt_center_x"] = timed(partial(by_spopt, PCenter.from_cost_matrix, table, p))[0] / center_s
        yield row


def main() -> None:
    """Print tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PMED
    rows = [
        covering(*size, clustered=clustered)
        for size in ((300, 300, 0, 15), (300, 300, 10, 5), (500, 5_000, 4, 16), (500, 20_000, 4, 16), (3_000, 20_000, 50, 20))
        for clustered in (False, True)
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with pd.option_context("display.width", 220, "display.max_columns", 20):
        print("\nmaximal covering: spopt with HiGHS, its model built and solved, against ours")
        print(pd.DataFrame(rows).to_string(index=False, na_rep="", float_format=lambda v: f"{v:,.3f}"))
        print(f"peak memory {peak:,.0f} MB; a full matrix of 3,000 x 20,000 would be {3_000 * 20_000 * 8 / 2**20:,.0f} MB")
        print("\nthe curve of 0 to 20 sites more, 500 x 20,000")
        print(pd.DataFrame([curve()]).to_string(index=False, float_format=lambda v: f"{v:,.3f}"))
        print("\np-median and p-center")
        print(pd.DataFrame(medians_and_centers(folder)).to_string(index=False, na_rep="", float_format=lambda v: f"{v:,.3f}"))


if __name__ == "__main__":
    main()
