"""What operators do by hand, each in his own name and on record: pause a desk, and let it go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import and_, func, select, update

from plugin.casebook.database import Database, Transaction
from plugin.casebook.desk_rows import FOREVER, locked, tell_others
from plugin.casebook.tables import case, hold, intervention, poll
from plugin.errors import StoreError

What = Literal["pause", "resume", "retry", "drop"]


@dataclass(frozen=True, slots=True)
class By:
    """Who does something by hand, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Paused:
    """A desk a person paused. ``since``: seconds since 1970 by the database's clock."""

    desk: str
    since: float
    who: str
    why: str
    waiting: int
    """Cases that are due and wait for it"""


class NoSuchDesk(StoreError):
    """The case book knows no such desk; ``known`` are those it does."""

    def __init__(self, desk: str, known: tuple[str, ...]) -> None:
        super().__init__(desk)
        self.known = known


def put_on_record(tx: Transaction, desk: str, what: What, by: By, subject: str | None = None) -> None:
    """Who did what, and why; ``subject`` is a dead letter's id, none: the desk itself."""
    row = {"at": tx.now, "desk": desk, "what": what, "subject": subject, "who": by.who[:200], "why": by.why}
    tx.run(tx.insert(intervention), row)


def pause(database: Database, desk: str, by: By) -> bool:
    """Nothing is asked of a desk until it is resumed; False where it was paused already.

    It goes on taking webhooks and counting its clocks. A call that has left ends; nothing leaves after it.
    Raises ``NoSuchDesk`` or ``StoreError``.
    """
    with database.write() as tx:
        _check_known(tx, desk)
        row = locked(tx, desk)
        if row.paused_at is not None:
            return False
        values = {"paused_at": tx.now, "wait_until": row.until, "until": FOREVER, "epoch": row.epoch + 1}
        tx.run(update(hold).where(hold.c.desk == desk).values(**values))
        tell_others(tx, desk, row.epoch + 1)
        put_on_record(tx, desk, "pause", by)
        return True


def resume(database: Database, desk: str, by: By) -> bool:
    """A paused desk is asked again, after whatever wait it asked for; False where it was not paused.

    Raises ``NoSuchDesk`` or ``StoreError``.
    """
    with database.write() as tx:
        _check_known(tx, desk)
        row = locked(tx, desk)
        if row.paused_at is None:
            return False
        values = {"paused_at": None, "until": row.wait_until}
        tx.run(update(hold).where(hold.c.desk == desk).values(**values))
        put_on_record(tx, desk, "resume", by)
        return True


def _check_known(tx: Transaction, desk: str) -> None:
    known = set(tx.run(select(poll.c.desk)).scalars())
    if desk not in known and tx.run(select(case.c.id).where(case.c.desk == desk).limit(1)).first() is None:
        raise NoSuchDesk(desk, tuple(sorted(known)))


def paused_desks(tx: Transaction) -> tuple[Paused, ...]:
    """Every desk that is paused, by name."""
    rows = tx.run(select(hold).where(hold.c.paused_at.is_not(None)).order_by(hold.c.desk)).all()
    return tuple(_paused(tx, row.desk, row.paused_at) for row in rows)


def _paused(tx: Transaction, desk: str, since: float) -> Paused:
    mine = and_(intervention.c.desk == desk, intervention.c.what == "pause")
    row = tx.run(select(intervention).where(mine).order_by(intervention.c.id.desc()).limit(1)).first()
    due = and_(case.c.desk == desk, case.c.next_at <= tx.now)
    waiting = tx.run(select(func.count()).select_from(case).where(due)).scalar_one()
    return Paused(desk, since, row.who if row else "", row.why if row else "", int(waiting))
