"""What a desk would have done, beside what people did: from the case book, without a word of a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, func, select

from plugin.casebook.database import Database
from plugin.casebook.memory import WATCHED, loaded
from plugin.casebook.tables import case
from plugin.core.preview import Preview

Verdict = Literal["put", "there", "elsewhere", "waiting", "acted", "moved"]
"""put: people moved it where we would have; there: it stood there from the start; elsewhere: people moved it
elsewhere, or closed it where it came in; waiting: nobody has moved it yet; acted: we did; moved: we did, and
somebody moved it on."""
Advice = Literal["agree", "look", "few", "acted"]
FEWEST = 5
"""Tickets people have dealt with, below which nothing is recommended."""
MOST_DIFFERENT = 0.1
"""The share of them that may stand elsewhere for acting to be recommended."""
BATCH = 500
"""Cases read in one go."""
NEWEST = 2_000
"""Cases of a desk among which those that were only looked at are counted."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One ticket: its decision, and where it stood at the last read, in the helpdesk's own words."""

    ticket: str
    at: float
    """When it was first heard of (UTC seconds)."""
    state: str
    lead: str
    """Plan group."""
    level: str | None
    rank: int
    is_sealed: bool
    is_acted: bool
    first: str
    stands: str
    wants: Mapping[str, str]
    """Target → what is wanted of it; several tags with line breaks between."""
    writes: tuple[str, ...]
    """What acting would have written: the group from where it came in, else as of the last read, ``note``
    for a note; of one acted on: nothing."""
    is_moved: bool = False
    """Somebody moved it since we did."""

    @property
    def verdict(self) -> Verdict:
        """What people did, beside what is wanted."""
        if self.is_acted:
            return "moved" if self.is_moved else "acted"
        if self.stands == self.wants.get("group"):
            return "there" if self.first == self.stands else "put"
        has_waited = self.stands == self.first and self.state in ("open", "paused")
        return "waiting" if has_waited else "elsewhere"


@dataclass(frozen=True, slots=True)
class GroupReview:
    """The tickets that one plan group leads."""

    group: str
    tickets: tuple[Reviewed, ...]

    def count(self, *verdicts: Verdict) -> int:
        """How many have one of these."""
        return sum(each.verdict in verdicts for each in self.tickets)

    def writes(self) -> dict[str, int]:
        """Target → in how many tickets that are not acted on it would have been written."""
        found: dict[str, int] = {}
        for each in self.tickets:
            for target in each.writes:
                found[target] = found.get(target, 0) + 1
        return found

    @property
    def advice(self) -> Advice:
        """Whether people have done what would have been done, often enough to leave it to the desk."""
        alike, apart = self.count("put", "there"), self.count("elsewhere")
        if not alike + apart + self.count("waiting"):
            return "acted"
        if alike + apart < FEWEST:
            return "few"
        return "agree" if apart <= MOST_DIFFERENT * (alike + apart) else "look"


def by_group(tickets: Iterable[Reviewed], order: Iterable[str] = ()) -> list[GroupReview]:
    """A review a plan group, in this order, those it does not name last."""
    found: dict[str, list[Reviewed]] = {group: [] for group in order}
    for each in tickets:
        found.setdefault(each.lead, []).append(each)
    return [GroupReview(group, tuple(those)) for group, those in found.items() if those]


def reviewed(database: Database, desk: str, *, last: int, since: float = 0.0) -> list[Reviewed]:
    """The tickets of a desk that came last and were decided, the newest first.  Raises ``StoreError``.

    At most ``last``, and none first heard of before ``since`` (UTC seconds).
    """
    found = (made for row in _newest(database, desk, since) if (made := _reviewed(row)) is not None)
    return [each for _, each in zip(range(last), found, strict=False)]


def _newest(database: Database, desk: str, since: float) -> Iterator[Row[Any]]:
    before: int | None = None
    while True:
        mine = _decided(desk, since)
        wanted = mine if before is None else and_(mine, case.c.id < before)
        with database.read() as tx:
            rows = list(tx.run(_ROWS.where(wanted).order_by(case.c.id.desc()).limit(BATCH)))
        yield from rows
        if len(rows) < BATCH:
            return
        before = rows[-1].id


_ROWS = select(case.c.id, case.c.ticket, case.c.status, case.c.first_at, case.c.memory)


def _decided(desk: str, since: float) -> ColumnElement[bool]:
    is_there = case.c.status.in_(("open", "paused", "closed"))
    return and_(case.c.desk == desk, is_there, case.c.read_at.is_not(None), case.c.first_at >= since)


def _reviewed(row: Row[Any]) -> Reviewed | None:
    """None for one that was not read since previews are kept."""
    memory = loaded(row.memory)
    state, preview = memory.state, memory.preview
    if state.peak is None or preview is None:
        return None
    is_acted, moved = bool(state.acted_for), {pin.target: pin.value for pin in state.pins}
    ours = moved.get("group", state.written.get("group", ""))
    return Reviewed(
        ticket=row.ticket,
        at=row.first_at,
        state=row.status,
        lead=state.peak.lead,
        level=state.peak.level or state.peak.severity_hint,
        rank=state.peak.rank,
        is_sealed=state.peak.sealed,
        is_acted=is_acted,
        first=preview.first,
        stands=ours if is_acted else preview.stands.get("group", ""),
        wants=preview.wants,
        writes=() if is_acted else _writes(preview),
        is_moved="group" in moved,
    )


def _writes(preview: Preview) -> tuple[str, ...]:
    """Also the move that somebody made before we would have: by then it is no change any more."""
    others = tuple(target for target in preview.changes if target != "group")
    is_put = preview.wants.get("group", preview.first) != preview.first
    return ("group", *others) if is_put or len(others) < len(preview.changes) else others


def watched(database: Database, desk: str, most: int) -> int:
    """How many decided tickets of a desk were only looked at, up to ``most``; raises ``StoreError``."""
    newest = select(case.c.memory).where(_decided(desk, 0.0)).order_by(case.c.id.desc()).limit(NEWEST)
    these = newest.subquery()
    few = select(these.c.memory).where(these.c.memory.contains(WATCHED)).limit(most)
    with database.read() as tx:
        return int(tx.run(select(func.count()).select_from(few.subquery())).scalar_one())
