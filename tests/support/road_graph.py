"""The roads layer as a plain graph, built here from end coordinates alone: an oracle for tests of its shape."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True)
class RoadGraph:
    """Nodes are equal end coordinates; lengths in metres of EPSG:4550."""

    start: np.ndarray
    end: np.ndarray
    places: np.ndarray
    length: np.ndarray
    component: np.ndarray

    @property
    def degree(self) -> np.ndarray:
        return np.bincount(np.r_[self.start, self.end], minlength=len(self.places))

    @property
    def giant(self) -> int:
        return int(np.bincount(self.component).argmax())

    def matrix(self) -> sp.csr_matrix:
        count = len(self.places)
        ends = np.r_[self.start, self.end], np.r_[self.end, self.start]
        return sp.csr_matrix((np.r_[self.length, self.length], ends), shape=(count, count))


def road_graph(roads: gpd.GeoDataFrame) -> RoadGraph:
    """The graph of a roads frame in WGS 84, places in EPSG:4550."""
    lines = roads.geometry.to_numpy()
    first, last = (shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1))
    places, node = np.unique(np.r_[first, last], axis=0, return_inverse=True)
    start, end = np.split(node.ravel(), 2)
    flat = shapely.get_coordinates(gpd.GeoSeries(shapely.points(places), crs=4326).to_crs(4550).to_numpy())
    count = len(places)
    joined = sp.csr_matrix((np.ones(len(start)), (start, end)), shape=(count, count))
    component = connected_components(joined, directed=False)[1]
    return RoadGraph(start, end, flat, roads.to_crs(4550).length.to_numpy(), component)
