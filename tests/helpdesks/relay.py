"""A relay on the wire between two real servers: passes everything on, keeps what passed, can cut the line."""

from __future__ import annotations

import http.client
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP = {"connection", "keep-alive", "te", "transfer-encoding", "upgrade", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """One request that passed, and what was answered (0: nothing)."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int


@dataclass
class Relay:
    """Listens on a free port of 127.0.0.1 and passes requests on to ``target``."""

    target: str = ""
    down: bool = False
    """Answer 503 and pass nothing on."""
    before: Callable[[str, str], None] | None = None
    """Called with method and path before a request is passed on."""
    after: Callable[[str, str], None] | None = None
    """Called with method and path when the target has acted but its answer is not passed back yet."""
    passed: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        relay = self

        class Handler(_Handler):
            owner = relay

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget what passed and let everything through again."""
        self.down, self.before, self.after = False, None, None
        self.passed.clear()

    def writes(self) -> list[Exchange]:
        """The requests that may have changed something."""
        return [e for e in list(self.passed) if e.method not in {"GET", "HEAD", "OPTIONS"}]

    def send_again(self, exchange: Exchange) -> int:
        """The same bytes once more, to the target; answers its status."""
        return _forward(self.target, exchange.method, exchange.path, exchange.headers, exchange.body)[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed server leaves its connections open in the middle: nothing to tell."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Relay

    def log_message(self, *args: object) -> None:
        pass

    def _pass(self) -> None:
        relay, at = self.owner, time.time()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        if relay.before:
            relay.before(self.command, self.path)
        status, given, answer = self._answer(headers, body)
        relay.passed.append(Exchange(at, self.command, self.path, headers, body, status))
        if relay.after:
            relay.after(self.command, self.path)
        self._reply(status, given, answer)

    def _answer(self, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.owner.down:
            return 503, [], b""
        try:
            return _forward(self.owner.target, self.command, self.path, headers, body)
        except (OSError, http.client.HTTPException):  # the target died in the middle of its answer
            return 503, [], b""

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        try:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _pass


def _forward(
    target: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    line = http.client.HTTPConnection(urlsplit(target).netloc, timeout=30)
    try:
        line.request(method, path, body=body or None, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        line.close()
