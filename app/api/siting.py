"""Siting: where new stations help most; the same figures as the page and the command line."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from app.api.bodies import JSON_ONLY
from app.api.dependencies import TheStore, TheViewer
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.siting.question import as_question
from app.services.siting.report import CurvePoint, People, PlaceTally, TownshipChange, TradeOffPoint
from app.services.siting.service import site as service

router = APIRouter(tags=["siting"])

Asked = Annotated[
    dict[str, Any],
    Body(
        description="选址问题，格式见文档 The question; the manual describes its parts",
        examples=[{"objective": "coverage", "add": 5, "mode": "drive", "minutes": 15, "candidates": ["villages"]}],
    ),
]


class Siting(BaseModel):
    """选址方案 The plan with its proof, its reasons, and what so many stations would reach."""

    model_config = ConfigDict(extra="forbid")
    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label]
    problem: str
    mode: str
    minutes: float
    status: str = Field(description="optimal、feasible、time_limit、infeasible How the solve ended")
    objective: float | None
    bound: float | None = Field(description="任何方案都超不过它 What no plan can better")
    gap: float | None
    unit: Label
    candidates: int
    stations: int
    everybody: People
    before: People
    after: People
    unreachable: People
    minutes_mean: tuple[float | None, float | None]
    minutes_worst: tuple[float | None, float | None]
    chosen: list[dict[str, Any]] = Field(description="新站，增益大的在前 New stations, most gain first")
    closed: list[PlaceTally]
    townships: list[TownshipChange]
    obstacles: list[dict[str, Any]] = Field(description="做不到的原因与差额 What cannot be met, and by how much")
    trade_off: list[TradeOffPoint] = Field(description="fair：由总数最多到最差乡镇最多 From the most in all to the most for the worst off")
    curve: list[CurvePoint] = Field(description="新增 0…20 站各可达多少 What 0 to 20 new stations would reach")
    cost: float | None = Field(description="新站费用合计 What the new stations cost together")
    budget: float | None
    capacity: tuple[int, int] | None = Field(
        description="各站合计最多服务几人，之前与之后 Persons that all stations serve at most, before and after"
    )


@router.post(
    "/siting", operation_id="postSiting", summary="选址 Where new stations should stand", dependencies=JSON_ONLY,
    responses=documented(400, 404, 409, 413, 415, 422, 503),
)
def siting(store: TheStore, viewer: TheViewer, asked: Asked) -> Siting:
    """新站设在哪里最好：方案、上界与理由。 Where new stations help most: the plan, its bound, and the reasons."""
    return Siting.model_validate(service(viewer, store, as_question(asked)).to_dict())
