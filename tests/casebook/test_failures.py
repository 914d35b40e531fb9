"""How a helpdesk can fail, and the state each failure leaves the action and the case in."""

from __future__ import annotations

import json

import pytest

from plugin.casebook.failing import MANY, failing
from plugin.casebook.watch import health
from plugin.core.case import Decision
from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn


def routed(helpdesk: StandIn, ticket: int) -> bool:
    stands = helpdesk.tickets[ticket]
    return stands["group"] == "headquarters" and len(helpdesk.notes(ticket)) == 1


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (Fault("PUT", status=500), 5),
        (Fault("PUT", status=503), 8),
        (Fault("PUT", status=429, headers={"Retry-After": "30"}), 31),
        (Fault("PUT", status=429), 8),
        (Fault("PUT", status=409), 0),
        (Fault("PUT", status=412), 0),
        (Fault("PUT", status=200, body=b"<html>nice</html>"), 5),
        (Fault("PUT", status=200, body=b'{"half'), 5),
        (Fault("PUT", cut="before"), 5),
        (Fault("PUT", cut="after"), 5),
        (Fault("PUT", status=401), 5),
        (Fault("PUT", status=403), 5),
        (Fault("GET", status=500), 5),
        (Fault("GET", cut="before"), 5),
        (Fault("GET", status=429, headers={"Retry-After": "30"}), 31),
        (Fault("GET", status=200, body=b"<html>"), 5),
        (Fault("GET", status=401), 5),
    ],
    ids=lambda value: f"{value.method}-{value.status or value.cut}" if isinstance(value, Fault) else None,
)
def test_it_is_done_once_the_helpdesk_is_well_again(
    book: Book, helpdesk: StandIn, fault: Fault, pause: float
) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(fault)
    book.hear(ticket)
    book.run()
    if pause:
        assert book.case(ticket).problem is not None
        book.later(pause)
    assert routed(helpdesk, ticket)
    assert book.actions()[-1].state == "done"
    assert book.case(ticket).problem is None
    assert book.events("doubled") == []


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refused_write_is_dead_with_a_reason_and_not_sent_again(
    book: Book, helpdesk: StandIn, status: int
) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.refusal, helpdesk.refused_with = (lambda _: "no such group"), status
    book.hear(ticket)
    book.run()
    tries = helpdesk.count("PUT")
    book.later(3600)
    dead = book.actions()[0]
    reason = json.loads(dead.reason)
    assert (dead.state, reason["status"], reason["detail"]) == ("dead", status, "no such group")
    assert set(reason["targets"]) == {"group", "level", "priority", "tags", "note"}
    assert helpdesk.count("PUT") == tries == (1 if status == 404 else 6), "all at once, then each by itself"
    assert dead.note_text is None


def test_a_ticket_tried_again_and_again_in_vain_is_told_of(book: Book, helpdesk: StandIn) -> None:
    mine, theirs = helpdesk.open("complaint", "3 people"), helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("GET", status=403))
    book.hear(mine)
    book.run()
    for _ in range(MANY - 2):
        helpdesk.faults.append(Fault("GET", status=403))
        book.later(1300)
    assert failing(book.database) == []
    helpdesk.faults.append(Fault("GET", status=403))
    book.later(1300)
    book.hear(theirs)
    book.run()
    (found,) = failing(book.database)
    assert (found.ticket, found.tries, found.problem["code"]) == (str(mine), MANY, "denied")
    assert health(book.database).failing == 1
    assert failing(book.database, "elsewhere") == []
    book.later(1300)
    assert failing(book.database) == []
    assert routed(helpdesk, mine)


def test_a_value_that_is_refused_costs_itself_and_nothing_else(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.refusal = lambda body: "not in the list" if "level" in body else ""
    book.hear(ticket)
    book.run()
    found = helpdesk.tickets[ticket]
    assert (found["group"], found["level"], found["priority"]) == ("headquarters", None, "urgent")
    assert len(helpdesk.notes(ticket)) == 1
    dead = book.actions()[0]
    assert json.loads(dead.reason) == {"code": "not-taken", "targets": ["level"], "detail": "not in the list"}
    tries = helpdesk.count("PUT")
    book.hear(ticket)
    book.run()
    assert helpdesk.count("PUT") == tries


def test_a_kill_between_two_values_sent_apart_doubles_nothing(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.refusal = lambda body: "not in the list" if "level" in body else ""
    helpdesk.faults.extend([Fault("PUT", status=422), Fault("PUT"), Fault("PUT", cut="after")])
    book.hear(ticket)
    book.run()
    book.later(120)
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert len(helpdesk.notes(ticket)) == 1
    assert book.events("doubled") == []


def test_other_documents_give_what_was_refused_another_try(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.refusal = lambda _: "not now"
    book.hear(ticket)
    book.run()
    helpdesk.refusal = lambda _: ""
    book.version = "2"
    book.hear(ticket)
    book.run()
    assert routed(helpdesk, ticket)


def test_no_call_is_made_while_the_helpdesk_asked_to_wait(book: Book, helpdesk: StandIn) -> None:
    first, second = helpdesk.open("complaint", "1 person"), helpdesk.open("complaint", "4 people")
    helpdesk.faults.append(Fault("GET", status=429, headers={"Retry-After": "60"}))
    book.hear(first)
    book.run()
    book.hear(second)
    book.later(50)
    assert helpdesk.count("GET") == 1
    book.later(11)
    assert helpdesk.tickets[second]["level"] == "top"
    assert helpdesk.tickets[first]["level"] == "low"


def test_a_helpdesk_down_for_an_hour_loses_nothing_and_is_not_hammered(book: Book, helpdesk: StandIn) -> None:
    tickets = [helpdesk.open("complaint", f"{n} people") for n in (0, 1, 2, 3, 4)]
    for ticket in tickets:
        book.hear(ticket)
    helpdesk.faults.extend(Fault("*", cut="before") for _ in range(10_000))
    for _ in range(360):
        book.later(10)
    assert helpdesk.count("GET") < 400
    helpdesk.faults.clear()
    for _ in range(100):
        book.later(20)
    assert [helpdesk.tickets[t]["level"] for t in tickets] == [None, "low", "mid", "high", "top"]
    assert all(len(helpdesk.notes(t)) == 1 for t in tickets)


def test_the_gravest_case_goes_first_and_the_longest_waiting_has_its_share(
    book: Book, helpdesk: StandIn
) -> None:
    tickets = [helpdesk.open("complaint", f"{n} people") for n in (1, 4, 1, 1, 1, 1, 4, 4, 4, 4)]
    for ticket in tickets:
        book.hear(ticket)
    book.run()
    helpdesk.requests.clear()
    for ticket in tickets:
        book.hear(ticket)
    book.run()
    order = [helpdesk.tickets[int(n)]["level"] for method, n in helpdesk.requests if method == "GET"]
    assert order[:4].count("top") >= 3
    assert "low" in order[:5]


def test_a_helpdesk_that_ignores_a_value_is_told_of(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    put = helpdesk.put
    helpdesk.put = lambda number, body: put(number, {k: v for k, v in body.items() if k != "level"})  # type: ignore[method-assign]
    book.hear(ticket)
    book.run()
    dead = book.actions()[0]
    assert dead.state == "dead"
    assert json.loads(dead.reason) == {"code": "ignored", "targets": ["level"], "detail": ""}
    book.hear(ticket)
    book.run()
    assert helpdesk.count("PUT") == 1


def test_a_decision_that_breaks_is_put_off_not_lost(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    whole = book.decide

    def broken(*_: object) -> Decision:
        raise ValueError("words of a ticket")

    book.decide = broken
    book.hear(ticket)
    book.run()
    assert json.loads(book.case(ticket).problem) == {"code": "internal", "detail": "ValueError"}
    book.decide = whole
    book.later(2)
    assert routed(helpdesk, ticket)


def test_a_write_the_helpdesk_refused_uses_up_nothing_of_the_tickets_budget(
    book: Book, helpdesk: StandIn
) -> None:
    """The gravest ticket is tried first, again and again, while a helpdesk is busy."""
    ticket = helpdesk.open("complaint", "3 people")
    busy = [Fault("PUT", status=429, headers={"Retry-After": "1"}) for _ in range(book.pace.budget + 2)]
    helpdesk.faults.extend(busy)
    book.hear(ticket)
    for _ in range(book.pace.budget + 4):
        book.later(2.0)
    assert helpdesk.tickets[ticket]["level"] == "high"
    assert len(helpdesk.notes(ticket)) == 1
