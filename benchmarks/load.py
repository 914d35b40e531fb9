"""Clients that send one request after the other and note how long each answer took, all in one thread."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import quantiles

PATIENCE = 60.0
"""Seconds after which an answer that did not come ends the measurement."""


@dataclass
class Outcome:
    """What the clients saw."""

    seconds: float = 0.0
    """From the first request to the last answer."""
    latencies: list[float] = field(default_factory=list)
    """Seconds, one per answer."""
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, which: int) -> float:
        """The latency (seconds) that so many percent of the answers kept to."""
        return quantiles(self.latencies, n=100)[which - 1]


class _Client:
    """One kept-alive connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._got = b""

    def send(self, request: bytes) -> None:
        self._got, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> int | None:
        """The status once the whole answer is here."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError(f"the connection was closed after {self._got!r}")
        self._got += part
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        return int(self._got.split(b" ", 2)[1])


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def post(path: str, body: bytes) -> bytes:
    """A whole request as it goes to the socket."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def fire(port: int, requests: Iterator[bytes], clients: int = 8) -> Outcome:
    """Send all requests from so many clients, each the next as soon as it has its answer."""
    outcome, begun = Outcome(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _, request in zip(range(clients), requests, strict=False):
            client = _Client(port)
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send(request)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"{len(outcome.latencies)} answers, then none for {PATIENCE} s")
            for key, _ in ready:
                _take(selector, key.data, requests, outcome)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def _take(
    selector: selectors.BaseSelector, client: _Client, requests: Iterator[bytes], outcome: Outcome
) -> None:
    status = client.answered()
    if status is None:
        return
    outcome.latencies.append(time.perf_counter() - client.sent_at)
    outcome.statuses[status] += 1
    following = next(requests, None)
    if following is None:
        selector.unregister(client.socket)
        client.socket.close()
    else:
        client.send(following)
