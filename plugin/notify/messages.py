"""What a person outside the helpdesk is told: values only, no free text and nobody's name. Pure.

A message knows which ticket, which limit and which step by the ids of the organisation's own documents and by
instants (UTC seconds). ``wording`` makes text of it; nothing a stranger typed can stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MOST_CHARACTERS = 64
"""Of a ticket's number, a message's id or a version: longer than any helpdesk's."""

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:#/-]{0,63}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", re.ASCII)
_LINK = re.compile(r"https?://(?:\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253})(?::\d{1,5})?(?:[/?#][^\s@]*)?")
_LINK_MOST = 400


class NotAMessage(ValueError):
    """A slot that does not hold what it may hold; the slot is named, what stood there is not."""

    def __init__(self, slot: str) -> None:
        super().__init__(f"not a {slot}")
        self.slot = slot


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket as it may be named outside: its number, where to see it, and its level.

    Raises ``NotAMessage`` where number or link is anything else.
    """

    number: str
    link: str = ""
    """http(s) address without a user or ``@``; empty where the product has none for people."""
    level: str | None = None
    """A level (or severity) of the plan, by its id."""
    is_sealed: bool = False
    """Of a sealed ticket only number and link are told."""

    def __post_init__(self) -> None:
        _must("number", _NUMBER.fullmatch(self.number))
        _must("link", not self.link or (len(self.link) <= _LINK_MOST and _LINK.fullmatch(self.link)))


@dataclass(frozen=True, slots=True)
class Limit:
    """A clock's cycle: the plan's clock by its id, when it is due (None: it stands still)."""

    clock: str
    due_at: int | None
    is_provisional: bool = False
    """The calendar does not reach that far yet."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A share of a limit's time is used up."""

    limit: Limit
    percent: int
    remaining: int | None = None
    """Seconds until it is due."""

    def __post_init__(self) -> None:
        _must("percent", 0 < self.percent <= 100)
        _must("remaining time", self.remaining is None or self.remaining >= 0)


@dataclass(frozen=True, slots=True)
class Missed:
    """A limit was not kept."""

    limit: Limit
    late_by: int
    """Seconds since it was due."""

    def __post_init__(self) -> None:
        _must("lateness", self.late_by >= 0)


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step of an escalation has come: nobody answered so far."""

    chain: str
    number: int
    count: int
    limit: Limit
    turn: int = 0
    """Which repeat; 0: the first time."""
    late_by: int | None = None
    """Seconds since the limit was due; None: it is still kept."""

    def __post_init__(self) -> None:
        _must("step", 1 <= self.number <= self.count and self.turn >= 0)
        _must("lateness", self.late_by is None or self.late_by >= 0)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An earlier message does not hold by what is known now."""

    message: str
    """Its id."""
    sent_at: int
    clock: str | None = None
    why: Literal["not_missed", "not_due"] = "not_due"
    calendar: str | None = None
    """The version of the calendar that changed it."""

    def __post_init__(self) -> None:
        _must("message id", _ID.fullmatch(self.message))
        _must("version", self.calendar is None or _ID.fullmatch(self.calendar))


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Nobody is on duty for a role."""

    role: str
    start: int
    until: int | None = None

    def __post_init__(self) -> None:
        _must("time without duty", self.until is None or self.until > self.start)


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of a contact; nothing has happened."""

    role: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """A desk does not fit its helpdesk any more: a group was renamed, a token ended, webhooks are refused."""

    role: str
    count: int
    """Findings by which tickets fall through, or will."""

    def __post_init__(self) -> None:
        _must("count", self.count > 0)


Event = Warned | Missed | Stepped | Withdrawn | Unfilled | Trial | Unfit


@dataclass(frozen=True, slots=True)
class Late:
    """Why a message goes out after its time."""

    due_at: int
    because: Literal["stopped", "unreadable", "undelivered"]
    """Paidan did not run, the helpdesk could not be read, or the message did not get through."""
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one addressee. Raises ``NotAMessage`` where a slot does not hold what it may hold."""

    id: str
    """The same on every repeat."""
    desk: str
    event: Event
    ticket: TicketRef | None = None
    """None: about no ticket (a gap in the roster, a test)."""
    late: Late | None = None
    unreadable_since: int | None = None
    """The ticket could not be read since; the message rests on what was known then."""
    is_again: bool = False
    """An earlier sending of it may have arrived."""

    def __post_init__(self) -> None:
        _must("message id", _ID.fullmatch(self.id))
        about_ticket = not isinstance(self.event, Unfilled | Trial | Unfit)
        _must("ticket", (self.ticket is not None) == about_ticket)


def _must(slot: str, holds: object) -> None:
    if not holds:
        raise NotAMessage(slot)
