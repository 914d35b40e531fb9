"""Who writes next where a database takes one writer at a time: nobody waits behind more than one other.

Deliveries that arrive while another transaction runs are committed together, in one, by whichever of
their threads comes first; a sender's answer waits for one commit, however many others are accepted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from plugin.errors import StoreError, Unstorable

Given = TypeVar("Given")
Told = TypeVar("Told")


class Turns:
    """One writer at a time; accepting and working take turns, each side first come first served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting: tuple[deque[threading.Lock], deque[threading.Lock]] = (deque(), deque())

    @contextmanager
    def turn(self, *, accepts: bool = False) -> Iterator[None]:
        """Write for as long as the block lasts."""
        self._take(accepts)
        try:
            yield
        finally:
            self._pass_on(accepts)

    def _take(self, accepts: bool) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting[accepts].append(mine)
        mine.acquire()

    def _pass_on(self, accepted: bool) -> None:
        """The turn goes from hand to hand: a thread that never waits cannot snatch it."""
        with self._lock:
            waiting = self._waiting[not accepted] or self._waiting[accepted]
            if waiting:
                waiting.popleft().release()
            else:
                self._is_taken = False


class _Job(Generic[Given, Told]):
    """One thread's piece of work in a group."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.outcome: Told | Exception = StoreError("whoever led the group was ended")
        self.is_over = False
        self.called = threading.Event()
        """Its work is over, or it leads the next group."""


class Together(Generic[Given, Told]):
    """Small pieces of work of many threads, done in groups."""

    def __init__(self, work: Callable[[Sequence[Given]], Sequence[Told]]) -> None:
        """``work`` does all of a group or raises and does nothing of it."""
        self._work = work
        self._lock = threading.Lock()
        self._waiting: list[_Job[Given, Told]] = []
        self._is_led = False

    def __call__(self, given: Given) -> Told:
        """Have it done with whatever else waits; returns or raises once it is."""
        mine: _Job[Given, Told] = _Job(given)
        with self._lock:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.called.wait()
        if not mine.is_over:
            self._lead()
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        return mine.outcome

    def _lead(self) -> None:
        """Do what waits, then call the first of those that came meanwhile."""
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            self._do(group)
        finally:
            with self._lock:
                heirs = self._waiting[:1]
                self._is_led = bool(heirs)
            for job in (*group, *heirs):
                job.called.set()

    def _do(self, group: Sequence[_Job[Given, Told]]) -> None:
        """All at once; where one of them cannot be done, each by itself."""
        outcomes: Sequence[Told | Exception]
        try:
            outcomes = self._work([job.given for job in group])
        except Exception as error:
            if len(group) > 1 and not _is_gone(error):
                for job in group:
                    self._do([job])
                return
            outcomes = [error] * len(group)
        for job, outcome in zip(group, outcomes, strict=True):
            job.outcome, job.is_over = outcome, True


def _is_gone(error: Exception) -> bool:
    """Whether the database itself failed: each by itself would meet the same."""
    return isinstance(error, StoreError) and not isinstance(error, Unstorable)
