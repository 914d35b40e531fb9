"""ServiceNow's incidents: what the Table API takes, what rules make of it, what a policy refuses."""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Delivery, Imitation, Refused, View, now

HOOK_SECRET = "hook-secret-of-servicenow-0001"
USER, PERSON, CITIZEN = (
    "6816f79cc0a8016401c5a33be04be441",
    "46d44a23a9fe19810012d100cca80666",
    "a8f98bb0eb32010045e1a5115206fe3a",
)
NAMES = {USER: "paidan", PERSON: "zhiban", CITIZEN: "shimin"}
STATES = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"}
THREE = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
PRIORITIES = {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning"}
LOOKUP = {"11": "1", "12": "2", "13": "3", "21": "2", "22": "3", "23": "4", "31": "3", "32": "4", "33": "5"}
"""Impact and urgency → priority, the base system's data lookup rules"""
PLAIN = (
    "number", "short_description", "description", "assignment_group", "assigned_to", "impact", "urgency",
    "priority", "state", "caller_id", "due_date", "close_code", "close_notes", "hold_reason", "opened_at",
    "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count", "sys_id",
    "active", "u_level", "u_routing_tags", "category", "sys_class_name", "work_notes", "comments",
)  # fmt: skip
REFERENCES = {"assignment_group": "sys_user_group", "assigned_to": "sys_user", "caller_id": "sys_user"}


def failure(status: int, message: str, detail: str | None = None) -> Refused:
    return Refused(status, {"error": {"message": message, "detail": detail}, "status": "failure"})


class Store(Imitation):
    hook = ""
    """Where the business rule an administrator pasted in sends to"""

    def __init__(self) -> None:
        super().__init__()
        self.groups = {uuid.uuid5(uuid.NAMESPACE_DNS, g).hex: g for g in GROUPS}
        self.incidents: dict[str, dict[str, str]] = {}
        old = {
            "element_id": "0" * 32,
            "element": "work_notes",
            "value": "早先的备注",
            "sys_created_by": "zhiban",
        }
        self.journal = [{**old, "name": "incident", "sys_created_on": self._at(), "sys_id": uuid.uuid4().hex}]

    def insert(self, given: dict[str, Any], who: str) -> dict[str, str]:
        key, at = uuid.uuid4().hex, self._at()
        blank = dict.fromkeys(PLAIN, "")
        about = {
            "sys_id": key,
            "number": f"INC{10000 + len(self.incidents):07d}",
            "state": "1",
            "active": "true",
        }
        usual = {
            "impact": "3",
            "urgency": "3",
            "sys_class_name": "incident",
            "opened_at": at,
            "sys_mod_count": "0",
        }
        stamps = {
            "sys_created_on": at,
            "sys_updated_on": at,
            "sys_created_by": NAMES[who],
            "sys_updated_by": NAMES[who],
        }
        self.incidents[key] = {**blank, **about, **usual, **stamps}
        self.update(key, given, who, new=True)
        return self.incidents[key]

    def update(self, key: str, given: dict[str, Any], who: str, *, new: bool = False) -> dict[str, str]:
        """Unknown fields are ignored, every value is text, and what no rule minds is kept as it is."""
        one = self.incidents[key]
        if who == USER and "group" in self.deaf:
            given = {k: v for k, v in given.items() if k != "assignment_group"}
        wanted = {
            k: str(v) for k, v in given.items() if k in PLAIN and not k.startswith("sys_") and v is not None
        }
        notes = {k: wanted.pop(k) for k in ("work_notes", "comments") if k in wanted}
        changed = {k: v for k, v in wanted.items() if v != one[k]}
        after = {**one, **changed}
        if after["state"] in ("6", "7") and not (after["close_code"] and after["close_notes"]):
            words = "Data Policy Exception: The following fields are mandatory: Resolution code"
            raise failure(403, "Operation Failed", words)
        # priority_is_managed: "Assign priority" looks it up anew; what was written into it is lost
        after["priority"] = LOOKUP.get(after["impact"] + after["urgency"], "5")
        after["active"] = "false" if after["state"] in ("7", "8") else "true"
        after["due_date"] = _stored(after["due_date"])
        if not (new or notes or after != one):
            return one
        for element, text in notes.items():
            if text:
                row = {"element_id": key, "element": element, "value": text, "sys_created_by": NAMES[who]}
                self.journal.append(
                    {**row, "name": "incident", "sys_created_on": self._at(), "sys_id": uuid.uuid4().hex}
                )
        self.incidents[key] = one = after
        if not new:
            one["sys_mod_count"] = str(int(one["sys_mod_count"]) + 1)
        one |= {"sys_updated_on": self._at(), "sys_updated_by": NAMES[who]}
        self._fire(one)
        return one

    def by_hand(self, hook: str) -> None:
        self.hook = hook

    def _fire(self, one: dict[str, str]) -> None:
        """An asynchronous rule is queued with the record as it was saved, and signs when it runs."""
        if self.hook:
            self.tell(partial(self._rule, dict(one)))

    def _rule(self, one: dict[str, str]) -> Delivery:
        """What the pasted script does; ``generateMac`` takes its key and gives its digest in base64."""
        made, key = one["sys_mod_count"], one["sys_id"]
        body = {"event": "created" if made == "0" else "updated", "delivery": f"{key}:{made}"}
        body |= {"table": "incident", "sys_id": key, "actor": one["sys_updated_by"]}
        raw, at = json.dumps(body).encode(), str(int(now().timestamp()))
        mac = base64.b64encode(hmac.digest(HOOK_SECRET.encode(), f"{at}.".encode() + raw, "sha256")).decode()
        signed = {"X-Webhook-Timestamp": at, "X-Webhook-Signature": mac, "User-Agent": "ServiceNow/1.0"}
        return Delivery(self.hook, raw, {"Content-Type": "application/json", **signed})

    def _at(self) -> str:
        return now().strftime("%Y-%m-%d %H:%M:%S")

    # people's hands

    def open(self, title: str, text: str) -> str:
        group = next(n for n, name in self.groups.items() if name == INBOX)
        given = {
            "short_description": title,
            "description": text,
            "assignment_group": group,
            "caller_id": CITIZEN,
        }
        return self.insert(given, CITIZEN)["sys_id"]

    def say(self, ticket: str, text: str) -> None:
        self.update(ticket, {"comments": text}, CITIZEN)

    def move(self, ticket: str, group: str) -> None:
        number = next(n for n, name in self.groups.items() if name == group)
        self.update(ticket, {"assignment_group": number}, PERSON)

    def close(self, ticket: str) -> None:
        done = {"state": "6", "close_code": "Solution provided", "close_notes": "已答复"}
        self.update(ticket, done, PERSON)

    def rename(self, group: str, new: str) -> None:
        self.groups = {n: new if name == group else name for n, name in self.groups.items()}

    def view(self, ticket: str) -> View:
        one = self.incidents[ticket]
        ours = [j for j in self.journal if j["element_id"] == ticket and j["sys_created_by"] == NAMES[USER]]
        due = one["due_date"]
        return View(
            group=self.groups.get(one["assignment_group"], ""),
            level=one["u_level"] or None,
            priority=one["priority"],
            tags=tuple(t for t in one["u_routing_tags"].split(",") if t),
            due=datetime.strptime(due, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if due else None,
            notes=tuple(j["value"] for j in ours if j["element"] == "work_notes"),
            public=tuple(j["value"] for j in ours if j["element"] == "comments"),
            state=STATES[one["state"]],
        )

    def installed(self) -> set[str]:
        return {"rule"} if self.hook else set()


def _stored(text: str) -> str:
    """A date-time in the one form the Table API reads; anything else leaves the field empty."""
    try:
        datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return text


CHOICES = {
    "state": STATES,
    "impact": THREE,
    "urgency": THREE,
    "priority": PRIORITIES,
    "u_level": {v: v for v in LEVELS},
}
