"""How far each desk's list of changed tickets has been looked through: every statement on that.

One node at a time looks at a desk, one page at a time; each page is on record before the next is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, func, literal, or_, select, update
from sqlalchemy import case as when

from plugin.casebook.database import Database, Transaction
from plugin.casebook.doors import UNHINDERED, DoorShut, Entered, enter, has_room, shut_desks, spread_desks
from plugin.casebook.holds import Holds
from plugin.casebook.lately import added
from plugin.casebook.tables import case, hold, poll
from plugin.desk.helpdesk import Position
from plugin.errors import StoreError

AFTER_OUTAGE = 30.0
"""Seconds between two looks because of an outage: one may come upon another."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A look in progress. Times in seconds since 1970."""

    position: Position
    began_at: float
    """By the database's clock."""
    mark: float
    """By the helpdesk's clock: what changed up to then had been looked at when it began."""
    newest: float | None = None
    """By the helpdesk's clock: the newest change met so far."""
    is_asked: bool = False
    """After a start or an outage: nobody may have heard a webhook, so none is waited for."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A desk's list in a worker's hands."""

    desk: str
    fence: int
    now: float
    began_at: float
    floor: float | None
    mark: float | None
    covered_at: float | None
    walk: Walk | None
    is_asked: bool
    attempts: int
    missed_lately: str | None = None
    """Changes of the last day that no webhook told of, as ``lately`` keeps them."""
    entered: Entered = UNHINDERED


def begin(database: Database, desks: Collection[str], *, is_start: bool) -> None:
    """Know these desks, and at a start have the list of each looked through now."""
    with database.write() as tx:
        for desk in sorted(desks):
            tx.run(tx.insert(poll).on_conflict_do_nothing(index_elements=["desk"]), _new(tx, desk))
            if is_start:
                _ask(tx, desk)


def _new(tx: Transaction, desk: str) -> dict[str, Any]:
    """A desk with cases already was known since the first of them."""
    first = tx.run(select(func.min(case.c.first_at)).where(case.c.desk == desk)).scalar()
    counts = dict.fromkeys(("lease_until", "fence", "attempts", "walks", "missed"), 0)
    began_at = tx.now if first is None else first
    return {"desk": desk, "began_at": began_at, "is_asked": True, "next_at": tx.now, **counts}


def _ask(tx: Transaction, desk: str) -> None:
    """Have a whole look begun from now on; one in progress goes on first, and does not count as that."""
    row = tx.run(select(poll.c.walk).where(poll.c.desk == desk).with_for_update()).one()
    walk = _dumped(replace(_loaded(row.walk), is_asked=False)) if row.walk else None
    again = {"is_asked": True, "next_at": tx.now, "attempts": 0, "walk": walk}
    tx.run(update(poll).where(poll.c.desk == desk).values(**again))


def take(database: Database, desks: Collection[str], lease: float, holds: Holds | None = None) -> Poll | None:
    """Take the list that is due longest for ``lease`` seconds; None where none is, or others have them.

    A page of a list passes its desk's door as a case does.
    """
    with database.read() as tx:
        if tx.run(_due(desks, tx.now).limit(1)).first() is None:
            return None
    with suppress(DoorShut), database.write() as tx:
        return _take(tx, desks, lease, database.holder, holds or Holds(database))
    return None


def _take(tx: Transaction, desks: Collection[str], lease: float, holder: str, holds: Holds) -> Poll | None:
    """Raises ``DoorShut``."""
    due = _due(desks, tx.now).order_by(poll.c.next_at).limit(1).with_for_update(skip_locked=True)
    first = tx.run(due).scalar()
    if first is None:
        return None
    toll = replace(holds.toll(first), calls=1.0, usual=1.0)
    entered = enter(tx, first, toll, is_gravest=False, probe=lease, holder=holder)
    mine = poll.c.desk == first
    if toll.at_once is not None:
        mine = and_(mine, has_room(literal(first), literal(toll.at_once), literal(tx.now)))
    taken = update(poll).where(mine).values(fence=poll.c.fence + 1, lease_until=tx.now + lease)
    row = tx.run(taken.returning(*poll.c)).one_or_none()
    if row is None:
        raise DoorShut(first)
    holds.entered(first, toll, entered)
    return _taken(row, tx.now, entered, is_outage=_was_out(tx, row))


def _due(desks: Collection[str], now: float) -> Any:
    shut = or_(shut_desks(literal(now)), spread_desks(literal(now)))
    held = select(hold.c.desk).where(shut)
    is_free = and_(poll.c.lease_until < now, poll.c.desk.in_(sorted(desks)), poll.c.desk.not_in(held))
    return select(poll.c.desk).where(is_free, or_(poll.c.next_at <= now, _is_out(now)))


def _is_out(now: float) -> Any:
    """The desk was on hold since the last look began."""
    last = func.coalesce(poll.c.covered_at, now)
    over = and_(hold.c.desk == poll.c.desk, hold.c.until > last, last < now - AFTER_OUTAGE)
    return and_(poll.c.attempts == 0, select(hold.c.desk).where(over).exists())


def _was_out(tx: Transaction, row: Row[Any]) -> bool:
    until = tx.run(select(hold.c.until).where(hold.c.desk == row.desk)).scalar()
    return until is not None and row.covered_at is not None and until > row.covered_at


def _taken(row: Row[Any], now: float, entered: Entered, *, is_outage: bool) -> Poll:
    return Poll(
        desk=row.desk,
        fence=row.fence,
        now=now,
        began_at=row.began_at,
        floor=row.floor,
        mark=row.mark,
        covered_at=row.covered_at,
        walk=_loaded(row.walk) if row.walk else None,
        is_asked=row.is_asked or is_outage,
        attempts=row.attempts,
        missed_lately=row.missed_lately,
        entered=entered,
    )


def _loaded(text: str) -> Walk:
    stored = json.loads(text)
    return Walk(**{**stored, "position": Position(**stored["position"])})


def _dumped(walk: Walk) -> str:
    return json.dumps(asdict(walk), separators=(",", ":"))


class LostPoll(StoreError):
    """Another node looks through this list now."""


def keep(tx: Transaction, taken: Poll, **values: Any) -> None:
    """Write to a list we hold, and let it go; raises ``LostPoll``."""
    mine = and_(poll.c.desk == taken.desk, poll.c.fence == taken.fence)
    if not tx.run(update(poll).where(mine).values(lease_until=0.0, **values)).rowcount:
        raise LostPoll(f"the list of {taken.desk} was taken over")


def go_on(tx: Transaction, taken: Poll, walk: Walk, *, mark: float | None, missed: int, floor: float) -> None:
    """A page is done, the next one is due."""
    keep(
        tx,
        taken,
        walk=_dumped(walk),
        mark=mark,
        floor=floor,
        next_at=tx.now,
        attempts=0,
        problem=None,
        is_asked=_is_still_asked(taken, walk),
        **_missed(tx, taken, missed),
    )


def end(
    tx: Transaction,
    taken: Poll,
    walk: Walk,
    *,
    mark: float | None,
    missed: int,
    floor: float,
    pause: float,
) -> None:
    """The last page is done; the next look comes after ``pause`` seconds, at once if asked for since."""
    keep(
        tx,
        taken,
        walk=None,
        mark=mark,
        floor=floor,
        covered_at=walk.began_at,
        next_at=tx.now + (0.0 if _is_still_asked(taken, walk) else pause),
        attempts=0,
        problem=None,
        walks=poll.c.walks + 1,
        is_asked=_is_still_asked(taken, walk),
        **_missed(tx, taken, missed),
    )


def _missed(tx: Transaction, taken: Poll, count: int) -> dict[str, Any]:
    return {
        "missed": poll.c.missed + count,
        "missed_lately": added(taken.missed_lately, tx.now, count),
    }


def _is_still_asked(taken: Poll, walk: Walk) -> bool:
    """A look that began before it was asked for does not count as the one that was."""
    return taken.is_asked and not walk.is_asked


def put_off(database: Database, taken: Poll, walk: Walk | None, pause: float, problem: str) -> None:
    """A page could not be had: again after ``pause`` seconds, without ``walk`` from the beginning."""
    with database.write() as tx:
        keep(
            tx,
            taken,
            walk=_dumped(walk) if walk else None,
            is_asked=_is_still_asked(taken, walk) if walk else taken.is_asked,
            next_at=tx.now + pause,
            attempts=taken.attempts + 1,
            problem=problem[:40],
        )


def next_look(database: Database, desks: Collection[str]) -> float:
    """Seconds until the first list of these desks is due and free, not below 0."""
    with database.read() as tx:
        at = when((poll.c.lease_until > poll.c.next_at, poll.c.lease_until), else_=poll.c.next_at)
        first = tx.run(select(func.min(at)).where(poll.c.desk.in_(sorted(desks)))).scalar()
        return AFTER_OUTAGE if first is None else max(0.0, float(first) - tx.now)


@dataclass(frozen=True, slots=True)
class PollState:
    """How well a desk's list is looked through; for people and metrics. Seconds."""

    desk: str
    missed: int
    """Tickets found changed, or new, that no webhook had told of; our own writes do not count."""
    walks: int
    """Whole looks so far."""
    age: float | None
    """How long ago the last whole look began; None: there was none yet."""
    problem: str | None
    """Why the last try failed."""


def poll_states(database: Database) -> tuple[PollState, ...]:
    """Every desk's list; raises ``StoreError``."""
    with database.read() as tx:
        return states(tx)


def states(tx: Transaction) -> tuple[PollState, ...]:
    """The same, inside a look at more."""
    return tuple(
        PollState(
            desk=row.desk,
            missed=row.missed,
            walks=row.walks,
            age=None if row.covered_at is None else round(max(0.0, tx.now - row.covered_at), 1),
            problem=row.problem,
        )
        for row in tx.run(select(poll).order_by(poll.c.desk))
    )
