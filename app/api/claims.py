"""Claims: stated figures beside counted ones."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AsOfQuery, TheStore, TheViewer
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.claims import service

router = APIRouter(tags=["claims"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedObject(_Strict):
    """一个对象 One object."""

    id: str
    name: str


class ClaimExplanation(_Strict):
    """可能的原因 Objects that may explain a difference; the first of them are named."""

    label: Label
    layer: str
    count: int
    objects: list[NamedObject]


class OtherReading(_Strict):
    """另一种定义 Another definition of the same figure."""

    definition: Label
    counted: float
    agrees: bool


class HeldClaim(_Strict):
    """一个口径数字 One stated figure beside its count."""

    id: str
    indicator: str | None = Field(description="指标代码；null 为没有定义 Null: there is no definition for it")
    label: Label
    stated: float
    unit: str
    as_of: dt.date
    statement: str
    stated_in: str
    definition: Label | None
    counted: float | None
    difference: float | None = Field(description="数得减口径 Counted minus stated")
    agrees: bool | None
    withheld: bool = Field(description="户数太少，不列出 The count would tell of too few households")
    others: list[OtherReading]
    explained_by: list[ClaimExplanation]


class Claims(_Strict):
    """口径对照 Every claim, those about one indicator together."""

    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label]
    claims: list[HeldClaim]


@router.get("/claims", operation_id="getClaims", summary="口径对照 Claims", responses=documented(400, 403, 404, 422, 503))
def claims(store: TheStore, viewer: TheViewer, query: Annotated[AsOfQuery, Query()]) -> Claims:
    """口径数字与库中按所列定义数得的数对照，列出差异和原因。 Stated figures beside what the store counts."""
    return Claims.model_validate(service.claims(viewer, query.of(store)).to_dict())
