"""The roads layer: names, directions, surfaces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.areas import Areas
from data.demo.frames import layer_frame, to_wgs84
from data.demo.grid import Objects
from data.demo.ground import Ground

GRAVEL_SHARE = {"village": 0.10, "lane": 0.12, "track": 0.55, "path": 0.25}
EARTH_SHARE = {"track": 0.40, "path": 0.70}
CLOSED_EDGES = 3
_NUMERALS = "一二三四五六七八九"


def make_roads(ground: Ground, areas: Areas, rng: np.random.Generator) -> pd.DataFrame:
    """One row an edge; ends that meet have identical coordinates."""
    network = ground.network
    edges = network.edges
    count = len(edges)
    names = _route_names(ground, areas)
    surface = _surfaces(edges.kind, rng)
    return layer_frame("roads", {
        "id": [f"road-{k:05d}" for k in range(1, count + 1)],
        "name": [names[route] if route >= 0 else None for route in edges.route],
        "class": edges.kind,
        "oneway": np.array(["no", "forward", "backward"], dtype=object)[network.direction],
        "speed_kph": np.nan,
        "surface": surface,
        "access": "all",
        "open": _open(ground, surface, rng),
    }, to_wgs84(edges.lines))


def _route_names(ground: Ground, areas: Areas) -> list[str]:
    """Trunk and county roads are called after the first characters of the places that they join."""
    names: list[str] = []
    for kind, first, second in ground.routes:
        ends = [areas.township_names[areas.township_of[v]][0] for v in (first, second) if v >= 0]
        if kind == "trunk":
            name = f"岚{_NUMERALS[sum(n.endswith('干线') for n in names)]}干线"
        elif len(ends) == 2:
            name = "".join(ends) + "线"
        else:
            name = "".join(ends) + "界线"
        if name in names:
            name = f"{name[:-1]}{_NUMERALS[sum(n.startswith(name[:-1]) for n in names)]}线"
        names.append(name)
    return names


def _surfaces(kind: Objects, rng: np.random.Generator) -> Objects:
    draw = rng.random(len(kind))
    gravel = np.array([GRAVEL_SHARE.get(k, 0.0) for k in kind])
    earth = np.array([EARTH_SHARE.get(k, 0.0) for k in kind])
    surface = np.full(len(kind), "paved", dtype=object)
    surface[draw < gravel] = "gravel"
    surface[(draw >= gravel) & (draw < gravel + earth)] = "earth"
    return surface


def _open(ground: Ground, surface: Objects, rng: np.random.Generator) -> np.ndarray:
    """All but a few earth tracks, ends without a way on, closed after slides."""
    network = ground.network
    degree = network.topology.degree
    dead_end = (degree[network.topology.start] == 1) | (degree[network.topology.end] == 1)
    fit = np.flatnonzero(dead_end & (network.edges.kind == "track") & (surface == "earth"))
    is_open = np.ones(len(network.edges), dtype=bool)
    is_open[rng.permutation(fit)[:CLOSED_EDGES]] = False
    return is_open
