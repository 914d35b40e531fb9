"""Changes no webhook told of are found, each once, and nothing is asked that is known already."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugin.casebook.afresh import start_afresh
from plugin.casebook.polls import take
from plugin.desk.helpdesk import Page
from tests.casebook.conftest import put_on_hold
from tests.casebook.looking import EVERY, Looking
from tests.casebook.standin import PAGE, Fault, StandIn


@pytest.fixture
def book(tmp_path: Path, helpdesk: StandIn) -> Iterator[Looking]:
    made = Looking(tmp_path, helpdesk)
    yield made
    made.database.close()


def pass_time(book: Looking, seconds: float) -> None:
    book.database.ahead += seconds
    book.helpdesk.ahead += seconds


def opened(helpdesk: StandIn, count: int, text: str = "3 people") -> list[int]:
    return [helpdesk.open("complaint", text) for _ in range(count)]


def test_a_ticket_opened_while_nobody_listened_is_found_at_the_start(
    book: Looking, helpdesk: StandIn
) -> None:
    book.look()
    ticket = helpdesk.open("complaint", "3 people")
    book.start()
    assert book.look() == 1
    assert helpdesk.tickets[ticket]["level"] == "high"
    assert (book.state.missed, book.state.walks, book.state.problem) == (1, 2, None)


def test_a_change_nobody_told_of_is_found_by_the_timer_once_its_webhook_is_late(
    book: Looking, helpdesk: StandIn
) -> None:
    book.look()
    ticket = helpdesk.open("complaint", "1 person")
    book.hear(ticket)
    book.run()
    assert book.look(EVERY * 1.2) == 0
    helpdesk.say(ticket, "now 4 people")
    assert book.look(EVERY * 1.2) == 1
    assert helpdesk.tickets[ticket]["level"] == "top"
    assert book.state.missed == 1


def test_what_was_read_or_written_by_us_is_not_asked_for_again(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    for ticket in opened(helpdesk, 6):
        book.hear(ticket)
    book.run()
    assert helpdesk.count("PUT") == 6
    for _ in range(3):
        assert book.look(EVERY * 1.2) == 0
    assert (book.state.missed, book.state.walks) == (0, 4)


def test_nothing_is_asked_between_two_looks(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    lists = helpdesk.count("LIST")
    for _ in range(8):
        book.look(EVERY / 10)
    assert helpdesk.count("LIST") == lists


def test_a_young_change_is_left_to_its_webhook_and_found_by_the_next_look(
    book: Looking, helpdesk: StandIn
) -> None:
    book.look()
    pass_time(book, EVERY * 1.2)
    ticket = helpdesk.open("complaint", "3 people")
    assert book.look() == 0
    book.hear(ticket)
    book.run()
    other = helpdesk.open("complaint", "2 people")
    assert book.look(EVERY * 1.2) == 1
    assert helpdesk.tickets[other]["level"] == "mid"
    assert book.state.missed == 1


def test_a_ticket_that_is_waited_for_anyway_counts_as_told(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.start()
    book.pages()
    assert book.state.missed == 0
    assert book.case(ticket).wake == 1


def test_tickets_from_before_paidan_knew_the_desk_are_left_alone(tmp_path: Path, helpdesk: StandIn) -> None:
    old = helpdesk.open("complaint", "3 people", created_at="2026-01-01T00:00:00Z")
    helpdesk.set(old, changed_at="2026-01-01T00:00:00+00:00")
    book = Looking(tmp_path, helpdesk)
    assert book.look() == 0
    helpdesk.say(old, "still 3 people")
    assert book.look(EVERY * 1.2) == 1
    book.database.close()


@pytest.mark.parametrize("count", [PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE + 1])
def test_many_tickets_of_one_instant_are_all_found(book: Looking, helpdesk: StandIn, count: int) -> None:
    book.look()
    at = helpdesk._now()
    for ticket in opened(helpdesk, count):
        helpdesk.set(ticket, changed_at=at)
    helpdesk.open("complaint", "2 people")
    book.start()
    book.look()
    assert book.routed() == set(helpdesk.tickets)
    assert book.state.missed == count + 1


def test_tickets_that_change_while_the_list_is_read_hide_no_other(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    tickets = opened(helpdesk, 4 * PAGE)
    at = helpdesk._now()
    for ticket in tickets:
        helpdesk.set(ticket, changed_at=at)
    moves = iter(tickets)
    for _ in range(6):
        helpdesk.faults.append(Fault("LIST", then=lambda: helpdesk.set(next(moves), title="x")))
    book.start()
    book.pages()
    book.run()
    assert book.routed() == set(tickets)


@pytest.mark.parametrize("skew", [3600.0, -3600.0, 50.0, -50.0])
def test_a_helpdesk_whose_clock_is_wrong_hides_nothing(book: Looking, helpdesk: StandIn, skew: float) -> None:
    helpdesk.ahead = skew
    book.pages()
    found: set[str] = set()
    for round_ in range(4):
        opened(helpdesk, 3)
        pass_time(book, EVERY * 1.2)
        book.pages()
        found |= {row.ticket for row in book.rows_of_cases()}
        assert len(found) == 3 * (round_ + 1)
    assert book.row.mark <= time.time() + helpdesk.ahead


@pytest.mark.parametrize("step", [-3600.0, 3600.0, -86_400.0])
def test_a_helpdesk_whose_clock_is_set_hides_nothing(book: Looking, helpdesk: StandIn, step: float) -> None:
    book.look()
    opened(helpdesk, 2)
    book.look(EVERY * 1.2)
    helpdesk.ahead += step
    opened(helpdesk, 2)
    for _ in range(2):
        pass_time(book, EVERY * 1.2)
        book.pages()
    assert {row.ticket for row in book.rows_of_cases()} == {"1", "2", "3", "4"}


def test_a_ticket_of_the_future_does_not_carry_the_mark_away(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    wrong = helpdesk.open("complaint", "1 person")
    helpdesk.set(wrong, changed_at="2036-01-01T00:00:00+00:00")
    book.look(EVERY * 1.2)
    ticket = helpdesk.open("complaint", "3 people")
    book.look(EVERY * 1.2)
    assert helpdesk.tickets[ticket]["level"] == "high"


def test_only_one_looks_at_a_time_and_who_was_overtaken_writes_nothing(
    book: Looking, helpdesk: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(helpdesk, 3)
    assert take(book.database, ["hall"], 30.0) is not None
    assert book.pages() == 0
    pass_time(book, 31.0)
    other = book.reconciler()
    page = book.connector.changed_page

    def overtaken(*args: object, **more: object) -> Page:
        found = page(*args, **more)  # type: ignore[arg-type]
        monkeypatch.undo()
        pass_time(book, 31.0)
        assert other() == 1
        return found

    monkeypatch.setattr(book.connector, "changed_page", overtaken)
    before = book.row.fence
    assert book.reconcile() == 0
    assert book.row.fence == before + 2
    assert (book.state.missed, book.state.walks) == (3, 1)


def test_pages_go_on_where_a_crash_left_them(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    now = datetime.now(UTC)
    for number, ticket in enumerate(opened(helpdesk, 5 * PAGE)):
        helpdesk.set(ticket, changed_at=(now + timedelta(seconds=100 * number)).isoformat())
    pass_time(book, 3000)
    book.start()
    for _ in range(3):
        assert book.reconcile() == 1
    lists = helpdesk.count("LIST")
    book.start()
    book.pages()
    book.run()
    assert book.routed() == set(helpdesk.tickets)
    again = helpdesk.count("LIST") - lists
    assert again <= 4 + 1, "what was looked at before the crash is not listed again"


def test_pages_go_on_after_the_helpdesk_asked_to_wait(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    opened(helpdesk, 3 * PAGE)
    book.start()
    assert book.reconcile() == 1
    mark = book.row.mark
    helpdesk.faults.append(Fault("LIST", status=429, headers={"Retry-After": "40"}))
    assert book.reconcile() == 1
    assert (book.state.problem, book.row.mark) == ("Busy", mark)
    lists = helpdesk.count("LIST")
    book.look(35)
    assert helpdesk.count("LIST") == lists
    book.look(6)
    assert book.routed() == set(helpdesk.tickets)
    assert book.state.problem is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault("LIST", status=500),
        Fault("LIST", cut="before"),
        Fault("LIST", status=200, body=b"<html>"),
        Fault("LIST", status=200, body=b'{"items": null}'),
        Fault("LIST", status=200, body=b'{"items": [{"id": 1}, {"title": "no id"}]}'),
        Fault("LIST", status=403),
        Fault("LIST", status=404),
    ],
    ids=lambda fault: str(fault.status or fault.cut) + fault.body.decode()[:20],
)
def test_a_list_that_cannot_be_read_is_tried_again_and_passes_nothing_over(
    book: Looking, helpdesk: StandIn, fault: Fault
) -> None:
    book.look()
    opened(helpdesk, 2 * PAGE)
    book.start()
    mark = book.row.mark
    helpdesk.faults.append(fault)
    book.pages()
    assert book.row.mark == mark
    assert book.state.problem is not None
    assert helpdesk.count("LIST") == 2
    book.look(20)
    assert book.routed() == set(helpdesk.tickets)


def test_the_end_of_an_outage_is_looked_into_without_waiting(book: Looking, helpdesk: StandIn) -> None:
    book.look()
    book.look(AFTER := 40.0)
    lists = helpdesk.count("LIST")
    put_on_hold(book.database, "hall", 10.0)
    ticket = helpdesk.open("complaint", "3 people")
    assert book.look(5) == 0
    assert book.look(6) == 1
    assert helpdesk.tickets[ticket]["level"] == "high"
    assert helpdesk.count("LIST") == lists + 1
    assert book.look(1) == 0
    assert helpdesk.count("LIST") == lists + 1
    assert AFTER < EVERY


def test_a_second_change_of_the_same_second_is_not_taken_for_the_first(
    book: Looking, helpdesk: StandIn
) -> None:
    """The list tells changes to the second: what was read within it may have been the first of two."""
    helpdesk.whole_seconds = True
    book.look()
    ticket = helpdesk.open("complaint", "1 person")
    book.hear(ticket)
    book.run()
    at = helpdesk.tickets[ticket]["changed_at"]
    helpdesk.say(ticket, "now 4 people")
    helpdesk.set(ticket, changed_at=at, changed_by="citizen")
    assert book.look(EVERY * 1.2) == 1
    assert helpdesk.tickets[ticket]["level"] == "top"
    assert book.look(EVERY * 1.2) == 0


def test_after_our_own_clock_was_set_back_nothing_counts_as_read_in_the_future(
    book: Looking, helpdesk: StandIn
) -> None:
    book.look()
    book.database.ahead += 4 * 3600
    ticket = helpdesk.open("complaint", "1 person")
    book.hear(ticket)
    book.pages()
    book.clock.accept(book.connector)
    book.run()
    assert book.case(ticket).status == "open"
    book.database.ahead -= 4 * 3600
    start_afresh(book.database)
    book.pages()
    book.clock.accept(book.connector)
    book.run()
    helpdesk.say(ticket, "now 4 people")
    book.start()
    assert book.look() == 1
    assert helpdesk.tickets[ticket]["level"] == "top"


def test_our_own_write_of_the_same_second_needs_no_second_read(book: Looking, helpdesk: StandIn) -> None:
    helpdesk.whole_seconds = True
    book.look()
    ticket = helpdesk.open("complaint", "1 person")
    book.hear(ticket)
    book.run()
    assert helpdesk.count("PUT") == 1
    assert book.look(EVERY * 1.2) == 0
    assert book.state.missed == 0


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_look_that_began_before_the_start_is_followed_by_one_of_its_own(
    book: Looking, helpdesk: StandIn, is_asked: bool
) -> None:
    """What changed while Paidan was down may stand before the page an earlier look had come to."""
    if not is_asked:
        book.look()
    opened(helpdesk, 3 * PAGE)
    pass_time(book, EVERY * 1.2)
    assert book.reconcile() == 1
    late = helpdesk.open("complaint", "4 people")
    book.start()
    book.look()
    assert helpdesk.tickets[late]["level"] == "top"
