"""The ledger of loads: what was loaded, when, by whom, and what it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from layers.errors import StaleCheckError, UnknownLoadError
from layers.registry import LAYERS
from layers.store import past
from layers.store.records import LayerLoad, LayerSummary, Load, LoadKind, Provenance, Region
from layers.store.tables import LOAD_LAYERS, LOADS, REGION, TABLES

Latest = sa.Row[str, int, dt.date, dt.datetime, str, str]
_LAST = sa.select(LOADS.c.id, LOADS.c.loaded_at).order_by(LOADS.c.id.desc()).limit(1)


def enter(connection: sa.Connection, provenance: Provenance, moment: dt.datetime) -> int:
    """Write a load down and return its id."""
    values = {
        "source": provenance.source,
        "sha256": provenance.sha256,
        "loaded_by": provenance.loaded_by,
        "loaded_at": moment,
        "as_of": provenance.as_of,
        "kind": provenance.kind.value,
        "reason": provenance.reason,
    }
    return int(connection.execute(sa.insert(LOADS).values(values).returning(LOADS.c.id)).scalar_one())


def enter_layers(connection: sa.Connection, load_id: int, layers: Mapping[str, LayerLoad]) -> None:
    """Write down what the load did to each layer."""
    rows = [
        {
            "load": load_id,
            "layer": name,
            "rows_in": done.rows_in,
            "stored": done.stored,
            "unchanged": done.unchanged,
            "removed": done.removed,
            "rejected": done.rejected,
        }
        for name, done in layers.items()
    ]
    if rows:
        connection.execute(sa.insert(LOAD_LAYERS), rows)


def loads(connection: sa.Connection, *, only: int | None = None) -> list[Load]:
    """Every entry, the latest first; or ``only`` that one."""
    entries = sa.select(LOADS).order_by(LOADS.c.id.desc())
    parts = sa.select(LOAD_LAYERS)
    if only is not None:
        entries, parts = entries.where(LOADS.c.id == only), parts.where(LOAD_LAYERS.c.load == only)
    layers: dict[int, dict[str, LayerLoad]] = {}
    for row in connection.execute(parts):
        done = LayerLoad(row.rows_in, row.stored, row.unchanged, row.removed, row.rejected)
        layers.setdefault(row.load, {})[row.layer] = done
    return [
        Load(
            id=row.id, kind=LoadKind(row.kind), source=row.source, sha256=row.sha256, loaded_by=row.loaded_by,
            loaded_at=row.loaded_at, as_of=row.as_of, reason=row.reason, undone_by=row.undone_by,
            layers={name: layers[row.id][name] for name in LAYERS if name in layers.get(row.id, {})},
        )
        for row in connection.execute(entries)
    ]


def one(connection: sa.Connection, load_id: int) -> Load:
    """One entry.

    Raises
    ------
    UnknownLoadError
    """
    for found in loads(connection, only=load_id):
        return found
    msg = f"没有第 {load_id} 次装入，请从装入记录中选择 (there is no load {load_id}; choose one of the ledger)"
    raise UnknownLoadError(msg)


def put_region(connection: sa.Connection, region: Region) -> None:
    """Say which region the store is about."""
    connection.execute(sa.delete(REGION))
    values = {"id": 1, "name_zh": region.name_zh, "name_en": region.name_en, "fictional": region.fictional}
    connection.execute(sa.insert(REGION).values(values))


def region(connection: sa.Connection) -> Region | None:
    """The region that the store is about; None before it was told."""
    row = connection.execute(sa.select(REGION.c.name_zh, REGION.c.name_en, REGION.c.fictional)).first()
    return None if row is None else Region(*row)


def latest(connection: sa.Connection, day: dt.date | None = None) -> dict[str, Latest]:
    """Layer name to the latest load that brought it, of ``day`` or earlier: id, as_of, loaded_at, source, sha256."""
    # Editing one row brings no layer up to its day; a layer that nothing but edits brought has their day.
    whole = sa.case((LOADS.c.kind != LoadKind.EDIT.value, LOADS.c.id))
    last = (
        sa.select(LOAD_LAYERS.c.layer, sa.func.coalesce(sa.func.max(whole), sa.func.max(LOADS.c.id)).label("load"))
        .join(LOADS, LOADS.c.id == LOAD_LAYERS.c.load)
        .where(LOADS.c.id.in_(past.counting(day=day)))
        .group_by(LOAD_LAYERS.c.layer)
        .subquery()
    )
    brought = (LOADS.c[name] for name in ("id", "as_of", "loaded_at", "source", "sha256"))
    query = sa.select(last.c.layer, *brought).join(LOADS, LOADS.c.id == last.c.load)
    return {row.layer: row for row in connection.execute(query)}


def summary(connection: sa.Connection, day: dt.date | None = None) -> list[LayerSummary]:
    """One line for each layer, in the order of the registry; as of ``day``, or of now."""
    loads = latest(connection, day)
    counts = sa.union_all(
        *(sa.select(sa.literal(name).label("name"), sa.func.count().label("rows")).select_from(
            table if day is None else past.as_it_stood(table, past.counting(day=day)))
          for name, table in TABLES.items())
    )
    rows = {row.name: row.rows for row in connection.execute(counts)}
    return [
        LayerSummary(name, rows[name], load.as_of if load else None, load.loaded_at if load else None,
                     load.source if load else None)
        for name in LAYERS
        for load in [loads.get(name)]
    ]


def require_unchanged(connection: sa.Connection, since: str) -> None:
    """Refuse to go on when something was stored since the :func:`stamp` was ``since``.

    Raises
    ------
    StaleCheckError
    """
    if stamp(connection) != since:
        msg = (
            "检查之后库中的数据有了变动，什么也没有保存，请重新检查 "
            "(the data changed since it was checked; nothing was stored, check again)"
        )
        raise StaleCheckError(msg)


def stamp(connection: sa.Connection) -> str:
    """A text that differs whenever the content of the store does."""
    row = connection.execute(_LAST).first()
    return "0" if row is None else f"{row.id}-{row.loaded_at:%Y%m%d%H%M%S%f}"
