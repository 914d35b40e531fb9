"""What stands in a FreeScout: conversations, threads, mailboxes with their fields, and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.imitations.frame import (
    GROUPS,
    INBOX,
    Answer,
    Delivery,
    Imitation,
    Refused,
    View,
    now,
)

KEY, APP_KEY = "c2ba609c687a3425402b9d881e5075db", "base64:Zm9yIHRoZSBpbWl0YXRpb24gb25seQ=="
WEBHOOK_KEY = hashlib.md5(f"{APP_KEY}webhook_key".encode()).hexdigest()  # Webhook::getSecretKey
PAIDAN, PERSON, CITIZEN = 9, 14, 91
STATUSES = ("active", "pending", "closed", "spam")
EVENTS = (
    "convo.assigned",
    "convo.created",
    "convo.deleted",
    "convo.deleted_forever",
    "convo.restored",
    "convo.moved",
    "convo.status",
    "convo.customer.reply.created",
    "convo.agent.reply.created",
    "convo.note.created",
    "customer.created",
    "customer.updated",
)
KINDS = {"级别": "singleline", "办理时限": "singleline", "处置运行": "singleline", "派单原因": "multiline"}
USERS = {PAIDAN: "派单", PERSON: "值班员"}


def wrong(message: str, path: str) -> Refused:
    """ApiController::getErrorResponse."""
    return Refused(
        400,
        {
            "message": "Error occurred",
            "_embedded": {"errors": [{"path": path, "message": message, "source": "JSON"}]},
        },
    )


def _stamp() -> str:
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


class FreeScoutStore(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self.boxes = dict(enumerate(GROUPS, 1))
        self.fields = {  # a custom field belongs to one mailbox: each has its own of the same name
            10 * box + n: {
                "id": 10 * box + n,
                "name": name,
                "type": kind,
                "mailbox": box,
                "required": False,
                "sortOrder": n,
                "options": None,
            }
            for box in self.boxes
            for n, (name, kind) in enumerate(KINDS.items(), 1)
        }
        self.talks: dict[int, dict[str, Any]] = {}
        self.threads: dict[int, list[dict[str, Any]]] = {}
        self.values: dict[tuple[int, int], str] = {}
        self.hooks: dict[int, dict[str, Any]] = {}
        self._count = 0

    def by_hand(self, hook: str) -> None:
        self._subscribe({"url": hook, "events": list(EVENTS)})

    def _subscribe(self, body: dict[str, Any]) -> Answer:
        for needed in ("url", "events"):
            if needed not in body:
                raise wrong(f"`{needed}` parameter is required", needed)
        events = [e for e in body["events"] if e in EVENTS]  # unknown ones are dropped
        if not events or not body["url"]:
            raise Refused(400, {"message": "Error occurred", "_embedded": {"errors": []}})
        self._count += 1
        self.hooks[self._count] = {
            "id": self._count,
            "url": body["url"],
            "events": events,
            "lastRunTime": None,
            "lastRunError": "",
        }
        return Answer(201, self.hooks[self._count], {"Resource-ID": str(self._count)})

    def _new(self, subject: str, box: int, status: str = "active") -> dict[str, Any]:
        number, at = len(self.talks) + 1, _stamp()
        about = {
            "id": number,
            "number": number,
            "type": "email",
            "folderId": 11,
            "status": status,
            "state": "published",
            "subject": subject,
            "preview": "",
        }
        more = {
            "mailboxId": box,
            "assignee": None,
            "createdAt": at,
            "updatedAt": at,
            "closedBy": None,
            "closedAt": None,
            "cc": [],
            "bcc": [],
        }
        who = {
            "createdBy": self._citizen(),
            "customer": self._citizen(),
            "source": {"type": "api", "via": "customer"},
            "tags": [],
        }
        self.talks[number] = {**about, **more, **who}
        self.threads[number] = []
        return self.talks[number]

    def _update(self, talk: dict[str, Any], body: dict[str, Any], by: int | None = None) -> None:
        """In the order given; who does it must be told."""
        for name, value in body.items():
            if name in ("status", "assignTo", "mailboxId"):
                by = by or body.get("byUser")
                if not by:
                    raise wrong("byUser parameter is required.", "byUser")
                if int(by) not in USERS:
                    raise wrong("User not found.", "byUser")
            if name == "status" and talk["status"] != value:
                talk["status"] = value if value in STATUSES else "active"
                self._line(talk, int(by or 0), "changed-ticket-status", "convo.status")
            elif name == "assignTo" and (talk["assignee"] or {}).get("id") != value:
                talk["assignee"] = self._user(int(value)) if int(value) in USERS else None
                self._line(
                    talk,
                    int(by or 0),
                    "changed-ticket-assignee",
                    "convo.assigned" if talk["assignee"] else "",
                )
            elif name == "mailboxId" and talk["mailboxId"] != int(value):
                if int(value) not in self.boxes:
                    raise wrong("Mailbox not found.", "mailboxId")
                if "group" not in self.deaf:
                    talk["mailboxId"] = int(value)
                    self._line(talk, int(by or 0), "moved-from-mailbox", "convo.moved")
            elif name == "subject":
                talk["subject"] = value

    def _line(self, talk: dict[str, Any], by: int, action: str, event: str) -> None:
        self._add(talk, "lineitem", "", by, action)
        self._event(event, talk)

    def _thread(self, talk: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        for needed in ("text", "type"):
            if needed not in body:
                raise wrong(f"`{needed}` parameter is required", needed)
        kind = body["type"] if body["type"] in ("note", "message") else "customer"  # convertThreadCodes
        user = int(body["user"]) if body.get("user") and int(body["user"]) in USERS else 0
        if kind != "customer" and not user:
            raise wrong("`user` parameter is required", "user")
        first = not self.threads[talk["id"]]
        made = self._add(talk, kind, body["text"], user)
        if body.get("status") or kind != "note":
            talk["status"] = body.get("status") or {"customer": "active", "message": "pending"}[kind]
        events = {
            "note": "convo.note.created",
            "customer": "convo.customer.reply.created",
            "message": "convo.agent.reply.created",
        }
        self._event("convo.created" if first else events[kind], talk)
        return made

    def _add(self, talk: dict[str, Any], kind: str, text: str, user: int, action: str = "") -> dict[str, Any]:
        self._count += 1
        made = {
            "id": self._count,
            "type": kind,
            "status": talk["status"],
            "state": "published",
            "body": text or None,
            "action": {"type": action, "text": "", "associatedEntities": []},
            "source": {"type": "api", "via": "user" if user else "customer"},
            "customer": self._citizen(),
            "createdBy": self._user(user) if user else self._citizen(),
            "assignedTo": None,
            "to": [],
            "cc": [],
            "bcc": [],
            "createdAt": _stamp(),
            "openedAt": None,
            "_embedded": {"attachments": []},
        }
        self.threads[talk["id"]].insert(0, made)  # newest first
        talk["updatedAt"] = _stamp()
        return made

    def _shown(self, talk: dict[str, Any], embed: str = "threads") -> dict[str, Any]:
        wanted, number = embed.split(","), talk["id"]
        inside: dict[str, Any] = {"threads": self.threads[number] if "threads" in wanted else []}
        if "tags" in wanted:
            inside["tags"] = [{"id": n, "name": t} for n, t in enumerate(talk["tags"], 1)]
        own = [
            f for f in self.fields.values() if f["mailbox"] == talk["mailboxId"]
        ]  # getCustomFieldsWithValues
        custom = []
        for f in own:
            value = self.values.get((number, f["id"]), "")
            text = (f["options"] or {}).get(int(value), "") if value.isdigit() and f["options"] else ""
            custom.append({"id": f["id"], "name": f["name"], "value": value, "text": text})
        plain = {k: v for k, v in talk.items() if k != "tags"}
        return {
            **plain,
            "threadsCount": len(self.threads[number]),
            "customFields": custom,
            "_embedded": inside,
        }

    def _user(self, number: int) -> dict[str, Any]:
        return {
            "id": number,
            "type": "user",
            "firstName": USERS[number],
            "lastName": "",
            "photoUrl": "",
            "email": f"user{number}@hall.example",
        }

    def _citizen(self) -> dict[str, Any]:
        return {
            "id": CITIZEN,
            "type": "customer",
            "firstName": "群众",
            "lastName": "",
            "photoUrl": "",
            "email": "citizen@hall.example",
        }

    def _event(self, event: str, talk: dict[str, Any]) -> None:
        for hook in self.hooks.values():
            if event in hook["events"]:
                self.tell(lambda hook=hook: self._rendered(hook, event, talk))  # type: ignore[misc]

    def _rendered(self, hook: dict[str, Any], event: str, talk: dict[str, Any]) -> Delivery:
        body = (
            json.dumps(self._shown(talk), separators=(",", ":")).replace("/", "\\/").encode()
        )  # PHP's json_encode
        sign = base64.b64encode(hmac.new(WEBHOOK_KEY.encode(), body, hashlib.sha1).digest()).decode()
        headers = {
            "Content-Type": "application/json",
            "X-FreeScout-Event": event,
            "X-FreeScout-Signature": sign,
        }
        return Delivery(hook["url"], body, headers)

    def open(self, title: str, text: str) -> str:
        with self.lock:
            talk = self._new(title, next(n for n, b in self.boxes.items() if b == INBOX))
            self._thread(talk, {"type": "customer", "text": f"<p>{text}</p>"})
            return str(talk["id"])

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            self._thread(self.talks[int(ticket)], {"type": "customer", "text": f"<p>{text}</p>"})

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            self._update(
                self.talks[int(ticket)],
                {"mailboxId": next(n for n, b in self.boxes.items() if b == group)},
                PERSON,
            )

    def close(self, ticket: str) -> None:
        with self.lock:
            self._update(self.talks[int(ticket)], {"status": "closed"}, PERSON)

    def rename(self, group: str, new: str) -> None:
        with self.lock:
            self.boxes[next(n for n, b in self.boxes.items() if b == group)] = new

    def view(self, ticket: str) -> View:
        with self.lock:
            talk = self.talks[int(ticket)]
            shown = {f["name"]: f["text"] or f["value"] for f in self._shown(talk)["customFields"]}
            ours = [t for t in self.threads[talk["id"]][::-1] if t["createdBy"]["id"] == PAIDAN]
            due = shown.get("办理时限")
            plain = {
                k: tuple(html.unescape(re.sub("<[^>]+>", "", t["body"])) for t in ours if t["type"] == k)
                for k in ("note", "message")
            }
            return View(
                group=self.boxes[talk["mailboxId"]],
                level=shown.get("级别") or None,
                priority="",
                tags=tuple(talk["tags"]),
                due=datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None,
                notes=plain["note"],
                public=plain["message"],
                state=talk["status"],
            )
