"""The one loop: find the cases that are due, advance each. There is no other queue and no other scheduler."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import structlog
from sqlalchemy import select

from plugin.casebook.advance import Advance
from plugin.casebook.claiming import claim
from plugin.casebook.claims import Claim
from plugin.casebook.database import Database
from plugin.casebook.letters import ANY as ANY_MESSAGE
from plugin.casebook.letters import UNKNOWN_AFTER
from plugin.casebook.store import hand_back, seconds_to_due
from plugin.casebook.sweep import ANY_DUE as ANY_TIMER
from plugin.errors import StoreError

log = structlog.get_logger()

LONGEST_SLEEP = 30.0
"""Seconds an idle worker sleeps at most."""
UNHEARD = 2.0
"""The same where other processes make cases due and their call may get lost."""
FAIR_SHARE = 5
"""One claim in so many goes to the longest-waiting case, the others to the gravest."""
POSTING_PAUSE = 0.1
"""Seconds before a worker looks again while the others send messages: those that are due are not for it."""
FULL_PAUSE = 0.2
"""The same while a desk has as many calls in flight as it may; whoever ends one looks at once."""
STUCK = 300.0
"""Seconds without a turn after which a worker counts as stuck; calls and sleeps are far shorter."""
STORE_PAUSE = 1.0
"""Seconds before an unreachable database is tried again."""


_FALLEN_DUE = select(ANY_TIMER.exists(), ANY_MESSAGE.exists())


class Looks(Protocol):
    """What looks for changes nobody told of: one page a call."""

    def __call__(self) -> int:
        """How many pages were looked at."""
        ...

    def due_in(self) -> float:
        """Seconds until there may be something to look at."""
        ...


class Loop:
    """Workers that share one wake-up call; each moves one case at a time."""

    def __init__(
        self,
        database: Database,
        advance: Advance,
        *,
        lease: float,
        workers: int = 4,
        sweep: Callable[[], int] = lambda: 0,
        post: Callable[[], int] = lambda: 0,
        reconcile: Looks | None = None,
    ) -> None:
        """``sweep`` takes what fell due by time alone, ``post`` sends messages, ``reconcile`` looks for
        changes nobody told of; each says how many.
        """
        self._reconcile = reconcile
        self._database = database
        self._advance = advance
        self._lease = lease
        self._sweep = sweep
        self._post = post
        self._posting = threading.Semaphore(max(1, workers // 2))
        """Half of the workers: a slow gateway holds up no case"""
        self._order = threading.Lock()
        self._taken = 0
        """Cases so far"""
        self._due = threading.Condition()
        self._wakes = 0
        self._stopping = threading.Event()
        advance.holds.on_well = lambda: self.wake(workers)
        self._turned: dict[str, float] = {}
        """Worker → when it last began a turn (monotonic clock)"""
        self._threads = [
            threading.Thread(target=self._work, name=f"loop-{n}", daemon=True) for n in range(workers)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def wake(self, cases: int = 1) -> None:
        """So many cases became due just now."""
        with self._due:
            self._wakes += 1
            self._due.notify(min(cases, len(self._threads)))

    def heard_of_hold(self, desk: str, epoch: int) -> None:
        """Another process put on record that a desk is to be left alone: nothing in hand calls it."""
        self._advance.holds.heard(desk, epoch)

    def stop(self, timeout: float = 15.0) -> bool:
        """Finish the cases in hand and stop; True where all workers did within ``timeout`` seconds."""
        self._stopping.set()
        with self._due:
            self._due.notify_all()
        for thread in self._threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    def is_moving(self) -> bool:
        """Whether every worker is alive and began a turn not long ago."""
        oldest = time.monotonic() - STUCK
        return all(
            each.is_alive() and self._turned.get(each.name, oldest) >= oldest for each in self._threads
        )

    def turn(self) -> bool:
        """Advance what is due: by time, messages to one address, one case; False where nothing is."""
        has_timer, has_message = self._fallen_due()
        if has_timer and self._sweep():
            return True
        others = has_message and self._post_one()
        if self._reconcile is not None:
            others = self._reconcile() > 0 or others
        claimed = self._claim()
        if claimed is None:
            return others
        try:
            self._advance(claimed)
        except StoreError as error:
            log.error("store_unreachable", error=type(error).__name__)
            self._hand_back(claimed)
        except Exception as error:
            self._advance.fail(claimed, error)
        return True

    def _fallen_due(self) -> Sequence[bool]:
        """Whether a clock, and whether a message is due: one look, since mostly none is."""
        with self._database.read() as tx:
            due: Sequence[bool] = tx.run(_FALLEN_DUE, {"now": tx.now, "lost": tx.now - UNKNOWN_AFTER}).one()
            return due

    def _claim(self) -> Claim | None:
        """One case taken in so many is the longest-waiting; a turn that takes none leaves it its turn."""
        with self._order:
            is_fair = (self._taken + 1) % FAIR_SHARE == 0
        claimed = claim(self._database, self._lease, longest_waiting=is_fair, holds=self._advance.holds)
        with self._order:
            self._taken += claimed is not None
        return claimed

    def _hand_back(self, claimed: Claim) -> None:
        """The case book failed in the middle of a case: the case is free once it answers again."""
        until = time.monotonic() + self._lease
        while time.monotonic() < until:
            if self._stopping.wait(STORE_PAUSE):
                until = time.monotonic()
            with suppress(StoreError):
                hand_back(self._database, claimed)
                return

    def _post_one(self) -> bool:
        if not self._posting.acquire(blocking=False):
            return False
        try:
            return self._post() > 0
        finally:
            self._posting.release()

    def _may_post(self) -> bool:
        free = self._posting.acquire(blocking=False)
        if free:
            self._posting.release()
        return free

    def run_until_idle(self, most: int = 10_000) -> int:
        """Advance due cases until none is left; how many turns it took. For trials and the command line."""
        return next((n for n in range(most) if not self.turn()), most)

    def _work(self) -> None:
        while not self._stopping.is_set():
            wakes = self._wakes
            self._turned[threading.current_thread().name] = time.monotonic()
            try:
                if not self.turn():
                    self._sleep(wakes)
            except StoreError as error:
                log.error("store_unreachable", error=type(error).__name__)
                self._stopping.wait(STORE_PAUSE)
            except Exception as error:
                log.error("worker_stumbled", error=type(error).__name__)
                self._stopping.wait(STORE_PAUSE)

    def _sleep(self, wakes: int) -> None:
        due_in = seconds_to_due(self._database)
        shortest = 0.005 if self._may_post() else POSTING_PAUSE
        if self._advance.holds.was_full:
            shortest = FULL_PAUSE * random.uniform(0.5, 1.0)  # noqa: S311
        longest = LONGEST_SLEEP if self._database.is_sqlite else UNHEARD
        pause = longest if due_in is None else min(max(due_in, shortest), longest)
        if self._reconcile is not None:
            pause = min(pause, max(self._reconcile.due_in(), shortest))
        with self._due:
            if self._wakes == wakes and not self._stopping.is_set():
                self._due.wait(pause)
