"""The case book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every table as it was when revisions began."""
    _action()
    _case()
    _clock()
    _delivery()
    _document()
    _event()
    _hold()
    _ledger()
    _message()
    _published()
    _refused()


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("ledger_key", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("note_key", sa.Text(), nullable=True),
        sa.Column("note_text", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.Double(), nullable=False),
        sa.Column("not_after", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("action_case", "action", ["case_id", "state"])
    op.create_index("action_state", "action", ["state"])


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("ticket", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=True),
        sa.Column("peak_level", sa.String(length=100), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("stamp", sa.String(length=200), nullable=True),
        sa.Column("merged_into", sa.String(length=300), nullable=True),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("read_at", sa.Double(), nullable=True),
        sa.Column("written_at", sa.Double(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.Column("wake", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("timer_at", sa.Double(), nullable=True),
        sa.Column("unreadable_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("desk", "ticket"),
    )
    op.create_index("case_next_at", "case", ["next_at"])
    op.create_index("case_timer_at", "case", ["timer_at"])


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("clock", sa.String(length=100), nullable=False),
        sa.Column("cycle", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("start_at", sa.Double(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("breached_at", sa.Double(), nullable=True),
        sa.Column("stopped_at", sa.Double(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "clock", "cycle"),
    )
    op.create_index("clock_due", "clock", ["state", "due_at"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("ticket", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("desk", "key"),
    )
    op.create_index("delivery_state", "delivery", ["state", "id"])
    op.create_index("delivery_ticket", "delivery", ["desk", "ticket", "id"])


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("loaded_at", sa.Double(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "source_id"),
    )


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("desk"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("decided_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("corrected_at", sa.Double(), nullable=True),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ledger_case", "ledger", ["case_id"])


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("ledger_key", sa.String(length=400), nullable=False),
        sa.Column("addressee", sa.String(length=100), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=True),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("may_have_arrived", sa.Boolean(), nullable=False),
        sa.Column("planned_at", sa.Double(), nullable=False),
        sa.Column("next_try", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ledger_key", "contact"),
    )
    op.create_index("message_case", "message", ["case_id", "state"])
    op.create_index("message_next", "message", ["state", "next_try"])


def _published() -> None:
    op.create_table(
        "published",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )


def _refused() -> None:
    op.create_table(
        "refused",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("desk", sa.String(length=200), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
