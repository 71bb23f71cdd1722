"""Single roads: what one is called, which one a click on the map means, and the small ones around a place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from app.roles import Viewer
from app.services.county.roads import Region, region
from app.services.county.state import StoreState, kept, settled
from app.services.scenarios.definition import Position
from app.services.scenarios.present import edge_tree
from geo.crs import project
from geo.network import Ints
from layers.schema import Label
from layers.store import Store
from layers.vocabulary import ROAD_CLASS


@dataclass(frozen=True, slots=True)
class RoadHere:
    """A road near a point: its id, what it is called, and how far it is."""

    id: str
    label: Label
    distance_m: float


@kept(2)
def road_names(state: StoreState) -> pd.DataFrame:
    """``name`` and ``class`` of every road by its id."""
    return pd.DataFrame(state.store.read("roads", columns=["id", "name", "class"])).set_index("id")[["name", "class"]]


def road_label(state: StoreState, road: str) -> Label:
    """What a road is called: its name and class, the id where it has no name."""
    names = road_names(state)
    if road not in names.index:
        return Label(road, road)
    name, said = names.loc[road, "name"], ROAD_CLASS.label(str(names.loc[road, "class"]))
    if not isinstance(name, str):
        return Label(f"{said.zh} {road}", f"{said.en.lower()} {road}")
    return Label(f"{name}（{said.zh}）", f"{name} ({said.en.lower()})")


def nearest_road(
    viewer: Viewer,  # noqa: ARG001 - roads are for everybody
    store: Store,
    at: Position,
    *,
    within_m: float,
    classes: Collection[str] = tuple(ROAD_CLASS),
) -> RoadHere | None:
    """The road of some ``classes`` that is nearest to a place; None where none lies ``within_m``.

    Of roads that meet at the place, the first in the store's order.
    """

    def found(state: StoreState) -> RoadHere | None:
        here = region(state)
        if here.network is None or here.roads is None:
            return None
        metres = project(np.array([at]), here.crs)[0]
        if not np.isfinite(metres).all():
            return None
        point = shapely.Point(metres)
        edges = _of_classes(here, edge_tree(state).query(point, predicate="dwithin", distance=within_m), classes)
        if not len(edges):
            return None
        away = shapely.distance(here.network.line[edges], point)
        nearest = int(away.argmin())
        road = str(here.roads["id"].iloc[here.network.road[edges[nearest]]])
        return RoadHere(road, road_label(state, road), float(away[nearest]))

    return settled(store, found)


def roads_inside(
    viewer: Viewer,  # noqa: ARG001 - roads are for everybody
    store: Store,
    bounds: tuple[float, float, float, float],
    *,
    classes: Collection[str] = tuple(ROAD_CLASS),
) -> NDArray[Any]:
    """Pieces of the roads of some ``classes`` that come into a box (west, south, east, north), WGS 84, shape (n,)."""

    def lines(state: StoreState) -> NDArray[Any]:
        here = region(state)
        if here.network is None:
            return np.zeros(0, dtype=object)
        box = shapely.transform(shapely.box(*bounds), lambda xy: project(xy, here.crs))
        edges = _of_classes(here, edge_tree(state).query(box, predicate="intersects"), classes)
        return here.degrees(here.network.line[edges])

    return settled(store, lines)


def _of_classes(here: Region, edges: NDArray[Any], classes: Collection[str]) -> Ints:
    """Those of some edges whose roads are of ``classes``, in order."""
    if here.network is None or here.roads is None:
        return np.zeros(0, dtype=np.int64)
    edges = np.sort(edges).astype(np.int64)
    chosen = here.roads["class"].isin(list(classes)).to_numpy()
    found: Ints = edges[chosen[here.network.road[edges]]]
    return found
