"""GLPI 10 by its legacy REST API (apirest.md, src/Glpi/Api/API.php, APIRest.php); it has no webhooks."""

from __future__ import annotations

import html
import re
from datetime import datetime
from itertools import count
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from tests.imitations.frame import GROUPS, INBOX, Answer, Call, Imitation, Refused, View, now

USER_TOKEN, APP_TOKEN = "glpi-user-token-of-paidan-0123456789", "glpi-app-token-0123456789"
BOT, AGENT, CUSTOMER = 7, 5, 9
ASSIGN, REQUESTER = 2, 1
NEW, ASSIGNED, CLOSED = 1, 2, 6
HERE = ZoneInfo("Asia/Shanghai")
"""The server's zone; the API tells times in it and does not say so."""
WRITABLE = (
    "name",
    "content",
    "status",
    "urgency",
    "impact",
    "priority",
    "itilcategories_id",
    "externalid",
    "time_to_resolve",
)
OPTIONS = {"1": "name", "2": "id", "15": "date", "19": "date_mod"}
PAGE = 50
KINDS = ("Ticket", "Group", "User", "Group_Ticket", "Ticket_User", "ITILFollowup", "Document_Item", "Entity")


class Glpi10(Imitation):
    connector = "glpi-10"
    version = "10.0.18"
    token = "env:IMITATION_TOKEN"
    given: ClassVar[tuple[str, ...]] = (
        *("--set", "app=env:IMITATION_APP"),
        *("--set", "zone=Asia/Shanghai"),
        *("--map", "write.level=externalid"),
    )
    targets = frozenset(("level", "priority", "due"))
    made = frozenset()
    manners: ClassVar[tuple[str, ...]] = ()
    is_encoded = True
    """Texts are kept with their angle brackets as entities (Sanitizer), and told so."""

    def __init__(self) -> None:
        super().__init__()
        self.groups = dict(enumerate(GROUPS, 1))
        self.tickets: dict[int, dict[str, Any]] = {}
        self.links: dict[str, dict[int, dict[str, Any]]] = {"Group_Ticket": {}, "Ticket_User": {}}
        self.followups: dict[int, dict[str, Any]] = {}
        self.sessions: set[str] = set()
        self.ids = count(21)

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": USER_TOKEN, "IMITATION_APP": APP_TOKEN}

    def installed(self) -> set[str]:
        return set()

    def too_many(self) -> Answer:
        """GLPI has no limit of its own; what stands before it answers so."""
        return Answer(429, b"<html>429</html>", {"Content-Type": "text/html", "Retry-After": "1"})

    def sign_out(self) -> None:
        self.sessions.clear()

    # --- people -----------------------------------------------------------------------------------

    def open(self, title: str, text: str) -> str:
        with self.lock:
            return str(self._add_ticket({"name": title, "content": f"<p>{text}</p>"}, CUSTOMER))

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            given = {"itemtype": "Ticket", "items_id": int(ticket), "content": f"<p>{text}</p>"}
            self._add_followup(given, CUSTOMER)

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            for key, row in list(self.links["Group_Ticket"].items()):
                if row["tickets_id"] == int(ticket) and row["type"] == ASSIGN:
                    self._unlink("Group_Ticket", key, AGENT)
            wanted = next(key for key, name in self.groups.items() if name == group)
            self._add_link(
                "Group_Ticket", {"tickets_id": int(ticket), "groups_id": wanted, "type": ASSIGN}, AGENT
            )

    def close(self, ticket: str) -> None:
        with self.lock:
            self._update(int(ticket), {"status": CLOSED}, AGENT)

    def rename(self, group: str, new: str) -> None:
        self.groups = {key: new if name == group else name for key, name in self.groups.items()}

    def view(self, ticket: str) -> View:
        with self.lock:
            found, number = self.tickets[int(ticket)], int(ticket)
            rows = [row for row in self.links["Group_Ticket"].values() if row["tickets_id"] == number]
            own = [each for each in self.followups.values() if each["items_id"] == number]
        own = [each for each in own if each["users_id"] == BOT]
        due = found["time_to_resolve"]
        return View(
            group="/".join(self.groups[row["groups_id"]] for row in rows if row["type"] == ASSIGN),
            level=found["externalid"],
            priority=str(found["priority"]),
            tags=(),
            due=datetime.fromisoformat(due).replace(tzinfo=HERE) if due else None,
            notes=tuple(html.unescape(each["content"]) for each in own if each["is_private"]),
            public=tuple(each["content"] for each in own if not each["is_private"]),
            state=str(found["status"]),
        )

    # --- the API ----------------------------------------------------------------------------------

    def answer(self, call: Call) -> Answer:
        if call.parts[0] != "apirest.php":
            return Answer(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})
        if call.method == "GET" and call.raw:
            raise Refused(400, ["ERROR_JSON_PAYLOAD_FORBIDDEN", "GET Request should not have json payload"])
        if call.headers.get("app-token") != APP_TOKEN:
            given = (
                "WRONG_APP_TOKEN_PARAMETER"
                if call.headers.get("app-token")
                else "APP_TOKEN_PARAMETERS_MISSING"
            )
            raise Refused(400, [f"ERROR_{given}", "parameter app_token seems wrong or is missing"])
        resource, rest = call.parts[1], call.parts[2:]
        if resource == "initSession":
            return Answer(200, {"session_token": self._log_in(call)})
        session = call.headers.get("session-token", "")
        if not session:
            raise Refused(400, ["ERROR_SESSION_TOKEN_MISSING", "parameter session_token is missing or empty"])
        if session not in self.sessions:
            raise Refused(401, ["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"])
        return self._answer(call, resource, rest)

    def _log_in(self, call: Call) -> str:
        given = call.headers.get("authorization", "")
        if not given.startswith("user_token "):
            raise Refused(
                400, ["ERROR_LOGIN_PARAMETERS_MISSING", "parameter(s) login, password or user_token"]
            )
        if self.revoked or given != f"user_token {USER_TOKEN}":
            raise Refused(401, ["ERROR_GLPI_LOGIN_USER_TOKEN", "parameter user_token seems invalid"])
        made = f"{next(self.ids):040x}"
        self.sessions.add(made)
        return made

    def _answer(self, call: Call, resource: str, rest: list[str]) -> Answer:
        match call.method, resource, rest:
            case "GET", "getFullSession", _:
                session = {"glpiID": BOT, "glpiname": "paidan", "glpifriendlyname": "Paidan"}
                return Answer(200, {"session": session | {"glpiactiveprofile": {"name": "Technician"}}})
            case "GET", "getGlpiConfig", _:
                return Answer(200, {"cfg_glpi": {"version": self.version, "use_notifications": "1"}})
            case "GET", "killSession", _:
                self.sessions.discard(call.headers["session-token"])
                return Answer(200, b"")
        if resource not in KINDS or (len(rest) > 1 and rest[1] not in KINDS):
            told = "resource not found or not an instance of CommonDBTM"
            raise Refused(400, ["ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM", told])
        if call.method == "GET":
            return self._got(call, resource, rest)
        given = call.json.get("input") if isinstance(call.json, dict) else None
        if not isinstance(given, dict) and call.method != "DELETE":
            raise Refused(400, ["ERROR_BAD_ARRAY", "input parameter must be an array of objects"])
        if call.method == "POST" and not rest:
            return self._added(resource, given or {})
        number = self._row(resource, rest[0] if rest else str((given or {}).get("id", "")))
        if call.method in ("PUT", "PATCH") and resource == "Ticket":
            self._update(number, given or {}, BOT)
        elif call.method == "DELETE" and resource in self.links:
            self._unlink(resource, number, BOT)
        else:
            raise Refused(403, ["ERROR_RIGHT_MISSING", "You don't have permission to perform this action."])
        return Answer(200, [{str(number): True, "message": ""}])

    def _rows(self, kind: str) -> dict[int, dict[str, Any]]:
        people = {BOT: "paidan", AGENT: "agent", CUSTOMER: "customer"}
        groups = {
            key: {"id": key, "name": name, "completename": name, "is_assign": 1, "entities_id": 0}
            for key, name in self.groups.items()
        }
        users = {
            key: {"id": key, "name": name, "is_active": 1, "is_deleted": 0} for key, name in people.items()
        }
        held = {"Ticket": self.tickets, "ITILFollowup": self.followups, "Group": groups, "User": users}
        return {**self.links, **held}.get(kind, {})

    def _row(self, kind: str, given: str) -> int:
        if not given.isdigit() or int(given) not in self._rows(kind):
            raise Refused(404, ["ERROR_ITEM_NOT_FOUND", "Item not found"])
        return int(given)

    def _got(self, call: Call, kind: str, rest: list[str]) -> Answer:
        if len(rest) == 1:
            row = self._rows(kind)[self._row(kind, rest[0])]
            return Answer(200, self._told(row))
        rows = list(self._rows(rest[1] if rest else kind).values())
        if rest:
            number = self._row(kind, rest[0])
            rows = [r for r in rows if number in (r.get("tickets_id"), r.get("items_id"))]
        for name, text in call.query.items():
            if found := re.fullmatch(r"searchText\[(\w+)\]", name):
                rows = [r for r in rows if text.strip("^$") in str(r.get(found[1]))]
        by = OPTIONS.get(call.query.get("sort", ""), call.query.get("sort") or "id")
        rows.sort(key=lambda row: (str(row.get(by)) if by != "id" else 0, row["id"]))
        if call.query.get("order", "ASC").upper() == "DESC":
            rows.reverse()
        first, last = (int(n) for n in (call.query.get("range") or f"0-{PAGE - 1}").split("-"))
        if first > len(rows):
            told = f"Provided range exceed total count of data: {len(rows)}"
            raise Refused(400, ["ERROR_RANGE_EXCEED_TOTAL", told])
        last = min(last, len(rows) - 1)
        headers = {
            "Accept-Range": f"{kind} 990",
            **({"Content-Range": f"{first}-{last}/{len(rows)}"} if rows else {}),
        }
        status = 206 if last - first + 1 < len(rows) else 200
        return Answer(status, [self._told(row) for row in rows[first : last + 1]], headers)

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self.is_encoded or "content" not in row:
            return dict(row)
        return row | {"content": row["content"].replace("<", "&#60;").replace(">", "&#62;")}

    def _added(self, kind: str, given: dict[str, Any]) -> Answer:
        if kind in self.links:
            made = self._add_link(kind, given, BOT)
        elif kind == "ITILFollowup" and given.get("content") and given.get("itemtype") == "Ticket":
            self._row("Ticket", str(given.get("items_id")))
            made = self._add_followup(given, BOT)
        elif kind == "Ticket" and given.get("content"):
            made = self._add_ticket(given, BOT)
        else:
            made = None
        if made is None:
            raise Refused(400, ["ERROR_GLPI_ADD", [{"id": False, "message": ""}]])
        return Answer(
            201, {"id": made, "message": ""}, {"location": f"{self.address}/apirest.php/{kind}/{made}"}
        )

    def _add_ticket(self, given: dict[str, Any], by: int) -> int:
        number, at = next(self.ids), stamp()
        self.tickets[number] = {
            "id": number,
            "entities_id": 0,
            "name": given.get("name") or given["content"][:70],
            "content": given["content"],
            "date": at,
            "date_creation": at,
            "date_mod": at,
            "status": NEW,
            "closedate": None,
            "solvedate": None,
            "time_to_resolve": None,
            "time_to_own": None,
            "urgency": 3,
            "impact": 3,
            "priority": 3,
            "itilcategories_id": 0,
            "type": 1,
            "is_deleted": 0,
            "users_id_recipient": by,
            "users_id_lastupdater": by,
            "requesttypes_id": 1,
            "externalid": None,
        }
        self.happened("new", "Ticket", number)
        self._link("Ticket_User", {"tickets_id": number, "users_id": by, "type": REQUESTER})
        group = given.get("_groups_id_assign") or next(k for k, n in self.groups.items() if n == INBOX)
        self._link("Group_Ticket", {"tickets_id": number, "groups_id": int(group), "type": ASSIGN})
        self.tickets[number]["status"] = ASSIGNED
        return number

    def _update(self, number: int, given: dict[str, Any], by: int) -> None:
        """CommonITILObject::prepareInputForUpdate: what is no column is left out without a word."""
        wanted = {key: given[key] for key in WRITABLE if key in given}
        if by == BOT:
            wanted = {key: value for key, value in wanted.items() if key not in self.deaf}
        changed = {key: value for key, value in wanted.items() if self.tickets[number][key] != value}
        if not changed:
            return
        self.tickets[number].update(changed)
        self._touch(number, by)
        if changed.get("status") == CLOSED:
            self.tickets[number]["closedate"] = stamp()
        self.happened("update", "Ticket", number)

    def _add_followup(self, given: dict[str, Any], by: int) -> int:
        number, at = next(self.ids), stamp()
        fixed = {"id": number, "itemtype": "Ticket", "items_id": int(given["items_id"]), "users_id": by}
        times = {"date": at, "date_creation": at, "date_mod": at, "users_id_editor": 0, "requesttypes_id": 1}
        private = int(given.get("is_private") or 0)
        self.followups[number] = {**fixed, **times, "content": given["content"], "is_private": private}
        self._touch(int(given["items_id"]), by)
        self.happened("new", "ITILFollowup", number)
        return number

    def _add_link(self, kind: str, given: dict[str, Any], by: int) -> int | None:
        """CommonITILActor::prepareInputForAdd: nobody is joined twice; a new ticket is assigned by it."""
        key, number = (
            ("groups_id" if kind == "Group_Ticket" else "users_id"),
            int(given.get("tickets_id") or 0),
        )
        wanted = {"tickets_id": number, key: int(given.get(key) or 0), "type": int(given.get("type") or 1)}
        there = [{name: row[name] for name in wanted} for row in self.links[kind].values()]
        known = self._rows("Group" if kind == "Group_Ticket" else "User")
        if number not in self.tickets or wanted[key] not in known or wanted in there:
            return None
        if "group" in self.deaf and by == BOT:
            return next(self.ids)
        made = self._link(kind, wanted)
        self._touch(number, by)  # updateDateMod: no hook runs by it
        if self.tickets[number]["status"] == NEW and wanted["type"] == ASSIGN:
            self._update(number, {"status": ASSIGNED}, by)
        return made

    def _link(self, kind: str, row: dict[str, Any]) -> int:
        made = next(self.ids)
        self.links[kind][made] = {"id": made, **row, "use_notification": 1}
        return made

    def _unlink(self, kind: str, key: int, by: int) -> None:
        """CommonITILActor::post_deleteFromDB: without anybody assigned the ticket is new again."""
        number = self.links[kind].pop(key)["tickets_id"]
        self._touch(number, by)
        left = [r for rows in self.links.values() for r in rows.values() if r["tickets_id"] == number]
        if not any(row["type"] == ASSIGN for row in left) and self.tickets[number]["status"] == ASSIGNED:
            self._update(number, {"status": NEW}, by)

    def _touch(self, number: int, by: int) -> None:
        self.tickets[number].update(date_mod=stamp(), users_id_lastupdater=by)

    def happened(self, event: str, kind: str, number: int) -> None:
        """GLPI 10 tells nobody."""


def stamp() -> str:
    return now().astimezone(HERE).strftime("%Y-%m-%d %H:%M:%S")
