"""A helpdesk that asks to wait, fails or flaps, for an hour of simulated clock and from several nodes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from plugin.casebook.advance import Advance
from plugin.casebook.claiming import claim
from plugin.casebook.database import Database
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.casebook.pacing import CallLimits
from plugin.casebook.store import release
from tests.casebook.conftest import Book, put_on_hold
from tests.casebook.standin import Fault, StandIn

WAIT = 120
STEP = 10


def busy(seconds: object = WAIT) -> Fault:
    return Fault("*", status=429, headers={"Retry-After": str(seconds)})


def known(book: Book, helpdesk: StandIn, people: list[int]) -> list[int]:
    """Tickets Paidan has read once, so that it knows how grave they are."""
    tickets = [helpdesk.open("complaint", f"{n} people") for n in people]
    for ticket in tickets:
        book.hear(ticket)
    book.run()
    helpdesk.requests.clear()
    return tickets


def test_a_storm_of_an_hour_is_met_with_one_call_a_wait_and_ends_with_the_gravest(
    book: Book, helpdesk: StandIn
) -> None:
    tickets = known(book, helpdesk, [1, 2, 3, 4, 1, 4, 2, 4])
    for ticket in tickets:
        book.hear(ticket)
    helpdesk.faults.extend(busy() for _ in range(10_000))
    asked: list[float] = []
    for step in range(3600 // STEP):
        before = len(helpdesk.requests)
        book.later(STEP)
        asked += [step * STEP] * (len(helpdesk.requests) - before)
    assert len(asked) >= 20, "it was tried again each time the wait was over"
    pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert min(pauses) >= WAIT - STEP, "a step may begin a moment before the wait is over and end after it"
    helpdesk.faults.clear()
    helpdesk.requests.clear()
    book.later(WAIT + 1)
    order = [int(number) for method, number in helpdesk.requests if method == "GET"]
    assert sorted(order) == sorted(tickets), "nothing is lost, nothing read twice"
    levels = [helpdesk.tickets[number]["level"] for number in order]
    assert levels[1:4].count("top") >= 2, "the first tries whether it is well again"
    assert all(len(helpdesk.notes(ticket)) == 1 for ticket in tickets)


class Nodes:
    """Several processes' worth of workers on one case book, each with what only it knows."""

    def __init__(self, book: Book, count: int = 2) -> None:
        self.databases = [self._opened(book) for _ in range(count)]
        self.loops = [
            Loop(each, Advance(each, book.desks, Holds(each), book.pace), lease=30.0)
            for each in self.databases
        ]

    def _opened(self, book: Book) -> Database:
        return Database(book.database.engine.url.render_as_string(hide_password=False))

    def turn(self, workers: int = 4, turns: int = 5) -> None:
        """All workers of all nodes take so many turns, at the same time."""

        def work(loop: Loop) -> None:
            for _ in range(turns):
                loop.turn()

        threads = [threading.Thread(target=work, args=(loop,)) for loop in self.loops for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def close(self) -> None:
        for each in self.databases:
            each.close()


@pytest.fixture
def nodes(book: Book) -> Iterator[Nodes]:
    made = Nodes(book)
    yield made
    made.close()


def test_after_a_wait_exactly_one_case_of_all_nodes_tries(
    book: Book, helpdesk: StandIn, nodes: Nodes
) -> None:
    for ticket in known(book, helpdesk, [1, 2, 3, 4, 4, 3, 2, 1]):
        book.hear(ticket)
    put_on_hold(book.database, "hall", 1.5)
    nodes.turn()
    assert helpdesk.requests == []
    time.sleep(1.6)
    helpdesk.faults.append(Fault("GET", status=429, headers={"Retry-After": "60"}, delay=0.3))
    nodes.turn()
    assert len(helpdesk.requests) == 1
    for each in (book.database, *nodes.databases):
        each.ahead += 61.0
    begun = time.monotonic()
    while len(helpdesk.requests) <= 8:
        nodes.turn()
        assert time.monotonic() < begun + 10, "its good answer let the others go"


def test_a_case_already_in_hand_calls_nobody_any_more(book: Book, helpdesk: StandIn) -> None:
    ticket, other = known(book, helpdesk, [3, 4])
    helpdesk.say(ticket, "4 people")
    book.hear(ticket)
    helpdesk.faults.append(Fault("GET", then=lambda: put_on_hold(book.database, "hall", 30.0)))
    book.run()
    assert helpdesk.requests == [("GET", str(ticket))], "it was read when the wait came, and is not written"
    book.hear(other)
    book.later(20)
    assert len(helpdesk.requests) == 1
    book.later(11)
    assert helpdesk.tickets[ticket]["level"] == "top"
    assert helpdesk.count("PUT") == 1


def test_failures_are_counted_over_nodes_and_restarts(book: Book, helpdesk: StandIn) -> None:
    tickets = known(book, helpdesk, [1] * 12)
    helpdesk.faults.extend(Fault("GET", status=500) for _ in range(100))
    for ticket in tickets:
        book.hear(ticket)
    for _ in range(12):
        holds = Holds(book.database)  # each time a process that has just been started
        Loop(book.database, Advance(book.database, book.desks, holds, book.pace), lease=30.0).turn()
    assert helpdesk.count("GET") == 5


def test_one_that_flaps_is_not_hammered_and_all_is_done_in_the_end(book: Book, helpdesk: StandIn) -> None:
    tickets = known(book, helpdesk, [0] * 10)
    for ticket in tickets:
        helpdesk.say(ticket, "3 people")
        book.hear(ticket)
    for step in range(90):
        helpdesk.faults.clear()
        if step % 3 < 2:  # away for twenty seconds, there for ten
            helpdesk.faults.extend(Fault("*", cut="before") for _ in range(1000))
        book.later(10)
    helpdesk.faults.clear()
    for _ in range(5):
        book.later(600)
    assert all(helpdesk.tickets[ticket]["level"] == "high" for ticket in tickets)
    notes = [helpdesk.notes(ticket) for ticket in tickets]
    assert all(len(set(each)) == len(each) and "high" in each[-1] for each in notes), "none is there twice"
    assert len(helpdesk.requests) < 200


@pytest.mark.parametrize("ahead", [-45.0, 45.0])
def test_a_date_is_counted_by_the_clock_that_tells_it(book: Book, helpdesk: StandIn, ahead: float) -> None:
    """The helpdesk's clock is three quarters of a minute off: a date of its own means what it means there."""
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.ahead, helpdesk.tells_time = ahead, True
    helpdesk.faults.append(busy(formatdate(time.time() + ahead + 60, usegmt=True)))
    book.hear(ticket)
    book.run()
    book.later(50)
    assert helpdesk.count("GET") == 1
    book.later(12)
    assert helpdesk.count("PUT") == 1


def test_no_more_cases_at_once_than_the_desk_allows(book: Book, helpdesk: StandIn) -> None:
    for ticket in known(book, helpdesk, [1, 2, 3, 4]):
        book.hear(ticket)
    one, other = (Holds(book.database, lambda _desk: CallLimits(at_once=2)) for _ in range(2))
    taken = [claim(book.database, 30.0, longest_waiting=False, holds=each) for each in (one, other, one)]
    assert [each is not None for each in taken] == [True, True, False]
    assert taken[0] is not None
    release(book.database, taken[0], None)
    assert claim(book.database, 30.0, longest_waiting=False, holds=other) is not None


def test_no_more_calls_in_a_minute_than_the_desk_allows(book: Book, helpdesk: StandIn) -> None:
    """Two nodes that take turns keep to one limit together, and use most of it."""
    tickets = known(book, helpdesk, [1] * 40)
    holds = [Holds(book.database, lambda _desk: CallLimits(per_minute=20)) for _ in range(2)]
    loops = [Loop(book.database, Advance(book.database, book.desks, h, book.pace), lease=30.0) for h in holds]
    for ticket in tickets:
        book.hear(ticket)
    calls: list[int] = []
    for _ in range(60):
        before = len(helpdesk.requests)
        book.database.ahead += 5.0
        for loop in loops:
            loop.run_until_idle()
        calls.append(len(helpdesk.requests) - before)
    assert max(sum(calls[n : n + 12]) for n in range(len(calls))) <= 20
    assert sum(calls) == 40, "every ticket was read"
