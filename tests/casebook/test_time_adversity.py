"""Clocks in adverse circumstances: what cannot be read, is taken back, falls due again or comes too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.core.timekeeping import Policy
from tests.casebook.standin import StandIn
from tests.casebook.test_time import ANSWER, CHAIN, POLICY, REPORT, TimedBook, opened

Timed = Callable[[Policy], TimedBook]
PAUSING = Policy(POLICY.levels, (replace(REPORT, pause_on=frozenset({"paused"})), ANSWER), (CHAIN,))


@pytest.fixture
def book_of(tmp_path: Path, helpdesk: StandIn) -> Timed:
    """A case book whose desk runs this policy."""
    return lambda policy: TimedBook(tmp_path, helpdesk, policy=policy)


def look(book: TimedBook, number: int, times: int = 3) -> None:
    """Webhooks of the ticket arrive, for whatever reason."""
    for _ in range(times):
        book.hear(number)
        book.later(1)


def test_what_a_pause_put_off_is_told_once_when_it_falls_due_after_all(
    book_of: Timed, helpdesk: StandIn
) -> None:
    book = book_of(PAUSING)
    number = opened(book)
    book.later(250)
    helpdesk.set(number, state="waiting")
    book.later(60)
    assert book.decided("withdrawn")
    helpdesk.set(number, state="open")
    look(book, number)
    book.later(60)
    look(book, number)
    assert sum("50 % of the time is used" in note for note in helpdesk.notes(number)) == 1
    assert not book.decided("withdrawn")
    book.later(300)
    look(book, number)
    assert book.told() == ["deputy"]
    assert "\n".join(helpdesk.notes(number)).count("step 1 of 2") == 1
