"""After the clock was set back: what waits for a time that is no more is due, what was in hand is free."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update
from sqlalchemy import case as when

from plugin.casebook.database import Database, Transaction
from plugin.casebook.desk_rows import forgotten
from plugin.casebook.tables import action, case, clock, delivery, hold, message, poll

AHEAD = 120.0
"""Seconds ahead at which no lease, unknown outcome or read lies by a clock that only goes on."""


def is_ahead(database: Database) -> bool:
    """Whether a ticket was read at a time that has not come yet: the clock went back since."""
    with database.read() as tx:
        return tx.run(select(case.c.id).where(case.c.read_at > tx.now + AHEAD).limit(1)).first() is not None


def has_news_ahead(database: Database) -> bool:
    """Whether a delivery nobody read came at a time that is not yet: its case would wait for that time."""
    with database.read() as tx:
        ahead = and_(delivery.c.state == "new", delivery.c.received_at > tx.now + AHEAD)
        return tx.run(select(delivery.c.id).where(ahead).limit(1)).first() is not None


def start_afresh(database: Database) -> int:
    """Every open case, and whatever waits for later, is due now; how many cases that is."""
    with database.write() as tx:
        ahead = tx.now + AHEAD
        tx.run(update(case).where(case.c.lease_until > ahead).values(lease_until=0.0))
        tx.run(update(message).where(message.c.next_try > tx.now).values(next_try=tx.now))
        _look_afresh(tx)
        unknown = and_(action.c.state == "sending", action.c.not_after > ahead)
        tx.run(update(action).where(unknown).values(not_after=tx.now))
        open_ = select(clock.c.case_id).where(clock.c.case_id == case.c.id, clock.c.state != "done").exists()
        again = (
            update(case)
            .where(or_(case.c.next_at > tx.now, open_))
            .values(next_at=tx.now, waiting_since=None, wake=case.c.wake + 1)
        )
        count = int(tx.run(again).rowcount)
        tx.run(update(hold).values(**forgotten(ahead, tx.now)))
        return count


def _look_afresh(tx: Transaction) -> None:
    """Nothing counts as read later than now, and the helpdesks' lists are looked through at once."""
    tx.run(update(case).where(case.c.seen_at > tx.now).values(seen_at=None))
    before = when((poll.c.covered_at > tx.now, tx.now), else_=poll.c.covered_at)
    tx.run(update(poll).values(covered_at=before, next_at=tx.now, lease_until=0.0, is_asked=True))
