"""How much more several nodes move than one: the same tickets, the helpdesk answering after 100 ms.

Each node is one ``paidan worker`` process with four calls in flight. Prints tickets a second for one, two
and four nodes, the cores each used, and draws ``benchmarks/nodes.svg``. Run from the repository's root::

    .venv/bin/python -m benchmarks.nodes
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.bars import bar
from benchmarks.machine import cpu
from plugin.casebook.inbox import accept, make_due
from plugin.desk.helpdesk import Hint
from tests.faults.fleet import Fleet, until
from tests.postgres import Cluster, cluster

LATENCY = 0.1
IN_FLIGHT = 4
WANTED = {2: 1.7, 4: 2.5}


def main() -> int:
    """The exit code is the number of bars missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--tickets", type=int, default=300)
    tickets = options.parse_args().tickets
    with cluster() as store:
        rates = {nodes: moved(store, nodes, tickets) for nodes in (1, 2, 4)}
    Path(__file__).with_suffix(".svg").write_text(drawn(rates), "utf-8")
    return [bar(f"{n} nodes / one", rates[n] / rates[1], WANTED[n], "×") for n in WANTED].count(False)


def moved(store: Cluster, nodes: int, tickets: int) -> float:
    """Tickets a second from the first call to the last ticket standing where it belongs."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), store.fresh(), nodes, LATENCY)
        fleet.database.prepare()
        try:
            fleet.helpdesk.start()
            with ThreadPoolExecutor(8) as callers:
                numbers = list(callers.map(lambda _: fleet.open(), range(tickets)))
            for node in fleet.nodes:
                node.start(role="worker")
            until(lambda: all("is ready" in node.told() for node in fleet.nodes), "not ready", 60)
            before, begun = [cpu(node.process.pid) for node in fleet.nodes if node.process], time.monotonic()
            all_due(fleet, numbers)
            while fleet.missing():
                time.sleep(0.5)  # looking costs the cores that are measured
                assert time.monotonic() < begun + 300, fleet.told()
            seconds = between(fleet.helpdesk.log())
            used = [cpu(n.process.pid) - b for n, b in zip(fleet.nodes, before, strict=True) if n.process]
            cores = ", ".join(f"{each / seconds:.2f}" for each in used)
            per_ticket = 1000 * sum(used) / tickets
            print(
                f"{nodes} nodes × {IN_FLIGHT} calls in flight: {tickets / seconds:6.1f} tickets/s; "
                f"cores {cores}; {per_ticket:.1f} ms CPU a ticket"
            )
            return tickets / seconds
        finally:
            fleet.end()


def all_due(fleet: Fleet, numbers: list[int]) -> None:
    """All of them fall due at the same moment, and the nodes hear of it as of any delivery."""
    with fleet.database.write() as tx:
        for number in numbers:
            make_due(tx, "hall", str(number))
    accept(fleet.database, "hall", "", Hint(str(numbers[0]), "created", "all"), b"{}")


def between(log: list[dict[str, Any]]) -> float:
    """Seconds from the first read to the last write, by the helpdesk's own log."""
    at = [datetime.fromisoformat(e["at"]) for e in log if e.get("actor") == "bot"]
    return (max(at) - min(at)).total_seconds()


def drawn(rates: dict[int, float]) -> str:
    """Bars of tickets a second, as SVG."""
    most = max(rates.values())
    parts = []
    for place, (nodes, rate) in enumerate(rates.items()):
        height, x = 160 * rate / most, 40 + 90 * place
        parts.append(
            f'<rect x="{x}" y="{190 - height:.0f}" width="60" height="{height:.0f}" fill="#4477aa"/>'
        )
        parts.append(f'<text x="{x + 30}" y="{184 - height:.0f}" text-anchor="middle">{rate:.1f}/s</text>')
        parts.append(
            f'<text x="{x + 30}" y="208" text-anchor="middle">{nodes} node{"s" * (nodes > 1)}</text>'
        )
    size = 'width="330" height="220" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>\n'


if __name__ == "__main__":
    raise SystemExit(main())
