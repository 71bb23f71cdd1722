"""Made-up street networks of any size for the benchmarks: a bent lattice with gaps and one-way streets."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def streets(n_nodes: int, seed: int = 1) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.float64]]:
    """Lines in metres of a network of about ``n_nodes``, and the speed along and against each."""
    rng = np.random.default_rng(seed)
    side = round(n_nodes**0.5)
    place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 120.0
    place += rng.normal(0, 25, place.shape)
    index = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()]),
            np.column_stack([index[:-1].ravel(), index[1:].ravel()]),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) > 0.35]  # leaves about 1.3 edges a node, as real roads have
    pairs = pairs[rng.permutation(len(pairs))]
    middle = place[pairs].mean(axis=1) + rng.normal(0, 8, (len(pairs), 2))
    lines = shapely.linestrings(np.stack([place[pairs[:, 0]], middle, place[pairs[:, 1]]], axis=1))
    ahead = rng.choice([20.0, 32.0, 45.0, 60.0], len(pairs))
    return lines, ahead, np.where(rng.random(len(pairs)) < 0.06, 0.0, ahead)
