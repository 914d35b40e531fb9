"""Which case goes first: the gravest, those near a limit of the law, and one in five the longest-waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from plugin.casebook.advance import Advance
from plugin.casebook.claiming import claim
from plugin.casebook.desks import DeskInUse
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.casebook.tables import case
from plugin.desk.limits import Budget
from tests.casebook.conftest import Book
from tests.casebook.standin import StandIn
from tests.casebook.test_storm import known
from tests.casebook.test_time import TimedBook, opened

HOUR = 3600.0


class LegalBook(TimedBook):
    """One of its limits rests on a law."""

    def desks(self) -> dict[str, DeskInUse]:
        desk = super().desks()["hall"]
        return {"hall": replace(desk, clocks=replace(desk.clocks, legal=frozenset({"answer"})))}


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[LegalBook]:
    made = LegalBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def test_the_next_limit_of_the_law_is_kept_beside_the_case(timed: LegalBook, helpdesk: StandIn) -> None:
    number = opened(timed)
    row = timed.case(number)
    assert row.legal_due_at == pytest.approx(row.first_at + 24 * HOUR, abs=5)
    helpdesk.set(number, state="closed")
    timed.hear(number)
    timed.later(5)
    assert timed.case(number).legal_due_at is None


@pytest.mark.parametrize(
    ("due_in", "goes_first"), [(23 * HOUR, True), (25 * HOUR, False), (-HOUR, True), (-25 * HOUR, False)]
)
def test_a_limit_of_the_law_within_a_day_counts_as_the_gravest(
    book: Book, helpdesk: StandIn, due_in: float, goes_first: bool
) -> None:
    low, high = known(book, helpdesk, [1, 3])
    with book.database.write() as tx:
        tx.run(update(case).where(case.c.ticket == str(low)).values(legal_due_at=tx.now + due_in))
    book.hear(high)
    book.hear(low)
    first = claim(book.database, 30.0, longest_waiting=False)
    assert first is not None
    assert (first.ticket == str(low)) is goes_first


def test_tries_that_came_to_nothing_lose_nobody_his_place(book: Book, helpdesk: StandIn) -> None:
    low, high = known(book, helpdesk, [1, 4])
    book.hear(low)
    with book.database.write() as tx:
        waited = {"waiting_since": tx.now - HOUR, "next_at": tx.now}
        tx.run(update(case).where(case.c.ticket == str(low)).values(**waited))
    book.hear(high)
    longest = claim(book.database, 30.0, longest_waiting=True)
    assert longest is not None
    assert longest.ticket == str(low)


def test_a_scarce_budget_is_spread_and_the_gravest_do_not_wait(book: Book, helpdesk: StandIn) -> None:
    tickets = known(book, helpdesk, [1, 1, 1, 1, 4])
    holds = Holds(book.database)
    loop = Loop(book.database, Advance(book.database, book.desks, holds, book.pace), lease=30.0)
    for ticket in tickets:
        book.hear(ticket)
    holds.budget_told("hall", Budget(remaining=6, limit=60, reset_in=60.0))
    loop.run_until_idle()
    assert [int(number) for _, number in helpdesk.requests] == [tickets[-1]]
    for _ in range(6):
        book.database.ahead += 9.0
        loop.run_until_idle()
    assert len(helpdesk.requests) in range(3, 6), (
        "about one call in ten seconds, or two for a case that writes"
    )
    book.database.ahead += 60.0
    loop.run_until_idle()
    assert {int(number) for _, number in helpdesk.requests} == set(tickets)


def test_no_call_is_made_while_none_is_left(book: Book, helpdesk: StandIn) -> None:
    (ticket,) = known(book, helpdesk, [3])
    holds = Holds(book.database)
    holds.budget_told("hall", Budget(remaining=0, limit=60, reset_in=40.0))
    book.hear(ticket)
    book.later(35)
    assert helpdesk.requests == []
    book.later(6)
    assert helpdesk.count("GET") == 1
