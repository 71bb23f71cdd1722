"""Steps that versions share."""

from __future__ import annotations

from alembic import op


def create_gist_index(name: str, table: str) -> None:
    """Make the spatial index ``name`` on the geometry of ``table``; nothing on SQLite, which has none."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(name, table, ["geometry"], postgresql_using="gist")
