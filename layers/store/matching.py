"""Rows found by a protected field, without reading what any other row holds in it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from layers.errors import UnknownFieldError
from layers.schema import Layer
from layers.store.reading import IDS_AT_ONCE
from layers.store.sealing import Keyring
from layers.store.tables import TABLES, hash_column


def matches(
    connection: sa.Connection, keyring: Keyring, layer: Layer, field: str, values: Iterable[str],
    table: sa.FromClause | None = None,
) -> dict[str, list[str]]:
    """Those of ``values`` that rows hold in ``field``, each with the ids of its rows in order.

    ``table`` stands in for that of the present rows.

    Raises
    ------
    UnknownFieldError, KeyFileError
    """
    spec = next((spec for spec in layer.fields if spec.name == field and spec.matched), None)
    if spec is None:
        msg = (
            f"图层“{layer.label.zh}”不能按字段 {field} 查找，请改用别的字段 "
            f"(rows of {layer.name} are not found by {field}; use another field)"
        )
        raise UnknownFieldError(msg)
    table = TABLES[layer.name] if table is None else table
    column = table.c[hash_column(spec)]
    if connection.execute(sa.select(column).where(column.is_not(None)).limit(1)).first() is None:
        return {}
    hash_of = keyring.to_read(connection).hasher(spec)
    sought = {value: hash_of(value) for value in values}
    hashes = sorted(set(sought.values()))
    found: dict[bytes, list[str]] = {}
    for start in range(0, len(hashes), IDS_AT_ONCE):
        query = sa.select(column, table.c.id).where(column.in_(hashes[start:start + IDS_AT_ONCE]))
        for digest, key in connection.execute(query.order_by(table.c.id)):
            found.setdefault(bytes(digest), []).append(key)
    return {value: found[digest] for value, digest in sought.items() if digest in found}
