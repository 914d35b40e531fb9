"""Real nodes of Paidan on one store beside the stand-in helpdesk, killed, frozen and cut off at will."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.tables import action, case, delivery, hold
from plugin.errors import StoreError
from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.standin.book import Book as Held
from tests.standin.helpdesk import Helpdesk, doubled, falls, level_of
from tests.web.conftest import ROOT, Installed

FULL = os.environ.get("FAULTS_IN_FULL", "0") != "0"
"""``make faults``: every point and every fault; without it a few of each."""
PEOPLE = (6, 12, 30, 60, 120, 230, 480, 560)
SETTLES = 60.0
"""Seconds in which, after the last fault, less and less must be left to do: otherwise it is stuck."""


class Node:
    """One ``paidan serve``; ``fault`` is one of ``tests.faults.node``."""

    def __init__(self, number: int, folder: Path, env: dict[str, str]) -> None:
        self.port = free_port()
        self.log = folder / f"node{number}.log"
        self._folder = folder
        self._env = {**env, "PAIDAN_PORT": str(self.port)}
        self.more: dict[str, str] = {}
        """Further variables of its environment"""
        self._fault = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/hall/{TOKEN}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, fault: str = "", role: str = "serve") -> None:
        self._fault = fault
        command = [sys.executable, "-m", "tests.faults.node", role]
        env = {**self._env, **self.more, **({"FAULT": fault} if fault else {})}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=env, cwd=self._folder, stdout=log, stderr=log)

    def ready(self) -> None:
        until(self._answers, f"{self.log} does not answer", 30)
        if self._fault:
            self.signal(signal.SIGUSR1)

    def told(self) -> str:
        """What it has logged."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    def signal(self, what: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(what)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code in (200, 503)
        except requests.RequestException:
            return False


class Fleet:
    """Nodes, their store and their helpdesk."""

    def __init__(self, folder: Path, url: str, nodes: int, latency: float) -> None:
        self.url = url
        self.helpdesk = Helpdesk(folder / "helpdesk", latency)
        installed = Installed(folder, self.helpdesk.url)
        env = {**os.environ, **installed.environ(0), "PAIDAN_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        self.nodes = [Node(number, folder, env) for number in range(nodes)]
        self.database = Database(url)
        self.people: dict[int, list[int]] = defaultdict(list)
        """ticket → how many people its messages named"""
        self.chance = random.Random()

    def start(self, **hooks: Any) -> None:
        self.helpdesk.start()
        self.told_hooks(**hooks)
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.ready()

    def told_hooks(self, **hooks: Any) -> None:
        """The helpdesk knows where to send its webhooks; one that was started again does not."""
        self.helpdesk.control(hooks={"urls": [node.hook for node in self.nodes], **hooks})

    def end(self) -> None:
        for node in self.nodes:
            if node.running:
                node.signal(signal.SIGCONT)
            node.kill()
        self.helpdesk.kill()
        self.database.close()

    # --- load ---------------------------------------------------------------------------------------

    def open(self) -> int:
        """A citizen opens a ticket."""
        people = self.chance.choice(PEOPLE)
        ticket = self.helpdesk.open(f"现场来了{people}人，要求答复工资问题")
        self.people[ticket].append(people)
        return ticket

    def say(self, ticket: int) -> None:
        """More is told of a ticket."""
        people = self.chance.choice(PEOPLE)
        self.helpdesk.say(ticket, f"现场现在有{people}人")
        self.people[ticket].append(people)

    @contextmanager
    def load(self, pause: float = 0.1) -> Iterator[None]:
        """Tickets and messages all the time."""
        stopping = threading.Event()

        def work() -> None:
            while not stopping.wait(self.chance.uniform(0, 2 * pause)):
                known = list(self.people)[-30:]
                if known and self.chance.random() < 0.5:
                    self.say(self.chance.choice(known))
                else:
                    self.open()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    # --- what must hold -----------------------------------------------------------------------------

    def settled(self, seconds: float = SETTLES) -> None:
        """Every ticket stands where it belongs, as read back from the helpdesk, and nothing twice."""
        least, moved_at = float("inf"), time.monotonic()
        while left := len(self.missing()) + len(self.waiting()):
            if left < least:
                least, moved_at = left, time.monotonic()
            assert time.monotonic() < moved_at + seconds, self.told()
            time.sleep(0.1)
        assert not [number for number in self.people if self._stands_wrong(self.helpdesk.ticket(number))]
        log = self.helpdesk.log()
        assert doubled(log) == []
        assert falls(log) == []
        assert not any(entry.get("while_told_to_wait") for entry in log), "called during Retry-After"

    def missing(self) -> list[int]:
        """Tickets that do not stand where they belong, by what the helpdesk has on its disk."""
        tickets = Held(self.helpdesk.folder).tickets
        return [number for number in list(self.people) if self._stands_wrong(tickets[number])]

    def _stands_wrong(self, ticket: dict[str, Any]) -> bool:
        noted = any(message["private"] for message in ticket["messages"])
        return not noted or ticket["level"] != level_of(max(self.people[ticket["id"]]))

    def waiting(self) -> list[Any]:
        """What the case book still has to do, or could not be asked."""
        try:
            with self.database.read() as tx:
                new = select(delivery.c.ticket).where(delivery.c.state == "new")
                due = select(case.c.ticket).where(case.c.next_at.is_not(None))
                open_ = select(action.c.id).where(action.c.state.in_(("planned", "sending")))
                return [*tx.run(new).all(), *tx.run(due).all(), *tx.run(open_).all()]
        except StoreError as error:
            return [error]

    def told(self) -> str:
        """What is stuck, for whoever must find out why."""
        with self.database.read() as tx:
            rows = tx.run(select(case).where(case.c.next_at.is_not(None)).limit(5)).all()
            actions = tx.run(select(action).where(action.c.state.in_(("planned", "sending"))).limit(5)).all()
            holds = tx.run(select(hold)).all()
        logs = "\n".join(node.log.read_text("utf-8")[-1500:] for node in self.nodes)
        return f"missing {self.missing()}\ncases {rows}\nactions {actions}\nholds {holds}\n{logs}"


def until(met: Callable[[], object], told: str | Callable[[], str], seconds: float) -> float:
    """Wait until something holds; how long that took."""
    begun = time.monotonic()
    while not met():
        assert time.monotonic() < begun + seconds, told if isinstance(told, str) else told()
        time.sleep(0.05)
    return time.monotonic() - begun


def report(line: str) -> None:
    """A figure for whoever runs this with ``-s``."""
    sys.stdout.write(f"\n{line}\n")
