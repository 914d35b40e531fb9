"""Paidan's processes as an operator runs them: shared on PostgreSQL, and restarted behind a held socket."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.schema import NEWEST
from plugin.casebook.tables import delivery
from plugin.demo.process import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.postgres import Cluster
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

    def start(self, role: str, held: socket.socket | None = None) -> subprocess.Popen[bytes]:
        """``paidan <role>``; ``held`` is handed over as systemd does it."""
        command, more = [sys.executable, "-m", "plugin", role], {}
        passed: tuple[int, ...] = ()
        if held is not None:
            code = HAND_OVER.format(fd=held.fileno()) + TURN_INTO.format(role=role)
            command, more, passed = [sys.executable, "-c", code], {"LISTEN_FDS": "1"}, (held.fileno(),)
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


def post(port: int, ticket: int, key: str) -> int:
    body = json.dumps({"ticket": ticket, "delivery": key, "event": "updated"})
    return requests.post(f"http://127.0.0.1:{port}/hooks/hall/{TOKEN}", data=body, timeout=30).status_code


def routed(helpdesk: StandIn, tickets: list[int]) -> bool:
    return all(helpdesk.notes(ticket) for ticket in tickets)


@pytest.fixture
def shared(postgres: Cluster) -> Iterator[str]:
    url = postgres.fresh()
    yield url
    postgres.drop(url)


def test_web_and_worker_share_one_case_book(installed: Installed, helpdesk: StandIn, shared: str) -> None:
    with processes(installed, shared) as run:
        web, worker = run.start("web"), run.start("worker")
        run.ready("web")
        run.ready("worker")
        tickets = [helpdesk.open("上访", f"五十余人来到窗口反映工资 {n}") for n in range(12)]
        assert {post(run.port, ticket, f"d{ticket}") for ticket in tickets} == {200}
        until(lambda: routed(helpdesk, tickets), lambda: run.log("worker")[-2000:])
        assert {len(helpdesk.notes(ticket)) for ticket in tickets} == {1}
        assert "case_decided" not in run.log("web")
        for process in (web, worker):
            process.terminate()
        assert [process.wait(20) for process in (web, worker)] == [0, 0]


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_sqlite_case_book_is_not_shared(installed: Installed, role: str) -> None:
    with processes(installed, f"sqlite:///{installed.folder}/paidan.db") as run:
        assert run.start(role).wait(30) == 2
        assert "PostgreSQL" in run.log(role)


class Senders:
    """Post all the time, each delivery once: what is refused or not answered counts."""

    def __init__(self, port: int, helpdesk: StandIn) -> None:
        self.outcomes: Counter[str] = Counter()
        self.tickets: list[int] = []
        self._port = port
        self._helpdesk = helpdesk
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(4)]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        chance = random.Random(number)
        while not self._stopping.wait(chance.uniform(0.0, 0.05)):
            ticket = self._helpdesk.open("上访", "五十余人来到窗口反映工资")
            self.tickets.append(ticket)
            try:
                outcome = str(post(self._port, ticket, f"d{ticket}"))
            except requests.RequestException as error:
                outcome = type(error).__name__
            self.outcomes[outcome] += 1


@pytest.fixture
def held() -> Iterator[socket.socket]:
    """A listening socket that outlives the processes, as systemd holds one."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield listening


def restarted(run: Processes, role: str, held: socket.socket, helpdesk: StandIn) -> Senders:
    """Ended and started several times while deliveries come in."""
    process = run.start(role, held)
    run.ready(role)
    with Senders(held.getsockname()[1], helpdesk) as senders:
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


def test_a_restart_behind_a_held_socket_refuses_nothing(
    installed: Installed, helpdesk: StandIn, held: socket.socket
) -> None:
    url = f"sqlite:///{installed.folder}/paidan.db"
    with processes(installed, url) as run:
        assert_all_taken_once(restarted(run, "serve", held, helpdesk), helpdesk, url)


def test_web_processes_behind_a_held_socket_refuse_nothing(
    installed: Installed, helpdesk: StandIn, held: socket.socket, shared: str
) -> None:
    with processes(installed, shared) as run:
        run.start("worker")
        assert_all_taken_once(restarted(run, "web", held, helpdesk), helpdesk, shared)


def test_what_the_kernel_held_during_a_crash_is_served_by_the_next_process(
    installed: Installed, helpdesk: StandIn, held: socket.socket
) -> None:
    url = f"sqlite:///{installed.folder}/paidan.db"
    with processes(installed, url) as run:
        first = run.start("serve", held)
        run.ready("serve")
        first.kill()
        first.wait()
        with Senders(held.getsockname()[1], helpdesk) as senders:
            time.sleep(0.3)
            run.start("serve", held)
            run.ready("serve", 2)
        assert_all_taken_once(senders, helpdesk, url)


LATER = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    op.add_column("case", sa.Column("later", sa.Text()))
    op.add_column("delivery", sa.Column("later", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
"""


def newer_version(folder: Path) -> str:
    """A version of Paidan with one more revision; where its package is."""
    copied = folder / "newer"
    shutil.copytree(ROOT / "plugin", copied / "plugin", ignore=shutil.ignore_patterns("__pycache__"))
    number = f"{int(NEWEST) + 1:04}"
    file = copied / "plugin/casebook/migrations/versions" / f"{number}_later.py"
    file.write_text(LATER.format(revision=number, before=NEWEST), "utf-8")
    return str(copied)


def test_an_old_process_works_on_while_a_new_one_upgrades_the_schema(
    installed: Installed, helpdesk: StandIn, shared: str
) -> None:
    with processes(installed, shared) as run:
        run.start("serve")
        run.ready("serve")
        with Senders(run.port, helpdesk) as senders:
            time.sleep(0.5)
            run.env["PYTHONPATH"] = newer_version(installed.folder)
            run.start("worker")
            run.ready("worker")
            time.sleep(0.5)
        assert "casebook_upgraded" in run.log("worker")
        assert_all_taken_once(senders, helpdesk, shared)
        run.env["PYTHONPATH"] = str(ROOT)
        run.start("web")
        until(lambda: "casebook_is_newer" in run.log("web"), lambda: run.log("web")[-2000:])
