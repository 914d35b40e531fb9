"""What systemd is told: ready, stopping, still moving (sd_notify(3), sd_watchdog_enabled(3))."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping
from contextlib import suppress

import structlog

log = structlog.get_logger()

OFTEN = 4
"""Signs of life within the time systemd waits for one."""
DEPTH = 12
"""Innermost lines told of each thread that stands still."""


class Supervisor:
    """The one who started this process and looks after it; nobody is told where that is not systemd."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        """Takes systemd's own words out of ``environ``: they are for this process, not for any it starts."""
        self._address = environ.pop("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        patience, pid = environ.pop("WATCHDOG_USEC", "0"), environ.pop("WATCHDOG_PID", "")
        mine = pid in ("", str(os.getpid())) and patience.isdigit()
        self._every = int(patience) / 1e6 / OFTEN if mine else 0.0
        self._next = 0.0
        self._moves = True

    def ready(self) -> None:
        """This process does its work from now on."""
        self._tell("READY=1")

    def stopping(self) -> None:
        """This process ends what it has begun."""
        self._tell("STOPPING=1")

    def look(self, is_moving: Callable[[], bool]) -> None:
        """A sign of life, as often as one is waited for, and only while ``is_moving`` says so."""
        now = time.monotonic()
        if not self._every or now < self._next:
            return
        self._next = now + self._every
        moves = is_moving()
        if moves:
            self._tell("WATCHDOG=1")
        elif self._moves:
            log.error("stands_still", threads=_where_threads_stand())
        self._moves = moves

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.sendto(state.encode("ascii"), self._address)


def _where_threads_stand() -> dict[str, list[str]]:
    """Thread → its lines of code, the innermost last."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames().items()
    return {names.get(ident, str(ident)): traceback.format_stack(frame, DEPTH) for ident, frame in frames}
