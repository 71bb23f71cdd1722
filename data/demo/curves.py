"""From steps on a raster to smooth lines: chains, rounding of corners, one warp for everything."""

from __future__ import annotations

import numpy as np
import shapely
from scipy import ndimage as ndi

from data.demo.grid import Bools, Floats, Grid, Ints, Objects


def chains(start: Ints, end: Ints, stop: Bools) -> list[list[int]]:
    """Runs of edges that meet in nodes of degree two which are not in ``stop``.

    Parameters
    ----------
    start, end
        Nodes of each edge, numbered from 0.
    stop
        Nodes at which every run ends.

    Returns
    -------
    list of list of int
        For each run its edges in order: ``k`` when walked from start to end, ``~k`` when from end to start.
    """
    nodes, numbered = np.unique(np.r_[start, end], return_inverse=True)
    ends = stop[nodes] | (np.bincount(numbered, minlength=len(nodes)) != 2)
    tips: list[list[int]] = [[] for _ in range(len(nodes))]
    heads, tails = numbered[:len(start)].tolist(), numbered[len(start):].tolist()
    for k, (u, v) in enumerate(zip(heads, tails, strict=True)):
        tips[u].append(k)
        tips[v].append(~k)
    used = bytearray(len(heads))
    final = ends.tolist()

    def walk(first: int) -> list[int]:
        run = [first]
        used[max(first, ~first)] = 1
        node = tails[first] if first >= 0 else heads[~first]
        while not final[node]:
            a, b = tips[node]
            following = b if used[max(a, ~a)] else a
            if used[max(following, ~following)]:
                break
            used[max(following, ~following)] = 1
            run.append(following)
            node = tails[following] if following >= 0 else heads[~following]
        return run

    runs = [walk(tip) for node in np.flatnonzero(ends).tolist() for tip in tips[node] if not used[max(tip, ~tip)]]
    return runs + [walk(k) for k in range(len(heads)) if not used[k]]


def run_nodes(run: list[int], start: Ints, end: Ints) -> list[int]:
    """Nodes that a run of edges passes, first to last."""
    first = int(start[run[0]] if run[0] >= 0 else end[~run[0]])
    return [first] + [int(end[k] if k >= 0 else start[~k]) for k in run]


def points_of(lines: Objects) -> list[Floats]:
    """Points of each line, shape (n, 2)."""
    places, line = shapely.get_coordinates(lines, return_index=True)
    return np.split(places, np.searchsorted(line, np.arange(1, len(lines))))


def lines_of(points: list[Floats]) -> Objects:
    """A line through each array of points."""
    line = np.repeat(np.arange(len(points)), [len(one) for one in points])
    return np.asarray(shapely.linestrings(np.concatenate(points), indices=line), dtype=object)


def rounded(points: Floats, times: int = 2) -> Floats:
    """Corners cut off as Chaikin does, the ends kept; shape (n, 2) in and out."""
    for _ in range(times):
        if len(points) < 3:
            return points
        cut = np.empty((2 * (len(points) - 1), 2))
        cut[0::2] = 0.75 * points[:-1] + 0.25 * points[1:]
        cut[1::2] = 0.25 * points[:-1] + 0.75 * points[1:]
        cut[0], cut[-1] = points[0], points[-1]
        points = cut
    return points


def simplified(points: Floats, tolerance: float) -> Floats:
    """Fewer points, none farther than ``tolerance`` from the line."""
    return shapely.get_coordinates(shapely.LineString(points).simplify(tolerance))


class Warp:
    """A smooth displacement of tens of metres, the same for everything that comes from the raster.

    It hides the raster's runs at multiples of 45 degrees.
    """

    def __init__(self, grid: Grid, rng: np.random.Generator) -> None:
        self.grid = grid
        fields = [ndi.gaussian_filter(rng.standard_normal(grid.shape), sigma, truncate=3)
                  for sigma in (2.6, 2.6, 9.0, 9.0)]
        scaled = [field / field.std() * metres
                  for field, metres in zip(fields, (20.0, 20.0, 45.0, 45.0), strict=True)]
        self._east, self._north = scaled[0] + scaled[2], scaled[1] + scaled[3]

    def __call__(self, points: Floats) -> Floats:
        """Move points, shape (n, 2); results to a decimetre."""
        at = np.array([(self.grid.north - points[:, 1]) / self.grid.cell - 0.5,
                       (points[:, 0] - self.grid.west) / self.grid.cell - 0.5])
        moved = [ndi.map_coordinates(field, at, order=1, mode="nearest") for field in (self._east, self._north)]
        return np.asarray(np.round(points + np.column_stack(moved), 1))


def label_arcs(label: Ints, grid: Grid) -> list[shapely.LineString]:
    """Smoothed boundaries between differently labelled cells, cut where three or more meet.

    Each arc is smoothed once and so shared by the areas on its two sides.
    """
    width = grid.columns + 3
    framed = np.pad(label, 1, constant_values=-1)
    rows, columns = np.nonzero(framed[:-1] != framed[1:])
    flat = (rows + 1) * width + columns
    rows, columns = np.nonzero(framed[:, :-1] != framed[:, 1:])
    upright = rows * width + columns + 1
    corner = np.r_[flat, upright]
    opposite = np.r_[flat + 1, upright + width]
    nodes, numbered = np.unique(np.r_[corner, opposite], return_inverse=True)
    start, end = numbered[:len(corner)], numbered[len(corner):]
    places = np.column_stack([grid.west + (nodes % width - 1) * grid.cell,
                              grid.north - (nodes // width - 1) * grid.cell])
    arcs = []
    for run in chains(start, end, np.zeros(len(nodes), dtype=bool)):
        points = places[run_nodes(run, start, end)]
        if len(points) > 3:
            middles = 0.5 * (points[:-1] + points[1:])
            closed = bool((points[0] == points[-1]).all())
            points = np.r_[middles, middles[:1]] if closed else np.r_[points[:1], middles, points[-1:]]
            points = simplified(rounded(simplified(points, 32)), 6)
        arcs.append(shapely.LineString(np.round(points, 1)))
    return arcs


def label_polygons(label: Ints, grid: Grid, warp: Warp) -> dict[int, shapely.Polygon]:
    """The polygon of each label of at least 0: a coverage, every area in one piece.

    Smoothed arcs may cross at a neck, so they are cut where they do; the crumbs that this leaves
    go to the neighbour with the longest common boundary.
    """
    arcs = shapely.union_all(label_arcs(label, grid), grid_size=0.1)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(arcs)))
    inside = shapely.get_coordinates(shapely.get_point(shapely.maximum_inscribed_circle(faces, tolerance=20.0), 0))
    owner = label.ravel()[grid.cells(inside)]
    polygons, crumbs = {}, []
    for k in np.unique(owner[owner >= 0]).tolist():
        pieces = shapely.get_parts(shapely.coverage_union_all(faces[owner == k]))
        largest = int(shapely.area(pieces).argmax())
        polygons[k] = pieces[largest]
        crumbs += [piece for j, piece in enumerate(pieces) if j != largest]
    for crumb in crumbs:
        shared = {k: crumb.boundary.intersection(area.boundary).length for k, area in polygons.items()
                  if crumb.intersects(area)}
        if shared and max(shared.values()) > 0:
            neighbour = max(shared, key=lambda k: (shared[k], -k))
            polygons[neighbour] = shapely.union(polygons[neighbour], crumb)
    return {k: shapely.transform(area, warp) for k, area in polygons.items()}
