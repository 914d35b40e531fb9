"""A desk that takes no webhooks: changes are found at the next look, young or not, and none was missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook.watch import health
from tests.casebook.looking import EVERY as LONG
from tests.casebook.looking import Looking
from tests.casebook.standin import PAGE, StandIn
from tests.casebook.test_reconcile_lists import FALLING, WHOLE

EVERY = 60.0
LISTS: dict[str, dict[str, Any]] = {"rising": {}, "falling": FALLING, "whole": WHOLE}


class Asking(Looking):
    """A case book nobody tells anything."""

    def desks(self) -> dict[str, Any]:
        found = super().desks().items()
        return {name: replace(desk, look_every=EVERY, hears=False) for name, desk in found}


@pytest.fixture(params=LISTS)
def book(request: pytest.FixtureRequest, tmp_path: Path, helpdesk: StandIn) -> Iterator[Asking]:
    made = Asking(tmp_path, helpdesk, **LISTS[request.param])
    yield made
    made.database.close()


def test_a_ticket_opened_just_now_is_found_by_the_next_look(book: Asking, helpdesk: StandIn) -> None:
    """No webhook may yet tell of it: it is not left for the look after."""
    book.look()
    for count in (1, PAGE + 1):
        book.database.ahead += EVERY * 1.2
        helpdesk.ahead += EVERY * 1.2
        new = {helpdesk.open("complaint", "3 people") for _ in range(count)}
        assert book.look() == count
        assert book.routed() >= new
    assert (book.state.missed, health(book.database).missed) == (0, 0)


def test_words_fields_and_an_end_are_found_and_written_once(book: Asking, helpdesk: StandIn) -> None:
    book.look()
    ticket = helpdesk.open("complaint", "1 person")
    book.look(EVERY * 1.2)
    helpdesk.say(ticket, "now 4 people")
    assert book.look(EVERY * 1.2) == 1
    assert helpdesk.tickets[ticket]["level"] == "top"
    writes = helpdesk.count("PUT")
    for _ in range(3):
        assert book.look(EVERY * 1.2) == 0
    assert helpdesk.count("PUT") == writes
    helpdesk.set(ticket, state="closed")
    assert book.look(EVERY * 1.2) == 1
    assert book.case(ticket).status == "closed"
    assert book.look(EVERY * 1.2) == 0
    assert (helpdesk.count("PUT"), book.state.missed) == (writes, 0)


def test_the_same_page_twice_writes_nothing(book: Asking, helpdesk: StandIn) -> None:
    """As after a crash between a page and its record."""
    book.look()
    tickets = [helpdesk.open("complaint", "3 people") for _ in range(3)]
    book.look(EVERY * 1.2)
    assert book.routed() == set(tickets)
    writes, reads = helpdesk.count("PUT"), helpdesk.count("GET")
    for _ in range(3):
        book.start()
        book.look()
    assert (helpdesk.count("PUT"), helpdesk.count("GET")) == (writes, reads)


class Waiting(Looking):
    """A case book that waits for its first webhook."""

    def desks(self) -> dict[str, Any]:
        return {name: replace(desk, unheard_every=EVERY) for name, desk in super().desks().items()}


def test_until_the_first_webhook_comes_looks_are_as_often_as_without_any(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    book = Waiting(tmp_path, helpdesk)
    try:
        book.look()
        ticket = helpdesk.open("complaint", "3 people")
        for _ in range(2):  # the youngest are left to a webhook that may yet come
            book.database.ahead += EVERY * 1.2
            helpdesk.ahead += EVERY * 1.2
            book.look()
        assert book.routed() == {ticket}
        book.hear(ticket)
        book.look(EVERY * 1.2)
        assert book.look(EVERY * 1.2) == 0
        assert book.pages() == 0
        before = book.state.walks
        book.look(EVERY * 1.2)
        assert book.state.walks == before
        book.look(LONG * 1.2)
        assert book.state.walks == before + 1
    finally:
        book.database.close()
