"""From a stored message to what its addressee is told: ids, instants and a link, no words of the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugin.casebook.letters import Posted
from plugin.core.clock_words import LATE
from plugin.core.plan import NO_LEVEL
from plugin.notify.messages import Late, Limit, NotAMessage, Notice, Stepped, TicketRef, Withdrawn


def notice(posted: Posted, link: str, now: int) -> Notice:
    """The notice of one message as it is said at ``now`` (UTC seconds).

    ``link`` is where a person sees the ticket, empty where there is none; one that is no address for people
    is left out. Raises ``notify.messages.NotAMessage`` where a slot does not hold what it may hold.
    """
    slots = posted.slots
    ticket = _ticket(posted, link)
    if "correction" in slots:
        return Notice(posted.id, posted.desk, _withdrawn(slots), ticket, is_again=posted.is_again)
    return Notice(
        id=posted.id,
        desk=posted.desk,
        event=_stepped(slots, now),
        ticket=ticket,
        late=_late(posted, now),
        unreadable_since=slots.get("unreadable"),
        is_again=posted.is_again,
    )


def _ticket(posted: Posted, link: str) -> TicketRef:
    level = posted.slots.get("level")
    ref = TicketRef(posted.ticket, "", None if level == NO_LEVEL else level, bool(posted.slots.get("sealed")))
    try:
        return replace(ref, link=link)
    except NotAMessage:
        return ref


def _stepped(slots: Mapping[str, Any], now: int) -> Stepped:
    due = slots["due_at"]
    late_by = max(0, now - due) if slots["breached"] and due is not None else None
    return Stepped(
        chain=slots["chain"],
        number=slots["number"],
        count=slots["count"],
        limit=Limit(slots["clock"], due, bool(slots.get("provisional"))),
        turn=slots["turn"],
        late_by=late_by,
    )


def _late(posted: Posted, now: int) -> Late | None:
    """A step that goes out well after its instant says when that was, and what kept it."""
    slots = posted.slots
    if now - slots["step_at"] <= LATE:
        return None
    since = slots.get("unreadable")
    if slots["decided_at"] - slots["step_at"] > LATE:
        return Late(slots["step_at"], "stopped" if since is None else "unreadable", since)
    return Late(slots["step_at"], "undelivered")


def _withdrawn(slots: Mapping[str, Any]) -> Withdrawn:
    why = "not_missed" if slots["breached"] else "not_due"
    return Withdrawn(slots["correction"], slots["sent_at"], slots["clock"], why)  # type: ignore[arg-type]
