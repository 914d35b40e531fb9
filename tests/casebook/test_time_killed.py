"""Killed at every point of the protocol and of the post: each step stands once, each person is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook import actions, advance, letters, loop, sweep
from plugin.casebook.advance import Advance
from plugin.casebook.database import Database
from plugin.casebook.holds import Holds
from plugin.casebook.letters import Post
from plugin.casebook.loop import Loop
from plugin.casebook.sweep import Sweep
from tests.casebook.standin import StandIn
from tests.casebook.test_time import Posted, TimedBook, opened

POINTS = {
    "claim": (loop, "claim"),
    "plan": (advance, "plan"),
    "record": (advance, "record"),
    "intent": (advance, "intend"),
    "finish": (advance, "finish"),
    "end": (actions, "let_go"),
    "sweep evaluates": (sweep, "time_case"),
    "sweep records": (sweep, "_record"),
    "post ends": (letters, "_after"),
}


class Killed(BaseException):
    """As if by a signal: nothing is caught, nothing is tidied up."""


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def killing(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Kills the process before or after the first call of this."""
    calls: list[object] = []

    def called(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) > 1:
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Killed

    return called


def assert_all_told_once(book: TimedBook, number: int) -> None:
    for _ in range(4):
        book.later(15)
    assert "\n".join(book.helpdesk.notes(number)).count("step 1 of 2") == 1
    assert set(book.told()) == {"deputy"}
    assert len({each.id for each in book.letters}) == 1
    assert not book.events("doubled")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_step_goes_out(
    timed: TimedBook, monkeypatch: pytest.MonkeyPatch, point: str, after: bool
) -> None:
    where, name = POINTS[point]
    number = opened(timed)
    with monkeypatch.context() as patched:
        patched.setattr(where, name, killing(getattr(where, name), after=after))
        with pytest.raises(Killed):
            timed.later(601)
    timed.restart()
    timed.later(1)
    timed.later(121)
    assert_all_told_once(timed, number)


@pytest.mark.parametrize("method", ["read", "write"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_in_a_call(
    timed: TimedBook, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
) -> None:
    number = opened(timed)
    with monkeypatch.context() as patched:
        real = getattr(timed.connector, method)
        patched.setattr(timed.connector, method, killing(real, after=after))
        with pytest.raises(Killed):
            timed.later(601)
    timed.restart()
    timed.later(1)
    assert_all_told_once(timed, number)


@pytest.mark.parametrize("after", [False, True], ids=["taken", "sent"])
def test_killed_while_a_message_is_sent_it_goes_again_and_says_so(timed: TimedBook, after: bool) -> None:
    number = opened(timed)
    real, got = timed.send, []

    def send(posted: list[Posted]) -> Any:
        got.extend(posted if after else ())
        raise Killed

    timed.send = send  # type: ignore[method-assign]
    timed.restart()
    with pytest.raises(Killed):
        timed.later(601)
    timed.send = real  # type: ignore[method-assign]
    timed.restart()
    timed.later(1)
    assert [(each.addressee, each.is_again) for each in timed.letters] == [("deputy", True)]
    assert {each.id for each in got} <= {each.id for each in timed.letters}
    assert_all_told_once(timed, number)


def test_several_nodes_tell_each_once(timed: TimedBook) -> None:
    numbers = [timed.helpdesk.open("complaint", "3 people") for _ in range(24)]
    for number in numbers:
        timed.hear(number)
    timed.run()
    timed.database.ahead += 601
    timed.helpdesk.ahead += 601
    loops = []
    for _ in range(1 if timed.database.is_sqlite else 3):
        database = Database(timed.database.engine.url.render_as_string(hide_password=False), ahead=601)
        node = Advance(database, timed.desks, Holds(database), timed.pace)
        found = Sweep(database, timed.desks, timed.pace.lease)
        post = Post(database, timed.send)
        loops.append(Loop(database, node, lease=timed.pace.lease, workers=4, sweep=found, post=post))
    for each in loops:
        each.start()
    deadline = time.monotonic() + 30
    while len(timed.letters) < len(numbers) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    assert all(each.stop() for each in loops)
    assert sorted(int(each.ticket) for each in timed.letters) == numbers
    timed.run()
    for number in numbers:
        assert "\n".join(timed.helpdesk.notes(number)).count("step 1 of 2") == 1
