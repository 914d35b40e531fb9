"""What stands in an iTop: user requests, teams, the case logs, and the webhook action."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Delivery, Imitation, View, now

LOGIN, PASSWORD, HOOK = "paidan", "itop-rest-password", "itop-webhook-token"
ZONE = ZoneInfo("Asia/Shanghai")  # config-itop.php: timezone
STAMP = "%Y-%m-%d %H:%M:%S"
MATRIX = {1: (1, 1, 2, 4), 2: (1, 2, 3, 4), 3: (2, 3, 3, 4)}  # UserRequest::ComputePriority: impact, urgency
ENUMS = {
    "status": (
        "new",
        "escalated_tto",
        "assigned",
        "escalated_ttr",
        "waiting_for_approval",
        "approved",
        "rejected",
        "pending",
        "resolved",
        "closed",
    ),
    "impact": ("1", "2", "3"),
    "urgency": ("1", "2", "3", "4"),
    "priority": ("1", "2", "3", "4"),
    "request_type": ("incident", "service_request"),
    "origin": ("in_person", "chat", "mail", "monitoring", "phone", "portal"),
    "paidan_level": LEVELS,
}
PLAIN = (
    "title",
    "description",
    "org_id",
    "caller_id",
    "team_id",
    "agent_id",
    "ref",
    "start_date",
    "last_update",
    "close_date",
    "resolution_date",
    "solution",
    "pending_reason",
    "operational_status",
    "service_id",
    "paidan_due",
    "paidan_run",
    "paidan_reason",
    "paidan_tags",
    "finalclass",
    "friendlyname",
)
LOGS, SHOWN = (
    ("private_log", "public_log"),
    (
        "team_name",
        "team_id_friendlyname",
        "caller_name",
        "caller_id_friendlyname",
        "org_name",
        "agent_id_friendlyname",
    ),
)
KINDS = {"UserRequest", "Team", "Organization", "Person", "Ticket", "User"}


INTERNAL = 100  # RestResult::INTERNAL_ERROR


class Error(Exception):
    """Thrown in PHP; what comes back is 200, and the code is in the body."""

    def __init__(self, words: str, code: int = INTERNAL) -> None:
        super().__init__(words)
        self.code = code


def _stamp() -> str:
    return now().astimezone(ZONE).strftime(STAMP)


def _holds(known: dict[str, Any], said: str) -> bool:
    hit = re.fullmatch(r"\(?(?:\w+\.)?(\w+)\s*(NOT IN|IN|>=|<=|!=|=|>|<)\s*(.+?)\)?", said, re.S)
    if hit is None or hit[1] not in known:
        raise Error("Query failed to execute")
    have, sign, values = str(known[hit[1]]), hit[2], re.findall(r"'([^']*)'|\"([^\"]*)\"|(\d+)", hit[3])
    given = ["".join(v) for v in values]
    match sign:
        case "IN" | "NOT IN":
            return (have in given) == (sign == "IN")
        case "=" | "!=":
            return (have == given[0]) == (sign == "=")
        case ">=" | ">":
            return have > given[0] or (sign == ">=" and have == given[0])
    return have < given[0] or (sign == "<=" and have == given[0])


class ItopStore(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self.things: dict[str, dict[str, dict[str, Any]]] = {
            "Team": {
                str(n): {"name": g, "status": "active", "friendlyname": g} for n, g in enumerate(GROUPS, 11)
            },
            "Organization": {"1": {"name": "综合大厅", "friendlyname": "综合大厅"}},
            "Person": {"5": {"name": "群众", "first_name": "某", "friendlyname": "某 群众", "org_id": "1"}},
            "User": {"7": {"login": LOGIN, "friendlyname": LOGIN, "contactid": "0"}},
            "UserRequest": {},
        }
        self.hook: tuple[str, dict[str, str], str] | None = None
        """Address, headers, payload"""
        self._spoken: set[int] = set()

    def by_hand(self, hook: str) -> None:
        """A connection, an ActionWebhook with the headers and the payload that are told, and its triggers."""
        shipped = yaml.safe_load((Path(__file__).parents[2] / "connectors" / "itop.yaml").read_text("utf-8"))[
            "snippets"
        ]
        lines = shipped["headers"].replace("SECRET", HOOK).strip().split("\n")
        self.hook = (hook, dict(line.split(": ", 1) for line in lines), shipped["payload"])

    def _known(self, kind: str, key: str) -> dict[str, Any]:
        thing = self.things[kind][key]
        if kind != "UserRequest":
            return {"id": key, "finalclass": kind, **thing}
        team = self.things["Team"].get(thing["team_id"], {}).get("name", "")
        names = {
            "team_name": "",  # target_attcode is the team's e-mail address
            "team_id_friendlyname": team,
            "caller_name": "群众",
            "caller_id_friendlyname": "某 群众",
            "org_name": "综合大厅",
            "agent_id_friendlyname": "",
        }
        return {"id": key, **thing, **names, **{log: {"entries": thing[log]} for log in LOGS}}

    def _found(self, kind: str, key: Any) -> list[str]:
        """GetObjectSetFromKey: a number, criteria, or a query."""
        if isinstance(key, dict):
            return [
                i
                for i in self.things[kind]
                if all(str(self._known(kind, i).get(n)) == str(v) for n, v in key.items())
            ]
        if re.fullmatch("[0-9]+", str(key)):
            return [str(key)] if str(key) in self.things["UserRequest" if kind == "Ticket" else kind] else []
        said = re.fullmatch(r"\s*SELECT\s+(\w+)(?:\s+AS\s+\w+)?(?:\s+WHERE\s+(.*))?\s*", str(key), re.S)
        if said is None or said[1] not in KINDS:
            raise Error("Query failed to execute")
        kind = said[1]
        found = list(self.things[kind])
        for part in re.split(r"\s+AND\s+", said[2] or "") if said[2] else []:
            found = [
                i
                for i in found
                if _holds(
                    self._known(kind, i), part.strip().strip("()") if " IN" not in part else part.strip()
                )
            ]
        return sorted(found, key=int)

    def _new(self, fields: dict[str, Any]) -> str:
        key, at = str(len(self.things["UserRequest"]) + 1), _stamp()
        blank = dict.fromkeys(PLAIN, "") | {
            "team_id": "0",
            "agent_id": "0",
            "service_id": "0",
            "start_date": at,
            "last_update": at,
            "finalclass": "UserRequest",
        }
        more = {
            "status": "new",
            "impact": "1",
            "urgency": "4",
            "request_type": "service_request",
            "origin": "portal",
            "paidan_level": "",
            "operational_status": "ongoing",
            "ref": f"R-{int(key):06}",
            "friendlyname": f"R-{int(key):06}",
        }
        self.things["UserRequest"][key] = {**blank, **more, "private_log": [], "public_log": []}
        self._set(key, fields, new=True)
        return key

    def _set(self, key: str, fields: dict[str, Any], *, new: bool = False, by: str = LOGIN) -> None:
        thing = self.things["UserRequest"][key]
        before = json.dumps(thing)
        for name, value in fields.items():
            if name in LOGS:
                self._log(thing[name], value, by)
            elif name not in ("priority", "ref", "last_update") and not (
                name == "team_id" and "group" in self.deaf
            ):
                thing[name] = value
        thing["priority"] = str(
            MATRIX[int(thing["impact"])][int(thing["urgency"]) - 1]
        )  # ComputeValues: always
        thing["operational_status"] = {"resolved": "resolved", "closed": "closed"}.get(
            thing["status"], "ongoing"
        )
        if json.dumps(thing) != before or new:
            thing["last_update"] = _stamp()
            self._tell(key)

    def _log(self, entries: list[dict[str, Any]], value: Any, by: str) -> None:
        """AttributeCaseLog::FromJSONToValue; HTML unless the format says text."""
        if isinstance(value, dict) and "add_item" not in value and "items" not in value:
            raise Error("Missing 'items' elements")
        items = value.get("items") or [value["add_item"]] if isinstance(value, dict) else [{"message": value}]
        if isinstance(value, dict) and "items" in value:
            entries.clear()
        for item in items:
            text = item.get("message", "")
            is_text = item.get("format", "html") == "text"
            plain = (
                text if is_text else html.unescape(re.sub("<[^>]+>", "", re.sub("<br ?/?>|</p>", "\n", text)))
            )
            shown = "<p>" + html.escape(text).replace("\n", "<br>") + "</p>" if is_text else text
            entries.append(
                {
                    "date": _stamp(),
                    "user_login": by,
                    "user_id": "7" if by == LOGIN else "0",
                    "message": plain.strip(),
                    "message_html": shown,
                }
            )

    def _tell(self, key: str) -> None:
        if self.hook is not None:
            self.tell(lambda: self._rendered(key))

    def _rendered(self, key: str) -> Delivery | None:
        """MetaModel::ApplyParams fills in what stands there; what is no JSON then is not sent."""
        url, headers, payload = self.hook or ("", {}, "")
        known = self._known("UserRequest", key)
        body = re.sub(r"\$this->(\w+)\$", lambda hit: str(known.get(hit[1], "")), payload)
        try:
            json.loads(body)
        except ValueError:
            return None
        return Delivery(url, body.encode(), headers)

    def forged(self, delivery: Delivery) -> Delivery:
        return replace(delivery, headers={**delivery.headers, "X-Paidan-Token": "somebody"})

    def open(self, title: str, text: str) -> str:
        with self.lock:
            team = next(i for i, t in self.things["Team"].items() if t["name"] == INBOX)
            return self._new(
                {
                    "title": title,
                    "description": f"<p>{text}</p>",
                    "org_id": "1",
                    "caller_id": "5",
                    "team_id": team,
                }
            )

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            self._set(ticket, {"public_log": {"add_item": {"message": f"<p>{text}</p>"}}}, by="某 群众")

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            self._set(
                ticket,
                {"team_id": next(i for i, t in self.things["Team"].items() if t["name"] == group)},
                by="person",
            )

    def close(self, ticket: str) -> None:
        with self.lock:
            self._set(ticket, {"status": "closed"}, by="person")

    def rename(self, group: str, new: str) -> None:
        with self.lock:
            team = next(t for t in self.things["Team"].values() if t["name"] == group)
            team |= {"name": new, "friendlyname": new}

    def view(self, ticket: str) -> View:
        with self.lock:
            known = self._known("UserRequest", ticket)
            said = {
                log: tuple(e["message"] for e in known[log]["entries"] if e["user_login"] == LOGIN)
                for log in LOGS
            }
            due = known["paidan_due"]
            return View(
                group=known["team_id_friendlyname"],
                level=known["paidan_level"] or None,
                priority=known["urgency"],  # the priority is iTop's own, of impact and urgency
                tags=tuple(part for part in known["paidan_tags"].split(", ") if part),
                due=datetime.strptime(due, STAMP).replace(tzinfo=ZONE).astimezone(UTC) if due else None,
                notes=said["private_log"],
                public=said["public_log"],
                state=known["status"],
            )
