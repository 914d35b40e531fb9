"""After the clock was set back: what waits for a time that is no more is due, what was in hand is free."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update

from plugin.casebook.database import Database
from plugin.casebook.desk_rows import forgotten
from plugin.casebook.tables import action, case, clock, hold, message

AHEAD = 120.0
"""Seconds ahead at which no lease, unknown outcome or read lies by a clock that only goes on."""


def is_ahead(database: Database) -> bool:
    """Whether a ticket was read at a time that has not come yet: the clock went back since."""
    with database.read() as tx:
        return tx.run(select(case.c.id).where(case.c.read_at > tx.now + AHEAD).limit(1)).first() is not None


def start_afresh(database: Database) -> int:
    """Every open case, and whatever waits for later, is due now; how many cases that is."""
    with database.write() as tx:
        ahead = tx.now + AHEAD
        tx.run(update(case).where(case.c.lease_until > ahead).values(lease_until=0.0))
        tx.run(update(message).where(message.c.next_try > tx.now).values(next_try=tx.now))
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
