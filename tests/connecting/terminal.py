"""A command in a terminal of its own, answered as a person would: by what stands on the screen."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Terminal:
    """One process behind a pseudo-terminal."""

    def __init__(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.screen = ""
        self._read_to = 0
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], list(command), dict(environ))

    def until(self, pattern: str, seconds: float = 60.0) -> str:
        """Wait for words after those waited for before; answers the line they stand in."""
        deadline = time.monotonic() + seconds
        while not (hit := re.compile(pattern).search(self.screen, self._read_to)):
            assert time.monotonic() < deadline, f"{pattern!r} never came:\n{self.screen}"
            assert self._more(), f"ended before {pattern!r}:\n{self.screen}"
        self._read_to = hit.end()
        return hit.group()

    def type(self, line: str) -> None:
        """A line and Enter."""
        os.write(self._end, line.encode() + b"\n")

    def answer(self, pattern: str, line: str = "") -> None:
        """Type a line once it is asked for."""
        self.until(pattern)
        self.type(line)

    def ended(self, seconds: float = 90.0) -> int:
        """The exit code, once there is one."""
        deadline = time.monotonic() + seconds
        while self._more():
            assert time.monotonic() < deadline, f"it does not end:\n{self.screen}"
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End it where it still runs: Ctrl-C, so that it ends what it has started itself."""
        if self._pid:
            os.kill(self._pid, signal.SIGINT)
            with suppress(AssertionError):
                self.ended(20)
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._end)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], 0.2)
        if not ready:
            return True
        try:
            read = os.read(self._end, 65536)
        except OSError:  # the other end is closed (Linux)
            return False
        self.screen += read.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(read)
