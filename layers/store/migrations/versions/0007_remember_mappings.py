"""Remember mappings: which column of a file was which field, for the next file of the same shape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.types import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "mappings",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("layer", "signature", name=op.f("pk_mappings")),
    )
