"""The circuit breaker of one desk: when it is left alone, and when one call tries whether it is well again.

Closed: everything goes. Open: nothing does, until an instant. Half-open: one case tries, the others wait; a
good answer closes it, a failure opens it for longer. Pure; times in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

FAILURES = 5
"""Calls without any good answer in a row, from any case on any node, before a helpdesk is left alone."""
FIRST = 2.0
"""Seconds of the first pause of a helpdesk that fails; each further one is twice as long."""
BUSY = 5.0
"""The same where one is busy and does not say how long."""
LONGEST = 60.0
"""Seconds; a helpdesk that does not ask for more is tried again at least this often."""
SHORTEST = 1.0
"""Seconds; who asks for less has not said how long."""
CALM = 300.0
"""Seconds of good answers after which earlier pauses are forgotten: one that flaps is not well."""

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of a desk."""

    failures: int = 0
    """In a row."""
    trips: int = 0
    """How often it opened since it was last calm."""
    epoch: int = 0
    """How often it opened ever: work begun in an earlier epoch sends nothing more."""
    reason: str = ""
    """busy or failing"""
    until: float = 0.0
    opened_at: float | None = None
    """None: closed."""
    closed_at: float | None = None
    probe_until: float = 0.0
    """Until then somebody tries."""

    def state(self, now: float) -> State:
        """What it is at ``now``."""
        if now < self.until:
            return "open"
        return "closed" if self.opened_at is None else "half-open"

    def unproved(self) -> Breaker:
        """The one that tried made no call after all."""
        return replace(self, probe_until=0.0)

    def answered(self, now: float) -> Breaker:
        """A good answer came; one to a call from before it opened closes nothing."""
        if self.state(now) == "open":
            return self
        if self.opened_at is None:
            return replace(self, failures=0)
        return replace(self, failures=0, opened_at=None, closed_at=now, probe_until=0.0)

    def failed(self, now: float, chance: float, *, is_current: bool = True) -> Breaker:
        """No good answer came. ``chance`` (0 to 1) shortens the pause by up to a quarter, so that nodes and
        desks that failed together do not come back together; work of an earlier epoch proves nothing.
        """
        if self.state(now) == "open" or not is_current:
            return self
        counted = replace(self, failures=self.failures + 1)
        if self.opened_at is None and counted.failures < FAILURES:
            return counted
        pause = min(LONGEST, FIRST * 2.0 ** self._trips(now)) * (1.0 - chance / 4)
        return counted._opened(now, now + pause, "failing")

    def asked_to_wait(self, now: float, seconds: float | None) -> Breaker:
        """The helpdesk said for how long to leave it alone, or only to do so; a longer wait stands."""
        if seconds is None or seconds < SHORTEST:
            seconds = min(LONGEST, BUSY * 2.0 ** self._trips(now))
        until = now + seconds
        return self if self.state(now) == "open" and until <= self.until else self._opened(now, until, "busy")

    def _trips(self, now: float) -> int:
        """Earlier pauses that still count."""
        if self.opened_at is None and (self.closed_at is None or now - self.closed_at >= CALM):
            return 0
        return min(self.trips, 16)

    def _opened(self, now: float, until: float, reason: str) -> Breaker:
        trips = self._trips(now) + (self.state(now) != "open")
        since = now if self.opened_at is None else self.opened_at
        return replace(
            self,
            trips=trips,
            epoch=self.epoch + 1,
            reason=reason,
            until=until,
            opened_at=since,
            probe_until=0.0,
        )
