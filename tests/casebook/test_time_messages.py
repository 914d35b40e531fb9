"""Messages to people and the answer that crosses them: told before it, never after it, and no case waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from plugin.casebook.letters import Post, Posted
from plugin.casebook.loop import Loop
from plugin.casebook.sweep import Sweep
from plugin.casebook.tables import ledger, message
from plugin.casebook.telling import Word, tell
from tests.casebook.standin import Fault, StandIn
from tests.casebook.test_time import Outcome, TimedBook, moment, opened


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def until(met: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_answer_given_while_the_ticket_is_read_is_heard_before_anybody_is_told(
    timed: TimedBook, helpdesk: StandIn
) -> None:
    number = opened(timed)

    def answer() -> None:
        tell(timed.database, "hall", str(number), Word("ack", "duty officer"))

    helpdesk.faults.append(Fault("GET", then=answer))
    timed.later(601)
    timed.later(10)
    assert timed.told() == []


def test_a_ticket_that_is_never_quiet_is_escalated_all_the_same(timed: TimedBook, helpdesk: StandIn) -> None:
    number = opened(timed)
    helpdesk.faults.extend(Fault("GET", then=lambda: timed.hear(number)) for _ in range(50))
    timed.later(601)
    assert timed.told() == ["deputy"]


class TestLateMessages:
    """A message that does not get through at once."""

    @pytest.fixture
    def waiting(self, timed: TimedBook) -> TimedBook:
        """The first message does not get through, until the post works again."""
        delivered = timed.outcome
        opened(timed)
        timed.outcome = Outcome("unknown", "timeout")
        timed.later(601)
        timed.outcome = delivered
        assert timed.told() == ["deputy"]
        timed.letters.clear()
        return timed

    def test_nobody_is_told_any_more_once_somebody_answered(self, waiting: TimedBook) -> None:
        tell(waiting.database, "hall", "1", Word("ack", "duty officer"))
        waiting.loop.turn()
        waiting.later(4_000)
        assert waiting.told() == []
        assert [(row.state, row.reason) for row in waiting.rows(message)] == [("dead", "withdrawn")]

    def test_what_is_just_being_sent_when_somebody_answers_gets_no_other_try(self, timed: TimedBook) -> None:
        opened(timed)
        other = Loop(timed.database, timed.advance, lease=30.0)

        def hang(posted: Sequence[Posted]) -> Outcome:
            timed.letters.extend(posted)
            tell(timed.database, "hall", "1", Word("ack", "duty officer"))
            other.run_until_idle()
            return Outcome("unknown", "timeout")

        timed.send = hang  # type: ignore[method-assign]
        timed.restart()
        timed.later(601)
        timed.later(4_000)
        assert timed.told() == ["deputy"]

    def test_who_may_have_been_told_in_error_is_told_so(self, waiting: TimedBook) -> None:
        when = moment(waiting.ticket(1)["created_at"]).timestamp() + 300
        tell(waiting.database, "hall", "1", Word("told", "duty officer", at=when))
        waiting.loop.turn()
        waiting.later(4_000)
        (letter,) = waiting.letters
        assert letter.slots["correction"]

    def test_what_is_owed_upwards_is_told_all_the_same(self, waiting: TimedBook) -> None:
        delivered, waiting.outcome = waiting.outcome, Outcome("unknown", "timeout")
        waiting.later(301)
        waiting.letters.clear()
        waiting.outcome = delivered
        tell(waiting.database, "hall", "1", Word("ack", "duty officer"))
        waiting.loop.turn()
        waiting.later(4_000)
        assert waiting.told() == ["commander"]


def test_a_gateway_that_hangs_holds_up_no_case(timed: TimedBook, helpdesk: StandIn) -> None:
    opened(timed)
    let_go, held = Event(), []

    def hang(posted: Sequence[Posted]) -> Outcome:
        held.append(posted[0].addressee)
        let_go.wait(20)
        return timed.outcome

    post = Post(timed.database, hang)
    sweep = Sweep(timed.database, timed.desks, timed.pace.lease)
    loop = Loop(timed.database, timed.advance, lease=30.0, workers=2, sweep=sweep, post=post)
    for book in (timed.database, helpdesk):
        book.ahead += 901
    loop.start()
    try:
        until(lambda: held)
        number = helpdesk.open("complaint", "4 people")
        timed.hear(number)
        loop.wake()
        until(lambda: timed.ticket(number)["level"] == "top")
        assert len(held) == 1
    finally:
        let_go.set()
        assert loop.stop()


class TestModes:
    def test_a_desk_that_only_watches_takes_nothing_back_until_it_acts(self, timed: TimedBook) -> None:
        number = opened(timed)
        timed.later(601)
        timed.mode = "observe"
        when = moment(timed.ticket(number)["created_at"]).timestamp() + 300
        tell(timed.database, "hall", str(number), Word("told", "duty officer", at=when))
        timed.run()
        timed.later(60)
        assert timed.told() == ["deputy"]
        timed.mode = "act"
        timed.hear(number)
        timed.later(1)
        assert timed.letters[1].slots["correction"] == timed.letters[0].id

    def test_a_desk_that_proposes_says_of_no_step_that_it_moved_the_matter(
        self, tmp_path: Path, helpdesk: StandIn
    ) -> None:
        book = TimedBook(tmp_path, helpdesk, "propose")
        number = opened(book)
        book.later(601)
        book.later(301)
        assert "step 2 of 2" in "\n".join(helpdesk.notes(number))
        assert "moved to" not in "\n".join(helpdesk.notes(number))
        assert book.ticket(number)["group"] == "intake"
        book.database.close()

    def test_what_stands_in_no_ticket_is_not_on_record_as_if_it_did(self, timed: TimedBook) -> None:
        acting = timed.desks()["hall"]
        silent = replace(acting, map=replace(acting.map, notes=False))
        timed.desks = lambda: {"hall": silent}  # type: ignore[method-assign]
        timed.restart()
        opened(timed)
        timed.later(601)
        assert timed.told() == ["deputy"]
        assert [row.sent_at for row in timed.rows(ledger, how="fired")] == [None]
