"""Twenty deliveries a second over two thousand tickets for half an hour, and everything that goes wrong."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.faults.fleet import PEOPLE, Fleet, report
from tests.faults.soak import MINUTES, Weather
from tests.postgres import Cluster
from tests.standin.book import Book as Held

pytestmark = pytest.mark.faults

RATE = 20.0
TICKETS = 2_000 if MINUTES >= 10 else 100
SENDERS = 4
SETTLES = 400.0
"""Seconds; a webhook that died with the helpdesk is found by the next look, five minutes later at most."""
TROUBLES = (
    {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}, "seconds": 5},
    {"kind": "status", "status": 503, "seconds": 4},
    {"kind": "slow", "delay": 30, "times": 4},
    {"kind": "refuse", "seconds": 4},
    {"kind": "refuse", "seconds": 8, "share": 2},
    {"kind": "cut_after", "method": "PUT", "times": 5},
    {"kind": "status_after", "status": 502, "method": "PUT", "times": 5},
    {"kind": "half", "times": 10, "share": 2},
    {"kind": "error_200", "times": 8, "share": 2},
    {"kind": "html", "times": 8, "share": 2},
    {"kind": "stale", "method": "GET", "seconds": 4},
)


class Troubles:
    """What happens to the nodes, their store and their helpdesk."""

    def __init__(self, fleet: Fleet, store: Cluster | None, weather: Weather) -> None:
        self._fleet, self._store, self._weather = fleet, store, weather

    def __call__(self) -> list[Callable[[], None]]:
        """What may happen now."""
        what = [self._faults, self._faults, self._freeze, self._helpdesk_dies]
        if len(self._fleet.nodes) > 1 or self._weather.may_kill:
            what.append(self._node_dies)
        if self._store is not None:
            what.append(self._store_restarts)
        return what

    def pids(self) -> list[int]:
        """The nodes' processes."""
        return [node.process.pid for node in self._fleet.nodes if node.process is not None]

    def _faults(self) -> None:
        self._fleet.helpdesk.control(faults=[self._fleet.chance.choice(TROUBLES)])

    def _freeze(self) -> None:
        node = self._fleet.nodes[0]
        node.signal(signal.SIGSTOP)
        time.sleep(self._fleet.chance.uniform(0.5, 8.0))
        node.signal(signal.SIGCONT)

    def _node_dies(self) -> None:
        node = self._fleet.nodes[0]
        node.kill()
        time.sleep(self._fleet.chance.uniform(0.0, 2.0))
        node.start()
        node.ready()

    def _helpdesk_dies(self) -> None:
        self._fleet.helpdesk.kill()
        time.sleep(self._fleet.chance.uniform(0.0, 4.0))
        self._fleet.helpdesk.start()
        self._fleet.told_hooks()

    def _store_restarts(self) -> None:
        assert self._store is not None
        self._store.stop(self._fleet.chance.choice(["INT", "QUIT"]))
        time.sleep(self._fleet.chance.uniform(0.0, 3.0))
        self._store.start()


@contextmanager
def messages(fleet: Fleet) -> Iterator[list[int]]:
    """Twenty messages a second into tickets by chance; some come while the helpdesk is away, and are lost."""
    stopping, said = threading.Event(), [0]
    tickets = list(fleet.people)

    def work() -> None:
        begun, own = time.monotonic(), 0
        while not stopping.is_set():
            with suppress(requests.RequestException):
                people = fleet.chance.choice(PEOPLE)
                fleet.helpdesk.say(fleet.chance.choice(tickets), f"现场现在有{people}人")
                said[0] += 1
            own += 1
            stopping.wait(max(0.0, begun + own * SENDERS / RATE - time.monotonic()))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        yield said
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def heard(fleet: Fleet) -> dict[int, list[int]]:
    """Ticket → how many people its messages named, by what the helpdesk has on its disk."""
    known: dict[int, list[int]] = {}
    for number, ticket in Held(fleet.helpdesk.folder).tickets.items():
        said = "".join(m["text"] for m in ticket["messages"] if m["author"] == "citizen")
        known[number] = [int(each) for each in re.findall(r"(\d+)人", said)]
    return known


def test_half_an_hour_of_everything(fleet: Fleet, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = None if fleet.database.is_sqlite else request.getfixturevalue("durable")
    fleet.start()
    for _ in range(TICKETS):
        fleet.open()
    fleet.settled()
    weather = Weather(fleet.chance)
    troubles = Troubles(fleet, store, weather)
    with messages(fleet) as said:
        weather.blow(troubles, troubles.pids)
        took = weather.minutes
    fleet.helpdesk.control(faults=[])
    fleet.people = defaultdict(list, heard(fleet))
    settled_at = time.monotonic()
    fleet.settled(SETTLES)
    report(
        f"{took:.1f} minutes, {said[0] / took / 60:.1f} messages a second, {len(fleet.people)} tickets, "
        f"{dict(weather.met)}; all in their right state {time.monotonic() - settled_at:.0f} s after; "
        f"{weather.held.told()}"
    )
    assert weather.held.is_flat(), weather.held.samples
