"""Coverage: the same figures as the page and the command line."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AsOfQuery, TheStore, TheViewer
from app.api.facility_query import FacilityQuery
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.coverage import service
from app.services.coverage.service import AreaShare, Gap, Rule, Share, Unknown
from geo.coverage import MAX_LIMIT_S

router = APIRouter(tags=["coverage"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CoverageQuery(FacilityQuery, AsOfQuery):
    """What is asked; a parameter that is not listed here is refused."""

    minutes: float = Field(
        15.0, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False, description="时限（分钟，含） Time limit, included"
    )
    by: service.By = Field("township", description="分区级别 Level of the areas")


class Coverage(_Strict):
    """覆盖 The answer, with its rule and the date of the data."""

    rule: Rule
    as_of: dt.date
    region: RegionInfo
    total: Share
    by_area: list[AreaShare]
    gaps: list[Gap] = Field(description="按到不了的人数从多到少 Most persons first")
    unknown: Unknown
    notes: list[Label] = Field(description="缺什么、怎么补 What is missing for a fuller answer, and what to do")


@router.get(
    "/coverage", operation_id="getCoverage", summary="覆盖率 Coverage",
    responses=documented(400, 404, 409, 422, 503),
)
def coverage(store: TheStore, viewer: TheViewer, query: Annotated[CoverageQuery, Query()]) -> Coverage:
    """时限内能到达所计设施的户数和人数占比，分乡镇或分村，并列有站率和缺口。 Reach rate by area.

    Share of households and persons that reach what is counted within the limit, with the
    establishment rate beside it and the gaps ranked by persons.
    """
    report = service.coverage(
        viewer,
        query.of(store),
        mode=query.mode,
        minutes=query.minutes,
        by=query.by,
        choice=query.choice(),
    )
    return Coverage.model_validate(report.to_dict())
