"""Columns of frames as values of the database, and back; whole columns at a time."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.schema import WGS84, Kind, Layer
from layers.store.geometry import from_ewkb, to_ewkb
from layers.store.tables import BOUNDS


def encode(layer: Layer, frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Values of every column that the layer's table has for the content of a row.

    Parameters
    ----------
    layer
        The layer.
    frame
        A frame as ``Layer.conform`` gives it.

    Returns
    -------
    dict
        Column name to values that both drivers take: text, numbers, True and False, bytes, None.
    """
    columns = {spec.name: _ENCODERS[spec.kind](frame[spec.name]) for spec in layer.fields}
    if layer.spatial:
        shapes = np.asarray(frame["geometry"].array, dtype=object)
        columns["geometry"] = list(to_ewkb(shapes))
        sides = shapely.bounds(shapes).T if len(shapes) else np.empty((4, 0))
        columns |= {side: _numbers(values) for side, values in zip(BOUNDS, sides, strict=True)}
    return columns


def digests(columns: Mapping[str, Sequence[Any]], key: bytes = b"") -> list[bytes]:
    """16 bytes for each row that stand for its content.

    A missing value does not count, so that a field added to a layer later changes no row. With a
    ``key`` nobody without it can guess at the content: that of a layer with protected fields has one.
    """
    names = [name for name in columns if name not in ("geometry", *BOUNDS)]
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    rows = zip(*(columns[name] for name in names), strict=True)
    shapes = columns.get("geometry") or itertools.repeat(None)
    return [
        hashlib.blake2b(
            write([pair for pair in zip(names, row, strict=True) if pair[1] is not None]).encode() + (shape or b""),
            key=key,
            digest_size=16,
        ).digest()
        for row, shape in zip(rows, shapes, strict=False)
    ]


def decode(layer: Layer, columns: Mapping[str, Sequence[Any]], rows: int) -> pd.DataFrame:
    """The frame of values as either driver hands them out, in the types that ``Layer.conform`` gives.

    Parameters
    ----------
    layer
        The layer.
    columns
        Column name to values, in the order wanted.
    rows
        Number of rows.
    """
    frame = pd.DataFrame(
        {name: _decode(layer, name, values) for name, values in columns.items() if name != "geometry"},
        index=pd.RangeIndex(rows),
        columns=pd.Index([name for name in columns if name != "geometry"], dtype="str"),
    )
    if "geometry" not in columns:
        return frame
    shapes = gpd.array.from_shapely(from_ewkb(columns["geometry"]), crs=WGS84)
    frame.insert(list(columns).index("geometry"), "geometry", shapes)
    located: pd.DataFrame = gpd.GeoDataFrame(frame, geometry="geometry")
    return located


def _decode(layer: Layer, name: str, values: Sequence[Any]) -> Any:
    if name == "updated_at":
        return pd.to_datetime(pd.Series(values, dtype=object), utc=True)
    if name in ("source", "version"):
        return np.array(values, dtype="int64")
    return _DECODERS[layer[name].kind](values)


def _numbers(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _objects(values: pd.Series[Any]) -> list[Any]:
    return values.astype(object).where(values.notna(), None).tolist()


def _days(values: pd.Series[Any]) -> list[str | None]:
    written = np.datetime_as_string(values.to_numpy(), unit="D")
    return [None if day == "NaT" else day for day in written.tolist()]


@cache
def _write_codes(codes: tuple[str, ...]) -> str:
    return json.dumps(codes, ensure_ascii=False)


@cache
def _read_codes(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(json.loads(text))


def _text(values: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype="str")


_ENCODERS: Mapping[Kind, Callable[[pd.Series[Any]], list[Any]]] = {
    Kind.TEXT: _objects,
    Kind.CHOICE: _objects,
    Kind.INTEGER: _objects,
    Kind.NUMBER: _numbers,
    Kind.BOOLEAN: _objects,
    Kind.DATE: _days,
    Kind.CHOICES: lambda values: [_write_codes(codes) for codes in values],
}

_DECODERS: Mapping[Kind, Callable[[Sequence[Any]], Any]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.INTEGER: lambda values: pd.array(values, dtype="Int64"),
    Kind.NUMBER: lambda values: np.array(values, dtype="float64"),
    Kind.BOOLEAN: lambda values: pd.Series(values, dtype=object).astype("boolean"),
    Kind.DATE: lambda values: np.array(values, dtype="datetime64[D]").astype("datetime64[s]"),
    Kind.CHOICES: lambda values: pd.Series([_read_codes(value) for value in values], dtype=object),
}
