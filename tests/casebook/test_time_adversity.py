"""Clocks in adverse circumstances: what cannot be read, is taken back, falls due again or comes too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from plugin.casebook.clock import ClockWatch
from plugin.casebook.store import seconds_to_due
from plugin.casebook.tables import case
from plugin.core.case import CaseState, Decision
from plugin.core.ticket import Ticket
from plugin.core.timekeeping import Policy
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import ANSWER, CHAIN, POLICY, REPORT, TimedBook, opened

Timed = Callable[[Policy], TimedBook]
PAUSING = Policy(POLICY.levels, (replace(REPORT, pause_on=frozenset({"paused"})), ANSWER), (CHAIN,))


@pytest.fixture
def book_of(tmp_path: Path, helpdesk: StandIn) -> Iterator[Timed]:
    """A case book whose desk runs this policy."""
    made: list[TimedBook] = []

    def book(policy: Policy) -> TimedBook:
        made.append(TimedBook(tmp_path, helpdesk, policy=policy))
        return made[-1]

    yield book
    for each in made:
        each.database.close()


@pytest.fixture
def timed(book_of: Timed) -> TimedBook:
    """A case book whose desk runs the usual policy."""
    return book_of(POLICY)


def look(book: TimedBook, number: int, times: int = 3) -> None:
    """Webhooks of the ticket arrive, for whatever reason."""
    for _ in range(times):
        book.hear(number)
        book.later(1)


def test_what_a_pause_put_off_is_told_once_when_it_falls_due_after_all(
    book_of: Timed, helpdesk: StandIn
) -> None:
    book = book_of(PAUSING)
    number = opened(book)
    book.later(250)
    helpdesk.set(number, state="waiting")
    book.later(60)
    assert book.decided("withdrawn")
    helpdesk.set(number, state="open")
    look(book, number)
    book.later(60)
    look(book, number)
    assert sum("50 % of the time is used" in note for note in helpdesk.notes(number)) == 1
    assert not book.decided("withdrawn")
    book.later(300)
    look(book, number)
    assert book.told() == ["deputy"]
    assert "\n".join(helpdesk.notes(number)).count("step 1 of 2") == 1


class TestUnreadable:
    @pytest.mark.parametrize("status", [403, 422, 503])
    def test_a_ticket_that_cannot_be_read_is_asked_for_less_and_less_often(
        self, timed: TimedBook, helpdesk: StandIn, status: int
    ) -> None:
        opened(timed)
        helpdesk.faults.extend(Fault("GET", status=status) for _ in range(2_000))
        for _ in range(60):
            timed.later(15)
        assert helpdesk.count("GET") < 60

    def test_a_deleted_ticket_still_owes_its_report_and_nobody_else_is_told(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        helpdesk.tickets.pop(number)
        for _ in range(30):
            timed.later(60)
        assert set(timed.told()) == {"commander"}
        assert timed.letters[0].slots["unreadable"]
        assert len(timed.events("gone")) == 1

    def test_a_ticket_that_comes_back_is_told_of_what_went_out_meanwhile_once(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        kept = helpdesk.tickets.pop(number)
        for _ in range(30):
            timed.later(60)
        helpdesk.tickets[number] = kept
        look(timed, number)
        told = timed.told()
        assert told.count("deputy") == 1
        look(timed, number)
        assert timed.told() == told
        lines = [line for note in helpdesk.notes(number) for line in note.splitlines() if "step" in line]
        assert len(lines) == len(set(lines)) == len(told)


def test_no_step_moves_a_matter_to_a_group_it_is_about(timed: TimedBook, helpdesk: StandIn) -> None:
    plain = timed.decide

    def recusing(ticket: Ticket, state: CaseState, now: datetime) -> Decision:
        decision = plain(ticket, state, now)
        placement = replace(decision.standing.placement, lead="onsite", recused=("hq",))
        return replace(decision, standing=replace(decision.standing, placement=placement))

    timed.decide = recusing
    number = opened(timed)
    timed.later(601)
    timed.later(301)
    assert timed.ticket(number)["group"] == "field team"
    assert timed.ticket(number)["priority"] == "urgent"
    assert "moved to" not in "\n".join(helpdesk.notes(number))


@pytest.mark.parametrize("readable", [True, False])
def test_nobody_is_told_by_a_clock_that_cannot_be_believed(
    timed: TimedBook, helpdesk: StandIn, readable: bool
) -> None:
    wall = [1_000_000.0]
    watch = ClockWatch(lambda: wall[0], lambda: 0.0)
    timed.restart(watch)
    number = opened(timed)
    wall[0] += 7_200
    if not readable:
        helpdesk.faults.extend(Fault("GET", status=503) for _ in range(500))
    for _ in range(20):
        timed.later(60)
    assert timed.told() == []
    assert readable is ('"clock"' in (timed.case(number).problem or ""))
    wall[0] -= 7_200
    helpdesk.faults.clear()
    timed.later(61)
    timed.later(61)
    assert sorted(timed.told()) == ["commander", "deputy"]


def test_an_idle_worker_sleeps_while_the_case_that_is_due_is_in_other_hands(timed: TimedBook) -> None:
    opened(timed)
    timed.database.ahead += 601
    with timed.database.write() as tx:
        tx.run(update(case).values(lease_until=tx.now + 25))
    assert not timed.loop.turn()
    assert (seconds_to_due(timed.database) or 0) > 20


def test_a_note_a_closed_ticket_would_not_take_is_written_once_it_is_open_again(
    timed: TimedBook, helpdesk: StandIn
) -> None:
    number = opened(timed)
    timed.later(601)
    timed.database.ahead += 301
    helpdesk.ahead += 301
    helpdesk.set(number, state="closed")
    helpdesk.refusal = lambda _: "it is closed"
    timed.run()
    timed.later(60)
    assert helpdesk.count("PUT") < 8
    helpdesk.refusal = lambda _: ""
    assert "step 2 of 2" not in "\n".join(helpdesk.notes(number))
    helpdesk.set(number, state="open")
    look(timed, number)
    assert "\n".join(helpdesk.notes(number)).count("step 2 of 2") == 1
