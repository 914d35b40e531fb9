"""Desks to which nothing is written because the time cannot be believed: on record for every process to show.

A process that holds back says so again and again; what nobody says any more is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select, update

from plugin.casebook.database import Database, Transaction
from plugin.casebook.desk_rows import locked
from plugin.casebook.tables import hold

FRESH = 30.0
"""Seconds after which what a process said is over; it says it far more often."""


@dataclass(frozen=True, slots=True)
class ClockHeld:
    """A desk that is held back. ``since``: seconds since 1970 by the database's clock."""

    desk: str
    since: float
    seconds: float
    """By how much the clock of the process that holds back is off: above 0, ahead."""


def tell(database: Database, off: Mapping[str, float]) -> None:
    """This process holds these desks back: desk → seconds its clock is off. Raises ``StoreError``."""
    for desk in sorted(off):
        with database.write() as tx:
            row = locked(tx, desk)
            is_known = row.clock_at is not None and abs(tx.now - row.clock_at) < FRESH
            since = row.clock_since if is_known else tx.now
            values = {"clock_off": off[desk], "clock_since": since, "clock_at": tx.now}
            tx.run(update(hold).where(hold.c.desk == desk).values(**values))


def clock_held(tx: Transaction) -> tuple[ClockHeld, ...]:
    """Every desk that some process holds back, by name."""
    fresh = and_(hold.c.clock_at > tx.now - FRESH, hold.c.clock_at < tx.now + FRESH)
    rows = tx.run(select(hold).where(fresh).order_by(hold.c.desk))
    return tuple(ClockHeld(row.desk, row.clock_since, round(row.clock_off, 1)) for row in rows)
