"""Freshdesk as its API reference describes it (developers.freshdesk.com/api, v2).

Written from the vendor's text, not from ``connectors/freshdesk.yaml``; of that only the text an administrator
pastes into the automation rules is taken.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from tests.imitations.frame import Answer, Call
from tests.imitations.freshdesk_store import AGENT, CITIZEN, HOOK_SECRET, PERSON, Store, invalid

KEY = "fd-api-key-0123"


class Freshdesk(Store):
    connector, version = "freshdesk", ""
    token = "env:FRESHDESK_TOKEN"
    given = ("--set", "hook=env:IMITATION_HOOK")
    made = frozenset()

    @property
    def secrets(self) -> dict[str, str]:
        return {"FRESHDESK_TOKEN": KEY, "IMITATION_HOOK": HOOK_SECRET}

    def too_many(self) -> Answer:
        return Answer(
            429, {"message": "You have exceeded the limit of requests per minute"}, {"Retry-After": "1"}
        )

    # what the product answers

    def answer(self, call: Call) -> Answer:
        if not call.path.startswith("/api/v2/"):
            return Answer(
                404,
                b"<html>The page you were looking for doesn't exist</html>",
                {"Content-Type": "text/html"},
            )
        wanted = base64.b64encode(f"{KEY}:".encode()).decode()[:18]
        if not call.headers.get("authorization", "").startswith(f"Basic {wanted}") or self.revoked:
            words = {
                "code": "invalid_credentials",
                "message": "You have to be logged in to perform this action.",
            }
            return Answer(401, words, {"WWW-Authenticate": 'Basic realm="Application"'})
        if (
            call.method in ("POST", "PUT")
            and call.headers.get("content-type", "").split(";")[0] != "application/json"
        ):
            words = "Content-Type header is set to something else. It should have application/json"
            return Answer(415, {"code": "invalid_content_type", "message": words})
        answer = self._route(call, call.parts[2:])
        left = {
            "X-Ratelimit-Total": "700",
            "X-Ratelimit-Remaining": "699",
            "X-Ratelimit-Used-CurrentRequest": "1",
        }
        return Answer(
            answer.status,
            answer.body,
            {**left, "X-Freshdesk-API-Version": "latest=v2; requested=v2", **answer.headers},
        )

    def _route(self, call: Call, path: list[str]) -> Answer:
        match call.method, path:
            case "GET", ["agents", "me"]:
                contact = {"name": "派单", "email": "paidan@hall.example", "active": True}
                return Answer(
                    200,
                    {
                        "id": AGENT,
                        "type": "support_agent",
                        "ticket_scope": 1,
                        "contact": contact,
                        "available": True,
                    },
                )
            case "GET", ["agents"]:
                return self._page(call, [{"id": PERSON, "contact": {"name": "值班员", "active": True}}])
            case "GET", ["groups"]:
                return self._page(call, [{"id": n, "name": name} for n, name in self.groups.items()])
            case "GET", ["ticket_fields"]:
                return Answer(
                    200,
                    [
                        *self.fields,
                        {
                            "id": 4,
                            "name": "group",
                            "label": "Group",
                            "type": "default_group",
                            "default": True,
                            "choices": {v: k for k, v in self.groups.items()},
                        },
                    ],
                )
            case "GET", ["settings", "helpdesk"]:
                return Answer(200, {"primary_language": "zh-CN", "supported_languages": []})
            case "GET", ["tickets"]:
                return self._list(call)
            case "POST", ["tickets"]:
                made = self._create(call.json, AGENT)
                return Answer(201, made, {"Location": f"{self.address}/api/v2/tickets/{made['id']}"})
            case method, ["tickets", number, *rest] if number.isdigit() and int(number) in self.tickets:
                return self._ticket(call, method, int(number), rest)
            case _, ["tickets" | "groups" | "agents", *_]:
                return Answer(404)
        return Answer(404)

    def _page(self, call: Call, rows: list[Any]) -> Answer:
        size, page = int(call.query.get("per_page", "30")), int(call.query.get("page", "1"))
        if not 1 <= size <= 100:
            raise invalid("per_page", "It should be a Positive Integer less than or equal to 100")
        more = page * size < len(rows)
        link = (
            {"link": f'<{self.address}{call.path}?page={page + 1}&per_page={size}>; rel="next"'}
            if more
            else {}
        )
        return Answer(200, rows[(page - 1) * size : page * size], link)

    def _list(self, call: Call) -> Answer:
        known = {"updated_since", "order_by", "order_type", "page", "per_page", "include", "filter"}
        if unknown := set(call.query) - known:
            raise invalid(unknown.pop(), "Unexpected/invalid field in request", "invalid_field")
        by = call.query.get("order_by", "created_at")
        if by not in ("created_at", "due_by", "updated_at", "status"):
            raise invalid(
                "order_by", "It should be one of these values: 'due_by,created_at,updated_at,priority,status'"
            )
        since = datetime.fromisoformat(call.query.get("updated_since", "2000-01-01T00:00:00Z"))
        rows = [t for t in self.tickets.values() if datetime.fromisoformat(t["updated_at"]) >= since]
        rows.sort(key=lambda t: (t[by], t["id"]), reverse=call.query.get("order_type", "desc") == "desc")
        return self._page(
            call, [{k: v for k, v in t.items() if not k.startswith("description")} for t in rows]
        )

    def _ticket(self, call: Call, method: str, number: int, rest: list[str]) -> Answer:
        match method, rest:
            case "GET", []:
                ticket = dict(self.tickets[number])
                if "requester" in call.query.get("include", ""):
                    ticket["requester"] = {"id": CITIZEN, "name": "市民", "email": "citizen@hall.example"}
                return Answer(200, ticket)
            case "PUT", []:
                return Answer(200, self._update(number, call.json, AGENT))
            case "GET", ["conversations"]:
                return self._page(call, self.said[number])
            case "POST", ["notes" | "reply" as how]:
                given = call.json
                if not given.get("body"):
                    raise invalid(
                        "body", "It should not be blank as this is a mandatory field", "missing_field"
                    )
                return Answer(
                    201,
                    self._say(
                        number, given["body"], AGENT, private=how == "notes" and given.get("private", True)
                    ),
                )
        return Answer(405, None, {"Allow": "GET, PUT, DELETE"})
