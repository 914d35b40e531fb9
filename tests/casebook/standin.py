"""A small real helpdesk over HTTP: ids, private notes, version checks, latency, and faults on demand.

Nothing of Paidan's code is in it: what it holds is what a helpdesk would hold.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Fault:
    """What the next matching request meets: an answer of its own, or a cut before or after it is served."""

    method: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"error":"as asked"}'
    cut: str = ""
    """``before`` or ``after`` the request was served; no answer is sent."""
    delay: float = 0.0
    then: Any = None
    """Called with the ticket before anything else: somebody acts at this instant."""


PAGE = 4
"""Tickets on a page of a list."""
TARGETS = ("group", "level", "priority", "due", "breach", "tags")


class StandIn:
    """The helpdesk; ``requests`` holds (method, ticket id) in order of arrival."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: deque[Fault] = deque()
        self.refusal: Callable[[dict[str, Any]], str] = lambda _: ""
        """Why a write of these values is not taken; empty: it is."""
        self.refused_with = 422
        self.lock = threading.RLock()
        self.ahead = 0.0
        """Seconds its clock is ahead, where a trial lets time pass."""
        self.store: Any = None
        """Makes the case book of whoever works beside it; the helpdesk itself keeps nothing there."""
        self.tells_time = False
        """The ``Date`` of its answers is by its own clock, also where a trial lets time pass."""
        self.whole_seconds = False
        """It tells changes to the second only."""
        self._ids = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[StandIn]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def open(self, title: str, text: str, **fields: Any) -> int:
        """A citizen opens a ticket."""
        with self.lock:
            number = len(self.tickets) + 1
            self.tickets[number] = {
                "id": number,
                "title": title,
                "state": "open",
                "group": "intake",
                "level": None,
                "priority": "normal",
                "tags": [],
                "messages": [],
                "created_at": self._now(),
                **fields,
            }
            self.say(number, text)
            return number

    def say(
        self, number: int, text: str, author: str = "citizen", at: str | None = None, **more: Any
    ) -> None:
        """Somebody adds a message."""
        with self.lock:
            self._ids += 1
            message = {
                "id": str(self._ids),
                "at": at or self._now(),
                "text": text,
                "author": author,
                "private": False,
            }
            self.tickets[number]["messages"].append({**message, **more})
            self._changed(number, by=author)

    def set(self, number: int, **values: Any) -> None:
        """An agent changes fields."""
        with self.lock:
            self.tickets[number].update(values)
            self._changed(number, values.get("changed_at"), values.get("changed_by", "agent"))

    def notes(self, number: int) -> list[str]:
        """The private notes, in order."""
        return [m["text"] for m in self.tickets[number]["messages"] if m["private"]]

    def count(self, method: str) -> int:
        """How many requests of a method arrived."""
        return sum(1 for seen, _ in self.requests if seen == method)

    def put(self, number: int, body: dict[str, Any]) -> None:
        """The API's one write: fields and a private note at once."""
        with self.lock:
            values = {k: v for k, v in body.items() if k in TARGETS}
            self.tickets[number].update(values)
            if "note" in body:
                self.say(number, body["note"], author="bot", private=True)
            self._changed(number, by="bot")

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of the tickets changed since an instant, the oldest change first, or of the open ones."""
        page, found = int(query["page"]), [dict(ticket) for ticket in self.tickets.values()]
        if query.get("since"):
            since = datetime.fromisoformat(query["since"])
            found = [t for t in found if datetime.fromisoformat(t["changed_at"]) >= since]
            falling = query.get("order") == "falling"
            found.sort(key=lambda t: (t["changed_at"], t["id"]), reverse=falling)
        else:
            found = [t for t in found if t["state"] not in ("closed", "merged")]
        end = page * PAGE
        more = f"{self.url}/changed?page={page + 1}" if end < len(found) else None
        return {"items": found[end - PAGE : end], "next": more}

    def _changed(self, number: int, at: str | None = None, by: str = "agent") -> None:
        ticket = self.tickets[number]
        ticket["changed_by"] = by
        ticket["version"] = ticket.get("version", 0) + 1
        ticket["changed_at"] = at or self._now()

    def _now(self) -> str:
        form = "seconds" if self.whole_seconds else "microseconds"
        return (datetime.now(UTC) + timedelta(seconds=self.ahead)).isoformat(timespec=form)


def _handler(desk: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve("GET")

        def do_PUT(self) -> None:
            self._serve("PUT")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, _, query = self.path.partition("?")
            number = path.rsplit("/", 1)[-1]
            method = "LIST" if number == "changed" else method
            with desk.lock:
                desk.requests.append((method, number))
                fault = self._fault(method)
            if fault:
                time.sleep(fault.delay)
                if fault.then:
                    fault.then()
                if fault.cut == "before":
                    self._cut()
                    return
                if fault.status:
                    self._answer(fault.status, fault.body, fault.headers)
                    return
            status, answer = self._act(method, number, body) if method != "LIST" else self._list(query)
            if fault and fault.cut == "after":
                self._cut()
                return
            self._answer(status, json.dumps(answer).encode(), {})

        def _fault(self, method: str) -> Fault | None:
            if desk.faults and desk.faults[0].method in (method, "*"):
                return desk.faults.popleft()
            return None

        def _list(self, query: str) -> tuple[int, Any]:
            with desk.lock:
                return 200, desk.listed(dict(parse_qsl(query)))

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + desk.ahead * desk.tells_time)

        def _act(self, method: str, number: str, body: bytes) -> tuple[int, Any]:
            with desk.lock:
                ticket = desk.tickets.get(int(number)) if number.isdigit() else None
                if ticket is None:
                    return 404, {"error": "no such ticket"}
                if method == "PUT":
                    expected = self.headers.get("If-Match", "").strip('"')
                    if expected and expected != str(ticket["version"]):
                        return 412, {"error": "changed since"}
                    if why := desk.refusal(json.loads(body)):
                        return desk.refused_with, {"error": why}
                    desk.put(int(number), json.loads(body))
                return 200, json.loads(json.dumps(ticket))

        def _cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
            self.send_response(status)
            for name, value in head.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    return Handler
