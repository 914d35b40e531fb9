"""A word planted in a ticket is searched for afterwards: in the database, in logs, in every file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.desks import Contact, DeskInUse
from plugin.casebook.letters import Post, Posted
from plugin.casebook.loop import Loop
from plugin.casebook.places import PLACES
from plugin.casebook.sweep import Sweep
from plugin.casebook.tables import clock, delivery, event, ledger, message, metadata, published
from plugin.casebook.timekeepers import plan_clocks
from plugin.core.case import CaseState, Decision
from plugin.core.effects import DeskMap
from plugin.core.signs import Sign
from plugin.core.ticket import Ticket
from plugin.notify.outcomes import DELIVERED, Outcome
from tests.casebook.conftest import Book, tidy
from tests.casebook.standin import Fault, StandIn
from tests.guards.hostile import HOSTILE, PLANTED
from tests.score.deciding import PLANS, decided, shipped
from tests.score.tickets import sample

TIMED = (event, ledger, clock, message, published)
"""Tables that the clocks fill."""
PEOPLE = f"我叫{PLANTED}，电话13800138000，身份证99999919550101000X，住{PLANTED}路9号。"
GROUPS = {line.expected[plan]["lead"] for t in sample("shared") for line in t.lines() for plan in PLANS}


SIGNS = (Sign("ack", owner="taken"), Sign("hq_informed", tag="reported"))


class RealBook(Book):
    """The case book with the shipped documents deciding and counting, and a post that takes everything."""

    def __init__(self, folder: Path, helpdesk: StandIn, mode: str = "act") -> None:
        super().__init__(folder, helpdesk, mode)
        self.posted: list[Posted] = []
        documents = shipped()
        plan, calendar = documents.plans[PLANS["plan1"]], documents.calendars["cn-government"]
        self.clocks = plan_clocks(plan, calendar, "zh", SIGNS, lambda to, _at, _out: (Contact(to, "env:A"),))
        sweep = Sweep(self.database, self.desks, self.pace.lease)
        post = Post(self.database, self.send)
        self.loop = Loop(self.database, self.advance, lease=self.pace.lease, sweep=sweep, post=post)

    def send(self, posted: Sequence[Posted]) -> Outcome:
        self.posted += posted
        return DELIVERED

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
            due=True,
        )
        return {"hall": DeskInUse(self.connector, known, deciding, self.version, self.clocks)}


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
    for ticket in list(helpdesk.tickets)[::3]:
        helpdesk.set(ticket, owner=PLANTED)
        helpdesk.say(ticket, f"{PLANTED}，六百人。", author="citizen")
        book.hear(ticket)
    first, second = list(helpdesk.tickets)[:2]
    helpdesk.set(first, state="merged", merged_into=str(second))
    book.hear(first)
    for hours in (1, 2, 24):
        book.later(hours * 3_600)


def test_the_planted_word_is_nowhere_but_in_the_listed_places(
    book: RealBook, helpdesk: StandIn, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    live(book, helpdesk)
    listed = {f"{place.table.name}.{place.column.name}" for place in PLACES}
    assert set(rows_with(book.database, PLANTED)) <= listed
    assert set(rows_with(book.database, "13800138000")) <= listed
    told = capfd.readouterr()
    assert PLANTED not in told.out + told.err + caplog.text
    with book.database.read() as tx:
        assert not [table.name for table in TIMED if tx.run(select(table).limit(1)).first() is None]
    assert book.posted
    assert PLANTED not in repr(book.posted)


def test_an_accepted_body_leaves_the_store_after_the_retention_period(
    book: RealBook, helpdesk: StandIn, tmp_path: Path
) -> None:
    live(book, helpdesk)
    with book.database.write() as tx:
        tx.run(delivery.update().values(body=PLANTED.encode(), state="read"))
    assert rows_with(book.database, PLANTED)
    book.database.ahead += 31 * 86_400
    tidy(book.database)
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
        assert ticket["state"] == ("merged" if ticket.get("merged_into") else "open")
    assert notes >= 5


def test_a_priority_set_by_hand_is_never_lowered_by_what_is_read(book: RealBook, helpdesk: StandIn) -> None:
    for labelled in sample("dev")[::6]:
        ticket = helpdesk.open(labelled.raw["title"], labelled.body, priority="urgent", level="特别重大")
        book.hear(ticket)
    book.run()
    for ticket in helpdesk.tickets.values():
        assert ticket["priority"] == "urgent"
        assert ticket["level"] == "特别重大"
