"""What fell due by time alone, many cases in one go: put on record without asking the helpdesk.

Nothing goes out from here but what is owed whether or not the ticket can be read: the others wait, as
planned, until their case was read, for an answer may stand there that no webhook told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from sqlalchemy import BindParameter, Double, Row, Text, and_, bindparam, func, select, update
from sqlalchemy import case as when

from plugin.casebook.clock import ClockWatch
from plugin.casebook.database import Database, Transaction
from plugin.casebook.desks import DeskInUse, Desks
from plugin.casebook.doors import urgency
from plugin.casebook.history import Stored, history, stored
from plugin.casebook.ledgers import Rows, add_rows, ledger_rows, plan_rows, post, show_clocks
from plugin.casebook.memory import loaded
from plugin.casebook.published import PublishedVersions
from plugin.casebook.tables import case, hold
from plugin.casebook.timers import NO_TIME, Letter, Timed, earliest, must_send, sent_rows, time_case
from plugin.core.modes import in_mode
from plugin.core.timekeeping import LedgerRow

log = structlog.get_logger()

BATCH = 500
"""Cases taken in one go."""
UNREADABLE = 60
"""Seconds a ticket may stay unreadable before what is owed goes out all the same."""
AGAIN = 60.0
"""Seconds after which a case that was not evaluated is looked at again."""


@dataclass(frozen=True, slots=True)
class _Due:
    """One case of a batch, evaluated."""

    row: Row[Any]
    timed: Timed = NO_TIME
    owed: tuple[LedgerRow, ...] = ()
    letters: tuple[Letter, ...] = ()
    unreadable_at: float | None = None
    failed: bool = False
    is_held: bool = False
    """The time cannot be believed: nothing is decided by it."""


class Sweep:
    """Finds the cases whose clocks reached an instant, and puts on record what fell due."""

    def __init__(
        self,
        database: Database,
        desks: Desks,
        lease: float,
        published: PublishedVersions | None = None,
        clock: ClockWatch | None = None,
    ) -> None:
        self._clock = clock or ClockWatch()
        self._database = database
        self._desks = desks
        self._lease = lease
        self._published = published or PublishedVersions(database)

    def __call__(self) -> int:
        """One batch; how many cases it took. Raises ``StoreError``."""
        if not self._is_any_due():
            return 0
        with self._database.write() as tx:
            mine = {"now": tx.now, "until": tx.now + self._lease, "holder": self._database.holder}
            rows = tx.run(_taking(), mine).all()
            known = stored(tx, [row.id for row in rows])
            ledgers = ledger_rows(tx, [row.id for row in rows])
            now = tx.now
        due = [self._evaluate(row, known[row.id], ledgers[row.id], now) for row in rows]
        with self._database.write() as tx:
            _record(tx, due)
        return len(rows)

    def _is_any_due(self) -> bool:
        with self._database.read() as tx:
            return tx.run(ANY_DUE, {"now": tx.now}).first() is not None

    def _evaluate(self, row: Row[Any], events: Sequence[Stored], ledger: Rows, now: float) -> _Due:
        try:
            desk = self._desks().get(row.desk)
            if desk is None:
                return _Due(row)
            if self._clock.is_astray(desk.helpdesk):
                return _Due(row, unreadable_at=row.unreadable_at, is_held=True)
            return self._timed(row, desk, events, ledger, now)
        except Exception as error:
            log.error("sweep_failed", desk=row.desk, ticket=row.ticket, error=type(error).__name__)
            return _Due(row, failed=True)

    def _timed(
        self, row: Row[Any], desk: DeskInUse, events: Sequence[Stored], ledger: Rows, now: float
    ) -> _Due:
        state, known = loaded(row.memory).state, history(events, self._published)
        if known is None or state.peak is None:
            return _Due(row)
        rows = sent_rows(ledger.decided, state.noted)
        first, mode = row.known_since, in_mode(desk.map, state, state.peak, row.first_at).mode
        timed = time_case(known, rows, desk.clocks, state.peak, int(now), mode, first)
        since = row.unreadable_at or (now if row.held_until is not None and row.held_until > now else None)
        if since is None or now - since < UNREADABLE or mode == "observe":
            return _Due(row, timed, unreadable_at=since)
        owed, letters = must_send(known, rows, desk.clocks, state.peak, int(now), int(since), first)
        return _Due(row, timed, owed, letters, since)


_NOW: BindParameter[float] = bindparam("now", type_=Double())
_DUE = and_(case.c.timer_at <= _NOW, case.c.lease_until < _NOW)
ANY_DUE = select(case.c.id).where(_DUE).limit(1)


@cache
def _taking() -> Any:
    """The gravest first; cases of a desk on hold too: their time goes on."""
    first = (
        select(case.c.id)
        .where(_DUE)
        .order_by(urgency(_NOW).desc(), case.c.timer_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("first")
        .prefix_with("materialized", dialect="postgresql")
    )
    held = select(hold.c.until).where(hold.c.desk == case.c.desk).scalar_subquery()
    return (
        update(case)
        .where(case.c.id.in_(select(first.c.id)))
        .values(
            fence=case.c.fence + 1,
            lease_until=bindparam("until", type_=Double()),
            holder=bindparam("holder", type_=Text()),
            is_called=False,
        )
        .returning(
            case.c.id,
            case.c.desk,
            case.c.ticket,
            case.c.fence,
            case.c.memory,
            case.c.unreadable_at,
            case.c.next_at,
            case.c.legal_due_at,
            case.c.known_since,
            case.c.first_at,
            held.label("held_until"),
        )
    )


def _record(tx: Transaction, batch: Sequence[_Due]) -> None:
    """Only what is still ours; a case taken over is planned by whoever has it."""
    fences = {row.id: row.fence for row in tx.run(_FENCES, {"cases": [due.row.id for due in batch]})}
    ours = [due for due in batch if fences.get(due.row.id) == due.row.fence]
    plan_rows(tx, ((due.row.id, row) for due in ours for row in due.timed.sends.rows))
    show_clocks(tx, {due.row.id: due.timed.cycles for due in ours if due.timed.cycles})
    for due in ours:
        add_rows(tx, due.row.id, due.owed)
        post(tx, due.row.id, due.letters)
    if ours:
        tx.run(_RELEASE, [_released(due, tx.now) for due in ours])


_FENCES = select(case.c.id, case.c.fence).where(case.c.id.in_(bindparam("cases", expanding=True)))


def _released(due: _Due, now: float) -> dict[str, Any]:
    """The case is to be read now, and looked at again when its next instant comes."""
    waits = due.unreadable_at is not None and not due.owed and now - due.unreadable_at < UNREADABLE
    until = due.unreadable_at + UNREADABLE if waits and due.unreadable_at is not None else None
    return {
        "this_case": due.row.id,
        "timer": now + AGAIN if due.failed or due.is_held else earliest([due.timed.next_at, until]),
        "since": due.unreadable_at,
        "wanted": None if due.failed else now,
        "legal": due.timed.legal_due_at if due.timed is not NO_TIME else due.row.legal_due_at,
    }


_RELEASE = (
    update(case)
    .where(case.c.id == bindparam("this_case"))
    .values(
        lease_until=0.0,
        timer_at=bindparam("timer", type_=Double()),
        unreadable_at=bindparam("since", type_=Double()),
        legal_due_at=bindparam("legal", type_=Double()),
        next_at=when(
            (case.c.next_at <= bindparam("wanted", type_=Double()), case.c.next_at),
            else_=func.coalesce(bindparam("wanted", type_=Double()), case.c.next_at),
        ),
    )
)
