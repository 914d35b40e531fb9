"""A process that ends at any named point of the protocol loses nothing and doubles nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from plugin.casebook import advance
from plugin.casebook.advance import Advance
from plugin.casebook.claiming import claim
from plugin.casebook.claims import Superseded
from plugin.casebook.database import AlreadyServing, Database
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.casebook.store import release, void_leases
from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn


class Cut(BaseException):
    """The process ends here."""


def cut_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        raise Cut

    return run


def cut_before(_function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        raise Cut

    return run


POINTS = {
    "after claim": ("plan", None),
    "after read": ("plan", cut_before),
    "after plan": ("record", cut_after),
    "after intent": ("intend", cut_after),
    "after the answer": ("finish", cut_before),
    "after the end": ("finish", cut_after),
}


def restart(book: Book) -> None:
    """A new process: leases void, nothing in memory."""
    void_leases(book.database)
    book.advance = Advance(book.database, book.desks, Holds(book.database), book.pace)
    book.loop = Loop(book.database, book.advance, lease=book.pace.lease)


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_ends_at_this_point(
    book: Book, helpdesk: StandIn, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    name, cut = POINTS[point]
    if cut is None:
        claim(book.database, 30.0, longest_waiting=False)
    else:
        with monkeypatch.context() as patched:
            patched.setattr(advance, name, cut(getattr(advance, name)))
            with pytest.raises(Cut):
                book.run()
    restart(book)
    book.run()
    book.later(3)
    assert helpdesk.tickets[ticket]["level"] == "high"
    assert len(helpdesk.notes(ticket)) == 1
    assert helpdesk.count("PUT") == 1
    assert book.actions()[-1].state == "done"
    assert {row.state for row in book.actions()} <= {"done", "overtaken"}
    assert book.case(ticket).problem is None


def test_an_answer_lost_after_it_was_served_is_found_by_reading(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("PUT", cut="after"))
    book.hear(ticket)
    book.run()
    assert book.actions()[0].state == "sending"
    book.later(3)
    assert (helpdesk.count("PUT"), len(helpdesk.notes(ticket))) == (1, 1)
    assert [row.state for row in book.actions()] == ["done"]


def test_a_change_between_a_lost_answer_and_the_read_is_somebodys(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("PUT", cut="after"))
    book.hear(ticket)
    book.run()
    helpdesk.set(ticket, group="archive")
    book.later(3)
    assert helpdesk.tickets[ticket]["group"] == "archive"
    assert helpdesk.tickets[ticket]["level"] == "high"


def test_a_write_that_never_arrived_is_sent_again_under_the_same_marker(
    book: Book, helpdesk: StandIn
) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    helpdesk.faults.append(Fault("PUT", cut="before"))
    book.hear(ticket)
    book.run()
    first = book.actions()[0].id
    book.later(3)
    (only,) = book.actions()
    assert (only.id, only.state, only.attempts) == (first, "done", 2)
    assert first in helpdesk.notes(ticket)[0]


def test_a_doubled_note_is_counted_once_and_named(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    helpdesk.say(ticket, helpdesk.notes(ticket)[0], author="bot", private=True)
    for _ in range(2):
        book.hear(ticket)
        book.run()
    (doubled,) = book.events("doubled")
    assert doubled.source_id == f"doubled:{book.actions()[0].id}"


def test_a_superseded_worker_writes_nothing(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    old = claim(book.database, 30.0, longest_waiting=False)
    assert old is not None
    book.database.ahead += 31
    new = claim(book.database, 30.0, longest_waiting=False)
    assert new is not None
    assert new.fence == old.fence + 1
    book.advance(old)
    assert helpdesk.count("PUT") == 0
    with pytest.raises(Superseded):
        release(book.database, old, None)
    book.advance(new)
    assert helpdesk.count("PUT") == 1


def test_two_loops_never_work_on_one_case_together(book: Book, helpdesk: StandIn) -> None:
    tickets = [helpdesk.open("complaint", f"{n % 5} people") for n in range(30)]
    loops = [Loop(book.database, book.advance, lease=30.0, workers=2) for _ in range(2)]
    for loop in loops:
        loop.start()
    for _ in range(2):
        for ticket in tickets:
            book.hear(ticket)
            loops[ticket % 2].wake()
    _until(lambda: all(row.read_at and row.wake == 2 and not row.next_at for row in map(book.case, tickets)))
    for loop in loops:
        assert loop.stop()
    assert all(len(helpdesk.notes(ticket)) == 1 for ticket in tickets)
    assert helpdesk.count("PUT") == 30


def test_an_accepted_delivery_wakes_an_idle_loop_at_once(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    loop = Loop(book.database, book.advance, lease=30.0, workers=1)
    loop.start()
    threading.Event().wait(0.1)
    book.hear(ticket)
    loop.wake()
    _until(lambda: helpdesk.count("PUT") == 1, seconds=1.0)
    assert loop.stop()


def test_a_second_serving_process_is_refused(tmp_path: Any) -> None:
    first, second = (Database(f"sqlite:///{tmp_path}/book.db") for _ in range(2))
    first.take_lock()
    with pytest.raises(AlreadyServing):
        second.take_lock()
    first.close()
    second.take_lock()
    second.close()


def _until(met: Callable[[], bool], seconds: float = 15.0) -> None:
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if met():
            return
        done.wait(0.02)
    raise AssertionError("not in time")
