"""Killed at every point of the protocol and of the post: each step stands once, each person is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook import advance, letters, loop, sweep
from tests.casebook.standin import StandIn
from tests.casebook.test_time import Posted, TimedBook, opened

POINTS = {
    "claim": (loop, "claim"),
    "plan": (advance, "plan"),
    "record": (advance, "record"),
    "intent": (advance, "intend"),
    "finish": (advance, "finish"),
    "release": (advance, "release"),
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
