"""What stands in a Znuny: tickets, articles, queues, and the requester that tells of them."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tests.imitations.frame import (
    GROUPS,
    INBOX,
    LEVELS,
    Delivery,
    Imitation,
    View,
    now,
)

LOGIN, PASSWORD, HOOK = "paidan", "znuny-agent-password", "znuny-requester-password"
PRIORITIES = ("1 very low", "2 low", "3 normal", "4 high", "5 very high")
STATES = {  # Kernel/Config/Files/XML and scripts/database/initial_insert
    "new": "new",
    "open": "open",
    "pending reminder": "pending reminder",
    "closed successful": "closed",
    "closed unsuccessful": "closed",
    "merged": "merged",
    "removed": "removed",
}
FIELDS = {  # what an administrator made: dynamic fields of tickets
    "PaidanLevel": ("Dropdown", LEVELS),
    "PaidanDue": ("DateTime", ()),
    "PaidanTags": ("Multiselect", None),
    "PaidanRun": ("Text", ()),
    "PaidanReason": ("TextArea", ()),
}
STAMP = "%Y-%m-%d %H:%M:%S"


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given] if given else []


def _valid(kind: str, choices: Any, value: Any) -> bool:
    """DynamicField/Driver: FieldValueValidate of each kind."""
    if kind == "Dropdown":
        return value in ("", *choices)
    if kind == "DateTime":
        return value == "" or bool(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(value)))
    return isinstance(value, list) if kind == "Multiselect" else not isinstance(value, list)


class ZnunyStore(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self.queues = dict(enumerate(GROUPS, 1))
        self.tickets: dict[str, dict[str, Any]] = {}
        self.articles: dict[str, list[dict[str, Any]]] = {}
        self.sessions: set[str] = set()
        shipped = yaml.safe_load((Path(__file__).parents[2] / "connectors" / "znuny.yaml").read_text("utf-8"))
        self.text = shipped["snippets"]["webservice"].replace("${setting.invoker}", "Ticket::Generic")
        """What an administrator is told to import"""
        self.service: dict[str, Any] = yaml.safe_load(self.text)
        self.has_requester = False

    def by_hand(self, hook: str) -> None:
        text = re.sub(r"\bSECRET\b", HOOK, re.sub(r"\bHOOK_URL\b", hook, self.text))
        self.service, self.has_requester = yaml.safe_load(text), True

    def sign_out(self) -> None:
        self.sessions.clear()

    def _new(self, title: str, customer: str) -> str:
        number, at = str(len(self.tickets) + 1), now().strftime(STAMP)
        self.tickets[number] = {
            "TicketID": number,
            "TicketNumber": f"{now():%Y%m%d}10{int(number):05}",
            "Title": title,
            "Queue": INBOX,
            "QueueID": "1",
            "State": "new",
            "StateID": "1",
            "StateType": "new",
            "Priority": "3 normal",
            "PriorityID": "3",
            "Lock": "unlock",
            "Type": "Unclassified",
            "CustomerUserID": customer,
            "CustomerID": "hall",
            "Owner": "root@localhost",
            "OwnerID": "1",
            "Created": at,
            "CreateBy": "1",
            "Changed": at,
            "ChangeBy": "1",
            "ArchiveFlag": "n",
            "DynamicField": {},
        }
        self.articles[number] = []
        self._tell(number, "TicketCreate")
        return number

    def _set(self, number: str, values: dict[str, Any]) -> None:
        ticket = self.tickets[number]
        for name in ("Title", "Queue", "State", "Priority", "Lock", "Owner"):
            if not values.get(name) or ticket[name] == values[name]:
                continue
            ticket[name] = values[name]
            if name == "State":
                ticket["StateType"] = STATES[values[name]]
            if name == "Queue":
                ticket["QueueID"] = next(str(n) for n, q in self.queues.items() if q == values[name])
            self._touch(number, f"Ticket{name}Update")

    def _article(self, number: str, given: dict[str, Any]) -> str:
        count = str(sum(map(len, self.articles.values())) + 1)
        self.articles[number].append(
            {
                "ArticleID": count,
                "ArticleNumber": len(self.articles[number]) + 1,
                "TicketID": number,
                "SenderType": given["SenderType"],
                "IsVisibleForCustomer": str(given.get("IsVisibleForCustomer", 1)),
                "CommunicationChannelID": "3",
                "From": given.get("From", "Pai Dan <paidan@hall.example>"),
                "Subject": given["Subject"],
                "Body": given["Body"],
                "CreateTime": now().strftime(STAMP),
                "CreateBy": "1" if given["SenderType"] == "customer" else "4",
                "IncomingTime": str(int(now().timestamp())),
                "ContentType": "text/plain; charset=utf-8",
                "MimeType": "text/plain",
                "Charset": "utf-8",
            }
        )
        self._touch(number, "ArticleCreate", ArticleID=count)
        return count

    def _touch(self, number: str, event: str, **more: str) -> None:
        self.tickets[number]["Changed"] = now().strftime(STAMP)
        self._tell(number, event, **more)

    def _tell(self, number: str, event: str, **more: str) -> None:
        """Asynchronous: the daemon renders it when it sends it (Invoker/Ticket/Generic.pm PrepareRequest)."""
        invoker = self.service["Requester"]["Invoker"]["Paidan"]
        if self.has_requester and any(each["Event"] == event for each in invoker["Events"]):
            self.tell(lambda: self._rendered(number, event, more))

    def _rendered(self, number: str, event: str, more: dict[str, str]) -> Delivery:
        ticket, transport = self.tickets[number], self.service["Requester"]["Transport"]["Config"]
        flat = {f"DynamicField_{name}": value for name, value in ticket["DynamicField"].items()}
        shown = {k: v for k, v in ticket.items() if k != "DynamicField"} | {"Articles": self.articles[number]}
        body = {"Ticket": {**shown, **flat}, "Event": {"Event": event, "TicketID": number, **more}}
        known = transport["Authentication"]
        signed = base64.b64encode(f"{known['BasicAuthUser']}:{known['BasicAuthPassword']}".encode()).decode()
        headers = {"Content-Type": "application/json; charset=UTF-8", "Authorization": f"Basic {signed}"}
        url = transport["Host"] + transport["InvokerControllerMapping"]["Paidan"]["Controller"]
        return Delivery(url, json.dumps(body, ensure_ascii=False).encode(), headers)

    def forged(self, delivery: Delivery) -> Delivery:
        wrong = base64.b64encode(b"paidan:somebody").decode()
        return Delivery(delivery.url, delivery.body, {**delivery.headers, "Authorization": f"Basic {wrong}"})

    def open(self, title: str, text: str) -> str:
        with self.lock:
            number = self._new(title, "citizen@hall.example")
            self.say(number, text)
            return number

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            given = {
                "SenderType": "customer",
                "Subject": "来信",
                "Body": text,
                "From": "citizen@hall.example",
            }
            self._article(ticket, given)

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            self._set(ticket, {"Queue": group})

    def close(self, ticket: str) -> None:
        with self.lock:
            self._set(ticket, {"State": "closed successful"})

    def rename(self, group: str, new: str) -> None:
        with self.lock:
            number = next(n for n, q in self.queues.items() if q == group)
            self.queues[number] = new
            for ticket in self.tickets.values():
                ticket["Queue"] = self.queues[int(ticket["QueueID"])]

    def view(self, ticket: str) -> View:
        with self.lock:
            shown, fields = self.tickets[ticket], self.tickets[ticket]["DynamicField"]
            ours = [a for a in self.articles[ticket] if a["CreateBy"] == "4"]
            due = fields.get("PaidanDue")
            return View(
                group=shown["Queue"],
                level=fields.get("PaidanLevel"),
                priority=shown["Priority"],
                tags=tuple(fields.get("PaidanTags") or ()),
                due=datetime.strptime(due, STAMP).replace(tzinfo=UTC) if due else None,
                notes=tuple(a["Body"] for a in ours if a["IsVisibleForCustomer"] == "0"),
                public=tuple(a["Body"] for a in ours if a["IsVisibleForCustomer"] != "0"),
                state=shown["State"],
            )
