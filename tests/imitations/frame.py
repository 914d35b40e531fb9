"""What every imitated product is made of: a served store, people's hands, and a sender of webhooks.

An imitation is written from the vendor's documentation and source, never from the connector file: it says
no where the product says no, in the product's words. Nothing of Paidan's code is in it.
"""

from __future__ import annotations

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.helpdesks import served

GROUPS = ("收件箱", "指挥中心", "现场组", "信息收集组", "后勤组", "宣传组", "专案组", "综合受理", "保密件")
"""The groups of every imitation; a ticket is opened in the first."""
INBOX, ONSITE, PUBLICITY = GROUPS[0], GROUPS[2], GROUPS[5]
LEVELS = ("一般", "较大", "重大", "特别重大")
AT_ONCE, LATE, HELD = 0.1, 1.5, 0.7
"""Seconds after which a webhook goes out: usually, late, and kept back to be sent in another order."""


@dataclass(frozen=True)
class Call:
    """One request as the product got it; header names in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    target: str = ""
    """Path and query as they were sent"""
    at: float = field(default_factory=time.time)

    @property
    def parts(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def json(self) -> Any:
        """The body; {} where there is none, :class:`Refused` where it cannot be read."""
        try:
            return json.loads(self.raw) if self.raw else {}
        except ValueError:
            raise Refused(400, {"error": "the body is not JSON"}) from None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw.decode(), keep_blank_values=True))

    def every(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return parse_qs(urlsplit(self.target).query).get(name, [])

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Answer:
    """What comes back; ``body`` is JSON unless it is bytes; None: nothing at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The product says no."""

    def __init__(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.answer = Answer(status, body, headers or {})


@dataclass(frozen=True)
class Delivery:
    """One webhook, ready to go."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"


@dataclass(frozen=True)
class View:
    """A ticket as it stands in the product's own store."""

    group: str
    level: str | None
    priority: str
    tags: tuple[str, ...]
    due: datetime | None
    notes: tuple[str, ...]
    """What Paidan wrote that only staff can read"""
    public: tuple[str, ...]
    """What Paidan wrote that the customer can read: must stay empty"""
    state: str


class Imitation(ABC):
    """One product; a subclass has its store, its rules and its words."""

    connector: ClassVar[str]
    """The connector ``paidan connect`` must find."""
    version: ClassVar[str]
    given: ClassVar[tuple[str, ...]] = ()
    """Options of ``paidan connect`` a person of this product would give, beside the token."""
    token: ClassVar[str] = "env:IMITATION_TOKEN"
    targets: ClassVar[frozenset[str]] = frozenset(("level", "priority", "tags", "due"))
    """What the desk file must say how to write."""
    made: ClassVar[frozenset[str]] = frozenset(("webhook",))
    """What the API lets an administrator make."""
    manners: ClassVar[tuple[str, ...]] = ("doubled", "late", "shuffled")
    """In which disorder this product's webhooks may come; empty: it has none."""

    has_trial: ClassVar[bool] = True
    """Whether a test ticket can be made through the API."""
    closes_trial: ClassVar[bool] = True
    """Whether it can be closed again so."""
    lists_groups: ClassVar[bool] = True
    """Whether the API tells which groups there are."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.calls: list[Call] = []
        self.sent: list[tuple[Delivery, int]] = []
        """(webhook, status that came back)"""
        self.manner = "normal"
        self.busy = 0
        """So many of the next calls are too much"""
        self.revoked = False
        """The token is not valid any more"""
        self.deaf: set[str] = set()
        """Targets that are not taken though the answer is the usual one"""
        self.address = ""
        self._senders: list[threading.Thread] = []
        self._held: list[Delivery] = []

    # --- what a product is ----------------------------------------------------------------------

    @property
    @abstractmethod
    def secrets(self) -> dict[str, str]:
        """The environment variables that ``token`` and ``given`` name."""

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """What the API says; raises :class:`Refused`."""

    @abstractmethod
    def too_many(self) -> Answer:
        """What it says to one call too many; the wait in it is one second or two."""

    @abstractmethod
    def open(self, title: str, text: str) -> str:
        """A customer opens a ticket in the inbox; its id."""

    @abstractmethod
    def say(self, ticket: str, text: str) -> None:
        """The customer writes again."""

    @abstractmethod
    def move(self, ticket: str, group: str) -> None:
        """A person moves it."""

    @abstractmethod
    def close(self, ticket: str) -> None:
        """A person closes it."""

    @abstractmethod
    def rename(self, group: str, new: str) -> None:
        """An administrator renames a group."""

    @abstractmethod
    def view(self, ticket: str) -> View:
        """As it stands in the store."""

    @abstractmethod
    def installed(self) -> set[str]:
        """What an administrator, or connect, has set up: webhooks, triggers, fields…, each in a word."""

    def by_hand(self, hook: str) -> None:  # noqa: B027 - where the API makes everything
        """An administrator sets up first what the API cannot; ``hook`` is Paidan's address."""

    def sign_out(self) -> None:  # noqa: B027 - where a token is for ever there is no session
        """End every session."""

    def forged(self, delivery: Delivery) -> Delivery:
        """The same webhook, from somebody who does not know the secret."""
        return replace(delivery, body=delivery.body.replace(b"{", b"{ ", 1))

    # --- webhooks -------------------------------------------------------------------------------

    def tell(self, rendered: Callable[[], Delivery | None]) -> None:
        """Send a webhook in the present manner; ``rendered`` is called when it goes out."""
        if self.manner == "missing":
            return
        sender = threading.Thread(target=self._go_out, args=(rendered, self.manner), daemon=True)
        sender.start()
        self._senders.append(sender)  # started: whoever waits for all may join it

    def _go_out(self, rendered: Callable[[], Delivery | None], manner: str) -> None:
        time.sleep(LATE if manner == "late" else AT_ONCE)
        with self.lock:
            delivery = rendered()
        if delivery is None:
            return
        if manner == "shuffled":
            with self.lock:
                self._held.append(delivery)
            time.sleep(HELD)
            with self.lock:
                delivery = self._held.pop()
        for _ in range(2 if manner == "doubled" else 1):
            self.sent.append((delivery, post(delivery)))

    def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        for sender in list(self._senders):
            sender.join(10)

    # --- serving --------------------------------------------------------------------------------

    def serve(self, call: Call) -> Answer:
        """One call, whoever makes it."""
        with self.lock:
            self.calls.append(call)
            if self.busy > 0:
                self.busy -= 1
                return self.too_many()
            try:
                return self.answer(call)
            except Refused as no:
                return no.answer

    def writes(self) -> list[Call]:
        """Calls that may have changed something."""
        return [call for call in self.calls if call.is_write]

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address while it runs."""
        imitation = self

        class Handler(_Handler):
            owner = imitation

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self.address
        finally:
            self.settle()
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: Imitation
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        answer = self.owner.serve(Call(self.command, parts.path, query, headers, raw, self.path))
        body = answer.body
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        given = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        for name, value in (*given.items(), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = _any


def post(delivery: Delivery) -> int:
    """Send it; the status that came back, 0 where nothing did."""
    return served.post(delivery.url, delivery.body, delivery.headers, delivery.method)


def now() -> datetime:
    return datetime.now(UTC)
