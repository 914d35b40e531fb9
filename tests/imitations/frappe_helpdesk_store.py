"""What stands in a Frappe site: documents of the helpdesk, and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.imitations.frame import (
    GROUPS,
    INBOX,
    Delivery,
    Imitation,
    Refused,
    View,
    now,
)

KEY, SECRET, PAIDAN, CITIZEN = (
    "0f3c1d5a7b9e2c4",
    "8a6b4c2d0e1f3a5",
    "paidan@hall.example",
    "citizen@hall.example",
)
ADMIN = "a0d1m2i3n4a5d6m:7i8n9s0e1c2r3e4"
"""Key and secret of a System Manager"""
ZONE = ZoneInfo("Asia/Shanghai")  # System Settings → Time Zone
PRIORITIES, STATUSES = (
    ("Low", "Medium", "High", "Urgent"),
    {"Open": "Open", "Replied": "Paused", "Resolved": "Resolved", "Closed": "Resolved"},
)
STAMP = "%Y-%m-%d %H:%M:%S.%f"
COLUMNS = (
    "subject",
    "description",
    "raised_by",
    "status",
    "priority",
    "ticket_type",
    "agent_group",
    "status_category",
    "contact",
    "via_customer_portal",
)
MADE = {  # what an administrator made: Custom Field documents on HD Ticket
    "custom_due": ("办理时限", "Datetime", ""),
    "custom_run": ("处置运行", "Data", ""),
    "custom_reason": ("派单原因", "Small Text", ""),
}
EVENTS = (
    "after_insert",
    "on_update",
    "on_submit",
    "on_cancel",
    "on_trash",
    "on_update_after_submit",
    "on_change",
)


def throw(status: int, kind: str, words: str) -> Refused:
    """utils/response.py report_error: exc_type, exception, and messages as JSON in JSON."""
    message = json.dumps({"message": words, "title": "Message", "indicator": "red", "raise_exception": 1})
    return Refused(
        status,
        {
            "exception": f"frappe.exceptions.{kind}: {words}",
            "exc_type": kind,
            "_server_messages": json.dumps([message]),
        },
    )


def _stamp() -> str:
    return now().astimezone(ZONE).strftime(STAMP)


def _fieldname(given: dict[str, Any]) -> str:
    """custom_field.py set_fieldname, and database/schema.py validate_column_name."""
    label = str(given.get("label") or "").replace(" ", "_")
    made = "custom_" + "".join(c for c in label if c.isdigit() or c.isalpha() or c == "_")
    name = str(given.get("fieldname") or made).lower()
    if wrong := re.findall(r"\W", name):
        raise throw(
            417, "InvalidColumnName", f"Fieldname {name} cannot have special characters like {wrong[0]}"
        )
    return name


def _jinja(whole: str, value: Any) -> str:
    return json.dumps(value, default=str) if "json" in whole else "" if value is None else str(value)


class FrappeHelpdeskStore(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self.docs: dict[str, dict[str, dict[str, Any]]] = {
            "HD Team": {g: {"team_name": g} for g in GROUPS},
            "HD Ticket Priority": {p: {"integer_value": n} for n, p in enumerate(PRIORITIES)},
            "HD Ticket Status": {
                s: {"label_agent": s, "category": c, "enabled": 1} for s, c in STATUSES.items()
            },
            "HD Ticket": {},
            "Communication": {},
            "Webhook": {},
            "Custom Field": {
                f"HD Ticket-{n}": {
                    "dt": "HD Ticket",
                    "fieldname": n,
                    "label": t,
                    "fieldtype": k,
                    "options": o,
                }
                for n, (t, k, o) in MADE.items()
            },
            "HD Agent": {PAIDAN: {"user": PAIDAN, "agent_name": "派单", "is_active": 1}},
            "Tag": {},
            "Comment": {},
            "User": {PAIDAN: {"full_name": "派单", "enabled": 1, "user_type": "System User"}},
            "System Settings": {"System Settings": {"time_zone": str(ZONE)}},
        }
        for kind in self.docs.values():
            for name, doc in kind.items():
                doc.update(
                    name=name,
                    creation=_stamp(),
                    modified=_stamp(),
                    owner="Administrator",
                    modified_by="Administrator",
                    docstatus=0,
                )
        self._count = 0

    def _columns(self, kind: str, doc: dict[str, Any]) -> dict[str, Any]:
        columns = (
            (*COLUMNS, "_user_tags", "_assign", *(f["fieldname"] for f in self.docs["Custom Field"].values()))
            if kind == "HD Ticket"
            else ()
        )
        return {**dict.fromkeys(columns), **{k: v for k, v in doc.items() if not k.startswith("__")}}

    def _insert(self, kind: str, given: dict[str, Any], user: str) -> dict[str, Any]:
        needed = {
            "HD Ticket": ["subject"],
            "Webhook": ["webhook_doctype", "request_url"],
            "Custom Field": ["dt"],
        }
        missing = [n for n in needed.get(kind, []) if not given.get(n)]
        if missing:
            raise throw(417, "MandatoryError", f"[{kind}, ]: {', '.join(missing)}")
        self._count += 1
        name: Any = f"{self._count:010x}"
        if kind == "HD Ticket":
            name = len(self.docs[kind]) + 1  # autoincrement: a number, also in JSON
            given = {"status": "Open", "priority": "Medium", "raised_by": user, **given}
        elif kind == "Webhook":
            name = given.get("name") or given.get("__newname")
            if not name:
                raise throw(417, "ValidationError", "Please set the document name")
            if given.get("webhook_docevent") not in EVENTS:
                raise throw(417, "ValidationError", "Doc Event is not valid")
            given = {"enabled": 1, "request_method": "POST", **given}
        elif kind == "Custom Field":
            given = {"fieldtype": "Data", **given, "fieldname": _fieldname(given)}
            name = f"{given['dt']}-{given['fieldname']}"
        if str(name) in self.docs[kind]:
            raise throw(409, "DuplicateEntryError", f"{kind} {name} already exists")
        doc = {"name": name, "creation": _stamp(), "owner": user, "docstatus": 0}
        self.docs[kind][str(name)] = doc
        try:
            self._save(kind, doc, given, user, event="after_insert")
        except Refused:
            del self.docs[kind][str(name)]
            raise
        if kind == "HD Ticket":  # after_insert: create_communication_via_contact(description)
            self._letter(doc, doc.get("description", ""), doc["raised_by"])
        return doc

    def _save(
        self, kind: str, doc: dict[str, Any], given: dict[str, Any], user: str, event: str = "on_update"
    ) -> dict[str, Any]:
        """update() takes what it knows and forgets the rest; save() always stamps and runs the hooks."""
        if kind == "HD Ticket":
            if given.get("modified") and given["modified"] != doc.get("modified"):
                raise throw(
                    417, "TimestampMismatchError", "Document has been modified after you have opened it"
                )
            links = {
                "agent_group": ("HD Team", "Team"),
                "priority": ("HD Ticket Priority", "Priority"),
                "status": ("HD Ticket Status", "Status"),
            }
            for column, (target, title) in links.items():
                if given.get(column) and given[column] not in self.docs[target]:
                    raise throw(417, "LinkValidationError", f"Could not find {title}: {given[column]}")
            given = self._custom(
                {
                    k: v
                    for k, v in given.items()
                    if k in self._columns(kind, doc) and k not in ("name", "creation", "owner")
                }
            )
            given = {
                k: v
                for k, v in given.items()
                if not (k == "agent_group" and "group" in self.deaf) and k not in self.deaf
            }
            doc |= given
            doc["status_category"] = STATUSES[doc["status"]]
        else:
            doc |= {k: v for k, v in given.items() if k not in ("name", "doctype") and not k.startswith("__")}
        doc |= {"modified": _stamp(), "modified_by": user}
        self._hooks(kind, doc, event)
        if event == "after_insert":
            self._hooks(kind, doc, "on_update")
        return doc

    def _custom(self, given: dict[str, Any]) -> dict[str, Any]:
        """model/base_document.py: a Select takes its options only, a date is parsed or refused."""
        for shape in self.docs["Custom Field"].values():
            value = given.get(shape["fieldname"])
            if not value:
                continue
            if shape.get("fieldtype") == "Select" and str(value) not in (shape.get("options") or "").split(
                "\n"
            ):
                words = f'{shape["label"]} cannot be "{value}". It should be one of'
                raise throw(417, "ValidationError", words)
            if shape.get("fieldtype") == "Datetime":
                try:
                    given[shape["fieldname"]] = datetime.fromisoformat(str(value)).strftime(
                        "%Y-%m-%d %H:%M:%S"
                    )
                except ValueError:
                    raise throw(417, "ValidationError", f"{value} is not a valid date string.") from None
        return given

    def _letter(self, ticket: dict[str, Any], text: str, sender: str) -> None:
        """A Communication; HDTicket.on_communication_update opens and saves the ticket."""
        self._count += 1
        name, at = f"{self._count:010x}", _stamp()
        about = {
            "reference_doctype": "HD Ticket",
            "reference_name": str(ticket["name"]),
            "communication_type": "Communication",
        }
        more = {
            "content": text,
            "sender": sender,
            "sent_or_received": "Received",
            "subject": ticket["subject"],
            "communication_medium": "Email",
        }
        self.docs["Communication"][name] = {
            "name": name,
            "creation": at,
            "modified": at,
            "owner": sender,
            "modified_by": sender,
            "docstatus": 0,
            "communication_date": at,
            **about,
            **more,
        }
        self._save("HD Ticket", ticket, {} if ticket["status"] == "Open" else {"status": "Open"}, sender)

    def _hooks(self, kind: str, doc: dict[str, Any], event: str) -> None:
        for hook in self.docs["Webhook"].values():
            if int(hook["enabled"]) and hook["webhook_doctype"] == kind and hook["webhook_docevent"] == event:
                self.tell(lambda hook=hook: self._rendered(kind, doc, hook))  # type: ignore[misc]

    def _rendered(self, kind: str, doc: dict[str, Any], hook: dict[str, Any]) -> Delivery:
        """webhook.py: rendered by the worker; signed over the same JSON text; no Content-Type of its own."""
        shown = self._columns(kind, doc)
        data: dict[str, Any] = {}
        if hook.get("webhook_data"):
            data = {row["key"]: shown.get(row["fieldname"]) for row in hook["webhook_data"]}
        elif hook.get("webhook_json"):
            data = json.loads(
                re.sub(
                    r"\{\{\s*doc\.(\w+)\s*(?:\|\s*(?:tojson|json)\s*)?\}\}",
                    lambda m: _jinja(m.group(0), shown.get(m.group(1))),
                    hook["webhook_json"],
                )
            )
        body = json.dumps(data, default=str).encode()
        headers = {
            row["key"]: row["value"]
            for row in hook.get("webhook_headers") or []
            if row.get("key") and row.get("value")
        }
        if int(hook.get("enable_security") or 0):
            sign = hmac.new(
                hook["webhook_secret"].encode(), json.dumps(data).encode(), hashlib.sha256
            ).digest()
            headers["X-Frappe-Webhook-Signature"] = base64.b64encode(sign).decode()
        return Delivery(hook["request_url"], body, headers, hook["request_method"])

    def open(self, title: str, text: str) -> str:
        with self.lock:
            given = {
                "subject": title,
                "description": f"<p>{text}</p>",
                "agent_group": INBOX,
                "via_customer_portal": 1,
            }
            return str(self._insert("HD Ticket", given, CITIZEN)["name"])

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            self._letter(self.docs["HD Ticket"][ticket], f"<p>{text}</p>", CITIZEN)

    def _by_person(self, ticket: str, **values: str) -> None:
        with self.lock:
            self._save("HD Ticket", self.docs["HD Ticket"][ticket], values, "person@hall.example")

    def move(self, ticket: str, group: str) -> None:
        self._by_person(ticket, agent_group=group)

    def close(self, ticket: str) -> None:
        self._by_person(ticket, status="Closed")

    def rename(self, group: str, new: str) -> None:
        with self.lock:  # rename_doc follows the links
            teams = self.docs["HD Team"]
            teams[new] = teams.pop(group) | {"name": new, "team_name": new}
            for ticket in self.docs["HD Ticket"].values():
                ticket["agent_group"] = (
                    new if ticket.get("agent_group") == group else ticket.get("agent_group")
                )

    def view(self, ticket: str) -> View:
        with self.lock:
            doc = self.docs["HD Ticket"][ticket]
            notes = [c for c in self.docs["Comment"].values() if c["reference_name"] == ticket]
            letters = [
                c
                for c in self.docs["Communication"].values()
                if c["reference_name"] == ticket and c["owner"] == PAIDAN
            ]
            due = doc.get("custom_due")
            return View(
                group=doc.get("agent_group") or "",
                level=doc.get("custom_response_level"),
                priority=doc["priority"],
                tags=tuple(t for t in (doc.get("_user_tags") or "").split(",") if t),
                due=datetime.strptime(due, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE).astimezone(UTC)
                if due
                else None,
                notes=tuple(
                    html.unescape(re.sub("<[^>]+>", "", c["content"])) for c in notes if c["owner"] == PAIDAN
                ),
                public=tuple(c["content"] for c in letters),
                state=doc["status"],
            )
