"""Paidan under one who looks after it, as systemd does: ready, moving, stopping, and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.casebook.standin import StandIn
from tests.web.conftest import Installed
from tests.web.processes import (
    Line,
    Processes,
    Senders,
    address,
    assert_all_taken_once,
    post,
    processes,
    until,
)

PATIENCE = 2.0
"""Seconds the tests' stand-in waits for a sign of life."""
STALLS = """
import threading
from plugin.casebook import loop

loop.STUCK = 1.0
begun = threading.Event()


def stalls(self, turn=loop.Loop.turn):
    if {when}:
        threading.Event().wait()
    return turn(self)


loop.Loop.turn = stalls
"""


class Systemd:
    """Holds the socket, hears what its one process says, and starts it anew when it ends or falls silent."""

    def __init__(self, run: Processes, role: str, held: socket.socket) -> None:
        self.heard: list[str] = []
        self.started: list[subprocess.Popen[bytes]] = []
        self._run, self._role, self._held = run, role, held
        self._path = str(run.folder / "notify")
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(self._path)
        self._notify.settimeout(0.05)
        self._alive_at = time.monotonic()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look_after, daemon=True)

    @contextmanager
    def running(self) -> Iterator[Systemd]:
        self.start()
        self._thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            self._thread.join()
            self._notify.close()

    def start(self) -> None:
        more = {"NOTIFY_SOCKET": self._path, "WATCHDOG_USEC": str(int(PATIENCE * 1e6))}
        self.started.append(self._run.start(self._role, self._held, **more))
        self._alive_at = float("inf")

    def _look_after(self) -> None:
        while not self._ending.is_set():
            self._hear()
            process = self.started[-1]
            if time.monotonic() > self._alive_at + PATIENCE:
                process.send_signal(signal.SIGABRT)
                process.wait()
            if process.poll() is not None:
                self.start()

    def _hear(self) -> None:
        try:
            said = self._notify.recv(1000).decode()
        except TimeoutError:
            return
        self.heard.append(said)
        if said in ("READY=1", "WATCHDOG=1"):
            self._alive_at = time.monotonic()
        if said == "STOPPING=1":
            self._alive_at = float("inf")


@pytest.fixture
def held() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield listening


@pytest.fixture(params=["serve", "web", "worker"])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_says_when_it_is_ready_that_it_moves_and_when_it_stops(
    installed: Installed, role: str, url: str, held: socket.socket
) -> None:
    with processes(installed, url) as run, Systemd(run, role, held).running() as systemd:
        until(lambda: systemd.heard.count("WATCHDOG=1") > 3, lambda: run.log(role)[-2000:])
        systemd.started[0].terminate()
        assert systemd.started[0].wait(30) == 0
        until(lambda: systemd.heard.count("READY=1") == 2, lambda: systemd.heard)
    first = systemd.heard[: systemd.heard.index("STOPPING=1") + 1]
    assert first[0] == "READY=1"
    assert set(first[1:-1]) == {"WATCHDOG=1"}


@pytest.mark.parametrize("role", ["serve"])
def test_a_process_whose_loop_stalls_is_started_again_and_loses_nothing(
    installed: Installed, role: str, url: str, held: socket.socket, helpdesk: StandIn
) -> None:
    once = Path(installed.folder, "stalled")
    stalling = STALLS.format(when=f"__import__('os').path.exists({str(once)!r})")
    Path(installed.folder, "sitecustomize.py").write_text(stalling, "utf-8")
    with processes(installed, url) as run:
        run.env["PYTHONPATH"] += f":{installed.folder}"
        with Systemd(run, role, held).running() as systemd, Senders(address(held), helpdesk) as senders:
            until(lambda: "WATCHDOG=1" in systemd.heard, lambda: run.log(role)[-2000:])
            once.touch()
            until(lambda: systemd.started[0].poll() is not None, lambda: run.log(role)[-2000:])
            once.unlink()
            run.ready(role, 2)
            senders.stop()
            assert systemd.started[0].returncode == -signal.SIGABRT
            assert "stands_still" in run.log(role)
            assert "in stalls" in run.log(role), "where every thread stood is told"
            set_aside = senders.outcomes.pop("200")
            assert senders.outcomes.total() <= 4, "at most what was in hand was cut"
            senders.outcomes["200"] = set_aside
            senders.send_again()
            assert_all_taken_once(senders, helpdesk, url)


@pytest.mark.parametrize("role", ["web"])
def test_documents_with_an_error_end_no_process_that_serves(
    installed: Installed, role: str, url: str, held: socket.socket, helpdesk: StandIn
) -> None:
    with processes(installed, url) as run:
        web = run.start(role, held)
        run.ready(role)
        good = installed.desk.read_text("utf-8")
        installed.desk.write_text("version: 1\nconnector: nowhere\n", "utf-8")
        web.send_signal(signal.SIGHUP)
        until(lambda: run.log(role).count("documents_refused") >= 2, lambda: run.log(role)[-2000:])
        assert {post(address(held), helpdesk.open("上访", "五十余人"), f"d{n}") for n in range(20)} == {200}
        installed.desk.write_text(good.replace("mode: act", "mode: observe"), "utf-8")
        web.send_signal(signal.SIGHUP)
        until(lambda: run.log(role).count("documents_loaded") >= 2, lambda: run.log(role)[-2000:])
        web.send_signal(signal.SIGINT)
        assert web.wait(30) == 0


@pytest.mark.parametrize("role", ["serve", "web"])
def test_both_servers_answer_alike(installed: Installed, role: str, url: str, held: socket.socket) -> None:
    """A body that is too large, far too large, or of no declared size; and who serves is not told."""
    with processes(installed, url) as run:
        run.env["PAIDAN_MAX_BODY"] = "100000"
        run.start(role, held)
        run.ready(role)
        bodies = {"a little": b"x" * 100_001, "far": b"x" * 5_000_000}
        for body in [*bodies.values(), iter([b"x" * 60_000] * 4)]:
            line = Line(address(held))
            answer = line.ask("POST", "/hooks/hall/nothing", body)
            line.close()
            assert answer.status == 413
            assert answer.getheader("Server") is None
        answer = Line(address(held)).ask("GET", "/healthz")
        assert (answer.status, answer.getheader("Server")) == (200, None)
