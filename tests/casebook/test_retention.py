"""What leaves the case book with time, and what stays because something still needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from plugin.casebook import batches, chores, shrinking, tidying
from plugin.casebook.database import Database
from plugin.casebook.inbox import keep_refused
from plugin.casebook.interventions import By, pause, resume
from plugin.casebook.polls import begin
from plugin.casebook.recall import recall
from plugin.casebook.retention import Keep
from plugin.casebook.tables import (
    action,
    case,
    chore,
    clock,
    delivery,
    event,
    ledger,
    message,
    refused,
)
from plugin.casebook.tidying import CHORE, Tidy
from tests.casebook.conftest import Book, on_record, tidy
from tests.casebook.standin import StandIn
from tests.casebook.test_time import TimedBook, opened

DAY = 86_400.0
KEEP = Keep()
OF_CASES = (event, ledger, clock, message, action)


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    begin(made.database, ["hall"], is_start=True)
    yield made
    made.database.close()


def closed(book: TimedBook, text: str = "3 people", *, is_told: bool = True) -> int:
    """A ticket that went through its clocks and is closed; its number."""
    number = opened(book, text)
    book.later(610)
    tags = [*book.ticket(number)["tags"], *(["reported"] if is_told else [])]
    book.helpdesk.set(number, state="closed", tags=tags)
    book.hear(number)
    book.run()
    book.later(2)
    opened(book)  # the newest row of every table stays, whatever it is
    return number


def rows_of(book: Book, number: int) -> dict[str, int]:
    """table → rows that belong to the ticket's case, whose own number is the same"""
    rows = {table.name: len(book.rows(table, case_id=number)) for table in OF_CASES}
    cases = book.rows(case, id=number, ticket=str(number))
    return {**rows, "case": len(cases), "delivery": len(book.rows(delivery, ticket=str(number)))}


def pass_days(book: Book, days: float) -> None:
    """Nothing happens, and then it is so much later: nothing is moved before what is over is cleared."""
    book.database.ahead += days * DAY
    book.helpdesk.ahead += days * DAY


class TestDeliveries:
    def test_the_record_of_one_that_was_looked_into_leaves_and_the_newest_stays(self, book: Book) -> None:
        for ticket in (book.helpdesk.open("complaint", "3 people") for _ in range(3)):
            book.hear(ticket)
        book.run()
        pass_days(book, KEEP.deliveries - 1)
        tidy(book.database, KEEP)
        assert len(book.deliveries()) == 3
        pass_days(book, 2)
        tidy(book.database, KEEP)
        assert [row.id for row in book.deliveries()] == [3]

    def test_one_nobody_looked_into_stays_and_so_does_what_nobody_could_read(self, book: Book) -> None:
        for ticket in (1, 2, 3):
            book.hear(ticket)
        with book.database.write() as tx:
            tx.run(update(delivery).where(delivery.c.id == 2).values(state="unreadable"))
        pass_days(book, 1_000)
        tidy(book.database, KEEP)
        assert [row.state for row in book.deliveries()] == ["new", "unreadable", "new"]
        assert book.deliveries()[0].body == b"{}"

    def test_refused_ones_leave_as_well(self, book: Book) -> None:
        keep_refused(book.database, "hall", {"x": "y"}, status=401, code="signature", size=3)
        tidy(book.database, KEEP)
        assert len(book.rows(refused)) == 1
        pass_days(book, KEEP.deliveries + 1)
        tidy(book.database, KEEP)
        assert book.rows(refused) == []


class TestCases:
    def test_one_at_rest_gives_up_its_writes_first_and_then_everything(self, timed: TimedBook) -> None:
        number = closed(timed)
        before = rows_of(timed, number)
        assert min(before.values()) > 0, before
        pass_days(timed, KEEP.deliveries + 1)
        tidy(timed.database, KEEP)
        assert rows_of(timed, number) == {**before, "delivery": 0}
        pass_days(timed, KEEP.closed)
        tidy(timed.database, KEEP)
        assert rows_of(timed, number) == {
            **before,
            "delivery": 0,
            "action": 0,
            "message": 0,
            "ledger": before["ledger"] - before["action"],
        }
        pass_days(timed, KEEP.cases)
        tidy(timed.database, KEEP)
        assert set(rows_of(timed, number).values()) == {0}
        assert [row.ticket for row in timed.rows(case)] == [str(number + 1)]

    def test_for_ever_is_for_ever(self, timed: TimedBook) -> None:
        number = closed(timed)
        pass_days(timed, 40_000)
        tidy(timed.database, replace(KEEP, cases=0))
        assert rows_of(timed, number)["event"] > 0

    @pytest.mark.parametrize("after", [KEEP.closed + 1, KEEP.cases + 1])
    def test_one_that_is_opened_again_is_told_of_nothing_twice(self, timed: TimedBook, after: float) -> None:
        number = closed(timed)
        told, notes = timed.told(), len(timed.helpdesk.notes(number))
        pass_days(timed, after)
        tidy(timed.database, KEEP)
        timed.helpdesk.set(number, state="open")
        timed.hear(number)
        for _ in range(5):
            timed.later(400)
        ours = [letter for letter in timed.letters if letter.ticket == str(number)]
        assert [letter.addressee for letter in ours] == told
        if after < KEEP.cases:
            assert len(timed.helpdesk.notes(number)) == notes

    def test_what_is_new_in_one_that_is_opened_again_is_told_of(self, timed: TimedBook) -> None:
        number = closed(timed, "1 person")
        pass_days(timed, KEEP.cases + 1)
        tidy(timed.database, KEEP)
        timed.letters.clear()
        timed.helpdesk.set(number, state="open", tags=[])
        timed.helpdesk.say(number, "now 4 people")
        timed.hear(number)
        timed.run()
        timed.later(610)
        assert "deputy" in [letter.addressee for letter in timed.letters if letter.ticket == str(number)]

    def test_explain_tells_the_same_of_one_that_gave_up_its_writes(self, timed: TimedBook) -> None:
        number = closed(timed)
        url = timed.database.engine.url.render_as_string(hide_password=False)
        before = recall(url, "hall", str(number))
        pass_days(timed, KEEP.closed + 1)
        tidy(timed.database, KEEP)
        after = recall(url, "hall", str(number))
        assert (after.state, after.events, after.ledger) == (before.state, before.events, before.ledger)


def _held(book: TimedBook, number: int, values: dict[str, Any]) -> None:
    with book.database.write() as tx:
        tx.run(update(case).where(case.c.ticket == str(number)).values(**values))


def _row(book: TimedBook, number: int, table: Any, values: dict[str, Any]) -> None:
    with book.database.write() as tx:
        mine = tx.run(select(case.c.id).where(case.c.ticket == str(number))).scalar_one()
        one = select(func.min(table.c[values["of"]])).where(table.c.case_id == mine).scalar_subquery()
        tx.run(
            update(table).where(table.c.case_id == mine, table.c[values["of"]] == one).values(values["set"])
        )


LONG = 3 * KEEP.cases * DAY
HOLDING: dict[str, Any] = {
    "open": lambda b, n, now: _held(b, n, {"status": "open"}),
    "paused": lambda b, n, now: _held(b, n, {"status": "paused"}),
    "unread": lambda b, n, now: _held(b, n, {"status": "unread"}),
    "due": lambda b, n, now: _held(b, n, {"next_at": now + LONG}),
    "a clock's next instant": lambda b, n, now: _held(b, n, {"timer_at": now + LONG}),
    "in a worker's hands": lambda b, n, now: _held(b, n, {"lease_until": now + LONG}),
    "asked for again": lambda b, n, now: _held(b, n, {"retry_at": now}),
    "waiting": lambda b, n, now: _held(b, n, {"waiting_since": now}),
    "a legal limit ahead": lambda b, n, now: _held(b, n, {"legal_due_at": now + LONG}),
    "read lately": lambda b, n, now: _held(b, n, {"read_at": now + LONG}),
    "written lately": lambda b, n, now: _held(b, n, {"written_at": now + LONG}),
    "a clock that runs": lambda b, n, now: _row(b, n, clock, {"of": "clock", "set": {"state": "overdue"}}),
    "a limit ahead": lambda b, n, now: _row(b, n, clock, {"of": "clock", "set": {"due_at": now + LONG}}),
    "an event of late": lambda b, n, now: _row(b, n, event, {"of": "id", "set": {"received_at": now + LONG}}),
    "a dead write": lambda b, n, now: _row(b, n, action, {"of": "id", "set": {"state": "dead"}}),
    "a write on its way": lambda b, n, now: _row(b, n, action, {"of": "id", "set": {"state": "sending"}}),
    "a dead message": lambda b, n, now: _row(b, n, message, {"of": "id", "set": {"state": "dead"}}),
    "a message to send": lambda b, n, now: _row(b, n, message, {"of": "id", "set": {"state": "planned"}}),
}


@pytest.mark.parametrize("why", HOLDING)
def test_a_case_that_is_not_at_rest_loses_nothing(timed: TimedBook, why: str) -> None:
    number = closed(timed)
    HOLDING[why](timed, number, timed.database.ask())
    before = rows_of(timed, number)
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, KEEP)
    assert rows_of(timed, number) == {**before, "delivery": 0}


def test_a_delivery_nobody_looked_into_holds_its_case(timed: TimedBook) -> None:
    number = closed(timed)
    with timed.database.write() as tx:
        tx.run(update(delivery).where(delivery.c.ticket == str(number)).values(state="new"))
    before = rows_of(timed, number)
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, KEEP)
    assert rows_of(timed, number) == before


def test_a_delivery_of_late_holds_its_case(timed: TimedBook) -> None:
    number, later = closed(timed), timed.database.ask() + LONG
    with timed.database.write() as tx:
        tx.run(update(delivery).where(delivery.c.ticket == str(number)).values(received_at=later))
    before = rows_of(timed, number)
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, KEEP)
    assert rows_of(timed, number) == before


def test_the_newest_case_stays_so_that_its_number_is_not_given_out_again(timed: TimedBook) -> None:
    number = closed(timed)
    with timed.database.write() as tx:
        tx.run(case.delete().where(case.c.id > number))
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, KEEP)
    assert rows_of(timed, number)["case"] == 1


def test_a_real_case_with_a_limit_that_was_missed_and_runs_on_loses_nothing(timed: TimedBook) -> None:
    number = closed(timed, is_told=False)
    before = rows_of(timed, number)
    timed.later((KEEP.cases + 1) * DAY)
    tidy(timed.database, KEEP)
    after = rows_of(timed, number)
    assert {name: after[name] >= count for name, count in before.items() if name != "delivery"} == {
        name: True for name in before if name != "delivery"
    }


def test_what_was_found_twice_is_counted_for_ever(timed: TimedBook) -> None:
    number = closed(timed)
    _row(timed, number, event, {"of": "id", "set": {"type": "doubled"}})
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, KEEP)
    assert len(timed.events("doubled")) == 1


def test_a_case_woken_while_it_is_cleared_stays(timed: TimedBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word comes after it was found to be at rest, and before its turn."""
    number = closed(timed)
    pass_days(timed, KEEP.cases + 1)
    tidy(timed.database, replace(KEEP, cases=0, closed=50_000))
    before, found = rows_of(timed, number), batches._next

    def woken(database: Database, key: Any, which: Any, after: Any) -> Any:
        keys = found(database, key, which, after)
        if key is case.c.id and keys and after is None:
            timed.hear(number)
        return keys

    monkeypatch.setattr(batches, "_next", woken)
    tidy(timed.database, replace(KEEP, closed=50_000))
    assert rows_of(timed, number) == {**before, "delivery": 1}
    assert timed.case(number).next_at is not None


def test_what_operators_did_leaves_but_not_who_paused_a_desk_that_is_paused(book: Book) -> None:
    begin(book.database, ["hall"], is_start=True)
    pause(book.database, "hall", By("a", "x"))
    resume(book.database, "hall", By("b", "y"))
    pause(book.database, "hall", By("c", "z"))
    pass_days(book, KEEP.cases + 1)
    tidy(book.database, KEEP)
    assert [row["what"] for row in on_record(book.database)] == ["pause", "pause"]
    resume(book.database, "hall", By("d", "w"))
    tidy(book.database, KEEP)
    assert [row["who"] for row in on_record(book.database)] == ["d"]


def test_no_transaction_is_long_and_accepting_goes_on_meanwhile(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 10)
    rows = [
        {
            "desk": "hall",
            "key": f"k{n}",
            "ticket": f"{n}",
            "kind": "updated",
            "source": "",
            "state": "read",
            "received_at": book.database.ask() - 400 * DAY,
            "body": b"words",
            "body_hash": "",
        }
        for n in range(95)
    ]
    with book.database.write() as tx:
        tx.run(insert(delivery), rows)
    counts = {name: list(step()) for name, step in tidying.steps(book.database, KEEP)}
    assert counts["words"] == [*[10] * 9, 5]
    assert counts["deliveries"] == [*[10] * 9, 4]


class TestTurns:
    def made(self, book: Book, *, may: bool = True) -> Tidy:
        return Tidy(book.database, KEEP, lambda: may, threading.Event())

    def test_once_a_day(self, book: Book) -> None:
        assert [self.made(book)(), self.made(book)()] == [True, False]
        book.database.ahead += DAY + 1
        assert self.made(book)()
        assert book.rows(chore)[0].done_at > time.time() + DAY / 2

    def test_not_while_another_does_it_unless_that_one_is_silent(self, book: Book) -> None:
        other = Database(book.database.engine.url.render_as_string(hide_password=False))
        assert chores.take(other, CHORE, DAY)
        assert not self.made(book)()
        book.database.ahead += chores.LEASE + 1
        assert self.made(book)()
        chores.end(other, CHORE, next_in=0.0, is_done=True)  # a late word of it changes nothing
        assert book.rows(chore)[0].next_at > book.database.ask() + DAY / 2
        other.close()

    def test_not_while_the_clock_cannot_be_believed(self, book: Book) -> None:
        assert not self.made(book, may=False)()
        assert book.rows(chore) == []

    def test_where_the_last_time_is_weeks_ago_it_waits_a_day(self, book: Book) -> None:
        assert self.made(book)()
        book.database.ahead += 5_000 * DAY
        assert not self.made(book)()
        book.database.ahead += DAY + 1
        assert self.made(book)()

    def test_after_a_clock_that_was_ahead_it_goes_on(self, book: Book) -> None:
        book.database.ahead += 5_000 * DAY
        assert self.made(book)()
        book.database.ahead -= 5_000 * DAY
        assert self.made(book)()

    def test_a_stop_in_the_middle_ends_it_and_it_comes_back(self, book: Book) -> None:
        for n in range(3):
            book.hear(n)
        with book.database.write() as tx:
            tx.run(update(delivery).values(state="read"))
        pass_days(book, 100)
        stopping = threading.Event()
        stopping.set()
        assert not Tidy(book.database, KEEP, lambda: True, stopping)()
        assert book.rows(chore)[0].done_at is None
        book.database.ahead += tidying.AGAIN + 1
        assert self.made(book)()


class TestFile:
    def test_a_sqlite_file_gives_back_what_became_free_and_its_log_is_cut(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shrinking, "SPARE", 10)
        database = Database(f"sqlite:///{tmp_path}/book.db")
        database.prepare()
        file, log = tmp_path / "book.db", tmp_path / "book.db-wal"
        row = {"desk": "hall", "kind": "updated", "source": "", "state": "read", "received_at": 0.0}
        rows = [{**row, "key": f"{n}", "body": b"x" * 20_000, "body_hash": ""} for n in range(300)]
        with database.write() as tx:
            tx.run(insert(delivery), rows)
        assert shrinking.cut_log(database)
        full = file.stat().st_size
        tidy(database, KEEP)
        taken = list(shrinking.shrink(database))
        assert set(taken[:-1]) == {shrinking.PAGES}
        assert 1_200 < sum(taken) < 1_600
        assert (file.stat().st_size < full / 5, log.stat().st_size) == (True, 0)
        database.close()

    def test_a_reader_keeps_the_log_and_nobody_waits_for_it(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/book.db")
        database.prepare()
        with database.read() as tx:
            tx.run(select(case)).all()
            with database.write() as other:
                other.run(insert(chore).values(name="x", next_at=0.0, lease_until=0.0))
            begun = time.monotonic()
            assert not shrinking.cut_log(database)
            assert time.monotonic() - begun < 2
        with database.write() as tx:
            assert tx.connection.exec_driver_sql("pragma busy_timeout").scalar_one() == 10_000
        database.close()

    def test_nothing_of_it_on_postgresql(self, book: Book) -> None:
        if not book.database.is_sqlite:
            assert list(shrinking.shrink(book.database)) == []
