"""Paidan and a real helpdesk on the wire: started once for each product, relays between them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugin.demo.venv import PrerequisiteMissing
from tests.helpdesks import redmine, rt
from tests.helpdesks.djhelpdesk import DjangoHelpdesk
from tests.helpdesks.peer import Peer
from tests.helpdesks.roundup import Roundup
from tests.real.line import Line

PEERS: dict[str, Callable[[Path, Path], Peer]] = {
    "django-helpdesk": DjangoHelpdesk,
    "roundup": Roundup,
    "request-tracker": rt.RequestTracker,
    "redmine": redmine.Redmine,
}
INSTALLS: dict[str, Callable[[], str | None]] = {
    "request-tracker": rt.install,
    "redmine": redmine.install,
}
"""Products that come as Debian packages."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder starts a real helpdesk."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session", params=PEERS)
def whole_line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """One real helpdesk and one real Paidan, for all tests of the product."""
    home = tmp_path_factory.mktemp(request.param)
    peer = peer_of(request.param, home / "helpdesk", request.config)
    with Line(peer, home / "paidan").running() as line:
        yield line
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def line(whole_line: Line) -> Iterator[Line]:
    """The whole line, both relays open and their records empty."""
    whole_line.reset()
    yield whole_line
    whole_line.reset()


def peer_of(product: str, home: Path, config: pytest.Config) -> Peer:
    """A helpdesk, not started yet; what it needs is installed once for all tests."""
    need(product)
    try:
        return PEERS[product](home, config.cache.mkdir("helpdesks"))
    except PrerequisiteMissing as missing:
        pytest.fail(str(missing), pytrace=False)


def need(product: str) -> None:
    """Installed, or installable; else the test is skipped, and fails in CI."""
    missing = INSTALLS[product]() if product in INSTALLS else None
    if missing is None:
        return
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
