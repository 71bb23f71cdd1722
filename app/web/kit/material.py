"""What the coverage page draws with, read once for each state of the store and shared by everyone.

Boundaries, roads, stations and lists of codes: nothing in here belongs to a person.
"""

from __future__ import annotations

import datetime as dt
from typing import get_args

import geopandas as gpd

from app.maps.pieces.ground import Ground, make_ground
from app.maps.view import Caption
from app.roles import Viewer
from app.services import layers
from app.services.county.areas import there_on
from app.services.county.facilities import FacilityChoice, facilities
from app.services.coverage.service import By, CoverageReport, coverage
from app.web.kit.answers import kept
from app.web.kit.asked import EVERYTHING, Asked
from layers.store import Store
from layers.vocabulary import GRADE, STATION_LEVEL, SUPPORT_KIND


@kept(2)
def ground(viewer: Viewer, store: Store) -> Ground:
    """The map's ground."""
    townships, villages, stations, roads = (
        layers.items(viewer, store, name) for name in ("townships", "villages", "stations", "roads")
    )
    if day := store.as_of("townships"):
        townships = there_on(day, townships)
    if day := store.as_of("villages"):
        villages = there_on(day, villages)
    return make_ground(townships, villages, stations, roads)


@kept(4)
def facility_options(viewer: Viewer, store: Store) -> tuple[str, ...]:
    """What may count: everything, then levels, grades and kinds of support point that the store holds."""
    def present(layer: str, column: str) -> set[str]:
        return set(layers.items(viewer, store, layer)[column].dropna())

    levels, grades = present("stations", "level"), present("station_grades", "grade")
    kinds = present("support_points", "kind")
    return (
        EVERYTHING,
        *(f"level:{level}" for level in STATION_LEVEL if level in levels and len(levels) > 1),
        *(f"grade:{grade}" for grade in GRADE if grade in grades),
        *(f"kind:{kind}" for kind in SUPPORT_KIND if kind in kinds),
    )


@kept(32)
def answer(viewer: Viewer, store: Store, asked: Asked) -> tuple[CoverageReport, CoverageReport]:
    """The reports by township and by village.

    Raises
    ------
    NoDataError
        When there are no households, or nothing to count them by.
    """
    townships, villages = (
        coverage(viewer, store, mode=asked.mode, minutes=asked.minutes, by=by, choice=asked.choice) for by in get_args(By)
    )
    return townships, villages


def counted(viewer: Viewer, store: Store, choice: FacilityChoice, as_of: dt.date) -> gpd.GeoDataFrame:
    """The facilities that count, as the map wants them."""
    return ground(viewer, store).facilities(facilities(store, choice, as_of).set_index("id"))


def caption(viewer: Viewer, store: Store, as_of: dt.date | None) -> Caption:
    """What the map says of itself."""
    region = store.region()
    sources = " ".join(summary.source or "" for summary in layers.summaries(viewer, store)).lower()
    osm = any(sign in sources for sign in ("openstreetmap", ".pbf", ".osm"))
    return Caption(as_of=as_of, fictional=bool(region and region.fictional), osm=osm)
