"""The history of one row: all that it ever was, and which load each version came from."""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from layers.schema import Layer
from layers.store import past
from layers.store.reading import choose_columns, read
from layers.store.records import Version
from layers.store.sealing import Keyring
from layers.store.tables import HISTORY, TABLES, past_of


def history(connection: sa.Connection, keyring: Keyring | None, layer: Layer, key: str) -> list[Version]:
    """Every version of the row, the oldest first; with protected fields when there is a ``keyring``."""
    table = TABLES[layer.name]
    columns = choose_columns(layer, None, protected=keyring is not None)
    # Every version at once: a page of them would not be in order.
    frame = read(
        connection, layer, [*columns, *HISTORY], ids=[key], keyring=keyring, table=past.every_version(table)
    ).sort_values("version", kind="stable")
    if frame.empty:
        return []
    gone = past_of(table)
    query = sa.select(gone.c.version, gone.c.ended_by, gone.c.removed).where(gone.c.id == key)
    ends = {row.version: (row.ended_by, row.removed) for row in connection.execute(query)}
    found = []
    for k in range(len(frame)):
        row = frame.iloc[[k]]
        version = int(row["version"].iloc[0])
        ended_by, removed = ends.get(version, (None, False))
        found.append(Version(
            version=version,
            source=int(row["source"].iloc[0]),
            updated_at=row["updated_at"].iloc[0].to_pydatetime(),
            content=plain_values(row[columns]),
            ended_by=ended_by,
            removed=bool(removed),
        ))
    return found


def plain_values(frame: pd.DataFrame) -> dict[str, Any]:
    """Field to value of a frame's only row, None for nothing."""
    values = {name: frame[name].array[0] for name in frame.columns}
    return {name: None if _nothing(value) else value for name, value in values.items()}


def _nothing(value: Any) -> bool:
    return value is None or (not isinstance(value, tuple) and bool(pd.isna(value)))
