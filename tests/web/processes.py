"""Real processes of Paidan, started as systemd does it, and senders that never pause."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.tables import delivery
from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.web.conftest import ROOT, Installed

HELD = 3
"""The first handed-over socket's number (sd_listen_fds(3))."""
HAND_OVER = f"import os; os.environ['LISTEN_PID'] = str(os.getpid()); os.dup2({{fd}}, {HELD}); "
TURN_INTO = "import sys; os.execv(sys.executable, [sys.executable, '-m', 'plugin', {role!r}])"


class Processes:
    """Several Paidans of one installation; every one is ended with the test."""

    def __init__(self, installed: Installed, database_url: str) -> None:
        self.folder = installed.folder
        self.port = free_port()
        self.env = {**os.environ, **installed.environ(self.port), "PYTHONPATH": str(ROOT)}
        self.env |= {"PAIDAN_DATABASE_URL": database_url, "PAIDAN_WEB_WORKERS": "2"}
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, held: socket.socket | None = None, **environ: str) -> subprocess.Popen[bytes]:
        """``paidan <role>``; ``held`` is handed over as systemd does it."""
        command, more = [sys.executable, "-m", "plugin", role], dict(environ)
        passed: tuple[int, ...] = ()
        if held is not None:
            code = HAND_OVER.format(fd=held.fileno()) + TURN_INTO.format(role=role)
            command, more, passed = (
                [sys.executable, "-c", code],
                {**environ, "LISTEN_FDS": "1"},
                (held.fileno(),),
            )
        with (self.folder / f"{role}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env={**self.env, **more}, cwd=self.folder, stdout=log, stderr=log, pass_fds=passed
            )
        self.started.append(process)
        return process

    def ready(self, role: str, times: int = 1) -> None:
        """Wait until a process has said so often that it is ready."""
        until(lambda: self.log(role).count("is ready") >= times, lambda: self.log(role)[-2000:])

    def log(self, role: str) -> str:
        path = self.folder / f"{role}.log"
        return path.read_text("utf-8") if path.exists() else ""

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


@contextmanager
def processes(installed: Installed, url: str) -> Iterator[Processes]:
    made = Processes(installed, url)
    try:
        yield made
    finally:
        made.end()


def until(met: Callable[[], object], told: Callable[[], object] = str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, told()
        time.sleep(0.02)


class Line(http.client.HTTPConnection):
    """A connection to a port of this machine or to a socket in the file system."""

    def __init__(self, where: int | str) -> None:
        super().__init__("127.0.0.1", where if isinstance(where, int) else 80, timeout=30)
        self._path = where if isinstance(where, str) else ""

    def connect(self) -> None:
        if not self._path:
            return super().connect()
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        return self.sock.connect(self._path)

    def post(self, ticket: int, key: str) -> int:
        """A webhook of the ticket; the answer's status."""
        body = json.dumps({"ticket": ticket, "delivery": key, "event": "updated"})
        return self.ask("POST", f"/hooks/hall/{TOKEN}", body).status

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        """One request; its answer, read, also where it came before all was sent."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.request(method, path, body, headers)
        answer = self.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        return answer


def post(where: int | str, ticket: int, key: str) -> int:
    """A webhook on a connection of its own."""
    line = Line(where)
    try:
        return line.post(ticket, key)
    finally:
        line.close()


def address(held: socket.socket) -> int | str:
    """Where a held socket is reached."""
    name = held.getsockname()
    return name if isinstance(name, str) else int(name[1])


def routed(helpdesk: StandIn, tickets: list[int]) -> bool:
    return all(helpdesk.notes(ticket) for ticket in tickets)


class Senders:
    """Post all the time, each delivery once: what is refused or not answered counts."""

    def __init__(self, where: int | str, helpdesk: StandIn, *, keep_alive: bool = False) -> None:
        self.outcomes: Counter[str] = Counter()
        self.tickets: list[int] = []
        self.unanswered: list[int] = []
        self._where = where
        self._keep_alive = keep_alive
        self._helpdesk = helpdesk
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(4)]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def line(self) -> Line:
        """A connection to where deliveries go."""
        return Line(self._where)

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def send_again(self) -> None:
        """What was not answered, as any sender does it."""
        for ticket in self.unanswered:
            self.outcomes[str(post(self._where, ticket, f"d{ticket}"))] += 1
        for failed in set(self.outcomes) - {"200"}:
            del self.outcomes[failed]

    def _send(self, number: int) -> None:
        chance, line = random.Random(number), self.line()
        while not self._stopping.wait(chance.uniform(0.0, 0.05)):
            ticket = self._helpdesk.open("上访", "五十余人来到窗口反映工资")
            self.tickets.append(ticket)
            try:
                outcome = str(line.post(ticket, f"d{ticket}"))
            except (OSError, http.client.HTTPException) as error:
                outcome = type(error).__name__
                line.close()
            self.outcomes[outcome] += 1
            if outcome != "200":
                self.unanswered.append(ticket)
            if not self._keep_alive:
                line.close()
        line.close()


def restarted(
    run: Processes, role: str, held: socket.socket, helpdesk: StandIn, *, keep_alive: bool = False
) -> Senders:
    """Ended and started several times while deliveries come in."""
    process = run.start(role, held)
    run.ready(role)
    with Senders(address(held), helpdesk, keep_alive=keep_alive) as senders:
        for count in range(2, 5):
            time.sleep(0.4)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            process = run.start(role, held)
            run.ready(role, count)
        time.sleep(0.3)
    return senders


def assert_all_taken_once(senders: Senders, helpdesk: StandIn, url: str) -> None:
    assert set(senders.outcomes) == {"200"}, senders.outcomes
    until(lambda: routed(helpdesk, senders.tickets), seconds=60)
    assert {len(helpdesk.notes(ticket)) for ticket in senders.tickets} == {1}
    database = Database(url)
    with database.read() as tx:
        kept = Counter(tx.run(select(delivery.c.ticket)).scalars())
    database.close()
    assert kept == Counter(str(ticket) for ticket in senders.tickets)
