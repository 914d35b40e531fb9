"""The whole program with planted words: searched afterwards in what it printed and in every file it wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from plugin.casebook.database import Database
from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.guards.hostile import HOSTILE, PLANTED
from tests.guards.test_markers import files_with, rows_with
from tests.web.conftest import ROOT, Installed

IN_HOOKS = "hookmarker5zq"
"""Planted in what the helpdesk sends us, not in the ticket."""


@pytest.fixture
def helpdesk() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


def until(met: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


class Served:
    """A serving process and what it said."""

    def __init__(self, installed: Installed) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "plugin", "serve"],
            cwd=ROOT,
            env={**os.environ, **installed.environ(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(self._answers)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.base}/healthz", timeout=1).status_code > 0
        except requests.RequestException:
            return False

    def post(self, body: bytes, token: str = TOKEN, **headers: str) -> int:
        url = f"{self.base}/hooks/hall/{token}"
        return requests.post(url, data=body, headers=headers, timeout=5).status_code

    def stop(self) -> str:
        """Everything it printed."""
        self._process.terminate()
        out, err = self._process.communicate(timeout=20)
        return out + err


def hook(ticket: int) -> bytes:
    body = {
        "ticket": ticket,
        "delivery": f"d{ticket}",
        "event": "created",
        "title": IN_HOOKS,
        "by": {"name": IN_HOOKS},
    }
    return json.dumps(body).encode()


def test_planted_words_are_nowhere_but_in_the_body_of_the_delivery(tmp_path: Path, helpdesk: StandIn) -> None:
    installed = Installed(tmp_path, helpdesk.url)
    served = Served(installed)
    tickets = [
        helpdesk.open(
            f"{PLANTED} {words[:40]}",
            f"{words}\n我叫{PLANTED}，上午约60名居民到窗口反映停水。",
            customer=PLANTED,
        )
        for words in HOSTILE
    ]
    try:
        assert [served.post(hook(ticket)) for ticket in tickets] == [200] * len(tickets)
        refused = [
            served.post(IN_HOOKS.encode(), token="x" * 40, **{"X-Name": IN_HOOKS}),
            served.post(f"{{{IN_HOOKS}".encode()),
            served.post(b'{"ticket": "../../' + IN_HOOKS.encode() + b'"}'),
            served.post(IN_HOOKS.encode() * 300_000),
        ]
        assert refused[0] == 401
        assert max(refused) < 500
        until(lambda: all(helpdesk.notes(ticket) for ticket in tickets))
        pages = [
            requests.get(f"{served.base}{path}", timeout=5).text for path in ("/healthz", "/", f"/{IN_HOOKS}")
        ]
    finally:
        printed = served.stop()
    assert not [text for text in (printed, *pages) if PLANTED in text]
    assert IN_HOOKS not in printed
    assert not files_with(tmp_path, PLANTED)
    database = Database(f"sqlite:///{tmp_path}/paidan.db")
    assert set(rows_with(database, IN_HOOKS)) <= {"delivery.body"}
    database.close()
    notes = "".join(note for ticket in tickets for note in helpdesk.notes(ticket))
    assert PLANTED not in notes
    assert not set(notes) & set("<>{}%\x1b\x00\u202e")


def test_no_line_of_the_log_is_forged(tmp_path: Path, helpdesk: StandIn) -> None:
    """Every line on the error stream is one of ours, whatever stands in tickets, ids, headers and paths."""
    served = Served(Installed(tmp_path, helpdesk.url))
    forged = '\r\n{"event": "forged", "level": "critical"}\r\n'
    ticket = helpdesk.open(forged, forged * 20, group=forged, priority="urgent")
    try:
        served.post(json.dumps({"ticket": ticket, "delivery": forged, "event": forged}).encode())
        served.post(json.dumps({"ticket": forged, "delivery": "x", "event": "created"}).encode())
        requests.get(f"{served.base}/hooks/hall/%0d%0a%7b%22event%22:%22forged%22%7d", timeout=5)
        until(lambda: helpdesk.notes(ticket))
    finally:
        printed = served.stop()
    events = [json.loads(line)["event"] for line in printed.splitlines() if line.startswith("{")]
    assert events
    assert "forged" not in events
