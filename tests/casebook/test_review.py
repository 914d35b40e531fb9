"""What a desk would have done, beside what people did, as the case book tells it. On both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.casebook.review import Reviewed, by_group, reviewed, watched
from plugin.casebook.switching import Switched, switched
from tests.casebook.standin import StandIn
from tests.casebook.test_modes import SomeBook


@pytest.fixture
def watching(tmp_path: Path, helpdesk: StandIn) -> Iterator[SomeBook]:
    made = SomeBook(tmp_path, helpdesk, "observe")
    made.act_for = frozenset()
    yield made
    made.database.close()


def moved(book: SomeBook, number: int, **values: object) -> int:
    """Somebody changed it, and it was read again."""
    book.helpdesk.set(number, **values)
    book.hear(number)
    book.run()
    return number


def verdicts(book: SomeBook) -> dict[str, str]:
    return {each.ticket: each.verdict for each in reviewed(book.database, "hall", last=50)}


def found(book: SomeBook, number: int) -> Reviewed:
    return next(each for each in reviewed(book.database, "hall", last=50) if each.ticket == str(number))


def test_each_ticket_is_told_by_what_people_did(watching: SomeBook, helpdesk: StandIn) -> None:
    waits = watching.taken_in("1 person")
    put = moved(watching, watching.taken_in("1 person"), group="field team")
    elsewhere = moved(watching, watching.taken_in("1 person"), group="headquarters")
    closed = moved(watching, watching.taken_in("1 person"), state="closed")
    there = watching.taken_in("0 people")
    late = moved(watching, watching.taken_in("1 person"), group="field team", state="closed")
    back = moved(
        watching, moved(watching, watching.taken_in("1 person"), group="headquarters"), group="intake"
    )
    assert verdicts(watching) == {
        str(waits): "waiting",
        str(put): "put",
        str(elsewhere): "elsewhere",
        str(closed): "elsewhere",
        str(there): "there",
        str(late): "put",
        str(back): "waiting",
    }
    assert helpdesk.count("PUT") == 0


def test_what_would_be_written_is_what_acting_writes(watching: SomeBook, helpdesk: StandIn) -> None:
    number = watching.taken_in("3 people")
    would = found(watching, number)
    assert (would.lead, would.level, would.rank, would.first) == ("hq", "high", 3, "intake")
    assert would.wants == {"group": "headquarters", "level": "high", "priority": "urgent", "tags": "present"}
    watching.mode = "act"
    watching.hear(number)
    watching.run()
    ticket = helpdesk.tickets[number]
    assert {name for name in ("group", "level", "priority", "tags") if ticket[name] != _NEW[name]} == (
        set(would.writes) - {"note"}
    )
    assert ("note" in would.writes) == bool(helpdesk.notes(number))
    assert (found(watching, number).writes, found(watching, number).verdict) == ((), "acted")


_NEW = {"group": "intake", "level": None, "priority": "normal", "tags": []}


def test_a_priority_people_set_higher_is_not_among_what_would_be_written(watching: SomeBook) -> None:
    number = moved(watching, watching.taken_in("1 person"), priority="urgent")
    assert "priority" not in found(watching, number).writes
    moved(watching, number, group="field team")
    assert "group" in found(watching, number).writes, "it came in elsewhere, and would have been moved"
    assert "group" not in found(watching, watching.taken_in("0 people")).writes
    assert "group" in found(watching, number).writes


def test_what_somebody_moved_after_we_did_is_told(watching: SomeBook) -> None:
    watching.act_for = frozenset({"onsite"})
    number = watching.taken_in("1 person")
    assert found(watching, number).verdict == "acted"
    moved(watching, number, group="headquarters")
    assert (found(watching, number).verdict, found(watching, number).stands) == ("moved", "headquarters")


def test_the_newest_come_first_and_older_ones_may_be_left_out(watching: SomeBook) -> None:
    numbers = [watching.taken_in(f"{n} people") for n in (1, 0, 3)]
    all_ = reviewed(watching.database, "hall", last=50)
    assert [each.ticket for each in all_] == [str(n) for n in reversed(numbers)]
    assert len(reviewed(watching.database, "hall", last=2)) == 2
    assert reviewed(watching.database, "hall", last=2, since=watching.now() + 1) == []
    assert reviewed(watching.database, "another", last=2) == []
    assert [group.group for group in by_group(all_, ("hq", "onsite"))] == ["hq", "onsite", "normal_desk"]


@pytest.mark.parametrize(
    ("alike", "apart", "advice"), [(4, 0, "few"), (5, 0, "agree"), (9, 1, "agree"), (8, 2, "look")]
)
def test_acting_is_advised_where_people_do_the_same(
    watching: SomeBook, alike: int, apart: int, advice: str
) -> None:
    for _ in range(alike):
        moved(watching, watching.taken_in("1 person"), group="field team")
    for _ in range(apart):
        moved(watching, watching.taken_in("1 person"), group="headquarters")
    (group,) = by_group(reviewed(watching.database, "hall", last=50))
    assert (group.group, group.advice) == ("onsite", advice)


def test_enough_is_counted_of_what_was_only_looked_at(watching: SomeBook) -> None:
    watching.act_for = frozenset({"onsite"})
    for n in (1, 0, 0, 1, 3):
        watching.taken_in(f"{n} people")
    assert watched(watching.database, "hall", 10) == 3
    assert watched(watching.database, "hall", 2) == 2
    assert watched(watching.database, "another", 2) == 0


def test_no_word_of_a_ticket_is_in_a_review(watching: SomeBook, helpdesk: StandIn) -> None:
    number = helpdesk.open("zebra-title", "3 people in confidence, zebra-text")
    helpdesk.set(number, tags=["zebra-tag"])
    watching.hear(number)
    watching.run()
    each = found(watching, number)
    assert each.is_sealed
    assert "zebra" not in repr(each)
    assert "zebra" not in watching.case(number).memory


def test_another_mode_is_counted_before_it_holds(watching: SomeBook) -> None:
    watching.taken_in("1 person")
    watching.taken_in("0 people")
    moved(watching, watching.taken_in("1 person"), state="closed")
    before = watching.map
    watching.act_for = frozenset({"onsite"})
    assert switched(watching.database, "hall", before, watching.map) == Switched(starts=1, writes=1)
    watching.later(60)
    watching.act_since = {"onsite": watching.now()}
    assert switched(watching.database, "hall", before, watching.map) == Switched(left=1)
    watching.act_since = {}
    acting = watching.map
    watching.taken_in("1 person")
    watching.act_for = frozenset()
    assert switched(watching.database, "hall", acting, watching.map).stops == 2
