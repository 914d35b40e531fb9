"""FreeScout 1.8 with the modules API & Webhooks, Tags and Custom Fields.

From api-docs.freescout.net and the module's code (Http/routes.php, Http/Controllers/ApiController.php,
Providers/ApiWebhooksServiceProvider.php, Entities/Webhook.php; Custom Fields: Entities/CustomField.php).
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.imitations.frame import (
    Answer,
    Call,
    Refused,
)
from tests.imitations.freescout_store import (
    KEY,
    PAIDAN,
    USERS,
    WEBHOOK_KEY,
    FreeScoutStore,
    _stamp,
    wrong,
)


def missing() -> Refused:
    return Refused(404, {"message": "Not Found", "_embedded": {"errors": []}})


class FreeScout(FreeScoutStore):
    connector: ClassVar[str] = "freescout-module"
    version: ClassVar[str] = "API & Webhooks (the product does not tell its version)"
    targets: ClassVar[frozenset[str]] = frozenset(("level", "tags", "due"))
    made: ClassVar[frozenset[str]] = frozenset()  # there is no list of webhooks (Http/routes.php)
    given: ClassVar[tuple[str, ...]] = (
        *("--set", "hook=env:IMITATION_HOOK", "--set", f"account={PAIDAN}"),
        *("--set", "mailbox=1", "--set", "email=citizen@hall.example"),
        *("--map", "write.level=级别", "--map", "write.due=办理时限"),
    )

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": KEY, "IMITATION_HOOK": WEBHOOK_KEY}

    def installed(self) -> set[str]:
        return {f"webhook {n}" for n in self.hooks}

    def too_many(self) -> Answer:
        """Laravel's throttle middleware."""
        headers = {
            "Retry-After": "1",
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Remaining": "0",
            "Content-Type": "text/html",
        }
        return Answer(429, b"Too Many Attempts.", headers)

    def answer(self, call: Call) -> Answer:
        if not call.path.startswith("/api/"):
            page = b"<!DOCTYPE html><html><head><title>FreeScout</title></head><body></body></html>"
            return Answer(
                200 if call.path in ("/", "/login") else 404,
                page,
                {"Content-Type": "text/html; charset=UTF-8"},
            )
        basic = (
            base64.b64decode(call.headers.get("authorization", "").partition("Basic ")[2] or "")
            .decode()
            .partition(":")[0]
        )
        given = call.query.get("api_key") or basic or call.headers.get("x-freescout-api-key")
        if given != KEY or self.revoked:
            raise Refused(401, {"message": "Unauthorized", "_embedded": {"errors": []}})
        path, body = call.parts[1:], call.json
        match call.method, path:
            case "GET", ["mailboxes"]:
                boxes = [
                    {
                        "id": n,
                        "name": b,
                        "email": f"box{n}@hall.example",
                        "createdAt": _stamp(),
                        "updatedAt": _stamp(),
                    }
                    for n, b in self.boxes.items()
                ]
                return self._paged(call, "mailboxes", boxes)
            case "GET", ["mailboxes", n, "custom_fields"] if n.isdigit() and int(n) in self.boxes:
                own = [
                    {k: v for k, v in f.items() if k != "mailbox"}
                    for f in self.fields.values()
                    if f["mailbox"] == int(n)
                ]
                return self._paged(call, "custom_fields", own)
            case "GET", ["users"]:
                return self._paged(call, "users", [self._user(n) | {"role": "admin"} for n in USERS])
            case "GET", ["users", n] if n.isdigit() and int(n) in USERS:
                return Answer(200, self._user(int(n)) | {"role": "admin"})
            case "GET", ["tags"]:
                names = sorted({t for talk in self.talks.values() for t in talk["tags"]})
                return self._paged(
                    call,
                    "tags",
                    [{"id": n, "name": t, "counter": 1, "color": 0} for n, t in enumerate(names, 1)],
                )
            case "POST", ["webhooks"]:
                return self._subscribe(body)
            case "DELETE", ["webhooks", n]:
                if not n.isdigit() or int(n) not in self.hooks:
                    raise missing()
                del self.hooks[int(n)]
                return Answer(204, b"")
            case "GET", ["conversations"]:
                return self._listed(call)
            case "POST", ["conversations"]:
                return self._create(body)
            case method, ["conversations", n, *rest]:
                if not n.isdigit() or int(n) not in self.talks:
                    raise missing()
                return self._talk(method, int(n), rest, body, call)
        raise Refused(405, {"message": "Method Not Allowed", "_embedded": {"errors": []}})

    def _paged(self, call: Call, name: str, found: list[Any]) -> Answer:
        size, page = int(call.query.get("pageSize") or 50), int(call.query.get("page") or 1)
        about = {
            "size": size,
            "totalElements": len(found),
            "totalPages": max(1, -(-len(found) // size)),
            "number": page,
        }
        return Answer(200, {"_embedded": {name: found[(page - 1) * size : page * size]}, "page": about})

    def _listed(self, call: Call) -> Answer:
        q, found = call.query, list(self.talks.values())
        if q.get("status"):
            found = [t for t in found if t["status"] in q["status"].split(",")]
        if q.get("mailboxId"):
            found = [t for t in found if str(t["mailboxId"]) in q["mailboxId"].split(",")]
        if q.get("updatedSince"):
            since = datetime.fromisoformat(q["updatedSince"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            found = [t for t in found if t["updatedAt"] >= since]
        key = {"updatedAt": "updatedAt", "number": "number"}.get(q.get("sortField", ""), "createdAt")
        found.sort(key=lambda t: t[key], reverse=q.get("sortOrder", "desc") != "asc")
        return self._paged(call, "conversations", [self._shown(t, q.get("embed", "none")) for t in found])

    def _create(self, body: dict[str, Any]) -> Answer:
        for needed in ("subject", "type", "mailboxId", "customer", "threads"):
            if needed not in body:
                raise wrong(f"`{needed}` parameter is required", needed)
        if not isinstance(body["threads"], list) or not all(isinstance(t, dict) for t in body["threads"]):
            raise wrong("'threads' parameter must be an array", "threads")
        if int(body["mailboxId"]) not in self.boxes:
            raise wrong("Mailbox not found", "mailboxId")
        talk = self._new(body["subject"], int(body["mailboxId"]), body.get("status", "active"))
        for thread in reversed(body["threads"]):
            self._thread(talk, thread)
        return Answer(201, self._shown(talk), {"Resource-ID": str(talk["id"])})

    def _talk(self, method: str, number: int, rest: list[str], body: dict[str, Any], call: Call) -> Answer:
        talk = self.talks[number]
        match method, rest:
            case "GET", []:
                return Answer(200, self._shown(talk, call.query.get("embed", "threads")))
            case "PUT", []:
                self._update(talk, body)
                return Answer(204, b"")
            case "POST", ["threads"]:
                made = self._thread(talk, body)
                return Answer(201, made, {"Resource-ID": str(made["id"])})
            case "PUT", ["tags"]:
                if "tags" not in body:
                    raise wrong("`tags` parameter is required", "tags")
                if "tags" not in self.deaf:  # a pivot table: updatedAt stays, and there is no event
                    talk["tags"] = list(
                        dict.fromkeys(t.strip().lower() for t in body["tags"] if isinstance(t, str))
                    )
                return Answer(204, b"")
            case "PUT", ["custom_fields"]:
                if "customFields" not in body:
                    raise wrong("`customFields` parameter is required", "customFields")
                for one in body["customFields"]:
                    if (
                        one.get("id") is not None
                        and one.get("value") is not None
                        and not self.deaf & {"level", "due"}
                    ):
                        self.values[number, int(one["id"])] = str(one["value"])  # kept, whatever it is
                return Answer(204, b"")
        raise Refused(405, {"message": "Method Not Allowed", "_embedded": {"errors": []}})
