"""The case book's tables: one schema for SQLite and PostgreSQL.

Times are seconds since 1970 (UTC) by the database's own clock; no other clock is stored.
No table but ``delivery`` and an unsent ``action`` holds a word of a ticket: see ``places``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself, in 64 bits, only under this one name."""


DB_NOW = "extract(epoch from clock_timestamp())::double precision"
"""PostgreSQL's clock, also inside a long transaction; SQLite's is this machine's."""


def _few(name: str, column: str, *, of: str) -> Index:
    """An index of the few rows for which something holds."""
    return Index(name, column, sqlite_where=text(of), postgresql_where=text(of))


delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("desk", String(200), nullable=False),
    Column("key", String(300), nullable=False),
    Column("ticket", String(300)),
    Column("kind", String(40), nullable=False),
    Column("source", String(100), nullable=False),
    Column("state", String(20), nullable=False),  # new, read, ignored, unreadable
    Column("reason", String(100)),
    Column("received_at", Double, nullable=False),
    Column("body", LargeBinary),
    Column("body_hash", String(64), nullable=False),
    UniqueConstraint("desk", "key"),
    Index("delivery_ticket", "desk", "ticket", "id"),
    Index("delivery_state", "state", "id"),
)

case = Table(
    "case",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("desk", String(200), nullable=False),
    Column("ticket", String(300), nullable=False),
    Column("status", String(20), nullable=False),  # unread, open, paused, closed, merged, gone
    Column("level", String(100)),
    Column("peak_level", String(100)),
    Column("rank", Integer, nullable=False),
    Column("memory", Text, nullable=False),
    Column("stamp", String(200)),
    Column("merged_into", String(300)),
    Column("first_at", Double, nullable=False),
    Column("read_at", Double),
    Column("written_at", Double),
    Column("next_at", Double),
    Column("wake", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text),
    Column("timer_at", Double),  # the next instant at which a clock or chain changes by itself
    Column("unreadable_at", Double),  # since when the ticket cannot be read
    Column("holder", String(40)),  # the node that claimed it last
    Column("is_called", Boolean),  # claimed to be called about, not only to be evaluated
    Column("waiting_since", Double),  # when it fell due, if every try to move it failed since
    Column("legal_due_at", Double),  # the next due date of a limit that rests on a law or published rule
    Column("written", Text),  # when it was written to lately: what its write budget counts
    Column("retry_at", Double),  # a person asked for what was refused to be tried again
    Column("known_since", Double),  # what was due before is told to nobody: the ticket was not known here
    Column("seen_at", Double),  # when the read began that the three below are from
    Column("changed_at", Double),  # the last change the ticket showed, by the helpdesk's clock
    Column("is_settled", Boolean),  # whether that read saw all that changed within the same second
    Column("face", String(40)),  # a digest of the state it showed
    Column("listed_at", Double),  # when the list of all open tickets held it last
    UniqueConstraint("desk", "ticket"),
    Index("case_next_at", "next_at"),
    Index("case_timer_at", "timer_at"),
    _few("case_leased", "desk", of="lease_until > 0"),
    _few("case_waiting", "waiting_since", of="waiting_since is not null"),
)

event = Table(
    "event",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case_id", RowId, nullable=False),
    Column("source_id", String(300), nullable=False),
    Column("type", String(60), nullable=False),
    Column("at", Double, nullable=False),
    Column("received_at", Double, nullable=False),
    Column("facts", Text, nullable=False),
    Column("said", Text),  # who told it, and why: staff's own words
    UniqueConstraint("case_id", "source_id"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("case_id", RowId, nullable=False),
    Column(
        "how", String(40), nullable=False
    ),  # effects; planned, fired, observed, coalesced, moot, withdrawn
    Column("due_at", Double),
    Column("decided_at", Double, nullable=False),
    Column("sent_at", Double),
    Column("corrected_at", Double),
    Column("payload_hash", String(64), nullable=False),
    Index("ledger_case", "case_id"),
    _few("ledger_fired", "decided_at", of="how = 'fired'"),
)

clock = Table(
    "clock",
    metadata,
    Column("case_id", RowId, primary_key=True),
    Column("clock", String(100), primary_key=True),
    Column("cycle", String(300), primary_key=True),
    Column("state", String(20), nullable=False),  # running, paused, overdue, done
    Column("outcome", String(20)),  # met, missed, superseded, cancelled
    Column("start_at", Double, nullable=False),
    Column("due_at", Double),
    Column("breached_at", Double),
    Column("stopped_at", Double),
    Column("is_provisional", Boolean, nullable=False),
    Index("clock_due", "state", "due_at"),
)
"""Derived from ``event`` each time, for lists and reports; never read to decide anything."""

message = Table(
    "message",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", RowId, nullable=False),
    Column("ledger_key", String(400), nullable=False),
    Column("addressee", String(100), nullable=False),  # a group, role or seat, never a person's name
    Column("contact", String(300)),  # the name of a secret; null: nobody could be reached
    Column("slots", Text, nullable=False),
    Column("state", String(20), nullable=False),  # planned, sending, done, dead
    Column("attempts", Integer, nullable=False),
    Column("may_have_arrived", Boolean, nullable=False),
    Column("planned_at", Double, nullable=False),
    Column("next_try", Double, nullable=False),
    Column("ended_at", Double),
    Column("reason", String(100)),
    Column("holder", String(40)),  # the node that sends it, or did last
    UniqueConstraint("ledger_key", "contact"),
    Index("message_case", "case_id", "state"),
    Index("message_next", "state", "next_try"),
)

published = Table(
    "published",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),  # policy, calendar
    Column("name", String(300), nullable=False),
    Column("at", Double, nullable=False),
    Column("body", Text, nullable=False),
)
"""Every policy and calendar a clock ever ran under, whole: what runs keeps the version it began with."""

action = Table(
    "action",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", RowId, nullable=False),
    Column("ledger_key", String(300), nullable=False),
    Column("state", String(20), nullable=False),  # planned, sending, done, overtaken, dead
    Column("changes", Text, nullable=False),
    Column("note_key", Text),
    Column("note_text", Text),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("planned_at", Double, nullable=False),
    Column("not_after", Double, nullable=False),
    Column("ended_at", Double),
    Column("answer", Text),
    Column("reason", Text),
    Index("action_case", "case_id", "state"),
    Index("action_state", "state"),
)

document = Table(
    "document",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("name", String(300), nullable=False),
    Column("loaded_at", Double, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("text", Text, nullable=False),
)

refused = Table(
    "refused",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("desk", String(200), nullable=False),
    Column("at", Double, nullable=False),
    Column("status", Integer, nullable=False),
    Column("code", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("headers", Text, nullable=False),
)

checkup = Table(
    "checkup",
    metadata,
    Column("desk", String(200), primary_key=True),
    Column("at", Double, nullable=False),
    Column("found", Text, nullable=False),  # errors and warnings: names of the helpdesk, no ticket's words
)

hold = Table(
    "hold",
    metadata,
    Column("desk", String(200), primary_key=True),
    Column("until", Double, nullable=False),  # nothing is asked before; very far while a person paused it
    Column("failures", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("wait_until", Double, nullable=False, server_default="0"),  # ``until`` as if nobody had paused it
    Column("paused_at", Double),
    Column("trips", Integer, nullable=False, server_default="0"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("opened_at", Double),
    Column("closed_at", Double),
    Column("probe_until", Double, nullable=False, server_default="0"),
    Column("prober", String(40)),  # the node that tries whether it is well again
    Column("ready_at", Double, nullable=False, server_default="0"),  # our own limit allows a case
    Column("spread_at", Double, nullable=False, server_default="0"),  # the helpdesk's budget allows one
    Column("spread", Double, nullable=False, server_default="0"),  # seconds to a call while it is scarce
    Column("spread_until", Double, nullable=False, server_default="0"),
    Column("clock_off", Double),  # seconds by which the time cannot be believed there
    Column("clock_since", Double),
    Column("clock_at", Double),  # when a process said so last
)
"""How each desk stands to us: its breaker, its pace, and whether a person paused it (``holds``)."""

intervention = Table(
    "intervention",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("desk", String(200), nullable=False),
    Column("what", String(20), nullable=False),  # pause, resume, retry, drop
    Column("subject", String(60)),  # the action, message or delivery; none: the desk
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Index("intervention_desk", "desk", "id"),
)
"""What an operator did by hand, in his own name: append-only."""

node = Table(
    "node",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("host", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", BigInteger, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("beat_at", Double, nullable=False),
)
"""The processes that work on a PostgreSQL case book now; on SQLite there is one, and a lock file says so."""

poll = Table(
    "poll",
    metadata,
    Column("desk", String(200), primary_key=True),
    Column("began_at", Double, nullable=False),  # when Paidan first knew the desk
    Column("floor", Double),  # the same by the helpdesk's clock, at its lowest
    Column("mark", Double),  # by the helpdesk's clock: what changed up to then has been looked at
    Column("covered_at", Double),  # when the last whole look began
    Column("walk", Text),  # the look in progress: how far it is in the helpdesk's list
    Column("is_asked", Boolean, nullable=False),  # a look without waiting for late webhooks
    Column("next_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", String(40)),  # why the last try failed
    Column("walks", BigInteger, nullable=False),  # whole looks so far
    Column("missed", BigInteger, nullable=False),  # tickets found changed that no webhook had told of
    Column("forgotten_at", Double),  # cases that were at rest by then may have left the case book
    Column("missed_lately", Text),  # how many of them within the last day, by the hour
)
"""How far each desk's list of changed tickets has been looked through; one node at a time looks."""

chore = Table(
    "chore",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("holder", String(40)),  # the process that does it, or did last
    Column("done_at", Double),
)
"""What is done once in a while by one process of all."""
