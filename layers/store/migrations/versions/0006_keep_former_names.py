"""Keep former names: a layer that says what townships and villages were called before."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from layers.store.types import Identifier, Moment

revision = "0006"
down_revision = "0005"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("content", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table("aliases", *_columns(), sa.PrimaryKeyConstraint("id", name="pk_aliases"))
    op.create_table(
        "aliases_history",
        *_columns(),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name="pk_aliases_history"),
    )
