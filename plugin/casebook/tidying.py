"""Once a day one process of all clears what is over, so slowly that nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import structlog

from plugin.casebook import chores
from plugin.casebook.database import Database
from plugin.casebook.places import DAY
from plugin.casebook.retention import Keep, Step, steps
from plugin.casebook.shrinking import shrink

log = structlog.get_logger()

CHORE = "tidy"
PAUSE = 0.05
"""Seconds between two transactions."""
AGAIN = 3_600.0
"""Seconds after which it is tried again where it could not be ended."""


class Interrupted(Exception):
    """The process stops, the clock went astray, or another process has taken the work."""


class Tidy:
    """The daily clearing."""

    def __init__(
        self, database: Database, keep: Keep, may_go_on: Callable[[], bool], stopping: threading.Event
    ) -> None:
        """``may_go_on``: whether the time can be believed; a clock set far ahead must not clear anything."""
        self._database = database
        self._keep = keep
        self._may_go_on = may_go_on
        self._stopping = stopping

    def __call__(self) -> bool:
        """Do it where it is due here; whether it was done to the end. Raises ``StoreError``."""
        if not self._may_go_on() or not chores.take(self._database, CHORE, DAY):
            return False
        is_done = False
        try:
            log.info("tidied", **{name: self._all(step) for name, step in self._steps()})
            is_done = True
        except Interrupted:
            log.info("tidying_interrupted")
        finally:
            chores.end(self._database, CHORE, next_in=DAY if is_done else AGAIN, is_done=is_done)
        return is_done

    def _steps(self) -> Iterator[Step]:
        yield from steps(self._database, self._keep)
        yield "pages", lambda: shrink(self._database)

    def _all(self, step: Callable[[], Iterator[int]]) -> int:
        count = 0
        for each in step():
            count += each
            self._pause()
        return count

    def _pause(self) -> None:
        if self._stopping.wait(PAUSE) or not self._may_go_on():
            raise Interrupted
        with self._database.write() as tx:
            if not chores.keep(tx, CHORE, self._database.holder):
                raise Interrupted
