"""From a stored message to what its addressee is told: ids, instants and a link, no words of the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.casebook.letters import Posted
from plugin.core.clock_words import LATE
from plugin.notify.messages import Late, Limit, Notice, Stepped, TicketRef, Withdrawn


def notice(posted: Posted, link: str) -> Notice:
    """The notice of one message; ``link`` is where a person sees the ticket, empty where there is none.

    Raises ``notify.messages.NotAMessage`` where a slot does not hold what it may hold.
    """
    slots = posted.slots
    ticket = TicketRef(posted.ticket, link, slots.get("level"), bool(slots.get("sealed")))
    if "correction" in slots:
        return Notice(posted.id, posted.desk, _withdrawn(slots), ticket, is_again=posted.is_again)
    return Notice(
        id=posted.id,
        desk=posted.desk,
        event=_stepped(slots),
        ticket=ticket,
        late=_late(slots),
        unreadable_since=slots.get("unreadable"),
        is_again=posted.is_again,
    )


def _stepped(slots: Mapping[str, Any]) -> Stepped:
    due, decided = slots["due_at"], slots["decided_at"]
    late_by = max(0, decided - due) if slots["breached"] and due is not None else None
    return Stepped(
        chain=slots["chain"],
        number=slots["number"],
        count=slots["count"],
        limit=Limit(slots["clock"], due, bool(slots.get("provisional"))),
        turn=slots["turn"],
        late_by=late_by,
    )


def _late(slots: Mapping[str, Any]) -> Late | None:
    """A step that goes out well after its instant says when that was, and what kept it."""
    if slots["decided_at"] - slots["step_at"] <= LATE:
        return None
    since = slots.get("unreadable")
    return Late(slots["step_at"], "unreadable" if since is not None else "stopped", since)


def _withdrawn(slots: Mapping[str, Any]) -> Withdrawn:
    why = "not_missed" if slots["breached"] else "not_due"
    return Withdrawn(slots["correction"], slots["sent_at"], slots["clock"], why)  # type: ignore[arg-type]
