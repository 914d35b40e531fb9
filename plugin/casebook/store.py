"""The case book: every statement on cases, one small function each.

A worker claims a case with a new fence; whatever it writes later holds only while that fence stands
(``Superseded`` otherwise). No transaction is open while a helpdesk is called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, select, update
from sqlalchemy import case as when

from plugin.casebook.actions import OVERTAKEN, Ending, bury_dead, replan
from plugin.casebook.claims import Claim, OpenAction, let_go, still_ours
from plugin.casebook.database import Database, Transaction, insert
from plugin.casebook.doors import opens_at
from plugin.casebook.history import CaseEvent
from plugin.casebook.ledgers import add_rows, correct, drop_unsent, post, show_clocks, withdraw
from plugin.casebook.memory import Memory, dumped
from plugin.casebook.tables import action, case, clock, delivery, event, hold, message, poll
from plugin.casebook.timers import NO_TIME, Timed, earliest
from plugin.core.effects import Effects
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
            known_since=claimed.known_since,
            **planned.shown,
        )
        _try_again(tx, claimed)
        if _is_asked_again(claimed) and not planned.memory.refused:
            bury_dead(tx, claimed.id)
        add_events(tx, claimed.id, planned.events)
        _keep_time(tx, claimed, planned)
        mark_read(tx, claimed)
        return replan(tx, claimed, planned.effects, planned.before)


def _is_asked_again(claimed: Claim) -> bool:
    return bool(claimed.memory.refused) or claimed.retry_at is not None


def _try_again(tx: Transaction, claimed: Claim) -> None:
    """What was asked for is done with; what was asked for since the case was claimed still stands."""
    if claimed.retry_at is not None:
        asked = and_(case.c.id == claimed.id, case.c.retry_at <= claimed.retry_at)
        tx.run(update(case).where(asked).values(retry_at=None))


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


def add_events(tx: Transaction, case_id: int, events: Sequence[CaseEvent]) -> None:
    """Put events on record in their order, each source id once."""
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
    if rows:
        tx.run(_happening(tx.dialect), rows)


@cache
def _happening(dialect: str) -> Any:
    return insert(dialect, event).on_conflict_do_nothing(index_elements=["case_id", "source_id"])


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
        let_go(tx, claimed, next_in, attempts=attempts, problem=problem, has_moved=has_moved)


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
