"""From a delivery to the helpdesk: what accepting, moving and a routed ticket cost, on SQLite and PostgreSQL.

Ratios of one run; the absolute figures stand beside. The limit for accepting is a bare Flask route with one
durable insert on the same store and the same server. Run from the repository's root::

    .venv/bin/python -m benchmarks.flow
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from sqlalchemy import create_engine, text

from benchmarks.bars import bar
from benchmarks.nodes import cpu
from plugin.demo.process import free_port
from tests.faults.fleet import Fleet, until
from tests.postgres import cluster

CLIENTS = 8
ROOT = Path(__file__).parents[1]
BARE = """
import sys, sqlalchemy as sa, waitress, flask
engine = sa.create_engine(sys.argv[1])
if engine.dialect.name == "sqlite":
    @sa.event.listens_for(engine, "connect")
    def manners(connection, _record):
        connection.execute("pragma journal_mode=wal"); connection.execute("pragma synchronous=full")
with engine.begin() as connection:
    number = "generated always as identity" if engine.dialect.name == "postgresql" else ""
    connection.execute(sa.text(f"create table bare (id integer primary key {number}, body text)"))
app = flask.Flask("bare")
@app.post("/")
def take():
    with engine.begin() as connection:
        body = flask.request.get_data(as_text=True)
        connection.execute(sa.text("insert into bare (body) values (:body)"), {"body": body})
    return {"ok": True}
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=8, _quiet=True)
"""


def main() -> int:
    """The exit code is the number of bars missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--posts", type=int, default=1200)
    posts = options.parse_args().posts
    met = []
    with cluster() as store, tempfile.TemporaryDirectory() as folder:
        for name, urls in {
            "SQLite": [f"sqlite:///{folder}/bare.db", f"sqlite:///{folder}/paidan.db"],
            "PostgreSQL": [store.fresh(), store.fresh()],
        }.items():
            met += _measured(name, Path(folder) / name, *urls, posts)
    return met.count(False)


def _measured(name: str, folder: Path, bare_url: str, url: str, posts: int) -> list[bool]:
    folder.mkdir()
    bare_rate, bare_one = _bare(bare_url, posts)
    fleet = Fleet(folder, url, 1, 0.0)
    try:
        fleet.start(urls=[])
        hook = fleet.nodes[0].hook
        idle = [_post(hook, "noise", f"i{n}") for n in range(100)]
        rate, took = _burst(hook, posts)
        latency = _first_call(fleet)
        used, calls, again = _routed(fleet)
        print(
            f"\n{name}: bare {bare_rate:,.0f}/s, accept {rate:,.0f}/s; "
            f"one durable insert {1000 * bare_one:.1f} ms"
        )
        return [
            bar(f"{name}: accept / bare route", rate / bare_rate, 0.5, "×"),
            bar(f"{name}: accept p99 / idle p99", _p99(took) / _p99(idle), 5, "×", at_most=True),
            bar(
                f"{name}: accept → first call, p50 above one insert",
                1000 * (latency - bare_one),
                20,
                "ms",
                True,
            ),
            bar(f"{name}: CPU per routed delivery", 1000 * used, 8, "ms", at_most=True),
            bar(f"{name}: calls per routed ticket", calls, 2, "calls", at_most=True),
            bar(f"{name}: writes the second time", again, 0, "calls", at_most=True),
        ]
    finally:
        fleet.end()


def _bare(url: str, posts: int) -> tuple[float, float]:
    """Posts a second with all clients, and the median seconds of one alone."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE, url, str(port)], cwd=ROOT)
    address = f"http://127.0.0.1:{port}/"
    try:
        until(lambda: _is_up(address), "the bare route does not answer", 20)
        alone = [_timed(address, "{}") for _ in range(100)]
        return _rate(lambda n: _timed(address, json.dumps({"n": n})), posts)[0], statistics.median(alone)
    finally:
        process.kill()
        process.wait()
        engine = create_engine(url)
        with engine.begin() as connection:
            assert connection.execute(text("select count(*) from bare")).scalar_one() >= posts
        engine.dispose()


def _is_up(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 405
    except requests.RequestException:
        return False


_SESSIONS = threading.local()


def _timed(address: str, body: str) -> float:
    session = getattr(_SESSIONS, "session", None)
    if session is None:
        session = _SESSIONS.session = requests.Session()
    begun = time.perf_counter()
    answer = session.post(address, data=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - begun


def _post(hook: str, event: str, key: str, ticket: int = 1) -> float:
    return _timed(hook, json.dumps({"ticket": ticket, "delivery": key, "event": event}))


def _rate(call: object, posts: int) -> tuple[float, list[float]]:
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        took = list(clients.map(call, range(posts)))  # type: ignore[arg-type]
    return posts / (time.perf_counter() - begun), took


def _burst(hook: str, posts: int) -> tuple[float, list[float]]:
    """Deliveries that are kept and ask for nothing: what accepting alone costs."""
    return _rate(lambda n: _post(hook, "noise", f"b{n}"), posts)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99) - 1]


def _first_call(fleet: Fleet) -> float:
    """Median seconds from posting a delivery to the helpdesk's hearing of it."""
    waits = []
    for number in range(20):
        ticket = fleet.open()
        calls, begun = fleet.helpdesk.control()["calls"], time.perf_counter()
        _post(fleet.nodes[0].hook, "created", f"f{number}", ticket)
        while fleet.helpdesk.control()["calls"] == calls:
            pass
        waits.append(time.perf_counter() - begun)
        until(lambda: not fleet.missing() and not fleet.waiting(), fleet.told, 20)
    return statistics.median(waits)


def _routed(fleet: Fleet, count: int = 150) -> tuple[float, float, float]:
    """CPU seconds and calls per routed ticket, and writes when it is heard of again."""
    tickets = [fleet.open() for _ in range(count)]
    process = fleet.nodes[0].process
    assert process is not None
    before, calls = cpu(process.pid), fleet.helpdesk.control()["calls"]
    for ticket in tickets:
        _post(fleet.nodes[0].hook, "created", f"r{ticket}", ticket)
    until(lambda: not fleet.missing() and not fleet.waiting(), fleet.told, 120)
    used, made = cpu(process.pid) - before, fleet.helpdesk.control()["calls"] - calls
    written = _writes(fleet)
    for ticket in tickets:
        _post(fleet.nodes[0].hook, "updated", f"a{ticket}", ticket)
    until(lambda: not fleet.waiting(), fleet.told, 120)
    return used / count, made / count, float(_writes(fleet) - written)


def _writes(fleet: Fleet) -> int:
    return sum(entry["kind"] == "change" for entry in fleet.helpdesk.log())


if __name__ == "__main__":
    raise SystemExit(main())
