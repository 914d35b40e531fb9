"""One configured helpdesk, driven by its connector's descriptor: receive, read, write, list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from plugin.core.effects import Effects, Snapshot
from plugin.core.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Hint:
    """What a genuine webhook tells: a ticket deserves a look. Nothing else of it is trusted."""

    ticket_id: str
    """Canonical, by the descriptor's rules."""
    kind: str
    """created, updated, commented, closed, deleted or ignored."""
    delivery_key: str
    """Unique per delivery at this desk; the same on a retry."""
    ours: bool = False
    """The actor is our own account (a hint for logs; the difference of states is what ends loops)."""
    source: str = ""
    """The hook's source without the token of its address: the part that may be stored and shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as read just now."""

    ticket: Ticket
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome of a write whose answer arrived, verified by reading where the platform needs it."""

    done: bool
    """Everything asked is in the helpdesk now."""
    missing: tuple[str, ...] = ()
    """Targets the helpdesk silently ignored (``note`` for the note)."""
    detail: str = ""
    stamp: str | None = None
    after: Snapshot | None = field(default=None, compare=False)
    """The ticket's state after the write, where the product shows it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer to every delivery that is taken; nothing of the delivery is in it."""

    status: int = 200
    body: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket in the list of those changed since an instant. Seconds since 1970, by the helpdesk."""

    ticket_id: str
    at: float | None
    """When it was changed last; None where the list does not say."""
    kind: Literal["created", "updated", "listed"]
    """created: opened since then; listed: the list tells no more than that there is such a ticket."""
    ours: bool = False
    """The last change was made by our own account."""
    state: Literal["open", "paused", "closed", "gone"] | None = None
    snapshot: Snapshot | None = None
    """The ticket's state, where the list tells all of it."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a walk through the list has come: enough to go on after a crash."""

    since: float | None = None
    """Seconds since 1970 by the helpdesk's clock; None: the list has no such filter."""
    page: int = 0
    cursor: str | None = None
    walk: int = 0
    """Sum over the tickets of one and the same instant met so far, where they fill more than a page."""
    before: int | None = None
    """The same of the whole walk before this one."""
    walks: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and where to go on; None: this was the last."""

    rows: tuple[Changed, ...]
    after: Position | None


@dataclass(frozen=True, slots=True)
class ListManner:
    """What can be known of a helpdesk's list of changed tickets. Seconds."""

    is_whole: bool
    """It lists every open ticket, whenever it changed."""
    is_rising: bool
    """What was listed is behind us: a walk may begin anew at the last instant it came to."""
    has_times: bool
    """It tells when each ticket changed."""
    lag: float
    overlap: float
    every: float


class Helpdesk(Protocol):
    """What the case book needs of a helpdesk; ``desk.connector`` makes one of descriptor and desk file.

    Every method may raise an ``errors.HelpdeskError``; ``receive`` raises ``DeliveryRefused`` or
    ``DeliveryUnreadable``. No method retries: that is the loop's to decide.
    """

    name: str

    def receive(
        self,
        source: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes,
        now: float,
        remote: str = "",
    ) -> Hint:
        """Verify one webhook request and read the ticket id from it.

        ``source`` is everything after the desk's name in the hook's path (``""`` where the product has one
        hook only). Where the desk uses a token in its address, the token comes first (``<token>`` or
        ``<token>/<source>``) and is a secret: store and show ``Hint.source``, never this.
        ``headers`` have lower-case names, ``now`` is unix seconds, ``remote`` the sender's address.
        """
        ...

    def challenge(self, source: str, query: str, remote: str = "") -> str | None:
        """The answer to the product's test call; None where it is none, or nobody may ask it."""
        ...

    @property
    def answer(self) -> Answer | None:
        """What the product wants to be told of a delivery that was taken; None: our usual answer."""
        ...

    def read(self, ticket_id: str, timeout: float = 10.0) -> Seen:
        """The ticket's matter and its state; ``timeout`` in seconds bounds the whole of the call."""
        ...

    def write(
        self,
        ticket_id: str,
        effects: Effects,
        marker: str,
        seen: Snapshot,
        not_after: float,
        timeout: float = 10.0,
    ) -> Written:
        """Send what differs, with the marker; nothing leaves after ``sockets.since_boot() == not_after``."""
        ...

    def reread(self, body: bytes) -> Hint:
        """What a delivery says that was found genuine when it came; raises ``DeliveryUnreadable``."""
        ...

    @property
    def list_manner(self) -> ListManner | None:
        """How tickets changed since an instant are listed; None where they cannot be."""
        ...

    def changed_page(self, position: Position, timeout: float = 10.0) -> Page:
        """One page of the tickets changed since ``position.since``: one call, ``timeout`` seconds in all."""
        ...

    def changed(self, since: float, timeout: float = 10.0) -> Iterator[Changed]:
        """Every ticket changed since an instant of the helpdesk's clock, page by page as they are wanted."""
        ...

    def ticket_url(self, ticket_id: str) -> str:
        """Where a person sees the ticket."""
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """The helpdesk's own clock against ours, from the ``Date`` header of its answers."""

    at: datetime
    skew: float
    """Seconds the helpdesk is ahead of us."""
