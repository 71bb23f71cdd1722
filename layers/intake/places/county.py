"""The villages and townships that the rows of a file are placed by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import Bounds
from layers.intake.examination.resolving import Directory, directory
from layers.intake.examination.rows import Holdings
from layers.intake.places.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True, eq=False)
class County:
    """What the store knows of the ground on one day; ``around`` is None before it has any shapes."""

    villages: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    aliases: pd.DataFrame
    gazetteer: Gazetteer
    village_names: Directory
    township_names: Directory
    around: Bounds | None


def county_of(holdings: Holdings, day: dt.date) -> County:
    """The county as the store holds it."""
    villages, townships = gpd.GeoDataFrame(holdings.read("villages")), gpd.GeoDataFrame(holdings.read("townships"))
    aliases = holdings.read("aliases")
    known = {"villages": villages, "townships": townships}
    return County(
        villages, townships, aliases, Gazetteer(villages, townships, day=day, aliases=aliases), directory(["villages"], known, aliases),
        directory(["townships"], known, aliases), _around(townships, villages),
    )


def _around(*layers: gpd.GeoDataFrame) -> Bounds | None:
    for units in (units for units in layers if len(units)):
        bounds = shapely.total_bounds(np.asarray(units.geometry.array, dtype=object))
        if np.isfinite(bounds).all():
            return Bounds(*bounds.tolist())
    return None
