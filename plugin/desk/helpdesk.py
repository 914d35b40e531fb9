"""One configured helpdesk, driven by its connector's descriptor: receive, read, write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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


class Helpdesk(Protocol):
    """What the case book needs of a helpdesk; ``desk.connector`` makes one of descriptor and desk file.

    Every method may raise an ``errors.HelpdeskError``; ``receive`` raises ``DeliveryRefused`` or
    ``DeliveryUnreadable``. No method retries: that is the loop's to decide.
    """

    name: str

    def receive(self, source: str, method: str, headers: Mapping[str, str], body: bytes, now: float) -> Hint:
        """Verify one webhook request and read the ticket id from it.

        ``source`` is everything after the desk's name in the hook's path (``""`` where the product has one
        hook only). Where the desk uses a token in its address, the token comes first (``<token>`` or
        ``<token>/<source>``) and is a secret: store and show ``Hint.source``, never this.
        ``headers`` have lower-case names, ``now`` is unix seconds.
        """
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

    def ticket_url(self, ticket_id: str) -> str:
        """Where a person sees the ticket."""
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """The helpdesk's own clock against ours, from the ``Date`` header of its answers."""

    at: datetime
    skew: float
    """Seconds the helpdesk is ahead of us."""
