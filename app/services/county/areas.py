"""Townships and villages, and which of them everything belongs to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

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
    def read(cls, store: Store, as_of: dt.date) -> Areas:
        """Areas that there were on ``as_of``; a village without a township belongs to the one that it lies in.

        A list of areas that holds from a later day on counts as it is then: what is counted was moved to them.
        """
        columns = ["id", "code", "name", "valid_from", "valid_to", "geometry"]
        days = {name: max(as_of, store.as_of(name) or as_of) for name in ("townships", "villages")}
        townships = _by_id(there_on(days["townships"], store.read("townships", columns=columns)))
        villages = _by_id(there_on(days["villages"], store.read("villages", columns=[*columns, "township"])))
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
        township = village.map(self.villages["township"]).astype(object)
        township = township.where(township.notna(), UNASSIGNED)
        lost = township == UNASSIGNED
        return village, township.where(~lost, _containing(place.where(lost, None), self.townships))

    def serves(self, facilities: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
        """Village and township that each of ``facilities`` stands for, or :data:`UNASSIGNED`; aligned to the frame.

        A facility stands for the unit that it serves (an empty text: for none); where none is
        stated, for where it lies.
        """
        stated = facilities["unit"].astype(object)
        place = facilities.geometry.where(stated.isna(), None)
        # Nothing forbids a township and a village the same id: the facility's level tells which is meant.
        of_township = (facilities["level"] == "township") & stated.isin(self.townships.index)
        of_village = ~of_township & stated.isin(self.villages.index)
        of_township |= ~of_village & stated.isin(self.townships.index)
        village = stated.where(of_village, _containing(place, self.villages))
        return village, stated.where(of_township, _containing(place, self.townships))

    def served(self, facilities: gpd.GeoDataFrame) -> tuple[set[str], set[str]]:
        """Townships and villages that have at least one of ``facilities``; see :meth:`having`."""
        village, township = self.serves(facilities)
        return self.having(set(village), set(township))

    def having(self, villages: set[str], townships: set[str]) -> tuple[set[str], set[str]]:
        """Townships and villages that are served: a township is when it, or a village of it, is."""
        villages = villages - {UNASSIGNED}
        return (townships | {self._township_of[v] for v in villages}) - {UNASSIGNED}, villages

    @cached_property
    def _township_of(self) -> dict[str, str]:
        return dict(zip(self.villages.index, self.villages["township"], strict=True))

    def at(self, place: tuple[float, float]) -> tuple[str, str]:
        """Village and township that a longitude and latitude lie in, or :data:`UNASSIGNED`."""
        found = (tree.query(shapely.Point(place), predicate="covered_by") for tree in self._trees)
        ids = (self.villages.index, self.townships.index)
        village, township = (str(own[at.min()]) if len(at) else UNASSIGNED for own, at in zip(ids, found, strict=True))
        return village, township

    @cached_property
    def _trees(self) -> tuple[shapely.STRtree, shapely.STRtree]:
        return shapely.STRtree(self.villages.geometry.to_numpy()), shapely.STRtree(self.townships.geometry.to_numpy())


def unique_codes(frame: pd.DataFrame) -> pd.Series:
    """What each row is known by: its code; its id where the code is missing or another row has it too."""
    own = frame["code"].notna() & ~frame["code"].duplicated(keep=False)
    return frame["code"].astype(object).where(own, frame["id"])


def there_on(day: dt.date, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas that had come into being and had not been abolished on ``day``, the last day included."""
    begun = areas["valid_from"].isna() | (areas["valid_from"] <= str(day))
    ended = areas["valid_to"].notna() & (areas["valid_to"] < str(day))
    return areas[begun & ~ended]


def _by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.assign(code=unique_codes(frame)).set_index("id", drop=True)


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
