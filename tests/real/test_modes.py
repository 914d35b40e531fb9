"""A new desk observes, shows what it would have done, and is switched on for one group: on real helpdesks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.demo.paidan import PaidanServer
from tests.real.line import Line
from tests.real.test_whole_line import GROWN, ORDINARY, STILL, VISIT


@pytest.fixture
def watching(line: Line, tmp_path: Path) -> Iterator[PaidanServer]:
    """A Paidan of its own beside the helpdesk, in observe; the line's own is down."""
    line.paidan.stop()
    desk = line.peer.desk(line.api.url) | {"mode": "observe"}
    paidan = PaidanServer(tmp_path / "watching", "desk", desk, line.peer.secrets())
    usual, line.hooks.target = line.hooks.target, paidan.url
    paidan.start()
    yield paidan
    paidan.stop()
    line.hooks.target = usual


def run(paidan: PaidanServer, line: Line, *arguments: str) -> Any:
    command = [sys.executable, "-m", "plugin", *arguments, "--format", "json"]
    env = {**os.environ, **paidan.looked_at, **line.peer.secrets()}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def verdicts(paidan: PaidanServer, line: Line) -> dict[str, tuple[str, str]]:
    listed = run(paidan, line, "review", "desk")["list"]
    return {each["ticket"]: (each["group"], each["verdict"]) for each in listed}


def until(met: Callable[[], bool], what: str, patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while not met():
        assert time.monotonic() < deadline, f"not {what}"
        time.sleep(0.2)


def test_from_observing_to_acting_for_one_group(line: Line, watching: PaidanServer) -> None:
    peer = line.peer
    visits = [peer.open(f"商户来访 {n}", VISIT, "visit") for n in range(2)]
    lamp = peer.open("路灯不亮", ORDINARY, "web")
    mine = {*visits, lamp}  # the helpdesk may have older ones, which are looked at too
    until(lambda: mine <= verdicts(watching, line).keys(), "read")
    peer.move(visits[0], "onsite")
    peer.say(visits[0], STILL)
    expected = {
        visits[0]: ("onsite", "put"),
        visits[1]: ("onsite", "waiting"),
        lamp: ("normal_desk", "waiting"),
    }
    until(lambda: expected.items() <= verdicts(watching, line).items(), f"reviewed as {expected}")
    assert line.api.writes() == []
    before = {each: peer.view(each) for each in (*visits, lamp)}

    version = watching.health()["documents"]["version"]
    done = run(watching, line, "act", "desk", "--group", "onsite")
    left = sum(group == "onsite" for group, _ in verdicts(watching, line).values())
    told = done["open"]
    assert (done["act_for"], told["starts"], told["writes"], told["stops"]) == (["onsite"], 0, 0, 0)
    assert len(visits) <= told["left"] <= left, "the open ones among those it leads"
    until(lambda: watching.health()["documents"]["version"] != version, "taken up")

    new = peer.open("商户来访", VISIT, "visit")
    routed, writes = line.routed(new), len(line.api.writes())
    assert (routed.group, routed.level) == ("onsite", "一般")
    assert writes > 0
    other = peer.open("路灯又不亮", ORDINARY, "web")
    peer.say(visits[0], STILL)
    until(lambda: other in verdicts(watching, line), "read")
    line.rest()
    assert len(line.api.writes()) == writes, "only the ticket of that group was written to"
    for number, view in before.items():
        assert peer.view(number) == view
    untouched = peer.view(other)
    assert (untouched.group, untouched.reasons, untouched.priority) == ("inbox", (), peer.usual)

    peer.say(visits[1], GROWN)
    risen = line.routed(visits[1])
    assert (risen.group, risen.level) == ("onsite", "较大"), "what rises is no longer left to people alone"

    run(watching, line, "observe", "desk")
    text = (watching.mappings / "desks" / "desk.yaml").read_text("utf-8")
    assert "act_for" not in text
    assert "mode: observe" in text
