"""Versions of the tables: which one a store has, and the way from it to the newest.

A version is a file in ``versions/`` named ``NNNN_what.py``; ``NNNN`` is its number.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import sqlalchemy as sa

FOLDER = Path(__file__).resolve().parent
VERSION_TABLE = "rongtu_version"

_one_at_a_time = Lock()


def versions() -> list[str]:
    """Every version that this program knows, oldest first."""
    return sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(connection: sa.Connection) -> str | None:
    """Version of the store behind ``connection``; None when there is none yet."""
    # An unqualified name would be found in PostGIS's schema as well, where another store may lie.
    schema = default_schema(connection)
    if not connection.dialect.has_table(connection, VERSION_TABLE, schema=schema):
        return None
    table = sa.table(VERSION_TABLE, sa.column("version_num"), schema=schema)
    return connection.execute(sa.select(table.c.version_num)).scalar()


def default_schema(connection: sa.Connection) -> str | None:
    """Schema that tables are made in; None where the back end has none."""
    if connection.dialect.name != "postgresql":
        return None
    return str(connection.execute(sa.select(sa.func.current_schema())).scalar_one())


def upgrade(connection: sa.Connection) -> None:
    """Bring the store to the newest version, in the transaction of ``connection``."""
    # Alembic takes longer to import than an up-to-date store takes to open.
    from alembic import command

    from layers.store.migrations.tools import config

    # Alembic keeps what it is doing in module globals.
    with _one_at_a_time:
        command.upgrade(config(connection), "head")
