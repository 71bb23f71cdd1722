"""Lanes of hamlets: fragments of combs and ladders along the contour."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from data.demo.boundaries import Division
from data.demo.frames import points
from data.demo.grid import Bools, Floats, Ints, Objects, as_objects
from data.demo.movement import Land
from data.demo.roads import CLASSES, Roadbed
from data.demo.settlements import Places
from data.demo.size import CountySize

CLEARING_M = 330.0
"""No road but its own lanes comes this near the centre of a cut-off hamlet."""


@dataclass(frozen=True, slots=True)
class Hamlets:
    """Hamlets: node of each centre, its village, its relative number of people; which lie in a town or may be cut off."""

    nodes: Ints
    village: Ints
    weight: Floats
    in_town: Bools
    island: Bools


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lane lines in projected metres and the hamlet of each."""

    lines: Objects
    hamlet: Ints


def make_hamlets(land: Land, places: Places, nodes: Ints, division: Division, built_up: BaseGeometry,
                 centres: Floats, bed: Roadbed, size: CountySize, rng: np.random.Generator) -> Hamlets:
    """Weigh the hamlets (fewer people far from the village's centre) and choose those to be cut off."""
    village = division.village.ravel()[land.cells[nodes]]
    remoteness = np.hypot(*(land.places[nodes] - land.places[places.centres[village]]).T)
    weight = np.exp(rng.normal(0, 0.75, len(nodes))) * np.exp(-remoteness / 1900)
    first = len(places.centres)
    weight[:first] = np.maximum(weight[:first], 1) * 2.4
    in_town = np.asarray(shapely.contains(built_up.buffer(40), points(centres)))
    island = _choose_islands(land, nodes, remoteness, in_town, centres, bed, size, rng)
    island[:first] = False
    weight[island] = np.clip(weight[island], 0.5, 1.2)
    return Hamlets(nodes, village, weight, in_town, island)


def _choose_islands(land: Land, nodes: Ints, remoteness: Floats, in_town: Bools, centres: Floats, bed: Roadbed,
                    size: CountySize, rng: np.random.Generator) -> Bools:
    """Candidates: remote and high hamlets, far from greater roads, from each other and from any other hamlet."""
    greater = np.unique(bed.pairs[bed.rank <= CLASSES.index("township")])
    to_greater, _ = cKDTree(land.places[greater]).query(land.places[nodes])
    to_hamlet = np.asarray(cKDTree(centres).query(centres, k=2)[0])[:, 1]
    fit = (to_greater > 520) & (to_hamlet > CLEARING_M + 160) & ~in_town
    score = remoteness + 3 * land.at(land.landscape.above_stream)[nodes] + rng.uniform(0, 400, len(nodes))
    island = np.zeros(len(nodes), dtype=bool)
    for k in np.argsort(-score, kind="stable").tolist():
        if island.sum() == 3 * size.islands:
            break
        others = centres[island]
        if fit[k] and (not len(others) or np.hypot(*(others - centres[k]).T).min() > 0.3 * size.spacing_m):
            island[k] = True
    return island


def lay_lanes(land: Land, hamlets: Hamlets, centres: Floats, rng: np.random.Generator) -> Lanes:
    """A lane along the contour through each hamlet, side lanes on alternating sides, back lanes that join them."""
    down, right = np.gradient(land.smooth_height, land.landscape.grid.cell)
    contour = np.arctan2(-down, right).ravel()[land.cells[hamlets.nodes]] + np.pi / 2
    count = np.clip(np.round(1.9 + 2.2 * hamlets.weight**0.55 + rng.normal(0, 0.8, len(centres))), 1, 13).astype(int)
    lines: list[shapely.LineString] = []
    owner: list[int] = []
    for k in np.flatnonzero(~hamlets.in_town).tolist():
        angle = float(contour[k] + rng.normal(0, 0.25))
        if hamlets.island[k]:
            made = _comb(centres[k], angle, 13, rng.uniform(44, 52), rng)
        else:
            made = _comb(centres[k], angle, int(count[k]), rng.uniform(26, 46), rng)
        lines += [shapely.LineString(line) for line in made]
        owner += [k] * len(made)
    return Lanes(as_objects(lines), np.array(owner, dtype=np.int64))


def _comb(centre: Floats, angle: float, teeth: int, gap: float, rng: np.random.Generator) -> list[Floats]:
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    bend = rng.normal(0, 0.0007)
    offsets = (np.arange(teeth) - (teeth - 1) * rng.uniform(0.3, 0.7)) * gap + rng.normal(0, 6, teeth)
    low, high = min(float(offsets.min()), 0.0) - 0.01, max(float(offsets.max()), 0.0) + 0.01
    steps = np.unique(np.r_[low, offsets, 0.0, high])  # the lane bends at every tooth, so that each begins on it
    lines = [centre + steps[:, None] * along + (bend * steps**2)[:, None] * across]
    ends: dict[int, list[tuple[float, Floats, float]]] = {1: [], -1: []}
    side = int(rng.choice([-1, 1]))
    for offset in offsets:
        base = centre + offset * along + (bend * offset * offset) * across
        way = across + rng.normal(0, 0.15) * along
        for turned in (side, -side) if rng.random() < 0.13 else (side,):
            length = rng.gamma(4, 13)
            if length >= 12:
                end = base + turned * length * way
                lines.append(np.array([base, end]))
                ends[turned].append((float(offset), end, float(length)))
        side = -side if rng.random() < 0.5 else side
    for row in ends.values():
        for (left, left_end, left_length), (right, right_end, right_length) in pairwise(row):
            if min(left_length, right_length) > 22 and abs(right - left) < 200 and rng.random() < 0.82:
                lines.append(np.array([left_end, right_end]))
    return lines
