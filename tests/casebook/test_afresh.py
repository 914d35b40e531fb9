"""After the clock was set back nothing waits for a time that is no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.casebook.afresh import has_news_ahead, is_ahead, start_afresh
from plugin.casebook.clock import ClockWatch
from tests.casebook.conftest import put_on_hold
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import TimedBook, opened

HOURS = 4 * 3_600.0


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def test_a_step_that_falls_due_after_the_clock_was_put_right_comes_in_time(timed: TimedBook) -> None:
    wall = [1_000_000.0]
    timed.restart(ClockWatch(lambda: wall[0], lambda: 0.0))
    number = opened(timed)
    wall[0] += HOURS
    timed.database.ahead += HOURS
    timed.run()
    timed.hear(number)
    timed.run()
    assert timed.told() == []
    wall[0] -= HOURS
    timed.database.ahead -= HOURS
    assert start_afresh(timed.database) == 1
    timed.later(601)
    assert timed.told() == ["deputy"]


def test_leases_pauses_and_holds_of_a_clock_that_was_ahead_are_void(
    timed: TimedBook, helpdesk: StandIn
) -> None:
    timed.database.ahead += HOURS
    number = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("GET", status=503))
    timed.hear(number)
    timed.run()
    put_on_hold(timed.database, "hall", 30.0)
    timed.database.ahead -= HOURS
    timed.run()
    assert timed.case(number).level is None
    start_afresh(timed.database)
    timed.run()
    assert timed.case(number).level == "high"


def test_a_case_book_that_was_read_ahead_of_time_is_known(timed: TimedBook) -> None:
    opened(timed)
    assert not is_ahead(timed.database)
    timed.database.ahead -= HOURS
    assert is_ahead(timed.database)


def test_what_waits_as_it_should_is_left(timed: TimedBook, helpdesk: StandIn) -> None:
    helpdesk.open("complaint", "a question", state="closed")
    timed.hear(1)
    timed.run()
    assert start_afresh(timed.database) == 0


def test_a_delivery_taken_while_the_clock_was_ahead_does_not_wait_for_that_time(timed: TimedBook) -> None:
    timed.database.ahead += HOURS
    timed.hear(timed.helpdesk.open("complaint", "3 people"))
    assert not has_news_ahead(timed.database)
    timed.database.ahead -= HOURS
    assert has_news_ahead(timed.database)
    start_afresh(timed.database)
    timed.run()
    assert not has_news_ahead(timed.database)
    assert timed.helpdesk.count("GET") == 1
