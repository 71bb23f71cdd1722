"""Junctions as they are built: no nodes that only pass through, and few where four roads meet."""

from __future__ import annotations

import numpy as np
import shapely

from data.demo.curves import chains, lines_of, points_of
from data.demo.grid import Floats, Ints
from data.demo.noding import PRECEDENCE, Edges

STAGGER_M = (8.0, 17.0)


def merged(edges: Edges) -> Edges:
    """Edges of the same road joined where nothing else meets them."""
    topology = edges.topology()
    kind = np.array([PRECEDENCE.index(k) for k in edges.kind])
    road = np.unique(np.column_stack([kind, edges.route, edges.hamlet, edges.oneway]), axis=0, return_inverse=True)[1]
    road = np.asarray(road).ravel()
    nodes = np.r_[topology.start, topology.end]
    lowest = np.full(len(topology.places), len(road))
    highest = np.full(len(topology.places), -1)
    np.minimum.at(lowest, nodes, np.r_[road, road])
    np.maximum.at(highest, nodes, np.r_[road, road])
    runs = chains(topology.start, topology.end, lowest != highest)
    points = points_of(edges.lines)
    joined = []
    for run in runs:
        parts = [points[k] if k >= 0 else points[~k][::-1] for k in run]
        joined.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    first = np.array([max(run[0], ~run[0]) for run in runs])
    kept = edges.take(first)
    return Edges(lines_of(joined), kept.kind, kept.route, kept.hamlet, kept.oneway)


class _Fan:
    """The edges as lists that can be cut, and which of them end at each node."""

    def __init__(self, edges: Edges) -> None:
        self.lines: list[Floats] = points_of(edges.lines)
        self.parent = list(range(len(edges)))
        self.rank = [PRECEDENCE.index(k) for k in edges.kind]
        topology = edges.topology()
        self.degree: Ints = topology.degree
        self.tips: list[list[int]] = [[] for _ in range(len(topology.places))]
        for k, (u, v) in enumerate(zip(topology.start.tolist(), topology.end.tolist(), strict=True)):
            self.tips[u].append(k)
            self.tips[v].append(~k)

    def outward(self, tip: int) -> Floats:
        """Points of an edge from the node outwards."""
        return self.lines[tip] if tip >= 0 else self.lines[~tip][::-1]

    def replace(self, tip: int, points: Floats) -> None:
        """Put other points, given from the node outwards."""
        self.lines[max(tip, ~tip)] = points if tip >= 0 else points[::-1]

    def bearing(self, tip: int) -> float:
        """Direction in which an edge leaves the node, radians."""
        points = self.outward(tip)
        step = points[1] - points[0]
        return float(np.arctan2(step[1], step[0]))

    def cut(self, tip: int, distance: float) -> tuple[int, Floats]:
        """Cut an edge ``distance`` from the node; the near part becomes a new edge (its tip is returned)."""
        line = shapely.LineString(self.outward(tip))
        at = np.round(shapely.get_coordinates(line.interpolate(distance))[0], 1)
        passed = np.r_[0.0, np.cumsum(np.hypot(*np.diff(self.outward(tip), axis=0).T))]
        points = self.outward(tip)
        near = np.r_[points[passed < distance - 0.2], [at]]
        far = np.r_[[at], points[passed > distance + 0.2]]
        self.replace(tip, far)
        self.lines.append(near)
        self.parent.append(self.parent[max(tip, ~tip)])
        self.rank.append(self.rank[max(tip, ~tip)])
        return len(self.lines) - 1, at


def staggered(edges: Edges, rng: np.random.Generator, *, kept: float = 0.2) -> Edges:
    """Crossings pulled apart into T-junctions, as lanes seldom meet head on.

    At a node of four or more edges the least of them is moved some metres along a neighbour, until
    three are left. A share ``kept`` of the crossings stays, and those of two great roads.
    """
    fan = _Fan(edges)
    for node in np.flatnonzero(fan.degree >= 4).tolist():
        if rng.random() < kept:
            continue
        while len(fan.tips[node]) > 3 and _move_one(fan, fan.tips[node], rng):
            pass
    parent = edges.take(np.array(fan.parent))
    return Edges(lines_of(fan.lines), parent.kind, parent.route, parent.hamlet, parent.oneway)


def _move_one(fan: _Fan, tips: list[int], rng: np.random.Generator) -> bool:
    """Move the least edge along the better of its two neighbours; False when none has room."""
    around = sorted(tips, key=fan.bearing)
    mover = max(around, key=lambda tip: (fan.rank[max(tip, ~tip)], tip))
    place = around.index(mover)
    room = {}
    for other in {around[place - 1], around[(place + 1) % len(around)]} - {mover, ~mover}:
        turn = abs((fan.bearing(other) - fan.bearing(mover) + np.pi) % (2 * np.pi) - np.pi)
        points = fan.outward(other)
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        if turn < np.radians(150) and length > 24:
            room[other] = length
    if not room:
        return False
    target = max(room, key=lambda tip: (room[tip], tip))
    near, at = fan.cut(target, min(rng.uniform(*STAGGER_M), 0.4 * room[target]))
    points = fan.outward(mover).copy()
    points[0] = at
    fan.replace(mover, points)
    tips.remove(mover)
    tips[tips.index(target)] = near
    return True
