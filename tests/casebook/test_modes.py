"""A desk that is acted on for some groups: the whole way, on both stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from plugin.casebook.desks import DeskInUse
from plugin.casebook.memory import loaded
from plugin.casebook.switching import wake_acted
from plugin.casebook.tables import case
from plugin.core.effects import DeskMap
from tests.casebook.conftest import Book
from tests.casebook.deciding import LEVELS, desk_map
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import TimedBook, opened


class SomeBook(Book):
    """Observes, and acts for some groups."""

    act_for: frozenset[str] = frozenset({"onsite"})
    act_since: dict[str, float] = {}  # noqa: RUF012 - set on the instance

    @property
    def map(self) -> DeskMap:
        known = replace(desk_map(self.mode), level_order=LEVELS[1:])
        return replace(known, act_for=self.act_for, act_since=self.act_since)

    def desks(self) -> dict[str, DeskInUse]:
        return {name: replace(desk, map=self.map) for name, desk in super().desks().items()}

    def taken_in(self, text: str) -> int:
        """A ticket that was heard of and looked at."""
        number = self.helpdesk.open("complaint", text)
        self.hear(number)
        self.run()
        return number

    def said(self, number: int, text: str) -> None:
        """A later message, heard of."""
        self.helpdesk.say(number, text)
        self.hear(number)
        self.run()

    def now(self) -> float:
        with self.database.read() as tx:
            return tx.now


@pytest.fixture
def some(tmp_path: Path, helpdesk: StandIn) -> Iterator[SomeBook]:
    made = SomeBook(tmp_path, helpdesk, "observe")
    yield made
    made.database.close()


def state(book: Book, number: int) -> Any:
    return loaded(book.case(number).memory).state


def written(helpdesk: StandIn, number: int) -> tuple[Any, ...]:
    ticket = helpdesk.tickets[number]
    return ticket["group"], ticket["level"], len(helpdesk.notes(number))


def test_only_tickets_of_its_groups_are_written_to(some: SomeBook, helpdesk: StandIn) -> None:
    plain, onsite, grave = (some.taken_in(f"{n} people") for n in (0, 1, 3))
    assert written(helpdesk, onsite) == ("field team", "low", 1)
    for each in (plain, grave):
        assert written(helpdesk, each) == ("intake", None, 0)
    assert some.case(grave).level == "high", "it is decided and shown all the same"
    assert helpdesk.count("PUT") == 1


def test_a_ticket_that_rises_to_another_group_is_acted_on_in_full(some: SomeBook, helpdesk: StandIn) -> None:
    number = some.taken_in("1 person")
    some.said(number, "4 people")
    assert written(helpdesk, number) == ("headquarters", "top", 2)
    assert helpdesk.tickets[number]["priority"] == "urgent"


def test_an_accusation_in_confidence_leaves_its_group_also_where_only_that_group_is_acted_on(
    some: SomeBook, helpdesk: StandIn
) -> None:
    number = some.taken_in("1 person")
    some.said(number, "2 people, in confidence")
    assert helpdesk.tickets[number]["group"] == "sealed"


def test_observing_again_ends_it_for_what_was_acted_on_too(some: SomeBook, helpdesk: StandIn) -> None:
    number = some.taken_in("1 person")
    some.act_for = frozenset({"hq"})
    some.said(number, "2 people")
    assert written(helpdesk, number) == ("field team", "low", 1)


def test_proposing_for_the_rest_writes_their_notes_alone(some: SomeBook, helpdesk: StandIn) -> None:
    some.mode = "propose"
    onsite, grave = some.taken_in("1 person"), some.taken_in("3 people")
    assert written(helpdesk, onsite) == ("field team", "low", 1)
    assert written(helpdesk, grave) == ("intake", None, 1)
    assert "a person confirms" in helpdesk.notes(grave)[0]


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_people_had_before_stays_theirs_until_it_rises(
    some: SomeBook, helpdesk: StandIn, is_whole: bool
) -> None:
    some.act_for = frozenset()
    old, rising = some.taken_in("1 person"), some.taken_in("1 person")
    some.later(60)
    some.act_since = {"": some.now()} if is_whole else {"onsite": some.now()}
    some.mode, some.act_for = ("act", frozenset()) if is_whole else ("observe", frozenset({"onsite"}))
    assert wake_acted(some.database, "hall", some.map) == 0
    some.said(old, "1 person still waits")
    some.said(rising, "2 people")
    new = some.taken_in("1 person")
    assert written(helpdesk, old) == ("intake", None, 0)
    assert written(helpdesk, rising) == ("field team", "mid", 1)
    assert written(helpdesk, new) == ("field team", "low", 1)


def test_a_case_book_of_before_knows_what_was_only_looked_at(some: SomeBook, helpdesk: StandIn) -> None:
    some.act_for = frozenset()
    number = some.taken_in("1 person")
    memory = json.loads(some.case(number).memory)
    for name in ("watched", "acted_for", "preview"):
        del memory[name]
    with some.database.write() as tx:
        tx.run(update(case).values(memory=json.dumps(memory)))
    some.later(60)
    some.act_for, some.act_since = frozenset({"onsite"}), {"onsite": some.now()}
    some.said(number, "1 person still waits")
    assert written(helpdesk, number) == ("intake", None, 0)


def test_without_an_instant_what_is_open_is_written_to_at_once(some: SomeBook, helpdesk: StandIn) -> None:
    some.act_for = frozenset()
    open_, plain, closed = (some.taken_in(f"{n} people") for n in (1, 0, 1))
    helpdesk.tickets[closed]["state"] = "closed"
    some.hear(closed)
    some.run()
    assert wake_acted(some.database, "hall", some.map) == 0
    some.act_for = frozenset({"onsite"})
    assert wake_acted(some.database, "hall", some.map) == 1
    some.run()
    assert written(helpdesk, open_) == ("field team", "low", 1)
    assert written(helpdesk, plain) == written(helpdesk, closed) == ("intake", None, 0)
    assert wake_acted(some.database, "hall", some.map) == 0, "it is done"


class SomeTimedBook(TimedBook):
    """The same with clocks: acts for the team in the field alone."""

    def desks(self) -> dict[str, DeskInUse]:
        found = super().desks()
        some = {"act_for": frozenset({"onsite"}), "level_order": LEVELS[1:]}
        return {name: replace(desk, map=replace(desk.map, **some)) for name, desk in found.items()}


def test_the_duties_of_a_level_that_is_reached_later_are_not_silent(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    book = SomeTimedBook(tmp_path, helpdesk, "observe")
    acted, watched_ = opened(book, "1 person"), opened(book, "3 people")
    helpdesk.say(acted, "4 people")
    book.hear(acted)
    book.run()
    for _ in range(12):
        book.later(100)
    told = {(letter.ticket, letter.addressee) for letter in book.letters}
    assert told >= {(str(acted), "deputy"), (str(acted), "commander")}
    assert {ticket for ticket, _ in told} == {str(acted)}, "of one that is only looked at nobody is told"
    assert "missed" in str(helpdesk.tickets[acted]["breach"])
    assert (helpdesk.notes(watched_), helpdesk.tickets[watched_].get("due")) == ([], None)
    assert book.decided("observed")
    book.database.close()


def test_a_report_that_is_owed_goes_out_only_for_what_is_acted_on(tmp_path: Path, helpdesk: StandIn) -> None:
    """Also where the ticket cannot be read: by time alone nothing is told of one that is only looked at."""
    book = SomeTimedBook(tmp_path, helpdesk, "observe")
    acted, _ = opened(book, "1 person"), opened(book, "3 people")
    helpdesk.faults.extend(Fault("GET", status=500) for _ in range(500))
    for _ in range(30):
        book.later(60)
    assert {letter.ticket for letter in book.letters} == {str(acted)}
    book.database.close()


def test_of_two_merged_tickets_the_one_that_was_acted_on_decides(some: SomeBook, helpdesk: StandIn) -> None:
    left, kept = some.taken_in("1 person"), some.taken_in("0 people")
    helpdesk.set(left, state="merged", merged_into=str(kept))
    some.hear(left)
    some.run()
    assert state(some, kept).acted_for == "onsite"
    some.said(kept, "3 people")
    assert helpdesk.tickets[kept]["group"] == "headquarters"
