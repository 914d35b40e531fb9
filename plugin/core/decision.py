"""The decision: each message read alone, the case's standing, and why.

``decide`` is pure and the only evaluator: the running plugin, ``explain``, ``decide``, the admins'
own tests and replay all call it.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from plugin.core.case import (
    CaseState,
    Decision,
    DecisionDocuments,
    Pin,
    Placement,
    Proposal,
    Reading,
    Standing,
)
from plugin.core.facts import Facts
from plugin.core.placement import place
from plugin.core.standing import standing
from plugin.core.ticket import Message, Ticket
from plugin.core.trace import Answer, TraceNode

__all__ = [
    "CaseState",
    "Decision",
    "DecisionDocuments",
    "Pin",
    "Placement",
    "Proposal",
    "Reading",
    "Standing",
    "decide",
]


def decide(ticket: Ticket, case: CaseState, documents: DecisionDocuments, now: datetime) -> Decision:
    """Read each message alone, in the order of its own time, and say where the case stands.

    ``now`` is aware UTC. The ticket's fields hold for every message; a fact staff confirmed holds for the
    messages up to its ``at`` (without one, for all), so that later words are news and can raise.
    """
    messages = sorted(ticket.messages, key=lambda message: message.order) or [_silence(now)]
    readings = tuple(_read(message, ticket, case.confirmed, documents, now) for message in messages)
    return Decision(ticket.id, readings, standing(documents.plan, case, readings))


def _silence(now: datetime) -> Message:
    """A ticket without a message that may be read: its fields still say something."""
    return Message("opening", now, "")


def _read(
    message: Message, ticket: Ticket, confirmed: Facts, documents: DecisionDocuments, now: datetime
) -> Reading:
    surely = {name: fact for name, fact in confirmed.items() if fact.at is None or message.at <= fact.at}
    asked = documents.rules.rules.fields
    fields = {name: value for name, value in ticket.fields.items() if name in asked}
    run = documents.rules.run(message.text, message.title, fields, surely, now, message.at)
    placed = place(documents.plan, run.facts)
    told = {*run.view.read, *fields, *surely, *run.outputs}
    return Reading(
        message=message.id,
        at=message.at,
        facts={name: fact for name, fact in run.facts.items() if name in told},
        outputs=run.outputs,
        placement=placed.placement,
        why=cache(lambda: TraceNode(Answer.YES, message.id, children=(run.trace, placed.told()))),
        grounds=lambda: TraceNode(Answer.YES, message.id, children=(run.trace, placed.grounds())),
    )
