"""Lists of another kind: every open ticket, the newest change first; and whatever may happen."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.casebook.looking import EVERY, Looking
from tests.casebook.standin import PAGE, Fault, StandIn

WHOLE: dict[str, Any] = {
    "query": None,
    "since": None,
    "at": None,
    "created_at": None,
    "order": None,
    "whole": True,
    "row": "ticket",
}
FALLING: dict[str, Any] = {"query": {"since": "${since}", "order": "falling"}, "order": "falling"}


@pytest.fixture
def whole(tmp_path: Path, helpdesk: StandIn) -> Iterator[Looking]:
    made = Looking(tmp_path, helpdesk, **WHOLE)
    yield made
    made.database.close()


def heard(book: Looking, helpdesk: StandIn, text: str = "1 person") -> int:
    ticket = helpdesk.open("complaint", text)
    book.hear(ticket)
    book.run()
    return ticket


def test_open_tickets_nobody_told_of_are_found_and_known_ones_left_alone(
    whole: Looking, helpdesk: StandIn
) -> None:
    tickets = [heard(whole, helpdesk) for _ in range(PAGE)]
    assert whole.look() == 0
    late = helpdesk.open("complaint", "3 people")
    assert whole.look(EVERY * 1.2) == 1
    assert whole.routed() == {*tickets, late}
    assert whole.look(EVERY * 1.2) == 0
    assert whole.state.missed == 1


@pytest.mark.parametrize(
    "change", [{"group": "sealed"}, {"priority": "urgent"}, {"owner": "agent"}, {"state": "waiting"}]
)
def test_a_field_somebody_changed_is_seen_in_the_list(
    whole: Looking, helpdesk: StandIn, change: dict[str, str]
) -> None:
    ticket = heard(whole, helpdesk)
    whole.look()
    helpdesk.set(ticket, **change)
    assert whole.look(EVERY * 1.2) == 1
    assert whole.look(EVERY * 1.2) == 0
    assert whole.state.missed == 1


def test_a_ticket_that_left_the_list_was_closed_and_comes_back_when_opened(
    whole: Looking, helpdesk: StandIn
) -> None:
    ticket, other = heard(whole, helpdesk), heard(whole, helpdesk)
    whole.look()
    helpdesk.set(ticket, state="closed")
    assert whole.look(EVERY * 1.2) == 1
    assert (whole.case(ticket).status, whole.case(other).status) == ("closed", "open")
    assert whole.look(EVERY * 1.2) == 0
    helpdesk.set(ticket, state="open")
    assert whole.look(EVERY * 1.2) == 1
    assert whole.case(ticket).status == "open"
    assert whole.state.missed == 2


def test_a_ticket_closed_with_a_webhook_is_not_counted_as_missed(whole: Looking, helpdesk: StandIn) -> None:
    ticket = heard(whole, helpdesk)
    whole.look()
    helpdesk.set(ticket, state="closed")
    whole.hear(ticket)
    whole.run()
    assert whole.look(EVERY * 1.2) == 0
    assert whole.state.missed == 0


def test_a_deleted_ticket_is_asked_for_once(whole: Looking, helpdesk: StandIn) -> None:
    ticket = heard(whole, helpdesk)
    whole.look()
    whole.database.ahead += 100
    helpdesk.ahead += 100
    del helpdesk.tickets[ticket]
    assert whole.look(EVERY * 1.2) >= 1
    assert whole.case(ticket).status == "gone"
    assert whole.look(EVERY * 1.2) == 0


def test_half_a_list_takes_nobody_for_gone(whole: Looking, helpdesk: StandIn) -> None:
    for _ in range(PAGE + 2):
        heard(whole, helpdesk)
    whole.look()
    helpdesk.faults += [
        Fault("LIST", status=200, body=b'{"items": [], "next": "x"'),
        Fault("LIST", status=200, body=b"{}"),
    ]
    assert whole.look(EVERY * 1.2) == 0
    assert whole.state.problem == "Faulty"
    assert whole.look(20) == 0
    assert whole.look(30) == 0
    assert (whole.state.missed, whole.state.problem) == (0, None)


IDS: dict[str, Any] = {"at": None, "created_at": None, "by": None, "state": None, "order": None}


def test_a_list_of_numbers_alone_is_read_from_where_the_last_look_ended(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    book = Looking(tmp_path, helpdesk, **IDS)
    book.look()
    ticket = heard(book, helpdesk)
    assert book.look(EVERY * 1.2) == 1, "it says no more than that the ticket changed some time since"
    assert book.look(EVERY * 1.2) == 0
    helpdesk.say(ticket, "now 4 people")
    assert book.look(EVERY * 1.2) == 1
    assert helpdesk.tickets[ticket]["level"] == "top"
    book.look(EVERY * 1.2)  # our own write, of which it says as little
    for _ in range(3):
        assert book.look(EVERY * 1.2) == 0
    assert book.row.mark > time.time() + book.database.ahead - 60
    book.database.close()


KINDS: dict[str, dict[str, Any]] = {"rising": {}, "falling": FALLING, "whole": WHOLE}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_happens_every_change_is_read_in_the_end(
    tmp_path: Path, helpdesk: StandIn, kind: str, seed: int
) -> None:
    """Webhooks lost, changes at any moment, crashes, outages, a clock that is set between two looks."""
    chance = random.Random(f"{kind}{seed}")
    book = Looking(tmp_path, helpdesk, **KINDS[kind])
    helpdesk.whole_seconds = chance.random() < 0.5
    book.look()
    for _ in range(60):
        happen(book, helpdesk, chance, kind)
    helpdesk.faults.clear()
    for _ in range(4):
        book.pages()
        book.clock.accept(book.connector)
        book.look(EVERY * 1.2)
        book.later(700)
    for number, ticket in helpdesk.tickets.items():
        assert book.case(number).stamp == str(ticket["version"]), (number, ticket["changed_at"])
    book.database.close()


def happen(book: Looking, helpdesk: StandIn, chance: random.Random, kind: str) -> None:
    match chance.choice(("open", "change", "change", "page", "look", "wait", "crash", "fault", "clock")):
        case "open":
            ticket = helpdesk.open("complaint", f"{chance.randrange(5)} people")
            if chance.random() < 0.4:
                book.hear(ticket)
        case "change" if helpdesk.tickets:
            ticket = chance.choice(list(helpdesk.tickets))
            helpdesk.say(ticket, f"{chance.randrange(5)} people")
            if chance.random() < 0.4:
                book.hear(ticket)
        case "page":
            book.reconcile()
        case "look":
            book.look(EVERY * 1.2)
        case "wait":
            book.later(chance.choice((1.0, 40.0, 400.0)))
        case "crash":
            book.start()
        case "fault":
            status = chance.choice((500, 503, 429, 200))
            helpdesk.faults.append(Fault("LIST", status=status, body=b"{"))
        case "clock" if kind != "whole" and book.state.walks > book.set_at:
            book.set_at = book.state.walks
            step = chance.choice((-90.0, 90.0, -30.0))
            helpdesk.ahead += step
