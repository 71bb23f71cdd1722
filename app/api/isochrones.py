"""Isochrones and catchments: the same figures as the page and the command line."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from app.api.dependencies import TheStore, TheViewer
from app.api.facility_query import FacilityQuery
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.catchments import service as catchment_service
from app.services.catchments.report import Unserved, VillageServed
from app.services.catchments.tables import load_table
from app.services.isochrones import service as isochrone_service
from app.services.isochrones.tables import isochrone_tables
from geo.coverage import MAX_LIMIT_S
from geo.errors import ParameterError
from geo.isochrone import MAX_LIMITS

router = APIRouter(tags=["isochrones"])
GEOJSON = "application/geo+json"
MAX_POINTS = 50


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _apart(given: Any) -> Any:
    """Values with commas between them, each by itself; the command line takes them so."""
    values = given if isinstance(given, list) else [given]
    return [part for one in values for part in (one.replace("，", ",").split(",") if isinstance(one, str) else [one])]


class IsochroneQuery(FacilityQuery):
    """What is asked; a parameter that is not listed here is refused."""

    at: list[str] = Field(
        [], max_length=MAX_POINTS, description="位置“经度,纬度”，可重复 Points as longitude,latitude in WGS 84",
        examples=[["122.95,28.31"]],
    )
    station: list[str] = Field(
        [], max_length=500, description="服务站或服务点编号，可重复 Ids of stations or support points"
    )
    minutes: Annotated[list[float], BeforeValidator(_apart)] = Field(
        [5.0, 10.0, 15.0], min_length=1, max_length=MAX_LIMITS,
        description="各级时限（分钟，含），可重复，也可用逗号分开，如 5,10,15 Limits, included; repeated, or with commas between",
    )
    direction: Literal["to", "from"] = Field("to", description="到这里来，或从这里出发 Travel to the points, or from them")
    merged: bool = Field(False, description="合并为一个图形 One polygon around all of them")
    bands: bool = Field(False, description="各级不重叠 Bands without overlap")
    min_area_m2: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="小于此面积的孤岛和空洞不画 Leave out smaller islands and holes",
    )

    def asked(self) -> dict[str, Any]:
        """Arguments of the service.

        Raises
        ------
        ParameterError
            For a point that is none.
        """
        return {
            "mode": self.mode, "minutes": self.minutes, "at": [_point(text) for text in self.at], "ids": self.station,
            "choice": self.choice(), "outward": self.direction == "from", "merged": self.merged, "bands": self.bands,
            "min_area_m2": self.min_area_m2,
        }  # fmt: skip


class CatchmentQuery(FacilityQuery):
    """What is asked; a parameter that is not listed here is refused."""

    minutes: float | None = Field(
        None, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False,
        description="只归入此时限内（含）的户，默认不限 Only households within this limit, included",
    )


class IsochroneFeatures(_Strict):
    """等时圈 The polygons as GeoJSON in WGS 84, with their rule, and what became of every point."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]] = Field(description="每个起点、每级时限一个图形 One for each origin and limit")
    about: dict[str, Any] = Field(description="规则与数据日期 Rule and data date")
    mode: str
    minutes: list[float]
    direction: str
    merged: bool
    bands: bool
    estimate: bool
    origins: list[dict[str, Any]] = Field(description="每个位置的结果 What became of every point")


class CatchmentLoad(_Strict):
    """一处设施的负担 What one facility is the nearest to."""

    id: str
    name: str
    level: str | None
    on_network: bool
    households: int | None
    persons: int | None
    elders: int | None
    too_few: bool
    minutes_median: float | None
    minutes_max: float | None
    villages: list[VillageServed]
    area_km2: float
    without_ground: bool = Field(description="有户归它而图形中没有它的地 Nearest to some, and no ground is its own")


class Catchments(_Strict):
    """责任区 The answer, with its rule and the date of the data."""

    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label] = Field(description="缺什么、怎么补 What is missing for a fuller answer, and what to do")
    mode: str
    minutes: float | None
    estimate: bool
    households: int
    persons: int
    served: int
    persons_served: int
    loads: list[CatchmentLoad] = Field(description="按人数从多到少 Most persons first")
    unserved: Unserved


class CatchmentFeatures(_Strict):
    """责任区图 The ground that is nearest to each facility, without overlap, as GeoJSON in WGS 84."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    about: dict[str, Any] = Field(description="规则与数据日期 Rule and data date")


@router.get(
    "/isochrones", operation_id="getIsochrones", summary="等时圈 Isochrones as GeoJSON",
    response_class=Response,
    responses={
        200: {"description": "等时圈 Polygons", "content": {GEOJSON: {"schema": IsochroneFeatures.model_json_schema()}}},
        **documented(400, 404, 409, 422, 503),
    },
)
def isochrones(store: TheStore, viewer: TheViewer, query: Annotated[IsochroneQuery, Query()]) -> Response:
    """几分钟内能到（或能来）的范围；户数、人数按时间计。 Polygons of what lies within the limits.

    Around points, stations or support points; without any of them around every facility counted.
    """
    report = isochrone_service.isochrones(viewer, store, **query.asked())
    told = report.to_dict()
    about = {name: told[name] for name in ("rule", "as_of", "region", "notes")}
    rest = {name: told[name] for name in ("mode", "minutes", "direction", "merged", "bands", "estimate", "origins")}
    return _geojson({**isochrone_tables(report)[0].geojson(), "about": about, **rest})


@router.get(
    "/catchments", operation_id="getCatchments", summary="责任区 Catchments",
    responses=documented(400, 404, 409, 422, 503),
)
def catchments(store: TheStore, viewer: TheViewer, query: Annotated[CatchmentQuery, Query()]) -> Catchments:
    """每户归最近的设施：各设施的户数、人数、老年户与所服务的村。 Every household to its nearest facility.

    The load of each facility, and the households that are in no catchment.
    """
    report = catchment_service.catchments(
        viewer, store, mode=query.mode, minutes=query.minutes, choice=query.choice()
    )
    return Catchments.model_validate(report.to_dict())


@router.get(
    "/catchments/areas", operation_id="getCatchmentAreas", summary="责任区图 Catchments as GeoJSON",
    response_class=Response,
    responses={
        200: {"description": "责任区 Catchments", "content": {GEOJSON: {"schema": CatchmentFeatures.model_json_schema()}}},
        **documented(400, 404, 409, 422, 503),
    },
)
def catchment_areas(store: TheStore, viewer: TheViewer, query: Annotated[CatchmentQuery, Query()]) -> Response:
    """同 /catchments 的数字，带不重叠的图形。 The loads of /catchments with their ground."""
    report = catchment_service.catchments(
        viewer, store, mode=query.mode, minutes=query.minutes, choice=query.choice()
    )
    return _geojson({**load_table(report).geojson(), "about": report.about.to_dict()})


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        msg = f"“{text}”不是位置；请写成 经度,纬度，如 122.95,28.31 (not a point; write longitude,latitude)"
        raise ParameterError(msg) from None
    return lon, lat


def _geojson(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False, allow_nan=False), media_type=GEOJSON)
