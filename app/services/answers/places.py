"""Rows of an answer put on the map: townships and villages by their code, anything else by its own key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from app.services.answers.about import About
from app.services.answers.tables import Table
from app.services.county.areas import Areas
from app.services.county.units import By
from layers.schema import WGS84, Layer
from layers.store import Store

AREA_GEOMETRY = ("Polygon", "MultiPolygon", "Point")
"""What the place of a township or village may be."""

_NOTHING: Mapping[str, Sequence[Any]] = {}


def area_shapes(store: Store, about: About, by: By) -> gpd.GeoSeries:
    """Shapes of the areas of one level on the data's date, by code."""
    areas = Areas.read(store, about.as_of)
    frame = areas.townships if by == "township" else areas.villages
    return gpd.GeoSeries(frame.set_index("code").geometry)


def placed(
    layer: Layer, rows: Sequence[Any], key: str, places: gpd.GeoSeries, *, total: Any = None,
    more: Mapping[str, Sequence[Any]] = _NOTHING,
) -> Table:
    """Rows with the place of their ``key``; none where it has none.

    Parameters
    ----------
    rows
        Each with the layer's columns for attributes, but for those that come in ``more``.
    total
        What the rows come to together, with some of these attributes.
    """
    columns = {name: more[name] if name in more else [getattr(row, name) for row in rows] for name in layer.columns}
    frame = pd.DataFrame(columns, columns=layer.columns)
    shapes = places.to_dict()
    found = gpd.array.from_shapely([shapes.get(name) for name in frame[key]], crs=WGS84)
    totals = {name: getattr(total, name) for name in layer.columns if hasattr(total, name)}
    return Table(layer, gpd.GeoDataFrame(frame, geometry=found), totals)
