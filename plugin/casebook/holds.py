"""The calls of this process to its helpdesks: whether the next may leave, what came of them, what they cost.

What is known here of a desk is a copy that spares a look at the database before every request; what counts
stands in the desk's row (``desk_rows``, ``doors``).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from plugin.casebook.breaker import Breaker
from plugin.casebook.database import Database
from plugin.casebook.desk_rows import Change, chance, change
from plugin.casebook.doors import Entered, Toll, enter
from plugin.casebook.pacing import UNLIMITED, CallLimits, rate, rest, seconds_per_call
from plugin.desk.answers import TooLarge
from plugin.desk.limits import Budget
from plugin.desk.watching import watched, watching
from plugin.errors import (
    AccessDenied,
    Busy,
    Faulty,
    HelpdeskError,
    OutOfTime,
    Unreachable,
    Withheld,
)

USUAL = 2.0
"""Calls a case is thought to need before one was seen: one to read, one to write."""
LEARNING = 0.2
"""Share of the newest case in what is thought of the next."""


@dataclass
class _Known:
    """What this process knows of one desk."""

    epoch: int = 0
    moving: int = 0
    """So many threads are just putting on record that it is to be left alone."""
    is_clean: bool = True
    usual: float = USUAL
    owed: float = 0.0
    """Calls made beyond what was charged."""
    spread: tuple[float, float] | None = None
    """Seconds to a call, and for how long, not yet on record."""
    is_spread: bool = False


@dataclass
class _Pass:
    """One case in hand, or another piece of work: its requests are watched over."""

    holds: Holds
    desk: str
    entered: Entered
    made: int = 0
    told: HelpdeskError | None = None
    """The failure that was put on record last."""
    has_verdict: bool = False

    def before_request(self, request: str) -> None:
        if self.holds.is_over(self.desk, self.entered.epoch):
            raise Withheld(request)
        self.made += 1

    def after_request(self, error: HelpdeskError | None, left: Budget | None) -> None:
        if left is not None:
            self.holds.budget_told(self.desk, left)
        if error is not None:
            self.holds.failed(self.desk, error)


class Holds:
    """Every call this process makes to a helpdesk goes by here."""

    def __init__(
        self, database: Database, limits: Callable[[str], CallLimits] = lambda _desk: UNLIMITED
    ) -> None:
        """``limits``: desk → what its desk file allows us."""
        self._database = database
        self._limits = limits
        self._known: defaultdict[str, _Known] = defaultdict(_Known)
        self._lock = threading.Lock()
        self.on_well: Callable[[], None] = lambda: None
        """Called when a helpdesk that was left alone is well again: what waited may go"""
        self.was_full = False
        """Whether a desk had no room for a due case when one was last asked for"""

    # --- taking a case ------------------------------------------------------------------------------

    def toll(self, desk: str) -> Toll:
        """What one more case of a desk costs, with everything that is not on record yet."""
        limits = self._limits(desk)
        with self._lock:
            known = self._known[desk]
            every, seconds = known.spread or (None, 0.0)
            return Toll(
                calls=max(0.0, known.usual + known.owed),
                usual=known.usual,
                rate=rate(limits),
                at_once=limits.at_once,
                spread=every,
                spread_for=seconds,
            )

    def entered(self, desk: str, toll: Toll, entered: Entered) -> None:
        """A case was let in: what its desk's row said is the newest we know, and the toll is on record."""
        with self._lock:
            known = self._known[desk]
            known.epoch, known.is_clean = entered.epoch, entered.is_clean
            known.owed -= toll.calls - toll.usual
            known.spread = None

    @contextmanager
    def made_for(self, desk: str, entered: Entered, *, is_case: bool = True) -> Iterator[None]:
        """The calls made inside are those of one case, or of another piece of work."""
        work = _Pass(self, desk, entered)
        try:
            with watched(work):
                yield
        finally:
            with self._lock:
                known = self._known[desk]
                known.owed += work.made - entered.usual
                if work.made and is_case:
                    known.usual += LEARNING * (work.made - known.usual)
            if entered.is_probe and not work.has_verdict:
                self._change(desk, lambda breaker, _now: breaker.unproved())

    @contextmanager
    def visit(self, desk: str, seconds: float) -> Iterator[None]:
        """Calls that are of no case, through the desk's door as a case's are; ``seconds`` they last at most.

        Raises ``DoorShut`` where the desk is to be left alone just now, or ``StoreError``.
        """
        toll = self.toll(desk)
        with self._database.write() as tx:
            entered = enter(tx, desk, toll, is_gravest=False, probe=seconds, holder=self._database.holder)
        self.entered(desk, toll, entered)
        with self.made_for(desk, entered, is_case=False):
            yield

    # --- while it is in hand ------------------------------------------------------------------------

    def is_over(self, desk: str, epoch: int) -> bool:
        """Whether the desk is left alone since work of this epoch began."""
        known = self._known[desk]
        return known.moving > 0 or known.epoch > epoch

    def heard(self, desk: str, epoch: int) -> None:
        """Another node put on record that the desk is to be left alone."""
        with self._lock:
            self._known[desk].epoch = max(self._known[desk].epoch, epoch)

    def answered(self, desk: str) -> None:
        """A whole piece of work was well answered: count failures from nothing again."""
        work = self._work(desk)
        if not (self._known[desk].is_clean and (work is None or work.entered.is_clean)):
            epoch = work.entered.epoch if work else None
            self._change(desk, lambda b, now: b.answered(now) if epoch in (None, b.epoch) else b)
        self._judged(work)

    def failed(self, desk: str, error: HelpdeskError) -> None:
        """A call failed: leave the desk alone where it asked for it or has failed too often."""
        work = self._work(desk)
        if isinstance(error, Withheld | OutOfTime) or (work is not None and work.told is error):
            return
        if isinstance(error, Busy):
            self._wait(desk, error.retry_after)
        elif _is_failure(error):
            epoch = work.entered.epoch if work else None
            draw = chance()
            self._change(desk, lambda b, now: b.failed(now, draw, is_current=epoch in (None, b.epoch)))
        else:
            self.answered(desk)
        self._judged(work, error)

    def budget_told(self, desk: str, left: Budget) -> None:
        """An answer said how many calls are left."""
        if left.remaining == 0:
            self._wait(desk, rest(left))
        every = seconds_per_call(left)
        with self._lock:
            known = self._known[desk]
            if every or known.is_spread:
                known.spread, known.is_spread = (every, left.reset_in), every > 0

    # --- on record ----------------------------------------------------------------------------------

    def _wait(self, desk: str, seconds: float | None) -> None:
        """From this instant on nobody here sends anything, also before it is on record."""
        with self._lock:
            self._known[desk].moving += 1
        try:
            self._change(desk, lambda breaker, now: breaker.asked_to_wait(now, seconds))
        finally:
            with self._lock:
                self._known[desk].moving -= 1

    def _change(self, desk: str, changed: Change) -> None:
        after: Breaker = change(self._database, desk, changed)
        with self._lock:
            known = self._known[desk]
            known.epoch = max(known.epoch, after.epoch)
            was_clean, known.is_clean = known.is_clean, after.failures == 0 and after.opened_at is None
        if known.is_clean and not was_clean:
            self.on_well()

    def _work(self, desk: str) -> _Pass | None:
        work = watching()
        return work if isinstance(work, _Pass) and work.desk == desk else None

    def _judged(self, work: _Pass | None, error: HelpdeskError | None = None) -> None:
        if work is not None:
            work.told, work.has_verdict = error or work.told, True


def _is_failure(error: HelpdeskError) -> bool:
    """Whether it says that the helpdesk is not well; a refusal is an answer like another.

    A token that is not valid is not tried with every ticket.
    """
    if isinstance(error, AccessDenied):
        return error.is_signed_out
    return isinstance(error, Unreachable | Faulty) and not isinstance(error, TooLarge)
