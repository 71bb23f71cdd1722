"""Access with supply: the same figures as the page and the command line."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import TheStore, TheViewer
from app.api.facility_query import FacilityQuery
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.access import service
from app.services.access.report import AccessShare, AreaAccess, StationLoad
from app.services.county.units import By
from geo.accessibility import DECAYS
from geo.coverage import MAX_LIMIT_S

router = APIRouter(tags=["access"])


class AccessQuery(FacilityQuery):
    """What is asked; a parameter that is not listed here is refused."""

    minutes: float = Field(
        15.0, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False, description="时限（分钟，含） Time limit, included"
    )
    decay: str = Field(
        "gaussian", description="时间越长份额越小的方式 How shares fall with time", json_schema_extra={"enum": [*DECAYS]}
    )
    by: By = Field("township", description="分区级别 Level of the areas")


class AccessAnswer(BaseModel):
    """服务能力 The answer, with its rule and the date of the data."""

    model_config = ConfigDict(extra="forbid")

    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label] = Field(description="缺什么、怎么补 What is missing for a fuller answer, and what to do")
    mode: str
    minutes: float
    decay: str
    by: By
    estimate: bool
    model_persons: int = Field(description="达到此人数的村站宜为示范站 Persons from which a village station is to be a model one")
    stations_counted: int
    staff: int
    total: AccessShare
    by_area: list[AreaAccess]
    stations: list[StationLoad] = Field(description="有人无人员的站在前，再按负担从重到轻 Heaviest load first")


@router.get(
    "/access", operation_id="getAccess", summary="服务能力 Access with supply",
    responses=documented(400, 404, 409, 422, 503),
)
def access(store: TheStore, viewer: TheViewer, query: Annotated[AccessQuery, Query()]) -> AccessAnswer:
    """每千人工作人员数（增强型两步移动搜索法），分乡镇或分村；各站负担的人数。 Staff per 1,000 persons.

    Staff for each thousand persons by the enhanced two-step floating catchment, by area, and the
    persons for each member of staff by station.
    """
    report = service.access(
        viewer, store, mode=query.mode, minutes=query.minutes, decay=query.decay, by=query.by, choice=query.choice()
    )
    return AccessAnswer.model_validate(report.to_dict())
