"""One case, from webhook to the helpdesk's own state, and everything that can go wrong on the way."""

from __future__ import annotations

from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn


def test_a_ticket_is_routed_with_one_read_and_one_write(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    assert helpdesk.requests == [("GET", "1"), ("PUT", "1")]
    stands = helpdesk.tickets[ticket]
    assert (stands["group"], stands["level"], stands["priority"]) == ("headquarters", "high", "urgent")
    assert stands["tags"] == ["present"]
    assert len(helpdesk.notes(ticket)) == 1
    assert [row.state for row in book.actions()] == ["done"]
    assert book.case(ticket).problem is None


def test_a_second_look_reads_once_and_writes_nothing(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    book.hear(ticket)
    book.run()
    assert helpdesk.count("GET") == 2
    assert helpdesk.count("PUT") == 1


def test_the_same_webhook_twice_is_one_delivery_and_one_look(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    assert book.hear(ticket, key="same")
    assert not book.hear(ticket, key="same")
    book.run()
    assert not book.hear(ticket, key="same")
    book.run()
    assert helpdesk.requests == [("GET", "1"), ("PUT", "1")]
    assert [row.state for row in book.deliveries()] == ["read"]
