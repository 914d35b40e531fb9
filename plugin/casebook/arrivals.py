"""Whether what a helpdesk sends arrives, looked at while a desk is connected; only ``ask_a_look`` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from plugin.casebook.database import AlreadyServing, Database
from plugin.casebook.nodes import SILENT
from plugin.casebook.polls import begin
from plugin.casebook.tables import case, delivery, node, poll, refused


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in time: what comes after it is new."""

    delivery: int
    refused: int
    at: float
    """By the database's clock."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came since a mark. Seconds since it."""

    genuine: int
    refused: dict[str, int]
    """code → how many deliveries were not accepted"""
    unreadable: int
    ticket_heard: float | None = None
    """The ticket's own delivery."""
    ticket_known: float | None = None
    """Its case is there, however it was heard of."""
    decided: float | None = None
    """It was read and decided."""
    problem: dict[str, Any] | None = None
    """Why it waits, for ``wording.told``."""


def mark(database: Database) -> Mark:
    """Now."""
    with database.read() as tx:
        last = tx.run(select(func.coalesce(func.max(delivery.c.id), 0))).scalar_one()
        turned_away = tx.run(select(func.coalesce(func.max(refused.c.id), 0))).scalar_one()
        return Mark(last, turned_away, tx.now)


def arrived(database: Database, desk: str, since: Mark, ticket: str | None = None) -> Arrived:
    """What came for this desk since then, and how far its ticket is."""
    with database.read() as tx:
        new = (delivery.c.desk == desk, delivery.c.id > since.delivery)
        states = dict(
            tx.run(select(delivery.c.state, func.count()).where(*new).group_by(delivery.c.state)).all()
        )
        turned = select(refused.c.code, func.count()).where(
            refused.c.id > since.refused, refused.c.desk == desk
        )
        codes = dict(tx.run(turned.group_by(refused.c.code)).all())
        heard = select(func.min(delivery.c.received_at)).where(*new, delivery.c.ticket == ticket)
        heard_at = tx.run(heard).scalar() if ticket else None
        row = tx.run(select(case).where(case.c.desk == desk, case.c.ticket == ticket)).first()
    unreadable = states.pop("unreadable", 0)
    return Arrived(
        sum(states.values()),
        codes,
        unreadable,
        None if heard_at is None else heard_at - since.at,
        None if row is None else row.first_at - since.at,
        None if row is None or row.read_at is None or row.status == "unread" else row.read_at - since.at,
        json.loads(row.problem) if row is not None and row.problem else None,
    )


def ask_a_look(database: Database, desk: str) -> None:
    """Have the helpdesk's list of changed tickets looked through now."""
    begin(database, [desk], is_start=True)


def is_known(database: Database, desk: str) -> bool:
    """Whether a process that serves has taken up this desk."""
    with database.read() as tx:
        return tx.run(select(poll.c.desk).where(poll.c.desk == desk)).first() is not None


def is_served(database: Database) -> bool:
    """Whether a process works on this case book now."""
    if database.is_sqlite:
        try:
            database.take_lock()
        except AlreadyServing:
            return True
        return False
    with database.read() as tx:
        beating = select(node.c.id).where(node.c.beat_at > tx.now - SILENT)
        return tx.run(beating).first() is not None
