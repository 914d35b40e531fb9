"""A first start beside an existing helpdesk: its older tickets are taken into the case book, a few at a time.

Taking a ticket makes it due, below everything a webhook told of; reading and moving it is the loop's work, as
ever. What is in the case book already is left alone, so that whatever ends a backfill, the next one goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select

from plugin.casebook.claims import Claim
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.inbox import LAST_RANK, new_case
from plugin.casebook.memory import Memory
from plugin.casebook.planning import plan
from plugin.casebook.published import InHand
from plugin.casebook.store import Planned
from plugin.casebook.tables import case
from plugin.core.case import Placement
from plugin.desk.helpdesk import Changed, Helpdesk, Position
from plugin.errors import HelpdeskError, NotFound

AT_A_TIME = 2
"""Tickets that may wait to be read because of a backfill: most of the workers stay free for what happens."""


def listed(
    helpdesk: Helpdesk,
    since: float,
    *,
    before_call: Callable[[], None] = lambda: None,
    after_error: Callable[[HelpdeskError], bool] = lambda _error: False,
    call: float = 10.0,
) -> Iterator[tuple[Changed, ...]]:
    """Page after page of the tickets changed ``since`` (seconds since 1970, by the helpdesk's clock).

    ``before_call`` waits until the next call may be made; ``after_error`` waits and says whether the page is
    asked for again. Raises a ``HelpdeskError``.
    """
    manner = helpdesk.list_manner
    if manner is None:
        raise NotFound("changed", detail="this product has no list of changed tickets")
    position: Position | None = Position(None if manner.is_whole else since)
    while position is not None:
        before_call()
        try:
            page = helpdesk.changed_page(position, timeout=call)
        except HelpdeskError as error:
            if not after_error(error):
                raise
            continue
        yield tuple(row for row in page.rows if row.at is None or row.at >= since)
        position = page.after


def in_order(rows: Iterable[Changed], *, open_only: bool = False) -> tuple[str, ...]:
    """Which tickets to take, each once: open ones first, of these what changed last."""
    newest = {row.ticket_id: row for row in sorted(rows, key=lambda row: row.at or 0.0)}
    wanted = [row for row in newest.values() if not (open_only and _is_over(row))]
    wanted.sort(key=lambda row: (_is_over(row), -(row.at or 0.0)))
    return tuple(row.ticket_id for row in wanted)


def _is_over(row: Changed) -> bool:
    return row.state in ("closed", "gone")


class Backfill:
    """Takes tickets of one desk into the case book."""

    def __init__(self, database: Database, desk: str, *, alarm: bool = False) -> None:
        """``alarm``: people are told of limits that passed before Paidan knew the ticket, as of any other."""
        self._database = database
        self._desk = desk
        self._alarm = alarm

    def unknown(self, tickets: Sequence[str]) -> tuple[str, ...]:
        """Those that are not in the case book yet. Raises ``StoreError``."""
        known: set[str] = set()
        with self._database.read() as tx:
            for start in range(0, len(tickets), 500):
                some = case.c.ticket.in_(tickets[start : start + 500])
                known |= set(tx.run(select(case.c.ticket).where(case.c.desk == self._desk, some)).scalars())
        return tuple(ticket for ticket in tickets if ticket not in known)

    def take(self, ticket: str) -> bool:
        """Make a ticket due below everything else; False where the case book has it by now."""
        with self._database.write() as tx:
            row = new_case(self._desk, ticket, tx.now, LAST_RANK)
            row["known_since"] = 0.0 if self._alarm else tx.now
            once = tx.insert(case).on_conflict_do_nothing(index_elements=["desk", "ticket"])
            return tx.run(once.returning(case.c.id), row).first() is not None

    def waiting(self) -> int:
        """Tickets taken that wait to be read; one that could not be read is tried again like any other."""
        with self._database.read() as tx:
            mine = and_(case.c.desk == self._desk, case.c.rank == LAST_RANK)
            taken = and_(mine, case.c.status == "unread", case.c.attempts == 0)
            return int(tx.run(select(func.count()).select_from(case).where(taken)).scalar_one())


@dataclass
class Report:
    """What a backfill would come to; nothing of it was written anywhere."""

    tickets: int = 0
    known: int = 0
    """In the case book already: they would be left alone."""
    open: int = 0
    closed: int = 0
    unreadable: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    """level (or severity, where levels are inherited) → open tickets"""
    groups: Counter[str] = field(default_factory=Counter)
    """plan group → open tickets it would lead"""
    moved: int = 0
    """Open tickets of which something would be changed."""
    missed: int = 0
    """Open tickets with a limit that has passed already."""
    limits: Counter[str] = field(default_factory=Counter)
    """clock → open tickets that have missed it"""

    def add(self, helpdesk: Helpdesk, desk: DeskInUse, ticket: str, now: float) -> None:
        """Read one ticket and count what would become of it under the desk's own documents."""
        self.tickets += 1
        try:
            seen = helpdesk.read(ticket)
        except HelpdeskError:
            self.unreadable += 1
            return
        if seen.snapshot.state not in ("open", "paused"):
            self.closed += 1
            return
        self.open += 1
        fresh = Claim(0, "", ticket, 0, 0, 0, "unread", 0, Memory(), None, None, now, None, now, 0, None)
        versions = InHand(desk.clocks.policy, desk.clocks.calendar)
        planned, decision = plan(fresh, seen, desk, versions)
        self._count(planned, decision.standing.placement)

    def _count(self, planned: Planned, placement: Placement) -> None:
        self.levels[placement.level or placement.severity_hint] += 1
        self.groups[placement.lead] += 1
        self.moved += bool(planned.effects)
        late = {c.clock.id for c in planned.timed.cycles if c.breached_at is not None and not c.is_done}
        self.missed += bool(late)
        self.limits.update(late)
