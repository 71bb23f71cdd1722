"""What is in the store: the list of layers, and the things in one of them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from app.roles import NotPermittedError, Viewer
from layers import registry
from layers.store import LayerSummary, Store

Bounds = tuple[float, float, float, float]


def summaries(viewer: Viewer, store: Store) -> list[LayerSummary]:  # noqa: ARG001 - counts are for everybody
    """Every layer with its number of rows, data date and source."""
    return store.summary()


def items(
    viewer: Viewer,
    store: Store,
    name: str,
    *,
    bbox: Bounds | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Things of one layer that the viewer may see, ordered by id, protected fields left out.

    Raises
    ------
    UnknownLayerError
        When there is no such layer.
    NotPermittedError
        When the layer shows single households and the viewer may only see counts, or the viewer's
        reach is part of the county only.
    """
    need_permission(viewer, name)
    return store.read(name, bbox=bbox, limit=limit, offset=offset)


def count(viewer: Viewer, store: Store, name: str, *, bbox: Bounds | None = None) -> int:
    """How many things :func:`items` would give without a limit; raises what it raises."""
    need_permission(viewer, name)
    return len(store.read(name, columns=["id"], bbox=bbox))


def permitted(viewer: Viewer, name: str) -> bool:
    """True where :func:`items` gives the things of the layer: only counts of households are for everybody."""
    return not registry.get(name).sensitive or (viewer.points and viewer.townships is None)


def need_permission(viewer: Viewer, name: str) -> None:
    """Go on only where :func:`permitted` says so.

    Raises
    ------
    UnknownLayerError, NotPermittedError
    """
    layer = registry.get(name)
    if not permitted(viewer, name):
        msg = (
            f"“{layer.label.zh}”只提供汇总数，不提供单户信息；请改用覆盖分析的结果 "
            f"({layer.label.en} come out as aggregates only; use the coverage figures)"
        )
        raise NotPermittedError(msg)
