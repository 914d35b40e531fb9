"""Zendesk Support as its API reference describes it (developer.zendesk.com, ticketing and webhooks).

Written from the vendor's text, not from ``connectors/zendesk.yaml``.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from tests.imitations.frame import Answer, Call, Refused
from tests.imitations.zendesk_hooks import AGENT, CITIZEN, PERSON
from tests.imitations.zendesk_store import EMAIL, STATUSES, Store

TOKEN = "zd-api-token"


class Zendesk(Store):
    connector, version = "zendesk", ""
    token = "env:ZENDESK_TOKEN"
    given = ("--set", f"email={EMAIL}")

    @property
    def secrets(self) -> dict[str, str]:
        return {"ZENDESK_TOKEN": TOKEN}

    # what the product answers

    def answer(self, call: Call) -> Answer:
        given = call.headers.get("authorization", "")
        if not given and call.path.startswith("/api/v2/users/me"):  # somebody unknown is told who he is
            nobody = {"id": None, "url": f"{self.address}/api/v2/users/.json", "name": "Anonymous user"}
            return Answer(200, {"user": {**nobody, "email": "invalid@example.com", "role": "end-user"}})
        wanted = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
        if given != f"Basic {wanted}" or self.revoked:
            return Answer(401, {"error": "Couldn't authenticate you"})
        path = call.path.removesuffix(".json").removeprefix("/api/v2").strip("/").split("/")
        return self._route(call, path)

    def _route(self, call: Call, path: list[str]) -> Answer:
        match call.method, path:
            case "GET", ["users", "me"]:
                me = {
                    "id": AGENT,
                    "url": f"{self.address}/api/v2/users/{AGENT}.json",
                    "name": "派单",
                    "email": EMAIL,
                    "role": "admin",
                    "active": True,
                }
                return Answer(200, {"user": me})
            case "GET", ["groups"] | ["groups", "assignable"]:
                found = [
                    {"id": n, "name": g, "deleted": False, "is_public": True} for n, g in self.groups.items()
                ]
                return self._page(call, "groups", found)
            case "GET", ["users"]:
                return self._page(
                    call, "users", [{"id": PERSON, "name": "值班员", "role": "agent", "active": True}]
                )
            case "GET", ["ticket_fields"]:
                return self._page(call, "ticket_fields", list(self.fields.values()))
            case "POST", ["ticket_fields"]:
                made = self._want(call, "ticket_field")
                return Answer(201, {"ticket_field": self._field(made["title"], made["type"])})
            case "DELETE", ["ticket_fields", number] if int(number) in self.fields:
                del self.fields[int(number)]
                return Answer(204)
            case "GET", ["custom_statuses"]:
                found = [
                    {"id": 5000 + n, "agent_label": s.capitalize(), "status_category": s, "active": True}
                    for n, s in enumerate(STATUSES[:5])
                ]
                return Answer(200, {"custom_statuses": found})
            case _, ["webhooks", *rest]:
                return self._hook(call, rest)
            case "GET", ["incremental", "tickets", "cursor"]:
                return self._incremental(call)
            case "GET", ["tickets"]:
                return self._list(call)
            case "POST", ["tickets"]:
                return Answer(201, {"ticket": self._create(self._want(call, "ticket"), AGENT)})
            case _, ["tickets", number, *rest] if number.isdigit() and int(number) in self.tickets:
                return self._ticket(call, int(number), rest)
        return Answer(404, {"error": "RecordNotFound", "description": "Not found"})

    def _want(self, call: Call, key: str) -> dict[str, Any]:
        document = call.json
        if not isinstance(document, dict) or not isinstance(document.get(key), dict):
            message = f"Missing required parameter: {key}"
            raise Refused(400, {"error": {"title": "Invalid attribute", "message": message}})
        return dict(document[key])

    def _page(self, call: Call, key: str, found: list[Any]) -> Answer:
        """Offset paging, or cursor paging when ``page[size]`` is asked for; at most 100 either way."""
        if "page[size]" in call.query:
            size, after = min(int(call.query["page[size]"]), 100), int(call.query.get("page[after]", "0"))
            more = after + size < len(found)
            url = f"{self.address}{call.path}?page[size]={size}&page[after]={after + size}"
            meta = {"has_more": more, "after_cursor": str(after + size) if more else None}
            return Answer(
                200,
                {key: found[after : after + size], "meta": meta, "links": {"next": url if more else None}},
            )
        size, page = min(int(call.query.get("per_page", "100")), 100), int(call.query.get("page", "1"))
        url = (
            f"{self.address}{call.path}?page={page + 1}&per_page={size}" if page * size < len(found) else None
        )
        return Answer(
            200, {key: found[(page - 1) * size : page * size], "next_page": url, "count": len(found)}
        )

    def _list(self, call: Call) -> Answer:
        """By cursor it sorts by ``updated_at``, ``id`` or ``status``; by page with ``sort_by``."""
        sort = call.query.get("sort", "id")
        by = call.query.get("sort_by", sort.lstrip("-"))
        if "page[size]" in call.query and by not in ("updated_at", "id", "status"):
            raise Refused(
                400, {"error": "InvalidPaginationParameter", "description": f"sort is not valid: {by}"}
            )
        down = sort.startswith("-") or call.query.get("sort_order") == "desc"
        found = sorted(self.tickets.values(), key=lambda t: (t[by], t["id"]), reverse=down)
        return self._page(call, "tickets", found)

    def _incremental(self, call: Call) -> Answer:
        """Ordered by ``generated_timestamp``; the newest minute is left out (help article 8143500919322)."""
        now, start = datetime.now(UTC).timestamp(), call.query.get("cursor") or call.query.get("start_time")
        if start is None:
            raise Refused(400, {"error": "InvalidValue", "description": "start_time or cursor is required"})
        if "cursor" not in call.query and float(start) > now - 60:
            words = "Too recent start_time. Use a start_time older than 1 minute"
            raise Refused(422, {"error": "InvalidValue", "description": words})
        lag = self.export_lag
        due = sorted((t, n) for n, t in self.generated.items() if float(start) <= t <= now - lag)
        size = min(int(call.query.get("per_page", "1000")), 1000)
        cursor = str(due[:size][-1][0] + 0.000001) if due else start
        body = {"tickets": [self.tickets[n] for _, n in due[:size]], "after_cursor": cursor}
        url = f"{self.address}/api/v2/incremental/tickets/cursor.json?cursor={cursor}"
        return Answer(
            200, {**body, "after_url": url, "before_cursor": None, "end_of_stream": len(due) <= size}
        )

    # tickets

    def _ticket(self, call: Call, number: int, rest: list[str]) -> Answer:
        match call.method, rest:
            case "GET", []:
                return Answer(200, {"ticket": self.tickets[number]})
            case "PUT", []:
                audit = self._update(number, self._want(call, "ticket"), AGENT)
                return Answer(200, {"ticket": self.tickets[number], "audit": audit})
            case "GET", ["comments"]:
                shown = self._page(call, "comments", self.comments[number])
                roles = {AGENT: "admin", PERSON: "agent"}
                users = [{"id": n, "role": roles.get(n, "end-user")} for n in (AGENT, PERSON, CITIZEN)]
                shown.body.update({"users": users} if "users" in call.query.get("include", "") else {})
                return shown
            case "PUT" | "POST" | "DELETE" | "GET", ["tags"]:
                have, given = self.tickets[number]["tags"], (call.json or {}).get("tags", [])
                wanted = {"PUT": sorted({*have, *given}), "POST": given, "GET": have}
                tags = wanted.get(call.method, [t for t in have if t not in given])
                if call.method != "GET":  # PUT adds, POST sets, DELETE removes
                    stamps = {k: v for k, v in call.json.items() if k in ("safe_update", "updated_stamp")}
                    self._update(number, {"tags": tags, **stamps}, AGENT)
                return Answer(201 if call.method == "POST" else 200, {"tags": self.tickets[number]["tags"]})
        return Answer(404, {"error": "RecordNotFound", "description": "Not found"})

    def too_many(self) -> Answer:
        words = {
            "error": "APIRateLimitExceeded",
            "description": "Number of allowed API requests per minute exceeded",
        }
        return Answer(
            429, words, {"Retry-After": "1", "X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}
        )
