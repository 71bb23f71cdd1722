"""Layers: what they hold, and their things as GeoJSON."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Literal

import geopandas as gpd
import pandas as pd
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AsOfQuery, TheStore, TheViewer
from app.api.problems import documented
from app.services import layers as service
from app.services.answers.plain import plain
from geo.errors import ParameterError
from layers import registry
from layers.schema import Field as LayerField
from layers.schema import Kind, Layer, Vocabulary
from layers.schema import Label as LayerLabel
from layers.store import LayerSummary

router = APIRouter(prefix="/layers", tags=["layers"])

MOST_ITEMS = 10_000

Name = Annotated[str, Path(description="图层名 Name of the layer", examples=["stations"])]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Label(_Strict):
    """名称 A word in Chinese and English."""

    zh: str
    en: str


class FieldInfo(_Strict):
    """属性 One attribute."""

    name: str
    label: Label
    kind: Kind
    required: bool
    unit: str
    terms: dict[str, Label] | None = Field(description="取值 Codes and their labels; null: not a coded list")
    references: list[str] = Field(description="所指的图层 Layers whose ids it holds")


class LayerInfo(_Strict):
    """图层 A layer, without the personal fields, which are never handed out."""

    name: str
    label: Label
    geometry: list[str] = Field(description="几何类型，空为普通表 Geometry types; empty: a plain table")
    sensitive: bool = Field(description="只提供汇总数 True: aggregates only, its items are refused")
    rows: int
    as_of: dt.date | None
    fields: list[FieldInfo]


class LayerList(_Strict):
    """全部图层 Every layer."""

    layers: list[LayerInfo]


class Feature(_Strict):
    """一个对象 One thing."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(_Strict):
    """一批对象 GeoJSON in WGS 84, ordered by id."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int = Field(description="符合条件的总数 How many there are")  # noqa: N815 - OGC API's own name
    numberReturned: int = Field(description="本次返回数 How many of them are here")  # noqa: N815
    features: list[Feature]


class ItemsQuery(AsOfQuery):
    """Which things are asked for; a parameter that is not listed here is refused."""

    bbox: str | None = Field(
        None, description="范围：西,南,东,北（度） Window: west,south,east,north in degrees", examples=["122.5,28,123.5,29"]
    )
    limit: int = Field(1000, ge=1, le=MOST_ITEMS, description="最多返回数 At most so many")
    offset: int = Field(0, ge=0, le=2**31 - 1, description="跳过的个数 Pass over so many first")


@router.get("", operation_id="listLayers", summary="全部图层 Every layer", responses=documented(400, 422, 503))
def list_layers(store: TheStore, viewer: TheViewer, query: Annotated[AsOfQuery, Query()]) -> LayerList:
    """每个图层的名称、几何类型、行数、数据日期和属性。 Name, geometry, rows, data date and fields of each layer."""
    return LayerList(layers=[_info(summary) for summary in service.summaries(viewer, query.of(store))])


@router.get(
    "/{name}", operation_id="getLayer", summary="一个图层 One layer", responses=documented(400, 404, 422, 503)
)
def get_layer(
    store: TheStore, viewer: TheViewer, name: Name, query: Annotated[AsOfQuery, Query()]
) -> LayerInfo:
    """一个图层的说明。 One layer's description."""
    layer = registry.get(name)
    return _info(next(s for s in service.summaries(viewer, query.of(store)) if s.name == layer.name))


@router.get(
    "/{name}/items", operation_id="getItems", summary="图层里的对象 Items of a layer",
    responses=documented(400, 403, 404, 422, 503),
)
def get_items(store: TheStore, viewer: TheViewer, name: Name, query: Annotated[ItemsQuery, Query()]) -> FeatureCollection:
    """按编号排序的 GeoJSON；敏感图层（如家庭）不提供。 GeoJSON ordered by id; sensitive layers are refused."""
    layer = registry.get(name)
    window = _window(query.bbox)
    store = query.of(store)
    frame = service.items(viewer, store, name, bbox=window, limit=query.limit, offset=query.offset)
    features = _features(layer, frame)
    return FeatureCollection(
        numberMatched=service.count(viewer, store, name, bbox=window), numberReturned=len(features), features=features
    )


def _info(summary: LayerSummary) -> LayerInfo:
    layer = registry.get(summary.name)
    return LayerInfo(
        name=layer.name,
        label=_label(layer.label),
        geometry=list(layer.geometry),
        sensitive=layer.sensitive,
        rows=summary.rows,
        as_of=summary.as_of,
        fields=[_field(field) for field in layer.fields if not field.protected],
    )


def _field(field: LayerField) -> FieldInfo:
    return FieldInfo(
        name=field.name,
        label=_label(field.label),
        kind=field.kind,
        required=field.required,
        unit=field.unit,
        terms=_terms(field.vocabulary),
        references=list(field.references),
    )


def _terms(vocabulary: Vocabulary | None) -> dict[str, Label] | None:
    return None if vocabulary is None else {code: _label(vocabulary.label(code)) for code in vocabulary}


def _label(label: LayerLabel) -> Label:
    return Label(zh=label.zh, en=label.en)


def _window(bbox: str | None) -> service.Bounds | None:
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        west = math.nan
        south = east = north = west
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        msg = (
            "bbox 应为“西,南,东,北”四个经纬度，如 122.5,28,123.5,29 "
            "(bbox should be west,south,east,north in degrees, such as 122.5,28,123.5,29)"
        )
        raise ParameterError(msg)
    return west, south, east, north


def _features(layer: Layer, frame: gpd.GeoDataFrame | pd.DataFrame) -> list[Feature]:
    names = [field.name for field in layer.fields if not field.protected and field.name != "id"]
    columns = [frame[name].astype(object) for name in names]
    shapes = frame.geometry.array if isinstance(frame, gpd.GeoDataFrame) else [None] * len(frame)
    return [
        Feature(
            id=str(identifier),
            geometry=plain(shape),
            properties={name: plain(value) for name, value in zip(names, row, strict=True)},
        )
        for identifier, shape, row in zip(frame["id"], shapes, zip(*columns, strict=True), strict=True)
    ]
