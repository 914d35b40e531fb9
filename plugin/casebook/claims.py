"""A case in a worker's hands: what was claimed, and the fence that every later write must still find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Double, Integer, Text, and_, bindparam, update
from sqlalchemy import case as when

from plugin.casebook.database import Transaction
from plugin.casebook.doors import UNHINDERED, Entered
from plugin.casebook.history import Stored
from plugin.casebook.memory import Memory
from plugin.casebook.tables import case
from plugin.core.effects import Effects
from plugin.core.timekeeping import LedgerRow
from plugin.errors import StoreError


class Superseded(StoreError):
    """Another worker has this case now: drop everything, stop."""


@dataclass(frozen=True, slots=True)
class OpenAction:
    """The one write of a case that is not over: planned, or sent without a known outcome."""

    id: str
    state: str
    effects: Effects
    not_after: float
    attempts: int
    ledger_key: str
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """One case, ours until the lease ends or a newer fence takes it."""

    id: int
    desk: str
    ticket: str
    fence: int
    seen: int
    """``wake`` when claimed: a later one means a delivery arrived since."""
    newest_delivery: int
    status: str
    rank: int
    memory: Memory
    stamp: str | None
    merged_into: str | None
    first_at: float
    written_at: float | None
    now: float
    attempts: int
    open_action: OpenAction | None
    history: tuple[Stored, ...] = ()
    ledger: Mapping[str, LedgerRow] = field(default_factory=dict)
    """engine key → what was decided about it"""
    planned: frozenset[str] = frozenset()
    """Keys that fell due and wait for the ticket to be read."""
    unreadable_at: float | None = None
    """Since when the ticket cannot be read."""
    timer_at: float | None = None
    read_at: float | None = None
    """When the ticket was read last."""
    due_since: float | None = None
    """Since when it waits, tries that came to nothing included."""
    written: tuple[float, ...] = ()
    """When it was written to lately."""
    retry_at: float | None = None
    """When a person asked for what was refused to be tried again."""
    entered: Entered = UNHINDERED
    """How its desk let it in."""
    known_since: float | None = None
    """What was due before is told to nobody; None: there is nothing of that kind."""


def still_ours(tx: Transaction, claimed: Claim, **values: object) -> None:
    """Write to the case under our fence; raises ``Superseded`` where a newer one stands."""
    mine = {"this_case": claimed.id, "my_fence": claimed.fence}
    if not tx.run(_fenced(tuple(values)), {**mine, **values}).rowcount:
        raise Superseded(f"case {claimed.id} was taken over")


@cache
def _fenced(names: tuple[str, ...]) -> Any:
    mine = and_(case.c.id == bindparam("this_case"), case.c.fence == bindparam("my_fence"))
    values: dict[str, Any] = {name: bindparam(name, type_=case.c[name].type) for name in names}
    values = values or {"fence": case.c.fence}
    return update(case).where(mine).values(values)


def let_go(
    tx: Transaction,
    claimed: Claim,
    next_in: float | None,
    *,
    attempts: int = 0,
    problem: dict[str, Any] | None = None,
    has_moved: bool = True,
    **values: object,
) -> None:
    """Write to the case once more under our fence and end the claim: see ``store.release``."""
    row = {
        "this_case": claimed.id,
        "my_fence": claimed.fence,
        "seen": claimed.seen,
        "computed": None if next_in is None else tx.now + next_in,
        "now": tx.now,
        "tries": attempts,
        "reason": json.dumps(problem) if problem else None,
        "waiting": None if has_moved else claimed.due_since,
    }
    if not tx.run(_releasing(tuple(values)), {**row, **values}).rowcount:
        raise Superseded(f"case {claimed.id} was taken over")


@cache
def _releasing(names: tuple[str, ...]) -> Any:
    return _fenced(names).values(
        lease_until=0.0,
        attempts=bindparam("tries", type_=Integer()),
        problem=bindparam("reason", type_=Text()),
        waiting_since=bindparam("waiting", type_=Double()),
        next_at=when(
            (case.c.wake == bindparam("seen"), bindparam("computed", type_=Double())),
            else_=bindparam("now", type_=Double()),
        ),
    )
