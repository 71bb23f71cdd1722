"""Personal data that older versions of the program stored as plain text: sealed once, when the store is upgraded."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import sqlalchemy as sa

from layers.registry import LAYERS
from layers.schema import Layer
from layers.store.codecs import digests, encode
from layers.store.reading import read
from layers.store.sealing import Keyring
from layers.store.tables import PROTECTION, TABLES, hash_column


def seal(connection: sa.Connection, keyring: Keyring) -> list[str]:
    """Seal every row of a store that has no key yet; return the names of the layers that had some."""
    if connection.execute(sa.select(PROTECTION.c.fingerprint)).first() is not None:
        return []
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    return [layer.name for layer in LAYERS.values() if layer.protected and _seal(connection, keyring, layer)]


def wipe(engine: sa.Engine, layers: Iterable[str]) -> None:
    """Write the tables anew, so that no plain text is left in pages that are no longer used."""
    if engine.dialect.name == "sqlite":
        # Around what SQLAlchemy runs there is a transaction, in which nothing can be written anew.
        with closing(engine.raw_connection()) as bare:
            bare.cursor().execute("VACUUM")
            bare.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in layers:
            connection.exec_driver_sql(f"VACUUM FULL {connection.dialect.identifier_preparer.quote(name)}")


def _seal(connection: sa.Connection, keyring: Keyring, layer: Layer) -> bool:
    table = TABLES[layer.name]
    secret = [spec.name for spec in layer.protected]
    query = sa.select(*(table.c[name] for name in secret)).order_by(table.c.id)
    rows = connection.execute(query).all()
    if not rows:
        return False
    others = [spec.name for spec in layer.fields if not spec.protected]
    frame = read(connection, layer, [*others, "geometry"] if layer.spatial else others)
    for name, values in zip(secret, zip(*rows, strict=True), strict=True):
        frame[name] = [None if value is None else value.decode() for value in values]
        frame[name] = frame[name].astype("str")
    columns = encode(layer, frame)
    key = keyring.to_write(connection)
    columns["content"] = digests(columns, key.content_key)
    closed = key.close(layer, columns)
    written = ["content", *secret, *(hash_column(spec) for spec in layer.protected if spec.matched)]
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in written})
    )
    contents = zip(*(closed[name] for name in written), strict=True)
    connection.execute(statement, [
        {"row": row} | {f"new_{name}": value for name, value in zip(written, content, strict=True)}
        for row, content in zip(columns["id"], contents, strict=True)
    ])
    return True
