"""Paidan killed at random moments beside a real helpdesk: nothing lost and nothing twice, by its own API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.fleet import FULL, report
from tests.postgres import cluster
from tests.real.conftest import PEERS
from tests.real.nodes import Nodes, doubled, running, stands

pytestmark = pytest.mark.faults
KILLS = 20 if FULL else 4
STORES = ("sqlite", "postgresql")
BESIDE = [
    (product, store) for product in PEERS for store in STORES if (product, store) != ("redmine", STORES[1])
]
"""Redmine is slow: beside one store it takes as long as the others beside both."""
SETTLES = 60.0
"""Seconds after the last kill in which every ticket stands where it belongs."""


@pytest.fixture(params=BESIDE, ids="-".join)
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes]:
    product, store = request.param
    if store == "sqlite":
        yield from running(request.config, tmp_path, product, "", 1)
    else:
        with cluster() as postgres:
            yield from running(request.config, tmp_path, product, postgres.fresh(), 2)


def test_kills_at_any_moment_lose_and_double_nothing(nodes: Nodes) -> None:
    slowest = 0.0
    for _ in range(KILLS):
        for _ in range(nodes.chance.randint(1, 3)):
            nodes.something_happens()
        slowest = max(slowest, nodes.killed_and_started())
    line = nodes.line
    for ticket, level in nodes.levels.items():
        line.wait(
            ticket,
            lambda view, level=level: stands(line, view, level),
            f"{level} after the kills",
            patience=SETTLES,
        )
    time.sleep(2)
    line.rest()
    for ticket, level in nodes.levels.items():
        view = line.peer.view(ticket)
        assert stands(line, view, level), view
        assert doubled(view) == [], view
    report(f"{KILLS} kills, {len(nodes.levels)} tickets, ready again after at most {slowest:.2f} s")
