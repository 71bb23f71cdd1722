"""Townships and villages, and which of them everything belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.store import Store

UNASSIGNED = ""
"""Township or village of what lies in none."""


@dataclass(frozen=True)
class Areas:
    """The units that shares are counted by.

    Attributes
    ----------
    townships, villages
        Frames indexed by id with ``code``, ``name`` and geometry; villages also ``township``,
        an id or :data:`UNASSIGNED`.
    """

    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame

    @classmethod
    def read(cls, store: Store) -> Areas:
        """Areas of a store; a village without a township belongs to the one that it lies in."""
        townships = _by_id(store.read("townships", columns=["id", "code", "name", "geometry"]))
        villages = _by_id(store.read("villages", columns=["id", "code", "name", "township", "geometry"]))
        lost = ~villages["township"].isin(townships.index)
        place = villages.geometry.representative_point()
        found = _containing(place.where(lost, None), townships)
        return cls(townships, villages.assign(township=villages["township"].astype(object).where(~lost, found)))

    def of_households(self, households: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
        """Village and township id of every household, aligned to the frame.

        The stated village counts; where there is none, the place does.
        """
        stated = households["village"].isin(self.villages.index)
        place = households.geometry.where(~stated, None)
        village = households["village"].astype(object).where(stated, _containing(place, self.villages))
        township = village.map(self.villages["township"]).fillna(UNASSIGNED)
        lost = township == UNASSIGNED
        return village, township.where(~lost, _containing(place.where(lost, None), self.townships))

    def served(self, facilities: gpd.GeoDataFrame) -> tuple[set[str], set[str]]:
        """Townships and villages that have at least one of ``facilities``.

        A facility stands for the unit that it serves (an empty text: for none); where none is
        stated, for where it lies. A township has one when it, or a village of it, is served.
        """
        stated = facilities["unit"].astype(object)
        place = facilities.geometry.where(stated.isna(), None)
        villages = set(stated[stated.isin(self.villages.index)]) | set(_containing(place, self.villages))
        townships = set(stated[stated.isin(self.townships.index)]) | set(_containing(place, self.townships))
        townships |= set(self.villages["township"].reindex(sorted(villages - {UNASSIGNED})))
        return townships - {UNASSIGNED}, villages - {UNASSIGNED}


def _by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = frame.set_index("id", drop=True)
    return frame.assign(code=frame["code"].astype(object).where(frame["code"].notna(), frame.index))


def _containing(places: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> pd.Series:
    """Id of the polygon that each place lies in, the first where several do, else UNASSIGNED."""
    found = np.full(len(places), UNASSIGNED, dtype=object)
    shapes = areas.geometry.to_numpy()
    points = places.to_numpy()
    if len(shapes) and len(points):
        who, which = shapely.STRtree(shapes).query(points, predicate="covered_by")
        order = np.lexsort((which, who))[::-1]
        found[who[order]] = areas.index.to_numpy()[which[order]]
    return pd.Series(found, index=places.index)
