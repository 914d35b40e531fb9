"""Connections that check the time last thing before they write, can be cut, and go only where they may.

``requests`` bounds every single wait, not the whole of a call, and knows no moment after which nothing
may leave. Both are needed for once-only effects, so they are added at the one place that
knows: where the bytes go to the socket. It looks a name up and calls what it finds without a word to
anybody; what a name stands for is judged here, on the very address that is then called.
"""

from __future__ import annotations

import heapq
import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager


def since_boot() -> float:
    """Seconds since the machine started, its sleep included: the clock by which a permission to send ends."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class TooLate(Exception):
    """The time for sending is over; nothing of this request was written."""


class NotToBeReached(Exception):
    """None of the addresses a name stands for may be called; the text says why. Nothing was connected."""


class ProxyRefused(Exception):
    """The proxy answered, and opens no way to the host; nothing of the request was written."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"status {status}")
        self.status = status


WhyNot = Callable[[str], str]
"""Why an IP address is not to be called; empty where it may be."""


class CallBound:
    """What one call may still do: write before ``not_after``, end within its total time (seconds), and
    connect to addresses of which ``why_not`` has nothing to say (None: to all). A proxy is not asked about.
    """

    def __init__(self, total: float, not_after: float | None, why_not: WhyNot | None = None) -> None:
        self.not_after = not_after
        self.why_not = why_not
        self.wrote = False
        self.reached_socket = False
        self.expired = False
        self._socket: socket.socket | None = None
        self._total = total
        self._is_over = False

    def before_write(self, connection: Any, *, to_proxy: bool = False) -> None:
        """Called by the connection with its socket open; raises ``TooLate``.

        ``to_proxy``: what is written asks the proxy for a way, nothing of the request is in it.
        """
        self.reached_socket = True
        self.hold(connection.sock)
        late = self.not_after is not None and since_boot() >= self.not_after
        if not self.wrote and (late or self.expired):
            connection.close()
            raise TooLate
        self.wrote = self.wrote or not to_proxy

    def hold(self, connected: socket.socket | None) -> None:
        """The socket that is cut when the time is over."""
        self._socket = connected

    def cut(self) -> None:
        """End the call now, unless it is over: whatever waits for the other side stops waiting."""
        if self._is_over:
            return
        self.expired = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def start(self) -> None:
        _ALARM.set(time.monotonic() + self._total, self.cut)

    def stop(self) -> None:
        self._is_over, self._socket = True, None


class _Alarm:
    """Cuts the calls whose time is over, from one thread: a timer of its own costs each call a thread."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        """A heap; what was over before its time stays until then."""
        self._numbers = itertools.count()
        self._sooner = threading.Condition()
        self._thread: threading.Thread | None = None

    def set(self, at: float, cut: Callable[[], None]) -> None:
        """Have ``cut`` called at an instant of ``time.monotonic()``."""
        entry = (at, next(self._numbers), cut)
        with self._sooner:
            heapq.heappush(self._due, entry)
            if self._thread is None or not self._thread.is_alive():  # none yet, or this process was forked
                self._thread = threading.Thread(target=self._watch, name="alarm", daemon=True)
                self._thread.start()
            elif self._due[0] is entry:
                self._sooner.notify()

    def _watch(self) -> None:
        while True:
            with self._sooner:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is None or left > 0:
                    self._sooner.wait(left)
                    continue
                _, _, cut = heapq.heappop(self._due)
            cut()


_ALARM = _Alarm()


_BOUND: ContextVar[CallBound | None] = ContextVar("bound", default=None)


@contextmanager
def bounded(total: float, not_after: float | None, why_not: WhyNot | None = None) -> Iterator[CallBound]:
    """Everything sent inside is one call."""
    bound = CallBound(total, not_after, why_not)
    token = _BOUND.set(bound)
    bound.start()
    try:
        yield bound
    finally:
        bound.stop()
        _BOUND.reset(token)


class _Checked:
    sock: Any
    _dns_host: str
    _asks_proxy = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        bound = _BOUND.get()
        if bound is not None:
            bound.before_write(self, to_proxy=self._asks_proxy)
        super().send(data)  # type: ignore[misc]

    def _tunnel(self) -> None:
        self._asks_proxy = True
        try:
            super()._tunnel()  # type: ignore[misc]
        except OSError as error:
            refused = _REFUSED.match(str(error))
            if refused is None:
                raise
            raise ProxyRefused(int(refused[1])) from None
        finally:
            self._asks_proxy = False

    def _new_conn(self) -> socket.socket:
        bound, connect = _BOUND.get(), super()._new_conn  # type: ignore[misc]
        if bound is None or bound.why_not is None or self.proxy is not None:  # type: ignore[attr-defined]
            return connect()  # type: ignore[no-any-return]
        name, failed = self._dns_host, None
        try:
            for address in _allowed(self, name, bound.why_not):
                if failed is not None and bound.expired:
                    break
                self._dns_host = address  # not looked up again: what was judged is what is called
                try:
                    return connect()  # type: ignore[no-any-return]
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failed = error
        finally:
            self._dns_host = name
        assert failed is not None
        raise failed


_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})\b")
"""How ``http.client`` tells that the proxy refused."""


def _allowed(connection: Any, name: str, why_not: WhyNot) -> list[str]:
    """The addresses of a name that may be called, in their order; raises ``NotToBeReached``."""
    try:
        found = socket.getaddrinfo(name.strip("[]"), connection.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        cause = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(name, connection, cause) from error
    reasons = {str(sockaddr[0]): why_not(str(sockaddr[0])) for *_, sockaddr in found}
    allowed = [address for address, reason in reasons.items() if not reason]
    if not allowed:
        raise NotToBeReached(next(iter(reasons.values()), ""))
    return allowed


class _HTTPConnection(_Checked, HTTPConnection):
    pass


class _HTTPSConnection(_Checked, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class BoundAdapter(HTTPAdapter):
    """The adapter whose connections obey the bound of the call they are used in; it never tries twice."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._use_checked(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._use_checked(manager)
        return manager

    def _use_checked(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
