"""What lies under the numbers: boundaries, roads and stations, cut down to the size of a map."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.maps.pieces import simplify
from app.maps.pieces.theme import ROAD_WIDTHS, SUPPORT
from app.services.county.areas import unique_codes

Bounds = tuple[float, float, float, float]

_MARGIN_DEGREES = 0.01


@dataclass(frozen=True)
class Ground:
    """Drawn the same for every question; made once for a state of the store.

    Attributes
    ----------
    bounds
        West, south, east, north of everything drawn.
    townships, villages
        ``name``, ``geometry``, ``lng`` and ``lat`` of the label, by code (by id where there is no code).
    stations
        Open stations: ``name``, ``level``, ``geometry``.
    outline
        The region's outer border, None without polygons.
    roads
        One geometry per road class, the widest class last.
    """

    bounds: Bounds
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    outline: BaseGeometry | None
    roads: dict[str, BaseGeometry]

    @property
    def empty(self) -> bool:
        """True when there is nothing to draw."""
        return not (len(self.townships) or len(self.villages) or len(self.stations))

    def focus(self, township: str) -> Bounds | None:
        """Where to look to see ``township``; None when it is not on the map."""
        shapes = self.townships.geometry[self.townships.index == township]
        return None if shapes.empty else _bounds([shapes])

    def facilities(self, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Facilities fit to be drawn.

        Parameters
        ----------
        points
            ``name`` and point geometry, by station id; support points have ids of their own.

        Returns
        -------
        GeoDataFrame
            ``name``, ``geometry``, ``level`` (a station's level or :data:`app.maps.pieces.theme.SUPPORT`) and
            ``township``, the code of the one that the point lies in, empty where it lies in none.
        """
        points = points[~(points.geometry.isna() | points.geometry.is_empty)]
        lies_in = gpd.sjoin(points[["geometry"]], self.townships[["geometry"]], predicate="within")
        town = lies_in[~lies_in.index.duplicated()].iloc[:, -1]
        return points[["name", "geometry"]].assign(
            level=self.stations["level"].reindex(points.index).astype(object).fillna(SUPPORT),
            township=town.reindex(points.index).astype(object).fillna(""),
        )

    def seats(self) -> dict[str, tuple[float, float]]:
        """Longitude and latitude of the county or township station that lies in a township."""
        seats = self.stations[self.stations["level"].isin(["county", "township"])]
        joined = gpd.sjoin(seats[["geometry"]], self.townships[["geometry"]], predicate="within")
        column = joined.columns[-1]
        return {town: (point.x, point.y) for town, point in zip(joined[column], joined.geometry, strict=True)}


def make_ground(
    townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, stations: gpd.GeoDataFrame, roads: gpd.GeoDataFrame
) -> Ground:
    """Layers as the store holds them (WGS 84, ``id`` a column) made ready for a map.

    Any of them may be empty.
    """
    townships, villages = _drawable(townships), _drawable(villages)
    stations = _drawable(stations)
    stations = stations[stations["status"] == "open"]
    bounds = _bounds([frame.geometry for frame in (townships, villages, stations) if len(frame)] or [roads.geometry])
    pixel = simplify.pixel_degrees(bounds)
    small = simplify.polygons(townships.geometry, pixel)
    return Ground(
        bounds=bounds,
        townships=_with_label_points(townships[["name"]], small),
        # looked at from nearer, a township filling the map
        villages=_with_label_points(villages[["name"]], simplify.polygons(villages.geometry, pixel / 4)),
        stations=stations[["name", "level", "geometry"]],
        outline=shapely.union_all(small.array) if len(small) else None,
        roads=_main_roads(roads, pixel),
    )


def _drawable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    key = unique_codes(frame) if "code" in frame else frame["id"]
    shapes = frame.geometry
    return frame.set_index(key.astype(object).rename("key"))[~(shapes.isna() | shapes.is_empty).to_numpy()]


def _bounds(series: list[gpd.GeoSeries]) -> Bounds:
    boxes = np.vstack([s.total_bounds for s in series if len(s)] or [np.zeros((1, 4))])
    west, south = (float(least) for least in np.nanmin(boxes[:, :2], axis=0))
    east, north = (float(most) for most in np.nanmax(boxes[:, 2:], axis=0))
    pad = 0.0 if max(east - west, north - south) > _MARGIN_DEGREES else _MARGIN_DEGREES
    return west - pad, south - pad, east + pad, north + pad


def _with_label_points(table: gpd.GeoDataFrame, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    points = np.array([simplify.label_point(shape) for shape in shapes], dtype=float).reshape(-1, 2)
    return gpd.GeoDataFrame(table.assign(lng=points[:, 0], lat=points[:, 1]), geometry=shapes, crs=shapes.crs)


def _main_roads(roads: gpd.GeoDataFrame, pixel: float) -> dict[str, BaseGeometry]:
    if roads.empty:
        return {}
    found = {
        name: simplify.lines(roads.geometry[roads["class"] == name], pixel)
        for name in sorted(ROAD_WIDTHS, key=ROAD_WIDTHS.__getitem__)
        if (roads["class"] == name).any()
    }
    return {name: shape for name, shape in found.items() if not shape.is_empty}
