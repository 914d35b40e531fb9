"""How far each desk's list of changed tickets has been looked through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Only additions: a process of the version before works on."""
    op.create_table(
        "poll",
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("floor", sa.Double()),
        sa.Column("mark", sa.Double()),
        sa.Column("covered_at", sa.Double()),
        sa.Column("walk", sa.Text()),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40)),
        sa.Column("walks", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("desk"),
    )
    op.add_column("case", sa.Column("known_since", sa.Double()))
    op.add_column("case", sa.Column("seen_at", sa.Double()))
    op.add_column("case", sa.Column("changed_at", sa.Double()))
    op.add_column("case", sa.Column("is_settled", sa.Boolean()))
    op.add_column("case", sa.Column("face", sa.String(length=40)))
    op.add_column("case", sa.Column("listed_at", sa.Double()))
