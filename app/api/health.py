"""Is the program up, and what is it about."""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import TheStore
from app.api.problems import documented

router = APIRouter(tags=["health"])


class RegionInfo(BaseModel):
    """区域 The region that the store is about."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="中文名 Chinese name")
    name_en: str = Field(description="英文名 English name")
    fictional: bool = Field(description="是否虚构 Whether it is made up")


class Health(BaseModel):
    """运行状况 State of the program."""

    model_config = ConfigDict(extra="forbid")

    ok: bool = Field(description="数据库可用 The store answers")
    version: str = Field(description="程序版本 Version of the program")
    backend: str = Field(description="数据库类型 Kind of store", examples=["sqlite", "postgresql"])
    schema_version: str = Field(description="数据库结构版本 Version of its tables")
    region: RegionInfo | None = Field(description="区域；尚无数据时为空 Null before data is loaded")
    as_of: dt.date | None = Field(description="数据截至 Data date")


@router.get(
    "/health", operation_id="getHealth", summary="运行状况 Health", responses=documented(400, 503),
)
def health(store: TheStore) -> Health:
    """数据库能否读取，数据是哪个区域、截至哪天。 Whether the store answers, and what it holds."""
    region = store.region()
    return Health(
        ok=True,
        version=version("rongtu"),
        backend=store.backend,
        schema_version=store.schema_version(),
        region=None if region is None else RegionInfo(
            name=region.name_zh, name_en=region.name_en, fictional=region.fictional
        ),
        as_of=store.as_of(),
    )
