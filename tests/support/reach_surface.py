"""A mode, its snapper, its surface and its searches over a few lines, and how honest a polygon is."""

from __future__ import annotations

import numpy as np
import shapely

from geo.network import RoadNetwork
from geo.service_search import ServiceAreas
from geo.snap import Snapper
from geo.surface import Surface


def surface_over(streets, ahead=4.5, back=4.5, **options):
    """Snapper and surface of a mode with these speeds along and against the streets, km/h."""
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    snap = Snapper(net.impedance(on(ahead), on(back)), **{"min_component_m": 0, **options})
    return snap, Surface.over(snap)


def search_of(snap, **options):
    """Searches of the snapper's mode."""
    return ServiceAreas(snap.impedance, **options)


def misplaced(surface, nodes, within, polygon):
    """Share of the nodes within that are outside, and nodes beyond that are inside, both of those within.

    Nodes that no road of the mode ends at are not counted.
    """
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, nodes[:, 0], nodes[:, 1])
    counted = surface.vertex_of_node >= 0
    n = within.sum()
    return ((within & ~inside).sum() / n, (inside & ~within & counted).sum() / n) if n else (0.0, 0.0)
