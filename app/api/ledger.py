"""The ledger: what was loaded, undoing a load, and the history of an object."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.bodies import JSON_ONLY
from app.api.dependencies import TheStore, TheViewer
from app.api.layers import Label
from app.api.layers import Name as LayerName
from app.api.problems import documented
from app.services.ledger import service
from layers.store import LoadKind

router = APIRouter(tags=["ledger"])

MOST_LOADS = 1000

LoadNumber = Annotated[int, Path(ge=0, le=2**31 - 1, description="第几次 Number of the load")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LayerLoad(_Strict):
    """一次装入对一个图层做了什么 Rows in = stored + unchanged + rejected."""

    layer: str
    rows_in: int
    stored: int
    unchanged: int
    removed: int
    rejected: int


class LoadEntry(_Strict):
    """一次装入 One entry of the ledger."""

    id: int
    kind: LoadKind
    kind_label: Label
    source: str = Field(description="文件名或来源 File or other source")
    sha256: str = Field(description="文件的散列值 Hash of the file's bytes; empty where there is none")
    loaded_by: str
    loaded_by_label: Label
    loaded_at: dt.datetime
    as_of: dt.date = Field(description="数据截至日期 The day on which the data held")
    reason: str
    undone_by: int | None = Field(description="被哪一次撤销 The entry that undid it")
    layers: list[LayerLoad]


class Ledger(_Strict):
    """装入记录 The ledger, the latest load first."""

    number_matched: int
    loads: list[LoadEntry]


class ItemVersion(_Strict):
    """一个版本 One version of an object; personal data is hidden."""

    version: int
    updated_at: dt.datetime
    content: dict[str, Any]
    changed: list[str] = Field(description="与前一版不同的字段 Fields that differ from the version before")
    load: LoadEntry
    ended_by: LoadEntry | None = Field(description="被哪一次改动或移除；null 为现行版 Null: the present version")
    removed: bool


class ItemHistory(_Strict):
    """一个对象的来历 All that an object ever was, the oldest version first."""

    layer: str
    id: str
    versions: list[ItemVersion]


class Undoing(_Strict):
    """撤销 Why a load is undone."""

    reason: str = Field("", max_length=2000, description="原因，记入台账 Why; kept in the ledger")


class LedgerQuery(_Strict):
    """Which entries are asked for."""

    limit: int = Field(200, ge=1, le=MOST_LOADS, description="最多返回数 At most so many")
    offset: int = Field(0, ge=0, le=2**31 - 1, description="跳过的个数 Pass over so many first")


@router.get("/loads", operation_id="listLoads", summary="装入记录 Loads", responses=documented(400, 403, 422, 503))
def list_loads(store: TheStore, viewer: TheViewer, query: Annotated[LedgerQuery, Query()]) -> Ledger:
    """每次装入的文件、散列值、人、时间、数据日期和行数。 File, hash, who, when, data date and rows of every load."""
    entries = service.loads(viewer, store)
    page = entries[query.offset:query.offset + query.limit]
    return Ledger(number_matched=len(entries), loads=[LoadEntry.model_validate(entry.to_dict()) for entry in page])


@router.get("/loads/{load}", operation_id="getLoad", summary="一次装入 One load", responses=documented(400, 403, 404, 422, 503))
def get_load(
    store: TheStore, viewer: TheViewer, load: LoadNumber
) -> LoadEntry:
    """一次装入对各图层做了什么。 What one load did to each layer."""
    return LoadEntry.model_validate(service.one_load(viewer, store, load).to_dict())


@router.post(
    "/loads/{load}/undo", operation_id="undoLoad", summary="撤销一次装入 Undo a load", dependencies=JSON_ONLY,
    responses=documented(400, 403, 404, 409, 413, 415, 422, 503),
)  # fmt: skip
def undo_load(store: TheStore, viewer: TheViewer, load: LoadNumber, given: Undoing) -> LoadEntry:
    """其后的装入改动了它的记录则拒绝，并说明是哪几次。 Refused, with their numbers, when later loads built on it."""
    return LoadEntry.model_validate(service.undo(viewer, store, load, reason=given.reason).to_dict())


@router.get(
    "/layers/{name}/items/{key}/history", operation_id="getItemHistory", summary="一个对象的来历 History of an item",
    responses=documented(400, 403, 404, 422, 503),
)
def get_item_history(
    store: TheStore, viewer: TheViewer, name: LayerName, key: Annotated[str, Path(description="编号 Its id")]
) -> ItemHistory:
    """每一版的内容、来自哪次装入、改了什么；敏感图层不提供。 Every version and the load it came from."""
    return ItemHistory.model_validate(service.history(viewer, store, name, key).to_dict())
