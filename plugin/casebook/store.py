"""The case book: every statement on cases, one small function each.

A worker claims a case with a new fence; whatever it writes later holds only while that fence stands
(``Superseded`` otherwise). No transaction is open while a helpdesk is called.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Double, Integer, Row, String, Text, and_, bindparam, func, literal, select, update
from sqlalchemy import case as when

from plugin.casebook.actions import OVERTAKEN, Ending, bury_dead, open_action, replan
from plugin.casebook.claims import Claim, OpenAction, Superseded, still_ours
from plugin.casebook.database import Database, Transaction
from plugin.casebook.doors import (
    NOW,
    DoorShut,
    Entered,
    enter,
    fallen_due,
    has_room,
    is_open,
    opens_at,
    urgency,
)
from plugin.casebook.history import CaseEvent, stored
from plugin.casebook.holds import Holds
from plugin.casebook.ledgers import add_rows, correct, drop_unsent, ledger_rows, post, show_clocks, withdraw
from plugin.casebook.memory import Memory, dumped, loaded
from plugin.casebook.tables import action, case, clock, delivery, event, hold, message, poll
from plugin.casebook.timers import NO_TIME, Timed, earliest
from plugin.core.effects import Effects
from plugin.core.plan import HIGHEST_RANK
from plugin.errors import StoreError

PATIENCE = 3
"""How often a case is read again in a row because more of it arrived before somebody is told."""


class News(StoreError):
    """More of the case arrived while it was read."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one decision puts on record."""

    status: str
    level: str | None
    peak_level: str | None
    rank: int
    memory: Memory
    stamp: str | None
    merged_into: str | None
    events: tuple[CaseEvent, ...]
    effects: Effects
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What the read showed, to be compared with a list of tickets: see ``faces``."""
    before: Ending = OVERTAKEN
    """What became of the action that was open before, unless it is sent again."""
    timed: Timed = NO_TIME
    how: str | None = None
    """What the ledger says instead of ``fired``, where the desk only watches."""


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
    """A ticket that is read first was unknown for as long as its desk was; what is on record stands."""
    known: float | None = row.known_since
    if known is not None or row.read_at is not None:
        return known
    began: float | None = tx.run(_BEGAN, {"of_desk": row.desk}).scalar()
    return began


_BEGAN = select(poll.c.began_at).where(poll.c.desk == bindparam("of_desk"))


def record(database: Database, claimed: Claim, planned: Planned) -> OpenAction | None:
    """Put a decision on record in one transaction; the action to send, where something differs.

    Raises ``News`` where somebody would be told and more arrived since the case was claimed: it may be the
    answer, and is read first.
    """
    with database.write() as tx:
        if planned.timed.letters and claimed.attempts < PATIENCE and _is_woken(tx, claimed):
            raise News(f"case {claimed.id} was heard of again")
        still_ours(
            tx,
            claimed,
            status=planned.status,
            level=planned.level,
            peak_level=planned.peak_level,
            rank=planned.rank,
            memory=dumped(planned.memory),
            stamp=planned.stamp,
            merged_into=planned.merged_into,
            read_at=tx.now,
            unreadable_at=None,
            timer_at=planned.timed.next_at,
            legal_due_at=planned.timed.legal_due_at,
            retry_at=None,
            known_since=claimed.known_since,
            **planned.shown,
        )
        if claimed.memory.refused and not planned.memory.refused:
            bury_dead(tx, claimed.id)
        add_events(tx, claimed.id, planned.events)
        _keep_time(tx, claimed, planned)
        mark_read(tx, claimed)
        return replan(tx, claimed, planned.effects, planned.before)


def _is_woken(tx: Transaction, claimed: Claim) -> bool:
    wake = tx.run(select(case.c.wake).where(case.c.id == claimed.id).with_for_update()).scalar_one()
    return bool(wake != claimed.seen)


def _keep_time(tx: Transaction, claimed: Claim, planned: Planned) -> None:
    """What the clocks decided: once on record, nothing of it is decided again."""
    timed = planned.timed
    add_rows(tx, claimed.id, timed.sends.rows, planned.how)
    withdraw(tx, claimed.id, claimed.planned - {row.key for row in timed.sends.rows})
    if planned.how is None:
        correct(tx, claimed.id, timed.sends.corrections)
    drop_unsent(tx, claimed.id, timed.over)
    post(tx, claimed.id, timed.letters)
    show_clocks(tx, {claimed.id: timed.cycles})


def add_events(tx: Transaction, case_id: int, events: Sequence[CaseEvent]) -> int:
    """Put events on record, each source id once; how many of them were new."""
    rows = [
        {
            "case_id": case_id,
            "source_id": e.source_id[:300],
            "type": e.type,
            "at": e.at,
            "received_at": tx.now,
            "facts": json.dumps(e.facts),
        }
        for e in events
    ]
    once = tx.insert(event).on_conflict_do_nothing(index_elements=["case_id", "source_id"])
    return sum(max(tx.run(once, row).rowcount, 0) for row in rows)


def mark_read(tx: Transaction, claimed: Claim) -> None:
    """The deliveries that stood when the case was claimed have been looked into."""
    tx.run(_SEEN, {"of_desk": claimed.desk, "of_ticket": claimed.ticket, "newest": claimed.newest_delivery})


_SEEN = (
    update(delivery)
    .where(
        delivery.c.desk == bindparam("of_desk"),
        delivery.c.ticket == bindparam("of_ticket"),
        delivery.c.id <= bindparam("newest"),
        delivery.c.state == "new",
    )
    .values(state="read")
)


def release(
    database: Database,
    claimed: Claim,
    next_in: float | None,
    *,
    attempts: int = 0,
    problem: dict[str, Any] | None = None,
    has_moved: bool = True,
) -> None:
    """Let the case go until ``next_in`` seconds from now (None: until something happens).

    One that has not moved waits since it fell due, however often it is tried.
    """
    with database.write() as tx:
        row = {
            "this_case": claimed.id,
            "my_fence": claimed.fence,
            "seen": claimed.seen,
            "computed": None if next_in is None else tx.now + next_in,
            "now": tx.now,
            "attempts": attempts,
            "problem": json.dumps(problem) if problem else None,
            "waiting": None if has_moved else claimed.due_since,
        }
        if not tx.run(_RELEASE, row).rowcount:
            raise Superseded(f"case {claimed.id} was taken over")


_RELEASE = (
    update(case)
    .where(case.c.id == bindparam("this_case"), case.c.fence == bindparam("my_fence"))
    .values(
        lease_until=0.0,
        attempts=bindparam("attempts", type_=Integer()),
        problem=bindparam("problem", type_=Text()),
        waiting_since=bindparam("waiting", type_=Double()),
        next_at=when(
            (case.c.wake == bindparam("seen"), bindparam("computed", type_=Double())),
            else_=bindparam("now", type_=Double()),
        ),
    )
)


def hand_back(database: Database, claimed: Claim) -> None:
    """Let a case go in whose middle the case book failed: nothing of it will leave us any more.

    It is due at once; what the helpdesk took of a write in flight is for the next read. Where the case is
    somebody else's by now nothing is done. Raises ``StoreError``.
    """
    with database.write() as tx:
        mine = and_(case.c.id == claimed.id, case.c.fence == claimed.fence)
        if tx.run(update(case).where(mine).values(lease_until=0.0, next_at=tx.now)).rowcount:
            ours = and_(action.c.case_id == claimed.id, action.c.state == "sending")
            unknown = and_(ours, action.c.not_after > tx.now)
            tx.run(update(action).where(unknown).values(not_after=tx.now))


def seconds_to_due(database: Database) -> float | None:
    """Seconds until the next case, clock or message is due and free, not below 0; None where nothing is."""
    with database.read() as tx:
        free_at = _once_free(case.c.next_at)
        open_at = opens_at(literal(tx.now))
        at = when((open_at > free_at, open_at), else_=free_at)
        joined = case.outerjoin(hold, hold.c.desk == case.c.desk)
        soon = tx.now + 60.0
        soonest = [
            tx.run(select(func.min(at)).select_from(joined).where(case.c.next_at <= soon)).scalar(),
            tx.run(select(func.min(_once_free(case.c.timer_at))).where(case.c.timer_at <= soon)).scalar(),
            tx.run(select(func.min(message.c.next_try)).where(message.c.state == "planned")).scalar(),
        ]
        first = earliest(soonest)
        return None if first is None else max(0.0, first - tx.now)


def _once_free(at: Any) -> Any:
    """A case somebody has is not due before its lease ends."""
    return when((case.c.lease_until > at, case.c.lease_until), else_=at)


def cannot_read(database: Database, claimed: Claim, patience: float) -> None:
    """The ticket could not be read: what is owed is looked at ``patience`` seconds after, once."""
    since = claimed.unreadable_at if claimed.unreadable_at is not None else claimed.now
    with database.write() as tx:
        owed_at = since + patience if claimed.planned and since + patience > tx.now else None
        still_ours(tx, claimed, unreadable_at=since, timer_at=earliest([claimed.timer_at, owed_at]))


def look_again(database: Database, desk: str) -> int:
    """A new calendar is published: every case of the desk with an open clock is due; how many that is."""
    open_ = select(clock.c.case_id).where(clock.c.case_id == case.c.id, clock.c.state != "done")
    with database.write() as tx:
        waiting = and_(case.c.desk == desk, open_.exists())
        at = when((case.c.next_at <= tx.now, case.c.next_at), else_=tx.now)
        again = update(case).where(waiting).values(next_at=at, wake=case.c.wake + 1)
        return int(tx.run(again).rowcount)


def void_leases(database: Database) -> None:
    """At start the lock file says nobody else serves: what an earlier process held is free.

    It is dead, so nothing of its calls can leave any more; their outcome is only to be read. A message it
    was sending may have arrived or not, and goes again.
    """
    with database.write() as tx:
        free_all(tx)


def free_all(tx: Transaction) -> None:
    """Nobody works on this case book: see ``void_leases``."""
    tx.run(update(case).where(case.c.lease_until > 0).values(lease_until=0.0))
    tx.run(update(poll).where(poll.c.lease_until > 0).values(lease_until=0.0))
    tx.run(update(hold).where(hold.c.probe_until > 0).values(probe_until=0.0))
    unknown = and_(action.c.state == "sending", action.c.not_after > tx.now)
    tx.run(update(action).where(unknown).values(not_after=tx.now))
    again = {"state": "planned", "may_have_arrived": True, "next_try": tx.now}
    tx.run(update(message).where(message.c.state == "sending").values(**again))


def set_gone(database: Database, claimed: Claim) -> None:
    """The ticket is deleted or out of sight: the case is kept, and a person is told."""
    with database.write() as tx:
        still_ours(tx, claimed, status="gone")
        if claimed.status != "gone":
            add_events(tx, claimed.id, [CaseEvent(f"gone:{claimed.fence}", "gone", tx.now, {})])
        mark_read(tx, claimed)
