"""Faults on demand, and a rate limit of the helpdesk's own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

ON_THE_WAY = 0.5
"""Seconds in which calls still arrive that were begun before the refusal was read."""


@dataclass
class Fault:
    """What matching calls meet, for the next ``times`` of them or for ``seconds``.

    ``kind``: ``slow`` (``delay`` seconds, then served), ``status`` (not served), ``status_after`` (served
    all the same), ``cut_before``, ``cut_after``, ``half`` (it breaks off), ``html``, ``error_200``, ``stale``
    (an older state of the ticket is shown), ``refuse`` (the connection is closed at once).
    """

    kind: str
    method: str = "*"
    times: int | None = None
    seconds: float | None = None
    share: int = 1
    """Every how many-th matching call meets it"""
    status: int = 500
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    met: int = 0
    seen: int = 0
    begun: float = field(default_factory=time.monotonic)

    def meets(self, method: str) -> bool:
        """Whether this call meets it; counts."""
        over = self.seconds is not None and time.monotonic() - self.begun > self.seconds
        used_up = self.times is not None and self.met >= self.times
        if over or used_up or self.method not in (method, "*"):
            return False
        self.seen += 1
        if self.seen % self.share:
            return False
        self.met += 1
        return True


class Limit:
    """So many calls a second, with a reserve; who asks for more is told how long to wait."""

    def __init__(self, per_second: float = 0.0, reserve: int = 20, says: str = "seconds") -> None:
        self.per_second, self.reserve, self.says = per_second, reserve, says
        self._left, self._at = float(reserve), time.monotonic()
        self.closed_until = 0.0
        """Wall-clock seconds until which nothing is to be asked"""
        self.told_until, self.told_at = 0.0, 0.0
        """The same as first said to a caller, and when"""

    def take(self) -> dict[str, str] | None:
        """Headers of a refusal; None where the call is let through."""
        if not self.per_second:
            return None
        now = time.monotonic()
        self._left = min(self.reserve, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left >= 1 and time.time() >= self.closed_until:
            self._left -= 1
            return None
        wait = max(1, round((self.reserve / 2) / self.per_second))
        self.closed_until = max(self.closed_until, time.time() + wait)
        until = self.closed_until - time.time()
        said = formatdate(self.closed_until + 1, usegmt=True) if self.says == "date" else str(int(until + 1))
        return {"Retry-After": said}

    def told(self) -> None:
        """A refusal has left us: from now on its caller can know."""
        if self.told_until < time.time():
            self.told_until, self.told_at = self.closed_until, time.time()

    def is_known(self) -> bool:
        """Whether whoever calls now was told to wait: what was on its way by then is no fault of it."""
        now = time.time()
        return now < self.told_until and now > self.told_at + ON_THE_WAY

    def headers(self) -> dict[str, str]:
        """What every answer says of the calls left."""
        if not self.per_second:
            return {}
        return {"X-RateLimit-Limit": str(self.reserve), "X-RateLimit-Remaining": str(int(self._left))}


def made(given: dict[str, Any]) -> Fault:
    return Fault(**given)
