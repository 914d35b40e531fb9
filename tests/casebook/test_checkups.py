"""What the last look at a desk found is kept for everybody, and what is known of its webhooks."""

from __future__ import annotations

from dataclasses import replace

from plugin.casebook import checkups, chores
from plugin.casebook.inbox import accept, keep_refused
from plugin.casebook.lately import DAY, HOUR
from plugin.casebook.polls import Walk, begin, end, poll_states, take
from plugin.casebook.watch import health
from plugin.desk.findings import bad, good, warn
from plugin.desk.helpdesk import Hint, Position
from tests.casebook.conftest import Book

FOUND = (
    bad("name-gone", what="group", given="Security", near="", there="Network"),
    warn("not-asked", request="GET /x", why="words of a ticket"),
    good("names", count=3),
)


def test_a_look_is_kept_and_shown(book: Book) -> None:
    checkups.keep(book.database, "hall", FOUND)
    (shown,) = health(book.database).checkups
    assert (shown.desk, shown.errors, shown.warnings) == ("hall", 1, 1)
    assert shown.codes == ("name-gone", "not-asked")
    assert [each.code for each in checkups.findings(book.database, "hall")] == ["name-gone", "not-asked"]
    checkups.keep(book.database, "hall", (good("names", count=3),))
    assert health(book.database).checkups[0].errors == 0


def test_a_helpdesks_own_sentences_are_not_written_down(book: Book) -> None:
    checkups.keep(book.database, "hall", FOUND)
    assert "words of a ticket" not in repr(checkups.findings(book.database, "hall"))


def test_a_desk_that_is_gone_has_nothing_wrong(book: Book) -> None:
    checkups.keep(book.database, "hall", FOUND)
    checkups.forget(book.database, ["other"])
    assert health(book.database).checkups == ()


def test_what_is_known_of_webhooks(book: Book) -> None:
    assert checkups.heard(book.database, "hall", 60.0).last_at is None
    keep_refused(book.database, "hall", {}, status=401, code="signature-wrong", size=1)
    assert checkups.heard(book.database, "hall", 60.0).refused == 1
    accept(book.database, "hall", "", Hint("1", "created", "k1"), b"{}")
    told = checkups.heard(book.database, "hall", 60.0)
    assert told.last_at is not None
    assert (told.refused, told.every) == (0, 60.0)
    keep_refused(book.database, "hall", {}, status=401, code="token-wrong", size=1)
    keep_refused(book.database, "elsewhere", {}, status=401, code="token-wrong", size=1)
    told = checkups.heard(book.database, "hall", 60.0)
    assert (told.refused, told.refused_why) == (1, "token-wrong")


def test_changes_no_webhook_told_of_are_counted(book: Book) -> None:
    missed(book, 4)
    told = checkups.heard(book.database, "hall", 60.0)
    assert (told.missed, told.missed_since) == (4, 4)
    book.later(HOUR)
    accept(book.database, "hall", "", Hint("1", "created", "k1"), b"{}")
    told = checkups.heard(book.database, "hall", 60.0)
    assert (told.missed, told.missed_since) == (4, 0), "webhooks come again"
    book.later(HOUR)
    missed(book, 2)
    told = checkups.heard(book.database, "hall", 60.0)
    assert (told.missed, told.missed_since) == (6, 2)


def test_changes_missed_long_ago_are_told_no_more(book: Book) -> None:
    missed(book, 4)
    book.later(DAY + 1)
    assert checkups.heard(book.database, "hall", 60.0).missed == 0
    (look,) = poll_states(book.database)
    assert look.missed == 4, "the figure for /metrics never falls"


def missed(book: Book, count: int) -> None:
    """A look that finds so many changes no webhook told of."""
    begin(book.database, ["hall"], is_start=True)
    taken = take(book.database, ["hall"], 60.0)
    assert taken is not None
    with book.database.write() as tx:
        walk = Walk(Position(0.0), tx.now, 0.0)
        end(tx, taken, walk, mark=None, missed=count, floor=0.0, pause=60.0)


def test_most_refusals_say_why_not_the_last(book: Book) -> None:
    for code in ("signature-wrong", "signature-wrong", "signature-missing"):
        keep_refused(book.database, "hall", {}, status=401, code=code, size=1)
    told = checkups.heard(book.database, "hall", 60.0)
    assert (told.refused, told.refused_why) == (3, "signature-wrong")


def test_what_was_looked_at_is_known_of_a_finding_on_record(book: Book) -> None:
    checkups.keep(book.database, "hall", [replace(FOUND[0], part="names groups")])
    (kept,) = checkups.findings(book.database, "hall")
    assert (kept.part, kept.slots) == ("names groups", FOUND[0].slots)


def test_a_chore_can_be_asked_for(book: Book) -> None:
    assert chores.take(book.database, "doctor x", 86_400.0)
    chores.end(book.database, "doctor x", next_in=86_400.0, is_done=True)
    assert not chores.take(book.database, "doctor x", 86_400.0)
    chores.due(book.database, "doctor x")
    assert chores.take(book.database, "doctor x", 86_400.0)
    chores.due(book.database, "doctor x")
    assert not chores.take(book.database, "doctor x", 86_400.0), "somebody is at it"
