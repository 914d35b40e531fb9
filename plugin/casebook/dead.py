"""Dead letters: what was not done and is not tried again by itself, with its reason, for a person to mend."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, and_, func, select

from plugin.casebook.database import Database, Transaction
from plugin.casebook.ledgers import WITHDRAWN
from plugin.casebook.letters import UNSAYABLE
from plugin.casebook.tables import action, case, delivery, message

Kind = Literal["write", "message", "delivery"]
MARK = "d"
"""Begins the id of a delivery; those of writes and messages are sixteen hexadecimal digits."""
DEAD_WRITE = action.c.state == "dead"
DEAD_MESSAGE = and_(message.c.state == "dead", func.coalesce(message.c.reason, "") != WITHDRAWN)
DEAD_DELIVERY = delivery.c.state == "unreadable"
NOBODY = "nobody"
"""Why a message is dead that had no address to go to."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One of them. ``since``: seconds since 1970 by the database's clock."""

    id: str
    kind: Kind
    desk: str
    ticket: str | None
    since: float
    what: Mapping[str, Any]
    """What was to be done: for ``casebook.wording``."""
    problem: Mapping[str, Any]
    """Why it was not: a code and its slots, for ``casebook.wording``."""
    case_id: int | None = None
    key: str = ""
    """Of a message: the ledger's key"""


def dead_letters(database: Database, desk: str | None = None) -> list[DeadLetter]:
    """All of them, of one desk where one is named, the oldest first; raises ``StoreError``."""
    with database.read() as tx:
        return sorted(found(tx, desk), key=lambda letter: (letter.since, letter.id))


def found(tx: Transaction, desk: str | None = None) -> Iterator[DeadLetter]:
    """The same inside a transaction, in no order."""
    of_case = case.c.desk == desk if desk is not None else case.c.id.is_not(None)
    writes = select(action, case.c.desk, case.c.ticket).join(case, case.c.id == action.c.case_id)
    for row in tx.run(writes.where(DEAD_WRITE, of_case)):
        yield _write(row)
    messages = select(message, case.c.desk, case.c.ticket).join(case, case.c.id == message.c.case_id)
    for row in tx.run(messages.where(DEAD_MESSAGE, of_case)):
        yield _message(row)
    of_desk = delivery.c.desk == desk if desk is not None else delivery.c.id.is_not(None)
    columns = [each for each in delivery.c if each is not delivery.c.body]
    size = func.length(delivery.c.body).label("size")
    for row in tx.run(select(*columns, size).where(DEAD_DELIVERY, of_desk)):
        yield _delivery(row)


def _write(row: Row[Any]) -> DeadLetter:
    problem = json.loads(row.reason or '{"code": "internal"}')
    targets = problem.get("targets")
    changes = [(target, want) for target, _, want in json.loads(row.changes)]
    return DeadLetter(
        id=row.id,
        kind="write",
        desk=row.desk,
        ticket=row.ticket,
        since=row.ended_at or row.planned_at,
        what={
            "changes": [[t, want] for t, want in changes if targets is None or t in targets],
            "note": bool(row.note_key) and (targets is None or "note" in targets),
        },
        problem=problem,
        case_id=row.case_id,
    )


def _message(row: Row[Any]) -> DeadLetter:
    slots = json.loads(row.slots)
    said = {name: slots.get(name) for name in ("clock", "number", "count")}
    reason = row.reason or "internal"
    code = "not-a-message" if reason.startswith(UNSAYABLE) else reason
    return DeadLetter(
        id=row.id,
        kind="message",
        desk=row.desk,
        ticket=row.ticket,
        since=row.ended_at or row.planned_at,
        what={"addressee": row.addressee, "correction": "correction" in slots, **said},
        problem={"code": code, "contact": row.contact, "attempts": row.attempts},
        case_id=row.case_id,
        key=row.ledger_key,
    )


def _delivery(row: Row[Any]) -> DeadLetter:
    code = "body-gone" if row.size is None else row.reason or "internal"
    return DeadLetter(
        id=f"{MARK}{row.id}",
        kind="delivery",
        desk=row.desk,
        ticket=None,
        since=row.received_at,
        what={"size": row.size or 0},
        problem={"code": code},
    )
