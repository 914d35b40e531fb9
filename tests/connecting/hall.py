"""A small helpdesk that behaves, or misbehaves as told: what connect meets before anything is set up."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, NAME = "hall-key-of-paidan", "Paidan's account"
GROUPS = ("指挥中心", "现场组", "信息收集组", "后勤组", "宣传组", "专案组", "综合受理", "保密件")


@dataclass
class Hall:
    """The helpdesk; every call that may change something is kept in ``changed``."""

    groups: list[str] = field(default_factory=lambda: list(GROUPS))
    rights: list[str] = field(default_factory=lambda: ["read", "write"])
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """Of the fields, by name"""
    hooks: dict[str, dict[str, str]] = field(default_factory=dict)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    """(path, Authorization) of every call"""
    page: bool = False
    """Everything is a login page."""
    shows_everywhere: bool = False
    """The product shows at every path, its API answers at one."""
    moved: str = ""
    """Everything points there, path by path."""
    sign_in: str = ""
    """Everything points to this one page."""
    failing: dict[str, int] = field(default_factory=dict)
    """path → the status its next call fails with"""
    silent_hooks: bool = False
    sealed: bool = False
    """No ticket may be read."""
    cut_after: int = -1
    """So many calls are answered, then the line is cut."""
    lost: str = ""
    """The answer to a POST of this path never arrives, though it is carried out."""
    blind: int = 0
    """So many looks at the hooks fail once one was made."""
    hooks_status: int = 200
    """Else no list of hooks is answered, but this."""
    absent: str = ""
    """There is nothing at this path."""
    _count: int = 0
    _looks_to_fail: int = 0

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        parts = path.split("?")[0].strip("/").split("/")[1:]
        if path == "/api/product":
            return 200, {"product": "Hall", "version": "2.1"}
        if path.split("?")[0] == self.absent:
            return 404, {}
        match method, parts:
            case "GET", ["me"]:
                return 200, {"login": "paidan", "name": NAME, "rights": self.rights}
            case "GET", ["groups"]:
                return 200, [{"id": f"g{n}", "name": name} for n, name in enumerate(self.groups)]
            case "GET", ["fields"]:
                offered = self.choices
                return 200, [
                    {"id": k, "name": n, "choices": offered.get(n, [])} for k, n in self.fields.items()
                ]
            case "GET", ["hooks"] if self.hooks_status != 200:
                return self.hooks_status, {"error": "no list"}
            case "GET", ["hooks"] if self._looks_to_fail:
                self._looks_to_fail -= 1
                return 502, {"error": "bad gateway"}
            case "GET", ["hooks"]:
                return 200, {"hooks": [{"id": key, **hook} for key, hook in self.hooks.items()]}
            case "GET", ["tickets"]:
                return 200, {"items": [t for t in self.tickets.values() if t["state"] == "open"]}
            case "GET", ["tickets", _] if self.sealed:
                return 403, {"error": "not yours"}
            case "GET", ["tickets", number] if number in self.tickets:
                return 200, self.tickets[number]
        return self._changing(method, parts, body)

    def _changing(self, method: str, parts: list[str], body: Any) -> tuple[int, Any]:
        self.changed.append(f"{method} {'/'.join(parts)}")
        self._count += 1
        number = str(self._count)
        match method, parts:
            case "POST", ["fields"]:
                self.fields[f"f{number}"] = body["name"]
            case "POST", ["hooks"]:
                self.hooks[f"h{number}"] = body
                self._looks_to_fail = self.blind
            case "DELETE", ["fields", key] if key in self.fields:
                del self.fields[key]
            case "DELETE", ["hooks", key] if key in self.hooks:
                del self.hooks[key]
            case "POST", ["tickets"]:
                self._open(number, body)
                return 201, {"id": number}
            case "PUT", ["tickets", key] if key in self.tickets:
                self.tickets[key] |= body
            case _:
                return 404, {"error": "no such thing"}
        return 200, {}

    def _open(self, number: str, body: Any) -> None:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        more = {"id": number, "at": at, "version": "1", "state": "open", "messages": [], "fields": []}
        self.tickets[number] = {**body, **more, "may_note": True}
        if not self.silent_hooks:
            for hook in self.hooks.values():
                threading.Timer(0.2, _tell, (hook, number)).start()

    @contextmanager
    def running(self) -> Iterator[str]:
        hall = self

        class Handler(_Handler):
            owner = hall

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


def _tell(hook: dict[str, str], number: str) -> None:
    body = json.dumps({"ticket": number, "delivery": f"d{number}"}).encode()
    with suppress(OSError):
        request = urllib.request.Request(hook["url"], body, {"X-Secret": hook["secret"]})
        urllib.request.urlopen(request, timeout=5).close()


class _Handler(BaseHTTPRequestHandler):
    owner: Hall

    def log_message(self, *_: Any) -> None:
        pass

    def _any(self) -> None:
        hall = self.owner
        if self.path.startswith("http://"):  # asked as a proxy is
            self.path = "/" + self.path.split("/", 3)[3]
        given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signed = self.headers.get("Authorization", "")
        hall.seen.append((self.path, signed))
        if hall.moved:
            return self._send(301, b"", {"Location": hall.moved + self.path})
        if hall.sign_in:
            return self._send(302, b"", {"Location": hall.sign_in})
        if self.path in hall.failing:
            return self._send(hall.failing.pop(self.path), b"", {})
        if hall.page:
            return self._send(200, b"<html><form>Sign in</form></html>", {"Content-Type": "text/html"})
        if 0 <= hall.cut_after < len(hall.seen):
            self.close_connection = True
            return self.connection.close()
        if hall.shows_everywhere and self.path.endswith("/api/product"):
            self.path = "/api/product"
        if self.path != "/api/product" and signed != f"Bearer {KEY}":
            status, document = 401, {"error": "who are you?"}
        else:
            status, document = hall.answer(self.command, self.path, json.loads(given) if given else None)
        if hall.lost and self.command == "POST" and self.path == hall.lost:
            hall.lost = ""
            return self.connection.close()
        return self._send(status, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers.items(), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = _any
