"""How late the clocks fired, counted once from the ledger; desks a clock holds back, seen by everybody."""

from __future__ import annotations

from itertools import pairwise
from math import floor

import pytest
from sqlalchemy import insert, text, update

from plugin.casebook.clock_holds import FRESH, ClockHeld, clock_held, tell
from plugin.casebook.database import Database
from plugin.casebook.lateness import SETTLED, Lateness
from plugin.casebook.tables import hold, ledger
from plugin.casebook.watch import health
from tests.casebook.conftest import Book, put_on_hold


def fired(book: Book, *late: float, how: str = "fired") -> None:
    with book.database.write() as tx:
        for number, seconds in enumerate(late):
            row = {
                "case_id": 1,
                "how": how,
                "payload_hash": "",
                "decided_at": tx.now,
                "due_at": tx.now - seconds,
            }
            tx.run(insert(ledger).values(key=f"{tx.now}|{number}{how}", **row))


def counts(lateness: Lateness) -> list[int]:
    """How many in each class."""
    classes, _ = lateness()
    numbers = [0, *(number for _, number in classes)]
    return [b - a for a, b in pairwise(numbers)]


class TestLateness:
    def test_each_row_counts_once_in_its_class(self, book: Book) -> None:
        fired(book, 5_000)
        book.database.ahead += 2
        lateness = Lateness(book.database)
        book.database.ahead += 2
        fired(book, 0, 1, 4, 59, 299, 301, 100_000, -3)
        fired(book, 7_000, how="coalesced")
        assert sum(counts(lateness)) == 0
        book.database.ahead += SETTLED + 2
        assert counts(lateness) == [3, 1, 0, 1, 1, 1, 0, 0, 1]
        assert counts(lateness) == [3, 1, 0, 1, 1, 1, 0, 0, 1]
        assert lateness()[1] == pytest.approx(100_664)
        assert lateness()[0][-1] == ("+Inf", 8)
        fired(book, 10)
        book.database.ahead += SETTLED + 2
        assert counts(lateness)[2] == 1

    def test_one_that_was_decided_earlier_and_committed_later_counts_too(self, book: Book) -> None:
        lateness = Lateness(book.database)
        book.database.ahead += 2 * SETTLED
        assert sum(counts(lateness)) == 0
        with book.database.write() as tx:
            row = {"case_id": 1, "how": "fired", "payload_hash": "", "due_at": tx.now - 40}
            tx.run(insert(ledger).values(key="late", decided_at=tx.now - SETTLED / 2, **row))
        book.database.ahead += SETTLED
        assert sum(counts(lateness)) == 1

    def test_one_at_the_very_end_of_a_look_counts_in_that_look_alone(self, book: Book) -> None:
        lateness = Lateness(book.database)
        at = floor(book.database.ask()) + 10.0
        with book.database.write() as tx:
            row = {"case_id": 1, "how": "fired", "payload_hash": "", "due_at": at - 3}
            tx.run(insert(ledger).values(key="end", decided_at=at, **row))
        book.database.ahead += at + SETTLED + 0.1 - book.database.ask()
        assert sum(counts(lateness)) == 1
        book.database.ahead += 5
        assert sum(counts(lateness)) == 1

    def test_it_never_falls_when_rows_leave_or_the_clock_goes_back(self, book: Book) -> None:
        lateness = Lateness(book.database)
        book.database.ahead += 2
        fired(book, 10, 20)
        book.database.ahead += SETTLED + 2
        assert sum(counts(lateness)) == 2
        with book.database.write() as tx:
            tx.run(ledger.delete())
        book.database.ahead -= 3_600
        assert sum(counts(lateness)) == 2
        book.database.ahead += 2
        fired(book, 10)
        book.database.ahead += SETTLED + 2
        assert sum(counts(lateness)) == 3

    def test_it_reads_only_what_is_new(self, book: Book) -> None:
        """By the index: the whole ledger may be long."""
        asked = "select 1 from ledger where how = 'fired' and decided_at > 5 and decided_at <= 9"
        with book.database.read() as tx:
            if not book.database.is_sqlite:
                tx.run(text("set local enable_seqscan = off"))
            plan = "explain query plan" if book.database.is_sqlite else "explain"
            assert "ledger_fired" in " ".join(str(row) for row in tx.run(text(f"{plan} {asked}")))


class TestHeldBack:
    def held(self, database: Database) -> tuple[ClockHeld, ...]:
        with database.read() as tx:
            return clock_held(tx)

    def test_what_one_process_says_every_other_sees_until_it_is_silent(self, book: Book) -> None:
        put_on_hold(book.database, "hall", 5.0)
        assert health(book.database).clock_held == ()
        begun = book.database.ask()
        tell(book.database, {"hall": 7_200.04})
        tell(book.database, {})  # another process, whose clock is right
        book.database.ahead += FRESH - 5
        tell(book.database, {"hall": 7_201.0})
        book.database.ahead += FRESH - 5
        (found,) = health(book.database).clock_held
        assert (found.desk, found.seconds) == ("hall", 7_201.0)
        assert found.since == pytest.approx(begun, abs=2)
        book.database.ahead += 10
        assert self.held(book.database) == ()

    def test_a_later_time_begins_anew(self, book: Book) -> None:
        tell(book.database, {"hall": 300.0})
        book.database.ahead += 3_600
        tell(book.database, {"hall": -300.0})
        (found,) = self.held(book.database)
        assert found.since == pytest.approx(book.database.ask(), abs=2)

    def test_what_was_said_at_a_time_that_is_not_yet_is_over(self, book: Book) -> None:
        tell(book.database, {"hall": 7_200.0})
        with book.database.write() as tx:
            tx.run(update(hold).values(clock_at=tx.now + 7_200))
        assert self.held(book.database) == ()
