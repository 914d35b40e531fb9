"""The time of one ticket, as several commands look at it: its history, its policy, its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import make_url

from plugin.casebook.claims import Claim
from plugin.casebook.happened import case_events
from plugin.casebook.history import History, Stored, history, with_new
from plugin.casebook.memory import Memory
from plugin.casebook.published import InHand
from plugin.casebook.recall import Recalled, recall
from plugin.casebook.timekeepers import clock_words, plan_clocks
from plugin.casebook.timers import sent_rows, time_case
from plugin.cli.asking import plan_of, stop
from plugin.cli.environment import settings_for
from plugin.core.case import CaseState, Placement
from plugin.core.clock_words import ClockWords
from plugin.core.decision import decide
from plugin.core.effects import Snapshot
from plugin.core.ticket import Ticket
from plugin.core.timekeeping import LedgerRow
from plugin.core.timing import Timing
from plugin.desk.helpdesk import Seen
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language


@dataclass(frozen=True, slots=True)
class TicketTime:
    """Everything a command needs to speak of a ticket's clocks."""

    ticket: str
    desk: str | None
    history: History
    ledger: Mapping[str, LedgerRow]
    now: int
    words: ClockWords
    placement: Placement | None
    events: tuple[Stored, ...] = ()
    known_since: float | None = None
    """What was due before is told to nobody"""


def words_for(
    documents: DocumentSet, desk: str | None, language: Language, plan: str | None = None
) -> ClockWords:
    """The plan's labels in the language of the terminal, in the zone of the desk's calendar."""
    chosen = plan_of(documents, desk, plan, language).plan
    return clock_words(chosen, documents.calendar(desk) if desk else None, language)


def remembered(documents: DocumentSet, desk: str, ticket: str, language: Language) -> TicketTime:
    """A ticket's time as the case book has it; ends the command where it has none."""
    url = settings_for(language).database_url
    known = recall(url, desk, ticket)
    if known.case_id is None or known.history is None:
        stop("no_case", language, 1, desk=desk, ticket=ticket, where=make_url(url).render_as_string())
    return TicketTime(
        ticket=ticket,
        desk=desk,
        history=known.history,
        ledger=known.ledger,
        now=int(known.now),
        words=words_for(documents, desk, language),
        placement=known.state.peak,
        events=known.events,
        known_since=known.known_since,
    )


def imagined(
    documents: DocumentSet, desk: str | None, plan: str | None, ticket: Ticket, language: Language
) -> TicketTime:
    """The time of a ticket that is in no case book: as if it had just been read."""
    chosen = plan_of(documents, desk, plan, language)
    clocks = plan_clocks(chosen.plan, documents.calendar(desk) if desk else None, language)
    now = datetime.now(UTC)
    decision = decide(ticket, CaseState(), chosen, now)
    seen = Seen(ticket, Snapshot({}, None))
    events = case_events(unread(ticket.id, now.timestamp()), seen, decision, clocks)
    known = history(with_new((), events, now.timestamp()), InHand(clocks.policy, clocks.calendar))
    assert known is not None
    return TicketTime(
        ticket=ticket.id,
        desk=desk,
        history=known,
        ledger={},
        now=int(now.timestamp()),
        words=clocks.words,
        placement=decision.standing.placement,
    )


def timing_of(
    documents: DocumentSet, desk: str, plan: str | None, ticket: Ticket, known: Recalled, language: Language
) -> Timing:
    """What its clocks want of a ticket now: as the case book has it, else as if it had just come in."""
    shown = imagined(documents, desk, plan, ticket, language)
    chosen = plan_of(documents, desk, plan, language).plan
    clocks = plan_clocks(chosen, documents.calendar(desk), language)
    placement = known.state.peak or shown.placement
    assert placement is not None
    history, now = (known.history, int(known.now)) if known.history else (shown.history, shown.now)
    return time_case(history, sent_rows(known.ledger, known.state.noted), clocks, placement, now).timing


def unread(ticket: str, now: float) -> Claim:
    """A case nobody decided yet, in no case book."""
    return Claim(0, "", ticket, 0, 0, 0, "unread", 0, Memory(), None, None, now, None, now, 0, None)
