"""Chores: what one process of all does once in a while, on record so that no other does it too."""

from __future__ import annotations

from sqlalchemy import and_, or_, update

from plugin.casebook.database import Database, Transaction
from plugin.casebook.tables import chore

LEASE = 600.0
"""Seconds after which a chore whose process says nothing is anybody's."""
ABSENT = 7.0
"""A chore that was due so many of its own pauses ago waits one more: either nobody was here, or the clock
was set far ahead, and by then somebody has noticed."""


def take(database: Database, name: str, every: float) -> bool:
    """Take a chore that is done every so many seconds; False while it is not due or another does it.

    Raises ``StoreError``.
    """
    with database.write() as tx:
        first = {"name": name, "next_at": tx.now, "lease_until": 0.0}
        tx.run(tx.insert(chore).values(first).on_conflict_do_nothing(index_elements=["name"]))
        if _waits_once_more(tx, name, every):
            return False
        mine = {"lease_until": tx.now + LEASE, "holder": database.holder}
        due = or_(chore.c.next_at <= tx.now, chore.c.next_at > tx.now + every)
        free = or_(chore.c.lease_until <= tx.now, chore.c.lease_until > tx.now + LEASE)
        taken = update(chore).where(chore.c.name == name, due, free).values(**mine)
        return bool(tx.run(taken).rowcount)


def _waits_once_more(tx: Transaction, name: str, every: float) -> bool:
    long_ago = and_(chore.c.name == name, chore.c.next_at < tx.now - ABSENT * every)
    return bool(tx.run(update(chore).where(long_ago).values(next_at=tx.now + every)).rowcount)


def keep(tx: Transaction, name: str, holder: str) -> bool:
    """Go on with a chore for as long again; False where another has taken it."""
    mine = and_(chore.c.name == name, chore.c.holder == holder, chore.c.lease_until > 0)
    return bool(tx.run(update(chore).where(mine).values(lease_until=tx.now + LEASE)).rowcount)


def due(database: Database, name: str) -> None:
    """Have a chore done as soon as somebody takes it, unless one is at it. Raises ``StoreError``."""
    with database.write() as tx:
        row = {"name": name, "next_at": tx.now, "lease_until": 0.0}
        again = {"next_at": tx.now}
        tx.run(tx.insert(chore).values(row).on_conflict_do_update(index_elements=["name"], set_=again))


def end(database: Database, name: str, *, next_in: float, is_done: bool) -> None:
    """Let a chore of ours go; it is due again ``next_in`` seconds from now. Raises ``StoreError``."""
    with database.write() as tx:
        mine = and_(chore.c.name == name, chore.c.holder == database.holder)
        row = {"lease_until": 0.0, "next_at": tx.now + next_in, **({"done_at": tx.now} if is_done else {})}
        tx.run(update(chore).where(mine).values(**row))


def mark(database: Database, name: str) -> None:
    """Put on record that something was done just now. Raises ``StoreError``."""
    with database.write() as tx:
        row = {
            "name": name,
            "next_at": tx.now,
            "lease_until": 0.0,
            "holder": database.holder,
            "done_at": tx.now,
        }
        again = {"holder": database.holder, "done_at": tx.now}
        tx.run(tx.insert(chore).values(row).on_conflict_do_update(index_elements=["name"], set_=again))
