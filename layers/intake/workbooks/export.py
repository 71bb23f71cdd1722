"""Writing a layer to the formats that offices use, so that it can be read back as it was.

GeoPackage, GeoJSON and FlatGeobuf hold geometry as it is. CSV and XLSX hold points as ``lon`` and
``lat`` and anything else as ``wkt``, all in WGS 84. Lists of codes are joined with ``;``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from xlsxwriter.exceptions import XlsxWriterException

from layers.errors import IntakeError
from layers.intake.workbooks.layer_sheets import WKT_COLUMN, write_workbook
from layers.intake.workbooks.plain_cells import guarded
from layers.schema import Kind, Layer

LIST_SEPARATOR = ";"
_DECIMALS = 9


def write_frame(frame: pd.DataFrame, layer: Layer, path: str | Path) -> None:
    """Write ``frame`` to ``path`` in the format that its suffix names.

    The file appears under its name only when it is complete; an older one stays as it was if
    anything goes wrong.

    Parameters
    ----------
    frame
        Rows of ``layer``, WGS 84 where it has geometry. Columns that the layer does not have are not
        written, nor are fields that the frame lacks.
    layer
        Says the type of every column.
    path
        ``.gpkg``, ``.geojson``, ``.fgb``, ``.csv`` or ``.xlsx``.

    Raises
    ------
    IntakeError
        When the suffix is another, the folder does not exist or cannot be written to, or the format
        cannot hold the data (a workbook has 1,048,575 rows).
    """
    with whole_or_not(path, private=layer.sensitive) as written:
        _WRITERS[written.suffix](_tidy(frame, layer), layer, written)


def add_to_geopackage(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    """Write ``frame`` as one more layer of the GeoPackage at ``path``, which is made if it is not there."""
    _write_gpkg(_tidy(frame, layer), layer, path)


@contextmanager
def whole_or_not(path: str | Path, *, private: bool = False) -> Iterator[Path]:
    """A file to write that takes the place of ``path`` only when all went well.

    Parameters
    ----------
    path
        As :func:`write_frame` takes it.
    private
        Readable for its owner only.

    Raises
    ------
    IntakeError
        When the suffix is unknown, or nothing can be written there.
    """
    path = check_target(Path(path))
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.stem[:40]}-", dir=path.parent) as folder:
            written = Path(folder) / f"new{path.suffix.lower()}"
            yield written
            if private:
                written.chmod(0o600)
            written.replace(path)
    except (OSError, DataSourceError, DataLayerError, FeatureError, XlsxWriterException) as error:
        msg = f"无法写入“{path}”（{error}），请检查权限与磁盘空间 (cannot write {path}; check permissions and space)"
        raise IntakeError(msg) from error


def check_target(path: Path) -> Path:
    """``path``, if a layer can be written there: a known suffix in a folder that exists.

    Raises
    ------
    IntakeError
        Says which suffixes there are, or that the folder is missing.
    """
    if path.suffix.lower() not in _WRITERS:
        msg = (
            f"不支持的格式“{path.suffix or path.name}”，可用：{'、'.join(_WRITERS)} "
            f"(no such format; use one of {', '.join(_WRITERS)})"
        )
        raise IntakeError(msg)
    if path.is_dir():
        msg = f"“{path}”是文件夹，请给出文件名 ({path} is a folder; name a file)"
        raise IntakeError(msg)
    if not path.parent.is_dir():
        msg = f"文件夹“{path.parent}”不存在，请先建立 (the folder {path.parent} does not exist; make it first)"
        raise IntakeError(msg)
    return path


def _tidy(frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    columns = [name for name in layer.columns if name in frame.columns]
    return layer.conform(frame)[columns + (["geometry"] if layer.spatial else [])]


def _plain(frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """A conformed frame without lists in its cells."""
    joined = {
        name: pd.Series([LIST_SEPARATOR.join(codes) or None for codes in frame[name]], index=frame.index, dtype="str")
        for name in _of_kind(frame, layer, Kind.CHOICES)
    }
    return frame.assign(**joined)


def _iso_dates(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    dates = _of_kind(table, layer, Kind.DATE)
    return table.assign(**{name: table[name].dt.strftime("%Y-%m-%d").astype("str") for name in dates})


def _of_kind(table: pd.DataFrame, layer: Layer, kind: Kind) -> list[str]:
    return [spec.name for spec in layer.fields if spec.kind is kind and spec.name in table]


def _flat(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """The table with geometry as columns: lon and lat for layers of points, wkt for all others."""
    if not layer.spatial:
        return table
    shapes = table["geometry"].to_numpy()
    flat = pd.DataFrame(table.drop(columns="geometry"))
    if layer.geometry == ("Point",):
        return flat.assign(lon=shapely.get_x(shapes), lat=shapely.get_y(shapes))
    return flat.assign(**{WKT_COLUMN: pd.Series(shapely.to_wkt(shapes, _DECIMALS), index=flat.index, dtype="str")})


def _write_gpkg(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    pyogrio.write_dataframe(_plain(frame, layer), path, driver="GPKG", layer=layer.name)


def _write_geojson(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    table = _iso_dates(_plain(frame, layer), layer)
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": str(_DECIMALS)} if layer.spatial else {}
    pyogrio.write_dataframe(table, path, driver="GeoJSON", layer=layer.name, **options)


def _write_flatgeobuf(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    table = _iso_dates(_plain(frame, layer), layer)
    # The index has no place for a row without geometry; it would be lost.
    placed = layer.spatial and not (shapely.is_missing(geometry := table["geometry"].to_numpy())
                                    | shapely.is_empty(geometry)).any()
    pyogrio.write_dataframe(table, path, driver="FlatGeobuf", layer=layer.name,
                            SPATIAL_INDEX="YES" if placed else "NO")


def _write_csv(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    table = _flat(_iso_dates(_plain(frame, layer), layer), layer)
    for name in table.columns:
        if table[name].dtype == "str":
            table[name] = guarded(table[name])
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_xlsx(frame: pd.DataFrame, layer: Layer, path: Path) -> None:
    write_workbook(_flat(_plain(frame, layer), layer), layer, path)


_WRITERS: Mapping[str, Callable[[pd.DataFrame, Layer, Path], Any]] = MappingProxyType({
    ".gpkg": _write_gpkg, ".geojson": _write_geojson, ".fgb": _write_flatgeobuf, ".csv": _write_csv,
    ".xlsx": _write_xlsx,
})
SUFFIXES = tuple(_WRITERS)
"""Formats that a layer can be written to."""
