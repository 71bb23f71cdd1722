"""Rows of a layer out of the store, as a frame."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import shapely
import sqlalchemy as sa

from geo.errors import ParameterError
from layers.errors import ProtectedFieldError, UnknownFieldError
from layers.schema import Layer
from layers.store.codecs import decode
from layers.store.geometry import Shape, from_ewkb
from layers.store.sealing import Keyring
from layers.store.tables import HISTORY, TABLES
from layers.store.types import Codes
from layers.values import storable

Box = tuple[float, float, float, float]
Rows = list[Sequence[Any]]
Query = sa.Select[*tuple[Any, ...]]

IDS_AT_ONCE = 5_000  # both back ends limit the number of values in one statement
_ROWS_AT_ONCE = 1_000


def choose_columns(layer: Layer, columns: Iterable[str] | None, *, protected: bool) -> list[str]:
    """Names of the columns to read.

    Raises
    ------
    UnknownFieldError, ProtectedFieldError
    """
    if columns is None:
        chosen = [spec.name for spec in layer.fields if protected or not spec.protected]
        return [*chosen, "geometry"] if layer.spatial else chosen
    chosen = list(dict.fromkeys(columns))
    known = {*layer.columns, *HISTORY, *(["geometry"] if layer.spatial else [])}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        msg = (
            f"图层“{layer.label.zh}”没有字段 {'、'.join(unknown)} "
            f"(layer {layer.name} has no field {', '.join(unknown)})"
        )
        raise UnknownFieldError(msg)
    personal = [name for name in chosen if name in layer.columns and layer[name].protected]
    if personal and not protected:
        msg = (
            f"图层“{layer.label.zh}”的字段 {'、'.join(personal)} 含个人信息，须说明后才能读取 "
            f"(fields {', '.join(personal)} of {layer.name} are protected: ask with protected=True)"
        )
        raise ProtectedFieldError(msg)
    return chosen


def check_window(layer: Layer, bbox: Box | None, limit: int | None, offset: int) -> None:
    """Refuse a window that cannot be meant.

    Raises
    ------
    ParameterError
    """
    if (limit is not None and limit < 0) or offset < 0:
        msg = "limit 和 offset 不能是负数 (limit and offset must not be negative)"
        raise ParameterError(msg)
    if bbox is None:
        return
    if not layer.spatial:
        msg = f"图层“{layer.label.zh}”没有坐标，不能按范围读取 (layer {layer.name} has no geometry to read a window of)"
        raise ParameterError(msg)
    west, south, east, north = bbox
    if not all(map(math.isfinite, bbox)) or west > east or south > north:
        msg = "范围应为 西,南,东,北（度），且西≤东、南≤北 (bbox must be west,south,east,north in degrees)"
        raise ParameterError(msg)


def read(
    connection: sa.Connection,
    layer: Layer,
    columns: Sequence[str],
    *,
    bbox: Box | None = None,
    ids: Iterable[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
    keyring: Keyring | None = None,
    table: sa.FromClause | None = None,
) -> pd.DataFrame:
    """Rows of ``layer`` ordered by id, with ``columns`` in the types that ``Layer.conform`` gives.

    Protected columns are opened with ``keyring``; who asks for none needs none. ``table`` stands in for
    that of the present rows.
    """
    table = TABLES[layer.name] if table is None else table
    fetched = list(dict.fromkeys(["id", *columns, *(["geometry"] if bbox else [])]))
    query: Query = sa.select(*(_plain(table.c[name]) for name in fetched))
    if bbox is not None:
        west, south, east, north = bbox
        query = query.where(table.c.west <= east, table.c.east >= west, table.c.south <= north, table.c.north >= south)
    query = query.order_by(table.c.id)
    if ids is None and bbox is None:
        rows = _fetch(connection, query.limit(limit).offset(offset or None))
    else:
        rows = []
        for page in _pages(connection, query, table, ids, limit):
            rows += page if bbox is None else _inside(page, fetched.index("geometry"), bbox)
            if limit is not None and len(rows) >= offset + limit:
                break
        rows = rows[offset:None if limit is None else offset + limit]
    columnwise: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(fetched)
    values = dict(zip(fetched, columnwise, strict=True))
    if keyring is not None:
        for spec in layer.protected:
            if any(value is not None for value in values.get(spec.name, ())):
                seal = keyring.to_read(connection)
                values[spec.name] = seal.open(layer, spec, values["id"], values[spec.name])
    return decode(layer, {name: values[name] for name in columns}, len(rows))


def _plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column as the driver hands it over; whole columns are decoded at once afterwards."""
    bare: sa.ColumnElement[Any] = sa.type_coerce(column, sa.types.NullType())
    if isinstance(column.type, Shape):
        bare = sa.type_coerce(sa.cast(bare, sa.LargeBinary), sa.types.NullType())
    elif isinstance(column.type, Codes):
        bare = sa.cast(bare, sa.Text)
    return bare.label(column.key)


def _fetch(connection: sa.Connection, query: Query) -> Rows:
    return list(connection.execute(query).all())


def _pages(
    connection: sa.Connection, query: Query, table: sa.FromClause, ids: Iterable[str] | None, limit: int | None
) -> Iterator[Rows]:
    """Everything at once; or page after page when there are many ids, or when only some rows are wanted."""
    if ids is not None:
        # Code points sort the same here and on both back ends, so the pages follow each other in order.
        wanted = sorted({key for key in ids if storable(key)})
        for start in range(0, len(wanted), IDS_AT_ONCE):
            yield _fetch(connection, query.where(table.c.id.in_(wanted[start:start + IDS_AT_ONCE])))
    elif limit is None:
        yield _fetch(connection, query)
    else:
        size = max(limit, _ROWS_AT_ONCE)
        page = _fetch(connection, query.limit(size))
        yield page
        while len(page) == size:
            page = _fetch(connection, query.where(table.c.id > page[-1][0]).limit(size))
            yield page


def _inside(page: Rows, geometry: int, bbox: Box) -> Rows:
    """Rows whose shape, not only whose bounding box, meets the window."""
    window = shapely.box(*bbox)
    shapely.prepare(window)
    hits = shapely.intersects(window, from_ewkb([row[geometry] for row in page]))
    return [row for row, hit in zip(page, hits, strict=True) if hit]
