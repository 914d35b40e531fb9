"""A group renamed, doubled or put out of use in the helpdesk: nobody moved the tickets that stand in it."""

from __future__ import annotations

import time

import pytest

from tests.casebook.conftest import Book
from tests.casebook.test_stepped import TICKET, Far, far, routed, routing
from tests.desk.products import message

__all__ = ["far", "routing"]


def later(book: Book, far: Far, groups: dict[str, str]) -> None:
    """The list is another by now, and was asked for anew; somebody says something more."""
    far.listed = groups
    book.connector.lists._clock = lambda: time.monotonic() + 700.0
    far.ticket["messages"].append(
        message("m9", sender="customer", text="still 3 people", at="2026-11-23T09:00:00Z")
    )
    book.hear(TICKET)
    book.run()
    book.later(20)


RENAMED = {
    "renamed": {"7": "intake", "8": "field team", "9": "Head office"},
    "out of use": {"7": "intake", "8": "field team"},
    "doubled": {"7": "intake", "8": "field team", "9": "headquarters", "10": "headquarters"},
}


@pytest.mark.parametrize("how", RENAMED)
def test_a_ticket_that_stands_where_it_was_put_was_moved_by_nobody(routing: Book, far: Far, how: str) -> None:
    routed(routing)
    made = len(far.made)
    later(routing, far, RENAMED[how])
    assert routing.events("moved") == []
    assert all(method == "GET" for method, _ in far.made[made:])
    assert [row.state for row in routing.actions()] == ["done"]


@pytest.mark.parametrize("how", RENAMED)
def test_a_ticket_somebody_did_move_is_left_where_it_is(routing: Book, far: Far, how: str) -> None:
    routed(routing)
    far.rows[:] = [{"id": 9, "type": 2, "group": 8}]
    far.ticket["version"] += 1
    later(routing, far, RENAMED[how])
    assert [row.facts for row in routing.events("moved")]
    assert far.groups == ["field team"]
