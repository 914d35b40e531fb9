"""A word planted in a ticket is searched for afterwards: in the database, in logs, in every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.places import PLACES, retain
from plugin.casebook.tables import delivery, metadata
from plugin.core.case import CaseState, Decision
from plugin.core.effects import DeskMap
from plugin.core.ticket import Ticket
from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn
from tests.guards.hostile import HOSTILE, PLANTED
from tests.score.deciding import PLANS, decided
from tests.score.tickets import sample

PEOPLE = f"我叫{PLANTED}，电话13800138000，身份证99999919550101000X，住{PLANTED}路9号。"
GROUPS = {line.expected[plan]["lead"] for t in sample("shared") for line in t.lines() for plan in PLANS}


class RealBook(Book):
    """The case book with the shipped documents deciding."""

    def desks(self) -> dict[str, DeskInUse]:
        wanted = {*GROUPS, "confidential_channel", "discipline_office", "case_team", "publicity", "info"}
        hints = ("一般", "较大", "重大", "特别重大")
        known = DeskMap(
            mode=self.mode,  # type: ignore[arg-type]
            language="zh",
            groups={group: group for group in wanted},
            levels={hint: hint for hint in hints},
            priorities=dict(zip(hints, ("normal", "high", "urgent", "urgent"), strict=True)),
            priority_order=("low", "normal", "high", "urgent"),
            tags=True,
        )
        return {"hall": DeskInUse(self.connector, known, deciding, self.version)}


def deciding(ticket: Ticket, case: CaseState, _now: object) -> Decision:
    return decided(ticket, "plan1", case)


@pytest.fixture
def helpdesk() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


@pytest.fixture
def book(tmp_path: Path, helpdesk: StandIn) -> Iterator[RealBook]:
    made = RealBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def rows_with(database: Database, marker: str) -> list[str]:
    """``table.column`` of every value that holds the marker, in any encoding."""
    found = []
    with database.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.run(select(table)):
                found += [
                    f"{table.name}.{name}" for name, value in row._mapping.items() if _holds(value, marker)
                ]
    return found


def _holds(value: object, marker: str) -> bool:
    if isinstance(value, bytes):
        return marker.encode() in value or marker.encode("utf-16-le") in value
    return marker in str(value)


def files_with(folder: Path, marker: str) -> list[str]:
    return [str(p) for p in folder.rglob("*") if p.is_file() and marker.encode() in p.read_bytes()]


def live(book: RealBook, helpdesk: StandIn) -> None:
    """A few tickets with planted words go through everything, faults included."""
    for number, labelled in enumerate(sample("dev")[::9]):
        text = f"{PEOPLE}\n{labelled.body}\n{HOSTILE[number % len(HOSTILE)]}"
        ticket = helpdesk.open(f"{PLANTED} {labelled.raw['title']}", text, customer=PLANTED)
        helpdesk.say(ticket, f"补充：{PLANTED}，现场来了六十人。", author=PLANTED)
        book.hear(ticket)
    helpdesk.faults.append(Fault("PUT", status=500, body=PLANTED.encode()))
    helpdesk.faults.append(Fault("GET", status=422, body=f'{{"error":"{PLANTED}"}}'.encode()))
    helpdesk.faults.append(Fault("PUT", status=422, body=f'{{"error":"{PLANTED}"}}'.encode()))
    book.run()
    book.later(60)
    book.later(600)


def test_the_planted_word_is_nowhere_but_in_the_listed_places(
    book: RealBook, helpdesk: StandIn, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    live(book, helpdesk)
    listed = {f"{place.table.name}.{place.column.name}" for place in PLACES}
    assert set(rows_with(book.database, PLANTED)) <= listed
    assert set(rows_with(book.database, "13800138000")) <= listed
    told = capfd.readouterr()
    assert PLANTED not in told.out + told.err + caplog.text


def test_an_accepted_body_leaves_the_store_after_the_retention_period(
    book: RealBook, helpdesk: StandIn, tmp_path: Path
) -> None:
    live(book, helpdesk)
    with book.database.write() as tx:
        tx.run(delivery.update().values(body=PLANTED.encode(), state="read"))
    assert rows_with(book.database, PLANTED)
    book.database.ahead += 31 * 86_400
    retain(book.database)
    assert not rows_with(book.database, PLANTED)
    book.database.close()
    assert not files_with(tmp_path, PLANTED)


def test_every_note_is_internal_and_none_repeats_the_ticket(book: RealBook, helpdesk: StandIn) -> None:
    live(book, helpdesk)
    notes = 0
    for ticket in helpdesk.tickets.values():
        ours = [m for m in ticket["messages"] if m["author"] == "bot"]
        notes += len(ours)
        assert all(m["private"] for m in ours)
        assert not any(PLANTED in m["text"] or "1380013" in m["text"] for m in ours)
        assert PLANTED not in "".join(ticket["tags"])
        assert ticket["state"] == "open"
    assert notes >= 5


def test_a_priority_set_by_hand_is_never_lowered_by_what_is_read(book: RealBook, helpdesk: StandIn) -> None:
    for labelled in sample("dev")[::6]:
        ticket = helpdesk.open(labelled.raw["title"], labelled.body, priority="urgent", level="特别重大")
        book.hear(ticket)
    book.run()
    for ticket in helpdesk.tickets.values():
        assert ticket["priority"] == "urgent"
        assert ticket["level"] == "特别重大"
