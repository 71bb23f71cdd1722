"""The ordered list of layers: a layer comes after those that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from layers.aliases import ALIASES
from layers.claims import CLAIMS
from layers.errors import UnknownLayerError
from layers.households import HOUSEHOLDS, VISITS
from layers.memorials import AGREEMENTS, DEFECTS, INSPECTIONS, MEMORIAL_RANGES, MEMORIALS, WORKS
from layers.roads import ROADS
from layers.schema import Layer
from layers.stations import STATION_CHECKS, STATION_GRADES, STATIONS
from layers.support_points import SUPPORT_POINTS
from layers.townships import TOWNSHIPS
from layers.villages import VILLAGES

LAYERS: Mapping[str, Layer] = MappingProxyType({layer.name: layer for layer in (
    TOWNSHIPS,
    VILLAGES,
    ALIASES,
    STATIONS,
    SUPPORT_POINTS,
    MEMORIALS,
    MEMORIAL_RANGES,
    HOUSEHOLDS,
    ROADS,
    STATION_GRADES,
    STATION_CHECKS,
    AGREEMENTS,
    INSPECTIONS,
    DEFECTS,
    WORKS,
    VISITS,
    CLAIMS,
)})


def get(name: str) -> Layer:
    """The layer called ``name``.

    Raises
    ------
    UnknownLayerError
        When there is none.
    """
    try:
        return LAYERS[name]
    except KeyError:
        msg = f"没有图层“{name}”，可用：{'、'.join(LAYERS)} (no such layer)"
        raise UnknownLayerError(msg) from None
