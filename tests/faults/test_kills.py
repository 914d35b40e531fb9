"""Killed and frozen at random moments and named points: nothing lost, nothing twice, soon at work again."""

from __future__ import annotations

import signal
import time

import pytest

from tests.faults.fleet import FULL, Fleet, report, until
from tests.faults.node import POINTS

pytestmark = pytest.mark.faults

KILLS = 200 if FULL else 6
"""How often the random test kills."""
TRIED = tuple(POINTS) if FULL else ("record", "intent", "write")
WHEN = ("before", "after") if FULL else ("after",)
STUCK = 30.0
"""Seconds after which a node that was started again and called nobody is stuck."""


def calls(fleet: Fleet) -> int:
    return int(fleet.helpdesk.control()["calls"])


def test_killed_at_random_moments(fleet: Fleet) -> None:
    fleet.start()
    slowest = 0.0
    with fleet.load(0.5 if FULL else 0.1):
        for _ in range(KILLS):
            before = calls(fleet)
            until(lambda before=before: calls(fleet) > before + 2, fleet.told, 30)
            time.sleep(fleet.chance.uniform(0.0, 0.3))
            node = fleet.chance.choice(fleet.nodes)
            node.kill()
            time.sleep(fleet.chance.uniform(0.0, 0.5))
            before, begun = calls(fleet), time.monotonic()
            node.start()
            node.ready()
            until(lambda before=before: calls(fleet) > before, fleet.told, STUCK)
            slowest = max(slowest, time.monotonic() - begun)
    fleet.settled()
    report(f"{KILLS} kills, {len(fleet.people)} tickets, at work again after at most {slowest:.2f} s")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", TRIED)
def test_killed_at_a_named_point(fleet: Fleet, point: str, when: str) -> None:
    fleet.start()
    broken = fleet.nodes[0]
    broken.kill()
    broken.start(f"{when}:{point}:KILL:2")
    broken.ready()
    fleet.helpdesk.control(hooks={"urls": [broken.hook]})
    for _ in range(4):
        fleet.open()
        time.sleep(0.1)
    if fleet.database.is_sqlite:
        until(lambda: not broken.running, fleet.told, 20)
        broken.start()
        broken.ready()
    fleet.helpdesk.control(hooks={"urls": [node.hook for node in fleet.nodes[1:] or [broken]]})
    until(lambda: not fleet.missing(), fleet.told, 20)
    fleet.settled()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", TRIED)
def test_frozen_at_a_named_point_and_thawed(two_nodes: Fleet, point: str, when: str) -> None:
    fleet = two_nodes
    fleet.start()
    frozen, alive = fleet.nodes
    frozen.kill()
    frozen.start(f"{when}:{point}:STOP:2")
    frozen.ready()
    fleet.helpdesk.control(hooks={"urls": [alive.hook]})
    tickets = [fleet.open() for _ in range(6)]
    deadline = time.monotonic() + 20
    while not is_stopped(frozen.process.pid) and time.monotonic() < deadline:  # type: ignore[union-attr]
        fleet.say(fleet.chance.choice(tickets))
        time.sleep(0.1)
    assert is_stopped(frozen.process.pid)  # type: ignore[union-attr]
    for ticket in tickets:
        fleet.say(ticket)
    until(lambda: not fleet.missing(), fleet.told, 30)
    frozen.signal(signal.SIGCONT)
    time.sleep(1.5)
    fleet.settled()


def is_stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"
