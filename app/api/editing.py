"""Editing over the wire: one object at a time, each change a version of it and an entry of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry.base import BaseGeometry

from app.api.bodies import JSON_ONLY
from app.api.dependencies import TheStore, TheViewer
from app.api.layers import Name as LayerName
from app.api.problems import documented
from app.services.editing import service
from app.services.editing.item import Change
from geo.errors import ParameterError

router = APIRouter(prefix="/layers/{name}/items", tags=["editing"])

Key = Annotated[str, Path(description="编号 Its id", max_length=500)]
_PROBLEMS = documented(400, 403, 404, 409, 413, 415, 422, 503)
_GEOMETRY = "GeoJSON 几何，WGS 84；不写为不动 GeoJSON geometry in WGS 84; left out: where it is"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditableItem(_Strict):
    """一个对象 One object with its version; personal data is left out."""

    layer: str
    id: str
    version: int = Field(description="第几版，改动时须给出 To be named by whoever changes it")
    load: int = Field(description="来自台账第几号 The entry of the ledger that brought this version")
    updated_at: dt.datetime
    geometry: dict[str, Any] | None
    fields: dict[str, Any]


class _Reasoned(_Strict):
    reason: str = Field("", max_length=2000, description="原因，记入台账 Why; kept in the ledger")


class NewItem(_Reasoned):
    """新增 A new object."""

    id: str | None = Field(None, min_length=1, max_length=500, description="编号，不写则由系统给 Its id; left out: one is given")
    fields: dict[str, Any] = Field(description="字段与值 Field to value; codes for coded lists, days as YYYY-MM-DD")
    geometry: dict[str, Any] | None = Field(None, description=_GEOMETRY)


class Correction(_Reasoned):
    """更正或移动 What is to be different; the other fields stay."""

    version: int = Field(ge=1, le=2**31 - 2, description="所读的是第几版 Version that was read")
    fields: dict[str, Any] = Field(default_factory=dict, description="要改的字段与值，null 为清空 Field to value; null empties it")
    geometry: dict[str, Any] | None = Field(None, description=_GEOMETRY)


class Retirement(_Reasoned):
    """删除 Taking an object away."""

    version: int = Field(ge=1, le=2**31 - 2, description="所读的是第几版 Version that was read")


@router.get("/{key}", operation_id="getItem", summary="一个对象 One item", responses=documented(400, 403, 404, 422, 503))
def get_item(store: TheStore, viewer: TheViewer, name: LayerName, key: Key) -> EditableItem:
    """各字段、位置和版本，不含个人信息；供修改。 Fields, place and version, without personal data, to be edited."""
    return EditableItem.model_validate(service.item(viewer, store, name, key).to_dict())


@router.post(
    "", operation_id="addItem", summary="新增对象 Add an item", status_code=201, dependencies=JSON_ONLY, responses=_PROBLEMS
)
def add_item(store: TheStore, viewer: TheViewer, name: LayerName, given: NewItem) -> EditableItem:
    """检查后写入库和台账。 Checked, stored and entered in the ledger."""
    fields = given.fields if given.id is None else {**given.fields, "id": given.id}
    change = Change(fields, _shape(given.geometry), given.reason)
    return EditableItem.model_validate(service.add(viewer, store, name, change).to_dict())


@router.patch(
    "/{key}", operation_id="editItem", summary="更正或移动对象 Correct or move an item", dependencies=JSON_ONLY, responses=_PROBLEMS
)
def edit_item(store: TheStore, viewer: TheViewer, name: LayerName, key: Key, given: Correction) -> EditableItem:
    """别人已改过则拒绝，并给出两边的值。 Refused with both values when somebody else changed it meanwhile."""
    change = Change(given.fields, _shape(given.geometry), given.reason)
    return EditableItem.model_validate(service.save(viewer, store, name, key, change, version=given.version).to_dict())


@router.post(
    "/{key}/retire", operation_id="retireItem", summary="删除对象 Retire an item", status_code=204, dependencies=JSON_ONLY,
    responses=_PROBLEMS,
)  # fmt: skip
def retire_item(store: TheStore, viewer: TheViewer, name: LayerName, key: Key, given: Retirement) -> None:
    """历史保留；别人已改过或有别的记录引用则拒绝。 Its history stays; refused when changed meanwhile or referred to."""
    service.retire(viewer, store, name, key, version=given.version, reason=given.reason)


def _shape(geometry: dict[str, Any] | None) -> BaseGeometry | None:
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.ShapelyError, RecursionError):
        msg = (
            "geometry 不是 GeoJSON 几何，应如 {\"type\": \"Point\", \"coordinates\": [122.95, 28.31]} "
            "(geometry is no GeoJSON geometry)"
        )
        raise ParameterError(msg) from None
