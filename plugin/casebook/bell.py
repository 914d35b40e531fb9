"""How a process that made a case due wakes the workers of others: PostgreSQL's NOTIFY and LISTEN.

A ring is a hint and nothing more: one that is lost costs the seconds until the next look. It is sent
beside the accepting transaction, not in it, for PostgreSQL commits transactions that notify one after the
other (https://www.postgresql.org/docs/15/sql-notify.html), and rings of the same moment are sent as one.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import structlog

from plugin.casebook.database import Database
from plugin.casebook.desk_rows import CHANNEL as HOLDS
from plugin.casebook.desk_rows import told_of

log = structlog.get_logger()

CHANNEL = "paidan"
AGAIN = 1.0
"""Seconds before a lost connection is made again."""
LOOK = 1.0
"""Seconds after which a listener looks whether it is to stop."""
TOGETHER = 0.002
"""Seconds in which rings join into one."""


class Bell:
    """Rings for others, and calls ``on_ring`` with how many cases others made due.

    ``on_hold`` hears of a desk (and its epoch) that another process put on record as to be left alone.
    """

    def __init__(
        self,
        database: Database,
        on_ring: Callable[[int], None] | None = None,
        on_hold: Callable[[str, int], None] = lambda _desk, _epoch: None,
    ) -> None:
        self._session = {**database.session(), "application_name": "paidan bell"}
        self._on_ring = on_ring
        self._on_hold = on_hold
        self._rings = 0
        self._rung = threading.Condition()
        self._stopping = threading.Event()
        works: list[Callable[[Any], None]] = [self._notify] + ([self._listen] if on_ring else [])
        self._threads = [
            threading.Thread(target=self._connected, args=(work,), name="bell", daemon=True) for work in works
        ]

    def start(self) -> None:
        """Begin to ring and to listen."""
        for thread in self._threads:
            thread.start()

    def ring(self, cases: int = 1) -> None:
        """So many cases became due; never waits."""
        with self._rung:
            self._rings += cases
            self._rung.notify()

    def stop(self) -> None:
        """Ring what is still to be rung, then be silent."""
        self._stopping.set()
        with self._rung:
            self._rung.notify_all()
        for thread in self._threads:
            thread.join(2 * LOOK)

    def _connected(self, work: Callable[[Any], None]) -> None:
        while not self._stopping.is_set():
            with (
                contextlib.suppress(psycopg.Error),
                psycopg.connect(**self._session, autocommit=True) as connection,
            ):
                work(connection)
            if not self._stopping.wait(AGAIN):
                log.warning("bell_connects_again")

    def _notify(self, connection: Any) -> None:
        while count := self._next_rings():
            try:
                connection.execute("select pg_notify(%s, %s)", (CHANNEL, str(count)))
            except psycopg.Error:
                self.ring(count)
                raise

    def _next_rings(self) -> int:
        with self._rung:
            while not self._rings and not self._stopping.is_set():
                self._rung.wait()
        self._stopping.wait(TOGETHER)
        with self._rung:
            count, self._rings = self._rings, 0
            return count

    def _listen(self, connection: Any) -> None:
        assert self._on_ring is not None
        connection.execute(f"listen {CHANNEL}")
        connection.execute(f"listen {HOLDS}")
        self._on_ring(1)  # whatever was rung while nobody listened
        while not self._stopping.is_set():
            for heard in connection.notifies(timeout=LOOK):
                if heard.channel == CHANNEL:
                    self._on_ring(int(heard.payload) if heard.payload.isdigit() else 1)
                elif told := told_of(heard.payload):
                    self._on_hold(*told)
