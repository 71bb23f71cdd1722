"""Say what a load is, why it was done, and how many rows of it were rejected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them to the ledger; what was loaded before came from files and had nothing rejected."""
    op.add_column("loads", sa.Column("kind", sa.Text(), nullable=False, server_default="file"))
    op.add_column("loads", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("load_layers", sa.Column("rejected", sa.BigInteger(), nullable=False, server_default="0"))
