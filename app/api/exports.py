"""Workbooks to fill in, and layers as files to take home."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AsOfQuery, TheStore, TheViewer
from app.api.layers import Name as LayerName
from app.api.problems import documented
from app.services.answers.files import layer_as_bytes
from app.services.importing.service import template

router = APIRouter(prefix="/layers/{name}", tags=["exports"])


class FileFormat(StrEnum):
    """格式 Formats that a layer is handed out in."""

    XLSX = "xlsx"
    CSV = "csv"
    GPKG = "gpkg"
    GEOJSON = "geojson"
    FGB = "fgb"


_TYPES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv",
    FileFormat.GPKG: "application/geopackage+sqlite3",
    FileFormat.GEOJSON: "application/geo+json",
    FileFormat.FGB: "application/octet-stream",
}


class ExportQuery(AsOfQuery):
    """Which file is asked for."""

    format: FileFormat = Field(FileFormat.XLSX, description="格式 Format")


def _file(*kinds: FileFormat) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {_TYPES[kind]: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}}}


class _NoQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")


@router.get(
    "/template", operation_id="getTemplate", summary="空白填报表 Workbook to fill in", response_class=Response,
    responses=_file(FileFormat.XLSX) | documented(400, 403, 404, 422),
)  # fmt: skip
def get_template(viewer: TheViewer, name: LayerName, query: Annotated[_NoQuery, Query()]) -> Response:
    """含下拉选项、示例行和数据字典的 XLSX。 XLSX with drop-downs, an example row and the data dictionary."""
    del query
    return _answer(template(viewer, name), name, FileFormat.XLSX)


@router.get(
    "/export", operation_id="exportLayer", summary="导出图层 A layer as a file", response_class=Response,
    responses=_file(*FileFormat) | documented(400, 403, 404, 422, 503),
)  # fmt: skip
def export(store: TheStore, viewer: TheViewer, name: LayerName, query: Annotated[ExportQuery, Query()]) -> Response:
    """不含个人信息；改好后可以再装入。 Without personal data; may be edited and loaded again."""
    return _answer(layer_as_bytes(viewer, query.of(store), name, f".{query.format}"), name, query.format)


def _answer(content: bytes, name: str, kind: FileFormat) -> Response:
    said = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return Response(content, media_type=_TYPES[kind], headers=said)
