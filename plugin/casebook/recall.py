"""What the case book remembers of one case, for looking only: nothing is created or changed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import make_url, select

from plugin.casebook.database import Database
from plugin.casebook.history import History, Stored, history, stored
from plugin.casebook.ledgers import ledger_rows
from plugin.casebook.memory import loaded
from plugin.casebook.published import PublishedVersions
from plugin.casebook.tables import action, case, clock
from plugin.core.case import CaseState
from plugin.core.timekeeping import LedgerRow
from plugin.errors import StoreError


@dataclass(frozen=True, slots=True)
class Recalled:
    """A case as the case book has it; that of a case nobody decided yet where it has none."""

    state: CaseState = field(default_factory=CaseState)
    problems: tuple[dict[str, Any], ...] = ()
    """Why it waits, and what the helpdesk would not take: for ``casebook.wording``."""
    case_id: int | None = None
    """None: the case book has no such case."""
    now: float = 0.0
    """The database's clock."""
    events: tuple[Stored, ...] = ()
    history: History | None = None
    ledger: Mapping[str, LedgerRow] = field(default_factory=dict)
    unreadable_at: float | None = None
    known_since: float | None = None
    """What was due before is told to nobody"""
    first_at: float = math.inf
    """When it was first heard of (UTC seconds)"""


def is_there(database_url: str) -> bool:
    """Whether there is such a case book; nothing is created by looking."""
    url = make_url(database_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def recall(database_url: str, desk: str, ticket: str) -> Recalled:
    """What is remembered of a ticket's case."""
    if not is_there(database_url):
        return Recalled()
    database = Database(database_url)
    try:
        return _recalled(database, desk, ticket)
    except StoreError:
        return Recalled()
    finally:
        database.close()


def _recalled(database: Database, desk: str, ticket: str) -> Recalled:
    with database.read() as tx:
        wanted = select(case).where(case.c.desk == desk, case.c.ticket == ticket)
        row = tx.run(wanted).one_or_none()
        if row is None:
            return Recalled(now=tx.now)
        dead = select(action.c.reason).where(action.c.case_id == row.id, action.c.state == "dead")
        reasons = [row.problem, *tx.run(dead.order_by(action.c.ended_at)).scalars()]
        told = dict.fromkeys(reason for reason in reasons if reason)
        events, ledger = stored(tx, [row.id])[row.id], ledger_rows(tx, [row.id])[row.id].decided
        now = tx.now
    return Recalled(
        state=loaded(row.memory).state,
        problems=tuple(json.loads(reason) for reason in told),
        case_id=row.id,
        now=now,
        events=tuple(events),
        history=history(events, PublishedVersions(database)),
        ledger=ledger,
        unreadable_at=row.unreadable_at,
        known_since=row.known_since,
        first_at=row.first_at,
    )


class DueRow(NamedTuple):
    """One running or overdue clock of one ticket; times in UTC seconds."""

    desk: str
    ticket: str
    level: str | None
    clock: str
    due_at: float
    breached_at: float | None
    is_provisional: bool


def due_rows(database_url: str, ahead: float, desk: str | None = None) -> tuple[list[DueRow], float]:
    """What is missed or due within ``ahead`` seconds, earliest first, and the database's time.

    Raises ``StoreError`` where there is no case book.
    """
    if not is_there(database_url):
        raise StoreError(f"there is no {make_url(database_url).database}")
    database = Database(database_url)
    try:
        with database.read() as tx:
            wanted = (
                select(
                    case.c.desk,
                    case.c.ticket,
                    case.c.level,
                    clock.c.clock,
                    clock.c.due_at,
                    clock.c.breached_at,
                    clock.c.is_provisional,
                )
                .join(case, case.c.id == clock.c.case_id)
                .where(clock.c.state.in_(("running", "overdue")), clock.c.due_at <= tx.now + ahead)
                .order_by(clock.c.due_at, case.c.rank.desc())
            )
            if desk is not None:
                wanted = wanted.where(case.c.desk == desk)
            return [DueRow(*row) for row in tx.run(wanted)], tx.now
    finally:
        database.close()
