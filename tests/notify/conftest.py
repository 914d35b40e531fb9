"""Peers that end with the test, and nothing of the environment in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.notify.peers import Answerer, Peer


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates of the machine's own."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    started: list[Peer] = []

    def start(answer: Answerer, **more: object) -> Peer:
        started.append(Peer(answer, **more))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        each.close()
