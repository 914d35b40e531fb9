"""A clock that steps holds everything outward; a person may accept it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from plugin.casebook.advance import Advance
from plugin.casebook.clock import ClockWatch
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.desk.helpdesk import Server
from tests.casebook.conftest import Book
from tests.casebook.standin import StandIn


class Clocks:
    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.boot = 50.0

    def watch(self) -> ClockWatch:
        return ClockWatch(lambda: self.wall, lambda: self.boot)


def desk(skew: float | None = None) -> Any:
    server = None if skew is None else Server(datetime.now(UTC), skew)
    return SimpleNamespace(name="hall", server=server)


@pytest.mark.parametrize(("step", "astray"), [(0, False), (100, False), (121, True), (-121, True)])
def test_a_step_of_the_wall_clock_is_seen(step: float, astray: bool) -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.wall += 3600 + step
    clocks.boot += 3600
    assert watch.is_astray(desk()) is astray
    watch.accept(desk())
    assert not watch.is_astray(desk())


@pytest.mark.parametrize(
    ("skew", "astray"), [(None, False), (5, False), (-119, False), (300, True), (-300, True)]
)
def test_the_helpdesks_own_clock_is_compared(skew: float | None, astray: bool) -> None:
    watch = Clocks().watch()
    assert watch.is_astray(desk(skew)) is astray
    watch.accept(desk(skew))
    assert not watch.is_astray(desk(skew))


def test_nothing_is_written_until_the_clocks_agree(book: Book, helpdesk: StandIn) -> None:
    clocks = Clocks()
    watch = clocks.watch()
    book.advance = Advance(book.database, book.desks, Holds(book.database), book.pace, watch)
    book.loop = Loop(book.database, book.advance, lease=30.0)
    ticket = helpdesk.open("complaint", "3 people")
    clocks.wall += 7200
    book.hear(ticket)
    book.run()
    assert (helpdesk.count("GET"), helpdesk.count("PUT")) == (1, 0)
    assert '"clock"' in book.case(ticket).problem
    clocks.wall -= 7200
    book.later(61)
    assert helpdesk.tickets[ticket]["level"] == "high"


def test_a_short_step_is_told_of_once_afterwards() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.wall += 7200
    assert watch.is_astray(desk())
    assert not watch.came_back()
    clocks.wall -= 7200
    assert [watch.came_back(), watch.came_back()] == [True, False]


@pytest.mark.parametrize(
    ("step", "skew", "off"), [(0, None, 0), (0, 60, 0), (0, -300, 300), (0, 300, -300), (500, 300, 500)]
)
def test_how_far_it_is_off(step: float, skew: float | None, off: float) -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.wall += step
    assert watch.off(desk(skew)) == off
