"""Zammad 7: its tickets by its source (app/controllers, app/models) and its documentation (api/*.rst)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Answer, Call, Refused, View, now
from tests.imitations.zammad_admin import FIELDS, Administered, error

TOKEN = "zammad-access-token-of-paidan-0123456789"
CHIEF = "zammad-access-token-of-an-administrator"
SYSTEM, BOT, AGENT, CUSTOMER = 1, 3, 7, 9
LOGINS = {
    SYSTEM: "-",
    BOT: "paidan@city.example",
    AGENT: "agent@city.example",
    CUSTOMER: "customer@x.example",
}
STATES = {1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged", 6: "pending close"}
PRIORITIES = {1: "1 low", 2: "2 normal", 3: "3 high"}
COLUMNS = ("title", "customer_id", "owner_id", "note")
CUSTOM = FIELDS[2:]
INDEXED = timedelta(seconds=0.4)
"""The search index is filled by a job in the background; the database knows at once."""
ADMIN = ("version", "groups", "webhooks", "triggers", "object_manager_attributes", "tag_list")
"""default_permit!('admin.…') of app/policies/controllers."""


class Zammad(Administered):
    connector = "zammad"
    version = "7.0.0"
    given = ("--set", "admin_token=env:IMITATION_CHIEF")
    is_agent_only = False
    """The token has ticket.agent and nothing else, as the setup text asks."""
    made: ClassVar[frozenset[str]] = frozenset(("webhook", "trigger on new", "trigger on change"))

    def __init__(self) -> None:
        super().__init__()
        self.groups = dict(enumerate(GROUPS, 1))
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, list[dict[str, Any]]] = {}
        self.tags: dict[int, list[str]] = {}

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": TOKEN, "IMITATION_CHIEF": CHIEF}

    def too_many(self) -> Answer:
        """Zammad has no limit of its own; what stands before it answers so."""
        return Answer(429, b"Retry later\n", {"Content-Type": "text/plain", "Retry-After": "1"})

    # --- people -----------------------------------------------------------------------------------

    def open(self, title: str, text: str) -> str:
        with self.lock:
            article = {"body": f"<div>{text}</div>", "content_type": "text/html", "type": "web"}
            given = {"title": title, "group": INBOX, "customer_id": CUSTOMER, "article": article}
            return str(self._create(given, CUSTOMER)["id"])

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            made = self._article(
                int(ticket), {"body": f"<p>{text}</p>", "content_type": "text/html"}, CUSTOMER
            )
            self.happened(int(ticket), "update", {}, article=made["id"])

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            self._update(int(ticket), {"group": group}, AGENT)

    def close(self, ticket: str) -> None:
        with self.lock:
            self._update(int(ticket), {"state": "closed"}, AGENT)

    def rename(self, group: str, new: str) -> None:
        self.groups = {key: new if name == group else name for key, name in self.groups.items()}

    def view(self, ticket: str) -> View:
        with self.lock:
            found = self._expanded(int(ticket))
            own = [each for each in self.articles[int(ticket)] if each["created_by_id"] == BOT]
        due = found["response_due"]
        return View(
            group=found["group"],
            level=found["response_level"],
            priority=found["priority"],
            tags=tuple(self.tags[int(ticket)]),
            due=datetime.fromisoformat(due) if due else None,
            notes=tuple(each["body"] for each in own if each["internal"]),
            public=tuple(each["body"] for each in own if not each["internal"]),
            state=found["state"],
        )

    # --- the API ----------------------------------------------------------------------------------

    def answer(self, call: Call) -> Answer:
        parts = call.parts[2:]
        if call.parts[:2] != ["api", "v1"]:
            return Answer(200, b"<!DOCTYPE html><title>Zammad</title>", {"Content-Type": "text/html"})
        if parts == ["signshow"]:  # sessions_controller#show: the frontend's settings, whoever asks
            config = {
                "product_name": "Zammad Helpdesk",
                "fqdn": "desk.city.example",
                "ticket_hook": "Ticket#",
            }
            return Answer(200, {"error": "no valid session", "config": {**config, "models_searchable": []}})
        is_chief = self._signed_in(call)
        if parts[0] in ADMIN and not is_chief:
            raise Refused(403, error("Not authorized"))
        found = self._answer(call, parts)
        return found if isinstance(found, Answer) else Answer(200, found)

    def _signed_in(self, call: Call) -> bool:
        """authenticates.rb: nothing at all is 403, a token nobody has is 401. True for an administrator."""
        given = call.headers.get("authorization", "")
        if not given:
            raise Refused(403, error("Authentication required"))
        known = re.fullmatch(r'(?:Token token=|Bearer )"?([\w-]+)"?', given)
        if known is None or known[1] not in (TOKEN, CHIEF) or (self.revoked and known[1] == TOKEN):
            raise Refused(401, error("Can't find User for Token"))
        return known[1] == CHIEF or not self.is_agent_only

    def _answer(self, call: Call, parts: list[str]) -> Any:
        is_expanded = call.query.get("expand") in ("true", "1")
        match call.method, parts:
            case "GET", ["version"]:
                return {"version": self.version}
            case "GET", ["users", "me"]:
                return {
                    "id": BOT,
                    "login": LOGINS[BOT],
                    "firstname": "Paidan",
                    "lastname": "",
                    "active": True,
                }
            case "GET", [("groups" | "ticket_states" | "ticket_priorities") as kind]:
                listed = {"groups": self.groups, "ticket_states": STATES}.get(kind, PRIORITIES)
                return [{"id": key, "name": name, "active": True} for key, name in listed.items()]
            case "GET", ["object_manager_attributes"]:
                return [{"active": True, "editable": True, **each} for each in FIELDS]
            case "GET", ["tag_search"]:  # tags_controller#search
                used = sorted({tag for tags in self.tags.values() for tag in tags})
                return [{"id": n, "value": name} for n, name in enumerate(used, 1)]
            case "GET", ["ticket_recent"]:
                return {"assets": {}, "ticket_ids_recent_viewed": []}
            case "GET", ["tickets", "search"]:
                return self._search(call)
            case "GET", ["tickets", number]:
                return self._expanded(self._number(number)) if is_expanded else self.tickets[int(number)]
            case "POST", ["tickets"]:
                return Answer(201, self._create(call.json, BOT))
            case "PUT", ["tickets", number]:
                return self._update(self._number(number), call.json, BOT)
            case "GET", ["ticket_articles", "by_ticket", number]:
                return self.articles[self._number(number)]
            case "POST", ["ticket_articles"]:
                number, made = call.json["ticket_id"], self._article(call.json["ticket_id"], call.json, BOT)
                self.happened(number, "update", {}, article=made["id"])
                return Answer(201, made)
            case _, ["tags", *rest]:
                return self._tagged(call, rest)
            case _, [("webhooks" | "triggers") as kind, *rest]:
                return self.administered(call, kind, rest)
        raise Refused(404, error(f"No route matches [{call.method}] {call.path}"))

    def _number(self, given: str) -> int:
        if not given.isdigit() or int(given) not in self.tickets:
            raise Refused(404, error(f"Couldn't find Ticket with 'id'={given}"))
        return int(given)

    def _search(self, call: Call) -> Any:
        """can_search.rb: words go to the index, a condition without words to the database; at most 200."""
        limit = min(int(call.query.get("per_page") or call.query.get("limit") or 50), 200)
        start = (int(call.query.get("page") or 1) - 1) * limit
        condition = "condition[ticket.updated_at]"
        if query := call.query.get("query"):
            between = re.fullmatch(r'updated_at:[\[{]"?([^"\s]+)"? TO \S+[\]}]', query)
            since = between[1] if between else None  # what Elasticsearch cannot read finds nothing
            rows = [each for each in self.tickets.values() if since and _at(each) >= _time(since)]
            rows = [each for each in rows if _at(each) < now() - INDEXED]
        elif f"{condition}[operator]" in call.query:
            if call.query[f"{condition}[operator]"] != "after (absolute)":
                raise Refused(422, error("Invalid operator"))
            since = call.query[f"{condition}[value]"]
            rows = [each for each in self.tickets.values() if _at(each) >= _time(since)]
        else:
            rows = list(self.tickets.values())
        by, is_falling = call.query.get("sort_by", "updated_at"), call.query.get("order_by", "desc") == "desc"
        rows = sorted(rows, key=lambda each: str(each[by]), reverse=is_falling)[start : start + limit]
        if call.query.get("expand") in ("true", "1"):
            return [self._expanded(each["id"]) for each in rows]
        assets = {"Ticket": {str(each["id"]): each for each in rows}} if rows else {}
        return {"tickets": [each["id"] for each in rows], "tickets_count": len(rows), "assets": assets}

    def _create(self, given: dict[str, Any], by: int) -> dict[str, Any]:
        """tickets_controller#create: title, group and customer are columns that may not be empty."""
        values = self._converted(given)
        for name in ("title", "group_id", "customer_id"):
            if not values.get(name):
                raise Refused(422, error(f"Attribute '{name}' required!"))
        values["customer_id"] = int(values["customer_id"])
        number, at = next(self.ids), _stamp()
        self.tickets[number] = {
            "state_id": 1,
            "priority_id": 2,
            "owner_id": SYSTEM,
            "organization_id": None,
            "note": None,
            **{each["name"]: None for each in CUSTOM},
            **values,
            "id": number,
            "number": str(10000 + number),
            "created_at": at,
            "created_by_id": by,
            "updated_at": at,
            "updated_by_id": by,
            "article_count": 0,
        }
        self.articles[number], self.tags[number] = [], [t for t in given.get("tags", "").split(",") if t]
        article = self._article(number, given["article"], by)["id"] if given.get("article") else None
        self.happened(number, "create", self.tickets[number], article=article)
        return self.tickets[number]

    def _update(self, number: int, given: dict[str, Any], by: int) -> dict[str, Any]:
        values, ticket = self._converted(given), self.tickets[number]
        if by == BOT:
            values = {key: value for key, value in values.items() if key.removesuffix("_id") not in self.deaf}
        changed = {key: value for key, value in values.items() if ticket.get(key) != value}
        if changed:
            ticket.update(changed | {"updated_at": _stamp(), "updated_by_id": by})
        article = self._article(number, given["article"], by)["id"] if given.get("article") else None
        if changed or article:
            self.happened(number, "update", changed, article=article)
        return ticket

    def _converted(self, given: dict[str, Any]) -> dict[str, Any]:
        """can_associations.rb, can_cleanup_param.rb: an unknown name is 422, an unknown key is dropped."""
        values = {key: value for key, value in given.items() if key in COLUMNS}
        for name, listed in (("group", self.groups), ("state", STATES), ("priority", PRIORITIES)):
            found = int(given.get(f"{name}_id") or 0)
            if given.get(name) and not found:
                found = next((key for key, each in listed.items() if each == given[name]), 0)
                if not found:
                    raise Refused(
                        422, error(f"No lookup value found for '{name}': {json.dumps(given[name])}")
                    )
            if found and found not in listed:
                raise Refused(422, error(f"Invalid value for param '{name}_id': {found}"))
            values |= {f"{name}_id": found} if found else {}
        if given.get("customer") and "customer_id" not in given:
            raise Refused(
                422, error(f"No lookup value found for 'customer': {json.dumps(given['customer'])}")
            )
        return values | {e["name"]: _held(e, given[e["name"]]) for e in CUSTOM if e["name"] in given}

    def _article(self, number: int, given: dict[str, Any], by: int) -> dict[str, Any]:
        """creates_ticket_articles.rb: a body there must be; who is an agent writes as Agent, as a note."""
        if not given.get("body"):
            raise Refused(422, error('Need at least article: { body: "some text" }'))
        ticket, at = self.tickets[number], _stamp()
        made = {
            "id": next(self.ids),
            "ticket_id": number,
            "created_by_id": by,
            "created_by": LOGINS[by],
            "body": given["body"],
            "content_type": given.get("content_type") or "text/plain",
            "subject": given.get("subject"),
            "internal": bool(given.get("internal")),
            "from": LOGINS[by],
            "type": given.get("type") or "note",
            "attachments": [],
            "created_at": at,
            "updated_at": at,
            "sender": given.get("sender") or ("Customer" if by == CUSTOMER else "Agent"),
        }
        self.articles[number].append(made)
        ticket.update(updated_at=at, updated_by_id=by, article_count=ticket["article_count"] + 1)
        return made

    def _expanded(self, number: int) -> dict[str, Any]:
        """attributes_with_association_names: a user is a login, everything else a name."""
        ticket = self.tickets[number]
        kinds = {"group": self.groups, "state": STATES, "priority": PRIORITIES}
        users = dict.fromkeys(("owner", "customer", "created_by", "updated_by"), LOGINS)
        told = {key: listed[ticket[f"{key}_id"]] for key, listed in (kinds | users).items()}
        return {**ticket, **told, "article_ids": [each["id"] for each in self.articles[number]]}

    def payload(self, number: int) -> dict[str, Any]:
        """RecordPayload::Ticket: relations are objects, the state is not one."""
        ticket = self._expanded(number)
        for key, listed in (("group", self.groups), ("priority", PRIORITIES)):
            ticket[key] = {"id": ticket[f"{key}_id"], "name": listed[ticket[f"{key}_id"]], "active": True}
        for key in ("owner", "customer", "created_by", "updated_by"):
            ticket[key] = {"id": ticket[f"{key}_id"], "login": LOGINS[ticket[f"{key}_id"]]}
        return ticket

    def said(self, number: int, article: int | None) -> dict[str, Any]:
        return next((each for each in self.articles[number] if each["id"] == article), {})

    def _tagged(self, call: Call, rest: list[str]) -> Any:
        given = {**call.query, **call.json}
        if given.get("object") != "Ticket":
            raise Refused(422, error("Invalid object"))
        number = self._number(str(given.get("o_id")))
        tags, item = self.tags[number], str(given.get("item") or "").strip()
        if not rest:
            return {"tags": list(tags)}
        if rest == ["add"] and item.lower() not in [each.lower() for each in tags]:
            tags.append(item)
        if rest == ["remove"] and item in tags:
            tags.remove(item)
        self.tickets[number]["updated_at"] = _stamp()  # tag.rb touches its object; no trigger runs by that
        return Answer(201 if rest == ["add"] else 200, True)


def _held(attribute: dict[str, Any], value: Any) -> Any:
    """As the column keeps it: a choice that is none is refused (checks_core_workflow.rb)."""
    if value in (None, ""):
        return value
    if attribute["data_type"] == "select" and value not in LEVELS:
        raise Refused(422, error(f"Invalid value '{value}' for field '{attribute['name']}'!"))
    if attribute["data_type"] == "datetime":
        return _time(value).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return value


def _stamp() -> str:
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _at(ticket: dict[str, Any]) -> datetime:
    return _time(ticket["updated_at"])
