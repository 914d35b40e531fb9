"""Frappe Helpdesk 1.x on Frappe Framework 15, as their sources say.

frappe/frappe: api/v1.py, auth.py, exceptions.py, model/document.py, desk/doctype/tag/tag.py,
integrations/doctype/webhook/webhook.py; frappe/helpdesk: helpdesk/doctype/hd_ticket/hd_ticket.py and the
JSON of HD Ticket, HD Ticket Comment, HD Team.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.imitations.frame import (
    Answer,
    Call,
    Refused,
)
from tests.imitations.frappe_helpdesk_store import (
    ADMIN,
    KEY,
    PAIDAN,
    SECRET,
    ZONE,
    FrappeHelpdeskStore,
    _stamp,
    throw,
)

MANAGERS_ONLY = ("Webhook", "Custom Field")


class _Docs(Exception):
    """What is told in docs, beside the message."""


def _holds(have: Any, sign: str, value: Any) -> bool:
    left, right = ("" if have is None else str(have)), str(value)
    match sign.lower():
        case "=":
            return left == right
        case "!=":
            return left != right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case "in":
            return left in map(str, value)
        case "not in":
            return left not in map(str, value)
        case "like":
            return re.fullmatch(re.escape(right).replace("%", ".*"), left) is not None
    raise throw(417, "ValidationError", f"Operator must be one of: {sign}")


class FrappeHelpdesk(FrappeHelpdeskStore):
    connector: ClassVar[str] = "frappe-helpdesk"
    version: ClassVar[str] = "1.14.0"
    given: ClassVar[tuple[str, ...]] = (
        *("--set", f"zone={ZONE}", "--set", "admin_token=env:IMITATION_ADMIN"),
        *("--map", "write.due=办理时限"),
    )
    made: ClassVar[frozenset[str]] = frozenset(("webhook after_insert", "webhook on_update", "field"))

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": f"{KEY}:{SECRET}", "IMITATION_ADMIN": ADMIN}

    def installed(self) -> set[str]:
        return {f"{k}:{n}" for k in ("Webhook", "Custom Field") for n in self.docs[k]}

    def too_many(self) -> Answer:
        """rate_limiter.py: plain words, and seconds until the window is over."""
        limits = {"X-RateLimit-Reset": "1", "X-RateLimit-Limit": "1000000", "X-RateLimit-Remaining": "0"}
        return Answer(429, b"Too Many Requests", {**limits, "Retry-After": "1", "Content-Type": "text/plain"})

    def answer(self, call: Call) -> Answer:
        path = [unquote(p) for p in call.target.split("?")[0].strip("/").split("/")]
        given = {**call.query, **(call.form if "form" in call.headers.get("content-type", "") else call.json)}
        if path[:1] != ["api"]:
            return Answer(
                200 if path[0] in ("", "helpdesk", "login") else 404,
                b"<html><title>Helpdesk</title></html>",
                {"Content-Type": "text/html"},
            )
        if path[1:] == ["method", "ping"]:
            return Answer(200, {"message": "pong"})
        if path[1:] == ["method", "helpdesk.api.config.get_config"]:  # open to guests
            known = {
                "brand_name": None,
                "prefer_knowledge_base": 0,
                "setup_complete": 1,
                "skip_email_workflow": 1,
            }
            return Answer(200, {"message": {**known, "apps": ["frappe", "helpdesk"]}})
        is_manager = self._signed_in(call)
        if path[1:2] == ["resource"] and path[2] in MANAGERS_ONLY and not is_manager:
            raise throw(403, "PermissionError", f"Insufficient Permission for {path[2]}")
        match call.method, path[1:]:
            case "GET" | "POST", ["method", name]:
                try:
                    return Answer(200, {"message": self._method(call.method, name, given)})
                except _Docs as found:
                    return Answer(200, {"docs": found.args[0], "user_settings": "{}"})
            case "GET", ["resource", kind]:
                return Answer(200, {"data": self._list(self._kind(kind), given)})
            case "POST", ["resource", kind]:
                self._kind(kind)
                return Answer(200, {"data": self._shown(kind, self._insert(kind, given, PAIDAN))})
            case "GET", ["resource", kind, name]:
                return Answer(200, {"data": self._shown(kind, self._doc(kind, name))})
            case "POST", ["resource", kind, name]:  # execute_doc_method
                return Answer(200, {"message": self._doc_method(self._doc(kind, name), given)})
            case "PUT", ["resource", kind, name]:
                return Answer(
                    200, {"data": self._shown(kind, self._save(kind, self._doc(kind, name), given, PAIDAN))}
                )
            case "DELETE", ["resource", kind, name]:
                self._doc(kind, name)
                del self.docs[kind][name]
                return Answer(202, {"data": "ok"})
        raise throw(404, "DoesNotExistError", "Not Found")

    def _signed_in(self, call: Call) -> bool:
        """auth.py: a wrong key is 401, a stranger is a guest (403); True for a System Manager."""
        given = call.headers.get("authorization", "")
        if not given:
            raise throw(403, "PermissionError", "You are not permitted to access this resource.")
        if given == f"token {ADMIN}":
            return True
        if self.revoked or given != f"token {KEY}:{SECRET}":
            raise Refused(
                401, {"exc_type": "AuthenticationError", "exception": "frappe.exceptions.AuthenticationError"}
            )
        return False

    def _kind(self, kind: str) -> str:
        if kind not in self.docs:
            raise throw(404, "DoesNotExistError", f"DocType {kind} not found")
        return kind

    def _doc(self, kind: str, name: str) -> dict[str, Any]:
        if name not in self.docs[self._kind(kind)]:
            raise throw(404, "DoesNotExistError", f"{kind} {name} not found")
        return self.docs[kind][name]

    def _method(self, verb: str, name: str, given: dict[str, Any]) -> Any:
        match name:
            case "frappe.auth.get_logged_user":
                return PAIDAN
            case "frappe.utils.change_log.get_versions":
                apps = {"frappe": "15.74.0", "helpdesk": self.version}
                return {
                    n: {"title": n.title(), "description": "", "branch": "main", "version": v}
                    for n, v in apps.items()
                }
            case "frappe.client.has_permission":
                self._doc(given["doctype"], str(given["docname"]))
                return {"has_permission": True}
            case "helpdesk.helpdesk.doctype.hd_ticket.api.get_one":
                return self._one(self._doc("HD Ticket", str(given.get("name"))))
            case "frappe.desk.form.load.getdoctype":
                raise _Docs(self._meta())
            case "frappe.client.get_count":
                return len(
                    self._list(
                        self._kind(given["doctype"]),
                        {"filters": given.get("filters", "[]"), "limit_page_length": 0},
                    )
                )
            case "frappe.desk.doctype.tag.tag.add_tag" | "frappe.desk.doctype.tag.tag.remove_tag" if (
                verb == "POST"
            ):
                doc, tag = self._doc(given["dt"], str(given["dn"])), given["tag"]
                tags = [t for t in (doc.get("_user_tags") or "").split(",") if t and t.lower() != tag.lower()]
                tags += [tag] if name.endswith("add_tag") else []
                if (
                    "tags" not in self.deaf
                ):  # the column is written past the document: modified stays, no hook runs
                    doc["_user_tags"] = "," + ",".join(tags) if tags else ""
                return tag if name.endswith("add_tag") else None
        raise throw(417, "ValidationError", f"Failed to get method for command {name} with {name}")

    def _meta(self) -> list[dict[str, Any]]:
        """The DocType as forms load it: its own fields, breaks among them, and the custom ones."""
        own = [
            ("subject_section", None, "Section Break"),
            ("subject", "Subject", "Data"),
            ("status", "Status", "Link"),
        ]
        own += [
            ("priority", "Priority", "Link"),
            ("agent_group", "Team", "Link"),
            ("description", "Description", "Text Editor"),
        ]
        custom = [
            (f["fieldname"], f.get("label"), f["fieldtype"]) for f in self.docs["Custom Field"].values()
        ]
        fields = [
            {"fieldname": n, "label": t, "fieldtype": k, "options": None, "parent": "HD Ticket"}
            for n, t, k in (*own, *custom)
        ]
        return [{"name": "HD Ticket", "doctype": "DocType", "fields": fields}]

    def _one(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """hd_ticket/api.py get_one: every column, empty ones too, and what was said, the oldest first."""
        number = str(ticket["name"])
        said = [c for c in self.docs["Communication"].values() if c["reference_name"] == number]
        letters = (
            "content",
            "creation",
            "communication_date",
            "name",
            "sender",
            "subject",
            "sent_or_received",
        )
        notes = [c for c in self.docs["Comment"].values() if c["reference_name"] == number]
        words = [
            {
                "commented_by": c["comment_email"],
                "is_pinned": 0,
                **{k: c[k] for k in ("content", "creation", "name")},
            }
            for c in notes
        ]
        return {
            **self._columns("HD Ticket", ticket),
            "communications": [
                {**{k: c[k] for k in letters}, "user": {"name": c["sender"]}, "attachments": []} for c in said
            ],
            "comments": [{**w, "user": {"name": w["commented_by"]}, "attachments": []} for w in words],
            "contact": {"email_id": ticket["raised_by"], "name": ticket["raised_by"].split("@")[0]},
            "tags": [t for t in (ticket.get("_user_tags") or "").split(",") if t],
            "calls": [],
        }

    def _doc_method(self, ticket: dict[str, Any], given: dict[str, Any]) -> None:
        if given.get("run_method") != "new_comment":
            raise throw(403, "PermissionError", "Method not allowed")
        self._count += 1
        name, at = f"{self._count:010x}", _stamp()
        about = {"name": name, "creation": at, "modified": at, "owner": PAIDAN, "comment_type": "Comment"}
        more = {
            "comment_email": PAIDAN,
            "reference_doctype": "HD Ticket",
            "reference_name": str(ticket["name"]),
        }
        self.docs["Comment"][name] = {**about, **more, "content": given["content"]}

    def _list(self, kind: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        """client.get_list: 20 rows of only the name unless more is asked for; 0 means all."""
        found = list(self.docs[kind].values())
        filters = json.loads(given.get("filters") or "[]")
        rules = (
            [[k, *(v if isinstance(v, list) else ["=", v])] for k, v in filters.items()]
            if isinstance(filters, dict)
            else filters
        )
        for rule in rules:
            column, sign, value = rule[-3:]
            found = [d for d in found if _holds(d.get(column), sign, value)]
        column, _, way = (given.get("order_by") or "modified desc").replace("`", "").rpartition(" ")
        column = column.rpartition(".")[2] or way
        found.sort(
            key=lambda d: (str(d.get(column) or ""), int(d["name"]) if str(d["name"]).isdigit() else 0),
            reverse=way == "desc",
        )
        size, first = (
            int(given.get("limit_page_length") or given.get("limit") or 20),
            int(given.get("limit_start") or 0),
        )
        if given.get("limit_page_length") in (0, "0"):
            size = len(found)
        asked = json.loads(given.get("fields") or '["name"]')
        rows = []
        for doc in found[first : first + size]:
            known = self._columns(kind, doc)
            wrong = [f for f in asked if f != "*" and f not in known]
            if wrong:
                raise throw(417, "DataError", f"Field not permitted in query: {wrong[0]}")
            rows.append({f: known[f] for f in (known if "*" in asked else asked)})
        return rows

    def _shown(self, kind: str, doc: dict[str, Any]) -> dict[str, Any]:
        """as_dict(no_nulls=True): what is empty is not there; a password is stars."""
        hidden = {"webhook_secret": "*" * 20}
        return {"doctype": kind, **{k: hidden.get(k, v) for k, v in doc.items() if v is not None}}
