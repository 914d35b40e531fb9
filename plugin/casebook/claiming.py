"""Taking a case: the gravest that is due, or the longest-waiting, past its desk's door."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Double, Integer, Row, String, Text, and_, bindparam, func, select, update

from plugin.casebook.actions import open_action
from plugin.casebook.claims import Claim
from plugin.casebook.database import Database, Transaction
from plugin.casebook.doors import NOW, DoorShut, Entered, enter, fallen_due, has_room, is_open, urgency
from plugin.casebook.history import stored
from plugin.casebook.holds import Holds
from plugin.casebook.ledgers import ledger_rows
from plugin.casebook.memory import loaded
from plugin.casebook.tables import case, delivery, poll
from plugin.core.plan import HIGHEST_RANK


def claim(
    database: Database, lease: float, *, longest_waiting: bool, holds: Holds | None = None
) -> Claim | None:
    """Take the gravest due case (or the longest-waiting one) for ``lease`` seconds.

    ``holds`` knows how many calls each desk may be asked; a desk that has no room for more is passed over.
    """
    holds, full = holds or Holds(database), set[str]()
    while True:
        try:
            with database.write() as tx:
                claimed = _claim(tx, database.holder, lease, longest_waiting, holds, full)
        except DoorShut as shut:
            full.add(shut.desk)
            continue
        holds.was_full = bool(full)
        return claimed


def _claim(
    tx: Transaction, holder: str, lease: float, longest_waiting: bool, holds: Holds, full: Collection[str]
) -> Claim | None:
    """Pick a case, pass its desk's door, take it; raises ``DoorShut``."""
    first = tx.run(_picking(longest_waiting), {"now": tx.now, "full": list(full)}).one_or_none()
    if first is None:
        return None
    toll, is_gravest = holds.toll(first.desk), first.urgency >= HIGHEST_RANK
    entered = enter(tx, first.desk, toll, is_gravest=is_gravest, probe=lease, holder=holder)
    mine = {"this_case": first.id, "of_desk": first.desk, "now": tx.now, "until": tx.now + lease}
    mine |= {"holder": holder, "most": toll.at_once}
    found = tx.run(_taking(toll.at_once is not None), mine).one_or_none()
    if found is None:
        raise DoorShut(first.desk)
    holds.entered(first.desk, toll, entered)
    return _claimed(tx, found, entered)


@cache
def _picking(longest_waiting: bool) -> Any:
    due = and_(case.c.next_at <= NOW, case.c.lease_until < NOW, is_open(NOW))
    not_full = case.c.desk.not_in(bindparam("full", expanding=True))
    order = (fallen_due(),) if longest_waiting else (urgency(NOW).desc(), fallen_due())
    picked = select(case.c.id, case.c.desk, urgency(NOW).label("urgency")).where(due, not_full)
    return picked.order_by(*order).limit(1).with_for_update(of=case, skip_locked=True)


@cache
def _taking(is_limited: bool) -> Any:
    mine = case.c.id == bindparam("this_case")
    room = has_room(bindparam("of_desk", type_=String()), bindparam("most", type_=Integer()), NOW)
    return (
        update(case)
        .where(and_(mine, room) if is_limited else mine)
        .values(
            fence=case.c.fence + 1,
            lease_until=bindparam("until", type_=Double()),
            holder=bindparam("holder", type_=Text()),
            is_called=True,
        )
        .returning(*case.c)
    )


_NEWEST = select(func.max(delivery.c.id)).where(
    delivery.c.desk == bindparam("desk"), delivery.c.ticket == bindparam("ticket")
)


def _claimed(tx: Transaction, row: Row[Any], entered: Entered) -> Claim:
    rows = ledger_rows(tx, [row.id])[row.id]
    return Claim(
        id=row.id,
        desk=row.desk,
        ticket=row.ticket,
        fence=row.fence,
        seen=row.wake,
        newest_delivery=tx.run(_NEWEST, {"desk": row.desk, "ticket": row.ticket}).scalar() or 0,
        status=row.status,
        rank=row.rank,
        memory=loaded(row.memory),
        stamp=row.stamp,
        merged_into=row.merged_into,
        first_at=row.first_at,
        written_at=row.written_at,
        now=tx.now,
        attempts=row.attempts,
        open_action=open_action(tx, row.id),
        history=tuple(stored(tx, [row.id])[row.id]),
        ledger=rows.decided,
        planned=frozenset(rows.planned),
        unreadable_at=row.unreadable_at,
        timer_at=row.timer_at,
        read_at=row.read_at,
        due_since=row.next_at if row.waiting_since is None else row.waiting_since,
        written=tuple(json.loads(row.written or "[]")),
        retry_at=row.retry_at,
        entered=entered,
        known_since=_known_since(tx, row),
    )


def _known_since(tx: Transaction, row: Row[Any]) -> float | None:
    """A ticket that is read first was unknown for as long as its desk was; what is on record stands.

    One that was at rest for long may have been forgotten: what was due by then was seen to.
    """
    known: float | None = row.known_since
    if known is not None or row.read_at is not None:
        return known
    since = tx.run(_SINCE, {"of_desk": row.desk}).first()
    return None if since is None else max(since.began_at, since.forgotten_at or 0.0)


_SINCE = select(poll.c.began_at, poll.c.forgotten_at).where(poll.c.desk == bindparam("of_desk"))
