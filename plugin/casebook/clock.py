"""Whether this machine's clock can be believed: a step of it holds everything outward."""

from __future__ import annotations

import time
from collections.abc import Callable

from plugin.desk.helpdesk import Helpdesk
from plugin.sockets import since_boot

MOST = 120.0
"""Seconds the wall clock may step against the boot-time clock, or differ from the helpdesk's own."""


class ClockWatch:
    """Compares the wall clock with one that never steps, and with the ``Date`` of the helpdesk's answers.

    Deadlines are counted by the wall clock. Until the clocks agree again, or a person accepts the new
    time, the helpdesk is only read.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        since_boot: Callable[[], float] = since_boot,
    ) -> None:
        self._wall = wall
        self._since_boot = since_boot
        self._booted_at = wall() - since_boot()
        self._accepted: dict[str, float] = {}
        self._was_astray = False

    def has_stepped(self) -> bool:
        """Whether the wall clock was set, and nobody said that it is right."""
        stepped = abs(self._wall() - self._since_boot() - self._booted_at) > MOST
        self._was_astray = self._was_astray or stepped
        return stepped

    def came_back(self) -> bool:
        """Whether it can be believed again after a time in which it could not; tells it once."""
        if self.has_stepped() or not self._was_astray:
            return False
        self._was_astray = False
        return True

    def is_astray(self, helpdesk: Helpdesk) -> bool:
        """Whether the time must not be acted on at this helpdesk."""
        return self.off(helpdesk) != 0.0

    def off(self, helpdesk: Helpdesk) -> float:
        """Seconds by which the time cannot be believed at this helpdesk; 0 where it can.

        Above 0 the wall clock was set ahead, or is ahead of the helpdesk's.
        """
        if self.has_stepped():
            return self._wall() - self._since_boot() - self._booted_at
        skew = _skew(helpdesk)
        if skew is None:
            return 0.0
        apart = skew - self._accepted.get(helpdesk.name, 0.0)
        return -apart if abs(apart) > MOST else 0.0

    def accept(self, *helpdesks: Helpdesk) -> None:
        """A person says that the time is right as it is."""
        self._booted_at = self._wall() - self._since_boot()
        self._accepted = {each.name: _skew(each) or 0.0 for each in helpdesks}


def _skew(helpdesk: Helpdesk) -> float | None:
    server = getattr(helpdesk, "server", None)
    return None if server is None else float(server.skew)
