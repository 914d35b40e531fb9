"""Merged tickets: limits and chains go on with the one that is left, each step is said once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as on

from plugin.casebook.merging import renamed
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy
from tests.casebook.standin import StandIn
from tests.casebook.test_time import ANSWER, CHAIN, POLICY, REPORT, TimedBook, moment, opened


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Iterator[TimedBook]:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def merge(book: TimedBook, number: int, into: int) -> None:
    book.helpdesk.set(number, state="merged", merged_into=str(into))
    book.hear(number)
    book.run()


def steps(book: TimedBook, *tickets: int) -> list[str]:
    """What the tickets' notes tell of the chain, without the time."""
    notes = [note for number in tickets for note in book.helpdesk.notes(number)]
    return [line.partition(":")[0] for note in notes for line in note.splitlines() if "step " in line]


def test_a_chain_under_way_goes_on_and_repeats_nothing(timed: TimedBook) -> None:
    first = opened(timed)
    timed.later(601)
    second = opened(timed, "a question")
    merge(timed, first, second)
    timed.later(10)
    assert timed.told() == ["deputy"]
    for _ in range(10):
        timed.later(300)
    assert timed.told() == ["deputy", "commander", "commander", "commander"]
    said = steps(timed, first, second)
    assert len(said) == len(set(said)) == 4
    assert timed.ticket(second)["group"] == "headquarters"


def test_what_comes_with_a_merged_ticket_counts_whatever_the_driver_says(timed: TimedBook) -> None:
    """Of many rows at once it may know only -1 (PEP 249); the surviving ticket is looked at all the same."""

    def unsure(_conn: Any, _cursor: Any, text: str, _values: Any, context: Any, _many: bool) -> None:
        if text.lower().startswith("insert into event"):
            context.__class__ = type("Unsure", (type(context),), {"rowcount": -1})

    left = opened(timed, "a question")
    timed.later(300)
    kept = opened(timed)
    before = timed.case(kept).wake
    on.listen(timed.database.engine, "after_cursor_execute", unsure)
    merge(timed, left, kept)
    on.remove(timed.database.engine, "after_cursor_execute", unsure)
    assert timed.case(kept).wake == before + 1
    once = timed.case(kept).wake
    timed.hear(left)
    timed.run()
    assert timed.case(kept).wake == once


@pytest.mark.parametrize("kept_is_older", [True, False])
def test_of_two_chains_nothing_is_said_again_or_taken_back(timed: TimedBook, kept_is_older: bool) -> None:
    tickets = [opened(timed)]
    timed.later(200)
    tickets.append(opened(timed))
    timed.later(601)
    assert timed.told() == ["deputy", "deputy"]
    kept, left = tickets if kept_is_older else tickets[::-1]
    merge(timed, left, kept)
    timed.later(5)
    timed.hear(kept)
    timed.later(5)
    assert timed.told() == ["deputy", "deputy"]
    for _ in range(10):
        timed.later(300)
    assert timed.told()[2:] == ["commander"] * 3
    assert not any("correction" in letter.slots for letter in timed.letters)


def test_the_limit_of_the_older_one_counts(timed: TimedBook) -> None:
    first = opened(timed)
    due = timed.ticket(first)["due"]
    timed.later(300)
    second = opened(timed)
    timed.later(10)
    merge(timed, first, second)
    assert timed.ticket(second)["due"] == due


def test_a_lower_level_that_comes_with_a_younger_ticket_lowers_no_limit(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    by_level = {"mid": Target(seconds=3_600), "high": Target(seconds=600)}
    policy = Policy(
        POLICY.levels, (replace(REPORT, target=None, by_level=by_level, warn=()), ANSWER), (CHAIN,)
    )
    book = TimedBook(tmp_path, helpdesk, policy=policy)
    grave = opened(book)
    book.later(100)
    younger = opened(book, "2 people")
    book.later(10)
    merge(book, younger, grave)
    book.hear(grave)
    book.run()
    assert (moment(book.ticket(grave)["due"]) - moment(book.ticket(grave)["created_at"])).seconds <= 601
    book.later(600)
    assert book.told() == ["deputy"]
    book.database.close()


def test_a_higher_level_read_late_holds_from_its_time_on_and_is_not_lowered_after(
    tmp_path: Path, helpdesk: StandIn
) -> None:
    by_level = {"mid": Target(seconds=3_600), "high": Target(seconds=600)}
    policy = Policy(POLICY.levels, (replace(REPORT, target=None, by_level=by_level, warn=()),), (CHAIN,))
    book = TimedBook(tmp_path, helpdesk, policy=policy)
    number = opened(book, "2 people")
    earlier = moment(book.ticket(number)["created_at"]).replace(microsecond=0)
    helpdesk.say(number, "3 people", at=earlier.isoformat())
    book.hear(number)
    book.run()
    assert (moment(book.ticket(number)["due"]) - earlier).seconds == 600
    book.database.close()


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("late/report@level:3:high:s2r1", "late/report@merged:7:level:3:high:s2r1"),
        ("report@level:3:high:w50~told:extend:1", "report@merged:7:level:3:high:w50~merged:7:told:extend:1"),
        ("report@level:3:high:s1:corr", "report@merged:7:level:3:high:s1:corr"),
        ("report@level:3:highest:s1", "report@level:3:highest:s1"),
    ],
)
def test_a_ledgers_key_follows_its_events_new_name(key: str, wanted: str) -> None:
    names = {name: f"merged:7:{name}" for name in ("level:3:high", "told:extend:1")}
    assert renamed(key, names) == wanted


def test_tickets_merged_into_each_other_come_to_rest(timed: TimedBook) -> None:
    first, second = opened(timed), opened(timed, "2 people")
    timed.helpdesk.set(first, state="merged", merged_into=str(second))
    timed.helpdesk.set(second, state="merged", merged_into=str(first))
    timed.hear(first)
    assert timed.loop.run_until_idle(most=12) < 12


def test_what_went_through_two_merges_is_carried_once(timed: TimedBook) -> None:
    first = opened(timed)
    timed.later(601)
    second, third = opened(timed, "a question"), opened(timed, "another question")
    merge(timed, first, second)
    merge(timed, second, third)
    for _ in range(10):
        timed.later(300)
    assert timed.told() == ["deputy", "commander", "commander", "commander"]
    assert timed.ticket(third)["group"] == "headquarters"


def test_what_is_owed_goes_out_although_the_surviving_ticket_cannot_be_read(timed: TimedBook) -> None:
    first = opened(timed)
    timed.helpdesk.set(first, state="merged", merged_into="999")
    timed.hear(first)
    for _ in range(30):
        timed.later(60)
    assert set(timed.told()) == {"commander"}
    assert {each.ticket for each in timed.letters} == {"999"}
