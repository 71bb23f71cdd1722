"""Random streams: one for each step, so that changing a step leaves the draws of the others alone."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from data.demo.grid import Bools


class Step(IntEnum):
    """The random steps of making a county."""

    TERRAIN = 1
    OUTLINE = 2
    RESERVOIRS = 3
    ROUGHNESS = 4
    PLACES = 5
    BOUNDARIES = 6
    HAMLETS = 7
    ROADS = 8
    STREETS = 9
    LANES = 10
    STREET_GAPS = 11
    JUNCTIONS = 12
    ISLANDS = 13
    WARP = 14
    HOMES = 15
    HOUSEHOLDS = 16
    STATIONS = 17
    SUPPORT = 18
    MEMORIALS = 19
    RANGES = 20
    CHECKS = 21
    CARE = 22
    VISITS = 23
    NAMES = 24
    SURFACES = 26
    LINES = 27
    TOWNSHIPS = 28
    FORMER_NAMES = 29


def stream(seed: int, step: Step) -> np.random.Generator:
    """The generator of one step of one county."""
    return np.random.default_rng([seed, int(step)])


def exact_share(rng: np.random.Generator, among: Bools, count: int) -> Bools:
    """A mask of ``count`` (or as many as there are) of the places where ``among`` is true."""
    where = np.flatnonzero(among)
    chosen = np.zeros(len(among), dtype=bool)
    chosen[rng.permutation(where)[:count]] = True
    return chosen


def labels(rng: np.random.Generator, shares: dict[Any, float], count: int) -> np.ndarray:
    """``count`` keys of ``shares`` drawn by their shares, as an object array."""
    weights = np.array(list(shares.values()), dtype=float)
    drawn = rng.choice(len(shares), count, p=weights / weights.sum())
    return np.array(list(shares), dtype=object)[drawn]
