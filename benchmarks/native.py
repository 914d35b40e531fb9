"""Beside a helpdesk's own rules: Request Tracker routes by a scrip of its own, and has Paidan do it.

For each ticket: CPU seconds of all processes, and seconds until it stands where it belongs with the reason in
it, as the helpdesk's own database has it. What opening a ticket costs by itself is measured too and taken
off. Needs Debian's packages (see tests/helpdesks). Run from the repository's root::

    .venv/bin/python -m benchmarks.native
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.machine import cpu
from plugin.demo.paidan import PaidanServer
from tests.faults.fleet import until
from tests.helpdesks import rt
from tests.helpdesks.peer import INBOX

TEXT = "现场来了{people}人，要求答复工资问题"
PEOPLE = (6, 12, 30, 60, 120, 230, 480, 560)
SCRIP = Path(__file__).with_suffix(".pl")
SUBREAPER = 36
"""prctl(2): what a child leaves behind becomes ours, and its CPU time is counted."""
REST = 1.5
"""Seconds after which what a ticket set off is over."""


@dataclass(frozen=True)
class Cost:
    """Of one ticket, in seconds."""

    cpu: float
    until_routed: float


class _Tracker(rt.RequestTracker):
    """Its own rule is in its database, and works where the environment says so."""

    rule = ""

    def _env(self) -> dict[str, str]:
        return {**super()._env(), "NATIVE_RULE": self.rule}


def native_rules(count: int = 24) -> None:
    """Print what both cost; says so where Request Tracker is not installed."""
    if not rt.installed():
        print("\nRequest Tracker is not installed: nothing to compare its own rules with")
        return
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="paidan-native-") as folder:
        tracker = _Tracker(Path(folder) / "rt", Path(folder) / "cache")
        tracker._run(["perl", f"-I{rt.LIBRARY}", str(SCRIP)], "")
        with _serving(tracker, ""):
            opened = _measured(tracker, count, lambda _look, _ticket: True)
        tracker.rule = "1"
        with _serving(tracker, ""):
            own = _measured(tracker, count, _is_routed)
        tracker.rule = ""
        desk = tracker.desk(tracker.address)
        paidan = PaidanServer(Path(folder) / "paidan", "desk", desk, tracker.secrets())
        paidan.start()
        try:
            with _serving(tracker, paidan.hook()):
                calls, before = _calls(paidan), cpu(paidan.pid)
                ours = _measured(tracker, count, _is_routed)
                calls, share = (_calls(paidan) - calls) / count, (cpu(paidan.pid) - before) / count
        finally:
            paidan.stop()
    print(f"\nRequest Tracker, {count} tickets one after the other, all processes together")
    print(f"  opening a ticket, nothing routes it: {opened.cpu:.2f} s CPU")
    for name, cost in {"a scrip of its own": own, "Paidan": ours}.items():
        more = cost.cpu - opened.cpu
        print(f"  routed by {name}: {more:.2f} s CPU more, there after {cost.until_routed:.2f} s (median)")
    print(f"  of it in Paidan {share:.2f} s; the rest is Request Tracker's: {calls:.1f} calls, its webhooks")


def _calls(paidan: PaidanServer) -> float:
    """So many times it called the helpdesk."""
    with urllib.request.urlopen(f"{paidan.url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("paidan_api_calls_total{"))


@contextmanager
def _serving(tracker: _Tracker, hook: str) -> Iterator[None]:
    tracker.start(hook)
    try:
        for people in PEOPLE[:4]:  # each of its processes loads what it needs
            tracker.open("上访", TEXT.format(people=people), "visit")
        time.sleep(2 * REST)
        yield
    finally:
        tracker.stop()


def _measured(tracker: _Tracker, count: int, is_there: Callable[[sqlite3.Connection, str], bool]) -> Cost:
    look = sqlite3.connect(f"file:{tracker.home}/rt.sqlite?mode=ro", uri=True)
    waits, before = [], _others_cpu()
    for number in range(count):
        begun = time.monotonic()
        ticket = tracker.open("上访", TEXT.format(people=PEOPLE[number % len(PEOPLE)]), "visit")
        until(lambda ticket=ticket: is_there(look, ticket), f"ticket {ticket} is not routed", 30)  # type: ignore[misc]
        waits.append(time.monotonic() - begun)
        time.sleep(REST)
    look.close()
    return Cost((_others_cpu() - before) / count, median(waits))


def _others_cpu() -> float:
    """CPU seconds of all that was ever started from here, whoever started it."""
    return cpu(os.getpid()) - time.process_time()


def _is_routed(look: sqlite3.Connection, ticket: str) -> bool:
    """It left the inbox, and a comment says why."""
    return look.execute(_ROUTED, (INBOX, ticket)).fetchone() is not None


_ROUTED = """select 1 from Tickets t join Queues q on q.id = t.Queue
join Transactions c on c.ObjectType = 'RT::Ticket' and c.ObjectId = t.id and c.Type = 'Comment'
where q.Name <> ? and t.id = ?"""


if __name__ == "__main__":
    native_rules()
