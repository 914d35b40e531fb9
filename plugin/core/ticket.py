"""A ticket as the decision sees it: matters, never persons.

There is no requester, contact, author or organisation here: ``desk.normalise`` drops them,
masks identity, phone, card and account numbers, and leaves only the messages that may be read
(the opening, later words from outside, staff on the scene), as plain text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FieldValue = str | int | bool | tuple[str, ...]


OPENING = "opening"
"""The id of a ticket's first message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message that may be read, in the helpdesk's own time."""

    id: str
    """The helpdesk's id of the message; ``opening`` for the first."""
    at: datetime
    """Aware UTC; messages count in this order, whatever order they arrived in."""
    text: str
    """Plain text, without quotes of earlier mail, signatures or markup."""
    title: str = ""
    """The ticket's title, on the opening only."""

    @property
    def order(self) -> tuple[datetime, bool, int, str]:
        """Messages count in this order: by time, and within one instant the opening first, then by number.

        Helpdesks tell times in whole seconds, and number their messages as they come (9 before 10).
        """
        return self.at, self.id != OPENING, len(self.id), self.id


@dataclass(frozen=True, slots=True)
class Ticket:
    """The matter of one ticket."""

    id: str
    messages: tuple[Message, ...]
    """Sorted by ``Message.order``."""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    """Only fields the desk file declares as being about the matter: channel, region, …"""
    unread_attachments: int = 0
    """Attachments nobody read: what they may hold is unknown, and the note says so."""
