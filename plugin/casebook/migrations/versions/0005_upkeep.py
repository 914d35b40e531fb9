"""What is done once in a while, and up to when cases may have left the case book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Only additions: a process of the version before works on."""
    op.add_column("poll", sa.Column("forgotten_at", sa.Double()))
    op.create_table(
        "chore",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("holder", sa.String(length=40)),
        sa.Column("done_at", sa.Double()),
        sa.PrimaryKeyConstraint("name"),
    )
