"""What the coverage page draws with, read once for each state of the store and shared by everyone.

Boundaries, roads, stations and lists of codes: nothing in here belongs to a person.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import streamlit as st

from app.maps.ground import Ground, make_ground
from app.maps.theme import SUPPORT
from app.roles import Viewer
from app.services import layers
from app.services.facilities import FacilityChoice, facilities
from app.web.asked import EVERYTHING
from layers.store import Store
from layers.vocabulary import GRADE, STATION_LEVEL, SUPPORT_KIND

# Streamlit leaves arguments that begin with an underscore out of the key.


def ground(viewer: Viewer, store: Store) -> Ground:
    """The map's ground."""
    return _ground(str(store.address), store.stamp(), store, viewer)


def facility_options(viewer: Viewer, store: Store) -> list[str]:
    """What may count: everything, then levels, grades and kinds of support point that the store holds."""
    return _facility_options(str(store.address), store.stamp(), store, viewer)


def counted(ground: Ground, store: Store, choice: FacilityChoice, as_of: dt.date) -> gpd.GeoDataFrame:
    """The facilities that count, by id, with ``name``, ``level`` and point geometry.

    Raises
    ------
    NoDataError
        When there is none.
    """
    found = facilities(store, choice, as_of).set_index("id")
    level = SUPPORT if choice.counts_support_points else ground.stations["level"].reindex(found.index)
    found = found.assign(level=level)
    return found[~(found.geometry.isna() | found.geometry.is_empty)]


@st.cache_resource(show_spinner=False, max_entries=2)
def _ground(address: str, stamp: str, _store: Store, _viewer: Viewer) -> Ground:  # noqa: ARG001 - they are the key
    return make_ground(*(layers.items(_viewer, _store, name) for name in ("townships", "villages", "stations", "roads")))


@st.cache_data(show_spinner=False, max_entries=4)
def _facility_options(address: str, stamp: str, _store: Store, _viewer: Viewer) -> list[str]:  # noqa: ARG001
    def present(layer: str, column: str) -> set[str]:
        return set(layers.items(_viewer, _store, layer)[column].dropna())

    levels, grades, kinds = present("stations", "level"), present("station_grades", "grade"), present(
        "support_points", "kind")
    return [
        EVERYTHING,
        *(f"level:{level}" for level in STATION_LEVEL if level in levels and len(levels) > 1),
        *(f"grade:{grade}" for grade in GRADE if grade in grades),
        *(f"kind:{kind}" for kind in SUPPORT_KIND if kind in kinds),
    ]
