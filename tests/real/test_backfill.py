"""A first start beside a real helpdesk that has tickets already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.demo.paidan import PaidanServer
from tests.real.line import Line
from tests.real.test_whole_line import ORDINARY, VISIT


@pytest.fixture
def first(line: Line, tmp_path: Path) -> Iterator[PaidanServer]:
    """A Paidan with an empty case book that looks for nothing by itself; the line's own is down."""
    line.paidan.stop()
    line.hooks.down = True
    desk = line.peer.desk(line.api.url) | {"reconcile": False}
    paidan = PaidanServer(tmp_path / "first", "desk", desk, line.peer.secrets())
    yield paidan
    paidan.stop()


def run(paidan: PaidanServer, line: Line, *more: str) -> Any:
    command = [sys.executable, "-m", "plugin", "backfill", "--since", "2026-01-01", "--rate", "600", *more]
    env = {**os.environ, **paidan.looked_at, **line.peer.secrets(), "PAIDAN_LANGUAGE": "en"}
    return subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=paidan.home, timeout=120, check=False
    )


def test_older_tickets_are_counted_first_then_taken_in_once(line: Line, first: PaidanServer) -> None:
    visits = [line.peer.open(f"商户来访 {n}", VISIT, "visit") for n in range(2)]
    lamp = line.peer.open("路灯不亮", ORDINARY, "web")
    closed = line.peer.open("商户来访", VISIT, "visit")
    line.peer.resolve(closed)
    before = {ticket: line.peer.view(ticket) for ticket in (*visits, lamp, closed)}
    line.api.passed.clear()

    done = run(first, line, "--dry-run", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["known"] == 0
    assert report["open"] >= 3
    assert report["levels"]["一般"] >= 2
    assert report["groups"]["normal_desk"] >= 1
    assert line.api.writes() == []
    assert {ticket: line.peer.view(ticket) for ticket in before} == before

    first.start()
    done = run(first, line)
    assert done.returncode == 0, done.stderr
    for ticket in visits:
        view = line.wait(ticket, lambda v: v.group == "onsite" and bool(v.reasons), "taken in")
        assert view.level == "一般"
    assert line.wait(lamp, lambda v: bool(v.reasons), "taken in").group == "normal_desk"
    assert line.peer.view(closed) == before[closed]
    writes = len(line.api.writes())

    done = run(first, line)
    assert (done.returncode, done.stdout.split()[0]) == (0, "0")
    assert len(line.api.writes()) == writes
