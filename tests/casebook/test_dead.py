"""Dead letters of each kind: listed with what and why, brought back or taken off the list, all on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook.dead import DeadLetter, dead_letters
from plugin.casebook.desks import Contact, DeskInUse
from plugin.casebook.inbox import keep_unreadable
from plugin.casebook.interventions import By
from plugin.casebook.places import DAY
from plugin.casebook.retrying import Came, Retried, Retry, chosen
from plugin.casebook.tables import delivery, message
from plugin.casebook.telling import Word, tell
from plugin.casebook.watch import health
from plugin.casebook.wording import to_be_done, why
from plugin.errors import Unstorable
from plugin.notify.outcomes import DELIVERED, Outcome
from tests.casebook.conftest import Book, on_record, tidy
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import TimedBook, opened

BY = By("duty", "the group exists now")


class ReachingBook(TimedBook):
    """One in which somebody can be reached, or nobody."""

    is_reached = True

    def desks(self) -> dict[str, DeskInUse]:
        desk = super().desks()["hall"]
        secret = "env:DEPUTY" if self.is_reached else None
        clocks = replace(desk.clocks, reach=lambda to, _at, _placement: (Contact(to, secret),))
        return {"hall": replace(desk, clocks=clocks)}


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[ReachingBook]:
    made = ReachingBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def refused(book: Book, helpdesk: StandIn) -> int:
    """A ticket whose write the helpdesk refused for good."""
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.refusal = lambda _: "no such group"
    book.hear(ticket)
    book.run()
    helpdesk.refusal = lambda _: ""
    return ticket


def only(book: Book) -> DeadLetter:
    (letter,) = dead_letters(book.database)
    return letter


def again(book: Book, letter: DeadLetter | None = None, **how: Any) -> Retried:
    return Retry(book.database, book.desks(), BY, **how)(letter or only(book))


def record(book: Book) -> list[tuple[str, str, str, str]]:
    return [(row["what"], row["subject"], row["who"], row["why"]) for row in on_record(book.database)]


def test_a_refused_write_says_what_and_why(book: Book, helpdesk: StandIn) -> None:
    ticket = refused(book, helpdesk)
    letter = only(book)
    assert (letter.kind, letter.desk, letter.ticket) == ("write", "hall", str(ticket))
    assert "set group to headquarters; set level to high" in to_be_done(letter, "en")
    assert to_be_done(letter, "en").endswith("write the internal note")
    assert "写内部备注" in to_be_done(letter, "zh")
    assert "no such group" in why(letter, "zh")
    assert "paidan retry" in why(letter, "en")


def test_a_refused_write_is_written_when_it_is_asked_for(book: Book, helpdesk: StandIn) -> None:
    ticket = refused(book, helpdesk)
    letter = only(book)
    assert again(book).came == "again"
    book.run()
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert len(helpdesk.notes(ticket)) == 1
    assert dead_letters(book.database) == []
    assert record(book) == [("retry", letter.id, "duty", "the group exists now")]


def test_what_is_refused_again_is_dead_again_and_only_once(book: Book, helpdesk: StandIn) -> None:
    refused(book, helpdesk)
    first, tries = only(book), helpdesk.count("PUT")
    again(book)
    helpdesk.refusal = lambda _: "still not"
    book.run()
    assert only(book).id != first.id
    assert helpdesk.count("PUT") == 2 * tries


def test_what_is_asked_for_while_the_ticket_is_read_is_not_lost(book: Book, helpdesk: StandIn) -> None:
    ticket = refused(book, helpdesk)
    letter = only(book)
    helpdesk.faults.append(Fault("GET", then=lambda: again(book, letter)))
    book.hear(ticket)
    book.run()
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert dead_letters(book.database) == []


def test_a_dry_run_changes_nothing(book: Book, helpdesk: StandIn) -> None:
    refused(book, helpdesk)
    before = book.rows(delivery), book.actions(), book.case(1)
    assert again(book, dry=True).came == "again"
    assert Retry(book.database, book.desks(), BY, dry=True).drop(only(book)).came == "dropped"
    assert (book.rows(delivery), book.actions(), book.case(1)) == before
    assert record(book) == []


def test_a_letter_somebody_else_brought_back_is_gone(book: Book, helpdesk: StandIn) -> None:
    refused(book, helpdesk)
    letter = only(book)
    again(book)
    book.run()
    assert again(book, letter).came == "gone"
    assert chosen(book.database, [letter.id, "d7"]) == ([], [letter.id, "d7"])
    assert len(record(book)) == 1


def test_a_desk_without_a_file_is_told_of(book: Book, helpdesk: StandIn) -> None:
    refused(book, helpdesk)
    assert Retry(book.database, {}, BY)(only(book)).came == "no-desk"


def undelivered(timed: TimedBook) -> None:
    """A message that was refused for good."""
    opened(timed)
    timed.outcome = Outcome("refused", "sign-in")
    timed.later(601)
    timed.outcome = DELIVERED
    timed.letters.clear()


def test_a_message_nobody_took_is_sent_again_under_its_id(timed: ReachingBook) -> None:
    undelivered(timed)
    letter = only(timed)
    assert to_be_done(letter, "en") == "tell deputy: limit report, step 1 of 2"
    assert "env:DEPUTY" in why(letter, "en")
    assert again(timed).detail == "deputy"
    timed.run()
    assert [each.id for each in timed.letters] == [letter.id]
    assert dead_letters(timed.database) == []
    assert health(timed.database).unsent == 0


@pytest.mark.parametrize(("is_reached", "came"), [(True, "again"), (False, "nobody")])
def test_a_message_for_nobody_goes_to_who_is_on_duty_now(
    timed: ReachingBook, is_reached: bool, came: Came
) -> None:
    timed.is_reached = False
    opened(timed)
    timed.later(601)
    assert health(timed.database).unsent == 1
    assert "nobody was on duty" in why(only(timed), "en")
    timed.is_reached = is_reached
    assert again(timed).came == came
    timed.run()
    assert timed.told() == (["deputy"] if is_reached else [])
    assert len(dead_letters(timed.database)) == (0 if is_reached else 1)


def test_nobody_is_told_of_what_was_answered_meanwhile(timed: ReachingBook) -> None:
    timed.is_reached = False
    opened(timed)
    timed.later(601)
    letter = only(timed)
    timed.is_reached = True
    tell(timed.database, "hall", "1", Word("ack", "duty officer"))
    timed.run()
    assert Retry(timed.database, timed.desks(), BY)(letter).came == "over"
    timed.run()
    assert timed.told() == []
    assert dead_letters(timed.database) == []


def unreadable(book: Book, body: bytes, code: str = "ticket-id-missing") -> DeadLetter:
    keep_unreadable(book.database, "hall", "", body, code)
    return only(book)


def test_a_delivery_is_read_by_the_connector_as_it_is_now(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    letter = unreadable(book, b'{"ticket": %d, "event": "updated"}' % ticket)
    assert letter.id.startswith("d")
    assert again(book).detail == str(ticket)
    book.run()
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert [row.state for row in book.deliveries()] == ["read"]
    assert record(book)[0][:2] == ("retry", letter.id)


@pytest.mark.parametrize(
    ("body", "code"), [(b"{}", "ticket-id-missing"), (b"", "body-empty"), (b"{", "body-not-json")]
)
def test_a_delivery_that_still_says_nothing_stays(book: Book, body: bytes, code: str) -> None:
    unreadable(book, body, code)
    found = again(book)
    assert (found.came, found.detail) == ("still", code)
    assert len(dead_letters(book.database)) == 1
    assert record(book) == []


def test_a_delivery_the_case_book_cannot_take_says_so_and_stays(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> None:
        raise Unstorable("no such value")

    letter = unreadable(book, b'{"ticket": 7, "event": "updated"}', "not-storable")
    assert "cannot take" in why(letter, "en")
    monkeypatch.setattr("plugin.casebook.retrying.make_due", refused)
    found = again(book)
    assert (found.came, found.detail) == ("still", "not-storable")
    assert only(book).problem["code"] == "not-storable"


def test_a_delivery_whose_body_is_gone_says_so(book: Book) -> None:
    unreadable(book, b"{}")
    book.database.ahead += 31 * DAY
    tidy(book.database)
    assert only(book).problem["code"] == "body-gone"
    assert again(book).detail == "body-gone"
    assert Retry(book.database, {}, BY).drop(only(book)).came == "dropped"
    assert dead_letters(book.database) == []


def test_each_kind_can_be_taken_off_the_list(timed: ReachingBook, helpdesk: StandIn) -> None:
    undelivered(timed)
    refused(timed, helpdesk)
    keep_unreadable(timed.database, "hall", "", b"{}", "ticket-id-missing")
    letters = dead_letters(timed.database)
    assert sorted(each.kind for each in letters) == ["delivery", "message", "write"]
    assert len(dead_letters(timed.database, "hall")) == 3
    assert dead_letters(timed.database, "elsewhere") == []
    for letter in letters:
        assert Retry(timed.database, {}, BY).drop(letter).came == "dropped"
    assert dead_letters(timed.database) == []
    assert [what for what, *_ in record(timed)] == ["drop"] * 3
    timed.later(60)
    assert timed.told() == []
    assert [row.reason for row in timed.rows(message)] == ["withdrawn"]
