"""Freshdesk's tickets: what may be written, what is refused, and the automation rules that call a webhook."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Delivery, Imitation, Refused, View, now

HOOK_SECRET = "hook-secret-of-freshdesk-0001"
AGENT, PERSON, CITIZEN = 7001, 7002, 9001
STATUSES = {"2": ["Open", "Being Processed"], "3": ["Pending", "Awaiting your Reply"], "4": ["Resolved"] * 2}
STATUSES["5"] = ["Closed", "This ticket has been Closed"]
PRIORITIES = {"Low": 1, "Medium": 2, "High": 3, "Urgent": 4}
WRITABLE = {
    "name", "requester_id", "email", "phone", "subject", "type", "status", "priority", "description",
    "responder_id", "custom_fields", "due_by", "email_config_id", "fr_due_by", "group_id", "product_id",
    "source", "tags", "company_id", "parent_id", "cc_emails",
}  # fmt: skip


def invalid(name: str, words: str, code: str = "invalid_value") -> Refused:
    """The product's one form of a refusal ("Errors" of the reference)."""
    return Refused(
        400, {"description": "Validation failed", "errors": [{"field": name, "message": words, "code": code}]}
    )


def field(name: str, label: str, kind: str, choices: Any = None) -> dict[str, Any]:
    """A ticket field as it is listed."""
    more = {} if choices is None else {"choices": choices}
    return {"name": name, "label": label, "type": kind, "default": not name.startswith("cf_"), **more}


class Store(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(1024)
        self.groups = {50001 + n: name for n, name in enumerate(GROUPS)}
        self.tickets: dict[int, dict[str, Any]] = {}
        self.said: dict[int, list[dict[str, Any]]] = {}
        self.rules: dict[str, tuple[str, str]] = {}
        """created, updated → address and body"""
        self.fields = [
            field("subject", "Subject", "default_subject"),
            field("status", "Status", "default_status", STATUSES),
            field("priority", "Priority", "default_priority", PRIORITIES),
            # of a label without Latin letters the product makes a number
            field("cf_4711", "级别", "custom_dropdown", list(LEVELS)),
            field("cf_4712", "响应期限", "custom_text"),
        ]

    # tickets

    def _create(self, given: dict[str, Any], actor: int) -> dict[str, Any]:
        who = {"requester_id", "email", "phone", "facebook_id", "twitter_id", "unique_external_id"}
        if not who & set(given):
            raise invalid(
                "requester_id", "It should be present if none of these are: email, phone, …", "missing_field"
            )
        for name in ("subject", "description", "status", "priority"):
            if name not in given and actor == AGENT and name in ("subject", "description"):
                raise invalid(name, "It should be a/an String", "missing_field")
        number, at = next(self._ids), self._at()
        blank = {
            "id": number,
            "status": 2,
            "priority": 1,
            "source": 2,
            "tags": [],
            "group_id": None,
            "type": None,
        }
        more = {
            "responder_id": None,
            "requester_id": CITIZEN,
            "created_at": at,
            "updated_at": at,
            "spam": False,
        }
        due = {"due_by": "2029-12-31T00:00:00Z", "fr_due_by": "2026-12-30T00:00:00Z", "is_escalated": False}
        self.tickets[number] = {**blank, **more, **due, "custom_fields": {"cf_4711": None, "cf_4712": None}}
        self.said[number] = []
        text = html.unescape(re.sub(r"<[^>]+>", " ", given["description"]))
        self.tickets[number] |= {
            "subject": given["subject"],
            "description": given["description"],
            "description_text": text,
        }
        rest = {k: v for k, v in given.items() if k not in {*who, "subject", "description"}}
        self._update(number, rest, actor, new=True)
        return self.tickets[number]

    def _update(self, number: int, given: dict[str, Any], actor: int, *, new: bool = False) -> dict[str, Any]:
        """One wrong value refuses all; tags replace; a due time is in the future and after the first one."""
        if not given and not new:
            raise Refused(400, {"code": "missing_params", "message": "Params should be present"})
        if not isinstance(given.get("requester_id", 1), int):
            raise invalid("requester_id", "It should be a/an Positive Integer", "datatype_mismatch")
        for name, value in given.items():
            self._validate(name, value)
        ticket = self.tickets[number]
        if actor == AGENT and "group" in self.deaf:
            given = {k: v for k, v in given.items() if k != "group_id"}
        custom = {**ticket["custom_fields"], **given.get("custom_fields", {})}
        if due := given.get("due_by"):
            if datetime.fromisoformat(due) <= datetime.fromisoformat(ticket["created_at"]):
                raise invalid("due_by", "It should be greater than created_at")
            given = {**given, "due_by": datetime.fromisoformat(due).strftime("%Y-%m-%dT%H:%M:%SZ")}
        ticket |= {**given, "custom_fields": custom, "updated_at": self._at()}
        self._fire("created" if new else "updated", number)
        return ticket

    def _validate(self, name: str, value: Any) -> None:
        if name not in WRITABLE:
            raise invalid(name, "Unexpected/invalid field in request", "invalid_field")
        choices = {"priority": PRIORITIES.values(), "status": [int(k) for k in STATUSES]}.get(name)
        if choices is not None and (isinstance(value, str) or value not in choices):
            code = "datatype_mismatch" if isinstance(value, str) else "invalid_value"
            raise invalid(name, f"It should be one of these values: '{','.join(map(str, choices))}'", code)
        if name == "group_id" and value is not None and value not in self.groups:
            raise invalid(name, "There is no group matching the given group_id")
        if name == "tags" and any(len(t) > 32 or "," in t for t in value):
            raise invalid(
                name, "It should only contain elements that have maximum of 32 characters", "invalid_value"
            )
        if (
            name in ("due_by", "fr_due_by")
            and value
            and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)", value)
        ):
            raise invalid(name, "It should be in the 'combined date and time ISO8601' format", "invalid_date")
        for key, one in (value or {}).items() if name == "custom_fields" else ():
            shape = next((f for f in self.fields if f["name"] == key), None)
            if shape is None:
                raise invalid(key, "Unexpected/invalid field in request", "invalid_field")
            if one is not None and "choices" in shape and one not in shape["choices"]:
                raise invalid(key, f"It should be one of these values: '{','.join(shape['choices'])}'")

    def _say(self, number: int, text: str, actor: int, *, private: bool) -> dict[str, Any]:
        plain = html.unescape(re.sub(r"<[^>]+>", " ", text))
        made = {"id": next(self._ids), "body": text, "body_text": plain, "user_id": actor, "private": private}
        made |= {
            "incoming": actor == CITIZEN,
            "source": 2 if private else 0,
            "created_at": self._at(),
            "ticket_id": number,
        }
        self.said[number].append({**made, "attachments": []})
        self.tickets[number]["updated_at"] = self._at()
        self._fire("updated", number)
        return made

    def _at(self) -> str:
        return now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # automation rules: placeholders are filled in as they are, nothing is escaped

    def by_hand(self, hook: str) -> None:
        file = Path(__file__).parents[2] / "connectors" / "freshdesk.yaml"
        pasted = yaml.safe_load(file.read_text("utf-8"))["snippets"]
        self.rules = {kind: (hook, pasted[kind]) for kind in ("created", "updated")}

    def _fire(self, kind: str, number: int) -> None:
        if kind in self.rules:
            self.tell(partial(self._rendered, kind, number))

    def _rendered(self, kind: str, number: int) -> Delivery:
        url, body = self.rules[kind]
        ticket = self.tickets[number]
        values = {
            "ticket.id": number,
            "ticket.subject": ticket["subject"],
            "ticket.status": STATUSES[str(ticket["status"])][0],
        }
        filled = re.sub(r"\{\{([\w.]+)\}\}", lambda hit: str(values.get(hit[1], "")), body)
        return Delivery(
            url, filled.encode(), {"Content-Type": "application/json", "X-Paidan-Secret": HOOK_SECRET}
        )

    def forged(self, delivery: Delivery) -> Delivery:
        return replace(delivery, headers={**delivery.headers, "X-Paidan-Secret": "a guess"})

    # people's hands

    def open(self, title: str, text: str) -> str:
        group = next(n for n, name in self.groups.items() if name == INBOX)
        given = {
            "subject": title,
            "description": f"<div>{text}</div>",
            "group_id": group,
            "requester_id": CITIZEN,
        }
        return str(self._create(given, CITIZEN)["id"])

    def say(self, ticket: str, text: str) -> None:
        self._say(int(ticket), f"<div>{text}</div>", CITIZEN, private=False)

    def move(self, ticket: str, group: str) -> None:
        number = next(n for n, name in self.groups.items() if name == group)
        self._update(int(ticket), {"group_id": number}, PERSON)

    def close(self, ticket: str) -> None:
        self._update(int(ticket), {"status": 5}, PERSON)

    def rename(self, group: str, new: str) -> None:
        self.groups = {n: new if name == group else name for n, name in self.groups.items()}

    def view(self, ticket: str) -> View:
        one, ours = self.tickets[int(ticket)], [c for c in self.said[int(ticket)] if c["user_id"] == AGENT]
        names = {n: name for name, n in PRIORITIES.items()}
        return View(
            group=self.groups.get(one["group_id"], ""),
            level=one["custom_fields"]["cf_4711"],
            priority=names[one["priority"]],
            tags=tuple(one["tags"]),
            due=datetime.fromisoformat(due) if (due := one["custom_fields"]["cf_4712"]) else None,
            notes=tuple(c["body"] for c in ours if c["private"]),
            public=tuple(c["body"] for c in ours if not c["private"]),
            state=STATUSES[str(one["status"])][0],
        )

    def installed(self) -> set[str]:
        return {f"rule {n}" for n in self.rules} | {f"field {f['name']}" for f in self.fields}
