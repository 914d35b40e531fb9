"""What a page of a helpdesk's list holds that the case book does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, and_, func, or_, select, update

from plugin.casebook.database import Transaction
from plugin.casebook.faces import Known, is_known
from plugin.casebook.inbox import make_due
from plugin.casebook.polls import Walk
from plugin.casebook.tables import case
from plugin.desk.helpdesk import Changed, Page


@dataclass(frozen=True, slots=True)
class Sight:
    """The clocks while one page is put on record."""

    asked_at: float
    """The database's when the page was asked for."""
    now: float
    """The database's."""
    ahead: float
    """Seconds the helpdesk's clock is ahead of the database's."""
    horizon: float
    """By the helpdesk's clock: changes younger than this are left for the next look."""
    floor: float
    """By the helpdesk's clock: tickets nobody knows and that did not change since are none of ours."""


def page_due(tx: Transaction, desk: str, page: Page, sight: Sight) -> tuple[int, int]:
    """How many of the page's tickets are due because of it, and how many of these no webhook told of."""
    known = _cases(tx, desk, page.rows)
    found = {row.ticket_id: _found(row, known.get(row.ticket_id), sight) for row in page.rows}
    due = sorted(ticket for ticket, verdict in found.items() if verdict is not None)
    for ticket in due:
        make_due(tx, desk, ticket)
    return len(due), sum(verdict == "missed" for verdict in found.values())


def _cases(tx: Transaction, desk: str, rows: Iterable[Changed]) -> Mapping[str, Row[Any]]:
    tickets = [row.ticket_id for row in rows]
    found = tx.run(select(case).where(case.c.desk == desk, case.c.ticket.in_(tickets)))
    return {row.ticket: row for row in found}


def _found(row: Changed, known: Row[Any] | None, sight: Sight) -> Literal["due", "missed"] | None:
    """Whether a ticket must be looked at, and whether that is news to us."""
    if row.at is not None and row.at > sight.horizon:
        return None
    news: Literal["due", "missed"] = "due" if row.ours else "missed"
    if known is None:
        return None if row.at is not None and row.at < sight.floor else news
    read = Known(
        known.stamp,
        known.face,
        known.changed_at,
        bool(known.is_settled),
        known.seen_at,
        known.written_at,
    )
    if is_known(row, read, asked_at=sight.asked_at, ahead=sight.ahead):
        return None
    if known.lease_until > sight.now:
        return "due"  # it is being read just now, perhaps from before this change
    is_told = known.status == "unread" or (known.next_at is not None and known.next_at <= sight.now)
    return None if is_told else news


def mark_listed(tx: Transaction, desk: str, page: Page) -> None:
    """These tickets stand in the list of all that are open."""
    tickets = [row.ticket_id for row in page.rows]
    tx.run(update(case).where(case.c.desk == desk, case.c.ticket.in_(tickets)).values(listed_at=tx.now))


def left(tx: Transaction, desk: str, walk: Walk) -> int:
    """Have those looked at that left the list of open tickets: closed, deleted, or out of our sight."""
    gone = and_(
        case.c.desk == desk,
        case.c.listed_at < walk.began_at,
        case.c.status.in_(("open", "paused")),
        func.coalesce(case.c.seen_at, 0.0) < walk.began_at,
        or_(case.c.next_at.is_(None), case.c.next_at > tx.now),
    )
    tickets = sorted(tx.run(select(case.c.ticket).where(gone)).scalars())
    for ticket in tickets:
        make_due(tx, desk, ticket)
    away = and_(case.c.desk == desk, case.c.listed_at < walk.began_at)
    tx.run(update(case).where(away).values(listed_at=None))
    return len(tickets)
