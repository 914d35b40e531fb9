"""The helpdesk of ``docs/add-a-product.md``: invented, a real server, with quirks as houses grow them.

Answers are 200 whatever happened; a log-in ends in the middle; ids look otherwise in webhooks, in answers and
in lists; groups are rows that are only ever added and ended; webhooks come late, twice, thin or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request

from tests.helpdesks.served import post, serving

HERE = ZoneInfo("Asia/Shanghai")
BOT = 99
CALLS_OF_A_SESSION = 7
"""After so many calls a key is over, whoever is in the middle of something."""


class Refused(Exception):
    """What the helpdesk says no to, with 200."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class Delivered:
    """One webhook as it was sent and what came back; 0: nothing did."""

    body: bytes
    headers: dict[str, str]
    status: int


@dataclass
class Quay:
    """Its requests, its sessions, and what it sends to ``hook``."""

    teams: dict[int, str]
    hook: str = ""
    secret: str = "quay-hook-secret"
    password: str = "quay-password"
    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    entries: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    """(when, method, path) of every call"""
    logins: int = 0
    busy_until: int = 0
    """Unix time before which every call is too much."""
    manner: str = "late"
    """How webhooks come: late, doubled, thin, missing."""
    delivered: list[Delivered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sessions: dict[str, int] = {}
        self._numbers = count(123)
        self._rows = count(1)
        self._lock = threading.RLock()
        self._senders: list[threading.Thread] = []

    # --- people at work -------------------------------------------------------------------------

    def open(self, subject: str, words: str, category: str = "visit", stage: str = "open") -> int:
        """Somebody outside asks for something."""
        with self._lock:
            number, now = next(self._numbers), _now()
            self.requests[number] = {
                "id": number,
                "subject": subject,
                "words": f"<p>{words}</p>",
                "stage": stage,
                "urgency": 2,
                "opened": now,
                "touched": now,
                "touched_by": 7,
                "due": None,
                "marks": [],
                "requester": "Carol",
                "fields": {"category": category, "response_level": None},
            }
            self.entries[number] = []
            self.rows[number] = [{"row": next(self._rows), "team": min(self.teams), "until": None}]
        self._tell(number, "request.opened", 7)
        return number

    def say(
        self, number: int, words: str, by: int = 7, side: str = "outside", *, hidden: bool = False
    ) -> None:
        """Somebody writes."""
        with self._lock:
            made = {
                "no": len(self.entries[number]) + 1,
                "at": _now(),
                "by": by,
                "side": side,
                "hidden": hidden,
            }
            self.entries[number].append({**made, "html": words, "files": []})
            self._touch(number, by)
        self._tell(number, "entry.added", by)

    def team(self, number: int) -> list[str]:
        """The names of the teams that work on a request now."""
        return [self.teams[row["team"]] for row in self.rows[number] if row["until"] is None]

    def notes(self, number: int) -> list[str]:
        """What Paidan wrote for staff."""
        return [each["html"] for each in self.entries[number] if each["by"] == BOT and each["hidden"]]

    def public(self, number: int) -> list[str]:
        """What Paidan wrote where the public can read: nothing."""
        return [each["html"] for each in self.entries[number] if each["by"] == BOT and not each["hidden"]]

    # --- webhooks -------------------------------------------------------------------------------

    def _tell(self, number: int, kind: str, by: int) -> None:
        if not self.hook or self.manner == "missing":
            return
        body: dict[str, Any] = {"request": f"REQ-{number:06d}"}
        if self.manner != "thin":
            body |= {"kind": kind, "by": by}
        sender = threading.Thread(
            target=self._send, args=(json.dumps(body).encode(), self.manner), daemon=True
        )
        self._senders.append(sender)
        sender.start()

    def _send(self, body: bytes, manner: str) -> None:
        time.sleep(0.3)
        headers = self.signed(
            body, f"dlv-{hashlib.sha256(body + str(time.time_ns()).encode()).hexdigest()[:12]}"
        )
        for _ in range(2 if manner == "doubled" else 1):
            self.delivered.append(Delivered(body, headers, post(self.hook, body, headers)))

    def signed(self, body: bytes, number: str, at: int | None = None) -> dict[str, str]:
        """The headers of a webhook: Standard Webhooks' order, under names of its own."""
        when = str(int(time.time()) if at is None else at)
        content = f"{number}.{when}.".encode() + body
        digest = hmac.new(self.secret.encode(), content, hashlib.sha256).digest()
        return {
            "quay-id": number,
            "quay-time": when,
            "quay-signature": "v1," + base64.b64encode(digest).decode(),
        }

    def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        for sender in self._senders:
            sender.join(10)

    # --- the API --------------------------------------------------------------------------------

    def app(self) -> Flask:
        """The web application."""
        app = Flask("quay")
        routes = (
            ("POST", "/api/session", self._log_in),
            ("GET", "/api/me", lambda: {"me": {"id": BOT, "login": "paidan"}}),
            ("GET", "/api/teams", self._teams),
            ("GET", "/api/requests", self._list),
            ("GET", "/api/requests/<int:number>", lambda number: {"request": self._found(number)}),
            ("PATCH", "/api/requests/<int:number>", self._change),
            ("GET", "/api/requests/<int:number>/entries", lambda number: {"entries": self.entries[number]}),
            ("POST", "/api/requests/<int:number>/entries", self._add_entry),
            ("GET", "/api/requests/<int:number>/teams", lambda number: {"rows": self.rows[number]}),
            ("POST", "/api/requests/<int:number>/teams", self._add_row),
            ("DELETE", "/api/requests/<int:number>/teams/<int:row>", self._end_row),
        )
        for method, rule, work in routes:
            app.add_url_rule(rule, f"{method} {rule}", self._answering(work), methods=[method])
        return app

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address while it runs."""
        with serving(self.app()) as address:
            try:
                yield address
            finally:
                self.settle()

    def _answering(self, work: Any) -> Any:
        def answer(**parts: int) -> Response:
            self.asked.append((time.time(), request.method, request.path))
            if time.time() < self.busy_until:
                return Response("slow down", 429, {"X-Quay-Reset": str(self.busy_until)})
            try:
                with self._lock:
                    self._signed_in()
                    found = work(**parts)
            except Refused as no:
                return _json({"ok": False, "error": {"code": no.code, "text": no.text}})
            if isinstance(found, Response):
                return found
            return _json({"ok": True, "result": found})

        return answer

    def _signed_in(self) -> None:
        if request.path == "/api/session":
            return
        key = request.headers.get("X-Quay-Key", "")
        self._sessions[key] = self._sessions.get(key, 0) - 1
        if self._sessions[key] < 0:
            raise Refused("E_SESSION", "session is over")

    def _log_in(self) -> dict[str, Any]:
        given = request.get_json()
        if (given.get("login"), given.get("password")) != ("paidan", self.password):
            raise Refused("E_LOGIN", "no such login")
        self.logins += 1
        key = f"key-{self.logins}"
        self._sessions[key] = CALLS_OF_A_SESSION
        return {"key": key, "seconds": 900}

    def _found(self, number: int) -> dict[str, Any]:
        if number not in self.requests:
            raise Refused("E_NONE", f"no request {number}")
        return self.requests[number]

    def _teams(self) -> dict[str, Any]:
        listed = [{"id": key, "name": name, "working": True} for key, name in self.teams.items()]
        return {"teams": [*listed, {"id": 1, "name": "Closed down", "working": False}]}

    def _list(self) -> Response:
        since, size = request.args["touched_since"], int(request.args["size"])
        start = int(request.args.get("cursor", "c0")[1:])
        found = [each for each in self.requests.values() if each["touched"] >= since]
        rows = [
            {**{name: each[name] for name in ("touched", "opened", "stage")}, "id": str(each["id"])}
            | {"touched_by": str(each["touched_by"])}
            for each in found[start : start + size]
        ]
        answer = _json({"ok": True, "result": {"requests": rows}})
        if start + size < len(found):
            address = f"http://quay.internal/api/requests?cursor=c{start + size}&size={size}"
            answer.headers["Link"] = f'<http://quay.internal/>; rel="first", <{address}>; rel="next"'
        return answer

    def _change(self, number: int) -> dict[str, Any]:
        given = request.get_json().get("request")
        if not isinstance(given, dict):
            raise Refused("E_VALUE", "the body has no request")
        found = self._found(number)
        if found["stage"] == "closed":
            given.pop("urgency", None)  # no word about it
        if not 1 <= int(given.get("urgency", 1)) <= 5:
            raise Refused("E_VALUE", "urgency is 1 to 5")
        found["fields"] |= given.pop("fields", {})
        found |= {key: value for key, value in given.items() if key in ("urgency", "due", "marks", "stage")}
        self._touch(number, BOT)
        self._tell(number, "request.changed", BOT)
        return {"request": {"id": number}}

    def _add_entry(self, number: int) -> dict[str, Any]:
        given = request.get_json()
        self._found(number)
        self.say(number, given["html"], BOT, "staff", hidden=given["hidden"])
        return {"no": len(self.entries[number])}

    def _add_row(self, number: int) -> dict[str, Any]:
        team = request.get_json()["team"]
        if team not in self.teams:
            raise Refused("E_VALUE", f"no team {team!r}")
        if any(row["team"] == team and row["until"] is None for row in self.rows[number]):
            raise Refused("E_VALUE", "this team is there already")
        self.rows[number].append({"row": next(self._rows), "team": team, "until": None})
        self._touch(number, BOT)
        return {"row": self.rows[number][-1]["row"]}

    def _end_row(self, number: int, row: int) -> dict[str, Any]:
        for each in self.rows[number]:
            if each["row"] == row and each["until"] is None:
                each["until"] = _now()
                return {"row": row}
        raise Refused("E_NONE", f"no row {row}")

    def _touch(self, number: int, by: int) -> None:
        self.requests[number] |= {"touched": _now(), "touched_by": by}


def _now() -> str:
    """By the clock on the quay, which says no zone."""
    return datetime.now(UTC).astimezone(HERE).strftime("%Y-%m-%d %H:%M:%S")


def _json(what: Any) -> Response:
    return Response(json.dumps(what, ensure_ascii=False), mimetype="application/json")
