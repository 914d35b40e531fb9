"""What is done once in a while, up to when cases may have left, whose clock is off, what fired lately."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Only additions: a process of the version before works on."""
    op.add_column("poll", sa.Column("forgotten_at", sa.Double()))
    for name in ("clock_off", "clock_since", "clock_at"):
        op.add_column("hold", sa.Column(name, sa.Double()))
    fired = sa.text("how = 'fired'")
    op.create_index("ledger_fired", "ledger", ["decided_at"], sqlite_where=fired, postgresql_where=fired)
    op.create_table(
        "chore",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("holder", sa.String(length=40)),
        sa.Column("done_at", sa.Double()),
        sa.PrimaryKeyConstraint("name"),
    )
