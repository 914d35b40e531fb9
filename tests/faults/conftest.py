"""A fleet on each store: one node on SQLite, two on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.fleet import Fleet
from tests.postgres import Cluster, cluster

Made = Callable[..., Fleet]


@pytest.fixture(scope="session")
def durable() -> Iterator[Cluster]:
    """A PostgreSQL that keeps what it answered, for it is restarted and its connections are cut."""
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleet]:
    if request.param == "sqlite":
        made = Fleet(tmp_path, f"sqlite:///{tmp_path}/paidan.db", 1, 0.02)
    else:
        made = Fleet(tmp_path, request.getfixturevalue("durable").fresh(), 2, 0.02)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def two_nodes(durable: Cluster, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, durable.fresh(), 2, 0.02)
    try:
        yield made
    finally:
        made.end()
