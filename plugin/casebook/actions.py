"""Actions: the writes a case wants, each an intention on record before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from secrets import token_hex
from typing import Any, Literal

from sqlalchemy import Double, Integer, and_, bindparam, insert, or_, select, update

from plugin.casebook.claims import Claim, OpenAction, let_go, still_ours
from plugin.casebook.database import Database, Transaction
from plugin.casebook.desk_rows import epoch_of
from plugin.casebook.memory import Memory, dumped, dumped_changes, loaded_effects
from plugin.casebook.tables import action, ledger
from plugin.core.effects import Effects
from plugin.errors import Withheld


@dataclass(frozen=True, slots=True)
class Ending:
    """How an action ends: ``done``, ``overtaken`` by a newer decision, or ``dead`` with a reason."""

    state: Literal["done", "overtaken", "dead"]
    reason: dict[str, Any] | None = None
    """A code and its slots, for ``casebook.wording``."""


DONE = Ending("done")
OVERTAKEN = Ending("overtaken")


_OPEN = select(action).where(
    action.c.case_id == bindparam("of_case"), or_(action.c.state == "planned", action.c.state == "sending")
)


def open_action(tx: Transaction, case_id: int) -> OpenAction | None:
    row = tx.run(_OPEN, {"of_case": case_id}).one_or_none()
    if row is None:
        return None
    return OpenAction(
        row.id,
        row.state,
        loaded_effects(row.changes, row.note_key, row.note_text),
        row.not_after,
        row.attempts,
        row.ledger_key,
        json.loads(row.answer or "{}"),
    )


def replan(tx: Transaction, claimed: Claim, effects: Effects, before: Ending) -> OpenAction | None:
    """At most one action of a case is open: the same note keeps its marker, anything else is overtaken."""
    old = claimed.open_action
    if old and before.state == "overtaken" and _same_note(old.effects, effects):
        return _again(tx, old, effects)
    if old:
        _end(tx, old, before)
    return _new_action(tx, claimed, effects) if effects else None


def _same_note(old: Effects, new: Effects) -> bool:
    return old.note is not None and new.note is not None and old.note.key == new.note.key


def _again(tx: Transaction, old: OpenAction, effects: Effects) -> OpenAction:
    change_action(tx, old.id, state="planned", changes=dumped_changes(effects))
    return OpenAction(old.id, "planned", effects, old.not_after, old.attempts, old.ledger_key, old.answer)


def _new_action(tx: Transaction, claimed: Claim, effects: Effects) -> OpenAction:
    key, changes = f"{claimed.id}|effects@{claimed.fence}", dumped_changes(effects)
    note = effects.note
    payload = sha256(f"{changes}{note.key if note else ''}".encode()).hexdigest()
    decided = {"key": key, "case_id": claimed.id, "how": "effects", "decided_at": tx.now}
    tx.run(_DECIDED, {**decided, "payload_hash": payload})
    marker = token_hex(8)
    row = {
        "id": marker,
        "case_id": claimed.id,
        "ledger_key": key,
        "state": "planned",
        "changes": changes,
        "note_key": note.key if note else effects.in_reason or None,
        "note_text": note.text if note else None,
        "fence": claimed.fence,
        "attempts": 0,
        "planned_at": tx.now,
        "not_after": 0.0,
    }
    tx.run(_NEW, row)
    return OpenAction(marker, "planned", effects, 0.0, 0, key, {})


_DECIDED, _NEW = insert(ledger), insert(action)


def change_action(tx: Transaction, action_id: str, **values: object) -> None:
    """Write to one action."""
    tx.run(_changing(tuple(values)), {"this_action": action_id, **values})


@cache
def _changing(names: tuple[str, ...]) -> Any:
    values = {name: bindparam(name, type_=action.c[name].type) for name in names}
    return update(action).where(action.c.id == bindparam("this_action")).values(values)


def intend(
    database: Database, claimed: Claim, sent: OpenAction, seconds: float, lease: float, window: float
) -> None:
    """planned → sending: from here on the outcome is unknown until it is read or answered.

    The write counts in the ticket's budget for ``window`` seconds. Raises ``Withheld``, and nothing is
    intended, where the desk is left alone since the case was claimed.
    """
    with database.write() as tx:
        lately = [at for at in claimed.written if at > tx.now - window]
        still_ours(tx, claimed, lease_until=tx.now + lease, written=_json([*lately, tx.now]))
        if epoch_of(tx, claimed.desk) > claimed.entered.epoch:
            raise Withheld("write")
        tx.run(_SENDING, {"this_action": sent.id, "until": tx.now + seconds, "under": claimed.fence})


_SENDING = (
    update(action)
    .where(action.c.id == bindparam("this_action"))
    .values(
        state="sending",
        not_after=bindparam("until", type_=Double()),
        fence=bindparam("under", type_=Integer()),
        answer=None,
        attempts=action.c.attempts + 1,
    )
)


def finish(
    database: Database,
    claimed: Claim,
    sent: OpenAction,
    *,
    memory: Memory,
    stamp: str | None,
    end: Ending,
    shown: Mapping[str, Any] | None = None,
) -> None:
    """The answer came: done, or dead with the reason a person reads; the note's text is not kept.

    With that the case is let go. ``shown``: what the ticket showed after the write, where that is known (see
    ``faces``).
    """
    with database.write() as tx:
        newer = {**({"stamp": stamp} if stamp else {}), **(shown or {})}
        after = {"memory": dumped(memory), "written_at": tx.now, **newer}
        let_go(tx, claimed, None, problem=end.reason, **after)
        _end(tx, sent, end, answer={"stamp": stamp})


def leave_unknown(database: Database, claimed: Claim, sent: OpenAction, answer: dict[str, Any]) -> None:
    """No good answer came: nothing more of it leaves us, and what the helpdesk took is for the next read.

    Where the helpdesk said no (``known``) nothing was written, and nothing of the ticket's budget is used.
    """
    with database.write() as tx:
        unused = {"written": _json(claimed.written)} if answer.get("known") else {}
        still_ours(tx, claimed, written_at=tx.now, **unused)
        change_action(tx, sent.id, answer=_json(answer), not_after=tx.now)


def _end(tx: Transaction, ended: OpenAction, end: Ending, *, answer: object = None) -> None:
    kept = Effects(tuple(c for c in ended.effects.changes if c.target != "reason"))
    row: dict[str, object] = {"state": end.state, "note_text": None, "ended_at": tx.now}
    row["changes"] = dumped_changes(kept)
    if end.reason is not None:
        row["reason"] = _json(end.reason)
    if answer is not None:
        row["answer"] = _json(answer)
    change_action(tx, ended.id, **row)
    tx.run(_SENT if end.state == "done" else _TAKEN_BACK, {"of_key": ended.ledger_key, "now": tx.now})
    if end.state == "done":
        _tell(tx, ended)


_OF_KEY = update(ledger).where(ledger.c.key == bindparam("of_key"))
_SENT = _OF_KEY.values(sent_at=bindparam("now", type_=Double()))
_TAKEN_BACK = _OF_KEY.values(corrected_at=bindparam("now", type_=Double()))


def _tell(tx: Transaction, ended: OpenAction) -> None:
    """The warnings and steps that a note or the reason field told of are in the ticket now."""
    case_id = ended.ledger_key.partition("|")[0]
    is_reason = any(change.target == "reason" for change in ended.effects.changes)
    keys: Iterable[str] = ended.effects.in_reason.split("\n") if is_reason else ()
    if ended.effects.note:
        keys = ended.effects.note.keys
    steps = [f"{case_id}|{key}" for key in keys if "@" in key]
    if steps:
        tx.run(update(ledger).where(ledger.c.key.in_(steps)).values(sent_at=tx.now))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def bury_dead(tx: Transaction, case_id: int) -> None:
    """What the helpdesk once refused is there after all, or tried again: it needs nobody any more."""
    dead = and_(action.c.case_id == case_id, action.c.state == "dead")
    tx.run(update(action).where(dead).values(state="overtaken"))


def may_write_in(claimed: Claim, most: int, window: float) -> float:
    """Seconds until the ticket may be written to: 0, unless it was ``most`` times in the last ``window``."""
    lately = sorted(at for at in claimed.written if claimed.now - window < at <= claimed.now)
    return 0.0 if len(lately) < most else lately[-most] + window - claimed.now
