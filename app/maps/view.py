"""What a coverage map is asked to show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd

from app.services.coverage.service import AreaShare, Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at: a township or everything, a village picked out, the facilities that count.

    ``counted`` is what :meth:`app.maps.pieces.ground.Ground.facilities` gives.
    """

    counted: gpd.GeoDataFrame
    township: str | None = None
    village: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One question's answer by township and by village; empty where there is none."""

    townships: tuple[AreaShare, ...] = ()
    villages: tuple[AreaShare, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What every map says of itself; ``osm`` when it shows OpenStreetMap data, which must be credited."""

    as_of: dt.date | None
    fictional: bool = False
    osm: bool = False


def is_known(share: AreaShare | None) -> bool:
    """True where there is a rate to show."""
    return share is not None and share.reach_rate is not None
