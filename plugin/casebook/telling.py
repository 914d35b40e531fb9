"""What a person tells the case: an answer, an event of the plan, an extension, a fall. One function for all.

The command line calls it, and a page would. A fall or an end is only ever a person's, with a reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from sqlalchemy import and_, func, select, update

from plugin.casebook.database import Database
from plugin.casebook.tables import case, event
from plugin.errors import StoreError

ACK = "ack"
NEEDS_REASON = frozenset({"extend", "lowered", "ended"})


class NoSuchCase(StoreError):
    """The case book has no case of this ticket."""


class Refused(ValueError):
    """What was told cannot be taken; the code is one of ``extended``, ``reason``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Word:
    """What a person tells: the event, who says so, why, and what belongs to it."""

    event: str
    who: str
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    """extend: ``clock`` and ``days``; lowered, ended: ``level`` and ``rank``"""
    at: float | None = None
    """UTC seconds; None: now. One that lies ahead is taken as now."""


def tell(database: Database, desk: str, ticket: str, word: Word) -> str:
    """Put a person's word on record and make the case due; the event's id.

    Raises ``NoSuchCase``, ``Refused`` (no reason where one is needed; a second extension of one clock) or
    ``StoreError``.
    """
    if word.event in NEEDS_REASON and not word.reason.strip():
        raise Refused("reason")
    with database.write() as tx:
        mine = and_(case.c.desk == desk, case.c.ticket == ticket)
        case_id = tx.run(select(case.c.id).where(mine)).scalar_one_or_none()
        if case_id is None:
            raise NoSuchCase(f"{desk} {ticket}")
        if word.event == "extend" and _is_extended(tx, case_id, word.facts.get("clock")):
            raise Refused("extended")
        source = f"told:{word.event}:{token_hex(6)}"
        row = {
            "case_id": case_id,
            "source_id": source,
            "type": word.event,
            "at": tx.now if word.at is None else min(word.at, tx.now),
            "received_at": tx.now,
            "facts": json.dumps(word.facts),
            "said": json.dumps({"who": word.who, "reason": word.reason}, ensure_ascii=False),
        }
        tx.run(tx.insert(event), row)
        again = {"wake": case.c.wake + 1, "next_at": tx.now}
        tx.run(update(case).where(case.c.id == case_id).values(**again))
        return source


def _is_extended(tx: Any, case_id: int, clock: str | None) -> bool:
    """The law and the plan allow one extension of a limit."""
    known = select(func.count()).select_from(event)
    mine = known.where(
        event.c.case_id == case_id,
        event.c.type == "extend",
        event.c.facts.like(f'%"clock": {json.dumps(clock)}%'),
    )
    return bool(tx.run(mine).scalar_one())
