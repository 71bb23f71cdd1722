"""Fairness: the same figures as the page and the command line."""

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
from app.services.fairness import service
from app.services.fairness.report import GroupReach, Spread, TownshipSpread
from geo.coverage import MAX_LIMIT_S

router = APIRouter(tags=["fairness"])


class FairnessQuery(FacilityQuery):
    """What is asked; a parameter that is not listed here is refused."""

    minutes: float = Field(
        15.0, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False, description="时限（分钟，含） Time limit, included"
    )
    elder_pace: bool = Field(True, description="步行时老人按老人步行速度 Elders walk at an elder's pace")


class TownshipGap(BaseModel):
    """乡镇差距 Distance between the townships of the highest and the lowest reach rate."""

    model_config = ConfigDict(extra="forbid")

    best_code: str
    best_name: str
    best_rate: float
    worst_code: str
    worst_name: str
    worst_rate: float
    difference: float


class FairnessAnswer(BaseModel):
    """公平 The answer, with its rule and the date of the data."""

    model_config = ConfigDict(extra="forbid")

    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label] = Field(description="缺什么、怎么补 What is missing for a fuller answer, and what to do")
    mode: str
    minutes: float
    elder_pace: bool
    estimate: bool
    facilities_counted: int
    total: Spread
    groups: list[GroupReach] = Field(description="各类家庭，一户可属多类 Kinds of households, of which one may be several")
    by_township: list[TownshipSpread]
    gap: TownshipGap | None
    lorenz: list[float] = Field(description="用时最短的 0%、10%……100% 的人所占总用时 Share of all minutes by tenth of persons")


@router.get(
    "/fairness", operation_id="getFairness", summary="公平 Fairness",
    responses=documented(400, 404, 409, 422, 503),
)
def fairness(store: TheStore, viewer: TheViewer, query: Annotated[FairnessQuery, Query()]) -> FairnessAnswer:
    """各类家庭的可达率，各乡镇用时的基尼系数与最远一成。 Reach by kind of household, and how even the minutes are.

    Share of each kind of household that reaches what is counted, elders at their own pace, with the
    Gini coefficient and the worst tenth of minutes by township.
    """
    report = service.fairness(
        viewer, store, mode=query.mode, minutes=query.minutes, elder_pace=query.elder_pace, choice=query.choice()
    )
    return FairnessAnswer.model_validate(report.to_dict())
