"""What tests of several folders share."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.postgres import Cluster, cluster

settings.register_profile("untimed", deadline=None)  # how fast something is, benchmarks say
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of this run; not durable, for what is asked of it is to be the same."""
    with cluster(durable=False) as running:
        yield running


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """A command run in this process may send logs to where it wrote; the next test writes elsewhere."""
    yield
    if not structlog.is_configured():
        return
    structlog.reset_defaults()
    for name, module in tuple(sys.modules.items()):
        kept = vars(module).get("log") if name.startswith("plugin.") else None
        if isinstance(kept, structlog._config.BoundLoggerLazyProxy):
            vars(kept).pop("bind", None)  # what it was bound to on first use
