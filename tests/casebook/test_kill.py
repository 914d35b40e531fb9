"""A process killed at random points: every accepted delivery is worked on, no effect stands twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine, text

from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def helpdesk() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


class Served:
    """The process, started and killed as often as asked."""

    def __init__(self, folder: Path, helpdesk: StandIn) -> None:
        self.port = free_port()
        self.folder = folder
        self.helpdesk = helpdesk
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/hall/{TOKEN}"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.casebook.served",
            str(self.folder),
            self.helpdesk.url,
            str(self.port),
        ]
        log = (self.folder / "served.log").open("ab")
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=env)
        log.close()

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


def send(served: Served, ticket: int, key: str) -> None:
    """A sender that repeats until it is answered, as some do and Paidan must bear."""
    body = json.dumps({"ticket": ticket, "delivery": key, "event": "updated"})
    for _ in range(600):
        try:
            if requests.post(served.hook, data=body, timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError("never accepted")


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_at_random_nothing_is_lost_or_doubled(tmp_path: Path, helpdesk: StandIn, rounds: int) -> None:
    chance = random.Random()
    served = Served(tmp_path, helpdesk)
    tickets = [helpdesk.open("complaint", f"{n % 5} people") for n in range(rounds * 6)]
    pending = list(enumerate(tickets))
    senders = [threading.Thread(target=_send_all, args=(served, pending)) for _ in range(3)]
    served.start()
    for sender in senders:
        sender.start()
    for _ in range(rounds):
        before = helpdesk.count("GET")
        _until(lambda before=before: helpdesk.count("GET") > before or not pending)
        time.sleep(chance.uniform(0.0, 0.12))
        served.kill()
        served.start()
    for sender in senders:
        sender.join()
    try:
        _until(lambda: all(_stands(helpdesk, n, t) for n, t in enumerate(tickets)))
        time.sleep(0.3)
    finally:
        served.kill()
    for ticket in tickets:
        assert max(Counter(helpdesk.notes(ticket)).values()) == 1
        assert len(helpdesk.notes(ticket)) == 1
    engine = create_engine(f"sqlite:///{tmp_path}/book.db")
    with engine.connect() as connection:
        states = Counter(row[0] for row in connection.execute(text("select state from delivery")))
    engine.dispose()
    assert states == {"read": len(tickets)}


def _send_all(served: Served, pending: list[tuple[int, int]]) -> None:
    while pending:
        try:
            number, ticket = pending.pop(0)
        except IndexError:
            return
        send(served, ticket, f"d{number}")
        time.sleep(0.03)


def _stands(helpdesk: StandIn, number: int, ticket: int) -> bool:
    level = (None, "low", "mid", "high", "top")[number % 5]
    return helpdesk.tickets[ticket]["level"] == level and bool(helpdesk.notes(ticket))


def _until(met: object, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():  # type: ignore[operator]
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)
