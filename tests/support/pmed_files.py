"""Graphs of the OR-Library (Beasley 1990, Journal of the Operational Research Society 41:1069-1072), files pmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path


def read_pmed(file: Path) -> tuple[np.ndarray, int]:
    """All shortest ways between the nodes, and how many medians are asked for."""
    (n, _, p), *edges = [tuple(map(int, line.split())) for line in file.read_text().splitlines() if line.strip()]
    return distances(n, np.array(edges)), p


def distances(n: int, edges: np.ndarray) -> np.ndarray:
    """All shortest ways of edges (from 1, from 1, length); of one given twice the later holds, as the library says."""
    lengths = {(min(i, j), max(i, j)): length for i, j, length in edges.tolist() if i != j}
    ends = np.array(list(lengths)) - 1
    table: np.ndarray = shortest_path(coo_array((np.array(list(lengths.values()), float), ends.T), (n, n)), directed=False)
    return table
