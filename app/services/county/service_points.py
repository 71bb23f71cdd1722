"""Everything that may be part of a circle: open stations, and support points with the state of their agreements."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from app.services.circles.recipe import LEVEL_OF, SERVICE_KIND, STATION
from app.services.county.data_date import data_date
from app.services.county.facilities import IN_FORCE, agreement_state, middles
from app.services.county.state import StoreState, kept
from geo.network import Bools
from layers.store import Store
from layers.vocabulary import BUSINESS, SUPPORT_KIND

_COLUMNS = ["id", "name", "layer", "level", "kind", "business", "offer", "agreement_to", "state", "geometry"]


@dataclass(frozen=True)
class ServicePoints:
    """Open stations and support points on the data's date, by layer and id.

    Attributes
    ----------
    frame
        ``id``, ``name``, ``layer``, ``level`` (of stations), ``kind``, ``business``, ``offer``, ``agreement_to``
        and ``state`` (of support points; stations are always in force), and a point geometry.
    kinds : ndarray of bool, shape (n, n_kinds)
        The kinds of :data:`app.services.circles.recipe.SERVICE_KIND` that each is of.
    """

    frame: gpd.GeoDataFrame
    kinds: Bools

    @property
    def in_force(self) -> Bools:
        """What counts, shape (n,)."""
        counts: Bools = (self.frame["state"] == IN_FORCE).to_numpy(dtype=bool)
        return counts


@kept(2)
def service_points(state: StoreState) -> ServicePoints:
    """What there is on the data's date.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    store = state.store
    parts = [_stations(store), _support_points(store, data_date(store))]
    frame = gpd.GeoDataFrame(
        pd.concat([pd.DataFrame(part[_COLUMNS]) for part in parts], ignore_index=True), geometry="geometry", crs=parts[0].crs
    )
    members = {
        STATION: frame["layer"] == "stations",
        **{code: frame["level"] == level for code, level in LEVEL_OF.items()},
        **{code: frame["business"] == code for code in BUSINESS},
        **{code: frame["kind"] == code for code in SUPPORT_KIND},
    }
    return ServicePoints(frame, np.column_stack([members[code].to_numpy(dtype=bool) for code in SERVICE_KIND]))


def _stations(store: Store) -> gpd.GeoDataFrame:
    stations = store.read("stations", columns=["id", "name", "level", "status", "geometry"])
    opened = stations[stations["status"] == "open"]
    return opened.assign(layer="stations", kind=None, business=None, offer=None, agreement_to=None, state=IN_FORCE)


def _support_points(store: Store, as_of: dt.date) -> gpd.GeoDataFrame:
    columns = ["id", "name", "kind", "business", "offer", "agreement_from", "agreement_to", "geometry"]
    points = store.read("support_points", columns=columns)
    told: gpd.GeoDataFrame = points.assign(layer="support_points", level=None, state=agreement_state(points, as_of))
    return told.set_geometry(middles(told.geometry))
