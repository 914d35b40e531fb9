"""The ledger of what clocks and chains decided: read for the engine, written with a decision."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, insert, or_, select, update

from plugin.casebook.database import Transaction
from plugin.casebook.letters import MOST_ATTEMPTS
from plugin.casebook.tables import clock, ledger, message
from plugin.casebook.timers import Letter, is_provisional
from plugin.core.cycle import Cycle
from plugin.core.timekeeping import How, LedgerRow

EFFECTS = "effects"
"""``how`` of a row that stands for a write to the helpdesk; the clock engine knows nothing of it."""
PLANNED = "planned"
"""Fallen due; whether it goes out is decided when the ticket was read."""
OBSERVED = "observed"
"""Would have gone out, had the desk acted."""
WITHDRAWN = "withdrawn"


class Rows(NamedTuple):
    """The rows of one case."""

    decided: dict[str, LedgerRow]
    planned: set[str]


_OF_CASES = select(ledger).where(
    ledger.c.case_id.in_(bindparam("of_cases", expanding=True)), ledger.c.how != EFFECTS
)


def ledger_rows(tx: Transaction, cases: Iterable[int]) -> Mapping[int, Rows]:
    """What was decided for these cases, and what waits to be."""
    found: dict[int, Rows] = defaultdict(lambda: Rows({}, set()))
    for row in tx.run(_OF_CASES, {"of_cases": list(cases)}):
        key = row.key.partition("|")[2]
        if row.how == PLANNED:
            found[row.case_id].planned.add(key)
        elif row.how != WITHDRAWN:
            found[row.case_id].decided[key] = _row(key, row)
    return found


def _row(key: str, row: Row[Any]) -> LedgerRow:
    """What was only watched counts as decided, and is never taken back."""
    how: How = "moot" if row.how == OBSERVED else row.how
    corrected = None if row.corrected_at is None else int(row.corrected_at)
    return LedgerRow(key, int(row.due_at), how, int(row.decided_at), corrected)


_IS_OPEN = or_(ledger.c.how == PLANNED, ledger.c.how == WITHDRAWN)


def add_rows(tx: Transaction, case_id: int, rows: Sequence[LedgerRow], how: str | None = None) -> None:
    """Put decisions on record, each key once; one that was only planned gets its decision."""
    _add(
        tx,
        [_stored(case_id, row, how) for row in rows],
        over=or_(ledger.c.how == PLANNED, ledger.c.how == WITHDRAWN),
    )


def plan_rows(tx: Transaction, rows: Iterable[tuple[int, LedgerRow]]) -> None:
    """Put on record that these fell due; what is decided already stays as it is."""
    _add(tx, [_stored(case_id, row, PLANNED) for case_id, row in rows], over=ledger.c.how == WITHDRAWN)


def _add(tx: Transaction, rows: Sequence[Mapping[str, Any]], *, over: ColumnElement[bool]) -> None:
    """New rows, and new words where ``over`` holds: what was withdrawn may fall due after all."""
    if not rows:
        return
    new = tx.insert(ledger)
    changed = {name: new.excluded[name] for name in ("how", "due_at", "decided_at")}
    once = new.on_conflict_do_update(index_elements=["key"], set_=changed, where=over)
    tx.run(once, rows)


def _stored(case_id: int, row: LedgerRow, how: str | None) -> dict[str, Any]:
    key = f"{case_id}|{row.key}"
    return {
        "key": key,
        "case_id": case_id,
        "how": how if how and (how == PLANNED or row.how == "fired") else row.how,
        "due_at": float(row.due_at),
        "decided_at": float(row.decided_at),
        "payload_hash": sha256(key.encode()).hexdigest(),
    }


def carry_rows(tx: Transaction, left: int, kept: int, renamed: Callable[[str], str]) -> None:
    """What was sent for either of two merged cases stands: it is neither sent again nor taken back."""
    sent = and_(ledger.c.case_id == kept, ledger.c.how == "fired")
    tx.run(update(ledger).where(sent).values(how="carried"))
    rows = ledger_rows(tx, [left])[left].decided.values()
    carried = [replace(row, key=renamed(row.key)) for row in rows]
    _add(tx, [_stored(kept, row, "carried") for row in carried], over=_IS_OPEN)


def withdraw(tx: Transaction, case_id: int, keys: Iterable[str]) -> None:
    """What was planned and, now that the ticket was read, is not due at all."""
    for key in keys:
        mine = and_(ledger.c.key == f"{case_id}|{key}", ledger.c.how == PLANNED)
        tx.run(update(ledger).where(mine).values(how=WITHDRAWN, decided_at=tx.now))


def correct(tx: Transaction, case_id: int, keys: Iterable[str]) -> None:
    """Take back what was sent, once; whoever was told is told of it."""
    for key in keys:
        full = f"{case_id}|{key}"
        mine = and_(ledger.c.key == full, ledger.c.corrected_at.is_(None))
        if not tx.run(update(ledger).where(mine).values(corrected_at=tx.now)).rowcount:
            continue
        _drop(tx, [full])  # before asking what was sent: what is just being sent is no longer unsent
        arrived = or_(message.c.state.in_(("done", "sending")), message.c.may_have_arrived)
        for row in tx.run(select(message).where(message.c.ledger_key == full, arrived)).all():
            slots = json.loads(row.slots) | {
                "correction": row.id,
                "sent_at": int(row.ended_at or row.planned_at),
            }
            _post(tx, case_id, f"{full}:corr", row.addressee, row.contact, slots)


def drop_unsent(tx: Transaction, case_id: int, keys: Collection[str]) -> None:
    """Nobody is told any more of a step that was answered before its message got through."""
    if not keys:
        return
    waiting = tx.run(_UNSENT, {"of_case": case_id}).scalars()
    over = [full for full in waiting if full.partition("|")[2] in keys]
    if over:
        _drop(tx, over)


_UNSENT = select(message.c.ledger_key).where(
    message.c.case_id == bindparam("of_case"), message.c.state.in_(("planned", "sending"))
)


def _drop(tx: Transaction, ledger_keys: Sequence[str]) -> None:
    """What waits is not sent, and what is just being sent gets no other try."""
    mine = message.c.ledger_key.in_(ledger_keys)
    waits, leaves = and_(mine, message.c.state == "planned"), and_(mine, message.c.state == "sending")
    tx.run(update(message).where(waits).values(state="dead", reason=WITHDRAWN, ended_at=tx.now))
    tx.run(update(message).where(leaves).values(attempts=MOST_ATTEMPTS))


def post(tx: Transaction, case_id: int, letters: Iterable[Letter]) -> None:
    """Messages to be sent; one nobody can be reached for stays on record as such."""
    for letter in letters:
        contact = letter.contact
        _post(tx, case_id, f"{case_id}|{letter.key}", contact.addressee, contact.secret, letter.slots)


def _post(
    tx: Transaction, case_id: int, key: str, addressee: str, contact: str | None, slots: Mapping[str, Any]
) -> None:
    row = {
        "id": token_hex(8),
        "case_id": case_id,
        "ledger_key": key,
        "addressee": addressee[:100],
        "contact": contact,
        "slots": json.dumps(dict(slots), separators=(",", ":")),
        "state": "planned" if contact else "dead",
        "reason": None if contact else "nobody",
        "attempts": 0,
        "may_have_arrived": False,
        "planned_at": tx.now,
        "next_try": tx.now,
    }
    tx.run(tx.insert(message).on_conflict_do_nothing(index_elements=["ledger_key", "contact"]), row)


def show_clocks(tx: Transaction, cases: Mapping[int, Sequence[Cycle]]) -> None:
    """Derive the list of clocks anew for these cases."""
    if not cases:
        return
    tx.run(_CLOCKS_OF, {"of_cases": list(cases)})
    rows = [_clock(case_id, cycle) for case_id, cycles in cases.items() for cycle in cycles]
    if rows:
        tx.run(_SHOWN, rows)


_CLOCKS_OF = delete(clock).where(clock.c.case_id.in_(bindparam("of_cases", expanding=True)))
_SHOWN = insert(clock)


def _clock(case_id: int, cycle: Cycle) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "clock": cycle.clock.id,
        "cycle": cycle.id,
        "state": cycle.state,
        "outcome": cycle.outcome,
        "start_at": cycle.start,
        "due_at": cycle.due_at(),
        "breached_at": cycle.breached_at,
        "stopped_at": cycle.ended[-1] if cycle.is_done else None,
        "is_provisional": is_provisional(cycle),
    }
