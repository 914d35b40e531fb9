"""A queue renamed in a real helpdesk is told before a ticket meets it; a desk that fits has nothing wrong."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from tests.helpdesks.peer import GROUPS
from tests.helpdesks.rt import RequestTracker
from tests.real.conftest import PEERS, peer_of
from tests.real.line import Line


@pytest.fixture(scope="module", params=PEERS)
def looked_at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    home = tmp_path_factory.mktemp(request.param)
    peer = peer_of(request.param, home / "helpdesk", request.config)
    with Line(peer, home / "paidan").running() as line:
        yield line


def doctor(line: Line, *more: str) -> Result:
    environ = {**os.environ, **line.paidan.looked_at, **line.peer.secrets()}
    with contextlib.chdir(line.home):
        return CliRunner().invoke(main, ["doctor", "desk", "--format", "json", *more], env=environ)


def codes(told: Result, severity: str) -> list[str]:
    found: list[dict[str, Any]] = json.loads(told.output)["desk"]
    return [each["code"] for each in found if each["severity"] == severity]


def checkup(line: Line) -> dict[str, Any]:
    """What the running Paidan found by itself; it looks soon after its start."""
    deadline = time.monotonic() + 60
    while not (found := line.paidan.health()["casebook"]["checkups"]):
        assert time.monotonic() < deadline, line.paidan.tail()
        time.sleep(0.5)
    shown: dict[str, Any] = found[0]
    return shown


def test_a_desk_that_fits_its_helpdesk(looked_at: Line) -> None:
    ticket = looked_at.peer.open("路灯不亮", "小区东门的路灯不亮，晚上看不清台阶。", "web")
    looked_at.routed(ticket)
    told = doctor(looked_at)
    assert told.exit_code == 0, told.output
    assert codes(told, "error") == []
    assert "heard" in codes(told, "ok")
    assert checkup(looked_at)["errors"] == 0


def test_a_test_ticket_comes_back_by_its_webhook(looked_at: Line) -> None:
    told = doctor(looked_at, "--round-trip")
    assert codes(told, "error") == [], told.output
    assert "trip" in codes(told, "ok")
    looked_at.hooks.down = True
    try:
        assert "trip-by-look" in codes(doctor(looked_at, "--round-trip"), "error")
    finally:
        looked_at.hooks.down = False


def test_a_renamed_queue_raises_an_alarm(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    peer = peer_of("request-tracker", tmp_path / "helpdesk", request.config)
    assert isinstance(peer, RequestTracker)
    with Line(peer, tmp_path / "paidan").running() as line:
        assert checkup(line)["errors"] == 0
        with sqlite3.connect(peer.home / "rt.sqlite", timeout=30) as database:
            renamed = ("Renamed queue", GROUPS["onsite"])
            assert database.execute("UPDATE Queues SET Name = ? WHERE Name = ?", renamed).rowcount == 1
        told = doctor(line)
        assert told.exit_code == 1
        assert codes(told, "error") == ["name-gone"]
        line.paidan.stop()
        line.paidan.start()
        deadline = time.monotonic() + 60
        while not checkup(line)["errors"]:
            assert time.monotonic() < deadline, line.paidan.tail()
            time.sleep(0.5)
        assert not line.paidan.health()["ok"]
        assert "desk_unfit" in line.paidan.tail()
