"""Protect personal data.

Values become bytes here; they are encrypted right afterwards, in the same transaction, when the key is known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Turn the protected fields of households into bytes, and make room for their hashes and the key's fingerprint."""
    with op.batch_alter_table("households") as table:
        for name in ("contact_name", "phone", "identity_no"):
            table.alter_column(
                name, existing_type=sa.Text(), type_=sa.LargeBinary(), existing_nullable=True,
                postgresql_using=f"convert_to({name}, 'UTF8')",
            )
        for name in ("phone_hash", "identity_no_hash"):
            table.add_column(sa.Column(name, sa.LargeBinary(16), nullable=True))
            table.create_index(op.f(f"ix_households_{name}"), [name])
    op.create_table(
        "protection",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection")),
    )
