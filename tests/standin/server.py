"""The stand-in helpdesk over HTTP: asyncio, one process, hundreds of calls waiting at the same time.

Nothing of Paidan's code is in it. ``X-Token`` names who calls: ``t`` is the router's account.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.standin.book import Book
from tests.standin.faults import Fault, Limit, made
from tests.standin.hooks import Hooks

ROUTER = "t"
ACTORS = {ROUTER: "bot"}
LISTED = ("id", "changed_at", "created_at", "changed_by", "state")
Answer = tuple[int, Any]


class Server:
    """One helpdesk; ``latency`` seconds pass before any of the router's calls is answered."""

    def __init__(self, book: Book, latency: float) -> None:
        self.book, self.latency = book, latency
        self.hooks, self.limit = Hooks(), Limit()
        self.faults: list[Fault] = []
        self.calls = 0
        self.during_wait = 0
        """Calls of the router that came while it had been told to wait"""

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while (request := await _request(reader)) is not None:
                if not await self._serve(*request, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    async def _serve(
        self, method: str, target: str, head: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False where the connection ends with it."""
        parts = urlsplit(target)
        if parts.path == "/control":
            await _answer(writer, 200, json.dumps(self._control(json.loads(body or b"{}"))).encode())
            return True
        by_router = head.get("x-token") == ROUTER
        fault = self._fault(method) if by_router else None
        if by_router:
            self.calls += 1
            refused = self._refused(method, parts.path)
            await asyncio.sleep(self.latency)
            if refused is not None:
                await _answer(writer, 429, b'{"error":"too many"}', refused)
                self.limit.told()
                return True
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if not await _is_served(fault, writer):
                return fault.kind not in ("refuse", "cut_before")
        status, answer = self._act(method, parts.path, dict(parse_qsl(parts.query)), head, body)
        if fault is not None and fault.kind == "stale" and method == "GET":
            number = parts.path.rsplit("/", 1)[-1]
            answer = self.book.before.get(int(number), answer) if number.isdigit() else answer
        said = json.dumps(answer, ensure_ascii=False).encode()
        return await _deliver(writer, status, said, self.limit.headers() if by_router else {}, fault)

    def _fault(self, method: str) -> Fault | None:
        return next((fault for fault in self.faults if fault.meets(method)), None)

    def _refused(self, method: str, path: str) -> dict[str, str] | None:
        closed = self.limit.is_known()
        refused = self.limit.take()
        if refused is not None:
            self.during_wait += closed
            entry = {"kind": "refused", "method": method, "path": path, "while_told_to_wait": closed}
            self.book.noted({**entry, **refused})
        return refused

    def _act(
        self, method: str, path: str, query: dict[str, str], head: dict[str, str], body: bytes
    ) -> Answer:
        actor = ACTORS.get(head.get("x-token", ""), head.get("x-token", "citizen"))
        given = json.loads(body) if body else {}
        names = path.strip("/").split("/")
        if names == ["changed"]:
            return 200, self._changed(query)
        if names == ["tickets"] and method == "POST":
            return self._open(actor, given)
        number = int(names[1]) if len(names) > 1 and names[1].isdigit() else 0
        if number not in self.book.tickets:
            return 404, {"error": "no such ticket"}
        if method == "GET":
            if actor == "bot":
                self.book.noted({"kind": "get", "ticket": number, "actor": actor})
            return 200, self.book.tickets[number]
        if names[2:] == ["messages"]:
            ticket = self.book.say(actor, number, given["text"])
        else:
            expected = head.get("if-match", "").strip('"')
            if expected and expected != str(self.book.tickets[number]["version"]):
                self.book.noted({"kind": "conflict", "ticket": number, "actor": actor})
                return 412, {"error": "changed since"}
            ticket = self.book.change(actor, number, given)
        self.hooks.announce(number, "updated", actor)
        return 200, ticket

    def _changed(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of what was changed since an instant; ``next`` is the following page's address."""
        page = int(query.get("page", "1"))
        found, is_more = self.book.since(datetime.fromisoformat(query["since"]), page)
        items = [{name: ticket[name] for name in LISTED} for ticket in found]
        return {"items": items, "next": f"/changed?page={page + 1}" if is_more else None}

    def _open(self, actor: str, given: dict[str, Any]) -> Answer:
        ticket = self.book.open(actor, {"title": given["title"], "text": given["text"]})
        self.hooks.announce(ticket["id"], "created", actor)
        return 201, ticket

    def _control(self, given: dict[str, Any]) -> dict[str, Any]:
        if "faults" in given:
            self.faults = [made(each) for each in given["faults"]]
        if "hooks" in given:
            self.hooks.configure(given["hooks"])
        if "limit" in given:
            self.limit = Limit(**given["limit"])
        self.latency = given.get("latency", self.latency)
        met = [fault.met for fault in self.faults]
        return {
            "calls": self.calls,
            "met": met,
            "during_wait": self.during_wait,
            "hooks": {"sent": self.hooks.sent, "failed": self.hooks.failed},
        }


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = raw.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(head.get("content-length") or 0))
    return method, target, head, body


async def _is_served(fault: Fault, writer: asyncio.StreamWriter) -> bool:
    """Whether the request is acted on; if not, its answer (or none) has been given."""
    if fault.kind in ("refuse", "cut_before"):
        return False
    if fault.kind == "status":
        await _answer(writer, fault.status, b'{"error":"as asked"}', fault.headers)
        return False
    if fault.kind == "html":
        await _answer(writer, 200, b"<html><body>Please sign in</body></html>", {"Content-Type": "text/html"})
        return False
    if fault.kind == "error_200":
        await _answer(writer, 200, b'{"error":"could not be saved","ok":false}')
        return False
    return True


async def _deliver(
    writer: asyncio.StreamWriter, status: int, said: bytes, headers: dict[str, str], fault: Fault | None
) -> bool:
    kind = fault.kind if fault else ""
    if kind == "cut_after":
        return False
    if kind == "half":
        head = (
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
        )
        writer.write(head.encode() + said[: len(said) // 2])
        await writer.drain()
        return False
    if kind == "status_after" and fault:
        status, said, headers = fault.status, b'{"error":"as asked"}', fault.headers
    await _answer(writer, status, said, headers)
    return True


async def _answer(
    writer: asyncio.StreamWriter, status: int, said: bytes, headers: dict[str, str] | None = None
) -> None:
    head = {
        "Date": formatdate(usegmt=True),
        "Content-Type": "application/json",
        "Content-Length": str(len(said)),
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + said)
    await writer.drain()
