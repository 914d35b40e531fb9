"""A message a second into Request Tracker for half an hour, while every part of the line fails in turn."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.fleet import report
from tests.faults.soak import MINUTES, Memory
from tests.real.nodes import Nodes, doubled, running, stands
from tests.real.test_whole_line import STILL

pytestmark = pytest.mark.faults

TICKETS = 150
"""Once there are so many, messages go into those."""
SETTLES = 400.0
"""Seconds; what no webhook told is found by the next look, five minutes later at most."""


class Weather:
    """What fails, one after the other."""

    def __init__(self, nodes: Nodes, seconds: float) -> None:
        self._nodes = nodes
        self._calm_at = time.monotonic() + seconds / 3
        """From then on Paidan is left alive, so that its memory tells something"""
        self.met: Counter[str] = Counter()

    def turn(self) -> None:
        """One trouble, from its beginning to its end."""
        what: list[Callable[[float], None]] = [self._helpdesk_gone, self._webhooks_lost, self._frozen]
        if time.monotonic() < self._calm_at:
            what.append(self._killed)
        chosen = self._nodes.chance.choice(what)
        self.met[chosen.__name__.strip("_")] += 1
        chosen(self._nodes.chance.uniform(0.5, 6.0))

    def _helpdesk_gone(self, seconds: float) -> None:
        self._nodes.line.api.down = True
        time.sleep(seconds)
        self._nodes.line.api.down = False

    def _webhooks_lost(self, seconds: float) -> None:
        self._nodes.line.hooks.down = True
        time.sleep(seconds)
        self._nodes.line.hooks.down = False

    def _frozen(self, seconds: float) -> None:
        os.kill(self._nodes.line.paidan.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self._nodes.line.paidan.pid, signal.SIGCONT)

    def _killed(self, seconds: float) -> None:
        self._nodes.line.paidan.kill()
        time.sleep(seconds / 3)
        self._nodes.line.paidan.start()


@contextmanager
def messages(nodes: Nodes) -> Iterator[list[int]]:
    """One a second: new tickets, people who come, and words that change nothing."""
    stopping, said = threading.Event(), [0]

    def work() -> None:
        begun = time.monotonic()
        while not stopping.wait(max(0.0, begun + said[0] - time.monotonic())):
            if len(nodes.levels) < TICKETS and nodes.chance.random() < 0.5:
                nodes.something_happens()
            elif nodes.levels:
                nodes.line.peer.say(nodes.chance.choice(list(nodes.levels)), STILL)
            said[0] += 1

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield said
    finally:
        stopping.set()
        thread.join()


@pytest.fixture
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes]:
    yield from running(request.config, tmp_path, "request-tracker", "", 1)


def test_half_an_hour_of_everything(nodes: Nodes) -> None:
    seconds, held = MINUTES * 60, Memory()
    weather, begun = Weather(nodes, seconds), time.monotonic()
    with messages(nodes) as said:
        while time.monotonic() < begun + seconds:
            calm_until = time.monotonic() + nodes.chance.uniform(3, 20 if seconds > 120 else 5)
            while time.monotonic() < calm_until:
                held.look([nodes.line.paidan.pid])
                time.sleep(1.0)
            weather.turn()
        took = time.monotonic() - begun
    settled_at = time.monotonic()
    for ticket, level in nodes.levels.items():
        nodes.line.wait(
            ticket,
            lambda view, level=level: stands(nodes.line, view, level),
            f"{level} after all of it",
            patience=SETTLES,
        )
    views = {ticket: nodes.line.peer.view(ticket) for ticket in nodes.levels}
    assert all(stands(nodes.line, views[ticket], level) for ticket, level in nodes.levels.items())
    assert {ticket: twice for ticket, view in views.items() if (twice := doubled(view))} == {}
    report(
        f"{took / 60:.1f} minutes, {said[0] / took:.2f} messages a second, {len(views)} tickets, "
        f"{dict(weather.met)}; all in their right state {time.monotonic() - settled_at:.0f} s after; "
        f"{held.told()}"
    )
    assert held.is_flat(), held.samples
