"""Messages to people outside the helpdesk: at least once each, several for one address as one.

What was sent cannot be read back, so a message whose fate is unknown goes out again under the same id and
says that it may be a repeat.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from sqlalchemy import BindParameter, Double, and_, bindparam, or_, select, update

from plugin.casebook.database import Database
from plugin.casebook.doors import urgency
from plugin.casebook.tables import case, message
from plugin.notify.outcomes import Outcome

log = structlog.get_logger()

TOGETHER = 20
"""Messages to one address that go out as one."""
UNKNOWN_AFTER = 120.0
"""Seconds after which a sending nobody finished counts as unknown."""
MOST_ATTEMPTS = 12
"""Tries before a message is given up and shown as dead; with the pauses between them some six hours."""
LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Posted:
    """One message as it is to be said; its words are made when it is sent, and kept nowhere."""

    id: str
    desk: str
    ticket: str
    addressee: str
    contact: str
    """The name of the secret with the address."""
    slots: Mapping[str, Any]
    is_again: bool
    attempts: int = 0
    """Earlier sendings that did not get through."""


UNSAYABLE = "not-a-message"
"""Begins the reason where a message's slots do not hold what they may hold."""

Courier = Callable[[Sequence[Posted]], Outcome]
"""Sends messages for one contact of one desk, as one."""


class Post:
    """Sends what is to be sent now, one address at a time."""

    def __init__(self, database: Database, courier: Courier) -> None:
        self._database = database
        self._courier = courier

    def __call__(self) -> int:
        """Send to one address; how many messages that was. Raises ``StoreError``."""
        taken = self._take()
        if not taken:
            return 0
        outcome = self._sent(taken)
        if outcome.reason.startswith(UNSAYABLE) and len(taken) > 1:
            for each in taken:  # one that cannot be said keeps back none of the others
                self._finish([each], self._sent([each]))
        else:
            self._finish(taken, outcome)
        return len(taken)

    def _sent(self, taken: Sequence[Posted]) -> Outcome:
        try:
            return self._courier(taken)
        except Exception as error:
            log.error("courier_failed", error=type(error).__name__)
            return Outcome("unknown", "internal")

    def _take(self) -> list[Posted]:
        with self._database.read() as tx:
            if tx.run(ANY, {"now": tx.now, "lost": tx.now - UNKNOWN_AFTER}).first() is None:
                return []
        with self._database.write() as tx:
            times = {"now": tx.now, "lost": tx.now - UNKNOWN_AFTER}
            first = tx.run(_FIRST, times).first()
            if first is None:
                return []
            same = {"contact": first.contact, "desk": first.desk, **times}
            rows = tx.run(_same(), same).all()
            taken = [_posted(row) for row in rows]
            mine = {"state": "sending", "next_try": tx.now, "attempts": message.c.attempts + 1}
            mine["holder"] = self._database.holder
            ids = [each.id for each in taken]
            tx.run(update(message).where(message.c.id.in_(ids)).values(**mine))
            return taken

    def _finish(self, taken: Sequence[Posted], outcome: Outcome) -> None:
        with self._database.write() as tx:
            for each in taken:
                attempts = tx.run(select(message.c.attempts).where(message.c.id == each.id)).scalar_one()
                values = _after(outcome, attempts, tx.now)
                tx.run(update(message).where(message.c.id == each.id).values(**values))
        tell = log.info if outcome.state == "delivered" else log.warning
        contact = taken[0].contact
        tell(f"message_{outcome.state}", contact=contact, count=len(taken), reason=outcome.reason)


def _after(outcome: Outcome, attempts: int, now: float) -> dict[str, Any]:
    if outcome.state == "delivered":
        return {"state": "done", "ended_at": now, "reason": None}
    reason = {"reason": outcome.reason[:100]}
    if outcome.state == "refused" or attempts >= MOST_ATTEMPTS:
        return {"state": "dead", "ended_at": now, **reason}
    pause = min(LONGEST, 5.0 * 2.0 ** min(attempts, 12)) * random.uniform(0.5, 1.0)  # noqa: S311
    arrived = {"may_have_arrived": True} if outcome.state == "unknown" else {}
    return {"state": "planned", "next_try": now + max(pause, outcome.retry_after or 0.0), **reason, **arrived}


def _posted(row: Any) -> Posted:
    again = row.state == "sending" or row.may_have_arrived
    slots = json.loads(row.slots)
    return Posted(row.id, row.desk, row.ticket, row.addressee, row.contact, slots, again, row.attempts)


_NOW: BindParameter[float] = bindparam("now", type_=Double())
_LOST: BindParameter[float] = bindparam("lost", type_=Double())
_DUE = or_(
    and_(message.c.state == "planned", message.c.next_try <= _NOW),
    and_(message.c.state == "sending", message.c.next_try <= _LOST),
)
ANY = select(message.c.id).where(_DUE).limit(1)
_WITH_CASE = select(message, case.c.desk, case.c.ticket).join(case, case.c.id == message.c.case_id)
_FIRST = _WITH_CASE.where(_DUE).order_by(urgency(_NOW).desc(), message.c.next_try).limit(1)


@cache
def _same() -> Any:
    same = and_(message.c.contact == bindparam("contact"), case.c.desk == bindparam("desk"))
    found = _WITH_CASE.where(_DUE, same).order_by(message.c.planned_at, message.c.id).limit(TOGETHER)
    return found.with_for_update(of=message, skip_locked=True)
