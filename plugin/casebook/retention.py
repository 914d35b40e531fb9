"""What leaves the case book with time, and what never does.

A case whose ticket is open, whose clock runs, whose limit lies ahead, or that waits for a person or for
anything else, loses nothing. One at rest gives up first what carried its writes and messages, which no
decision reads again, and much later everything. ``places`` says when words leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, exists, func, not_, or_, select, update

from plugin.casebook.batches import Which, Work, in_batches
from plugin.casebook.database import Database, Transaction
from plugin.casebook.dead import DEAD_MESSAGE, DEAD_WRITE
from plugin.casebook.ledgers import EFFECTS
from plugin.casebook.places import DAY, PLACES, cleared
from plugin.casebook.tables import (
    action,
    case,
    clock,
    delivery,
    event,
    hold,
    intervention,
    ledger,
    message,
    poll,
    refused,
)

HANDLED = ("read", "ignored")
OVER = ("closed", "merged", "gone")


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days what is kept."""

    bodies: float = 30.0
    """Bodies of deliveries, and a helpdesk's own words."""
    deliveries: float = 90.0
    """Deliveries that were looked into, and the record of those refused."""
    closed: float = 365.0
    """Ended writes and sent messages of a case, once it is at rest."""
    cases: float = 1825.0
    """Cases at rest, and what operators did; 0: for ever."""


Step = tuple[str, Callable[[], Iterator[int]]]


def steps(database: Database, keep: Keep) -> Iterator[Step]:
    """Everything there is to do, each with its name; what it yields is how many rows a transaction took."""
    yield "words", lambda: chain.from_iterable(cleared(database, place, keep.bodies) for place in PLACES)
    yield "deliveries", lambda: _gone(database, delivery, _handled(keep.deliveries))
    yield "refused", lambda: _gone(database, refused, lambda now: refused.c.at < now - keep.deliveries * DAY)
    yield "writes", lambda: _of_cases(database, _with_writes(keep.closed), _without_writes)
    if keep.cases:
        yield "cases", lambda: _of_cases(database, _forgettable(keep.cases), _forget(keep.cases))
        yield "interventions", lambda: _gone(database, intervention, _long_ago(keep.cases))


def _gone(database: Database, table: Table, which: Which) -> Iterator[int]:
    (key,) = table.primary_key.columns

    def work(tx: Transaction, keys: Sequence[Any]) -> int:
        return int(tx.run(delete(table).where(key.in_(keys), which(tx.now))).rowcount)

    return in_batches(database, key, which, work)


def _handled(days: float) -> Which:
    """The newest one stays: SQLite would give its number, by which deliveries are ordered, once more."""
    newest = select(func.max(delivery.c.id)).scalar_subquery()

    def which(now: float) -> ColumnElement[bool]:
        old = delivery.c.received_at < now - days * DAY
        return and_(delivery.c.state.in_(HANDLED), old, delivery.c.id < newest)

    return which


def _long_ago(days: float) -> Which:
    """Who paused a desk that is paused stays on record."""
    paused = select(hold.c.desk).where(hold.c.paused_at.is_not(None))
    pauses = and_(intervention.c.what == "pause", intervention.c.desk.in_(paused))
    return lambda now: and_(intervention.c.at < now - days * DAY, not_(pauses))


def _of_cases(
    database: Database, which: Which, work: Callable[[Transaction, Sequence[Row[Any]]], int]
) -> Any:
    """The same for cases: none that is woken meanwhile is touched."""

    def with_rows(tx: Transaction, keys: Sequence[Any]) -> int:
        wanted = select(case.c.id, case.c.desk, case.c.ticket).where(case.c.id.in_(keys), which(tx.now))
        rows = tx.run(wanted.with_for_update(of=case, skip_locked=True)).all()
        return work(tx, rows) if rows else 0

    doing: Work = with_rows
    return in_batches(database, case.c.id, which, doing)


def is_at_rest(now: float, days: float) -> ColumnElement[bool]:
    """Nothing happened to a case for so long, nothing will by itself, and nobody has to look at it."""
    before = now - days * DAY
    touched = (case.c.read_at, case.c.written_at, case.c.seen_at, case.c.unreadable_at, case.c.legal_due_at)
    return and_(
        case.c.status.in_(OVER),
        case.c.lease_until <= now,
        *(due.is_(None) for due in (case.c.next_at, case.c.timer_at, case.c.retry_at, case.c.waiting_since)),
        case.c.first_at < before,
        *(func.coalesce(at, 0.0) < before for at in touched),
        not_(_has(clock, or_(clock.c.state != "done", func.coalesce(clock.c.due_at, 0.0) >= before))),
        not_(_has(event, event.c.received_at >= before)),
        not_(_has(action, or_(action.c.state.in_(("planned", "sending")), DEAD_WRITE))),
        not_(_has(message, or_(message.c.state.in_(("planned", "sending")), DEAD_MESSAGE))),
        not_(exists().where(_heard(), or_(delivery.c.state == "new", delivery.c.received_at >= before))),
    )


def _has(table: Table, where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.case_id == case.c.id, where)


def _heard() -> ColumnElement[bool]:
    return and_(delivery.c.desk == case.c.desk, delivery.c.ticket == case.c.ticket)


def _with_writes(days: float) -> Which:
    some = or_(_has(action, action.c.id.is_not(None)), _has(message, message.c.id.is_not(None)))
    return lambda now: and_(is_at_rest(now, days), some)


def _without_writes(tx: Transaction, rows: Sequence[Row[Any]]) -> int:
    """What was decided, and what of it the ticket tells of, is on record elsewhere."""
    ids = [row.id for row in rows]
    tx.run(delete(ledger).where(ledger.c.case_id.in_(ids), ledger.c.how == EFFECTS))
    return sum(
        int(tx.run(delete(table).where(table.c.case_id.in_(ids))).rowcount) for table in (action, message)
    )


def _forgettable(days: float) -> Which:
    """What an effect was found twice by is counted for ever; the newest number is not given out again."""
    newest = select(func.max(case.c.id)).scalar_subquery()
    doubled = _has(event, event.c.type == "doubled")
    return lambda now: and_(is_at_rest(now, days), not_(doubled), case.c.id < newest)


def _forget(days: float) -> Callable[[Transaction, Sequence[Row[Any]]], int]:
    def forget(tx: Transaction, rows: Sequence[Row[Any]]) -> int:
        ids, desks = [row.id for row in rows], {row.desk for row in rows}
        for table in (event, ledger, clock, message, action):
            tx.run(delete(table).where(table.c.case_id.in_(ids)))
        for row in rows:
            tx.run(delete(delivery).where(delivery.c.desk == row.desk, delivery.c.ticket == row.ticket))
        tx.run(update(poll).where(poll.c.desk.in_(desks)).values(forgotten_at=tx.now - days * DAY))
        return int(tx.run(delete(case).where(case.c.id.in_(ids))).rowcount)

    return forget
