"""The decision: each message read alone, the case's standing, and why.

``decide`` is pure and the only evaluator: the running plugin, ``explain``, ``decide``, the admins'
own tests and replay all call it.
"""

from __future__ import annotations

from datetime import datetime

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
from plugin.core.ticket import Ticket

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
    """Read each message alone, in the order of its own time, and say where the case stands."""
    raise NotImplementedError
