"""From a delivery to the helpdesk: what accepting, moving and a routed ticket cost, on SQLite and PostgreSQL.

Paidan's own processes (``serve``; ``web`` and ``worker``) beside the stand-in helpdesk. Ratios of one run,
absolute figures stand beside. The limit for accepting is a bare Flask route with one durable insert on the
same store in the same server software. Run from the repository's root::

    .venv/bin/python -m benchmarks.flow
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.bars import bar
from benchmarks.burst import burst_bars
from benchmarks.load import Outcome, fire, post
from benchmarks.machine import family, load, memory, spending
from benchmarks.made_cases import make_cases
from benchmarks.native import native_rules
from plugin.casebook.database import Database
from plugin.casebook.moving import move
from plugin.servers import Server, free_port
from tests.faults.fleet import Fleet, until
from tests.postgres import Cluster, cluster

ROOT = Path(__file__).parents[1]
CLIENTS = 8
ALONE = 1000
"""Requests of one client with nothing else going on."""
QUIET = 0.3
"""Seconds after which an idle Paidan sleeps."""


@dataclass(frozen=True)
class Store:
    """Where a measurement keeps its case book; ``urls`` gives an empty one each time."""

    name: str
    urls: Iterator[str]
    roles: tuple[str, ...]
    """Paidan's processes: the first takes the webhooks, the last moves the cases."""
    server: int | None = None
    """The database server's process, where it has one."""


def main() -> int:
    """The exit code is the number of bars missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--posts", type=int, default=2000)
    options.add_argument("--tickets", type=int, default=200)
    options.add_argument("--cases", type=int, default=20_000, help="open clocks")
    options.add_argument("--without-native", action="store_true", help="leave Request Tracker out")
    chosen = options.parse_args()
    met: list[bool] = []
    with cluster() as running, tempfile.TemporaryDirectory(prefix="paidan-flow-") as folder:
        for store in _stores(running, Path(folder)):
            print(f"\n{store.name} ({' + '.join(store.roles)}; load of the machine {load():.1f})")
            met += _flow(store, Path(folder), chosen.posts, chosen.tickets)
            met += _clocks(store, Path(folder), chosen.cases)
    if not chosen.without_native:
        native_rules()
    return met.count(False)


def _stores(running: Cluster, folder: Path) -> Iterator[Store]:
    yield Store("SQLite", (f"sqlite:///{folder}/{n}.db" for n in range(9)), ("serve",))
    yield Store("PostgreSQL", iter(running.fresh, ""), ("web", "worker"), running.pid)


def _flow(store: Store, folder: Path, posts: int, tickets: int) -> list[bool]:
    name = store.name
    bare, one = _bare(next(store.urls), folder, posts)
    with _fleet(store, folder / f"{name} fleet") as fleet:
        idle = _noise(fleet, "idle", ALONE, 1)
        rush = _noise(fleet, "rush", posts, CLIENTS)
        first = _first_call(fleet)
        routed = _routed(fleet, store, tickets)
        busy = _while_working(fleet, posts)
        started = [node.process.pid for node in fleet.nodes if node.process]
        holds = max(memory(pid) for each in started for pid in family(each))
    insert = 1000 * one.percentile(50)
    rates = {"bare route": bare.rate, "accepted": rush.rate, "accepted at full work": busy.rate}
    print("  deliveries/s: " + ", ".join(f"{what} {rate:,.0f}" for what, rate in rates.items()))
    seen = {"bare alone": one, "bare rush": bare, "idle": idle, "rush": rush, "at full work": busy}
    print(
        "  p99 in ms: " + ", ".join(f"{what} {1000 * each.percentile(99):.1f}" for what, each in seen.items())
    )
    print(f"  one durable insert alone: {insert:.2f} ms")
    print("  CPU of a routed ticket in ms: " + ", ".join(f"{n} {c:.1f}" for n, c in routed.cpu.items()))
    ours = sum(routed.cpu[role] for role in store.roles)
    return [
        bar(f"{name}: accept / bare route, {CLIENTS} clients", rush.rate / bare.rate, 0.5, "×"),
        bar(f"{name}: accept p99 / idle p99", rush.percentile(99) / idle.percentile(99), 5, "×", True),
        bar(f"{name}: p99 while working / idle", busy.percentile(99) / idle.percentile(99), 20, "×", True),
        bar(f"{name}: accept → first call above one insert", 1000 * first - insert, 20, "ms", True),
        bar(f"{name}: CPU per routed delivery", ours, 8, "ms", True),
        bar(f"{name}: calls per routed ticket", routed.calls, 2, "calls", True),
        bar(f"{name}: writes the second time", routed.written_again, 0, "calls", True),
        bar(f"{name}: memory of the largest process", holds, 200, "MB", True),
    ]


# -- accepting ---------------------------------------------------------------------------------------------


def _bare(url: str, folder: Path, posts: int) -> tuple[Outcome, Outcome]:
    """With all clients, and alone."""
    port = free_port()
    server = Server(
        name="bare",
        command=[sys.executable, "-m", "benchmarks.bare", url, str(port)],
        url=f"http://127.0.0.1:{port}/",
        log=folder / "bare.log",
        cwd=ROOT,
    )
    server.start()
    try:
        body = post("/hook", _delivery(1, "noise", "a-delivery"))
        alone = fire(port, iter([body] * ALONE), 1)
        return fire(port, iter([body] * posts), CLIENTS), alone
    finally:
        server.stop()


@contextmanager
def _fleet(store: Store, folder: Path) -> Iterator[Fleet]:
    folder.mkdir()
    fleet = Fleet(folder, next(store.urls), len(store.roles), 0.0)
    try:
        fleet.helpdesk.start()
        for node, role in zip(fleet.nodes, store.roles, strict=True):
            node.start(role=role)
        fleet.nodes[0].ready()
        until(lambda: all("ready" in node.told() for node in fleet.nodes), fleet.told, 60)
        _work_off(fleet, _opened(fleet, 20), "warm")
        yield fleet
    finally:
        fleet.end()


def _delivery(ticket: int, event: str, key: str) -> bytes:
    return json.dumps({"ticket": ticket, "delivery": key, "event": event}).encode()


def _send(fleet: Fleet, bodies: Iterator[bytes], clients: int) -> Outcome:
    path = urlsplit(fleet.nodes[0].hook).path
    outcome = fire(fleet.nodes[0].port, (post(path, body) for body in bodies), clients)
    assert set(outcome.statuses) == {200}, outcome.statuses
    return outcome


def _noise(fleet: Fleet, key: str, posts: int, clients: int) -> Outcome:
    """Deliveries that are kept and ask for nothing: what accepting alone costs."""
    return _send(fleet, (_delivery(1, "noise", f"{key}{n}") for n in range(posts)), clients)


def _while_working(fleet: Fleet, posts: int) -> Outcome:
    """The same while as many tickets wait to be moved as the workers can take."""
    waiting = _opened(fleet, max(20, posts // 10))
    _send(fleet, (_delivery(ticket, "created", f"w{ticket}") for ticket in waiting), CLIENTS)
    outcome = _noise(fleet, "working", posts // 4, CLIENTS)
    if not fleet.waiting():
        print("  (the tickets were moved before the last delivery came: give it more of them)")
    until(lambda: not fleet.waiting(), fleet.told, 120)
    return outcome


# -- moving ------------------------------------------------------------------------------------------------


def _opened(fleet: Fleet, count: int) -> list[int]:
    return [fleet.open() for _ in range(count)]


def _first_call(fleet: Fleet, count: int = 40) -> float:
    """Median seconds from sending a delivery to an idle Paidan to the helpdesk's being asked, by its log."""
    sent = {}
    for ticket in _opened(fleet, count):
        time.sleep(QUIET)
        sent[ticket] = time.time()
        _send(fleet, iter([_delivery(ticket, "created", f"f{ticket}")]), 1)
        until(lambda: not fleet.waiting(), fleet.told, 20)
    asked: dict[int, float] = {}
    for entry in fleet.helpdesk.log():
        if entry["kind"] == "get":
            asked.setdefault(entry["ticket"], datetime.fromisoformat(entry["at"]).timestamp())
    return median(asked[ticket] - at for ticket, at in sent.items())


@dataclass(frozen=True)
class Routed:
    """What tickets cost that were routed, and heard of again; per ticket."""

    cpu: dict[str, float]
    """Milliseconds, by process."""
    calls: float
    written_again: int


def _routed(fleet: Fleet, store: Store, count: int) -> Routed:
    tickets, before = _opened(fleet, count), fleet.helpdesk.control()["calls"]
    pids = {
        role: node.process.pid for role, node in zip(store.roles, fleet.nodes, strict=True) if node.process
    }
    pids |= {"database": store.server} if store.server else {}
    with spending(**pids) as spent:
        _work_off(fleet, tickets, "routed")
    assert not fleet.missing(), fleet.told()
    calls, written = fleet.helpdesk.control()["calls"] - before, _writes(fleet)
    _work_off(fleet, tickets, "again")
    cpu = {name: 1000 * seconds / count for name, seconds in spent.seconds.items()}
    return Routed(cpu, calls / count, _writes(fleet) - written)


def _work_off(fleet: Fleet, tickets: list[int], key: str) -> None:
    """Tell of each ticket, and wait until nothing is left to do."""
    _send(fleet, (_delivery(ticket, "updated", f"{key}{ticket}") for ticket in tickets), 4)
    until(lambda: not fleet.waiting(), fleet.told, 120)


def _writes(fleet: Fleet) -> int:
    return sum(entry["kind"] == "change" for entry in fleet.helpdesk.log())


# -- time --------------------------------------------------------------------------------------------------


def _clocks(store: Store, folder: Path, cases: int) -> list[bool]:
    """The bars of ``burst`` on a case book that is made on SQLite and, where asked for, moved."""
    url = made = f"sqlite:///{folder}/{store.name} clocks.db"
    make_cases(made, cases)
    if store.server:
        url = next(store.urls)
        here, there = Database(made), Database(url)
        there.prepare()
        move(here, there, "elsewhere", lambda _rows: None)
        here.close()
        with there.read() as tx:
            tx.connection.exec_driver_sql("analyze")
        there.close()
    return burst_bars(store.name, url, cases)


if __name__ == "__main__":
    raise SystemExit(main())
