"""Older tickets taken in: below everything else, once, and without a storm about what passed long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook.backfill import Backfill, Report, in_order, listed
from plugin.casebook.inbox import LAST_RANK, UNREAD_RANK
from plugin.casebook.polls import begin
from plugin.casebook.tables import case, ledger
from plugin.desk.helpdesk import Changed
from plugin.errors import Busy, HelpdeskError
from tests.casebook.looking import Looking
from tests.casebook.standin import PAGE, Fault, StandIn
from tests.casebook.test_time import CHAIN, POLICY, TimedBook


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def older(helpdesk: StandIn, seconds: float, text: str = "3 people", **fields: Any) -> int:
    """A ticket opened so long ago."""
    at = (datetime.now(UTC) + timedelta(seconds=helpdesk.ahead - seconds)).isoformat()
    number = helpdesk.open("complaint", text, created_at=at, **fields)
    helpdesk.tickets[number]["messages"][0]["at"] = at
    helpdesk.tickets[number]["changed_at"] = at
    return number


def taken(book: TimedBook, number: int, **more: Any) -> None:
    assert Backfill(book.database, "hall", **more).take(str(number))
    book.run()


DAY = 86_400.0


class TestWhatPassedBefore:
    def test_an_old_ticket_is_placed_and_nobody_is_told_of_its_missed_limits(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY)
        taken(timed, number)
        ticket, (note,) = timed.ticket(number), timed.helpdesk.notes(number)
        assert (ticket["level"], ticket["group"], ticket["breach"]) == ("high", "headquarters", "missed")
        assert timed.letters == []
        assert note.count("Missed before Dispatch knew this ticket") == 2
        assert timed.decided("fired") == []
        assert {key for key in timed.decided("before") if key.endswith(":before")} == {
            "answer@message:opening:before",
            "report@level:3:high:before",
        }

    def test_no_repeat_and_no_later_step_of_such_a_chain_follows(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 610)  # missed ten seconds ago: its second step and repeats lie ahead
        taken(timed, number)
        for _ in range(8):
            timed.later(300)
        assert timed.letters == []
        assert timed.ticket(number)["group"] == "headquarters"
        assert len(timed.helpdesk.notes(number)) == 1

    def test_the_line_stands_in_the_ticket_once(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY)
        taken(timed, number)
        timed.helpdesk.say(number, "still 3 people")
        timed.hear(number)
        timed.run()
        assert "\n".join(timed.helpdesk.notes(number)).count("Missed before") == 2

    def test_a_limit_that_passes_afterwards_runs_its_chain_as_ever(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 400)  # due in 200 s; its 50 % warning has passed
        taken(timed, number)
        assert timed.letters == []
        timed.later(210)
        assert timed.told() == ["deputy"]
        assert [key for key in timed.decided("before") if ":w50" in key]

    def test_a_new_message_that_raises_the_matter_is_told_of(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY, "1 person")
        taken(timed, number)
        timed.helpdesk.say(number, "now 4 people")
        timed.hear(number)
        timed.run()
        timed.later(610)
        assert timed.told() == ["deputy"]

    def test_with_alarm_they_are_told_of_like_any_other(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY)
        taken(timed, number, alarm=True)
        timed.run()
        assert timed.told()
        assert timed.decided("before") == []

    def test_a_closed_ticket_is_not_touched(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY, state="closed")
        taken(timed, number)
        assert timed.helpdesk.count("PUT") == 0
        assert timed.case(number).status == "closed"

    def test_a_sealed_matter_is_not_named(self, timed: TimedBook) -> None:
        number = older(timed.helpdesk, 30 * DAY, "in confidence: 3 people")
        taken(timed, number)
        assert "Missed before" not in "\n".join(timed.helpdesk.notes(number))

    def test_a_webhook_of_a_ticket_from_before_the_first_start_sets_off_nothing_either(
        self, timed: TimedBook
    ) -> None:
        begin(timed.database, ["hall"], is_start=True)
        number = older(timed.helpdesk, 30 * DAY)
        timed.hear(number)
        timed.run()
        for _ in range(4):
            timed.later(300)
        assert timed.letters == []
        fresh = timed.helpdesk.open("complaint", "3 people")
        timed.hear(fresh)
        timed.run()
        timed.later(610)
        assert timed.told() == ["deputy"]

    def test_what_a_long_outage_made_late_is_still_told(self, timed: TimedBook) -> None:
        begin(timed.database, ["hall"], is_start=True)
        timed.later(DAY)
        number = older(timed.helpdesk, 7200)
        timed.hear(number)
        timed.run()
        assert "deputy" in timed.told()

    def test_a_step_that_is_owed_is_silent_too_where_the_ticket_cannot_be_read(
        self, timed: TimedBook
    ) -> None:
        assert any(step.must_send for step in CHAIN.steps)
        number = older(timed.helpdesk, 610)
        taken(timed, number)
        timed.helpdesk.faults.extend(Fault("GET", status=500) for _ in range(200))
        for _ in range(12):
            timed.later(60)
        assert timed.letters == []
        assert POLICY.clock("report") is not None
        assert all(row.how != "fired" for row in timed.rows(ledger))


def test_older_tickets_wait_behind_what_a_webhook_told_of(timed: TimedBook) -> None:
    taking = Backfill(timed.database, "hall")
    old = [older(timed.helpdesk, DAY, "1 person") for _ in range(3)]
    assert all(taking.take(str(number)) for number in old)
    live = timed.helpdesk.open("complaint", "1 person")
    timed.hear(live)
    timed.run()
    read = [int(number) for method, number in timed.helpdesk.requests if method == "GET"]
    assert read[0] == live
    assert taking.waiting() == 0


def test_one_that_is_heard_of_waits_no_longer(timed: TimedBook) -> None:
    number = older(timed.helpdesk, DAY)
    taking = Backfill(timed.database, "hall")
    assert taking.take(str(number))
    assert (timed.case(number).rank, taking.waiting()) == (LAST_RANK, 1)
    timed.hear(number)
    assert (timed.case(number).rank, taking.waiting()) == (UNREAD_RANK, 0)


def test_what_is_known_is_left_alone_and_a_stopped_one_goes_on(timed: TimedBook) -> None:
    known = timed.helpdesk.open("complaint", "1 person")
    timed.hear(known)
    timed.run()
    numbers = [str(older(timed.helpdesk, DAY)) for _ in range(3)]
    taking = Backfill(timed.database, "hall")
    assert taking.unknown([str(known), *numbers]) == tuple(numbers)
    assert taking.take(numbers[0])
    assert taking.unknown([str(known), *numbers]) == tuple(numbers[1:])
    assert not taking.take(str(known))
    assert timed.case(known).known_since is None


def test_one_that_cannot_be_read_does_not_hold_up_the_others(timed: TimedBook) -> None:
    number = older(timed.helpdesk, DAY)
    taking = Backfill(timed.database, "hall")
    assert taking.take(str(number))
    timed.helpdesk.faults.append(Fault("GET", status=500))
    timed.run()
    assert taking.waiting() == 0
    timed.later(5)
    assert timed.case(number).status == "open"


def test_every_page_is_listed_and_asked_for_again_where_it_did_not_come(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    book = Looking(tmp_path, helpdesk)
    numbers = {str(older(helpdesk, DAY * n)) for n in range(1, 2 * PAGE + 2)}
    beyond = str(older(helpdesk, 400 * DAY))
    helpdesk.faults.append(Fault("LIST", status=429, headers={"Retry-After": "3"}))
    calls: list[int] = []
    errors: list[HelpdeskError] = []
    since = datetime.now(UTC).timestamp() - 100 * DAY

    def again(error: HelpdeskError) -> bool:
        errors.append(error)
        return len(errors) < 2

    found = [
        row.ticket_id
        for rows in listed(book.connector, since, before_call=lambda: calls.append(1), after_error=again)
        for row in rows
    ]
    assert set(found) == numbers
    assert beyond not in found
    assert [type(error) for error in errors] == [Busy]
    assert len(calls) == helpdesk.count("LIST")
    helpdesk.faults.append(Fault("LIST", status=403))
    with pytest.raises(HelpdeskError):
        list(listed(book.connector, since))
    book.database.close()


def test_open_tickets_come_first_and_of_these_what_changed_last() -> None:
    rows = [
        Changed("1", 10.0, "updated", state="open"),
        Changed("2", 30.0, "updated", state="closed"),
        Changed("3", 20.0, "updated", state="paused"),
        Changed("1", 40.0, "updated", state="open"),
        Changed("4", None, "listed"),
    ]
    assert in_order(rows) == ("1", "3", "4", "2")
    assert in_order(rows, open_only=True) == ("1", "3", "4")


def test_a_report_counts_what_would_happen_and_writes_nothing(timed: TimedBook) -> None:
    numbers = [
        older(timed.helpdesk, 30 * DAY),
        older(timed.helpdesk, 30 * DAY, "no matter"),
        older(timed.helpdesk, 100),
        older(timed.helpdesk, DAY, state="closed"),
        99,
    ]
    before = [dict(ticket) for ticket in timed.helpdesk.tickets.values()]
    report, desk = Report(), timed.desks()["hall"]
    for number in numbers:
        report.add(timed.connector, desk, str(number), datetime.now(UTC).timestamp())
    assert (report.tickets, report.open, report.closed, report.unreadable) == (5, 3, 1, 1)
    assert (report.levels, report.groups) == ({"high": 2, "none": 1}, {"hq": 2, "normal_desk": 1})
    assert (report.missed, report.limits) == (2, {"report": 1, "answer": 2})
    assert report.moved == 3
    assert [dict(ticket) for ticket in timed.helpdesk.tickets.values()] == before
    assert timed.rows(case) == []
