"""Keep history: the versions of rows that were replaced or removed, and which load undid another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.geometry import Shape
from layers.store.types import Identifier

revision = "0005"
down_revision = "0004"

# Every layer of this version, with the kind of its shapes.
_LAYERS = {
    "townships": "GEOMETRY", "villages": "GEOMETRY", "stations": "POINT", "support_points": "GEOMETRY",
    "memorials": "POINT", "memorial_ranges": "GEOMETRY", "households": "POINT", "roads": "LINESTRING",
    "station_grades": None, "station_checks": None, "agreements": None, "inspections": None, "defects": None,
    "works": None, "visits": None, "claims": None,
}


def upgrade() -> None:
    """Make a table of past versions beside each layer's table, with its columns."""
    op.add_column("loads", sa.Column("undone_by", sa.BigInteger(), nullable=True))
    there = sa.inspect(op.get_bind())
    for name, shape in _LAYERS.items():
        own = {"id": Identifier()} | ({"geometry": Shape(shape)} if shape else {})
        op.create_table(
            f"{name}_history",
            *(sa.Column(column["name"], own.get(column["name"], column["type"]), nullable=column["nullable"])
              for column in there.get_columns(name)),
            sa.Column("ended_by", sa.BigInteger(), nullable=False),
            sa.Column("removed", sa.Boolean(), nullable=False),
            sa.PrimaryKeyConstraint("id", "version", name=op.f(f"pk_{name}_history")),
        )
