"""How each desk is called, what waits, what is graver by law, and what operators did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Only additions: a process of the version before works on."""
    _hold()
    _case()
    op.create_table(
        "intervention",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60)),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("intervention_desk", "intervention", ["desk", "id"])


def _hold() -> None:
    for name in ("wait_until", "probe_until", "ready_at", "spread_at", "spread", "spread_until"):
        op.add_column("hold", sa.Column(name, sa.Double(), nullable=False, server_default="0"))
    for name in ("trips", "epoch"):
        op.add_column("hold", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("paused_at", "opened_at", "closed_at"):
        op.add_column("hold", sa.Column(name, sa.Double()))
    op.add_column("hold", sa.Column("prober", sa.String(length=40)))


def _case() -> None:
    op.add_column("case", sa.Column("is_called", sa.Boolean()))
    op.add_column("case", sa.Column("written", sa.Text()))
    for name in ("waiting_since", "legal_due_at", "retry_at"):
        op.add_column("case", sa.Column(name, sa.Double()))
    _few("case_leased", "desk", "lease_until > 0")
    _few("case_waiting", "waiting_since", "waiting_since is not null")


def _few(name: str, column: str, of: str) -> None:
    op.create_index(name, "case", [column], sqlite_where=sa.text(of), postgresql_where=sa.text(of))
