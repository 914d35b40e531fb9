"""Helpdesks nothing is asked of for now: they said how long to wait, or fail one call after the other."""

from __future__ import annotations

import threading

from plugin.casebook.database import Database
from plugin.casebook.tables import hold
from plugin.errors import Busy, Faulty, HelpdeskError, Unreachable

FAILURES = 5
"""Calls without any good answer in a row, from any case, before a helpdesk is left alone."""
LONGEST = 60.0
"""Seconds; then one call tries again."""
BUSY_SECONDS = 5.0
"""Where a busy helpdesk does not say how long."""


class Holds:
    """The circuit breaker of each desk, on record so that a restart or another node keeps to it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._failures: dict[str, int] = {}
        self._lock = threading.Lock()

    def answered(self, desk: str) -> None:
        """A good answer came: count from nothing again."""
        with self._lock:
            self._failures.pop(desk, None)

    def failed(self, desk: str, error: HelpdeskError) -> None:
        """A call failed: hold the desk where it asked for it or has failed too often."""
        if isinstance(error, Busy):
            pause = BUSY_SECONDS if error.retry_after is None else error.retry_after
            put_on_hold(self._database, desk, pause, "busy")
        elif isinstance(error, Unreachable | Faulty):
            failures = self._count(desk)
            if failures >= FAILURES:
                pause = min(LONGEST, 2.0 ** (failures - FAILURES + 1))
                put_on_hold(self._database, desk, pause, "failing")

    def _count(self, desk: str) -> int:
        with self._lock:
            self._failures[desk] = self._failures.get(desk, 0) + 1
            return self._failures[desk]


def put_on_hold(database: Database, desk: str, seconds: float, reason: str) -> None:
    """Ask nothing of a helpdesk for so many seconds; a longer hold stands."""
    with database.write() as tx:
        until = tx.now + seconds
        statement = tx.insert(hold).values(desk=desk, until=until, failures=0, reason=reason)
        changed = {"until": until, "reason": reason}
        tx.run(
            statement.on_conflict_do_update(index_elements=["desk"], set_=changed, where=hold.c.until < until)
        )
