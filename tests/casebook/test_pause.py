"""A desk a person paused: it takes webhooks and counts its clocks, and its helpdesk is not called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.casebook.desk_rows import desk_states
from plugin.casebook.interventions import By, NoSuchDesk, pause, resume
from plugin.casebook.tables import ledger
from plugin.casebook.watch import health
from tests.casebook.conftest import Book, on_record, put_on_hold
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import TimedBook, opened

BY = By("operator", "the helpdesk is being upgraded")


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def test_nothing_is_asked_until_it_is_resumed(book: Book, helpdesk: StandIn) -> None:
    low, top = helpdesk.open("complaint", "1 person"), helpdesk.open("complaint", "4 people")
    book.hear(low)
    book.hear(top)
    assert pause(book.database, "hall", BY)
    book.later(86_400)
    assert helpdesk.requests == []
    (paused,) = health(book.database).paused
    assert (paused.desk, paused.who, paused.why, paused.waiting) == ("hall", BY.who, BY.why, 2)
    assert not health(book.database).is_late, "what a person made wait is no fault of the loop"
    assert [(s.desk, s.state, s.reason, s.until) for s in desk_states(book.database)] == [
        ("hall", "open", "paused", None)
    ]
    assert resume(book.database, "hall", By("operator", "done"))
    book.run()
    assert [helpdesk.tickets[each]["level"] for each in (low, top)] == ["low", "top"]
    assert [(row["what"], row["why"]) for row in on_record(book.database)] == [
        ("pause", BY.why),
        ("resume", "done"),
    ]


def test_clocks_run_and_people_are_told(timed: TimedBook, helpdesk: StandIn) -> None:
    opened(timed)
    pause(timed.database, "hall", BY)
    asked = len(helpdesk.requests)
    timed.later(601)
    assert [row.how for row in timed.rows(ledger) if row.how == "planned"], "it fell due"
    for _ in range(10):
        timed.later(60)
    assert "commander" in timed.told(), "what must be sent is sent, for the ticket cannot be read"
    assert len(helpdesk.requests) == asked


def test_what_is_in_hand_writes_nothing_more(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("GET", then=lambda: pause(book.database, "hall", BY)))
    book.hear(ticket)
    book.run()
    assert [method for method, _ in helpdesk.requests] == ["GET"]
    resume(book.database, "hall", BY)
    book.run()
    assert len(helpdesk.notes(ticket)) == 1


def test_a_wait_the_helpdesk_asked_for_outlives_the_pause(book: Book, helpdesk: StandIn) -> None:
    book.hear(helpdesk.open("complaint", "3 people"))
    put_on_hold(book.database, "hall", 60.0)
    pause(book.database, "hall", BY)
    resume(book.database, "hall", BY)
    book.later(50)
    assert helpdesk.requests == []
    book.later(11)
    assert helpdesk.count("PUT") == 1


def test_a_clock_set_back_resumes_nothing(book: Book, helpdesk: StandIn) -> None:
    from plugin.casebook.afresh import start_afresh

    book.hear(helpdesk.open("complaint", "3 people"))
    pause(book.database, "hall", BY)
    book.database.ahead -= 7200
    start_afresh(book.database)
    book.run()
    assert helpdesk.requests == []


def test_it_is_paused_once_and_only_where_it_is_known(book: Book, helpdesk: StandIn) -> None:
    book.hear(helpdesk.open("complaint", "3 people"))
    assert not resume(book.database, "hall", BY)
    assert pause(book.database, "hall", BY)
    assert not pause(book.database, "hall", By("other", "again"))
    with pytest.raises(NoSuchDesk):
        pause(book.database, "hal", BY)
    assert len(on_record(book.database)) == 1
