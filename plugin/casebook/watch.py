"""Something watches the watcher: how late the loop is, what is stuck, dead or doubled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from plugin.casebook.checkups import Checkup, checkups
from plugin.casebook.clock_holds import ClockHeld, clock_held
from plugin.casebook.database import Database, Transaction
from plugin.casebook.dead import DEAD_DELIVERY, DEAD_MESSAGE, DEAD_WRITE
from plugin.casebook.failing import FAILING
from plugin.casebook.interventions import Paused, paused_desks
from plugin.casebook.polls import PollState, states
from plugin.casebook.tables import action, case, clock, delivery, event, hold, message, refused

LATE = 300.0
"""Seconds a due case may wait before somebody must know."""


@dataclass(frozen=True, slots=True)
class Health:
    """The case book's own condition; times in seconds."""

    cases: int
    due: int
    lag: float
    """How long the longest-waiting due case has waited, those of paused desks aside."""
    stuck: int
    """Cases whose lease ran out with nobody taking them up."""
    unknown: int
    """Writes whose outcome is still to be read."""
    dead: int
    failing: int
    """Cases tried again and again without success."""
    unreadable: int
    refused: int
    doubled: int
    timers_lag: float
    """How long the clock that is due longest has waited to be looked at."""
    overdue: int
    """Clocks that are missed and still run."""
    messages: int
    """Messages to people that wait to be sent."""
    unsent: int
    """Messages that could not be sent, or that nobody could be found for."""
    on_hold: tuple[str, ...]
    """Desks nothing is asked of for now."""
    missed: int = 0
    """Tickets found changed, or new, that no webhook had told of."""
    looks: tuple[PollState, ...] = ()
    """How well each desk's changed tickets are looked for."""
    paused: tuple[Paused, ...] = ()
    """Desks a person paused."""
    clock_held: tuple[ClockHeld, ...] = ()
    """Desks to which nothing is written because the time cannot be believed."""
    checkups: tuple[Checkup, ...] = ()
    """What the last look at each desk found wrong with address, token, names and webhooks."""

    @property
    def is_late(self) -> bool:
        """Whether the loop does not keep up."""
        return self.lag > LATE or self.timers_lag > LATE or self.stuck > 0


def health(database: Database) -> Health:
    """One look at the whole case book; raises ``StoreError``."""
    with database.read() as tx:
        waiting = and_(case.c.next_at <= tx.now, case.c.lease_until < tx.now)
        paused = paused_desks(tx)
        is_asked = case.c.desk.not_in([each.desk for each in paused])
        oldest = tx.run(select(func.min(case.c.next_at)).where(waiting, is_asked)).scalar()
        held = tx.run(select(hold.c.desk).where(hold.c.until > tx.now)).scalars()
        longest = tx.run(select(func.min(case.c.timer_at)).where(case.c.timer_at <= tx.now)).scalar()
        looks = states(tx)
        return Health(
            cases=_count(tx, case),
            due=_count(tx, case, waiting),
            lag=round(max(0.0, tx.now - oldest), 3) if oldest is not None else 0.0,
            stuck=_count(tx, case, _stuck(tx.now - LATE)),
            unknown=_count(tx, action, action.c.state == "sending"),
            dead=_count(tx, action, DEAD_WRITE),
            failing=_count(tx, case, FAILING),
            unreadable=_count(tx, delivery, DEAD_DELIVERY),
            refused=_count(tx, refused),
            doubled=_count(tx, event, event.c.type == "doubled"),
            timers_lag=round(max(0.0, tx.now - longest), 3) if longest is not None else 0.0,
            overdue=_count(tx, clock, clock.c.state == "overdue"),
            messages=_count(tx, message, message.c.state.in_(("planned", "sending"))),
            unsent=_count(tx, message, DEAD_MESSAGE),
            on_hold=tuple(held),
            missed=sum(each.missed for each in looks),
            looks=looks,
            paused=paused,
            clock_held=clock_held(tx),
            checkups=checkups(tx),
        )


def _stuck(before: float) -> Any:
    """Claimed, the lease over long ago; only a case that was due is ever claimed."""
    was_due = or_(case.c.next_at < before, case.c.timer_at < before)
    return and_(was_due, case.c.lease_until > 0, case.c.lease_until < before)


def newest_delivery(database: Database) -> int:
    """How many deliveries were ever accepted, by all processes together (their running number)."""
    with database.read() as tx:
        return int(tx.run(select(func.max(delivery.c.id))).scalar() or 0)


def held(database: Database) -> dict[str, float]:
    """desk → seconds for which nothing more is asked of it; infinite while a person paused it"""
    with database.read() as tx:
        rows = tx.run(select(hold).where(hold.c.until > tx.now)).all()
        return {row.desk: row.until - tx.now if row.paused_at is None else math.inf for row in rows}


def _count(tx: Transaction, table: Any, where: Any = None) -> int:
    counted = select(func.count()).select_from(table)
    return int(tx.run(counted if where is None else counted.where(where)).scalar_one())
