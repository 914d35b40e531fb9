"""Senders that never finish what they began: the others are answered all the same, and the slow are cut."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plugin.cli import listening
from plugin.settings import Settings
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.web.conftest import Installed
from tests.web.door import Door
from tests.web.processes import Line, processes, until
from tests.web.test_processes import post

SLOW = 150
"""More than all threads of all processes, and more than waitress takes by itself."""
HEAD = f"POST /hooks/hall/{TOKEN} HTTP/1.1\r\nHost: x\r\n"
BEGUN = {
    "head": "POST /hooks/hall HT",
    "body": f"{HEAD}Content-Length: 1000\r\n\r\n{{",
    "chunks": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5000\r\n",
    "nothing": "",
}


@contextmanager
def dripping(port: int, begun: str, count: int = SLOW) -> Iterator[list[socket.socket]]:
    """Connections that send one more byte every half second, except where they send nothing at all."""
    slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
    stopping = threading.Event()

    def drip() -> None:
        while not stopping.wait(0.5):
            for each in slow:
                try:
                    each.send(b" " if begun else b"")
                except OSError:
                    continue

    for each in slow:
        each.send(begun.encode())
    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield slow
    finally:
        stopping.set()
        thread.join()
        for each in slow:
            each.close()


@pytest.mark.parametrize("begun", BEGUN)
@pytest.mark.parametrize("role", ["serve", "web"])
def test_slow_senders_hold_up_nobody(
    installed: Installed, helpdesk: StandIn, url: str, role: str, begun: str
) -> None:
    with processes(installed, url) as run:
        run.start(role)
        run.ready(role)
        with dripping(run.port, BEGUN[begun]):
            time.sleep(1.0)
            for number in range(5):
                asked = time.monotonic()
                assert post(run.port, 1, f"d{number}") == 200
                assert time.monotonic() - asked < 5.0


@pytest.mark.parametrize("begun", BEGUN)
def test_a_sender_that_is_too_slow_is_cut_and_one_kept_alive_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr(listening, "SLOW", 1.0)
    with served(tmp_path) as port, dripping(port, BEGUN[begun], 1) as (slow,):
        kept = Line(port)
        assert kept.post(1, "d1") == 200
        asked = time.monotonic()
        assert slow.recv(1) == b""
        assert 0.5 < time.monotonic() - asked < 20
        assert kept.post(1, "d2") == 200
        kept.close()


def test_where_there_are_too_many_those_that_have_been_sending_longest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST", 20)
    with served(tmp_path) as port, dripping(port, BEGUN["body"], 19) as slow:
        time.sleep(0.3)
        lines = [Line(port) for _ in range(10)]
        assert [line.post(1, f"d{n}") for n, line in enumerate(lines)] == [200] * 10
        until(lambda: sum(is_open(each) for each in slow) <= 11)
        assert not any(map(is_open, slow[:5]))
        assert all(map(is_open, slow[-5:]))
        for line in lines:
            line.close()


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True


@contextmanager
def served(folder: Path) -> Iterator[int]:
    door = Door(folder)
    settings = Settings(host="127.0.0.1", port=0)
    at = listening.Listening(door.client.application, settings)
    thread = threading.Thread(target=at.run, args=(lambda: None,))
    thread.start()
    try:
        yield int(at.urls[0].rpartition(":")[2])
    finally:
        at.stop()
        thread.join()
        at.close()
        door.database.close()
