"""How each desk stands to us: asked as usual, left alone for a while, or paused by a person.

One row a desk, so that all nodes and every restart keep to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, Row, and_, bindparam, func, select, update
from sqlalchemy import case as when

from plugin.casebook.breaker import Breaker, State
from plugin.casebook.database import Database, Transaction
from plugin.casebook.tables import hold

FOREVER = 32_503_680_000.0
"""The year 3000: while a person paused a desk, also processes that know of no pauses leave it alone."""
CHANNEL = "paidan_hold"
"""PostgreSQL's channel on which other nodes are told that work begun before is to send nothing more."""

Change = Callable[[Breaker, float], Breaker]
"""(what is known of a desk, seconds by the database's clock) → what is known now"""


def chance() -> float:
    """What pauses are shortened by, so that what failed together does not come back together."""
    return random.random()  # noqa: S311


def change(database: Database, desk: str, changed: Change) -> Breaker:
    """What is known of a desk from now on; raises ``StoreError``."""
    with database.write() as tx:
        row = locked(tx, desk)
        before = breaker(row)
        after = changed(before, tx.now)
        if after != before:
            _keep(tx, row, before, after)
        return after


def locked(tx: Transaction, desk: str) -> Row[Any]:
    """A desk's row, nobody else's until the transaction ends."""
    fresh = tx.insert(hold).values(desk=desk, until=0.0, failures=0, reason="")
    tx.run(fresh.on_conflict_do_nothing(index_elements=["desk"]))
    found: Row[Any] = tx.run(select(hold).where(hold.c.desk == desk).with_for_update()).one()
    return found


def breaker(row: Row[Any]) -> Breaker:
    """The breaker in a desk's row, as if nobody had paused the desk."""
    return Breaker(
        failures=row.failures,
        trips=row.trips,
        epoch=row.epoch,
        reason=row.reason,
        until=row.until if row.paused_at is None else row.wait_until,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        probe_until=row.probe_until,
    )


def _keep(tx: Transaction, row: Row[Any], before: Breaker, after: Breaker) -> None:
    values: dict[str, Any] = {
        name: getattr(after, name)
        for name in ("failures", "trips", "epoch", "reason", "opened_at", "closed_at", "probe_until")
    }
    values["wait_until"] = after.until
    values["until"] = after.until if row.paused_at is None else FOREVER
    tx.run(update(hold).where(hold.c.desk == row.desk).values(**values))
    if after.epoch != before.epoch:
        tell_others(tx, row.desk, after.epoch)


def tell_others(tx: Transaction, desk: str, epoch: int) -> None:
    """With this transaction other nodes hear that work of earlier epochs is to send nothing more."""
    if tx.dialect == "postgresql":
        tx.run(select(func.pg_notify(CHANNEL, f"{epoch} {desk}")))


def told_of(payload: str) -> tuple[str, int] | None:
    """(desk, epoch) as another node told them; None for anything else."""
    epoch, _, desk = payload.partition(" ")
    return (desk, int(epoch)) if epoch.isdigit() and desk else None


def epoch_of(tx: Transaction, desk: str) -> int:
    """The desk's epoch as it is on record."""
    return tx.run(_EPOCH, {"of_desk": desk}).scalar() or 0


_EPOCH = select(hold.c.epoch).where(hold.c.desk == bindparam("of_desk"))


def forgotten(ahead: float, now: float) -> dict[str, Any]:
    """For every row after the clock was set back: no wait beyond ``ahead`` but a person's pause."""
    waits = ("until", "wait_until", "probe_until", "ready_at", "spread_at", "spread_until", "closed_at")
    return {name: _not_beyond(hold.c[name], ahead, now) for name in waits}


def _not_beyond(column: Column[Any], ahead: float, now: float) -> Any:
    is_wait = column < FOREVER
    return when((and_(column > ahead, is_wait), now), else_=column)


@dataclass(frozen=True, slots=True)
class DeskState:
    """How a desk stands to us. Instants in seconds since 1970 by the database's clock."""

    desk: str
    state: State
    """closed: it is asked as usual; open: it is left alone; half-open: one case tries"""
    reason: str
    """busy, failing, paused; empty while it is asked as usual"""
    since: float | None
    until: float | None
    """None: until a person resumes it, or not at all"""
    failures: int
    """In a row"""
    trips: int
    """How often it was left alone since it was last well for some minutes"""
    ready_at: float
    """When its own limit allows the next case"""


def desk_states(database: Database) -> list[DeskState]:
    """Every desk that was ever asked, by name; raises ``StoreError``."""
    with database.read() as tx:
        return [_state(row, tx.now) for row in tx.run(select(hold).order_by(hold.c.desk))]


def _state(row: Row[Any], now: float) -> DeskState:
    known = breaker(row)
    state = known.state(now)
    shown = DeskState(
        row.desk,
        state,
        reason=known.reason if state != "closed" else "",
        since=known.opened_at,
        until=known.until if state == "open" else None,
        failures=known.failures,
        trips=known.trips,
        ready_at=row.ready_at,
    )
    if row.paused_at is None:
        return shown
    return replace(shown, state="open", reason="paused", since=row.paused_at, until=None)
