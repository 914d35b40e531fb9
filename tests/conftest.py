"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres import Cluster, cluster

settings.register_profile("untimed", deadline=None)  # how fast something is, benchmarks say
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of this run; not durable, for what is asked of it is to be the same."""
    with cluster(durable=False) as running:
        yield running
