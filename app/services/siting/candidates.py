"""Where a station might be put: villages, planned stations, public places, places of the planner's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.services.county.areas import UNASSIGNED
from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import homes
from app.services.county.roads import region
from app.services.county.small_cells import SMALL_CELL
from app.services.county.state import StoreState, kept
from app.services.siting.question import Place, SitingError, SitingQuestion
from geo.network import Bools
from layers.schema import WGS84
from layers.vocabulary import SUPPORT_KIND

OWN = "place:"
"""Ids of places of the planner's own begin with this; their number follows."""

_COLUMNS = ["id", "name", "kind", "village", "township", "geometry"]


@dataclass(frozen=True, slots=True)
class CandidateChoice:
    """Which of the store's objects are candidates."""

    kinds: tuple[str, ...]
    support_kind: str | None
    business: str | None

    @classmethod
    def of(cls, asked: SitingQuestion) -> CandidateChoice:
        """What ``asked`` names."""
        return cls(tuple(dict.fromkeys(asked.candidates)), asked.support_kind, asked.business)


@dataclass(frozen=True)
class Candidates:
    """Places for a station, and what the question says of each; arrays of shape (n,).

    Attributes
    ----------
    frame
        ``id`` (kind and id of the object), ``name``, ``kind``, ``village`` and ``township`` (ids of
        where it lies), and a point in WGS 84.
    must, banned, forbidden
        Those that every plan opens, that none may open, and that lie in a forbidden area.
    """

    frame: gpd.GeoDataFrame
    must: Bools
    banned: Bools
    forbidden: Bools

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, asked: SitingQuestion) -> Candidates:
        """The places of ``frame`` under one question.

        Raises
        ------
        SitingError
            For a must or banned id that there is not, or a must within a forbidden area.
        """
        must, banned = (_named(frame["id"], ids) for ids in (asked.must, asked.banned))
        forbidden = _within(frame.geometry, asked.forbidden)
        lost = np.flatnonzero(must & forbidden)
        if len(lost):
            name = frame["name"].iloc[lost[0]]
            msg = f"必选的“{name}”在禁止区域内，请改区域或取消必选 ({name} is a must and lies in a forbidden area; change one)"
            raise SitingError(msg)
        return cls(frame, must, banned, forbidden)


@kept(4)
def standing_candidates(state: StoreState, choice: CandidateChoice) -> gpd.GeoDataFrame:
    """The store's objects of those kinds, as :class:`Candidates` has them; those without a place are left out.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    parts = [_KINDS[kind](state, choice) for kind in choice.kinds]
    rows = pd.concat([_rows("none", [], [], []), *parts], ignore_index=True)
    return _lying(state, rows[~shapely.is_missing(rows["geometry"].to_numpy(dtype=object))])


def own_places(state: StoreState, places: Sequence[Place]) -> gpd.GeoDataFrame:
    """Places of the planner's own, as :class:`Candidates` has them."""
    keys = [str(k) for k in range(1, len(places) + 1)]
    names = [place.name or f"自选位置 {key}" for place, key in zip(places, keys, strict=True)]
    return _lying(state, _rows(OWN[:-1], keys, names, [shapely.Point(place.at) for place in places]))


def _villages(state: StoreState, _: CandidateChoice) -> pd.DataFrame:
    """Villages where their people live; in their midst where this would be the place of single households."""
    living = homes(state)
    villages = living.areas.villages
    place = villages.geometry.representative_point()
    exact = np.flatnonzero(~living.imprecise & (living.village != UNASSIGNED))
    lived = pd.DataFrame(shapely.get_coordinates(living.point[exact]), columns=["x", "y"]).groupby(living.village[exact])
    middle = lived.median()[lived.size() >= SMALL_CELL]
    metres = np.array([shapely.Point(xy) for xy in middle.to_numpy()], dtype=object)
    place.loc[middle.index] = gpd.GeoSeries(region(state).degrees(metres), index=middle.index, crs=place.crs)
    return _rows("village", villages.index, villages["name"], place)


def _planned(state: StoreState, _: CandidateChoice) -> pd.DataFrame:
    stations = state.store.read("stations", columns=["id", "name", "status", "geometry"])
    planned = stations[stations["status"] == "planned"]
    return _rows("station", planned["id"], planned["name"], planned.geometry)


def _support_points(state: StoreState, choice: CandidateChoice) -> pd.DataFrame:
    only = FacilityChoice(support_kind=choice.support_kind, business=choice.business)
    choices = [only] if only.counts_support_points else [FacilityChoice(support_kind=kind) for kind in SUPPORT_KIND]
    day = data_date(state.store)
    found = pd.concat([facilities(state.store, one, day) for one in choices], ignore_index=True).sort_values("id")
    return _rows("support", found["id"], found["name"], found["geometry"])


_KINDS: Mapping[str, Callable[[StoreState, CandidateChoice], pd.DataFrame]] = {
    "villages": _villages, "planned": _planned, "support_points": _support_points,
}  # fmt: skip


def _rows(kind: str, ids: Any, names: Any, places: Any) -> pd.DataFrame:
    ids, names = np.asarray(ids, dtype=object), np.asarray(names, dtype=object)
    return pd.DataFrame({
        "id": np.array([f"{kind}:{key}" for key in ids], dtype=object),
        "name": np.where(pd.isna(names), ids, names),
        "kind": np.full(len(ids), kind, dtype=object),
        "geometry": np.asarray(places, dtype=object),
    })


def _lying(state: StoreState, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """The rows with the areas that they lie in."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84).reset_index(drop=True)
    nowhere = frame.assign(village=pd.Series(pd.NA, frame.index, dtype=object))
    village, township = homes(state).areas.of_households(nowhere)
    found: gpd.GeoDataFrame = frame.assign(village=village, township=township)[_COLUMNS]
    return found


def _named(known: pd.Series, ids: Sequence[str]) -> Bools:
    there: Bools = known.isin(ids).to_numpy(dtype=bool)
    for key in ids:
        if not (known == key).any():
            msg = f"没有候选点“{key}”，请从候选点表中取编号 (there is no candidate {key}; take its id from the table)"
            raise SitingError(msg)
    return there


def _within(points: gpd.GeoSeries, forbidden: Sequence[Any]) -> Bools:
    """Points in one of the areas, their outlines included."""
    inside = np.zeros(len(points), dtype=bool)
    for area in forbidden:
        inside |= shapely.covers(shapely.Polygon(area.coordinates[0], area.coordinates[1:]), points.to_numpy())
    return inside
