"""Where webhooks are taken: sockets of our own or handed over, slow senders, an end that refuses nothing.

A socket handed over by systemd (sd_listen_fds(3)) outlives the process: what connects while no process
serves waits in the kernel for the next one. A request gets a thread once all of it is here; until then it
costs a connection and no more, and of those there are enough.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import waitress
from flask import Flask
from gunicorn import systemd
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

from plugin.settings import Settings

SPARE = 64 * 1024
"""Bytes above the accepted body that are still read, so that the answer is ours."""
LINGER = 0.5
"""Seconds in which a request may still arrive on a connection that is open when the word to stop comes."""
SLOW = 30.0
"""Seconds in which a request must have arrived whole, from its first byte, or the first one at all."""
MOST = 500
"""Connections of a process; once there are more, those go that have been sending longest."""
DRAIN = 10.0
"""Seconds in which requests that have begun are answered after the word to stop."""
FIRST_GIVEN = 3
"""The first socket handed over (SD_LISTEN_FDS_START)."""


class Listening:
    """A waitress server that can be told to stop from a signal, and then finishes what has begun."""

    def __init__(self, app: Flask, settings: Settings, sockets: Sequence[socket.socket] = ()) -> None:
        """Raises ``OSError`` where the address cannot be had; ``sockets`` of a parent process come first."""
        given = list(sockets) or [socket.socket(fileno=FIRST_GIVEN + n) for n in range(systemd.listen_fds())]
        where = {"sockets": given} if given else {"host": settings.host, "port": settings.port}
        self._map: dict[int, Any] = {}
        self._server = waitress.create_server(
            app,
            map=self._map,
            threads=settings.web_threads,
            max_request_body_size=settings.max_body + SPARE,
            ident=None,
            **_proxy(settings.trusted_proxy),
            connection_limit=2 * MOST,
            **where,
        )
        self.urls = [_url(each.socket) for each in self._listeners()]
        self._stopping = threading.Event()
        self._looked_at = time.monotonic()
        for listener in self._listeners():
            listener.channel_class = _Channel
            listener.is_stopping = self._stopping.is_set

    def stop(self) -> None:
        """Have ``run`` end; safe in a signal handler."""
        self._stopping.set()

    def run(self, each_turn: Callable[[], None]) -> None:
        """Serve until told to stop; ``each_turn`` is called twice a second at least."""
        while not self._stopping.is_set():
            each_turn()
            self._turn(0.5)

    def finish(self) -> None:
        """Take no more connections and answer what has begun, within ``DRAIN`` seconds."""
        self._take_no_more()
        begun = time.monotonic()
        while time.monotonic() < begun + DRAIN:
            self._turn(0.05)
            if time.monotonic() > begun + LINGER and not any(map(_is_busy, self._channels())):
                break

    def close(self) -> None:
        """Let go of everything; what is still unanswered is cut."""
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._map, count=1)
        if len(self._map) > MOST or time.monotonic() > self._looked_at + 1.0:
            self._cut_the_slow()

    def _cut_the_slow(self) -> None:
        self._looked_at = time.monotonic()
        channels = self._channels()
        waiting = sorted((each for each in channels if not each.requests), key=lambda each: each.since)
        too_many = len(channels) - MOST
        for place, each in enumerate(waiting):
            is_late = each.is_owed and each.since < self._looked_at - SLOW
            if is_late or place < too_many:
                each.handle_close()

    def _take_no_more(self) -> None:
        for listener in self._listeners():
            wasyncore.dispatcher.close(listener)  # ours only: the one who handed it over keeps it open

    def _listeners(self) -> list[Any]:
        return [each for each in list(self._map.values()) if isinstance(each, BaseWSGIServer)]

    def _channels(self) -> list[Any]:
        return [each for each in list(self._map.values()) if isinstance(each, HTTPChannel)]


class _LastWord(WSGITask):  # type: ignore[misc]
    """An answer; from the word to stop on it says that the connection ends with it (RFC 9112, 9.6)."""

    def build_response_header(self) -> bytes:
        if self.channel.server.is_stopping():
            self.request.headers["CONNECTION"] = "close"
        return bytes(super().build_response_header())


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, and since when it has been sending the request it is at."""

    task_class = _LastWord

    def __init__(self, *given: Any, **named: Any) -> None:
        self.since = time.monotonic()
        self._is_new = True
        super().__init__(*given, **named)

    @property
    def is_owed(self) -> bool:
        """Whether it has yet to send what it is there for; one kept alive between requests has not."""
        return self._is_new or self.request is not None

    def received(self, data: bytes) -> bool:
        if self.request is None and not self._is_new:
            self.since = time.monotonic()
        self._is_new = False
        return bool(super().received(data))


def _is_busy(channel: Any) -> bool:
    """Whether a request has begun to arrive, is worked on, or its answer is not out yet."""
    return bool(channel.requests or channel.request or channel.total_outbufs_len)


def _proxy(address: str) -> dict[str, Any]:
    """Whose word counts for where a request came from: the last hop a proxy of ours names, else nobody's."""
    trusted = {
        "trusted_proxy": address,
        "trusted_proxy_headers": {"x-forwarded-for"},
        "trusted_proxy_count": 1,
    }
    return {"clear_untrusted_proxy_headers": True, **(trusted if address else {})}


def _url(listener: socket.socket) -> str:
    name = listener.getsockname()
    if listener.family == socket.AF_UNIX:
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"
