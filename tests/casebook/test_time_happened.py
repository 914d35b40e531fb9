"""What happened when: messages read together, clocks that differ, states entered again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from plugin.core.timekeeping import Policy
from tests.casebook.standin import StandIn
from tests.casebook.test_time import ANSWER, CHAIN, POLICY, REPORT, TimedBook, moment, opened

Timed = Callable[[Policy], TimedBook]
PAUSING = Policy(POLICY.levels, (replace(REPORT, pause_on=frozenset({"paused"})), ANSWER), (CHAIN,))


@pytest.fixture
def book_of(tmp_path: Path, helpdesk: StandIn) -> Iterator[Timed]:
    """A case book whose desk runs this policy."""
    made: list[TimedBook] = []

    def book(policy: Policy) -> TimedBook:
        made.append(TimedBook(tmp_path, helpdesk, policy=policy))
        return made[-1]

    yield book
    for each in made:
        each.database.close()


@pytest.fixture
def timed(book_of: Timed) -> TimedBook:
    """A case book whose desk runs the usual policy."""
    return book_of(POLICY)


def look(book: TimedBook, number: int, times: int = 3) -> None:
    """Webhooks of the ticket arrive, for whatever reason."""
    for _ in range(times):
        book.hear(number)
        book.later(1)


class TestReadTogether:
    """What came while nobody looked counts as if it had been read when it came."""

    def test_a_limit_runs_from_the_message_that_set_it_off(self, book_of: Timed, helpdesk: StandIn) -> None:
        book = book_of(Policy(POLICY.levels, (replace(REPORT, on_raise="keep"), ANSWER), (CHAIN,)))
        number = helpdesk.open("complaint", "2 people")
        book.database.ahead += 400
        helpdesk.ahead += 400
        helpdesk.say(number, "3 people")
        book.hear(number)
        book.run()
        opened_at = moment(book.ticket(number)["created_at"])
        assert (moment(book.ticket(number)["due"]) - opened_at).total_seconds() < 602

    def test_it_comes_to_the_same_as_one_look_after_each_message(
        self, tmp_path: Path, helpdesk: StandIn
    ) -> None:
        told = []
        for each_time in (True, False):
            (tmp_path / str(each_time)).mkdir()
            book = TimedBook(tmp_path / str(each_time), helpdesk)
            book.database.ahead = helpdesk.ahead
            number = helpdesk.open("complaint", "a question")
            for text in ("1 of us", "4 people", "2 people", "3 people"):
                book.database.ahead += 50
                helpdesk.ahead += 50
                helpdesk.say(number, text)
                if each_time:
                    book.hear(number)
                    book.run()
            book.hear(number)
            book.run()
            (start,) = (e.at for e in book.events("opened"))
            kinds = ("level", "activated", "raised")
            told.append({e.source_id: int(e.at - start) for kind in kinds for e in book.events(kind)})
            book.database.close()
        assert told[0] == pytest.approx(told[1], abs=2)
        assert list(told[0]) == ["level:1:low", "level:4:top", "activated", "raised:4:top"]


def test_a_state_entered_again_counts_where_the_helpdesk_shows_the_same_stamp(
    book_of: Timed, helpdesk: StandIn
) -> None:
    report = replace(REPORT, stop=frozenset({"told", "closed"}), on_reopen="resume")
    timed = book_of(Policy(POLICY.levels, (report, ANSWER), (CHAIN,)))
    number = opened(timed)
    for state in ("closed", "open", "closed"):
        helpdesk.set(number, state=state)
        helpdesk.tickets[number]["version"] = 99
        timed.hear(number)
        timed.run()
    assert [len(timed.events(kind)) for kind in ("closed", "reopened")] == [2, 1]
    timed.later(2_000)
    assert timed.told() == []


def until(timed: TimedBook, instant: float) -> None:
    """Let time pass up to an instant of the case book's clock, however long everything took so far."""
    timed.later(instant - timed.database.ask())


class TestSkew:
    """The helpdesk's clock runs a little ahead or behind, or tells minutes only."""

    @pytest.mark.parametrize("ahead", [-100, -1, 0, 1, 100])
    @pytest.mark.parametrize("answer", [{"owner": "7"}, {"tags": ["reported"]}])
    def test_an_answer_ends_it_whatever_the_helpdesks_clock_says(
        self, timed: TimedBook, helpdesk: StandIn, ahead: int, answer: dict[str, object]
    ) -> None:
        helpdesk.ahead += ahead
        number = opened(timed)
        timed.later(5 if "tags" in answer else 605)
        before = timed.told()
        helpdesk.set(number, **answer)
        timed.hear(number)
        timed.run()
        for _ in range(8):
            timed.later(200)
        assert timed.told() == before

    @pytest.mark.parametrize("ahead", [-100, 0, 100])
    def test_a_limit_is_missed_when_it_is(self, timed: TimedBook, helpdesk: StandIn, ahead: int) -> None:
        helpdesk.ahead += ahead
        began = timed.database.ask()
        opened(timed)
        until(timed, began + 600 - 101)
        assert timed.told() == []
        until(timed, began + 600 + 102)
        assert timed.told() == ["deputy"]

    def test_minutes_only(self, timed: TimedBook, helpdesk: StandIn) -> None:
        number = opened(timed)
        timed.later(601)
        minute = datetime.fromisoformat(timed.ticket(number)["changed_at"]).replace(second=0, microsecond=0)
        helpdesk.set(number, owner="7", changed_at=minute.isoformat())
        timed.hear(number)
        timed.run()
        timed.later(3_000)
        assert timed.told() == ["deputy"]


@pytest.mark.parametrize(("back_as", "told"), [("closed", []), ("open", ["deputy"])])
def test_a_closed_ticket_that_was_out_of_sight_is_reopened_only_if_it_is_open(
    book_of: Timed, helpdesk: StandIn, back_as: str, told: list[str]
) -> None:
    report = replace(REPORT, stop=frozenset({"told", "closed"}), on_reopen="resume")
    book = book_of(Policy(POLICY.levels, (report, ANSWER), (CHAIN,)))
    number = opened(book)
    book.later(100)
    helpdesk.set(number, state="closed")
    look(book, number)
    kept = helpdesk.tickets.pop(number)
    look(book, number)
    assert book.case(number).status == "gone"
    helpdesk.tickets[number] = kept
    helpdesk.set(number, state=back_as)
    look(book, number)
    book.later(520)
    assert book.told() == told
