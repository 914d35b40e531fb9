"""A helpdesk that wants many requests for one write: a fault at any of them loses and doubles nothing.

Groups stand in rows by number, tags come one by one, the level goes with the update, the note has its own
request, and a log-in comes first. Each request of a routed ticket meets each kind of fault once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import responses

from plugin.desk.connector import Connector
from tests.casebook.conftest import Book
from tests.casebook.standin import StandIn
from tests.casebook.test_protocol import Cut, restart
from tests.desk.products import URL, descriptor, desk, document, message

GROUPS = {"7": "intake", "8": "field team", "9": "headquarters"}
TICKET = "t-1"


def product() -> Any:
    made = document()
    steps = [
        {"name": "rows", "get": "/api/t/${id}/rows"},
        {
            "post": "/api/rows",
            "when": {"path": "rows[type=2][group=${value}].id", "empty": True},
            "body": {"ticket": "${id}", "group": "${value}", "type": 2},
        },
        {"delete": "/api/rows/${each}", "each": "rows[type=2][group!=${value}].id"},
    ]
    one_by_one = [{"post": "/api/tags", "each": "added[*]", "body": {"item": "${each}", "ticket": "${id}"}}]
    targets = made["write"]["targets"]
    write = {
        "update": {"put": "/api/t/${id}"},
        "verify": "read",
        "targets": {
            "group": {"read": "rows[type=2].group", "steps": steps, "list": "groups"},
            "level": targets["level"],
            "priority": {"read": "ticket.priority", "write": {"priority": "${value}"}},
            "tags": {"read": {"path": "ticket.tags", "type": "list"}, "steps": one_by_one},
            "due": targets["due"],
        },
        "note": {"request": {"post": "/api/t/${id}/notes", "body": {"text": "${note}"}}},
        "priorities": ["low", "normal", "high", "urgent"],
    }
    auth = {
        "kind": "session",
        "login": {"post": "/login", "body": {"password": "${secret.token}"}},
        "token": "token",
        "headers": {"Session": "${session}"},
    }
    errors = [{"raises": "rejected", "path": "error", "is_not": [""]}]
    limits = {"statuses": [429], "wait": [{"header": "Retry-After", "unit": "seconds"}]}
    return descriptor(
        write=write,
        api={**made["api"], "auth": auth, "errors": errors, "limits": limits},
        lists={"groups": {"get": "/api/groups", "id": "item.id", "name": "item.name"}},
        read=[
            {"name": "ticket", "get": "/api/t/${id}"},
            {"name": "rows", "get": "/api/t/${id}/rows"},
        ],
    )


class Far:
    """The helpdesk of one ticket; at request ``at`` it meets ``fault``."""

    def __init__(self) -> None:
        self.ticket: dict[str, Any] = {
            "id": TICKET,
            "title": "complaint",
            "state": "open",
            "version": 1,
            "at": "2026-11-23T08:00:00Z",
            "priority": "normal",
            "tags": [],
            "more": [],
            "messages": [message("m1", sender="customer", text="3 people")],
        }
        self.rows = [{"id": 1, "type": 2, "group": 7}, {"id": 2, "type": 1, "group": 9}]
        self.made: list[tuple[str, str]] = []
        self.served: list[tuple[str, str]] = []
        self.sessions: set[str] = set()
        self.log_ins = 0
        self.at, self.fault = -1, ""
        self.listed = GROUPS
        self.always = ""
        """Method and path, or part of them, that meet it every time."""

    def answered(self, request: requests.PreparedRequest) -> Any:
        method, path = str(request.method), urlsplit(str(request.url)).path.removeprefix("/base")
        number = len(self.made)
        self.made.append((method, path))
        fault = self.fault if number == self.at or (self.always and self.always in f"{method} {path}") else ""
        is_late = fault.endswith("after")
        if fault and not is_late:
            return self.faulty(fault)
        found = self.serve(method, path, json.loads(request.body or "{}"), request.headers.get("Session"))
        if is_late:
            return self.faulty(fault)
        return found

    def faulty(self, fault: str) -> Any:
        kind = fault.partition(" ")[0]
        if kind == "cut":
            raise requests.ConnectionError("cut")
        if kind == "killed":
            raise Cut
        if kind == "refused":
            return 200, {}, '{"error": "no"}'
        if kind == "401":
            self.sessions.clear()
        return int(kind), {"Retry-After": "3"} if kind == "429" else {}, "{}"

    def serve(self, method: str, path: str, body: dict[str, Any], session: str | None) -> Any:
        if path == "/login":
            self.log_ins += 1
            self.sessions.add(f"s{self.log_ins}")
            return 200, {}, json.dumps({"token": f"s{self.log_ins}"})
        if session not in self.sessions:
            return 401, {}, "{}"
        self.served.append((method, path))
        return 200, {}, json.dumps(self.done(method, path, body))

    def done(self, method: str, path: str, body: dict[str, Any]) -> Any:
        if method != "GET":
            self.ticket["version"] += 1
        match method, path.removeprefix("/api/"):
            case "GET", "groups":
                return [{"id": int(number), "name": name} for number, name in self.listed.items()]
            case "GET", "t/t-1/rows":
                return self.rows
            case "POST", "rows":
                self.rows.append(
                    {"id": max(row["id"] for row in self.rows) + 1, "type": 2, "group": int(body["group"])}
                )
                return {}
            case "DELETE", row:
                self.rows[:] = [each for each in self.rows if each["id"] != int(row.removeprefix("rows/"))]
                return {}
            case "POST", "tags":
                self.ticket["tags"] = sorted({*self.ticket["tags"], body["item"]})
                return {}
            case "POST", _:
                note = message(f"n{len(self.ticket['messages'])}", by="paidan", internal=True, **body)
                self.ticket["messages"].append(note)
                return {}
            case "PUT", _:
                self.ticket.update(body)
                return {}
        return self.ticket

    @property
    def groups(self) -> list[str]:
        return [GROUPS[str(row["group"])] for row in self.rows if row["type"] == 2]

    @property
    def notes(self) -> int:
        return sum(each["internal"] for each in self.ticket["messages"])


@pytest.fixture
def far() -> Iterator[Far]:
    made = Far()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_passthru("http://127.0.0.1")
        for method in ("GET", "POST", "PUT", "DELETE"):
            wire.add_callback(method, re.compile(f"{URL}/.*"), callback=made.answered)
        yield made


@pytest.fixture
def routing(tmp_path: Path, far: Far) -> Iterator[Book]:
    book = Book(tmp_path, StandIn())
    book.connector = Connector(
        product(), desk(targets={"group": None, "level": "Level", "priority": None, "tags": None})
    )
    yield book
    book.database.close()


def routed(book: Book) -> None:
    book.hear(TICKET)
    book.run()
    for _ in range(6):
        book.later(20)


def test_one_write_and_no_more(routing: Book, far: Far) -> None:
    routed(routing)
    assert (far.groups, far.notes, far.ticket["priority"]) == (["headquarters"], 1, "urgent")
    assert far.ticket["tags"] == ["present"]
    assert far.log_ins == 1
    before = len(far.made)
    routing.hear(TICKET)
    routing.run()
    assert far.made[before:] == [("GET", "/api/t/t-1"), ("GET", "/api/t/t-1/rows")]


PASSING = (
    "cut before",
    "cut after",
    "500 before",
    "500 after",
    "503 before",
    "429 before",
    "401 before",
    "409 before",
)
REQUESTS = 13
"""Of a ticket that is read, routed and read again."""


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("at", range(REQUESTS))
def test_a_fault_that_passes(routing: Book, far: Far, at: int, fault: str) -> None:
    far.at, far.fault = at, fault
    routed(routing)
    assert far.groups == ["headquarters"]
    assert (far.notes, far.ticket["priority"], far.ticket["tags"]) == (1, "urgent", ["present"])
    assert far.ticket["more"] == [{"name": "Level", "value": "high"}]
    assert {row.state for row in routing.actions()} <= {"done", "overtaken"}
    assert routing.case(TICKET).problem is None
    assert len([each for each in far.served if each[0] != "GET"]) <= 8
    assert far.log_ins <= 3


@pytest.mark.parametrize("fault", ["killed before", "killed after"])
@pytest.mark.parametrize("at", range(1, REQUESTS - 1))
def test_a_process_that_ends_between_two_requests(routing: Book, far: Far, at: int, fault: str) -> None:
    far.at, far.fault = at, fault
    routing.hear(TICKET)
    with pytest.raises(Cut):
        routing.run()
    restart(routing)
    for _ in range(6):
        routing.later(20)
    assert (far.groups, far.ticket["priority"], far.ticket["tags"]) == (
        ["headquarters"],
        "urgent",
        ["present"],
    )
    assert far.notes == 1
    assert routing.actions()[-1].state == "done"


REFUSING = ("400 before", "403 before", "404 before", "refused before", "401 after")


@pytest.mark.parametrize("fault", REFUSING)
@pytest.mark.parametrize("at", range(REQUESTS))
def test_a_refusal_doubles_nothing(routing: Book, far: Far, at: int, fault: str) -> None:
    far.at, far.fault = at, fault
    routed(routing)
    assert far.notes <= 1
    assert len(far.groups) == len(set(far.groups)) >= 1
    assert far.log_ins <= 3


@pytest.mark.parametrize("fault", ["400 before", "refused before"])
def test_a_refused_update_costs_no_value_with_requests_of_its_own(
    routing: Book, far: Far, fault: str
) -> None:
    """The level is not one of the product's choices: the ticket goes to its group all the same."""
    far.always, far.fault = "PUT", fault
    routed(routing)
    assert (far.groups, far.ticket["tags"], far.ticket["priority"]) == (
        ["headquarters"],
        ["present"],
        "normal",
    )
    assert far.notes == 1
    (dead,) = routing.actions()
    assert dead.state == "dead"
    assert json.loads(dead.reason)["targets"] == ["level", "priority"]


@pytest.mark.parametrize("fault", ["500 before", "500 after"])
def test_a_step_that_fails_for_ever_costs_nothing_else(routing: Book, far: Far, fault: str) -> None:
    far.always, far.fault = "POST /api/rows", fault
    routed(routing)
    assert (far.ticket["tags"], far.ticket["priority"], far.notes) == (["present"], "urgent", 1)
    assert len(far.groups) == len(set(far.groups))
    far.always = ""
    routing.later(700)
    assert (far.groups, far.notes) == (["headquarters"], 1)
    assert routing.actions()[-1].state == "done"


def test_a_row_somebody_took_away_just_now_is_no_refusal(routing: Book, far: Far) -> None:
    far.always, far.fault = "DELETE", "404 after"
    routed(routing)
    assert (far.groups, far.notes) == (["headquarters"], 1)
    assert [row.state for row in routing.actions()] == ["done"]


@pytest.mark.parametrize("what", ["/api/groups", "GET /api/t/t-1/rows"])
@pytest.mark.parametrize("fault", ["404 before", "400 before", "403 before", "refused before"])
def test_a_list_or_part_that_is_not_there_makes_no_ticket_gone(
    routing: Book, far: Far, fault: str, what: str
) -> None:
    """The right to see it was taken away for an hour; the ticket itself is read all the time."""
    far.always, far.fault = what, fault
    routed(routing)
    assert routing.case(TICKET).status != "gone"
    assert routing.case(TICKET).next_at is not None
    far.always = ""
    routing.later(700)
    assert (far.groups, far.notes) == (["headquarters"], 1)
    assert {row.state for row in routing.actions()} == {"done"}
