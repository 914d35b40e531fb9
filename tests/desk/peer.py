"""A peer on a real socket, for tests of what is sent and of what comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.listener import Listener

Answerer = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Peer(Listener):
    """A server on 127.0.0.1 that does with each connection what it is told, and keeps what it was sent."""

    def __init__(self, answer: Answerer) -> None:
        self.received: list[bytes] = []
        self.here = threading.local()
        """``request``: what this very connection was sent, for the one who answers it."""
        self._answer = answer
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"

    def one(self, connection: socket.socket) -> None:
        with connection:
            self.here.request = connection.recv(65536)
            self.received.append(self.here.request)
            try:
                self._answer(connection)
            except OSError:
                return


@pytest.fixture
def peer() -> Iterator[Callable[[Answerer], Peer]]:
    started: list[Peer] = []

    def start(answer: Answerer) -> Peer:
        started.append(Peer(answer))
        return started[-1]

    yield start
    for each in started:
        each.close()
