"""Map files, by GDAL: every attribute as text, every shape as WKB."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.errors import IntakeError
from layers.intake.formats.cell_text import cell_text
from layers.intake.formats.kinds import FileKind
from layers.intake.formats.kml import KML_DRAWING, KmlLayer, one_layer, plain_names, with_described
from layers.intake.formats.parts import BATCH, Part, too_many_cells
from layers.intake.formats.shapefiles import shapefiles
from layers.intake.formats.xml_text import readable_text

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_TEXTS = {FileKind.GEOJSON, FileKind.KML, FileKind.KMZ, FileKind.GPX, FileKind.DXF}
_FEWER = "it holds fewer features than it says"
_BINARY_DXF = b"AutoCAD Binary DXF"


def read_geodata(data: bytes, job: Job) -> Iterator[Part]:
    """Every layer of a map file, its attributes as text under a row of their names.

    Raises
    ------
    IntakeError
        When GDAL cannot read it, or it has more values than are taken.
    """
    import pyogrio

    folder = Path(job.folder)
    pyogrio.set_gdal_config_options({
        "SHAPE_RESTORE_SHX": "YES", "OGR_GEOJSON_MAX_OBJ_SIZE": "500", "CPL_LOG": "/dev/null", "DXF_ENCODING": "UTF-8"})
    warnings.simplefilter("ignore")  # GDAL's remarks on a strange file; what is left out is noted by us
    if job.kind in {FileKind.SHAPEFILE, FileKind.SHAPEFILE_ZIP}:
        for path, name, encoding, notes in shapefiles(data, job):
            for zh, en in notes:
                yield "note", zh, en
            if encoding:
                yield "encoding", encoding
            yield from _layers(path, job, encoding=encoding, called=name)
        return
    names: dict[str, str] = {}
    path = folder / f"map.{job.kind.removesuffix('kmz') or 'kml'}"
    if job.kind in _TEXTS and not data.startswith(_BINARY_DXF):
        text, encoding = readable_text(data, job)
        yield "encoding", encoding
        if job.kind in {FileKind.KML, FileKind.KMZ}:
            text, names = plain_names(text)
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
    else:
        path.write_bytes(data)
    yield from _layers(path, job, names=names)


def _layers(
    path: Path, job: Job, *, encoding: str | None = None, called: str | None = None, names: dict[str, str] | None = None,
) -> Iterator[Part]:
    import pyogrio

    cells = 0
    folders: list[KmlLayer] = []
    with _readable(job):
        found = pyogrio.list_layers(path).tolist()
        if not found and job.kind == FileKind.FLATGEOBUF:
            raise ValueError(_FEWER)
        for name, _type in found:
            meta, table = pyogrio.raw.read_arrow(path, layer=name, encoding=encoding and encoding.upper())
            geometry = meta["geometry_name"] or "wkb_geometry"
            attributes = [field for field in table.column_names if field not in {geometry, meta.get("fid_column")}]
            cells += table.num_rows * max(len(attributes), 1)
            if cells > job.cells:
                raise too_many_cells(job.name, cells, job.cells)
            if job.kind == FileKind.FLATGEOBUF and table.num_rows < pyogrio.read_info(path, layer=name)["features"]:
                raise ValueError(_FEWER)
            if not table.num_rows and job.kind not in {FileKind.GEOPACKAGE, FileKind.SHAPEFILE}:
                continue  # GPX always has five layers, most of them empty
            texts = {field: [_text(value) for value in table[field].to_pylist()] for field in attributes}
            shapes = table[geometry].to_pylist() if geometry in table.column_names else []
            if job.kind in {FileKind.KML, FileKind.KMZ, FileKind.GPX}:
                texts = {field: column for field, column in texts.items() if any(column) and field not in KML_DRAWING}
            if job.kind in {FileKind.KML, FileKind.KMZ}:
                columns = {(names or {}).get(field, field): column for field, column in texts.items()}
                folders.append(KmlLayer(name, with_described(columns), shapes or [None] * table.num_rows, _crs(meta["crs"])))
            else:
                yield from _sheet(called or name, texts, shapes, table.num_rows, _crs(meta["crs"]))
    if folders:
        layer = one_layer(folders)
        yield from _sheet(layer.name, layer.columns, layer.shapes, len(layer.shapes), layer.crs)


def _sheet(name: str, texts: dict[str, list[str]], shapes: list[bytes | None], n_rows: int, crs: str | None) -> Iterator[Part]:
    yield "sheet", name, 0, (), False, crs
    yield "rows", [tuple(texts)]
    rows = list(zip(*texts.values(), strict=True)) if texts else [()] * n_rows
    for begin in range(0, len(rows), BATCH):
        yield "rows", rows[begin : begin + BATCH]
    for begin in range(0, len(shapes), BATCH):
        yield "shapes", shapes[begin : begin + BATCH]


@contextmanager
def _readable(job: Job) -> Iterator[None]:
    import pyogrio

    try:
        yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError,
            pyogrio.errors.GeometryError, pyogrio.errors.FieldError, RuntimeError, ValueError) as error:
        if isinstance(error, IntakeError):
            raise
        why = " ".join(str(error).replace(job.folder, "").split())[:200]
        msg = (f"“{job.name}”无法作为地图数据（{job.kind}）读取：文件不完整、已损坏，或不是这种格式，请重新导出 "
               f"({job.name} cannot be read as {job.kind}: it is cut off, damaged or something else; export it again. "
               f"{why})")
        raise IntakeError(msg) from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        return cell_text(value.replace(tzinfo=None))
    if isinstance(value, list | tuple):
        return ";".join(_text(each) for each in value)
    return "" if isinstance(value, bytes | dict) else cell_text(value)


def _crs(crs: object) -> str | None:
    return str(crs) if crs else None
