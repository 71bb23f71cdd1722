"""A question about isochrones, and what is to be said of its answer."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from app.roles import Viewer
from app.services.county.facilities import FacilityChoice, facilities, middles
from app.services.county.limits import limit_for
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.isochrones.report import OFF_NETWORK, TOO_SHORT, Origin
from geo.errors import ParameterError
from geo.isochrone import MIN_AREA_M2, check_limits
from geo.snap import MAX_ACCESS_M
from geo.speeds import Mode
from layers.schema import WGS84, Label
from layers.store import Store

MAX_POLYGONS = 5_000
"""More than this in one answer are refused."""

MERGED = "merged"
"""Stands for the origin of polygons that are drawn around all of them."""

_NAMED = 5
"""So many origins are named in a note; the answer lists them all."""

ELSEWHERE_M = 100_000.0
"""Farther than this from any road, a point is not in the region at all."""


@dataclass(frozen=True, slots=True)
class IsochroneAsked:
    """One question, its parts known to make sense; ``at``, ``ids`` or ``choice`` says around what."""

    viewer: Viewer
    mode: Mode
    minutes: tuple[float, ...]
    at: tuple[tuple[float, float], ...]
    ids: tuple[str, ...]
    choice: FacilityChoice
    outward: bool
    merged: bool
    bands: bool
    min_area_m2: float

    @classmethod
    def checked(
        cls,
        viewer: Viewer,
        *,
        mode: Mode | str,
        minutes: Sequence[float],
        at: Sequence[tuple[float, float]],
        ids: Sequence[str],
        choice: FacilityChoice | None,
        outward: bool,
        merged: bool,
        bands: bool,
        min_area_m2: float | None,
    ) -> IsochroneAsked:
        """The question, if it is one.

        Raises
        ------
        ParameterError
            An unknown mode, limits that are none, a point that is none, an area that is none, or more
            than one kind of origin.
        """
        given = sum([bool(at), bool(ids), choice is not None and choice != FacilityChoice()])
        if given > 1:
            msg = (
                "位置、编号、设施条件只能给一种 "
                "(give either points, or ids, or what facilities to draw around, not several of them)"
            )
            raise ParameterError(msg)
        for lon, lat in at:
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                msg = (
                    f"“{lon:g}, {lat:g}”不是经纬度；请先写经度、后写纬度 "
                    "(not a longitude and latitude; longitude comes first)"
                )
                raise ParameterError(msg)
        smallest = MIN_AREA_M2 if min_area_m2 is None else float(min_area_m2)
        if not 0 <= smallest < math.inf:
            msg = f"最小面积须不小于 0，得到 {smallest:g} 平方米 (the smallest area must not be negative)"
            raise ParameterError(msg)
        seconds = check_limits([limit_for(viewer, float(limit)) for limit in minutes])
        return cls(
            viewer,
            known_mode(mode),
            tuple(limit / 60 for limit in seconds),
            tuple((float(lon), float(lat)) for lon, lat in at),
            tuple(dict.fromkeys(ids)),
            choice or FacilityChoice(),
            outward,
            merged,
            bands,
            smallest,
        )

    @property
    def limits_s(self) -> tuple[float, ...]:
        """The limits, ascending."""
        return tuple(limit * 60 for limit in self.minutes)

    def places(self, store: Store, as_of: dt.date) -> gpd.GeoDataFrame:
        """What to draw around: ``id``, ``name`` and a point in WGS 84, in the order asked for.

        Raises
        ------
        ParameterError
            For an id that there is not, or for more polygons than one answer may hold.
        """
        if self.at:
            found = gpd.GeoDataFrame(
                {
                    "id": [f"p{k}" for k in range(1, len(self.at) + 1)],
                    "name": [f"{lon:.5f}, {lat:.5f}" for lon, lat in self.at],
                },
                geometry=[shapely.Point(place) for place in self.at],
                crs=WGS84,
            )
        elif self.ids:
            found = _by_id(store, self.ids)
        else:
            found = facilities(store, self.choice, as_of)[["id", "name", "geometry"]]
        drawn = (1 if self.merged else len(found)) * len(self.minutes)
        if drawn > MAX_POLYGONS:
            msg = (
                f"要画 {drawn:,} 个图形，超过 {MAX_POLYGONS:,} 个；请合并、减少时限或缩小设施范围 "
                f"({drawn:,} polygons are too many for one answer; merge them, or ask for fewer limits or facilities)"
            )
            raise ParameterError(msg)
        return found

    def rule(self, *, estimate: bool) -> Label:
        """What is drawn and counted, and how."""
        said, timed = MODE_LABELS[self.mode], travel_rule(self.mode, estimate=estimate)
        limits = [f"{minutes:g}" for minutes in self.minutes]
        named = Label("所选位置", "the chosen points") if self.at or self.ids else self.choice.label()
        way = (
            Label(f"从{named.zh}出发，{said.zh}", f"From {named.en}, {said.en}")
            if self.outward
            else Label(f"到{named.zh}，{said.zh}", f"To {named.en}, {said.en}")
        )
        together = Label("合并", "all together") if self.merged else Label("各处单独", "each alone")
        nested = Label("各级不重叠", "bands without overlap") if self.bands else Label("大圈含小圈", "longer limits include shorter ones")
        drawn = (
            Label("", "")
            if estimate
            else Label(
                f"；小于 {self.min_area_m2:g} 平方米的孤岛和空洞不画（若会画错 0.5% 以上的路口则照画）",
                f"; islands and holes under {self.min_area_m2:g} m² are left out unless that misplaces more than 0.5% of "
                "the junctions",
            )
        )
        return Label(
            f"{way.zh} {'、'.join(limits)} 分钟内（含）可达的范围，{together.zh}，{nested.zh}；户数、人数、里程按时间计，不按图形计；"
            f"{timed.zh}{drawn.zh}；定位只到村的家庭不计入",
            f"{way.en} in at most {', '.join(limits)} minutes, {together.en}, {nested.en}; households, persons and roads "
            f"are counted from times, not from shapes; {timed.en}{drawn.en}; households known only to their village are "
            "left out",
        )

    def notes(self, origins: tuple[Origin, ...], *, households: int) -> tuple[Label, ...]:
        """What is missing for a fuller answer, and what to do about it."""
        said = []
        if not origins:
            said.append(self.choice.none_counted())
        far = [origin for origin in origins if origin.state == OFF_NETWORK]
        if far:
            said.append(_far(far))
        short = [Label(origin.name, origin.name) for origin in origins if origin.state == TOO_SHORT]
        if short:
            listed = _listed(short)
            said.append(Label(
                f"{len(short)} 处在最长时限内走不到最近的道路，没有画：{listed.zh}；请放宽时限",
                f"{len(short)} get to no road within the longest limit and are not drawn: {listed.en}; allow more time",
            ))
        if not households:
            said.append(Label(
                "没有服务对象家庭，只有图形没有户数；请装入家庭图层",
                "there are no households, so there are shapes without counts; load the households layer",
            ))
        return tuple(said)


def _by_id(store: Store, ids: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Stations and support points of these ids, open or not; a station where both have the id."""
    read = [store.read(layer, columns=["id", "name", "geometry"]) for layer in ("stations", "support_points")]
    known = gpd.GeoDataFrame(pd.concat(read, ignore_index=True), geometry="geometry", crs=WGS84)
    known = known.drop_duplicates("id").set_index("id", drop=False)
    for asked in ids:
        if asked not in known.index:
            msg = f"没有编号为“{asked}”的服务站或服务点 (no station or support point has this id)"
            raise ParameterError(msg)
    chosen = known.loc[list(ids)].reset_index(drop=True)
    return chosen.set_geometry(middles(chosen.geometry))


def _far(far: list[Origin]) -> Label:
    def away(origin: Origin) -> Label:
        if origin.road_m is None:
            return Label(origin.name, origin.name)
        return Label(f"{origin.name}（{origin.road_m:,.0f} 米）", f"{origin.name} ({origin.road_m:,.0f} m)")

    listed = _listed([away(origin) for origin in far])
    return Label(
        f"{len(far)} 处离最近的道路超过 {MAX_ACCESS_M:g} 米或不在本区域，无法计时，没有画：{listed.zh}；请选离路近一些的位置",
        f"{len(far)} more than {MAX_ACCESS_M:g} m from the nearest road or not in the region: there is no time to count "
        f"and nothing is drawn: {listed.en}; choose points nearer to a road",
    )


def _listed(names: Sequence[Label]) -> Label:
    zh, en = "、".join(label.zh for label in names[:_NAMED]), "; ".join(label.en for label in names[:_NAMED])
    return Label(f"{zh}等", f"{en} and others") if len(names) > _NAMED else Label(zh, en)
