"""The ledger of loads: what was loaded, when, by whom, and what it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from layers.registry import LAYERS
from layers.store.records import LayerLoad, LayerSummary, Provenance, Region
from layers.store.tables import LOAD_LAYERS, LOADS, REGION, TABLES


def enter(connection: sa.Connection, provenance: Provenance, moment: dt.datetime) -> int:
    """Write a load down and return its id."""
    values = {
        "source": provenance.source,
        "sha256": provenance.sha256,
        "loaded_by": provenance.loaded_by,
        "loaded_at": moment,
        "as_of": provenance.as_of,
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
        }
        for name, done in layers.items()
    ]
    if rows:
        connection.execute(sa.insert(LOAD_LAYERS), rows)


def put_region(connection: sa.Connection, region: Region) -> None:
    """Say which region the store is about."""
    connection.execute(sa.delete(REGION))
    values = {"id": 1, "name_zh": region.name_zh, "name_en": region.name_en, "fictional": region.fictional}
    connection.execute(sa.insert(REGION).values(values))


def region(connection: sa.Connection) -> Region | None:
    """The region that the store is about; None before it was told."""
    row = connection.execute(sa.select(REGION.c.name_zh, REGION.c.name_en, REGION.c.fictional)).first()
    return None if row is None else Region(*row)


def latest(connection: sa.Connection) -> dict[str, sa.Row[str, int, dt.date, dt.datetime, str]]:
    """Layer name to the latest load that brought it: id, as_of, loaded_at, source."""
    newest = sa.select(LOAD_LAYERS.c.layer, sa.func.max(LOAD_LAYERS.c.load).label("load")).group_by(LOAD_LAYERS.c.layer)
    last = newest.subquery()
    query = sa.select(last.c.layer, LOADS.c.id, LOADS.c.as_of, LOADS.c.loaded_at, LOADS.c.source).join(
        LOADS, LOADS.c.id == last.c.load
    )
    return {row.layer: row for row in connection.execute(query)}


def summary(connection: sa.Connection) -> list[LayerSummary]:
    """One line for each layer, in the order of the registry."""
    loads = latest(connection)
    counts = sa.union_all(
        *(sa.select(sa.literal(name).label("name"), sa.func.count().label("rows")).select_from(table)
          for name, table in TABLES.items())
    )
    rows = {row.name: row.rows for row in connection.execute(counts)}
    return [
        LayerSummary(name, rows[name], load.as_of if load else None, load.loaded_at if load else None,
                     load.source if load else None)
        for name in LAYERS
        for load in [loads.get(name)]
    ]


def stamp(connection: sa.Connection) -> str:
    """A text that differs whenever the content of the store does."""
    row = connection.execute(sa.select(LOADS.c.id, LOADS.c.loaded_at).order_by(LOADS.c.id.desc()).limit(1)).first()
    return "0" if row is None else f"{row.id}-{row.loaded_at:%Y%m%d%H%M%S%f}"
