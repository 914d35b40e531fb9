"""A message a second into Request Tracker for half an hour, while every part of the line fails in turn."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.fleet import report
from tests.faults.soak import Weather
from tests.real.nodes import Nodes, doubled, running, stands
from tests.real.test_whole_line import STILL

pytestmark = pytest.mark.faults

TICKETS = 150
"""Once there are so many, messages go into those."""
TOLD = 3
"""Placed, raised, and that a newer message sounds less grave."""
SETTLES = 400.0
"""Seconds; what no webhook told is found by the next look, five minutes later at most."""


class Troubles:
    """What fails, for some seconds each."""

    def __init__(self, nodes: Nodes, weather: Weather) -> None:
        self._nodes, self._weather = nodes, weather

    def __call__(self) -> list[Callable[[], None]]:
        """What may fail now."""
        what = [self._helpdesk_gone, self._webhooks_lost, self._frozen]
        return [*what, self._killed] if self._weather.may_kill else what

    def _pass(self, most: float = 6.0) -> None:
        time.sleep(self._nodes.chance.uniform(0.5, most))

    def _helpdesk_gone(self) -> None:
        self._nodes.line.api.down = True
        self._pass()
        self._nodes.line.api.down = False

    def _webhooks_lost(self) -> None:
        self._nodes.line.hooks.down = True
        self._pass()
        self._nodes.line.hooks.down = False

    def _frozen(self) -> None:
        os.kill(self._nodes.line.paidan.pid, signal.SIGSTOP)
        self._pass()
        os.kill(self._nodes.line.paidan.pid, signal.SIGCONT)

    def _killed(self) -> None:
        self._nodes.line.paidan.kill()
        self._pass(2.0)
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
    weather = Weather(nodes.chance)
    with messages(nodes) as said:
        weather.blow(Troubles(nodes, weather), lambda: [nodes.line.paidan.pid])
        took = weather.minutes
    settled_at = time.monotonic()
    for ticket, level in nodes.levels.items():
        nodes.line.wait(
            ticket,
            lambda view, level=level: stands(nodes.line, view, level, TOLD),
            f"{level} after all of it",
            patience=SETTLES,
        )
    views = {ticket: nodes.line.peer.view(ticket) for ticket in nodes.levels}
    assert all(stands(nodes.line, views[ticket], level, TOLD) for ticket, level in nodes.levels.items())
    assert {ticket: twice for ticket, view in views.items() if (twice := doubled(view))} == {}
    report(
        f"{took:.1f} minutes, {said[0] / took / 60:.2f} messages a second, {len(views)} tickets, "
        f"{dict(weather.met)}; all in their right state {time.monotonic() - settled_at:.0f} s after; "
        f"{weather.held.told()}"
    )
    assert weather.held.is_flat(), weather.held.samples
