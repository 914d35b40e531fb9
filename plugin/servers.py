"""Servers of our own beside us (a demo, a trial, a test): own session, own log, ended by their own id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class ServerFailed(Exception):
    """A server did not come up; the message holds the end of its log."""


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One server process; ``url`` is asked until it answers with anything but a failure."""

    name: str
    command: Sequence[str]
    url: str
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id; only of a started server."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    def start(self, wait: float = 30.0) -> None:
        """Start and wait up to ``wait`` seconds for the first answer; raises ``ServerFailed``."""
        self.launch()
        self.wait_ready(wait)

    def launch(self) -> None:
        """Start without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (own arguments)
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                env={**os.environ, **self.env},
                start_new_session=True,  # Ctrl-C in the terminal reaches us only: we end it in order
            )

    def wait_ready(self, seconds: float) -> None:
        """Wait until the server answers; raises ``ServerFailed`` with the end of its log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.running:
            if _answers(self.url):
                return
            time.sleep(0.05)
        reason = "gave no answer in time" if self.running else "ended at once"
        self.stop()
        raise ServerFailed(f"{self.name} {reason}; the end of its log ({self.log}):\n{self.tail()}")

    def tail(self, lines: int = 15) -> str:
        """The last lines of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])

    def stop(self, grace: float = 8.0) -> None:
        """End the process and its session: asked first, forced after ``grace`` seconds."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End the process and its session without warning (as a crash would)."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 (always http://127.0.0.1)
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False
