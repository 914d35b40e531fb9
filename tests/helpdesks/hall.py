"""The helpdesk of ``docs/generic.md``, as somebody in a town hall might have written it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, jsonify, request

from tests.helpdesks.served import serving

HERE = ZoneInfo("Asia/Shanghai")
TEAMS = ("Front desk", "On site", "Information", "Supplies", "Press", "Case team", "Sealed", "Command")
WRITABLE = ("team", "urgency", "deadline", "labels", "stage", "response_level")


def local(at: datetime) -> str:
    """By the town's clock."""
    return at.astimezone(HERE).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class Hall:
    """Its cases and what it would have sent."""

    token: str = "hall-token"
    secret: str = "hall-hook-secret"
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def open(self, number: str, subject: str, body: str, at: datetime) -> None:
        """A citizen opens a case."""
        self.cases[number] = {
            "no": number,
            "subject": subject,
            "body": body,
            "stage": "open",
            "team": "Front desk",
            "urgency": "2",
            "deadline": None,
            "labels": [],
            "topic": "letter",
            "citizen": "Carol",
            "response_level": None,
            "opened": local(at),
            "changed": local(at),
            "changed_by": "7",
        }
        self.remarks[number] = []

    def say(
        self, number: str, who: str, side: str, words: str, at: datetime, *, staff_only: bool = False
    ) -> None:
        """Somebody writes."""
        made = {"id": len(self.remarks[number]) + 1, "at": local(at), "who": who, "words": words}
        self.remarks[number].append({**made, "side": side, "staff_only": staff_only})
        self.cases[number] |= {"changed": local(at), "changed_by": who}

    def signed(self, body: bytes, at: int) -> dict[str, str]:
        """The headers of a webhook."""
        digest = hmac.new(self.secret.encode(), f"{at}:".encode() + body, hashlib.sha256).digest()
        return {"x-hall-time": str(at), "x-hall-signature": "v1=" + base64.b64encode(digest).decode()}

    def app(self) -> Flask:
        """The web application."""
        app = Flask("hall")

        @app.before_request
        def known() -> Response | None:
            self.asked.append((request.method, request.path))
            if request.headers.get("Key") == self.token:
                return None
            return _answer({"message": "who are you?"}, 401)

        @app.get("/v1/me")
        def me() -> Response:
            return _answer({"id": "99"})

        @app.get("/v1/teams")
        def teams() -> Response:
            return _answer([{"name": name} for name in TEAMS])

        @app.get("/v1/cases/<number>")
        def case(number: str) -> Response:
            found = self.cases.get(number)
            return _answer({"message": "no such case"}, 404) if found is None else _answer({"data": found})

        @app.put("/v1/cases/<number>")
        def change(number: str) -> Response:
            given = request.get_json()
            if given.get("team", TEAMS[0]) not in TEAMS:
                return _answer({"message": "no such team"}, 422)
            self.cases[number] |= {key: value for key, value in given.items() if key in WRITABLE}
            self.cases[number] |= {"changed": local(datetime.now(UTC)), "changed_by": "99"}
            return Response("thank you", mimetype="text/plain")

        @app.get("/v1/cases/<number>/remarks")
        def listed(number: str) -> Response:
            return _answer({"items": self.remarks[number]})

        @app.post("/v1/cases/<number>/remarks")
        def remark(number: str) -> Response:
            given = request.get_json()
            now = datetime.now(UTC)
            self.say(number, "99", "clerk", given["words"], now, staff_only=given["staff_only"])
            return _answer({"id": len(self.remarks[number])}, 201)

        @app.get("/v1/cases")
        def changed() -> Response:
            since, page, size = request.args["changed_after"], int(request.args["p"]), int(request.args["n"])
            found = [each for each in self.cases.values() if each["changed"] >= since]
            return _answer({"cases": found[(page - 1) * size : page * size]})

        return app

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address while it runs."""
        with serving(self.app()) as address:
            yield address


def _answer(what: Any, status: int = 200) -> Response:
    return jsonify(what) if status == 200 else Response(json.dumps(what), status, mimetype="application/json")
