"""Zendesk's tickets: what an update may say, what it brings with it, and what is refused."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Refused, View
from tests.imitations.zendesk_hooks import AGENT, CITIZEN, EVENT, PERSON, Hooks

EMAIL = "paidan@hall.example"
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
INVALID = {"error": "RecordInvalid", "description": "Record validation errors"}
SENT = ("status", "priority", "subject", "group_id", "assignee_id", "tags", "type")


def invalid(name: str, words: str) -> Refused:
    """422 with ``details`` keyed by the field, as the product words it."""
    return Refused(422, {**INVALID, "details": {name: [{"description": words, "error": "InvalidValue"}]}})


class Store(Hooks):
    export_lag = 1.0
    """Seconds the newest changes are left out of the export; the product's are sixty."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(35436)
        self.groups = {360001 + n: name for n, name in enumerate(GROUPS)}
        self.tickets: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.generated: dict[int, float] = {}
        self.fields: dict[int, dict[str, Any]] = {
            n: {"id": n, "type": kind, "title": kind.capitalize(), "active": True, "removable": False}
            for n, kind in enumerate(("subject", "description", "status", "tickettype", "priority"), 9001)
        }
        self._field("级别", "tagger", [{"name": v, "value": v} for v in LEVELS])
        self._field("响应期限", "text")

    def _field(self, title: str, kind: str, options: list[dict[str, str]] | None = None) -> dict[str, Any]:
        number = next(self._ids) + 360000000000
        made = {"id": number, "type": kind, "title": title, "active": True, "removable": True}
        self.fields[number] = made | ({"custom_field_options": options} if options else {})
        return self.fields[number]

    def _create(self, given: dict[str, Any], actor: int) -> dict[str, Any]:
        text = (given.get("comment") or {}).get("body") or given.get("description")
        if not text:
            raise invalid("base", "Description: cannot be blank")
        number, now = next(self._ids), self._stamp()
        blank = {"id": number, "status": "new", "priority": None, "type": None, "tags": [], "group_id": None}
        more = {"assignee_id": None, "requester_id": CITIZEN, "submitter_id": actor, "due_at": None}
        about = {"via": {"channel": "api"}, "created_at": now, "updated_at": now, "description": text}
        values = [{"id": n, "value": None} for n, f in self.fields.items() if f["removable"]]
        self.tickets[number] = {**blank, **more, **about, "subject": text[:150], "custom_fields": values}
        self.comments[number] = []
        self._update(
            number,
            {**given, "comment": {"public": True, **(given.get("comment") or {}), "body": text}},
            actor,
            new=True,
        )
        return self.tickets[number]

    def _update(self, number: int, given: dict[str, Any], actor: int, *, new: bool = False) -> dict[str, Any]:
        """Unknown attributes are ignored; an invalid value refuses the whole update."""
        ticket = self.tickets[number]
        if ticket["status"] == "closed":
            raise invalid("status", "Status: closed prevents ticket update")
        if given.get("safe_update") and given.get("updated_stamp") != ticket["updated_at"]:
            words = "Safe Update prevented the update due to outdated ticket data"
            raise Refused(409, {"error": "UpdateConflict", "description": words})
        given = {k: v for k, v in given.items() if actor != AGENT or k.removesuffix("_id") not in self.deaf}
        if given.get("assignee_email"):  # write only; an agent's address
            given["assignee_id"] = {EMAIL: AGENT}.get(given["assignee_email"], 0)
        changed = {k: v for k, v in given.items() if k in SENT and v != ticket[k]}
        self._validate(ticket, changed, actor)
        if "custom_fields" in given:
            self._custom(ticket, given["custom_fields"], changed)
        if "due_at" in given and (changed.get("type") or ticket["type"]) == "task":
            changed["due_at"] = given["due_at"]  # only a task has a due date; elsewhere it is dropped
        if "tags" in changed:  # a tag is one lower-case word; the list replaces
            changed["tags"] = sorted({t.lower().replace(" ", "_") for t in changed["tags"]})
        comment = given.get("comment")
        if comment:
            self._comment(number, comment, actor)
        before = {k: ticket.get(k) for k in changed}
        ticket |= changed
        if changed or comment:
            ticket["updated_at"] = self._stamp()
            self.generated[number] = datetime.now(UTC).timestamp()
        events = ["created"] if new else [e for k, e in EVENT.items() if k in changed]
        self._tell(ticket, [*events, *(["comment_added"] if comment and not new else [])], actor, before)
        return {
            "ticket_id": number,
            "author_id": actor,
            "events": [{"type": "Change", "field_name": k} for k in changed],
        }

    def _validate(self, ticket: dict[str, Any], changed: dict[str, Any], actor: int) -> None:
        if changed.get("status", "new") not in STATUSES:
            raise invalid("status", f"Status: {changed['status']} is not valid")
        if (changed.get("priority") or "low") not in PRIORITIES:
            raise invalid("priority", f"Priority: {changed['priority']} is not valid")
        if changed.get("group_id") and changed["group_id"] not in self.groups:
            raise invalid("group", "Group is invalid")
        if changed.get("status") == "solved" and not (changed.get("assignee_id") or ticket["assignee_id"]):
            raise Refused(
                422,
                {
                    **INVALID,
                    "details": {"base": [{"description": "Assignee: is required when solving a ticket"}]},
                },
            )
        if changed.get("assignee_id") and changed.get("status", ticket["status"]) == "new":
            changed["status"] = "open"

    def _custom(self, ticket: dict[str, Any], given: Any, changed: dict[str, Any]) -> None:
        """A drop-down speaks its option's value and tags the ticket with it; unknown fields are ignored."""
        values = {f["id"]: f["value"] for f in ticket["custom_fields"]}
        tags = set(changed.get("tags", ticket["tags"]))
        items = given if isinstance(given, list) else [{"id": k, "value": v} for k, v in given.items()]
        for one in items:
            shape, value = self.fields.get(int(one["id"])), one.get("value")
            if shape is None or not shape["removable"] or values.get(shape["id"]) == value:
                continue
            choices = {o["value"] for o in shape.get("custom_field_options", [])}
            if choices and value and value not in choices:
                raise invalid("base", f"{shape['title']}: {value} is not a valid option")
            if shape["type"] == "date" and value:
                value = _date(shape["title"], value)
            tags = (tags - choices) | ({value} if choices and value else set())
            values[shape["id"]] = value
        custom = [{"id": n, "value": v} for n, v in values.items()]
        changed |= {"custom_fields": custom} if custom != ticket["custom_fields"] else {}
        changed |= {"tags": sorted(tags)} if tags != set(ticket["tags"]) else {}

    def _comment(self, number: int, comment: dict[str, Any], actor: int) -> None:
        text = comment.get("html_body") or comment.get("body") or ""
        one = {
            "id": next(self._ids),
            "type": "Comment",
            "author_id": comment.get("author_id", actor),
            "body": text,
        }
        more = {
            "html_body": text,
            "plain_body": text,
            "public": comment.get("public", True),
            "created_at": self._stamp(),
        }
        self.comments[number].append({**one, **more})

    def _stamp(self) -> str:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # people's hands

    def open(self, title: str, text: str) -> str:
        group = next(n for n, name in self.groups.items() if name == INBOX)
        given = {"subject": title, "comment": {"body": text}, "group_id": group, "requester_id": CITIZEN}
        return str(self._create(given, CITIZEN)["id"])

    def say(self, ticket: str, text: str) -> None:
        again = {} if self.tickets[int(ticket)]["status"] == "new" else {"status": "open"}
        self._update(int(ticket), {"comment": {"body": text}, **again}, CITIZEN)

    def move(self, ticket: str, group: str) -> None:
        number = next(n for n, name in self.groups.items() if name == group)
        self._update(int(ticket), {"group_id": number}, PERSON)

    def close(self, ticket: str) -> None:
        self._update(int(ticket), {"status": "solved", "assignee_id": PERSON}, PERSON)

    def rename(self, group: str, new: str) -> None:
        self.groups = {n: new if name == group else name for n, name in self.groups.items()}

    def view(self, ticket: str) -> View:
        one = self.tickets[int(ticket)]
        known = [f for f in one["custom_fields"] if f["id"] in self.fields]
        titles = {self.fields[f["id"]]["title"]: f["value"] for f in known}
        ours = [c for c in self.comments[int(ticket)] if c["author_id"] == AGENT]
        due = titles.get("响应期限")
        return View(
            group=self.groups.get(one["group_id"], ""),
            level=titles["级别"],
            priority=one["priority"] or "",
            tags=tuple(one["tags"]),
            due=datetime.fromisoformat(due) if due else None,
            notes=tuple(c["body"] for c in ours if not c["public"]),
            public=tuple(c["body"] for c in ours if c["public"]),
            state=one["status"],
        )

    def installed(self) -> set[str]:
        return {f"webhook {n}" for n in self.hooks} | {f"field {n}" for n in self.fields}


def _date(title: str, value: str) -> str:
    """A date field keeps the day only, as YYYY-MM-DD."""
    try:
        return datetime.fromisoformat(value).strftime("%Y-%m-%d")
    except ValueError:
        raise invalid("base", f"{title}: '{value}' is not a valid date") from None
