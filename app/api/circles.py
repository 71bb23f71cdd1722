"""Support circles: the same figures as the page and the command line."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.dependencies import TheStore, TheViewer
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.bootstrap import circle_recipe
from app.services.circles import service
from app.services.circles.around import around as around_service
from app.services.circles.around_report import Near, Place
from app.services.circles.report import AreaCircle, CircleShare, Item, LeftOut, Service
from app.services.circles.tables import circle_tables
from app.services.county.units import By
from geo.coverage import MAX_LIMIT_S
from geo.speeds import Mode

router = APIRouter(tags=["circles"])
GEOJSON = "application/geo+json"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CircleQuery(_Strict):
    """What is asked; a parameter that is not listed here is refused."""

    mode: Mode = Field(Mode.WALK, description="出行方式 Mode of travel")
    minutes: float = Field(
        15.0, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False, description="时限（分钟，含） Time limit, included"
    )
    recipe: str | None = Field(
        None, description="服务圈的组成，逗号分项，竖线分替代，冒号后为权重 What makes a circle: items with commas between, "
        "| between alternatives, a weight after a colon", examples=["medical,finance:2,station|post"],
    )

    def asked(self) -> dict[str, Any]:
        """Arguments of the services.

        Raises
        ------
        ParameterError
            For a recipe that names what there is not.
        """
        return {"mode": self.mode, "minutes": self.minutes, "recipe": circle_recipe(self.recipe)}


class AreaQuery(CircleQuery):
    """What is asked of areas."""

    by: By = Field("township", description="分区级别 Level of the areas")


class AroundQuery(CircleQuery):
    """What is asked of a point."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, description="经度 Longitude, WGS 84", examples=[122.95])
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, description="纬度 Latitude, WGS 84", examples=[28.31])


class _Answer(_Strict):
    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label] = Field(description="缺什么、怎么补 What is missing for a fuller answer, and what to do")
    mode: str
    minutes: float
    estimate: bool = Field(description="没有道路，按直线估算 Straight lines, for want of roads")
    recipe: list[Item] = Field(description="服务圈的各项 Items of a full circle")


class Circles(_Answer):
    """服务圈 The answer, with its rule and the date of the data."""

    by: str
    services: list[Service]
    total: CircleShare
    by_area: list[AreaCircle]
    worst: list[str] = Field(description="不完整的人从多到少，前十 Codes, most persons without a full circle first")
    left_out: LeftOut
    households_off_network: int


class Around(_Answer):
    """此处的服务圈 What is around a point."""

    lon: float
    lat: float
    on_network: bool = Field(description="离路不太远 False: too far from any road, so there are no times")
    road_m: float | None
    score: float | None
    complete: bool | None
    places: list[Place] = Field(description="时限内、计入的，从近到远 Within the limit, nearest first")
    lapsed: list[Place] = Field(description="时限内、协议过期或未开始的 Within the limit, but not in agreement")
    items: list[Near]
    services: list[Near]
    missing: list[str] = Field(description="所缺的项 Codes of the items that are missing")


class AreaFeatures(_Strict):
    """各地服务圈 Areas as GeoJSON in WGS 84."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    about: dict[str, Any] = Field(description="规则与数据日期 Rule and data date")


@router.get(
    "/circles", operation_id="getCircles", summary="拥军服务圈 Support circles",
    responses=documented(400, 404, 409, 422, 503),
)
def circles(store: TheStore, viewer: TheViewer, query: Annotated[AreaQuery, Query()]) -> Circles:
    """各地家庭时限内有哪几类服务、服务圈的完整程度与所缺。 Which services households have within the limit, by area.

    Mean completeness by the recipe, share of full circles, what is missing, and the share that has
    each kind of service. Expired agreements do not count. Areas of few households have no figures.
    """
    return Circles.model_validate(service.circles(viewer, store, by=query.by, **query.asked()).to_dict())


@router.get(
    "/circles/areas", operation_id="getCircleAreas", summary="服务圈地图 Support circles as GeoJSON",
    response_class=Response,
    responses={
        200: {"description": "各地 Areas", "content": {GEOJSON: {"schema": AreaFeatures.model_json_schema()}}},
        **documented(400, 404, 409, 422, 503),
    },
)
def circle_areas(store: TheStore, viewer: TheViewer, query: Annotated[AreaQuery, Query()]) -> Response:
    """同 /circles 的各地数字，带边界。 The areas of /circles with their shapes."""
    report, tables = circle_tables(viewer, store, by=query.by, **query.asked())
    body = {**tables[0].geojson(), "about": report.about.to_dict()}
    return Response(json.dumps(body, ensure_ascii=False, allow_nan=False), media_type=GEOJSON)


@router.get(
    "/circles/around", operation_id="getCircleAround", summary="此处的服务圈 What is around a point",
    responses=documented(400, 404, 409, 422, 503),
)
def around(store: TheStore, viewer: TheViewer, query: Annotated[AroundQuery, Query()]) -> Around:
    """从此处出发时限内的服务站和服务点，以及所缺的服务最近在哪里。 Stations and support points within the limit of a point.

    What is missing comes with the nearest place of it and the minutes there.
    """
    found = around_service(viewer, store, lon=query.lon, lat=query.lat, **query.asked())
    return Around.model_validate(found.to_dict())
