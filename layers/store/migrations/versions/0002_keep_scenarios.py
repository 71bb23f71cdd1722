"""Keep scenarios."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.types import Identifier, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "scenarios",
        sa.Column("name", Identifier(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scenarios")),
    )
